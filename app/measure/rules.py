"""Which days three numbers are about, which of them can be compared, and how a number is read: pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from app.enums import FiguresMoment
from app.errors import Refused

WEEK_DAYS = 7
ONE_DAY = timedelta(days=1)
MAX_COUNT = 100_000_000_000  # views are counted too, so there may be more of them than people
SHOWN_CHARS = 40
_APOSTROPHES = "'\u2019\u02bc\u066c"  # Swiss thousands, and the Arabic sign for them
_COMMAS = ",\u060c"
_GROUPED = re.compile(r"[1-9]\d{0,2}([ ',.])\d{3}(?:\1\d{3})*")
_GROUPED_IN_LAKHS = re.compile(r"[1-9]\d?(?:,\d{2})+,\d{3}")
_DIGITS_AND_SEPARATORS = re.compile(r"[\d ',.\u066b]*\d[\d ',.\u066b]*")


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both inclusive."""

    first_on: date
    last_on: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last_on - self.first_on).days + 1


def span_of(moment: FiguresMoment, *, day_on: date, asked_on: date) -> Span:
    """The days that a city is asked about.

    Before and after the day it is the last whole week when the city is asked, so that the two can be compared; neither holds the
    day itself, so that the second is shorter where it is asked for within a week of the day.
    """
    if moment is FiguresMoment.ON:
        return Span(day_on, day_on)
    if moment is FiguresMoment.BEFORE:
        last_on = min(asked_on, day_on) - ONE_DAY
        return Span(last_on - timedelta(days=WEEK_DAYS - 1), last_on)
    last_on = max(asked_on - ONE_DAY, day_on + ONE_DAY)
    return Span(max(last_on - timedelta(days=WEEK_DAYS - 1), day_on + ONE_DAY), last_on)


def can_compare(before: Span, later: Span) -> bool:
    """Whether what was reached in these days can be set against what was reached in those: only when they are as many."""
    return before.days == later.days


def change(before: int | None, later: int | None) -> int | None:
    """What was gained or lost; None where one of the two is not known."""
    return None if before is None or later is None else later - before


def read_count(typed: str) -> int | None:
    """A number of people as people write it: in any digits, its thousands set apart or not; None when nothing is written.

    People come whole, so one mark with three digits behind it sets thousands apart whatever the language: 12,500 is 12.500 is
    12 500. Refuses `figures.unclear_number` where thousands and decimals cannot be told apart, `figures.not_a_number`,
    and `form.out_of_range`.
    """
    plain = " ".join("".join(_plain(char) for char in typed).split())
    if not plain:
        return None
    found = typed.strip()[:SHOWN_CHARS]
    if not (plain.isdecimal() or _GROUPED.fullmatch(plain) or _GROUPED_IN_LAKHS.fullmatch(plain)):
        if _DIGITS_AND_SEPARATORS.fullmatch(plain):
            raise Refused("figures.unclear_number", found=found)
        raise Refused("figures.not_a_number", found=found)
    digits = re.sub(r"\D", "", plain)
    if len(digits.lstrip("0")) > len(str(MAX_COUNT)) or int(digits) > MAX_COUNT:
        raise Refused("form.out_of_range", at_least=0, at_most=MAX_COUNT)
    return int(digits)


def _plain(char: str) -> str:
    """The character as the patterns know it: digits of every script are digits, spaces of every width are spaces."""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if char.isspace():
        return " "
    if char in _APOSTROPHES:
        return "'"
    if char in _COMMAS:
        return ","
    return "" if unicodedata.category(char) == "Cf" else char  # marks of direction, which Arabic keyboards write along
