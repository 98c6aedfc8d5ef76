"""A person decides about a contribution; deciding again takes the earlier decision back."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.enums import Permission, RejectionReason, SubmissionState, Verdict
from app.models import Decision, Submission
from app.moderation import rules
from app.submissions import service as submissions
from app.submissions.queries import last_decision, locked, submission_for
from app.submissions.rules import check_move


def decide(
    session: Session,
    *,
    actor: Actor,
    submission: Submission,
    verdict: Verdict,
    reason: RejectionReason | None = None,
    note: str = "",
    spoken_words: str | None = None,
    no_speech: bool | None = None,
    now: datetime,
) -> Decision:
    """Approve or reject; words that are not given stay as they are. The same decision twice is one.

    Refuses `submission.unknown` (not this person's to decide), `moderation.reason_needed`, `moderation.words_needed`,
    `submission.speech_or_none`, `submission.no_such_move`.
    """
    submission_for(session, actor, Permission.MODERATE, submission.public_id)
    locked(session, submission.id)
    words = submission.spoken_words if spoken_words is None else spoken_words
    silent = submission.no_speech if no_speech is None else no_speech
    to = rules.state_after(verdict)
    rules.check_reason(verdict, reason)
    if verdict is Verdict.APPROVE:
        rules.check_words(submission.kind, spoken_words=words, no_speech=silent)
    if submission.state is not to:
        check_move(submission.state, to)
    if submission.kind in rules.SPOKEN_KINDS:
        submissions.correct_words(session, submission, spoken_words=words, no_speech=silent, actor_id=actor.person_id, now=now)
    kept_reason, kept_note = (reason, note or None) if verdict is Verdict.REJECT else (None, None)
    moved = submissions.move(
        session, submission, to, actor_id=actor.person_id, now=now, reason=kept_reason.value if kept_reason else None
    )
    standing = last_decision(session, submission.id)
    if standing is not None and not moved and (standing.reason, standing.note) == (kept_reason, kept_note):
        return standing
    decision = Decision(
        submission_id=submission.id,
        person_id=actor.person_id,
        verdict=verdict,
        reason=kept_reason,
        note=kept_note,
        decided_at=now,
    )
    session.add(decision)
    session.flush()
    return decision


def correct_words(
    session: Session, *, actor: Actor, submission: Submission, spoken_words: str, no_speech: bool, now: datetime
) -> None:
    """Write down better what is said; what is approved keeps its words or its mark."""
    submission_for(session, actor, Permission.MODERATE, submission.public_id)
    locked(session, submission.id)
    if submission.state is SubmissionState.APPROVED:
        rules.check_words(submission.kind, spoken_words=spoken_words, no_speech=no_speech)
    submissions.correct_words(
        session, submission, spoken_words=spoken_words, no_speech=no_speech, actor_id=actor.person_id, now=now
    )


def withdraw_on_request(session: Session, *, actor: Actor, submission: Submission, now: datetime) -> None:
    """Take a contribution back because its person asked for it."""
    submission_for(session, actor, Permission.MODERATE, submission.public_id)
    submissions.withdraw(session, submission, actor_id=actor.person_id, now=now)
