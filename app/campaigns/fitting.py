"""Lines fitted into the days of a campaign: of a template, of last year, or of a draft whose end was moved; pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from app.campaigns.line_rules import FIXED_STEPS, RULES, days_from_day
from app.campaigns.plan import CORE, PlannedStep, StepName


def fitted(lines: Iterable[PlannedStep], *, day_on: date, days_before: int, days_after: int) -> tuple[PlannedStep, ...]:
    """The lines as they fit: what would come after the end comes on the last day, or not at all where that is too early.

    Nobody is reminded of what nobody can send yet.
    """
    found = (_fitted(line, day_on, days_after) for line in lines)
    return tuple(
        line
        for line in found
        if line is not None and not (line.action is StepName.REMIND and days_from_day(line, day_on) < -days_before)
    )


def with_the_end(line: PlannedStep, *, day_on: date, was: int, days_after: int) -> PlannedStep:
    """The line of a draft whose end was moved: turns that went to the end still do, a report stays as far before it."""
    if line in CORE or line.action.value in FIXED_STEPS or was == days_after:
        return line
    if line.action is StepName.REPORT_DUE and line.on_date is None:
        line = replace(line, offset_days=max(RULES[line.action].first_day, line.offset_days + days_after - was))
    elif line.spread_days is not None and days_from_day(line, day_on) + line.spread_days - 1 == was:
        line = replace(line, spread_days=max(1, days_after - days_from_day(line, day_on) + 1))
    return _fitted(line, day_on, days_after) or line


def _fitted(line: PlannedStep, day_on: date, days_after: int) -> PlannedStep | None:
    if line in CORE or line.action.value in FIXED_STEPS:
        return line
    if days_from_day(line, day_on) > days_after:
        line = replace(line, offset_days=days_after, on_date=None)
    if line.spread_days is not None:
        longest = max(1, days_after - days_from_day(line, day_on) + 1)
        line = replace(line, spread_days=min(line.spread_days, longest))
    return line if RULES[line.action].first_day <= days_from_day(line, day_on) else None
