"""The day of a campaign is moved, with everything that is still to come and counts from it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns.access import managing
from app.campaigns.brief import is_fixed, keep_version
from app.campaigns.control import Change, running_and_locked
from app.campaigns.day_letters import mail_day_moved, people_to_tell
from app.campaigns.queries import cities_in, time_zones_of
from app.campaigns.rules import campaign_phase_at
from app.campaigns.timeline import PlacedRun, placed_runs, shifts
from app.enums import Phase, StepState
from app.errors import ErrorKind, Refused
from app.models import Campaign, StepRun


@dataclass(frozen=True, slots=True)
class DayMove:
    """What moving the day would do."""

    day_on: date
    changes: list[Change] = field(default_factory=list)
    dated: list[PlacedRun] = field(default_factory=list)  # on a date of their own: they stay
    staying: list[PlacedRun] = field(default_factory=list)  # done, skipped or given up: they cannot move
    people_count: int = 0  # who are told by mail

    def at_once(self, now: datetime) -> list[Change]:
        """Those that would be due immediately."""
        return [each for each in self.changes if each.to_at <= now and each.placed.run.held_at is None]


def planned_day_move(session: Session, campaign: Campaign, day_on: date, *, now: datetime) -> DayMove:
    """What moving the day would do; it changes nothing.

    Refuses when the day has begun anywhere, when the new one has, and when it is the same day.
    """
    if not campaign.status.is_running:
        raise Refused("campaign.not_open", kind=ErrorKind.CONFLICT)
    zones = time_zones_of(session, campaign)
    cities = [place for place, city in cities_in(session, campaign.id) if not city.is_elsewhere]
    phases = {campaign.phase, campaign_phase_at(now, campaign.day_on, zones), *(place.phase for place in cities)}
    if phases != {Phase.PRE_DAY}:
        raise Refused("campaign.day_has_begun", kind=ErrorKind.CONFLICT)
    if day_on == campaign.day_on:
        raise Refused("campaign.same_day", field="day_on")
    try:
        new_phase = campaign_phase_at(now, day_on, zones)
        planned = list(shifts(session, campaign, (day_on - campaign.day_on).days))
    except OverflowError as error:  # the last days of the calendar
        raise Refused("form.not_a_date", field="day_on") from error
    if new_phase is not Phase.PRE_DAY:
        raise Refused("campaign.new_day_has_begun", field="day_on")
    staying = placed_runs(session, campaign.id, StepRun.state != StepState.PLANNED)
    return DayMove(
        day_on,
        changes=[Change(each.placed, each.to_at) for each in planned if each.placed.step.on_date is None],
        dated=[each.placed for each in planned if each.placed.step.on_date is not None],
        staying=staying,
        people_count=len(people_to_tell(session, campaign)),
    )


def move_day(session: Session, campaign: Campaign, day_on: date, *, actor: Actor, now: datetime, base_url: str) -> DayMove:
    """Move the day of a running campaign with everything that is still planned, and tell its people by mail.

    Refuses as `planned_day_move` does.
    """
    managing(actor, campaign)
    running_and_locked(session, campaign)
    move = planned_day_move(session, campaign, day_on, now=now)
    was = campaign.day_on
    for each in list(shifts(session, campaign, (day_on - was).days)):
        each.placed.run.due_at = each.to_at
        if each.plan_at is not None:
            each.placed.run.moved_from_at = each.plan_at
    campaign.day_on = day_on
    session.flush()
    if not is_fixed(campaign):
        keep_version(session, campaign, note="", person_id=actor.person_id, now=now)
    audit.record(
        session,
        network_id=campaign.network_id,
        act="campaign.day_moved",
        subject_kind="campaign",
        subject_id=campaign.id,
        at=now,
        actor_id=actor.person_id,
        from_on=was.isoformat(),
        to_on=day_on.isoformat(),
        steps=len(move.changes),
    )
    mail_day_moved(session, campaign, was_on=was, now=now, base_url=base_url)
    return move
