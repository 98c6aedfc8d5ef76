"""What the public calendar is made of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.calendar_events import PlacedEvent, public_events
from app.campaigns.plan import COLLECTION_STEPS, StepName
from app.campaigns.queries import international_days
from app.enums import StepState
from app.errors import NotFound
from app.models import AuditRow, Campaign, CampaignCity, City, InternationalDay, StepRun, TimelineStep
from app.network.queries import cities_of
from app.publishing.queries import MemberCity, public_campaigns

# acts on a campaign that change nothing of when it is; an act that is not known here counts as a change, which harms nobody
NOT_ABOUT_TIME = ("campaign.cities_invited", "campaign.city_joined")


@dataclass(frozen=True, slots=True)
class Revision:
    """How often something in the calendar changed, and when it last did: SEQUENCE and LAST-MODIFIED of iCalendar."""

    sequence: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Occasions:
    """Everything in the calendar: of the whole network, or with a city what concerns that city."""

    days: Sequence[InternationalDay]  # the removed ones too
    events: Sequence[PlacedEvent]  # the cancelled ones too
    campaigns: Sequence[Campaign]


def occasions(session: Session, network_id: int, *, city: City | None = None) -> Occasions:
    """The calendar of the network, or of one of its cities."""
    campaigns = public_campaigns(session, network_id)
    if city is not None:
        joined = (CampaignCity.city_id == city.id, CampaignCity.joined_at.is_not(None))
        theirs = set(session.scalars(select(CampaignCity.campaign_id).where(*joined)))
        campaigns = [campaign for campaign in campaigns if campaign.id in theirs]
    return Occasions(
        international_days(session, network_id, removed=True), public_events(session, network_id, city=city), campaigns
    )


def city_by_slug(session: Session, network_id: int, slug: str) -> City:
    """A city of the network; `city.unknown` when there is none."""
    city = session.scalar(select(City).where(City.network_id == network_id, City.slug == slug, City.is_elsewhere.is_(False)))
    if city is None:
        raise NotFound("city.unknown", city=slug)
    return city


def all_cities(session: Session, network_id: int) -> list[MemberCity]:
    """Every city of the network, by slug."""
    return [
        MemberCity(city.id, city.slug, city.names, city.country, city.time_zone, tuple(city.languages), None)
        for city in cities_of(session, network_id)
    ]


def revisions(session: Session, campaigns: Collection[Campaign]) -> dict[int, Revision]:
    """The revision of each campaign, told by the audit trail, which nobody can shorten."""
    ids = [campaign.id for campaign in campaigns]
    query = (
        select(AuditRow.subject_id, func.count(), func.max(AuditRow.at))
        .where(AuditRow.subject_kind == "campaign", AuditRow.subject_id.in_(ids), AuditRow.act.not_in(NOT_ABOUT_TIME))
        .group_by(AuditRow.subject_id)
    )
    told = {row[0]: Revision(row[1], row[2]) for row in session.execute(query)}
    return {each.id: told.get(each.id, Revision(0, each.created_at)) for each in campaigns}


@dataclass(frozen=True, slots=True)
class StepMoment:
    """When a step comes in a city, or came."""

    run_id: int
    at: datetime
    is_left_out: bool


def steps_in(session: Session, campaign: Campaign, city: MemberCity) -> dict[str, StepMoment]:
    """What opens and closes the collection in a city, and its turn in the spotlight, by action; once done, to the minute."""
    query = (
        select(TimelineStep.action, StepRun)
        .join(StepRun, StepRun.step_id == TimelineStep.id)
        .join(CampaignCity, CampaignCity.id == StepRun.campaign_city_id)
        .where(
            TimelineStep.campaign_id == campaign.id,
            TimelineStep.action.in_([*COLLECTION_STEPS, StepName.SPOTLIGHT]),
            CampaignCity.city_id == city.id,
        )
        .order_by(StepRun.due_at, StepRun.id)
    )
    moments = {}
    for action, run in session.execute(query):
        done_at = run.done_at if run.state is StepState.DONE else None
        at = done_at.replace(second=0, microsecond=0) if done_at else run.due_at
        moments[action] = StepMoment(run.id, at, is_left_out=run.state is StepState.SKIPPED)
    return moments


def revision_in(session: Session, campaign: Campaign, moments: Collection[StepMoment]) -> Revision:
    """The revision of a campaign in one city, where its steps may have been moved, done late or left out."""
    whole = revisions(session, [campaign])[campaign.id]
    query = select(func.count(), func.max(AuditRow.at)).where(
        AuditRow.subject_kind == "step_run", AuditRow.subject_id.in_([moment.run_id for moment in moments])
    )
    count, changed_at = session.execute(query).one()
    return Revision(whole.sequence + count, max(whole.changed_at, changed_at) if count else whole.changed_at)
