from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaigns.rules import (
    campaign_phase_at,
    day_begins_at,
    day_ends_at,
    due_at,
    is_collecting,
    is_later,
    phase_at,
)
from app.enums import CampaignStatus, Phase

MIDNIGHT = time(0, 0)
HOUR = timedelta(hours=1)
ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/Montreal",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Rome",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        ("Pacific/Kiritimati", "2027-06-19T10:00", "2027-06-20T10:00"),  # UTC+14
        ("Pacific/Pago_Pago", "2027-06-20T11:00", "2027-06-21T11:00"),  # UTC-11
        ("Asia/Kolkata", "2027-06-19T18:30", "2027-06-20T18:30"),
        ("Asia/Kathmandu", "2027-06-19T18:15", "2027-06-20T18:15"),
        ("America/St_Johns", "2027-06-20T02:30", "2027-06-21T02:30"),
        ("Europe/Rome", "2027-06-19T22:00", "2027-06-20T22:00"),
    ],
)
def test_the_day_of_a_city_is_its_local_calendar_day(zone: str, begins: str, ends: str) -> None:
    day = date(2027, 6, 20)
    assert (day_begins_at(day, zone), day_ends_at(day, zone)) == (utc(begins), utc(ends))


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25), (date(2027, 6, 20), 24)])
def test_a_day_on_which_clocks_change_is_an_hour_shorter_or_longer(day: date, hours: int) -> None:
    assert day_ends_at(day, "Europe/Rome") - day_begins_at(day, "Europe/Rome") == hours * HOUR


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Africa/Cairo", date(2024, 4, 26), "2024-04-25T22:00"),
        ("America/Santiago", date(2024, 9, 8), "2024-09-08T04:00"),
        ("America/Havana", date(2024, 3, 10), "2024-03-10T05:00"),
        ("Asia/Beirut", date(2024, 3, 31), "2024-03-30T22:00"),
    ],
)
def test_where_clocks_skip_midnight_the_day_begins_at_one(zone: str, day: date, begins: str) -> None:
    assert day_begins_at(day, zone) == utc(begins)
    assert day_begins_at(day, zone).astimezone(ZoneInfo(zone)).time() == time(1, 0)


def test_a_wall_time_inside_a_skipped_hour_is_due_when_the_skip_is_over() -> None:
    assert due_at(date(2027, 3, 28), 0, time(2, 30), "Europe/Rome") == utc("2027-03-28T01:00")


def test_a_wall_time_that_comes_twice_is_due_the_first_time() -> None:
    assert due_at(date(2027, 10, 31), 0, time(2, 30), "Europe/Rome") == utc("2027-10-31T00:30")
    assert due_at(date(2024, 11, 3), 0, MIDNIGHT, "America/Havana") == utc("2024-11-03T04:00")  # midnight itself comes twice


def test_a_date_that_a_place_left_out_begins_and_ends_at_once() -> None:
    day = date(2011, 12, 30)  # Samoa went from the 29th to the 31st
    assert day_begins_at(day, "Pacific/Apia") == day_ends_at(day, "Pacific/Apia") == utc("2011-12-30T10:00")
    assert phase_at(utc("2011-12-30T09:59"), day, "Pacific/Apia") is Phase.PRE_DAY
    assert phase_at(utc("2011-12-30T10:00"), day, "Pacific/Apia") is Phase.POST_DAY


def test_phases_change_at_the_very_instant() -> None:
    day, moment, second = date(2027, 6, 20), utc("2027-06-19T22:00"), timedelta(seconds=1)
    around = [
        phase_at(at, day, "Europe/Rome") for at in (moment - second, moment, moment + 24 * HOUR - second, moment + 24 * HOUR)
    ]
    assert around == [Phase.PRE_DAY, Phase.DAY, Phase.DAY, Phase.POST_DAY]


def test_a_campaign_is_in_its_day_from_the_first_city_to_the_last() -> None:
    day, zones = date(2027, 6, 20), ["Europe/Rome", "Pacific/Kiritimati", "Pacific/Pago_Pago"]
    first, last = utc("2027-06-19T10:00"), utc("2027-06-21T11:00")
    second = timedelta(seconds=1)
    around = [campaign_phase_at(at, day, zones) for at in (first - second, first, last - second, last)]
    assert around == [Phase.PRE_DAY, Phase.DAY, Phase.DAY, Phase.POST_DAY]


def test_only_forward_is_later() -> None:
    assert [is_later(phase, None) for phase in Phase] == [True, True, True]
    assert [[is_later(phase, than) for phase in Phase] for than in Phase] == [
        [False, True, True],
        [False, False, True],
        [False, False, False],
    ]


@dataclass(frozen=True)
class Times:
    status: CampaignStatus = CampaignStatus.OPEN
    day_on: date = date(2027, 6, 20)
    pre_day_offset_days: int = -28
    post_day_offset_days: int = 21


@dataclass(frozen=True)
class Doors:
    collection_opened_at: datetime | None = None
    collection_closed_at: datetime | None = None


def test_a_city_collects_between_the_steps_that_open_and_close_its_collection() -> None:
    opened, closed = utc("2027-05-22T18:30"), utc("2027-07-11T18:30")
    doors = [Doors(), Doors(opened), Doors(opened, closed), Doors(None, closed)]
    assert [is_collecting(Times(), each) for each in doors] == [False, True, False, False]


@pytest.mark.parametrize("status", [CampaignStatus.DRAFT, CampaignStatus.PREPARING, CampaignStatus.CLOSED])
def test_only_an_open_campaign_collects(status: CampaignStatus) -> None:
    assert is_collecting(replace(Times(), status=status), Doors(utc("2027-05-22T18:30"))) is False


def first_minute_at_or_after(wall: datetime, zone: str) -> datetime:
    """The plain way: walk along the minutes until local clocks show it."""
    at = (wall - timedelta(hours=27)).replace(tzinfo=UTC)
    while at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wall:
        at += timedelta(minutes=1)
    return at


DAYS = st.dates(date(2008, 1, 1), date(2036, 12, 31))


@settings(max_examples=60, deadline=None)
@given(day=DAYS, minutes=st.integers(0, 1439), zone=st.sampled_from(ZONES))
def test_a_moment_is_the_first_at_which_clocks_show_it(day: date, minutes: int, zone: str) -> None:
    local_time = time(minutes // 60, minutes % 60)
    assert due_at(day, 0, local_time, zone) == first_minute_at_or_after(datetime.combine(day, local_time), zone)


CHANGES = [  # dates on which these zones change their clocks, both ways, at or near midnight
    ("Africa/Cairo", date(2024, 4, 26)),
    ("Africa/Cairo", date(2024, 11, 1)),
    ("America/Santiago", date(2024, 4, 7)),
    ("America/Santiago", date(2024, 9, 8)),
    ("America/Havana", date(2024, 11, 3)),
    ("America/St_Johns", date(2010, 11, 7)),  # at one minute past midnight, back into the day before
    ("Asia/Beirut", date(2024, 10, 27)),
    ("Australia/Lord_Howe", date(2024, 10, 6)),  # by half an hour
    ("Pacific/Apia", date(2011, 12, 30)),
]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("local_time", [MIDNIGHT, time(0, 30), time(1, 0), time(2, 15), time(23, 30)])
def test_moments_are_right_on_the_days_when_clocks_change(zone: str, day: date, local_time: time) -> None:
    for offset in (-1, 0, 1):
        wall = datetime.combine(day + timedelta(days=offset), local_time)
        assert due_at(day, offset, local_time, zone) == first_minute_at_or_after(wall, zone)


@settings(max_examples=200, deadline=None)
@given(day=DAYS, zone=st.sampled_from(ZONES), minutes=st.lists(st.integers(-3000, 4500), min_size=2, max_size=12))
def test_phases_only_go_forward_as_time_passes(day: date, zone: str, minutes: list[int]) -> None:
    start = datetime.combine(day, MIDNIGHT, tzinfo=UTC)
    order = list(Phase)
    reached = [order.index(phase_at(start + timedelta(minutes=each), day, zone)) for each in sorted(minutes)]
    assert reached == sorted(reached)
