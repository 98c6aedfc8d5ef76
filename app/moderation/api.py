"""The queue and decisions, for programs of signed-in people."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.deps import CurrentActor, require
from app.clock import rfc3339
from app.enums import Permission, RejectionReason, Verdict
from app.moderation import queries, rules, service
from app.moderation.queries import Contribution
from app.submissions.queries import submission_for
from app.submissions.rules import MAX_SPOKEN_CHARS
from app.web.deps import Now, ReadSession, WriteSession

router = APIRouter(prefix="/api/v1/desk", tags=["desk"])
MOST_AT_ONCE = 500


class WaitingItem(BaseModel):
    """A contribution that waits for a decision."""

    public_id: str
    campaign: str
    city: str
    kind: str
    origin: str
    state: str
    language: str
    text: str
    spoken_words: str
    no_speech: bool
    name: str | None
    alt_text: str
    received_at: str


class Queue(BaseModel):
    """What waits for the person who asks, oldest first."""

    items: list[WaitingItem]
    next: None = None


class DecisionAsked(BaseModel):
    """What a person decided; words that are not given stay as they are."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict
    reason: RejectionReason | None = None
    note: str = Field("", max_length=rules.MAX_NOTE_CHARS)
    spoken_words: str | None = Field(None, max_length=MAX_SPOKEN_CHARS)
    no_speech: bool | None = None


class DecisionMade(BaseModel):
    """The decision that stands now."""

    public_id: str
    state: str
    verdict: Verdict
    reason: RejectionReason | None
    note: str | None
    decided_at: str


@router.get("/queue")
def queue(actor: CurrentActor, session: ReadSession) -> Queue:
    """What waits in this person's cities."""
    require(actor, Permission.MODERATE)
    return Queue(items=[_waiting(each) for each in queries.waiting(session, actor, limit=MOST_AT_ONCE)])


@router.post("/contributions/{public_id}/decision")
def decide(public_id: str, asked: DecisionAsked, actor: CurrentActor, session: WriteSession, now: Now) -> DecisionMade:
    """Approve or reject; deciding again takes the earlier decision back."""
    submission = submission_for(session, actor, Permission.MODERATE, public_id)
    decision = service.decide(
        session,
        actor=actor,
        submission=submission,
        verdict=asked.verdict,
        reason=asked.reason,
        note=asked.note.strip(),
        spoken_words=None if asked.spoken_words is None else asked.spoken_words.strip(),
        no_speech=asked.no_speech,
        now=now,
    )
    return DecisionMade(
        public_id=public_id,
        state=submission.state.value,
        verdict=decision.verdict,
        reason=decision.reason,
        note=decision.note,
        decided_at=_instant(decision.decided_at),
    )


def _waiting(contribution: Contribution) -> WaitingItem:
    row = contribution.submission
    return WaitingItem(
        public_id=row.public_id,
        campaign=contribution.campaign.slug,
        city=contribution.city.slug,
        kind=row.kind.value,
        origin=row.origin.value,
        state=row.state.value,
        language=row.language,
        text=row.text,
        spoken_words=row.spoken_words,
        no_speech=row.no_speech,
        name=row.name,
        alt_text=row.alt_text,
        received_at=_instant(row.received_at),
    )


def _instant(at: datetime) -> str:
    return rfc3339(at)
