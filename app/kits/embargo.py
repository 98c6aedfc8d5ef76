"""Pieces that wait for the day: nobody of a city has them before the day begins there; pure.

It is the clock of the city that decides, not a row: a piece is free at the local midnight even where no worker runs, and holding
the step that begins the day does not hold it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.campaigns.rules import day_begins_at
from app.errors import NotFound
from app.kits.pieces import Group
from app.models import Campaign, City


def under_embargo(campaign: Campaign, city: City) -> NotFound:
    """The refusal of a piece, with the moment by the clocks of the city."""
    local = day_begins_at(campaign.day_on, city.time_zone).astimezone(ZoneInfo(city.time_zone))
    return NotFound("kit.under_embargo", moment=f"{local:%Y-%m-%d %H:%M}")


def days_left_at(now: datetime, day_on: date, time_zone: str) -> int:
    """How many local dates are left until the day; 0 on it, negative after it."""
    return (day_on - now.astimezone(ZoneInfo(time_zone)).date()).days


def card_group(days_left: int) -> str:
    """The group of pieces that the countdown's card for so many days belongs to."""
    return (Group.COUNTDOWN if days_left > 0 else Group.DAY).value


def embargoed_at(now: datetime, groups: Iterable[str], *, day_on: date, time_zone: str) -> frozenset[str]:
    """Those of the embargoed groups of pieces that cannot be had yet in a city of this time zone."""
    return frozenset(groups) if now < day_begins_at(day_on, time_zone) else frozenset()
