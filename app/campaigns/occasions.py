"""The day that a campaign hangs on: a day of the year, or one of the network's or a chapter's own."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.campaigns.access import chapter_ids, managed_where, may_anywhere
from app.campaigns.fitting import fitted
from app.campaigns.plan import PlannedStep
from app.campaigns.timeline import as_planned, steps_of
from app.campaigns.year import next_on
from app.enums import CampaignStatus
from app.errors import NotFound
from app.models import CalendarEvent, Campaign, InternationalDay

Occasion = InternationalDay | CalendarEvent
FIRST_TOOLKIT = "our-city-our-voices"  # offered first on a day of one's own


def occasion_of(session: Session, campaign: Campaign) -> Occasion:
    """The day that this campaign hangs on."""
    if campaign.calendar_event_id is not None:
        return session.get_one(CalendarEvent, campaign.calendar_event_id)
    assert campaign.international_day_id is not None  # noqa: S101 - a constraint of the table: it is one of the two
    return session.get_one(InternationalDay, campaign.international_day_id)


def launch_day(session: Session, actor: Actor, uid: str) -> CalendarEvent:
    """An own day of the network, or of a chapter of this person's, that a campaign can hang on; `calendar.unknown` for others."""
    may_anywhere(actor)
    event = session.scalar(select(CalendarEvent).where(_launches_where(actor), CalendarEvent.uid == uid))
    if event is None:
        raise NotFound("calendar.unknown")
    return event


def day_of(occasion: Occasion, today: date) -> date:
    """The date of a new campaign on it: the next one of a day of the year, the first of an own day."""
    return occasion.starts_on if isinstance(occasion, CalendarEvent) else next_on(occasion, today)


def day_of_copy(occasion: Occasion, copied: Campaign, today: date) -> date:
    """The date of a campaign that is copied from an earlier one: the next after it, where the day comes again."""
    return day_of(occasion, max(today, copied.day_on + timedelta(days=1)))


def first_toolkit(occasion: Occasion) -> str:
    """The toolkit offered first."""
    return FIRST_TOOLKIT if isinstance(occasion, CalendarEvent) else occasion.toolkit_slug


def query_of(occasion: Occasion) -> str:
    """How the address of the form names it."""
    return f"event={occasion.uid}" if isinstance(occasion, CalendarEvent) else f"day={occasion.slug}"


def copiable(session: Session, actor: Actor) -> list[Campaign]:
    """The campaigns that a new one can begin from: those this person runs, and those that are public; the latest day first."""
    may_anywhere(actor)
    public = Campaign.status.in_([status for status in CampaignStatus if status.is_public])
    query = select(Campaign).where(Campaign.network_id == actor.network_id, or_(managed_where(actor), public))
    return list(session.scalars(query.order_by(Campaign.day_on.desc(), Campaign.slug)))


def hangs_on(campaign: Campaign, occasion: Occasion) -> bool:
    """Whether this is the campaign's day; of own days, whether it is one at all, since each comes once."""
    if isinstance(occasion, CalendarEvent):
        return campaign.calendar_event_id is not None
    return campaign.international_day_id == occasion.id


def copied_lines(
    session: Session, campaign: Campaign, *, day_on: date, days_before: int, days_after: int
) -> tuple[PlannedStep, ...]:
    """The time-line of an earlier campaign for one of these days; dates go to the same day of their new year."""
    years = day_on.year - campaign.day_on.year
    lines = [as_planned(step) for step in steps_of(session, campaign)]
    for at, line in enumerate(lines):
        if line.on_date is not None:
            on_date = _years_later(line.on_date, years)
            lines[at] = replace(line, on_date=on_date, offset_days=(on_date - day_on).days)
    return fitted(lines, day_on=day_on, days_before=days_before, days_after=days_after)


def campaigns_on(session: Session, occasion: Occasion) -> list[Campaign]:
    """The campaigns that hang on it, the earliest first."""
    column = Campaign.calendar_event_id if isinstance(occasion, CalendarEvent) else Campaign.international_day_id
    return list(session.scalars(select(Campaign).where(column == occasion.id).order_by(Campaign.day_on, Campaign.slug)))


def _launches_where(actor: Actor) -> ColumnElement[bool]:
    here = (CalendarEvent.network_id == actor.network_id) & CalendarEvent.cancelled_at.is_(None) & CalendarEvent.city_id.is_(None)
    if actor.is_manager:
        return here
    return here & or_(CalendarEvent.chapter_id.is_(None), CalendarEvent.chapter_id.in_(chapter_ids(actor)))


def _years_later(day: date, years: int) -> date:
    """29 February becomes the 28th in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
