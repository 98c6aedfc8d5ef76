"""The best moments of a campaign: what its manager chose, in the order in which they hang and are filmed."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.assembly.joint_plan import joint_choice, plan_joint_film
from app.enums import Purpose
from app.errors import ErrorKind, NotFound, Refused
from app.models import Campaign, Highlight, Submission
from app.submissions.queries import visible

MAX_HIGHLIGHTS = 60  # about four minutes of film; more than that nobody looks at as the best


def choose(session: Session, campaign: Campaign, public_id: str, *, actor_id: int, now: datetime) -> None:
    """Hang a contribution behind the others; one that hangs already stays where it is.

    Refuses `submission.unknown` what may not be shown on the campaign's pages now, and `highlights.too_many`.
    """
    _hold(session, campaign)
    shown = (Submission.campaign_id == campaign.id, Submission.public_id == public_id, visible(Purpose.CAMPAIGN_PAGES))
    submission_id = session.scalar(select(Submission.id).where(*shown).with_for_update(read=True, of=Submission))
    if submission_id is None:
        raise NotFound("submission.unknown")
    chosen = _chosen(session, campaign)
    if submission_id in {row.submission_id for row in chosen}:
        return
    if len(chosen) >= MAX_HIGHLIGHTS:
        raise Refused("highlights.too_many", kind=ErrorKind.CONFLICT, limit=MAX_HIGHLIGHTS)
    last = max((row.position for row in chosen), default=0)
    session.add(
        Highlight(campaign_id=campaign.id, submission_id=submission_id, position=last + 1, chosen_at=now, chosen_by_id=actor_id)
    )
    session.flush()
    _note(session, campaign, "highlight.chosen", submission_id, actor_id=actor_id, now=now)


def take_out(session: Session, campaign: Campaign, public_id: str, *, actor_id: int, now: datetime) -> None:
    """Take one down again; one that does not hang is left as it is."""
    _hold(session, campaign)
    row = _row(session, campaign, public_id)
    if row is None:
        return
    session.delete(row)
    session.flush()
    _number(_chosen(session, campaign))
    _note(session, campaign, "highlight.taken_out", row.submission_id, actor_id=actor_id, now=now)


def move(session: Session, campaign: Campaign, public_id: str, *, by: int, actor_id: int, now: datetime) -> None:
    """Hang it so many places later, or earlier where `by` is below 0; at either end it stays. Refuses `submission.unknown`."""
    _hold(session, campaign)
    row = _row(session, campaign, public_id)
    if row is None:
        raise NotFound("submission.unknown")
    order = _chosen(session, campaign)
    at = order.index(row)
    order.insert(max(0, min(len(order) - 1, at + by)), order.pop(at))
    _number(order)
    session.flush()
    _note(session, campaign, "highlight.moved", row.submission_id, actor_id=actor_id, now=now)


def choose_captions(session: Session, campaign: Campaign, language: str | None, *, actor: Actor, now: datetime) -> None:
    """Into which language captions are translated, as in the joint film; None: the original words alone.

    Refuses `film.not_a_language {language}` at `captions_language`.
    """
    _hold(session, campaign)
    choice = replace(joint_choice(session, campaign.id), captions_language=language)
    plan_joint_film(session, campaign, choice, joined=choice.card_only, guests=choice.quotes, actor=actor, now=now)


def _hold(session: Session, campaign: Campaign) -> None:
    """Two people who arrange at once do it one after the other."""
    session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())


def _chosen(session: Session, campaign: Campaign) -> list[Highlight]:
    """All of them as they hang, those that may not be shown now too: they keep their place until they may again."""
    query = select(Highlight).where(Highlight.campaign_id == campaign.id)
    return list(session.scalars(query.order_by(Highlight.position, Highlight.id)))


def _row(session: Session, campaign: Campaign, public_id: str) -> Highlight | None:
    query = select(Highlight).join(Submission, Submission.id == Highlight.submission_id)
    return session.scalar(query.where(Highlight.campaign_id == campaign.id, Submission.public_id == public_id))


def _number(order: list[Highlight]) -> None:
    for position, row in enumerate(order, start=1):
        row.position = position


def _note(session: Session, campaign: Campaign, act: str, submission_id: int, *, actor_id: int, now: datetime) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act=act,
        subject_kind="submission",
        subject_id=submission_id,
        at=now,
        actor_id=actor_id,
        campaign_id=campaign.id,
        chosen=session.scalar(select(func.count(Highlight.id)).where(Highlight.campaign_id == campaign.id)) or 0,
    )
