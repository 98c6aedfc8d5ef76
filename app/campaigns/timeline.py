"""The rows of a time-line: planned with the campaign, given their moments when it opens and when a city joins."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.campaigns.plan import PHASE_STEPS, TIMELINE, StepName
from app.campaigns.queries import time_zones_of
from app.campaigns.rules import due_at, network_due_at
from app.enums import Phase, StepScope, StepState
from app.models import Campaign, CampaignCity, City, StepRun, TimelineStep

SKIPPED_BY_MANAGER = "left_out"


@dataclass(frozen=True, slots=True)
class PlacedRun:
    """A run with its line; place and city are None where it is done once for the network."""

    step: TimelineStep
    run: StepRun
    place: CampaignCity | None
    city: City | None


def placed_runs(session: Session, campaign_id: int, *where: ColumnElement[bool]) -> list[PlacedRun]:
    """Runs of the campaign in the order in which they are done, under these conditions on line, run or city."""
    query = (
        select(TimelineStep, StepRun, CampaignCity, City)
        .join(StepRun, StepRun.step_id == TimelineStep.id)
        .outerjoin(CampaignCity, CampaignCity.id == StepRun.campaign_city_id)
        .outerjoin(City, City.id == CampaignCity.city_id)
        .where(TimelineStep.campaign_id == campaign_id, *where)
        .order_by(StepRun.due_at, TimelineStep.position, StepRun.id)
    )
    return [PlacedRun(step, run, place, city) for step, run, place, city in session.execute(query)]


def plan_steps(session: Session, campaign: Campaign) -> None:
    """Write the lines of a new campaign."""
    session.add_all(
        TimelineStep(
            campaign_id=campaign.id,
            position=position,
            action=line.action.value,
            scope=line.scope,
            offset_days=line.offset_days,
            local_time=line.local_time,
        )
        for position, line in enumerate(TIMELINE)
    )
    session.flush()


def set_network_moments(session: Session, campaign: Campaign) -> None:
    """Give every step that is done once for the network its moment, by the zones that now take part; what is done stays."""
    zones = time_zones_of(session, campaign)
    for step in _steps(session, campaign):
        if step.scope is StepScope.EACH_CITY:
            continue
        moment = network_due_at(step.scope, campaign.day_on, step.offset_days, step.local_time, zones)
        run = session.scalar(select(StepRun).where(StepRun.step_id == step.id, StepRun.campaign_city_id.is_(None)))
        if run is None:
            session.add(StepRun(step_id=step.id, campaign_city_id=None, due_at=moment, state=StepState.PLANNED))
        elif run.state is StepState.PLANNED:
            _plan_again(run, moment)
    session.flush()


def add_city_runs(session: Session, campaign: Campaign, place: CampaignCity, city: City, *, now: datetime) -> None:
    """The steps of a city that has just joined, in the phase it has just been given.

    What the manager decided for a line in all cities (hold, skip, move) holds for this city too.
    Of those already past, the ones that set the phase are done by that phase, or skipped when the day was over before the city
    came; of any other action only the last one past stays due, since doing it twice in a row would make the same thing twice.
    """
    past: dict[str, StepRun] = {}
    for step in _steps(session, campaign):
        if step.scope is not StepScope.EACH_CITY:
            continue
        run = _first_run(campaign, step, place, city)
        session.add(run)
        if step.skipped_at is not None:
            skip(run, SKIPPED_BY_MANAGER, now=now)
            continue
        if run.due_at > now:
            continue
        if step.action in PHASE_STEPS:
            _settle(run, step, place.phase, now=now)
        elif step.action in past:
            skip(past[step.action], "joined_late", now=now)
        past[step.action] = run
    session.flush()


def move_city_runs(session: Session, campaign: Campaign, place: CampaignCity, city: City) -> None:
    """Give the planned steps of a city their moments again, after its time zone was corrected; a step that was moved stays."""
    runs = placed_runs(session, campaign.id, StepRun.campaign_city_id == place.id, StepRun.state == StepState.PLANNED)
    for each in runs:
        _plan_again(each.run, planned_at(campaign, each.step, city.time_zone))
    session.flush()


def planned_at(campaign: Campaign, step: TimelineStep, time_zone: str) -> datetime:
    """The moment that the plan gives a step in a city there."""
    return due_at(campaign.day_on, step.offset_days, step.local_time, time_zone)


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a planned run goes when the day moves: its moment, and that of the plan where somebody had moved it."""

    placed: PlacedRun
    to_at: datetime
    plan_at: datetime | None


def shifts(session: Session, campaign: Campaign, days: int) -> Iterator[Shift]:
    """What moving the day by so many days does to every planned run; one that was moved goes along, at its wall time."""
    zones = time_zones_of(session, campaign)
    day_on = campaign.day_on + timedelta(days=days)
    for each in placed_runs(session, campaign.id, StepRun.state == StepState.PLANNED):
        step = each.step
        if each.city is None:
            moment = network_due_at(step.scope, day_on, step.offset_days, step.local_time, zones)
        else:
            moment = due_at(day_on, step.offset_days, step.local_time, each.city.time_zone)
        if each.run.moved_from_at is None:
            yield Shift(each, moment, None)
            continue
        zone = each.city.time_zone if each.city else "UTC"
        wall = each.run.due_at.astimezone(ZoneInfo(zone))
        yield Shift(each, due_at(wall.date(), days, wall.time(), zone), moment)


def skip_planned(session: Session, campaign: Campaign, reason_code: str, *, now: datetime) -> None:
    """Skip what has not been done, with the reason on record."""
    lines = select(TimelineStep.id).where(TimelineStep.campaign_id == campaign.id)
    session.execute(
        update(StepRun)
        .where(StepRun.step_id.in_(lines), StepRun.state == StepState.PLANNED)
        .values(state=StepState.SKIPPED, done_at=now, reason_code=reason_code),
        execution_options={"synchronize_session": "fetch"},
    )


def _steps(session: Session, campaign: Campaign) -> list[TimelineStep]:
    query = select(TimelineStep).where(TimelineStep.campaign_id == campaign.id)
    return list(session.scalars(query.order_by(TimelineStep.position)))


def _settle(run: StepRun, step: TimelineStep, phase: Phase, *, now: datetime) -> None:
    if step.action == StepName.START_OF_DAY.value and phase is Phase.POST_DAY:
        skip(run, "joined_after_the_day", now=now)
        return
    run.state, run.done_at, run.outcome = StepState.DONE, now, {"phase": phase.value}


def skip(run: StepRun, reason_code: str, *, now: datetime) -> None:
    """Leave a run out, with the reason on record."""
    run.state, run.done_at, run.reason_code = StepState.SKIPPED, now, reason_code
    run.held_at = run.retry_at = None


def _first_run(campaign: Campaign, step: TimelineStep, place: CampaignCity, city: City) -> StepRun:
    run = StepRun(
        step_id=step.id,
        campaign_city_id=place.id,
        due_at=planned_at(campaign, step, city.time_zone),
        held_at=step.held_at,
        state=StepState.PLANNED,
    )
    if step.moved_offset_days is not None and step.moved_local_time is not None:
        run.moved_from_at = run.due_at
        run.due_at = due_at(campaign.day_on, step.moved_offset_days, step.moved_local_time, city.time_zone)
    return run


def _plan_again(run: StepRun, moment: datetime) -> None:
    """A new moment from the plan; where somebody moved the run, only what it was moved from changes."""
    if run.moved_from_at is None:
        run.due_at = moment
    else:
        run.moved_from_at = moment
