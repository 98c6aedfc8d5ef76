"""Changes campaigns: made, written, opened, closed; cities invited and joined."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns import timeline
from app.campaigns.draft import CampaignDraft, check
from app.campaigns.invitations import mail_invitations
from app.campaigns.rules import phase_at
from app.campaigns.tick import run_due_steps as run_due_steps  # noqa: PLC0414 - offered here with everything that changes campaigns
from app.enums import CampaignStatus, Permission, Phase
from app.errors import ErrorKind, NotFound, Refused
from app.models import Campaign, CampaignCity, City, InternationalDay


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation came to; a silent city has no officer, so that nobody was told."""

    cities: int
    people: int
    silent_cities: int


def create_campaign(
    session: Session,
    *,
    day: InternationalDay,
    draft: CampaignDraft,
    toolkits: Collection[str],
    actor: Actor,
    now: datetime,
    slug: str | None = None,
) -> Campaign:
    """A campaign on this day, with its time-line, as a draft; without a slug it gets the day's and the year.

    Refuses as `draft.check` does; the toolkits are those there are.
    """
    managing(actor, day.network_id)
    check(draft, toolkits=toolkits)
    campaign = Campaign(
        network_id=day.network_id,
        international_day_id=day.id,
        slug=slug or _free_slug(session, day.network_id, f"{day.slug[:70]}-{draft.day_on.year}"),
        status=CampaignStatus.DRAFT,
        phase=None,
        created_at=now,
    )
    _write(campaign, draft)
    session.add(campaign)
    session.flush()
    timeline.plan_steps(session, campaign)
    _record(session, campaign, "campaign.created", actor, now)
    return campaign


def edit_campaign(
    session: Session, campaign: Campaign, *, draft: CampaignDraft, toolkits: Collection[str], actor: Actor, now: datetime
) -> None:
    """Write a draft anew; refuses `campaign.not_draft` once it is open."""
    managing(actor, campaign.network_id)
    locked(session, campaign)
    if campaign.status is not CampaignStatus.DRAFT:
        raise Refused("campaign.not_draft", kind=ErrorKind.CONFLICT)
    check(draft, toolkits=toolkits)
    _write(campaign, draft)
    _record(session, campaign, "campaign.edited", actor, now)


def open_campaign(session: Session, campaign: Campaign, *, actor: Actor, now: datetime) -> None:
    """Open a draft: it is public, cities can be invited, and its steps have their moments; opening twice changes nothing."""
    managing(actor, campaign.network_id)
    locked(session, campaign)
    if campaign.status is CampaignStatus.OPEN:
        return
    if campaign.status is CampaignStatus.CLOSED:
        raise Refused("campaign.is_closed", kind=ErrorKind.CONFLICT)
    campaign.status, campaign.phase, campaign.opened_at = CampaignStatus.OPEN, Phase.PRE_DAY, now
    session.flush()
    timeline.set_network_moments(session, campaign)
    _record(session, campaign, "campaign.opened", actor, now)


def close_campaign(session: Session, campaign: Campaign, *, actor: Actor, now: datetime) -> None:
    """Close an open campaign: nothing more is collected, what was still planned is skipped; closing twice changes nothing."""
    managing(actor, campaign.network_id)
    locked(session, campaign)
    if campaign.status is CampaignStatus.CLOSED:
        return
    if campaign.status is not CampaignStatus.OPEN:
        raise Refused("campaign.not_open", kind=ErrorKind.CONFLICT)
    campaign.status, campaign.closed_at = CampaignStatus.CLOSED, now
    session.flush()
    timeline.skip_planned(session, campaign, "campaign_closed", now=now)
    _record(session, campaign, "campaign.closed", actor, now)


def invite(
    session: Session, campaign: Campaign, *, cities: Iterable[City], actor: Actor, now: datetime, base_url: str
) -> Invited:
    """Invite cities to an open campaign and write to their officers; who was invited before is not asked again."""
    managing(actor, campaign.network_id)
    locked(session, campaign)
    if campaign.status is not CampaignStatus.OPEN:
        raise Refused("campaign.not_open", kind=ErrorKind.CONFLICT)
    known = set(session.scalars(select(CampaignCity.city_id).where(CampaignCity.campaign_id == campaign.id)))
    new = [city for city in cities if city.network_id == campaign.network_id and city.id not in known]
    session.add_all(
        CampaignCity(campaign_id=campaign.id, city_id=city.id, invited_at=now, phase=Phase.PRE_DAY, joined_at=None)
        for city in new
    )
    session.flush()
    people, silent = mail_invitations(session, campaign, new, now=now, base_url=base_url)
    _record(session, campaign, "campaign.cities_invited", actor, now, cities=[city.id for city in new])
    return Invited(cities=len(new), people=people, silent_cities=silent)


def join(session: Session, campaign: Campaign, city: City, *, actor: Actor, now: datetime) -> CampaignCity:
    """An invited city takes part, in the phase of this moment; joining twice changes nothing.

    Whether the city is this person's is asked before (`accounts.queries.city_for`). Refuses `campaign.not_invited`.
    """
    may(actor, Permission.JOIN_CAMPAIGN)
    locked(session, campaign)
    if campaign.status is not CampaignStatus.OPEN:
        raise Refused("campaign.not_open", kind=ErrorKind.CONFLICT)
    where = (CampaignCity.campaign_id == campaign.id, CampaignCity.city_id == city.id)
    place = session.scalar(select(CampaignCity).where(*where))
    if place is None:
        raise Refused("campaign.not_invited", kind=ErrorKind.CONFLICT)
    if place.joined_at is not None:
        return place
    place.joined_at, place.phase = now, phase_at(now, campaign.day_on, city.time_zone)
    session.flush()
    timeline.add_city_runs(session, campaign, place, city, now=now)
    timeline.set_network_moments(session, campaign)
    _record(session, campaign, "campaign.city_joined", actor, now, city=city.id)
    return place


def locked(session: Session, campaign: Campaign) -> None:
    """Nobody else changes this campaign, or does its steps, until this transaction ends; its row is read again."""
    session.flush()  # reading again would throw away what is not written yet
    session.refresh(campaign, with_for_update={"key_share": True})


def _write(campaign: Campaign, draft: CampaignDraft) -> None:
    campaign.title, campaign.message, campaign.objective = draft.title, draft.message, draft.objective
    campaign.question, campaign.hashtag = draft.question, draft.hashtag
    campaign.languages, campaign.day_on = list(draft.languages), draft.day_on
    campaign.pre_day_offset_days, campaign.post_day_offset_days = draft.pre_day_offset_days, draft.post_day_offset_days
    campaign.kinds, campaign.formats = [kind.value for kind in draft.kinds], list(draft.formats)
    campaign.max_clip_s, campaign.max_text_chars = draft.max_clip_s, draft.max_text_chars
    campaign.toolkit_slug = draft.toolkit_slug


def _free_slug(session: Session, network_id: int, slug: str) -> str:
    taken = set(session.scalars(select(Campaign.slug).where(Campaign.network_id == network_id)))
    number = 2
    free = slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def managing(actor: Actor, network_id: int) -> None:
    """Refuses whoever does not run the campaigns of this network."""
    may(actor, Permission.MANAGE_CAMPAIGNS)
    if actor.network_id != network_id:
        raise NotFound("campaign.unknown")


def may(actor: Actor, permission: Permission) -> None:
    """Refuses `forbidden` when no role of this person allows it."""
    if not actor.may(permission):
        raise Refused("forbidden", kind=ErrorKind.FORBIDDEN)


def _record(session: Session, campaign: Campaign, act: str, actor: Actor, now: datetime, **codes: int | list[int] | None) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act=act,
        subject_kind="campaign",
        subject_id=campaign.id,
        at=now,
        actor_id=actor.person_id,
        **codes,
    )
