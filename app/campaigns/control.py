"""What people change in a time-line under way: steps held, released, skipped, moved, done now; a city that pauses.

Everything is planned first and looks the same in the preview and in the act; only what is not done yet changes.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns.access import managing
from app.campaigns.draft import MAX_OFFSET_DAYS as MAX_OFFSET_DAYS  # noqa: PLC0414 - how far a step may be moved
from app.campaigns.moments import Moments, WallTime
from app.campaigns.plan import COLLECTION_STEPS, PHASE_STEPS, StepName
from app.campaigns.service import locked, may
from app.campaigns.timeline import SKIPPED_BY_MANAGER, PlacedRun, moments_of, placed_runs, skip
from app.clock import rfc3339
from app.enums import PauseReason, Permission, StepScope, StepState
from app.errors import ErrorKind, NotFound, Refused
from app.models import Campaign, CampaignCity, City, StepRun, TimelineStep

DOORS = COLLECTION_STEPS | {StepName.CLOSE_CAMPAIGN.value}  # left out, nobody could open or close them any more
PAUSED = "paused"  # why a step was left out that fell into a pause
MAX_NOTE_CHARS = 500


class StepAct(StrEnum):
    """What a manager can do to a step."""

    HOLD = "hold"
    RELEASE = "release"
    SKIP = "skip"
    MOVE = "move"
    RUN_NOW = "run_now"


class Missed(StrEnum):
    """What becomes of the steps that fell into a pause."""

    MAKE_UP = "make_up"
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True, slots=True)
class NewMoment:
    """A date and a time of day, by each city's own clock."""

    on: date
    at: time


@dataclass(frozen=True, slots=True)
class Change:
    """What an act does to one run, or why it does nothing."""

    placed: PlacedRun
    to_at: datetime  # its moment afterwards
    refused: Refused | None = None


def running_and_locked(session: Session, campaign: Campaign) -> None:
    """The campaign as it stands, held until the end of the transaction; refuses `campaign.not_open`."""
    locked(session, campaign)
    if not campaign.status.is_running:
        raise Refused("campaign.not_open", kind=ErrorKind.CONFLICT)


def line_of(session: Session, campaign: Campaign, position: int) -> TimelineStep:
    """A line of the campaign's plan; `step.unknown` when there is none."""
    where = (TimelineStep.campaign_id == campaign.id, TimelineStep.position == position)
    step = session.scalar(select(TimelineStep).where(*where))
    if step is None:
        raise NotFound("step.unknown")
    return step


def planned_changes(
    session: Session,
    campaign: Campaign,
    step: TimelineStep,
    act: StepAct,
    *,
    city: City | None,
    to: NewMoment | None = None,
    now: datetime,
) -> list[Change]:
    """What the act would do to every run of this line, or to that of one city; it changes nothing.

    Refuses `step.too_far` for a date further from the day than any plan goes.
    """
    if to is not None and abs((to.on - campaign.day_on).days) > MAX_OFFSET_DAYS:
        raise Refused("step.too_far", field="on", limit_days=MAX_OFFSET_DAYS)
    where: list[ColumnElement[bool]] = [StepRun.step_id == step.id]
    if city is not None:
        where.append(CampaignCity.city_id == city.id)
    moments = moments_of(session, campaign)
    runs = placed_runs(session, campaign.id, *where)
    return [_change(each, act, moments, to=to, in_turn=city is None, now=now) for each in runs]


def change_steps(
    session: Session,
    campaign: Campaign,
    step: TimelineStep,
    act: StepAct,
    *,
    city: City | None,
    to: NewMoment | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Do it, and tell in how many places; for all cities it also holds for one that joins later.

    "Now" gives a run this moment, so that the next tick claims it like every other. Refuses when no run can be changed.
    """
    managing(actor, campaign)
    running_and_locked(session, campaign)
    session.refresh(step)
    changes = planned_changes(session, campaign, step, act, city=city, to=to, now=now)
    possible = [each for each in changes if each.refused is None]
    is_fixed_line = step.action in PHASE_STEPS or (act is StepAct.SKIP and step.action in DOORS)
    is_whole_line = city is None and step.scope is StepScope.EACH_CITY and not is_fixed_line
    if not possible and changes:
        raise changes[0].refused or Refused("step.nothing_to_change", kind=ErrorKind.CONFLICT)
    if not possible and not is_whole_line:
        raise Refused("step.nothing_to_change", kind=ErrorKind.CONFLICT)
    if is_whole_line:
        _remember(campaign, step, act, to, now=now)
    for each in possible:
        from_at = each.placed.run.due_at
        _apply(each, act, now=now)
        _record_step(session, campaign, each.placed, f"step.{act.value}", actor, now, from_at=from_at, to_at=each.to_at)
    session.flush()
    return len(possible)


def pause_city(
    session: Session,
    campaign: Campaign,
    place: CampaignCity,
    *,
    reason: PauseReason,
    note: str,
    actor: Actor,
    now: datetime,
) -> None:
    """The city takes a rest: its steps wait. Its form stays open, for people there may want to speak just then.

    Whether the city is this person's is asked before. Nothing of it is said in public.
    """
    _pausing(session, campaign, place, actor)
    if place.paused_at is not None:
        raise Refused("campaign.city_paused", kind=ErrorKind.CONFLICT)
    if len(note) > MAX_NOTE_CHARS:
        raise Refused("form.too_long", field="note", limit_chars=MAX_NOTE_CHARS, actual_chars=len(note))
    place.paused_at, place.pause_reason, place.pause_note = now, reason, note or None
    session.flush()
    _record_place(session, campaign, place, "campaign.city_paused", actor, now, reason=reason.value)


def resume_city(session: Session, campaign: Campaign, place: CampaignCity, *, missed: Missed, actor: Actor, now: datetime) -> int:
    """The city goes on, and what it missed is done in order or left out; how many steps that are.

    Its phase follows the clock in any case, and a step whose moment is over is not made up for.
    """
    _pausing(session, campaign, place, actor)
    if place.paused_at is None:
        raise Refused("campaign.city_not_paused", kind=ErrorKind.CONFLICT)
    place.paused_at = place.pause_reason = place.pause_note = None
    runs = missed_runs(session, campaign, place, now=now)
    if missed is Missed.LEAVE_OUT:
        for each in runs:
            skip(each.run, PAUSED, now=now)
            _record_step(session, campaign, each, "step.skip", actor, now, reason=PAUSED)
    session.flush()
    _record_place(session, campaign, place, "campaign.city_resumed", actor, now, missed=missed.value, steps=len(runs))
    return len(runs)


def missed_runs(session: Session, campaign: Campaign, place: CampaignCity, *, now: datetime) -> list[PlacedRun]:
    """What a city's pause has kept from being done, without the phases, which follow the clock."""
    return placed_runs(
        session,
        campaign.id,
        StepRun.campaign_city_id == place.id,
        StepRun.state == StepState.PLANNED,
        StepRun.held_at.is_(None),
        StepRun.due_at <= now,
        TimelineStep.action.not_in(PHASE_STEPS),
    )


def _change(placed: PlacedRun, act: StepAct, moments: Moments, *, to: NewMoment | None, in_turn: bool, now: datetime) -> Change:
    to_at = placed.run.due_at
    if act is StepAct.RUN_NOW and placed.step.action not in PHASE_STEPS:
        to_at = now
    elif act is StepAct.MOVE and to is not None:
        to_at = _moment_of(placed, moments, to, in_turn=in_turn)
    refused = _refusal(placed, act, to_at, now=now)
    return Change(placed, placed.run.due_at if refused else to_at, refused)


def _moment_of(placed: PlacedRun, moments: Moments, to: NewMoment, *, in_turn: bool) -> datetime:
    """The new moment there; a line of turns that is moved as a whole begins then, and each city keeps its turn."""
    on, step, city = to.on, placed.step, placed.city
    if in_turn and city is not None:
        on += timedelta(days=moments.turn_days(step, city.id))
    if city is not None:
        zones = [city.time_zone]
    elif placed.chapter is not None:
        zones = [moments.zones[city_id] for city_id in moments.chapters[placed.chapter.id]]
    else:
        zones = list(moments.zones.values()) or list(moments.zones_until_then)
    return moments.at_wall(step, WallTime(on, to.at), zones)


def _refusal(placed: PlacedRun, act: StepAct, to_at: datetime, *, now: datetime) -> Refused | None:
    run, place = placed.run, placed.place
    is_now = act is StepAct.RUN_NOW
    can_change = run.state is StepState.PLANNED or (is_now and run.state is StepState.FAILED)
    breaks_clock = act in {StepAct.SKIP, StepAct.MOVE} or (is_now and run.due_at > now)
    rules = (
        (not can_change, Refused("step.not_planned", kind=ErrorKind.CONFLICT)),
        (placed.step.action in PHASE_STEPS and breaks_clock, Refused("step.follows_the_clock", kind=ErrorKind.CONFLICT)),
        (act is StepAct.SKIP and placed.step.action in DOORS, Refused("step.is_a_door", kind=ErrorKind.CONFLICT)),
        (act is StepAct.HOLD and run.held_at is not None, Refused("step.is_held", kind=ErrorKind.CONFLICT)),
        (act is StepAct.RELEASE and run.held_at is None, Refused("step.not_held", kind=ErrorKind.CONFLICT)),
        (act is StepAct.MOVE and to_at <= now, Refused("step.moment_past", kind=ErrorKind.CONFLICT)),
        (is_now and place is not None and place.paused_at is not None, Refused("campaign.city_paused", kind=ErrorKind.CONFLICT)),
    )
    return next((refused for applies, refused in rules if applies), None)


def _apply(change: Change, act: StepAct, *, now: datetime) -> None:
    run = change.placed.run
    if act is StepAct.HOLD:
        run.held_at = now
    elif act is StepAct.RELEASE:
        run.held_at = None
    elif act is StepAct.SKIP:
        skip(run, SKIPPED_BY_MANAGER, now=now)
    else:
        if change.to_at != run.due_at:
            run.moved_from_at = run.moved_from_at or run.due_at
            run.due_at = change.to_at
        run.retry_at = None
    if act is StepAct.RUN_NOW:
        run.state, run.held_at, run.done_at, run.reason_code, run.attempts = StepState.PLANNED, None, None, None, 0


def _remember(campaign: Campaign, step: TimelineStep, act: StepAct, to: NewMoment | None, *, now: datetime) -> None:
    """For a city that joins later."""
    if act is StepAct.HOLD:
        step.held_at = now
    elif act is StepAct.RELEASE:
        step.held_at = None
    elif act is StepAct.SKIP:
        step.skipped_at = now
    elif act is StepAct.MOVE and to is not None and step.on_date is not None:
        step.on_date, step.local_time = to.on, to.at  # it stays on its date when the day moves
    elif act is StepAct.MOVE and to is not None:
        step.moved_offset_days, step.moved_local_time = (to.on - campaign.day_on).days, to.at


def _pausing(session: Session, campaign: Campaign, place: CampaignCity, actor: Actor) -> None:
    may(actor, Permission.JOIN_CAMPAIGN)  # who decides that a city takes part decides that it rests
    running_and_locked(session, campaign)
    session.refresh(place)
    if place.joined_at is None:
        raise Refused("campaign.city_not_in", kind=ErrorKind.CONFLICT)


def _record_step(
    session: Session,
    campaign: Campaign,
    placed: PlacedRun,
    act: str,
    actor: Actor,
    now: datetime,
    *,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    reason: str | None = None,
) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act=act,
        subject_kind="step_run",
        subject_id=placed.run.id,
        at=now,
        actor_id=actor.person_id,
        step=placed.step.action,
        campaign=campaign.id,
        city=placed.city.id if placed.city else None,
        from_at=rfc3339(from_at) if from_at else None,
        to_at=rfc3339(to_at) if to_at else None,
        reason=reason,
    )


def _record_place(
    session: Session, campaign: Campaign, place: CampaignCity, act: str, actor: Actor, now: datetime, **codes: str | int
) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act=act,
        subject_kind="campaign",
        subject_id=campaign.id,
        at=now,
        actor_id=actor.person_id,
        city=place.city_id,
        **codes,
    )
