"""Contributions with small real files, as the pipeline would have left them."""

import subprocess
from pathlib import Path

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.derivation import Made, keep
from app.enums import ArtefactKind, ProductionKind, SubmissionKind
from app.models import Artefact, AuditRow, Production, Rendition, Submission
from app.runtime import Runtime
from app.worker.registry import job_registry
from app.worker.runner import Worker
from media_pipeline.ffmpeg import binary
from media_pipeline.normalise import normalise

COLOURS = {"red": (200, 30, 30), "green": (30, 160, 60), "blue": (40, 60, 200), "sand": (220, 200, 150)}


def run_jobs(runtime: Runtime) -> None:
    """Everything that is due, and what that brings."""
    Worker(runtime, job_registry()).run_until_idle(120)


def requested(runtime: Runtime) -> list[ProductionKind]:
    """What somebody at the desk asked for, by the audit trail, in the order in which they did."""
    query = select(Production.kind).join(AuditRow, AuditRow.subject_id == Production.id)
    with runtime.database.reading() as session:
        where = (AuditRow.act == "production.requested", AuditRow.actor_id.is_not(None))
        return list(session.scalars(query.where(*where).order_by(AuditRow.id)))


def draw(path: Path, colour: str, *, size: tuple[int, int] = (96, 96)) -> Path:
    """A picture of one colour."""
    Image.new("RGB", size, COLOURS[colour]).save(path, "JPEG", quality=95)
    return path


def small_clip(folder: Path) -> Path:
    """A square master of about one second with a tone, made by the real pipeline."""
    raw = folder / "raw.mp4"
    picture = ("-f", "lavfi", "-i", "color=c=0x1e3cc8:s=160x160:r=30:d=1.2")
    sound = ("-f", "lavfi", "-i", "sine=frequency=330:duration=1.2")
    command = [binary(), "-v", "error", *picture, *sound, "-pix_fmt", "yuv420p", "-shortest", str(raw)]
    subprocess.run(command, check=True, timeout=60)
    out = folder / "made"
    out.mkdir()
    made = normalise(raw, out, formats=("square",))
    return out / next(each.path for each in made.renditions if each.role == "main")


def add_file(
    session: Session,
    runtime: Runtime,
    submission: Submission,
    path: Path,
    *,
    role: str,
    format_name: str,
    media_type: str = "image/jpeg",
    duration_s: float | None = None,
) -> Artefact:
    """Keep a prepared file of this submission."""
    size: tuple[int, int] | tuple[None, None] = (None, None)
    if media_type.startswith("image/"):
        with Image.open(path) as image:
            size = image.size
    kind = ArtefactKind.TILE if role == "tile" else ArtefactKind.ORIGINAL if role == "original" else ArtefactKind.RENDITION
    spec = {"test": [format_name, role]}
    made = Made(path=path, kind=kind, media_type=media_type, spec=spec, owners=[submission.id])
    artefact = keep(session, runtime.storage, made, now=runtime.now())
    session.add(
        Rendition(
            submission_id=submission.id,
            artefact_id=artefact.id,
            format=format_name,
            role=role,
            width_px=size[0],
            height_px=size[1],
            duration_s=duration_s,
        )
    )
    session.flush()
    return artefact


def with_tile(session: Session, runtime: Runtime, submission: Submission, folder: Path, colour: str) -> None:
    """Its tile, in one colour; distinct bytes for each submission."""
    path = draw(folder / f"tile-{submission.id}.jpg", colour, size=(96 + submission.id, 96 + submission.id))
    add_file(session, runtime, submission, path, role="tile", format_name="tile")


def with_picture(session: Session, runtime: Runtime, submission: Submission, folder: Path, colour: str) -> None:
    """A photo (or card) with master, preview and tile."""
    assert submission.kind in {SubmissionKind.PHOTO, SubmissionKind.TEXT}
    with_tile(session, runtime, submission, folder, colour)
    main = draw(folder / f"main-{submission.id}.jpg", colour, size=(400 + submission.id, 400 + submission.id))
    add_file(session, runtime, submission, main, role="main", format_name="square")
    preview = draw(folder / f"preview-{submission.id}.jpg", colour, size=(200 + submission.id, 200 + submission.id))
    add_file(session, runtime, submission, preview, role="preview", format_name="square")


def with_clip(
    session: Session, runtime: Runtime, submission: Submission, folder: Path, master: Path, *, duration_s: float = 1.2
) -> None:
    """A clip with master, poster and tile."""
    with_tile(session, runtime, submission, folder, "blue")
    main = folder / f"clip-{submission.id}.mp4"
    main.write_bytes(master.read_bytes())
    add_file(session, runtime, submission, main, role="main", format_name="square", media_type="video/mp4", duration_s=duration_s)
    poster = draw(folder / f"poster-{submission.id}.jpg", "blue", size=(300 + submission.id, 300 + submission.id))
    add_file(session, runtime, submission, poster, role="poster", format_name="square")


def with_sound(
    session: Session,
    runtime: Runtime,
    submission: Submission,
    folder: Path,
    master: Path,
    *,
    format_name: str = "audiogram_square",
) -> None:
    """A sound with its tile, as a film of its voice or, as `audio`, without one."""
    with_tile(session, runtime, submission, folder, "sand")
    main = folder / f"sound-{submission.id}{master.suffix}"
    main.write_bytes(master.read_bytes())
    media_type = "audio/mp4" if format_name == "audio" else "video/mp4"
    add_file(session, runtime, submission, main, role="main", format_name=format_name, media_type=media_type, duration_s=1.2)
