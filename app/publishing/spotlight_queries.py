"""What may stand in a city's spotlight at this moment; state and consent are asked in each SELECT."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.plan import StepName
from app.consent.queries import covers
from app.enums import Purpose, StepState
from app.models import Artefact, City, Highlight, Rendition, StepRun, Submission, TimelineStep
from app.publishing.queries import PublicVoice, read_voices
from app.publishing.spotlight_rules import Candidate, in_order
from app.submissions.queries import visible


def candidates(session: Session, campaign_id: int, city_id: int, *, turn_at: datetime | None) -> list[Candidate]:
    """The contributions of the city that may be shown on the pages, who is put forward first before the others."""
    decided_at = func.coalesce(Submission.decided_at, Submission.received_at)
    chosen = (Highlight.submission_id == Submission.id) & (Highlight.campaign_id == campaign_id)
    facts = (Submission.id, Submission.public_id, Submission.origin, decided_at, Highlight.position)
    query = (
        select(*facts, covers(Purpose.NETWORK_ACCOUNTS))
        .outerjoin(Highlight, chosen)
        .where(Submission.campaign_id == campaign_id, Submission.city_id == city_id, visible(Purpose.CAMPAIGN_PAGES))
        .order_by(Submission.id)
    )
    return in_order([Candidate(*row) for row in session.execute(query)], turn_at=turn_at)


def voice_at(session: Session, submission_id: int) -> PublicVoice | None:
    """One contribution as everybody may see it now."""
    query = select(Submission, City).join(City, City.id == Submission.city_id)
    found = read_voices(session, query.where(Submission.id == submission_id, visible(Purpose.CAMPAIGN_PAGES)))
    return found[0] if found else None


def postable(session: Session, submission_id: int) -> Submission | None:
    """The contribution, if it may go out on social networks at this moment."""
    may = (visible(Purpose.CAMPAIGN_PAGES), visible(Purpose.NETWORK_ACCOUNTS))
    return session.scalar(select(Submission).where(Submission.id == submission_id, *may))


def postable_files(session: Session, submission_id: int) -> dict[tuple[str, str], Artefact]:
    """Its prepared files by role and format, if it may go out on social networks at this moment; its small square among them."""
    query = (
        select(Rendition.role, Rendition.format, Artefact)
        .join(Artefact, Artefact.id == Rendition.artefact_id)
        .join(Submission, Submission.id == Rendition.submission_id)
        .where(Submission.id == submission_id, visible(Purpose.CAMPAIGN_PAGES), visible(Purpose.NETWORK_ACCOUNTS))
        .order_by(Rendition.id)
    )
    return {(role, name): artefact for role, name, artefact in session.execute(query)}


def planned_turn(session: Session, campaign_city_id: int) -> datetime | None:
    """When the city is going to be put forward, wherever that was moved; None once it was, or while it is held."""
    query = (
        select(StepRun.due_at)
        .join(TimelineStep, TimelineStep.id == StepRun.step_id)
        .where(
            StepRun.campaign_city_id == campaign_city_id,
            StepRun.state == StepState.PLANNED,
            StepRun.held_at.is_(None),
            TimelineStep.action == StepName.SPOTLIGHT.value,
        )
        .order_by(StepRun.due_at)
    )
    return session.scalar(query.limit(1))
