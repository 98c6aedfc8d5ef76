"""The working group of a campaign: people of the desk who prepare it with its manager, whatever their city."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns.access import managing
from app.campaigns.brief_letters import mail_brief_opened
from app.campaigns.brief_queries import is_still_to_open
from app.campaigns.service import locked
from app.enums import CampaignStatus
from app.errors import NotFound
from app.models import Campaign, Person, Role, WorkingGroupMember


def add_member(
    session: Session, campaign: Campaign, person_id: int, *, actor: Actor, now: datetime, base_url: str
) -> WorkingGroupMember:
    """Somebody with a role in the network reads the brief and comments from now on; twice changes nothing.

    Who comes once the brief is open gets the mail that the others got. Refuses `person.unknown`.
    """
    managing(actor, campaign)
    locked(session, campaign)
    works_here = select(Role.id).where(Role.person_id == person_id, Role.network_id == campaign.network_id)
    person = session.get(Person, person_id)
    if person is None or session.scalars(works_here).first() is None:
        raise NotFound("person.unknown")
    known = session.get(WorkingGroupMember, (campaign.id, person_id))
    if known is not None:
        return known
    row = WorkingGroupMember(campaign_id=campaign.id, person_id=person_id, added_at=now)
    session.add(row)
    session.flush()
    if campaign.status is CampaignStatus.PREPARING and not is_still_to_open(session, campaign.id):
        mail_brief_opened(session, campaign, [person], now=now, base_url=base_url)
    _record(session, campaign, "campaign.group_joined", person_id, actor, now)
    return row


def remove_member(session: Session, campaign: Campaign, person_id: int, *, actor: Actor, now: datetime) -> None:
    """They no longer prepare it; what they said stays. Nobody there changes nothing."""
    managing(actor, campaign)
    locked(session, campaign)
    row = session.get(WorkingGroupMember, (campaign.id, person_id))
    if row is None:
        return
    session.delete(row)
    _record(session, campaign, "campaign.group_left", person_id, actor, now)


def _record(session: Session, campaign: Campaign, act: str, person_id: int, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act=act,
        subject_kind="campaign",
        subject_id=campaign.id,
        at=now,
        actor_id=actor.person_id,
        person=person_id,
    )
