"""When the days of the year are: fixed ones, ones that move with the weekdays, and weeks; pure functions of the year."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
ORDINALS = ("first", "second", "third", "fourth", "last")
_RULE = re.compile(f"({'|'.join(ORDINALS)}) ({'|'.join(WEEKDAYS)}) of ({'|'.join(MONTHS)})")
COMMON_YEAR = 2027
MAX_YEARS_APART = 8  # from 29 February 1896 to that of 1904, and again around 2100


class Recurring(Protocol):
    """What a day says about when it comes; `month` and `day` of one that moves are its earliest date."""

    @property
    def month(self) -> int: ...

    @property
    def day(self) -> int: ...

    @property
    def rule(self) -> str | None: ...

    @property
    def length_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class WeekdayRule:
    """A weekday of a month, counted from its beginning; `ordinal` is 1 to 4, or -1 for the last one."""

    ordinal: int
    weekday: int  # 0 is Monday
    month: int

    def date_in(self, year: int) -> date:
        """Its date in this year."""
        if self.ordinal > 0:
            first = date(year, self.month, 1)
            return first + timedelta(days=(self.weekday - first.weekday()) % 7 + 7 * (self.ordinal - 1))
        last = date(year + self.month // 12, self.month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - self.weekday) % 7)

    @property
    def earliest_day(self) -> int:
        """The earliest day of the month on which it can fall."""
        if self.ordinal > 0:
            return 1 + 7 * (self.ordinal - 1)
        return calendar.monthrange(COMMON_YEAR, self.month)[1] - 6


def parse_rule(text: str) -> WeekdayRule:
    """The rule of words such as "first monday of october" or "last sunday of may"; ValueError for any other."""
    found = _RULE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    ordinal, weekday, month = found.groups()
    number = -1 if ordinal == "last" else ORDINALS.index(ordinal) + 1
    return WeekdayRule(number, WEEKDAYS.index(weekday), MONTHS.index(month) + 1)


def is_yearly(day: Recurring) -> bool:
    """Whether it comes each year on the same date, so that calendars keep it as one event that repeats."""
    return day.rule is None and (day.month, day.day) != (2, 29)


def date_in(day: Recurring, year: int) -> date | None:
    """The date on which it is, or begins, in this year; None for 29 February in a common year."""
    if day.rule is not None:
        return parse_rule(day.rule).date_in(year)
    try:
        return date(year, day.month, day.day)
    except ValueError:
        if (day.month, day.day) == (2, 29):
            return None
        raise


def ends_on(day: Recurring, begins_on: date) -> date:
    """The last date of one that begins on this date."""
    return begins_on + timedelta(days=day.length_days - 1)


def next_on(day: Recurring, today: date) -> date:
    """The next date on which it is or begins, today included; 29 February waits for a leap year."""
    years = range(today.year, today.year + MAX_YEARS_APART + 1)
    return next(found for year in years if (found := date_in(day, year)) is not None and found >= today)
