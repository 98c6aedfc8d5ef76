"""Checks what the service needs, and says what to do about what is missing."""

import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import imageio_ffmpeg
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.assembly.zoom import compare_rows_and_pyramids
from app.db.migrate import current_revision, newest_revision
from app.db.session import Database
from app.derivation import compare_rows_and_files
from app.enums import JobState, MailState, StepState
from app.models import Job, Mail, Person, StepRun
from app.settings import Settings
from app.storage import LocalStorage
from media_pipeline.sandbox import sandbox_facts
from media_pipeline.typeset import check_glyphs

FREE_BYTES = 5_000_000_000  # some hundred phone clips with their renditions
# one word of each script the network's cities write, so that a missing font is found before a mayor finds it
SCRIPTS = "Città Straße Łódź Ελλάδα Україна საქართველო Հայաստան ישראל القاهرة தமிழ் සිංහල हिन्दी አማርኛ 日本語 中文 한국어"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    subject: str
    is_good: bool
    found: str
    advice: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; one finding each, none stops the next."""
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _folders,
        _disk,
        _ffmpeg,
        _sandbox,
        _fonts,
        _database,
        _files,
        _pyramids,
        _mail,
        _outcomes,
    )
    return [check(settings) for check in checks]


def _folders(settings: Settings) -> Finding:
    folder = settings.data_dir.absolute()
    advice = f"Make {folder} writable for the user that runs the service, or set POLYPHONY_DATA_DIR to a folder that is."
    try:
        for each in (settings.data_dir, settings.files_dir, settings.incoming_dir, settings.pyramids_dir, settings.mail_dir):
            each.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=each):
                pass
    except OSError as error:
        return Finding("folders", is_good=False, found=str(error), advice=advice)
    return Finding("folders", is_good=True, found=f"{folder} can be written")


def _disk(settings: Settings) -> Finding:
    folder = _nearest(settings.data_dir.absolute())
    free_bytes = shutil.disk_usage(folder).free
    return Finding(
        "disk",
        is_good=free_bytes >= FREE_BYTES,
        found=f"{free_bytes / 1e9:.1f} GB free",
        advice=f"Free at least {FREE_BYTES / 1e9:.0f} GB on the disk of {folder}, or move POLYPHONY_DATA_DIR to a larger one.",
    )


def _nearest(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _ffmpeg(_settings: Settings) -> Finding:
    advice = "Install the locked dependencies again (make setup): imageio-ffmpeg brings ffmpeg."
    try:
        binary = imageio_ffmpeg.get_ffmpeg_exe()
        answer = subprocess.run([binary, "-hide_banner", "-filters"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        return Finding("ffmpeg", is_good=False, found=str(error), advice=advice)
    missing = [name for name in ("zscale", "tonemap", "loudnorm", "overlay") if f" {name} " not in answer.stdout]
    if missing:
        return Finding("ffmpeg", is_good=False, found=f"without the filters {', '.join(missing)}", advice=advice)
    return Finding("ffmpeg", is_good=True, found=Path(binary).name)


def _sandbox(_settings: Settings) -> Finding:
    walls = sandbox_facts()
    told = {"other files": walls.files_are_shut, "TCP": walls.tcp_is_shut, "the network": walls.network_is_shut}
    shut = [name for name, is_shut in told.items() if is_shut]
    return Finding(
        "uploads",
        is_good=walls.files_are_shut and walls.tcp_is_shut,
        found=f"what decodes them is kept from {', '.join(shut)}"
        if shut
        else "what decodes them is kept in by no wall of the kernel",
        advice="Run on Linux 6.7 or newer with Landlock; until then the allow-lists of formats and protocols must do.",
    )


def _fonts(_settings: Settings) -> Finding:
    missing = check_glyphs(SCRIPTS)
    return Finding(
        "fonts",
        is_good=not missing,
        found=f"no glyph for {' '.join(sorted(missing))}" if missing else "every script of the network can be set",
        advice="Install the locked dependencies again (make setup): the fonts come with them.",
    )


def _database(settings: Settings) -> Finding:
    url = settings.resolved_database_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return Finding("database", is_good=False, found="not made yet", advice="Run: polyphony migrate")
    database = Database(url)
    try:
        current, newest = current_revision(database.engine), newest_revision()
    except SQLAlchemyError as error:
        advice = "Start the database server, or correct POLYPHONY_DATABASE_URL."
        return Finding("database", is_good=False, found=str(error).splitlines()[0], advice=advice)
    finally:
        database.dispose()
    if current != newest:
        return Finding(
            "database", is_good=False, found=f"at revision {current}, the code wants {newest}", advice="Run: polyphony migrate"
        )
    return Finding("database", is_good=True, found=f"at revision {current}")


def _files(settings: Settings) -> Finding:
    database = Database(settings.resolved_database_url)
    try:
        with database.reading() as session:
            report = compare_rows_and_files(session, LocalStorage(settings.files_dir))
    except SQLAlchemyError:
        return Finding("files", is_good=False, found="the database could not be asked", advice="Mend the database first.")
    finally:
        database.dispose()
    if report.missing_files:
        found = f"{len(report.missing_files)} rows without their file, such as {report.missing_files[0]}"
        return Finding("files", is_good=False, found=found, advice="Bring these files back from the backup of the files folder.")
    return Finding("files", is_good=True, found=f"every row has its file; {len(report.stray_files)} files without a row")


def _pyramids(settings: Settings) -> Finding:
    """The tiles of zoomable collages are in no storage: where there are several machines, each has to see the same folder."""
    folder = settings.pyramids_dir.absolute()
    database = Database(settings.resolved_database_url)
    try:
        with database.reading() as session:
            missing, strays = compare_rows_and_pyramids(session, folder)
    except SQLAlchemyError:
        return Finding("pyramids", is_good=False, found="the database could not be asked", advice="Mend the database first.")
    except OSError as error:
        return Finding("pyramids", is_good=False, found=str(error), advice=f"Make {folder} readable for the user of the service.")
    finally:
        database.dispose()
    if missing:
        advice = (
            f"Mount the same volume at {folder} wherever web or workers run. If they do share it, the tiles are lost: make them "
            f"again with: polyphony collage {missing[0]}"
        )
        found = f"no tiles of the zoomable collage of {', '.join(missing)}"
        return Finding("pyramids", is_good=False, found=found, advice=advice)
    found = (
        f"every zoomable collage has its tiles; {len(strays)} folders without a row: a collage is being made in it, or a worker"
        " clears it away within the hour"
    )
    return Finding("pyramids", is_good=True, found=found)


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        return Finding("mail", is_good=True, found=f"no mail server is set; mails are files in {settings.mail_dir}")
    url = urlsplit(settings.smtp_url)
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(url.hostname or "localhost", url.port or (465 if url.scheme == "smtps" else 25), timeout=10) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        advice = "Check POLYPHONY_SMTP_URL (smtp://user:password@host:587 or smtps://...) and the way to the server."
        return Finding("mail", is_good=False, found=f"{url.hostname}: {error}", advice=advice)
    return Finding("mail", is_good=True, found=f"{url.hostname} answers")


def _outcomes(settings: Settings) -> Finding:
    """Work that was given up, and mails that may or may not have gone out: nobody repeats those blindly."""
    database = Database(settings.resolved_database_url)
    try:
        with database.reading() as session:
            jobs = session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.FAILED)) or 0
            steps = session.scalar(select(func.count()).select_from(StepRun).where(StepRun.state == StepState.FAILED)) or 0
            uncertain = Mail.state.in_([MailState.UNKNOWN, MailState.FAILED])
            mails = session.execute(
                select(Mail.id, Mail.state, Mail.reason, Person.email).join(Person, Person.id == Mail.person_id).where(uncertain)
            ).all()
    except SQLAlchemyError:
        return Finding("outcomes", is_good=False, found="the database could not be asked", advice="Mend the database first.")
    finally:
        database.dispose()
    if not jobs and not steps and not mails:
        return Finding("outcomes", is_good=True, found="no work was given up, no mail is uncertain")
    listed = "; ".join(f"{state.value}: mail {number} ({reason}) to {email}" for number, state, reason, email in mails[:20])
    found = f"{jobs} jobs and {steps} steps given up, {len(mails)} mails failed or of unknown outcome. {listed}"
    mailbox = f"{settings.resolved_base_url}/desk/mails says why and sends again"
    advice = f"{mailbox}; a campaign's time-line does its steps again; jobs say why in the column error_detail."
    return Finding("outcomes", is_good=False, found=found.strip(), advice=advice)
