"""What a countdown counts to, and how many local days are left: pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.campaigns.rules import day_ends_at
from app.enums import CountsTo


def goals_ahead(
    counts_to: CountsTo, *, opens_at: datetime, has_opened: bool, begins_at: datetime, now: datetime
) -> list[tuple[CountsTo, datetime]]:
    """What is still counted to, the nearest first: a launch that lies ahead, and always the day after it."""
    goals = [(CountsTo.DAY, begins_at)]
    if counts_to is CountsTo.LAUNCH and not has_opened and opens_at < begins_at:
        goals.insert(0, (CountsTo.LAUNCH, opens_at))
    return [(goal, at) for goal, at in goals if now < at]


def days_left(at: datetime, time_zone: str, now: datetime) -> int:
    """How often the date changes there until this instant: 1 is tomorrow."""
    zone = ZoneInfo(time_zone)
    return (at.astimezone(zone).date() - now.astimezone(zone).date()).days


def date_changes_at(time_zone: str, now: datetime) -> datetime:
    """When `days_left` is another number there."""
    return day_ends_at(now.astimezone(ZoneInfo(time_zone)).date(), time_zone)
