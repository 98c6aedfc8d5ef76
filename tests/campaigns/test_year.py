"""The days of the year, over many years, against a plain walk through the calendar; and the days that come with the service."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.days import PROCLAIMED_BY, load_international_days, read_days
from app.campaigns.queries import toolkit_slugs
from app.campaigns.year import MONTHS, ORDINALS, WEEKDAYS, date_in, ends_on, next_on, parse_rule
from app.db.session import Database
from app.models import InternationalDay
from tests.campaigns.conftest import NOON, World

YEARS = range(1995, 2105)
LANGUAGES = {"en", "fr", "it", "es"}


@dataclass(frozen=True)
class Day:
    """As a row says it."""

    month: int = 1
    day: int = 1
    rule: str | None = None
    length_days: int = 1


def walked(rule: str, year: int) -> date:
    """All such weekdays of the month, counted."""
    ordinal, weekday, _of, month = rule.split()
    number = MONTHS.index(month) + 1
    days = [date(year, number, day) for day in range(1, calendar.monthrange(year, number)[1] + 1)]
    those = [day for day in days if day.weekday() == WEEKDAYS.index(weekday)]
    return those[-1 if ordinal == "last" else ORDINALS.index(ordinal)]


@pytest.mark.parametrize("month", MONTHS)
def test_a_day_that_moves_falls_where_a_walk_through_the_month_finds_it(month: str) -> None:
    for rule in (f"{ordinal} {weekday} of {month}" for ordinal in ORDINALS for weekday in WEEKDAYS):
        earliest = min(walked(rule, year).day for year in YEARS)
        assert [date_in(Day(rule=rule), year) for year in YEARS] == [walked(rule, year) for year in YEARS]
        assert parse_rule(rule).earliest_day == earliest


@pytest.mark.parametrize("text", ["", "fifth monday of may", "first monday", "First Monday of May", "first monday of may "])
def test_a_rule_in_other_words_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        parse_rule(text)


def test_the_next_date_of_a_day_is_today_or_later() -> None:
    refugees, leap, habitat = Day(6, 20), Day(2, 29), Day(10, 1, "first monday of october")
    assert next_on(refugees, date(2027, 6, 20)) == date(2027, 6, 20)
    assert next_on(refugees, date(2027, 6, 21)) == date(2028, 6, 20)
    assert next_on(leap, date(2027, 1, 1)) == date(2028, 2, 29)
    assert next_on(leap, date(2028, 3, 1)) == date(2032, 2, 29)
    assert next_on(leap, date(2096, 3, 1)) == date(2104, 2, 29)
    assert next_on(habitat, date(2026, 10, 6)) == date(2027, 10, 4)


def test_29_february_is_in_leap_years_only_and_a_week_may_go_over_it() -> None:
    assert [year for year in range(2023, 2033) if date_in(Day(2, 29), year)] == [2024, 2028, 2032]
    week = Day(2, 25, length_days=7)
    assert [ends_on(week, date(year, 2, 25)) for year in (2027, 2028)] == [date(2027, 3, 3), date(2028, 3, 2)]


def test_a_date_that_is_in_no_year_is_an_error() -> None:
    with pytest.raises(ValueError, match="day"):
        date_in(Day(4, 31), 2027)


def test_the_days_of_the_file_have_names_in_four_languages_an_origin_and_a_toolkit_that_is_there() -> None:
    days = list(read_days())
    assert len(days) >= 24
    assert len({day.slug for day in days}) == len(days)
    assert [day.slug for day in days if not set(day.names.texts) >= LANGUAGES] == []
    assert {day.proclaimed_by for day in days} == set(PROCLAIMED_BY)
    assert {day.toolkit_slug for day in days} - set(toolkit_slugs()) == set()
    assert [day.slug for day in days if not 1900 < (day.since_year or 0) < 2027] == []
    assert {day.length_days for day in days if day.slug.endswith("-week")} == {7, 8}


def test_the_days_of_the_file_fall_where_the_world_keeps_them_in_2027() -> None:
    found = {day.slug: date_in(day, 2027) for day in read_days()}
    expected = {
        "world-day-for-cultural-diversity": date(2027, 5, 21),
        "world-refugee-day": date(2027, 6, 20),
        "european-day-of-languages": date(2027, 9, 26),
        "international-migrants-day": date(2027, 12, 18),
        "international-day-of-cooperatives": date(2027, 7, 3),
        "world-habitat-day": date(2027, 10, 4),
        "remembrance-of-road-traffic-victims": date(2027, 11, 21),
        "world-philosophy-day": date(2027, 11, 18),
    }
    assert {slug: found[slug] for slug in expected} == expected


def test_days_are_loaded_once_and_only_what_changed_gets_a_new_sequence(database: Database, world: World) -> None:
    later = NOON + timedelta(days=1)
    with database.writing() as session:
        load_international_days(session, world.network, now=NOON)
        before = revisions(session)
        session.get_one(InternationalDay, world.day.id).day = 19
        load_international_days(session, world.network, now=later)
        after = revisions(session)
    assert after == before | {"world-refugee-day": (before["world-refugee-day"][0] + 1, later)}
    assert len(after) == len(list(read_days()))


def revisions(session: Session) -> dict[str, tuple[int, datetime]]:
    """Sequence and last change of every day."""
    return {day.slug: (day.sequence, day.changed_at) for day in session.scalars(select(InternationalDay))}
