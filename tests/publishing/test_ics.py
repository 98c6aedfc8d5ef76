"""Calendars are read back by another library, vobject, and by plain arithmetic."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
import vobject

from app.publishing.calendar_queries import Revision
from app.publishing.ics import LocalMoment, WholeDays, time_zone_rules, write
from app.words import Chosen

CHANGED_AT = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Oslo",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "UTC",
]


def whole(uid: str = "a@voices", on: date = date(2027, 5, 21), **more: Any) -> WholeDays:
    return WholeDays(
        uid, Chosen("en", more.pop("summary", "A day")), on, more.pop("ends_on", on), Revision(3, CHANGED_AT), **more
    )


def moment(begins_at: datetime, ends_at: datetime, zone: str) -> LocalMoment:
    return LocalMoment(
        "m@voices", Chosen("en", "The day"), begins_at, ends_at, zone, "There", Revision(0, CHANGED_AT), "https://x.example"
    )


def read(written: bytes) -> Any:
    """As vobject understands it, which would remember the first zone of a name that it ever read."""
    known = vobject.icalendar.__dict__["__tzidMap"]
    for zone in set(known) - {"UTC"}:
        del known[zone]
    return vobject.readOne(written.decode())


def test_a_whole_day_ends_before_the_next_and_says_what_changed_when() -> None:
    calendar = read(
        write("Days", [whole(ends_on=date(2027, 5, 23), url="https://voices.example/c/home", description="United Nations, 2002")])
    )
    assert (calendar.version.value, calendar.prodid.value) == ("2.0", "-//Polyphony//Calendar of cultural diversity//EN")
    event = calendar.vevent
    assert (event.dtstart.value, event.dtend.value) == (date(2027, 5, 21), date(2027, 5, 24))
    assert event.dtstart.params["VALUE"] == event.dtend.params["VALUE"] == ["DATE"]
    assert (event.uid.value, event.sequence.value, event.status.value) == ("a@voices", "3", "CONFIRMED")
    assert event.dtstamp.value == event.last_modified.value == CHANGED_AT
    assert event.summary.params["LANGUAGE"] == ["en"]
    assert (event.url.value, event.description.value) == ("https://voices.example/c/home", "United Nations, 2002")


def test_a_day_of_each_year_is_expanded_to_its_dates() -> None:
    event = read(write("Days", [whole(on=date(2026, 12, 31), is_yearly=True)])).vevent
    assert [at.date() for at in event.rruleset[:4]] == [date(year, 12, 31) for year in (2026, 2027, 2028, 2029)]


def test_what_was_taken_off_is_cancelled() -> None:
    assert read(write("Days", [whole(is_cancelled=True)])).vevent.status.value == "CANCELLED"


@pytest.mark.parametrize("words", ["Fête; café, thé\\ \n(two lines)", "日" * 60, "تنوّع ثقافي " * 12])
def test_words_of_every_script_come_back_and_lines_are_folded(words: str) -> None:
    written = write("Days", [whole(summary=words)])
    assert read(written).vevent.summary.value == words
    assert written.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert max(len(line) for line in written.split(b"\r\n")) <= 75


def test_the_same_entries_give_the_same_bytes() -> None:
    at = datetime(2027, 6, 19, 22, tzinfo=UTC)
    entries: list[WholeDays | LocalMoment] = [whole(), moment(at, at + timedelta(days=1), "Europe/Oslo")]
    assert write("Days", entries) == write("Days", entries)


@pytest.mark.parametrize("zone", ZONES)
def test_a_moment_is_the_same_instant_when_read_with_the_zone_the_calendar_brings(zone: str) -> None:
    days = [datetime(2027, month, 20, 10, tzinfo=UTC) for month in range(1, 13)]
    for begins_at in days:
        calendar = read(write("Days", [moment(begins_at, begins_at + timedelta(days=30), zone)]))
        event = calendar.vevent
        assert zone in {"UTC", calendar.vtimezone.tzid.value}
        assert [event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC)] == [
            begins_at,
            begins_at + timedelta(days=30),
        ]


def test_a_moment_without_length_has_no_end() -> None:
    at = datetime(2027, 6, 19, 22, tzinfo=UTC)
    event = read(write("Days", [moment(at, at, "Europe/Oslo")])).vevent
    assert event.dtstart.value.replace(tzinfo=None) == datetime(2027, 6, 20)  # noqa: DTZ001 - the wall time there
    assert "dtend" not in event.contents


@pytest.mark.parametrize("zone", ZONES)
def test_the_rules_of_a_zone_give_its_offset_at_every_half_hour_of_a_year(zone: str) -> None:
    first, last = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    changes = observed(time_zone_rules(zone, first, last).to_ical().decode())
    there = ZoneInfo(zone)
    wrong, at, index = [], first, 0
    while at < last:
        while index + 1 < len(changes) and changes[index + 1][0] <= at:
            index += 1
        if changes[index][1] != at.astimezone(there).utcoffset():
            wrong.append(at)
        at += HALF_HOUR
    assert wrong == []


def observed(rules: str) -> list[tuple[datetime, timedelta]]:
    """(instant, offset from then on) by the letter of RFC 5545 3.6.5: DTSTART is a wall time by the clock before the change."""
    found = []
    for part in re.findall(r"BEGIN:(?:STANDARD|DAYLIGHT)(.*?)END:", rules, re.DOTALL):
        values = dict(line.split(":", 1) for line in part.split("\r\n") if line)
        before, after = (offset(values[name]) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
        found.append((datetime.strptime(values["DTSTART"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) - before, after))
    return sorted(found)


def offset(text: str) -> timedelta:
    return timedelta(hours=int(text[1:3]), minutes=int(text[3:5])) * (-1 if text[0] == "-" else 1)


def test_every_zone_of_the_data_can_be_written() -> None:
    at = datetime(2027, 3, 1, tzinfo=UTC)
    assert [zone for zone in sorted(available_timezones()) if not time_zone_rules(zone, at, at).subcomponents] == []
