"""The rows of a time-line: planned with the campaign, given their moments when it opens and when a city joins."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.campaigns.plan import TIMELINE, StepName
from app.campaigns.queries import time_zones_of
from app.campaigns.rules import due_at, network_due_at
from app.enums import Phase, StepScope, StepState
from app.models import Campaign, CampaignCity, City, StepRun, TimelineStep

PHASE_STEPS = frozenset({StepName.START_OF_DAY.value, StepName.END_OF_DAY.value})


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
            run.due_at = moment
    session.flush()


def add_city_runs(session: Session, campaign: Campaign, place: CampaignCity, city: City, *, now: datetime) -> None:
    """The steps of a city that has just joined, in the phase it has just been given.

    Of those already past, the ones that set the phase are done by that phase, or skipped when the day was over before the city
    came; of any other action only the last one past stays due, since doing it twice in a row would make the same thing twice.
    """
    past: dict[str, StepRun] = {}
    for step in _steps(session, campaign):
        if step.scope is not StepScope.EACH_CITY:
            continue
        moment = due_at(campaign.day_on, step.offset_days, step.local_time, city.time_zone)
        run = StepRun(step_id=step.id, campaign_city_id=place.id, due_at=moment, state=StepState.PLANNED)
        session.add(run)
        if moment > now:
            continue
        if step.action in PHASE_STEPS:
            _settle(run, step, place.phase, now=now)
        elif step.action in past:
            _skip(past[step.action], "joined_late", now=now)
        past[step.action] = run
    session.flush()


def move_city_runs(session: Session, campaign: Campaign, place: CampaignCity, city: City) -> None:
    """Give the planned steps of a city their moments again, after its time zone was corrected."""
    for step in _steps(session, campaign):
        moment = due_at(campaign.day_on, step.offset_days, step.local_time, city.time_zone)
        session.execute(
            update(StepRun)
            .where(StepRun.step_id == step.id, StepRun.campaign_city_id == place.id, StepRun.state == StepState.PLANNED)
            .values(due_at=moment)
        )


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
        _skip(run, "joined_after_the_day", now=now)
        return
    run.state, run.done_at, run.outcome = StepState.DONE, now, {"phase": phase.value}


def _skip(run: StepRun, reason_code: str, *, now: datetime) -> None:
    run.state, run.done_at, run.reason_code = StepState.SKIPPED, now, reason_code
