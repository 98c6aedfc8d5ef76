"""When the moments of a campaign are: pure functions of its day, of time zones and of the present instant."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from app.enums import CampaignStatus, Phase, StepCondition

MIDNIGHT = time(0, 0)
SECOND = timedelta(seconds=1)


class CampaignTimes(Protocol):
    """What a campaign says about its own time."""

    @property
    def status(self) -> CampaignStatus: ...

    @property
    def day_on(self) -> date: ...

    @property
    def pre_day_offset_days(self) -> int: ...

    @property
    def post_day_offset_days(self) -> int: ...


class CollectingPlace(Protocol):
    """What the steps of a city have written about its collection."""

    @property
    def collection_opened_at(self) -> datetime | None: ...

    @property
    def collection_closed_at(self) -> datetime | None: ...


def due_at(day_on: date, offset_days: int, local_time: time, time_zone: str) -> datetime:
    """The first instant, in UTC, at which local clocks show this wall time or a later one.

    A wall time that clocks skip is due when they have skipped it (midnight at 01:00, in some zones); one that comes twice is due
    the first time.
    """
    zone = ZoneInfo(time_zone)
    wall = datetime.combine(day_on + timedelta(days=offset_days), local_time)
    by_offset_before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    by_offset_after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if by_offset_before <= by_offset_after:
        return by_offset_before
    too_early, late_enough = by_offset_after, by_offset_before  # the skip lies between; PEP 495 names its two sides
    while late_enough - too_early > SECOND:
        between = too_early + (late_enough - too_early) // SECOND // 2 * SECOND
        if between.astimezone(zone).replace(tzinfo=None) < wall:
            too_early = between
        else:
            late_enough = between
    return late_enough


def day_begins_at(day_on: date, time_zone: str) -> datetime:
    """The first instant of this local date."""
    return due_at(day_on, 0, MIDNIGHT, time_zone)


def day_ends_at(day_on: date, time_zone: str) -> datetime:
    """The first instant after this local date."""
    return due_at(day_on, 1, MIDNIGHT, time_zone)


def phase_at(now: datetime, day_on: date, time_zone: str) -> Phase:
    """The phase of a city at this instant."""
    return _phase(now, day_begins_at(day_on, time_zone), day_ends_at(day_on, time_zone))


def campaign_phase_at(now: datetime, day_on: date, time_zones: Collection[str]) -> Phase:
    """The phase of a whole campaign: the day lasts from its beginning in the first city to its end in the last."""
    return _phase(
        now,
        min(day_begins_at(day_on, zone) for zone in time_zones),
        max(day_ends_at(day_on, zone) for zone in time_zones),
    )


def _phase(now: datetime, begins_at: datetime, ends_at: datetime) -> Phase:
    if now < begins_at:
        return Phase.PRE_DAY
    return Phase.DAY if now < ends_at else Phase.POST_DAY


def is_later(phase: Phase, than: Phase | None) -> bool:
    """Whether going from `than` to `phase` goes forward."""
    order = tuple(Phase)
    return than is None or order.index(phase) > order.index(than)


def collection_opens_at(campaign: CampaignTimes, time_zone: str) -> datetime:
    """From this instant people there can send something."""
    return due_at(campaign.day_on, campaign.pre_day_offset_days, MIDNIGHT, time_zone)


def campaign_is_over_at(campaign: CampaignTimes, time_zone: str) -> datetime:
    """The end of the campaign's last local day."""
    return due_at(campaign.day_on, campaign.post_day_offset_days + 1, MIDNIGHT, time_zone)


def is_collecting(campaign: CampaignTimes, place: CollectingPlace) -> bool:
    """Whether people there can send something now: the steps that open and close the collection say so."""
    if campaign.status is not CampaignStatus.OPEN:
        return False
    return place.collection_opened_at is not None and place.collection_closed_at is None


def fair_order(campaign_slug: str, city_slugs: Iterable[str]) -> list[str]:
    """Cities in an order that is the same for ever in one campaign, and another in each: nobody is always the first."""
    return sorted(city_slugs, key=lambda slug: hashlib.sha256(f"{campaign_slug}:{slug}".encode()).digest())


def turn_on_day(place_in_order: int, count: int, days: int) -> int:
    """On which of so many days (from 0) it is the turn of one of `count`, so that they are spread evenly."""
    return place_in_order * days // count


def condition_met(condition: StepCondition | None, count: int | None, contributions: int) -> bool:
    """Whether a step that is done under a condition is done for a city with so many contributions."""
    if condition is StepCondition.FEWER_THAN:
        return contributions < (count or 0)
    return condition is None or contributions >= (count or 0)
