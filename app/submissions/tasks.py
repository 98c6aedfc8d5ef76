"""The work on a submission: its files are prepared, or erased. Each may be killed at any moment and started again."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.orm import Session

from app import derivation
from app.enums import HELD_IN_THIS_ORDER, ArtefactKind, SubmissionState
from app.errors import Refused
from app.jobs import JobKind, JobRun
from app.kits.slots import slots_of
from app.kits.sources import campaign_root
from app.models import Production, ProductionFile, ProductionVersion, Rendition, Submission
from app.runtime import Runtime
from app.storage import Storage
from app.submissions import holding, queries, service
from app.submissions.languages import UNDETERMINED
from app.submissions.preparing import Order, Prepared, prepare
from app.web.i18n import _, translator
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.types import Rendition as MadeFile

SOUND_LABEL = _("Sound")


class _OriginalErased(Refused):
    """The file as it came is no longer kept."""


def normalise(run: JobRun) -> None:
    """Prepare a submission: RECEIVED becomes PENDING with its renditions, or FAILED with the reason."""
    runtime = run.runtime
    work_dir = runtime.settings.work_dir
    _remove_left_behind(work_dir, run)
    try:
        with runtime.database.reading() as session:
            order = _order(session, runtime, run.payload["submission_id"])
    except _OriginalErased as refused:  # and nothing else that is refused: a broken toolkit is not the fault of a person's file
        _fail(run, run.payload["submission_id"], refused)
        return
    if order is None:  # done by an earlier attempt, or withdrawn
        with run.finishing():
            return
    toolkit = order.source.toolkit
    with _work_folder(work_dir, run) as folder:
        try:
            source = None if order.original_key is None else runtime.storage.fetched(order.original_key, folder)
            prepared = prepare(order, toolkit, source, folder)
        except ToolFailed:
            raise
        except (MediaError, Refused) as refused:
            _fail(run, order.submission_id, refused)
            return
        with run.finishing() as session:
            submission = queries.locked(session, order.submission_id)
            if submission.state is SubmissionState.RECEIVED:
                _write(session, runtime.storage, submission, order, prepared, folder, now=runtime.now())


def erase(run: JobRun) -> None:
    """Remove the files of a withdrawn submission and of everything it was a part of."""
    with run.finishing() as session:
        _hold_works(session, session.get_one(Submission, run.payload["submission_id"]).campaign_id)
        submission = queries.locked(session, run.payload["submission_id"])
        if submission.state is not SubmissionState.WITHDRAWN or submission.erased_at is not None:
            return
        fallen = derivation.disown(session, submission.id)
        session.execute(update(Production).where(Production.artefact_id.in_(fallen)).values(artefact_id=None))
        session.execute(update(Production).where(Production.poster_artefact_id.in_(fallen)).values(poster_artefact_id=None))
        session.execute(delete(ProductionFile).where(ProductionFile.artefact_id.in_(fallen)))
        session.execute(delete(ProductionVersion).where(ProductionVersion.artefact_id.in_(fallen)))
        mine = or_(Rendition.submission_id == submission.id, Rendition.artefact_id.in_(fallen))
        session.execute(delete(Rendition).where(mine))
        derivation.erase(session, run.runtime.storage, fallen)
        submission.erased_at = run.runtime.now()


def _hold_works(session: Session, campaign_id: int) -> None:
    """Let nobody change the campaign's works until this transaction ends: who takes one in holds its row before its bytes."""
    turn = case({kind: turn for turn, kind in enumerate(HELD_IN_THIS_ORDER)}, value=Production.kind)
    works = select(Production.id).where(Production.campaign_id == campaign_id).order_by(turn, Production.city_id, Production.id)
    session.execute(works.with_for_update()).all()


def sweep_held(run: JobRun) -> None:
    """Remove files that were held for a form nobody sent again."""
    with run.finishing():
        holding.sweep(run.runtime.settings.incoming_dir, now=run.runtime.now())


def _give_up(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    submission = queries.locked(session, payload["submission_id"])
    if submission.state is SubmissionState.RECEIVED:
        submission.failure_code, submission.failure_params = "media.gave_up", {}
        service.move(session, submission, SubmissionState.FAILED, actor_id=None, now=now, code="media.gave_up")


def _order(session: Session, runtime: Runtime, submission_id: int) -> Order | None:
    submission = session.get_one(Submission, submission_id)
    if submission.state is not SubmissionState.RECEIVED:
        return None
    place = queries.place_of(session, submission)
    original = queries.original_of(session, submission.id)
    if original is None and submission.original_size_bytes is not None:
        raise _OriginalErased("media.original_erased")
    frame_language = place.city.languages[0]
    source = campaign_root(session, runtime, place.campaign, place.city)
    speech = translator(frame_language)
    speaks_it = speech.language.partition("-")[0] == frame_language.partition("-")[0]
    return Order(
        submission_id=submission.id,
        kind=submission.kind,
        original_id=original.id if original else None,
        original_key=original.storage_key if original else None,
        source=source,
        allowed_kinds=tuple(place.campaign.kinds),
        formats=tuple(place.campaign.formats),
        max_clip_s=place.campaign.max_clip_s,
        max_duration_s=runtime.settings.max_duration_s,
        slots=slots_of(place.campaign, place.city, frame_language, source.toolkit),
        frame_language=frame_language,
        words_language=frame_language if submission.language == UNDETERMINED else submission.language,
        text=submission.text,
        spoken_words=submission.spoken_words,
        name=submission.name,
        sound_label=speech.gettext(SOUND_LABEL) if speaks_it else None,
    )


def _fail(run: JobRun, submission_id: int, refused: MediaError | Refused) -> None:
    with run.finishing() as session:
        submission = queries.locked(session, submission_id)
        if submission.state is SubmissionState.RECEIVED:
            submission.failure_code, submission.failure_params = refused.code, dict(refused.params)
            now = run.runtime.now()
            service.move(session, submission, SubmissionState.FAILED, actor_id=None, now=now, code=refused.code)


def _write(
    session: Session,
    storage: Storage,
    submission: Submission,
    order: Order,
    prepared: Prepared,
    folder: Path,
    *,
    now: datetime,
) -> None:
    sources = [] if order.original_id is None else [order.original_id]
    for file in prepared.files:
        artefact = derivation.keep(session, storage, _made(file, order, prepared, folder, sources), now=now)
        session.add(
            Rendition(
                submission_id=submission.id,
                artefact_id=artefact.id,
                format=file.format,
                role=file.role,
                width_px=file.width_px,
                height_px=file.height_px,
                duration_s=file.duration_s,
                loudness_lufs=file.loudness_lufs,
                placeholder=file.placeholder,
            )
        )
        session.flush()
    submission.kind = prepared.kind
    submission.duration_s = prepared.duration_s
    submission.trimmed = prepared.trimmed
    submission.lost_s, submission.speech_s = prepared.lost_s, [list(each) for each in prepared.speech_s]
    service.move(session, submission, SubmissionState.PENDING, actor_id=None, now=now)


def _made(file: MadeFile, order: Order, prepared: Prepared, folder: Path, sources: list[int]) -> derivation.Made:
    return derivation.Made(
        path=folder / file.path,
        kind=ArtefactKind.TILE if file.role == "tile" else ArtefactKind.RENDITION,
        media_type=file.media_type,
        spec={**prepared.recipe, "format": file.format, "role": file.role},
        owners=[order.submission_id],
        sources=sources,
        sha256=file.sha256,
    )


def _remove_left_behind(parent: Path, run: JobRun) -> None:
    """What a killed attempt left behind goes, also when its person has withdrawn since and nothing is left to do."""
    for left_behind in parent.glob(f"job-{run.job_id}-*"):
        shutil.rmtree(left_behind, ignore_errors=True)


@contextmanager
def _work_folder(parent: Path, run: JobRun) -> Iterator[Path]:
    """A folder for this attempt alone."""
    folder = parent / f"job-{run.job_id}-{run.attempt}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


KINDS: list[JobKind] = [
    JobKind(service.NORMALISE, normalise, on_give_up=_give_up),
    JobKind(service.ERASE, erase),
    JobKind(holding.SWEEP, sweep_held),
]
