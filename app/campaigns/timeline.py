"""The rows of a time-line: planned with the campaign, given their moments when it begins and when a city joins."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.campaigns.moments import Moments, WallTime
from app.campaigns.plan import (
    COLLECTION_STEPS,
    CORE,
    ELSEWHERE_STEPS,
    PHASE_STEPS,
    PlannedStep,
    StepName,
    in_window,
    window_offset_days,
)
from app.campaigns.queries import time_zones_of
from app.campaigns.rules import fair_order
from app.enums import Phase, StepClock, StepScope, StepState
from app.models import Campaign, CampaignCity, Chapter, ChapterCity, City, Network, StepRun, TimelineStep

SKIPPED_BY_MANAGER = "left_out"
SETTLED_STEPS = PHASE_STEPS | COLLECTION_STEPS  # what they say of a city holds from the moment it joins


@dataclass(frozen=True, slots=True)
class PlacedRun:
    """A run with its line; place and city are None where it is done once for the network or for a chapter."""

    step: TimelineStep
    run: StepRun
    place: CampaignCity | None
    city: City | None
    chapter: Chapter | None = None


def placed_runs(session: Session, campaign_id: int, *where: ColumnElement[bool]) -> list[PlacedRun]:
    """Runs of the campaign in the order in which they are done, under these conditions on line, run or city."""
    query = (
        select(TimelineStep, StepRun, CampaignCity, City, Chapter)
        .join(StepRun, StepRun.step_id == TimelineStep.id)
        .outerjoin(CampaignCity, CampaignCity.id == StepRun.campaign_city_id)
        .outerjoin(City, City.id == CampaignCity.city_id)
        .outerjoin(Chapter, Chapter.id == StepRun.chapter_id)
        .where(TimelineStep.campaign_id == campaign_id, *where)
        .order_by(StepRun.due_at, TimelineStep.position, StepRun.id)
    )
    return [PlacedRun(*row) for row in session.execute(query)]


def moments_of(session: Session, campaign: Campaign, *, day_on: date | None = None) -> Moments:
    """The clocks of the campaign as it stands, or as it would on another day."""
    joined = session.scalars(
        select(City)
        .join(CampaignCity, CampaignCity.city_id == City.id)
        .where(CampaignCity.campaign_id == campaign.id, CampaignCity.joined_at.is_not(None), City.is_elsewhere.is_(False))
    )
    return moments_of_cities(session, campaign, list(joined), day_on=day_on)


def moments_of_cities(session: Session, campaign: Campaign, cities: Collection[City], *, day_on: date | None = None) -> Moments:
    """The clocks of the campaign if these cities took part."""
    zones = {city.id: city.time_zone for city in cities}
    by_slug = {city.slug: city.id for city in cities}
    chapters: dict[int, list[int]] = {}
    members = select(ChapterCity.chapter_id, ChapterCity.city_id).join(Chapter, Chapter.id == ChapterCity.chapter_id)
    members = members.where(Chapter.network_id == campaign.network_id).order_by(ChapterCity.chapter_id, ChapterCity.city_id)
    for chapter_id, city_id in session.execute(members):
        if city_id in zones and campaign.chapter_id in {None, chapter_id}:
            chapters.setdefault(chapter_id, []).append(city_id)
    return Moments(
        day_on=day_on or campaign.day_on,
        network_zone=session.get_one(Network, campaign.network_id).time_zone,
        zones=zones,
        order=[by_slug[slug] for slug in fair_order(campaign.slug, by_slug)],
        chapters=chapters,
        zones_until_then=time_zones_of(session, campaign),
    )


def plan_steps(session: Session, campaign: Campaign, lines: Iterable[PlannedStep] = CORE) -> None:
    """Write the lines of a new campaign."""
    for position, each in enumerate(lines):
        line = in_window(each, campaign)
        session.add(
            TimelineStep(
                campaign_id=campaign.id,
                position=position,
                action=line.action.value,
                scope=line.scope,
                offset_days=line.offset_days,
                on_date=line.on_date,
                local_time=line.local_time,
                clock=line.clock,
                spread_days=line.spread_days,
                condition=line.condition,
                condition_count=line.condition_count,
            )
        )
    session.flush()


def follow_window(session: Session, campaign: Campaign) -> None:
    """After the campaign's own days were changed: the lines that open and close with them go along."""
    for step in steps_of(session, campaign):
        offset_days = window_offset_days(step.action, campaign)
        if offset_days is not None:
            step.offset_days = offset_days
    session.flush()


def set_common_moments(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """Give the network, chapters and turns their moments, which depend on who takes part; what is done stays."""
    moments = moments_of(session, campaign)
    for step in steps_of(session, campaign):
        if step.scope is StepScope.EACH_CHAPTER:
            for chapter_id in moments.chapters:
                _common_run(session, step, chapter_id, moments.for_chapter(step, chapter_id))
        elif step.scope is not StepScope.EACH_CITY:
            _common_run(session, step, None, moments.once(step))
        elif step.spread_days is not None:
            _take_turns(session, campaign, step, moments, now=now)
    session.flush()


def add_city_runs(session: Session, campaign: Campaign, place: CampaignCity, city: City, *, now: datetime) -> None:
    """The steps of a city that has just joined, in the phase it has just been given.

    What the manager decided for a line in all cities (hold, skip, move) holds for this city too.
    Of those already past, the ones that set the phase or the collection are settled, or skipped when the day was over before
    the city came; of any other action only the last one past stays due, since twice in a row would make the same thing twice.
    """
    moments = moments_of(session, campaign)
    past: dict[str, StepRun] = {}
    for step in steps_of(session, campaign):
        if step.scope is not StepScope.EACH_CITY or (city.is_elsewhere and step.action not in ELSEWHERE_STEPS):
            continue
        run = _first_run(step, place, city, moments)
        session.add(run)
        if step.skipped_at is not None:
            skip(run, SKIPPED_BY_MANAGER, now=now)
            continue
        if run.due_at > now or step.spread_days is not None:
            continue
        if step.action in SETTLED_STEPS and run.held_at is None:
            _settle(run, step, place, now=now)
        elif step.action in past:
            skip(past[step.action], "joined_late", now=now)
        past[step.action] = run
    session.flush()


def add_line_runs(session: Session, campaign: Campaign, step: TimelineStep, *, now: datetime) -> None:
    """The runs of a line that was added to a campaign under way, in every place that takes part."""
    if step.scope is StepScope.EACH_CITY:
        moments = moments_of(session, campaign)
        joined = (
            select(CampaignCity, City)
            .join(City, City.id == CampaignCity.city_id)
            .where(CampaignCity.campaign_id == campaign.id, CampaignCity.joined_at.is_not(None))
        )
        for place, city in session.execute(joined).all():
            if not city.is_elsewhere or step.action in ELSEWHERE_STEPS:
                session.add(_first_run(step, place, city, moments))
        session.flush()
    set_common_moments(session, campaign, now=now)


def move_city_runs(session: Session, campaign: Campaign, place: CampaignCity, city: City) -> None:
    """Give the planned steps of a city their moments again, after its time zone was corrected; a step that was moved stays."""
    moments = moments_of(session, campaign)
    runs = placed_runs(session, campaign.id, StepRun.campaign_city_id == place.id, StepRun.state == StepState.PLANNED)
    for each in runs:
        _plan_again(each.run, moments.in_city(each.step, city.id, city.time_zone))
    session.flush()


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a planned run goes when the day moves: its moment, and that of the plan where somebody had moved it."""

    placed: PlacedRun
    to_at: datetime
    plan_at: datetime | None


def shifts(session: Session, campaign: Campaign, days: int) -> Iterator[Shift]:
    """What moving the day by so many days does to every planned run; one that was moved goes along, at its wall time."""
    moments = moments_of(session, campaign, day_on=campaign.day_on + timedelta(days=days))
    for each in placed_runs(session, campaign.id, StepRun.state == StepState.PLANNED):
        moment = plan_moment(moments, each)
        if each.run.moved_from_at is None or each.step.on_date is not None:
            yield Shift(each, moment if each.run.moved_from_at is None else each.run.due_at, None)
            continue
        zone = ZoneInfo(zone_of(each, moments))
        wall = each.run.due_at.astimezone(zone)
        shifted = WallTime(wall.date() + timedelta(days=days), wall.time())
        yield Shift(each, moments.at_wall(each.step, shifted, [zone.key]), moment)


def plan_moment(moments: Moments, placed: PlacedRun) -> datetime:
    """The moment that the plan gives to a run."""
    if placed.city is not None:
        return moments.in_city(placed.step, placed.city.id, placed.city.time_zone)
    return moments.for_chapter(placed.step, placed.chapter.id) if placed.chapter else moments.once(placed.step)


def zone_of(placed: PlacedRun, moments: Moments) -> str:
    """By whose clock a run is spoken of: the city's, the network's, or UTC where it goes by the first or the last of many."""
    if placed.step.clock is StepClock.NETWORK:
        return moments.network_zone
    return placed.city.time_zone if placed.city else "UTC"


def skip_planned(
    session: Session, campaign: Campaign, reason_code: str, *, now: datetime, actions: Sequence[str] | None = None
) -> None:
    """Skip what has not been done, all of it or what names these actions, with the reason on record."""
    lines = select(TimelineStep.id).where(TimelineStep.campaign_id == campaign.id)
    if actions is not None:
        lines = lines.where(TimelineStep.action.in_(actions))
    session.execute(
        update(StepRun)
        .where(StepRun.step_id.in_(lines), StepRun.state == StepState.PLANNED)
        .values(state=StepState.SKIPPED, done_at=now, reason_code=reason_code),
        execution_options={"synchronize_session": "fetch"},
    )


def skip(run: StepRun, reason_code: str, *, now: datetime) -> None:
    """Leave a run out, with the reason on record."""
    run.state, run.done_at, run.reason_code = StepState.SKIPPED, now, reason_code
    run.held_at = run.retry_at = None


def steps_of(session: Session, campaign: Campaign) -> list[TimelineStep]:
    """The lines of the campaign's plan, in their order."""
    query = select(TimelineStep).where(TimelineStep.campaign_id == campaign.id)
    return list(session.scalars(query.order_by(TimelineStep.position)))


def as_planned(step: TimelineStep) -> PlannedStep:
    """What the row of a line says."""
    return PlannedStep(
        action=StepName(step.action),
        scope=step.scope,
        offset_days=step.offset_days,
        local_time=step.local_time,
        clock=step.clock,
        on_date=step.on_date,
        spread_days=step.spread_days,
        condition=step.condition,
        condition_count=step.condition_count,
    )


def _common_run(session: Session, step: TimelineStep, chapter_id: int | None, moment: datetime) -> None:
    of_chapter = StepRun.chapter_id.is_(None) if chapter_id is None else StepRun.chapter_id == chapter_id
    run = session.scalar(select(StepRun).where(StepRun.step_id == step.id, StepRun.campaign_city_id.is_(None), of_chapter))
    if run is None:
        session.add(StepRun(step_id=step.id, chapter_id=chapter_id, due_at=moment, state=StepState.PLANNED))
    elif run.state is StepState.PLANNED:
        _plan_again(run, moment)


def _take_turns(session: Session, campaign: Campaign, step: TimelineStep, moments: Moments, *, now: datetime) -> None:
    """Give every city its turn; once the first turn has come the order stays, and a city that joins then comes last."""
    runs = placed_runs(session, campaign.id, StepRun.step_id == step.id)
    begun = any(each.run.state is not StepState.PLANNED or each.run.due_at <= now for each in runs)
    for each in runs:
        if each.city is None or each.run.state is not StepState.PLANNED:
            continue
        if not begun:
            _plan_again(each.run, plan_moment(moments, each))
        elif each.place is not None and each.place.joined_at == now:
            last = WallTime(moments.wall(step).on + timedelta(days=(step.spread_days or 1) - 1), step.local_time)
            _plan_again(each.run, moments.at_wall(step, last, [each.city.time_zone]))


def _settle(run: StepRun, step: TimelineStep, place: CampaignCity, *, now: datetime) -> None:
    if step.action == StepName.OPEN_COLLECTION:
        place.collection_opened_at = now
    elif step.action == StepName.CLOSE_COLLECTION:
        place.collection_closed_at = now
    elif step.action == StepName.START_OF_DAY and place.phase is Phase.POST_DAY:
        skip(run, "joined_after_the_day", now=now)
        return
    run.state, run.done_at, run.outcome = StepState.DONE, now, {"phase": place.phase.value}


def _first_run(step: TimelineStep, place: CampaignCity, city: City, moments: Moments) -> StepRun:
    run = StepRun(
        step_id=step.id,
        campaign_city_id=place.id,
        due_at=moments.in_city(step, city.id, city.time_zone),
        held_at=step.held_at,
        state=StepState.PLANNED,
    )
    if step.moved_offset_days is not None and step.moved_local_time is not None:
        run.moved_from_at = run.due_at
        days = timedelta(days=step.moved_offset_days + moments.turn_days(step, city.id))
        moved = WallTime(moments.day_on + days, step.moved_local_time)
        run.due_at = moments.at_wall(step, moved, [city.time_zone])
    return run


def _plan_again(run: StepRun, moment: datetime) -> None:
    """A new moment from the plan; where somebody moved the run, only what it was moved from changes."""
    if run.moved_from_at is None:
        run.due_at = moment
    else:
        run.moved_from_at = moment
