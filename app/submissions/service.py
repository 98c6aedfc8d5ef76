"""What happens to a contribution: it is received, moves on, is corrected, is withdrawn. Each in the caller's transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit, derivation, jobs
from app.consent import service as consent
from app.consent.wordings import voice_of
from app.enums import ArtefactKind, Purpose, SubmissionKind, SubmissionOrigin, SubmissionState
from app.errors import ErrorKind, Refused
from app.models import Campaign, City, Decision, Highlight, Submission, Translation
from app.storage import Storage
from app.submissions import queries, rules
from app.submissions.tokens import form_sha256, new_form_token, new_public_id, receipt_token, sha256_hex

NORMALISE = "submission.normalise"
ERASE = "submission.erase"
REBUILD = "assembly.rebuild"  # its handler lives above, known here by name only
ASSEMBLED = frozenset({Purpose.COLLAGE, Purpose.CITY_FILM, Purpose.JOINT_FILM, Purpose.PRINT})
ORIGINAL_SPEC = {"original": 1}


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that has arrived and was recognised by its first bytes; it is used up when it is kept."""

    path: Path
    kind: SubmissionKind
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """What somebody wrote; `language` is that of the words."""

    language: str
    text: str = ""
    spoken_words: str = ""
    name: str | None = None
    alt_text: str = ""
    credit: str | None = None
    consent_note: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is answered: the token is known to its person only, the row holds its hash."""

    submission: Submission
    token: str
    is_new: bool


def receive(
    session: Session,
    storage: Storage,
    *,
    campaign: Campaign,
    city: City,
    origin: SubmissionOrigin,
    contribution: Contribution,
    file: IncomingFile | None,
    purposes: Collection[Purpose],
    wording_language: str,
    now: datetime,
    form_token: str | None = None,
    uploader_id: int | None = None,
) -> Receipt:
    """Take a contribution in: file, row, consents and job in this transaction; a form sent twice is received once.

    Refuses what `rules` refuses: `submission.nothing_to_say`, `submission.text_too_long`, `submission.file_needed`, `upload.*`,
    `consent.pages_needed`.
    """
    kind = file.kind if file else SubmissionKind.TEXT
    rules.check_something_to_say(contribution.text, has_file=file is not None)
    rules.check_text(contribution.text, limit_chars=campaign.max_text_chars)
    rules.check_kind(kind, campaign.kinds)
    rules.check_purposes(purposes)
    form, where = form_token or new_form_token(), {"campaign_id": campaign.id, "city_id": city.id}
    token = receipt_token(form, **where)
    submission = Submission(
        public_id=new_public_id(),
        **where,
        kind=kind,
        origin=origin,
        state=SubmissionState.RECEIVED,
        language=contribution.language,
        text=contribution.text,
        spoken_words=contribution.spoken_words,
        no_speech=False,
        name=contribution.name,
        alt_text=contribution.alt_text,
        credit=contribution.credit,
        consent_note=contribution.consent_note,
        receipt_token_sha256=sha256_hex(token),
        form_token_sha256=form_sha256(form, **where),
        page_language=wording_language,
        uploader_id=uploader_id,
        received_at=now,
        original_media_type=file.media_type if file else None,
        original_size_bytes=file.size_bytes if file else None,
        trimmed=False,
    )
    try:
        with session.begin_nested():
            session.add(submission)
    except IntegrityError:
        known = queries.submission_by_form(session, form, **where)
        if known is None:
            raise
        return Receipt(known, token, is_new=False)
    if file is not None:
        _keep_original(session, storage, submission, file, now=now)
    voice = voice_of(origin, from_elsewhere=city.is_elsewhere)
    consent.record(session, submission_id=submission.id, purposes=purposes, language=wording_language, now=now, voice=voice)
    _audit(session, submission, "submission.received", actor_id=uploader_id, now=now, kind=kind.value, origin=origin.value)
    jobs.enqueue(session, NORMALISE, {"submission_id": submission.id}, unique_key=f"{NORMALISE}:{submission.id}", now=now)
    return Receipt(submission, token, is_new=True)


def move(
    session: Session,
    submission: Submission,
    to: SubmissionState,
    *,
    actor_id: int | None,
    now: datetime,
    **codes: str | int | bool | None,
) -> bool:
    """Change its state, the only way that happens; whether it changed. Refuses `submission.no_such_move`."""
    session.flush()
    queries.locked(session, submission.id)
    before = submission.state
    if before is to:
        return False
    rules.check_move(before, to)
    submission.state = to
    if to is SubmissionState.PENDING:
        submission.prepared_at = now
    elif to in {SubmissionState.APPROVED, SubmissionState.REJECTED}:
        submission.decided_at = now
    elif to is SubmissionState.WITHDRAWN:
        submission.withdrawn_at = now
    session.flush()
    _audit(session, submission, f"submission.{to.value}", actor_id=actor_id, now=now, before=before.value, **codes)
    if rules.changes_the_wall(before, to):
        request_rebuild(session, submission, now=now)
    return True


def withdraw(session: Session, submission: Submission, *, actor_id: int | None, now: datetime) -> bool:
    """Take it back: hidden with this commit, its words gone with it, its files and what was made of them soon after."""
    if not move(session, submission, SubmissionState.WITHDRAWN, actor_id=actor_id, now=now):
        return False
    consent.end_all(session, submission_id=submission.id, now=now)
    submission.text = submission.spoken_words = submission.alt_text = ""
    submission.speech_s = []
    submission.name = submission.credit = submission.consent_note = None
    session.execute(update(Decision).where(Decision.submission_id == submission.id).values(note=None))
    session.execute(delete(Translation).where(Translation.submission_id == submission.id))
    session.execute(delete(Highlight).where(Highlight.submission_id == submission.id))
    session.flush()
    jobs.enqueue(session, ERASE, {"submission_id": submission.id}, unique_key=f"{ERASE}:{submission.id}", now=now)
    request_rebuild(session, submission, now=now)
    return True


def switch_purpose(
    session: Session, submission: Submission, purpose: Purpose, *, agreed: bool, language: str, now: datetime
) -> bool:
    """Its person says yes or no to one purpose; whether that changed anything. Refuses `submission.withdrawn`."""
    session.flush()
    if queries.locked(session, submission.id).state is SubmissionState.WITHDRAWN:
        raise Refused("submission.withdrawn", kind=ErrorKind.GONE)
    if agreed:
        city = session.get_one(City, submission.city_id)
        voice = voice_of(submission.origin, from_elsewhere=city.is_elsewhere)
        changed = consent.give_again(
            session, submission_id=submission.id, purpose=purpose, language=language, now=now, voice=voice
        )
    else:
        changed = consent.end_one(session, submission_id=submission.id, purpose=purpose, now=now)
    if changed:
        act = "consent.given" if agreed else "consent.ended"
        _audit(session, submission, act, actor_id=None, now=now, purpose=purpose.value)
        if purpose in ASSEMBLED:
            request_rebuild(session, submission, now=now)
    return changed


def correct_words(
    session: Session, submission: Submission, *, spoken_words: str, no_speech: bool, actor_id: int, now: datetime
) -> None:
    """Write down what is said in a clip or sound, or that nothing is; refuses both at once (`submission.speech_or_none`)."""
    session.flush()
    if queries.locked(session, submission.id).state is SubmissionState.WITHDRAWN:
        raise Refused("submission.withdrawn", kind=ErrorKind.GONE)
    if no_speech and spoken_words:
        raise Refused("submission.speech_or_none", field="spoken_words")
    if len(spoken_words) > rules.MAX_SPOKEN_CHARS:
        raise Refused("form.too_long", field="spoken_words", limit_chars=rules.MAX_SPOKEN_CHARS, actual_chars=len(spoken_words))
    if (submission.spoken_words, submission.no_speech) == (spoken_words, no_speech):
        return
    submission.spoken_words, submission.no_speech = spoken_words, no_speech
    session.flush()
    _audit(session, submission, "submission.words_corrected", actor_id=actor_id, now=now, no_speech=no_speech)
    request_rebuild(session, submission, now=now)


def request_rebuild(session: Session, submission: Submission, *, now: datetime) -> None:
    """Have what is assembled in its campaign and city built again."""
    payload = {"campaign_id": submission.campaign_id, "city_id": submission.city_id}
    unique_key = f"{REBUILD}:{submission.campaign_id}:{submission.city_id}"
    jobs.enqueue(session, REBUILD, payload, unique_key=unique_key, now=now)


def request_missing_erasures(session: Session, *, now: datetime) -> None:
    """Ask again for what was taken back and still has its files: a job that was given up must not keep them for ever."""
    waiting = select(Submission.id).where(Submission.state == SubmissionState.WITHDRAWN, Submission.erased_at.is_(None))
    for submission_id in session.scalars(waiting).all():
        jobs.enqueue(session, ERASE, {"submission_id": submission_id}, unique_key=f"{ERASE}:{submission_id}", now=now)


def _keep_original(session: Session, storage: Storage, submission: Submission, file: IncomingFile, *, now: datetime) -> None:
    made = derivation.Made(
        path=file.path,
        kind=ArtefactKind.ORIGINAL,
        media_type=file.media_type,
        spec=ORIGINAL_SPEC,
        owners=[submission.id],
        sha256=file.sha256,
    )
    derivation.keep(session, storage, made, now=now)


def _audit(
    session: Session,
    submission: Submission,
    act: str,
    *,
    actor_id: int | None,
    now: datetime,
    **codes: str | int | bool | None,
) -> None:
    network_id = session.get_one(Campaign, submission.campaign_id).network_id
    audit.record(
        session,
        network_id=network_id,
        act=act,
        subject_kind="submission",
        subject_id=submission.id,
        at=now,
        actor_id=actor_id,
        **codes,
    )
