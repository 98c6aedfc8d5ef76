"""What people say, in other languages: each translation is answered for by a named person, and holds for these very words."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.enums import SubmissionKind, SubmissionState
from app.errors import ErrorKind, Refused
from app.models import Campaign, Submission, Translation
from app.submissions.queries import locked
from app.submissions.rules import MAX_SPOKEN_CHARS
from app.submissions.service import request_rebuild

SPOKEN = frozenset({SubmissionKind.CLIP, SubmissionKind.SOUND})
MAX_TRANSLATION_CHARS = MAX_SPOKEN_CHARS


def words_of(submission: Submission) -> str:
    """What a film shows of it in words: what is said, else what was written."""
    return submission.spoken_words if submission.kind in SPOKEN else submission.text


def words_sha256(words: str) -> str:
    """By which a translation knows the words that it translates."""
    return hashlib.sha256(words.encode()).hexdigest()


def translations_for(session: Session, submission_ids: Iterable[int], language: str) -> dict[int, str]:
    """The translations into this language that hold for what the words are now, by submission."""
    query = (
        select(Translation, Submission)
        .join(Submission, Submission.id == Translation.submission_id)
        .where(Translation.submission_id.in_(list(submission_ids)), Translation.language == language)
        .order_by(Translation.submission_id)
    )
    return {
        submission.id: translation.text
        for translation, submission in session.execute(query)
        if translation.original_sha256 == words_sha256(words_of(submission))
    }


def write_translation(
    session: Session, submission: Submission, language: str, text: str, *, person_id: int, now: datetime
) -> Translation:
    """Put this translation in the place of an earlier one, or confirm that one anew; the person answers for it.

    Refuses `submission.withdrawn`, `translation.no_words`, `translation.same_language`, `translation.empty` and `form.too_long`.
    """
    session.flush()
    if locked(session, submission.id).state is SubmissionState.WITHDRAWN:
        raise Refused("submission.withdrawn", kind=ErrorKind.GONE)
    words, text = words_of(submission), text.strip()
    if not words:
        raise Refused("translation.no_words", kind=ErrorKind.CONFLICT)
    if language == submission.language:
        raise Refused("translation.same_language", field="language")
    if not text:
        raise Refused("translation.empty", field="text")
    if len(text) > MAX_TRANSLATION_CHARS:
        raise Refused("form.too_long", field="text", limit_chars=MAX_TRANSLATION_CHARS, actual_chars=len(text))
    row = _row(session, submission, language)
    if row is None:
        row = Translation(submission_id=submission.id, language=language)
        session.add(row)
    row.text, row.original_sha256 = text, words_sha256(words)
    row.confirmed_by_id, row.confirmed_at = person_id, now
    session.flush()
    _record(session, submission, "translation.confirmed", language, person_id=person_id, now=now)
    return row


def remove_translation(session: Session, submission: Submission, language: str, *, person_id: int, now: datetime) -> bool:
    """Take a translation away; whether there was one."""
    row = _row(session, submission, language)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    _record(session, submission, "translation.removed", language, person_id=person_id, now=now)
    return True


def _row(session: Session, submission: Submission, language: str) -> Translation | None:
    where = (Translation.submission_id == submission.id, Translation.language == language)
    return session.scalar(select(Translation).where(*where).with_for_update())


def _record(session: Session, submission: Submission, act: str, language: str, *, person_id: int, now: datetime) -> None:
    audit.record(
        session,
        network_id=session.get_one(Campaign, submission.campaign_id).network_id,
        act=act,
        subject_kind="submission",
        subject_id=submission.id,
        at=now,
        actor_id=person_id,
        language=language,
    )
    request_rebuild(session, submission, now=now)
