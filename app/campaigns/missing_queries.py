"""What is known of each city of a campaign, read in a fixed number of queries, however many cities there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.campaigns.brief_queries import last_read, officers_by_city
from app.campaigns.missing import (
    PATIENCE,
    AskedFigures,
    Cell,
    CityFacts,
    Point,
    cells_of,
    enough_count,
    missing_points,
)
from app.campaigns.plan import StepName
from app.campaigns.queries import contribution_counts, invited_cities
from app.campaigns.rules import day_begins_at, day_ends_at
from app.enums import FiguresMoment, SubmissionState
from app.models import (
    AudienceFigures,
    AuditRow,
    Campaign,
    CampaignCity,
    Chapter,
    ChapterCity,
    City,
    Person,
    Submission,
    TimelineStep,
)

REMINDED = "campaign.city_reminded"


@dataclass(frozen=True, slots=True)
class CityStanding:
    """A city of a campaign with all that is expected of it."""

    place: CampaignCity
    city: City
    officers: Sequence[Person]
    cells: Mapping[Point, Cell]
    reminded_at: datetime | None  # the last time

    @property
    def missing(self) -> tuple[Point, ...]:
        """What it misses now."""
        return missing_points(self.cells)

    @property
    def rests(self) -> bool:
        """Whether the city has asked for a rest."""
        return self.place.paused_at is not None


def standings(
    session: Session,
    campaign: Campaign,
    where: ColumnElement[bool],
    *,
    now: datetime,
    enough: int | None = None,
    patience_with_contributions: timedelta = PATIENCE,
) -> list[CityStanding]:
    """Those of these cities that are invited, by slug; another place is none of them."""
    places = [pair for pair in invited_cities(session, campaign.id, where) if not pair[1].is_elsewhere]
    if not places:
        return []
    enough = enough if enough is not None else enough_of(session, campaign)
    officers = officers_by_city(session, campaign)
    facts = _facts_of(session, campaign, places, officers)
    reminded = reminded_at_by_city(session, campaign)
    return [
        CityStanding(
            place=place,
            city=city,
            officers=officers.get(city.id, ()),
            cells=cells_of(
                facts[city.id],
                campaign.status,
                enough=enough,
                now=now,
                patience_with_contributions=patience_with_contributions,
            ),
            reminded_at=reminded.get(city.id),
        )
        for place, city in places
    ]


def enough_of(session: Session, campaign: Campaign) -> int:
    """With how many contributions a city no longer has little in this campaign."""
    lines = session.execute(
        select(TimelineStep.condition, TimelineStep.condition_count).where(
            TimelineStep.campaign_id == campaign.id,
            TimelineStep.action == StepName.REMIND.value,
            TimelineStep.skipped_at.is_(None),
        )
    )
    return enough_count([(condition, count) for condition, count in lines])


def reminded_at_by_city(session: Session, campaign: Campaign) -> dict[int, datetime]:
    """When each city was last reminded, by hand or by the time-line."""
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.subject_kind == "campaign", AuditRow.subject_id == campaign.id, AuditRow.act == REMINDED)
        .order_by(AuditRow.id)
    )
    return {int(row.codes["city"]): row.at for row in rows}


def chapters_with(session: Session, city_ids: Sequence[int]) -> list[tuple[Chapter, frozenset[int]]]:
    """The chapters of these cities, by slug, each with those of them that it has."""
    query = (
        select(Chapter, ChapterCity.city_id)
        .join(ChapterCity, ChapterCity.chapter_id == Chapter.id)
        .where(ChapterCity.city_id.in_(city_ids))
        .order_by(Chapter.slug)
    )
    cities: dict[int, set[int]] = {}
    chapters: dict[int, Chapter] = {}
    for chapter, city_id in session.execute(query):
        chapters[chapter.id] = chapter
        cities.setdefault(chapter.id, set()).add(city_id)
    return [(chapter, frozenset(cities[chapter.id])) for chapter in chapters.values()]


def _facts_of(
    session: Session,
    campaign: Campaign,
    places: Sequence[tuple[CampaignCity, City]],
    officers: Mapping[int, Sequence[Person]],
) -> dict[int, CityFacts]:
    city_ids = [city.id for _place, city in places]
    only = city_ids[0] if len(city_ids) == 1 else None
    counts = contribution_counts(session, campaign.id, city_id=only)
    readers = last_read(session, campaign.id)
    waiting = _waiting(session, campaign, city_ids)
    figures = _figures(session, [place.id for place, _city in places])
    found: dict[int, CityFacts] = {}
    for place, city in places:
        waiting_count, waiting_since = waiting.get(city.id, (0, None))
        found[city.id] = CityFacts(
            invited_at=place.invited_at,
            joined_at=place.joined_at,
            paused_at=place.paused_at,
            collection_opened_at=place.collection_opened_at,
            collection_closed_at=place.collection_closed_at,
            day_begins_at=day_begins_at(campaign.day_on, city.time_zone),
            day_ends_at=day_ends_at(campaign.day_on, city.time_zone),
            officer_count=len(officers.get(city.id, ())),
            has_read_brief=any(person.id in readers for person in officers.get(city.id, ())),
            contribution_count=counts.get(city.id, 0),
            waiting_count=waiting_count,
            waiting_since=waiting_since,
            figures=figures.get(place.id, {}),
        )
    return found


def _waiting(session: Session, campaign: Campaign, city_ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """How many contributions of each city wait for a decision, and since when the oldest does."""
    since = func.min(func.coalesce(Submission.prepared_at, Submission.received_at))
    query = (
        select(Submission.city_id, func.count(), since)
        .where(
            Submission.campaign_id == campaign.id,
            Submission.city_id.in_(city_ids),
            Submission.state == SubmissionState.PENDING,
        )
        .group_by(Submission.city_id)
    )
    return {city_id: (count, oldest) for city_id, count, oldest in session.execute(query)}


def _figures(session: Session, place_ids: Sequence[int]) -> dict[int, dict[FiguresMoment, AskedFigures]]:
    found: dict[int, dict[FiguresMoment, AskedFigures]] = {}
    query = select(AudienceFigures).where(AudienceFigures.campaign_city_id.in_(place_ids))
    for row in session.scalars(query):
        found.setdefault(row.campaign_city_id, {})[row.moment] = AskedFigures(row.asked_at, row.answered_at)
    return found
