"""What is known of campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session

from app.campaigns.plan import StepName
from app.enums import CampaignStatus, RoleName, StepState, SubmissionState
from app.errors import NotFound
from app.models import Campaign, CampaignCity, ChapterCity, City, InternationalDay, Role, StepRun, Submission, TimelineStep
from app.variants import TOOLKITS_DIR

UTC_ZONES = ("UTC",)  # of a network without cities


def toolkit_slugs(folder: Path = TOOLKITS_DIR) -> list[str]:
    """The toolkits that are there."""
    return sorted(path.parent.name for path in folder.glob("*/toolkit.toml"))


def international_days(session: Session, network_id: int, *, removed: bool = False) -> list[InternationalDay]:
    """The network's days, through the year; with `removed` also those that were taken off its calendar."""
    query = select(InternationalDay).where(InternationalDay.network_id == network_id)
    if not removed:
        query = query.where(InternationalDay.removed_at.is_(None))
    return list(session.scalars(query.order_by(InternationalDay.month, InternationalDay.day, InternationalDay.slug)))


def day_by_slug(session: Session, network_id: int, slug: str) -> InternationalDay:
    """The day; `day.unknown` when there is none."""
    query = select(InternationalDay).where(InternationalDay.network_id == network_id, InternationalDay.slug == slug)
    day = session.scalar(query.where(InternationalDay.removed_at.is_(None)))
    if day is None:
        raise NotFound("day.unknown", day=slug)
    return day


def campaign_by_slug(session: Session, network_id: int, slug: str) -> Campaign:
    """The campaign, drafts too; `campaign.unknown` when there is none."""
    campaign = session.scalar(select(Campaign).where(Campaign.network_id == network_id, Campaign.slug == slug))
    if campaign is None:
        raise NotFound("campaign.unknown", campaign=slug)
    return campaign


def all_campaigns(session: Session, network_id: int) -> list[Campaign]:
    """Every campaign, the latest day first."""
    query = select(Campaign).where(Campaign.network_id == network_id)
    return list(session.scalars(query.order_by(Campaign.day_on.desc(), Campaign.slug)))


def campaigns_where(session: Session, where: ColumnElement[bool]) -> list[Campaign]:
    """The campaigns under this condition, the latest day first."""
    return list(session.scalars(select(Campaign).where(where).order_by(Campaign.day_on.desc(), Campaign.slug)))


def public_campaigns(session: Session, network_id: int) -> list[Campaign]:
    """Those that anybody may know of, the latest day first."""
    return [each for each in all_campaigns(session, network_id) if each.status.is_public]


def cities_in(session: Session, campaign_id: int, *, joined: bool = True) -> list[tuple[CampaignCity, City]]:
    """The cities that take part, by slug; with `joined=False` also those that are invited and have not joined."""
    query = select(CampaignCity, City).join(City, City.id == CampaignCity.city_id).where(CampaignCity.campaign_id == campaign_id)
    if joined:
        query = query.where(CampaignCity.joined_at.is_not(None))
    return [(place, city) for place, city in session.execute(query.order_by(City.slug))]


def participation(session: Session, campaign_id: int, city_slug: str) -> tuple[CampaignCity, City]:
    """A city that takes part; `campaign.city_not_in` for every other."""
    row = session.execute(
        select(CampaignCity, City)
        .join(City, City.id == CampaignCity.city_id)
        .where(CampaignCity.campaign_id == campaign_id, City.slug == city_slug, CampaignCity.joined_at.is_not(None))
    ).one_or_none()
    if row is None:
        raise NotFound("campaign.city_not_in", city=city_slug)
    return row[0], row[1]


def reach_where(campaign: Campaign) -> ColumnElement[bool]:
    """The condition on `City` under which a campaign is for it; never another place, which nobody invites."""
    of_network = and_(City.network_id == campaign.network_id, City.is_elsewhere.is_(False))
    if campaign.chapter_id is None:
        return of_network
    of_chapter = select(ChapterCity.city_id).where(ChapterCity.chapter_id == campaign.chapter_id)
    return and_(of_network, City.id.in_(of_chapter))


def time_zones_of(session: Session, campaign: Campaign) -> Sequence[str]:
    """The zones of the cities that take part; until there is one, those of all that it is for stand for them."""
    joined = (
        select(City.time_zone)
        .join(CampaignCity, CampaignCity.city_id == City.id)
        .where(CampaignCity.campaign_id == campaign.id, CampaignCity.joined_at.is_not(None), City.is_elsewhere.is_(False))
        .distinct()
    )
    whole = select(City.time_zone).where(reach_where(campaign)).distinct()
    return list(session.scalars(joined)) or list(session.scalars(whole)) or UTC_ZONES


def planned_opening() -> ScalarSelect[datetime]:
    """Beside a `CampaignCity`: when its collection is going to open, wherever that was moved; NULL once it has, or is held."""
    return (
        select(StepRun.due_at)
        .join(TimelineStep, TimelineStep.id == StepRun.step_id)
        .where(
            StepRun.campaign_city_id == CampaignCity.id,
            StepRun.state == StepState.PLANNED,
            StepRun.held_at.is_(None),
            TimelineStep.action == StepName.OPEN_COLLECTION.value,
        )
        .limit(1)
        .scalar_subquery()
    )


def campaigns_of(session: Session, where: ColumnElement[bool]) -> list[Campaign]:
    """Campaigns that are not drafts and to which one of these cities is invited, the latest day first."""
    invited = select(CampaignCity.campaign_id).join(City, City.id == CampaignCity.city_id).where(where)
    query = select(Campaign).where(Campaign.id.in_(invited), Campaign.status != CampaignStatus.DRAFT)
    return list(session.scalars(query.order_by(Campaign.day_on.desc(), Campaign.slug)))


def invited_cities(session: Session, campaign_id: int, where: ColumnElement[bool]) -> list[tuple[CampaignCity, City]]:
    """Those of these cities that are invited, by slug."""
    query = (
        select(CampaignCity, City)
        .join(City, City.id == CampaignCity.city_id)
        .where(CampaignCity.campaign_id == campaign_id, where)
        .order_by(City.slug)
    )
    return [(place, city) for place, city in session.execute(query)]


def counts_by_campaign(session: Session, network_id: int, *where: ColumnElement[bool]) -> dict[int, tuple[int, int]]:
    """(invited, joined) cities, those under these conditions, of each campaign that has any."""
    query = (
        select(CampaignCity.campaign_id, func.count(), func.count(CampaignCity.joined_at))
        .join(Campaign, Campaign.id == CampaignCity.campaign_id)
        .join(City, City.id == CampaignCity.city_id)
        .where(Campaign.network_id == network_id, City.is_elsewhere.is_(False), *where)
        .group_by(CampaignCity.campaign_id)
    )
    return {campaign_id: (invited, joined) for campaign_id, invited, joined in session.execute(query)}


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One step in one place, with what became of it."""

    step: TimelineStep
    run: StepRun


def runs_of(session: Session, campaign_id: int) -> list[PlannedRun]:
    """Every step run of the campaign, in order."""
    query = (
        select(TimelineStep, StepRun)
        .join(StepRun, StepRun.step_id == TimelineStep.id)
        .where(TimelineStep.campaign_id == campaign_id)
        .order_by(StepRun.due_at, TimelineStep.position, StepRun.id)
    )
    return [PlannedRun(step, run) for step, run in session.execute(query)]


def next_by_place(runs: Sequence[PlannedRun]) -> dict[int, PlannedRun]:
    """The next planned step of each city in the campaign."""
    found: dict[int, PlannedRun] = {}
    for each in runs:
        if each.run.state is StepState.PLANNED and each.run.campaign_city_id is not None:
            found.setdefault(each.run.campaign_city_id, each)
    return found


def cities_with_officers(session: Session, network_id: int) -> set[int]:
    """Cities that have an officer, who gets the mails."""
    query = select(Role.city_id).where(Role.network_id == network_id, Role.name == RoleName.OFFICER, Role.city_id.is_not(None))
    return {city_id for city_id in session.scalars(query) if city_id is not None}


def coordinated_chapters(session: Session, network_id: int) -> frozenset[int]:
    """Chapters that have a coordinator."""
    query = select(Role.chapter_id).where(Role.network_id == network_id, Role.name == RoleName.COORDINATOR)
    return frozenset(chapter_id for chapter_id in session.scalars(query) if chapter_id is not None)


def contribution_counts(session: Session, campaign_id: int, *, city_id: int | None = None) -> dict[int, int]:
    """How many contributions of each city are on their way or on the wall, by the city's id."""
    alive = (SubmissionState.RECEIVED, SubmissionState.PENDING, SubmissionState.APPROVED)
    query = (
        select(Submission.city_id, func.count())
        .where(Submission.campaign_id == campaign_id, Submission.state.in_(alive))
        .group_by(Submission.city_id)
    )
    if city_id is not None:
        query = query.where(Submission.city_id == city_id)
    return {row[0]: row[1] for row in session.execute(query)}
