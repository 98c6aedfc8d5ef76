"""How numbers are read, and which days they are about."""

from datetime import date

import pytest

from app.enums import FiguresMoment
from app.errors import Refused
from app.measure.rules import MAX_COUNT, Span, can_compare, change, read_count, span_of

DAY = date(2027, 6, 20)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("", None),
        ("   ", None),
        ("0", 0),
        ("12500", 12500),
        ("12 500", 12500),
        ("12\u00a0500", 12500),
        ("12\u202f500", 12500),
        ("12,500", 12500),
        ("12.500", 12500),
        ("12'500", 12500),
        ("12’500", 12500),
        ("1.234.567", 1234567),
        ("1,234,567", 1234567),
        ("12,34,567", 1234567),  # lakhs
        ("١٢٥٠٠", 12500),
        ("١٢٬٥٠٠", 12500),
        ("۱۲٬۵۰۰", 12500),
        ("\u200f۱۲۵۰۰\u200f", 12500),
        ("१२,५००", 12500),
        ("١٢،٥٠٠", 12500),
        ("007", 7),
        (str(MAX_COUNT), MAX_COUNT),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, number: int | None) -> None:
    assert read_count(typed) == number


@pytest.mark.parametrize(
    "typed", ["1.5", "12,50", "1,234.567", "1.234,5", "0,500", "1 2500", "12,5000", "1.2.3", "١٢٫٥", "12.500,00", ",500", "5."]
)
def test_where_thousands_and_decimals_cannot_be_told_apart_it_says_what_was_found(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        read_count(typed)
    assert (refused.value.code, refused.value.params) == ("figures.unclear_number", {"found": typed})


@pytest.mark.parametrize("typed", ["12.5K", "about 500", "-5", "12 500 followers", "½", "²", "five", "1e6"])
def test_what_is_no_whole_number_is_said_as_it_was_found(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        read_count(typed)
    assert (refused.value.code, refused.value.params) == ("figures.not_a_number", {"found": typed})


@pytest.mark.parametrize("typed", [str(MAX_COUNT + 1), "9" * 5000])
def test_more_than_there_can_be_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        read_count(typed)
    assert (refused.value.code, refused.value.params) == ("form.out_of_range", {"at_least": 0, "at_most": MAX_COUNT})


@pytest.mark.parametrize(
    ("moment", "asked_on", "first_on", "last_on"),
    [
        (FiguresMoment.BEFORE, date(2027, 6, 13), date(2027, 6, 6), date(2027, 6, 12)),
        (FiguresMoment.BEFORE, date(2027, 6, 25), date(2027, 6, 13), date(2027, 6, 19)),  # never the day itself
        (FiguresMoment.ON, date(2027, 6, 21), DAY, DAY),
        (FiguresMoment.AFTER, date(2027, 7, 11), date(2027, 7, 4), date(2027, 7, 10)),
        (FiguresMoment.AFTER, date(2027, 6, 24), date(2027, 6, 21), date(2027, 6, 23)),
        (FiguresMoment.AFTER, date(2027, 6, 20), date(2027, 6, 21), date(2027, 6, 21)),
    ],
)
def test_a_city_is_asked_about_these_days(moment: FiguresMoment, asked_on: date, first_on: date, last_on: date) -> None:
    assert span_of(moment, day_on=DAY, asked_on=asked_on) == Span(first_on, last_on)


def test_only_spans_of_equal_length_are_compared_and_only_numbers_that_are_known() -> None:
    week, day = Span(date(2027, 6, 6), date(2027, 6, 12)), Span(DAY, DAY)
    assert (can_compare(week, Span(date(2027, 7, 4), date(2027, 7, 10))), can_compare(week, day)) == (True, False)
    assert (change(10, 7), change(None, 7), change(10, None), change(0, 0)) == (-3, None, None, 0)
