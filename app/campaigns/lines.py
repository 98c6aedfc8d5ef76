"""Changes the lines of a plan: of a draft freely, of a campaign under way where nothing of a line has been done yet."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns import timeline
from app.campaigns.access import managing, reach
from app.campaigns.line_rules import FIXED_STEPS, check, days_from_day, refuse_closed, refuse_fixed
from app.campaigns.moments import Moments
from app.campaigns.plan import ELSEWHERE_STEPS, PlannedStep
from app.campaigns.queries import cities_in
from app.campaigns.service import BRIEF_STEPS, locked
from app.campaigns.timeline import PlacedRun, as_planned, moments_of, moments_of_cities, placed_runs, steps_of
from app.enums import CampaignStatus, StepClock, StepScope, StepState
from app.errors import ErrorKind, NotFound, Refused
from app.models import Campaign, CampaignCity, Chapter, City, StepRun, TimelineStep

ADDED_LATE = "added_late"  # why a step was left out where its moment was over when its line was added


class Direction(StrEnum):
    """Where a line goes among those of its moment."""

    EARLIER = "earlier"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Planned:
    """A line in one place, as it would be; place, city and chapter are None where it is done once for the network."""

    at: datetime
    zone: str  # by which it is spoken of
    place: CampaignCity | None = None
    city: City | None = None
    chapter: Chapter | None = None


def line_by_id(session: Session, campaign: Campaign, step_id: int) -> TimelineStep:
    """A line of the campaign's plan; `step.unknown` when there is none."""
    step = session.get(TimelineStep, step_id)
    if step is None or step.campaign_id != campaign.id:
        raise NotFound("step.unknown")
    return step


def in_order(steps: Iterable[TimelineStep], day_on: date) -> list[TimelineStep]:
    """Lines by the wall time that the plan gives them; at one moment, by their position."""

    def wall(step: TimelineStep) -> tuple[int, float, int]:
        at = step.local_time
        return days_from_day(as_planned(step), day_on), at.hour * 60 + at.minute, step.position

    return sorted(steps, key=wall)


def where_planned(session: Session, campaign: Campaign, line: PlannedStep) -> list[Planned]:
    """Everywhere that a line would be done, in order: in the cities that joined; of a draft, in all that it is for."""
    places: list[tuple[CampaignCity | None, City]]
    if campaign.status is CampaignStatus.DRAFT:
        places = list(cities_in(session, campaign.id, joined=False))
        places = places or [(None, city) for city in reach(session, campaign)]
        moments = moments_of_cities(session, campaign, [city for _place, city in places if not city.is_elsewhere])
    else:
        places = list(cities_in(session, campaign.id))
        moments = moments_of(session, campaign)
    if line.scope is StepScope.EACH_CITY:
        found = [
            Planned(moments.in_city(line, city.id, city.time_zone), _zone(line, moments, city), place, city)
            for place, city in places
            if not city.is_elsewhere or line.action.value in ELSEWHERE_STEPS
        ]
    elif line.scope is StepScope.EACH_CHAPTER:
        chapters = session.scalars(select(Chapter).where(Chapter.id.in_(moments.chapters)).order_by(Chapter.slug))
        found = [Planned(moments.for_chapter(line, each.id), _zone(line, moments), chapter=each) for each in chapters]
    else:
        found = [Planned(moments.once(line), _zone(line, moments))]
    return sorted(found, key=lambda each: (each.at, each.city.slug if each.city else ""))


def planned_addition(
    session: Session, campaign: Campaign, line: PlannedStep, *, known: Collection[str], now: datetime
) -> list[Planned]:
    """Where a new line would be done; it changes nothing.

    Refuses as `line_rules.check` does, and in a campaign under way a line whose moment is over everywhere, turns that have begun
    and a preparation that is over.
    """
    refuse_closed(campaign.status)
    check(line, campaign, known=known, others=[step.action for step in steps_of(session, campaign)])
    if campaign.status is CampaignStatus.OPEN and line.action.value in BRIEF_STEPS:
        raise Refused("line.brief_is_fixed", field="action", kind=ErrorKind.CONFLICT)
    found = where_planned(session, campaign, line)
    if campaign.status.is_running:
        past = [each for each in found if each.at <= now]
        if past and (len(past) == len(found) or line.spread_days is not None):
            raise Refused("line.moment_past", field=_date_field(line))
    return found


def add(
    session: Session,
    campaign: Campaign,
    line: PlannedStep,
    *,
    known: Collection[str],
    actor: Actor,
    now: datetime,
    form_sha256: str | None = None,
) -> TimelineStep:
    """A new line; where its moment is over already it is left out, with that reason. Refuses as `planned_addition` does.

    The form that made a line, sent again, changes nothing.
    """
    managing(actor, campaign)
    locked(session, campaign)
    if form_sha256 is not None:
        made = session.scalar(select(TimelineStep).where(TimelineStep.form_sha256 == form_sha256))
        if made is not None:
            return made
    planned_addition(session, campaign, line, known=known, now=now)
    position = max((step.position for step in steps_of(session, campaign)), default=-1) + 1
    step = TimelineStep(campaign_id=campaign.id, position=position, action=line.action.value, form_sha256=form_sha256)
    _write(step, line)
    session.add(step)
    session.flush()
    if campaign.status.is_running:
        timeline.add_line_runs(session, campaign, step, now=now)
        for each in placed_runs(session, campaign.id, StepRun.step_id == step.id, StepRun.due_at <= now):
            timeline.skip(each.run, ADDED_LATE, now=now)
    _record(session, campaign, step, "step.line_added", actor, now)
    return step


def planned_change(
    session: Session, campaign: Campaign, step: TimelineStep, line: PlannedStep, *, known: Collection[str], now: datetime
) -> list[Planned]:
    """Where a line would be done if it said this; it changes nothing. Refuses what has begun, and a moment that is over."""
    _changeable(session, campaign, step)
    others = [each.action for each in steps_of(session, campaign) if each.id != step.id]
    check(line, campaign, known=known, others=others)
    is_same = (line.action.value, line.scope) == (step.action, step.scope)
    if line.action.value != step.action or (campaign.status.is_running and not is_same):
        raise Refused("line.stays_what_it_is", field="scope", kind=ErrorKind.CONFLICT)
    found = where_planned(session, campaign, line)
    if campaign.status.is_running and any(each.at <= now for each in found):
        raise Refused("line.moment_past", field=_date_field(line))
    return found


def change(
    session: Session,
    campaign: Campaign,
    step: TimelineStep,
    line: PlannedStep,
    *,
    known: Collection[str],
    actor: Actor,
    now: datetime,
) -> None:
    """Write a line anew; its steps get the moments that it now names, also where somebody had moved them."""
    managing(actor, campaign)
    locked(session, campaign)
    session.refresh(step)
    planned_change(session, campaign, step, line, known=known, now=now)
    _write(step, line)
    step.moved_offset_days = step.moved_local_time = None
    session.flush()
    moments = moments_of(session, campaign)
    for each in _runs(session, campaign, step):
        each.run.due_at, each.run.moved_from_at = timeline.plan_moment(moments, each), None
    session.flush()
    _record(session, campaign, step, "step.line_changed", actor, now)


def refuse_removal(session: Session, campaign: Campaign, step: TimelineStep) -> None:
    """Refuses lines that no campaign is without, and those of which something has been done."""
    _changeable(session, campaign, step)


def remove(session: Session, campaign: Campaign, step: TimelineStep, *, actor: Actor, now: datetime) -> None:
    """Take a line out of the plan, with all that was still to come of it. Refuses as `refuse_removal` does."""
    managing(actor, campaign)
    locked(session, campaign)
    session.refresh(step)
    refuse_removal(session, campaign, step)
    _record(session, campaign, step, "step.line_removed", actor, now)
    session.execute(delete(StepRun).where(StepRun.step_id == step.id), execution_options={"synchronize_session": "fetch"})
    session.delete(step)
    session.flush()


def neighbour(steps: Sequence[TimelineStep], step: TimelineStep, direction: Direction, day_on: date) -> TimelineStep | None:
    """The line with which one can change places: of the same moment, and none of those that have a place of their own."""
    order = in_order(steps, day_on)
    index = order.index(step) + (1 if direction is Direction.LATER else -1)
    if not 0 <= index < len(order) or step.action in FIXED_STEPS:
        return None
    other = order[index]
    same = (days_from_day(as_planned(other), day_on), other.local_time) == (
        days_from_day(as_planned(step), day_on),
        step.local_time,
    )
    return other if same and other.action not in FIXED_STEPS else None


def reorder(
    session: Session, campaign: Campaign, step: TimelineStep, direction: Direction, *, actor: Actor, now: datetime
) -> None:
    """Let a line of a draft change places with the one before or after it at the same moment."""
    managing(actor, campaign)
    locked(session, campaign)
    if campaign.status is not CampaignStatus.DRAFT:
        raise Refused("campaign.not_draft", kind=ErrorKind.CONFLICT)
    session.refresh(step)
    other = neighbour(steps_of(session, campaign), step, direction, campaign.day_on)
    if other is None:
        raise Refused("line.order_stays", kind=ErrorKind.CONFLICT)
    here, there = step.position, other.position
    for each, position in ((step, -1), (other, here), (step, there)):  # positions are unique at every moment
        each.position = position
        session.flush()
    _record(session, campaign, step, "step.line_changed", actor, now)


def can_change(step: TimelineStep, runs: Iterable[StepRun]) -> bool:
    """Whether nothing of a line has been done, tried or left out yet."""
    if step.action in FIXED_STEPS:
        return False
    return all(run.state is StepState.PLANNED and run.attempts == 0 for run in runs)


def _changeable(session: Session, campaign: Campaign, step: TimelineStep) -> None:
    refuse_closed(campaign.status)
    refuse_fixed(step.action)
    if not can_change(step, [each.run for each in _runs(session, campaign, step)]):
        raise Refused("line.has_begun", kind=ErrorKind.CONFLICT)


def _runs(session: Session, campaign: Campaign, step: TimelineStep) -> list[PlacedRun]:
    return placed_runs(session, campaign.id, StepRun.step_id == step.id)


def _zone(line: PlannedStep, moments: Moments, city: City | None = None) -> str:
    if line.clock is StepClock.NETWORK:
        return moments.network_zone
    return city.time_zone if city else "UTC"


def _date_field(line: PlannedStep) -> str:
    return "days" if line.on_date is None else "on_date"


def _write(step: TimelineStep, line: PlannedStep) -> None:
    step.scope, step.offset_days, step.on_date = line.scope, line.offset_days, line.on_date
    step.local_time, step.clock, step.spread_days = line.local_time, line.clock, line.spread_days
    step.condition, step.condition_count = line.condition, line.condition_count


def _record(session: Session, campaign: Campaign, step: TimelineStep, act: str, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act=act,
        subject_kind="timeline_step",
        subject_id=step.id,
        at=now,
        actor_id=actor.person_id,
        campaign=campaign.id,
        step=step.action,
        scope=step.scope.value,
        offset_days=step.offset_days,
        on_date=step.on_date.isoformat() if step.on_date else None,
        local_time=step.local_time.isoformat(timespec="minutes"),
        clock=step.clock.value,
        spread_days=step.spread_days,
        condition=step.condition.value if step.condition else None,
        condition_count=step.condition_count,
    )
