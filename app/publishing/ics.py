"""Writes calendars as RFC 5545: whole days with an exclusive end, local moments with the rules of their zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur, vText

from app.publishing.calendar_queries import Revision
from app.words import Chosen

PRODUCT = "-//Polyphony//Calendar of cultural diversity//EN"
REFRESH = timedelta(hours=12)  # RFC 7986, and its elder that most programs read
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class WholeDays:
    """A day or several; `ends_on` is the last one."""

    uid: str
    summary: Chosen
    begins_on: date
    ends_on: date
    revision: Revision
    description: str = ""
    url: str | None = None
    is_yearly: bool = False  # on the same date each year
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """A moment, or a time between two, by the clocks of a place."""

    uid: str
    summary: Chosen
    begins_at: datetime
    ends_at: datetime
    time_zone: str
    place: str
    revision: Revision
    url: str
    is_cancelled: bool = False


def write(name: str, entries: Iterable[WholeDays | LocalMoment]) -> bytes:
    """A calendar of this name; the same entries give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    events: list[Event] = []
    spans: dict[str, tuple[datetime, datetime]] = {}
    for entry in entries:
        events.append(_event(entry))
        if isinstance(entry, LocalMoment):
            first, last = spans.get(entry.time_zone, (entry.begins_at, entry.ends_at))
            spans[entry.time_zone] = min(first, entry.begins_at), max(last, entry.ends_at)
    for zone, (first, last) in sorted(spans.items()):
        calendar.add_component(time_zone_rules(zone, first, last))
    for event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _event(entry: WholeDays | LocalMoment) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.revision.changed_at)
    event.add("last-modified", entry.revision.changed_at)
    event.add("sequence", entry.revision.sequence)
    if isinstance(entry, WholeDays):
        event.add("dtstart", entry.begins_on)
        event.add("dtend", entry.ends_on + DAY)
        if entry.is_yearly:
            event.add("rrule", vRecur(freq="YEARLY"))
        if entry.description:
            event.add("description", entry.description)
    else:
        zone = ZoneInfo(entry.time_zone)
        event.add("dtstart", entry.begins_at.astimezone(zone))
        if entry.ends_at > entry.begins_at:
            event.add("dtend", entry.ends_at.astimezone(zone))
        event.add("location", entry.place)
    event.add("summary", vText(entry.summary.text, params={"LANGUAGE": entry.summary.language}))
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a day to know of blocks nobody's afternoon
    if entry.url:
        event.add("url", entry.url)
    return event


def time_zone_rules(name: str, first: datetime, last: datetime) -> Timezone:
    """The offsets of a zone between two instants, each with the wall time at which it begins, by the clock before it.

    Ours, because `Timezone.from_tzid` of icalendar 7.3 counts that wall time by the clock after it: an hour late in spring.
    """
    zone = ZoneInfo(name)
    rules = Timezone()
    rules.add("tzid", name)
    at, end = first.astimezone(UTC) - DAY, last.astimezone(UTC) + DAY
    before = at.astimezone(zone)
    rules.add_component(_observance(before, before.utcoffset() or timedelta()))
    while at < end:
        later = min(at + DAY, end)
        if _offset(later, zone) != _offset(at, zone):
            change = _change_between(at, later, zone)
            rules.add_component(_observance(change.astimezone(zone), _offset(change - SECOND, zone)))
            at = change
        else:
            at = later
    return rules


def _observance(begins: datetime, offset_before: timedelta) -> TimezoneStandard | TimezoneDaylight:
    component = TimezoneDaylight() if begins.dst() else TimezoneStandard()
    component.add("dtstart", (begins.astimezone(UTC) + offset_before).replace(tzinfo=None, microsecond=0))
    component.add("tzoffsetfrom", offset_before)
    component.add("tzoffsetto", begins.utcoffset() or timedelta())
    component.add("tzname", begins.tzname() or "")
    return component


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _change_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The first second of the new offset, when there is one change between."""
    before = _offset(early, zone)
    while late - early > SECOND:
        between = early + (late - early) // SECOND // 2 * SECOND
        if _offset(between, zone) == before:
            early = between
        else:
            late = between
    return late.replace(microsecond=0)
