"""How long the rest of a long work takes, from what was really done in the last minutes: pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WINDOW_S = 300.0  # several cities in all their pieces: a film takes longer than a picture
LONGEST_PAUSE_S = 60.0  # a night in which no worker ran says nothing of how fast one draws
KNOWN_AFTER_S = 20.0
KNOWN_AFTER_COUNT = 100  # pieces; from less than a city's kit the rest cannot be told


@dataclass(frozen=True, slots=True)
class Mark:
    """How many were done when so much time was spent on it, both since the beginning."""

    spent_s: float
    count: int


def after(marks: Sequence[Mark], *, seconds: float, done: int) -> list[Mark]:
    """The marks with one more, as far as they span the window; older ones no longer say how fast it goes now."""
    last = marks[-1] if marks else Mark(0, 0)
    every = [*(marks or [last]), Mark(last.spent_s + min(max(seconds, 0), LONGEST_PAUSE_S), last.count + done)]
    begins_s = every[-1].spent_s - WINDOW_S
    first = max((number for number, mark in enumerate(every) if mark.spent_s <= begins_s), default=0)
    return every[first:]


def remaining_s(marks: Sequence[Mark], left_count: int) -> float | None:
    """The seconds until nothing is left, at the pace of these marks; None while too little was done to know."""
    if left_count <= 0:
        return 0.0
    if not marks:
        return None
    spent_s, done = marks[-1].spent_s - marks[0].spent_s, marks[-1].count - marks[0].count
    if done < KNOWN_AFTER_COUNT or spent_s < KNOWN_AFTER_S:
        return None
    return spent_s * left_count / done


def about_minutes(seconds: float) -> int:
    """As somebody would say it: each minute below ten, in fives below an hour, then in quarters; 0 is less than a minute."""
    minutes = seconds / 60
    if minutes < 1:
        return 0
    step = 1 if minutes < 10 else 5 if minutes < 60 else 15
    return round(minutes / step) * step
