"""The zoomable collage as numbers: how wide it is, which place is whose, what lies beneath a tile, and when it is built anew."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_PLACES = 30_000  # SQLite binds at most 32,766 values in one question
SOON_BUILT = 200  # so few are built anew within a second: no place is kept free among them
FREE_OF = 20  # of so many, one is kept free for those who come later
CHANGED_OF = 10  # when more than one in so many changes, building anew costs less than changing


@dataclass(frozen=True, slots=True)
class Field:
    """The places of a collage, row by row."""

    columns: int
    rows: int

    @property
    def places(self) -> int:
        """How many there are."""
        return self.columns * self.rows

    def at(self, place: int) -> tuple[int, int]:
        """Column and row of a place, from 0."""
        return place % self.columns, place // self.columns


@dataclass(frozen=True, slots=True)
class Beneath:
    """The places of which a tile shows something: columns and rows from the first to before the last."""

    columns: range
    rows: range

    @property
    def is_empty(self) -> bool:
        """There is no such tile."""
        return not self.columns or not self.rows


def field_for(contributions: int) -> Field:
    """Nearly a square, a little wider rather than higher, with as few places left over as can be."""
    wanted = contributions + (contributions // FREE_OF if contributions >= SOON_BUILT else 0)
    side = math.sqrt(max(wanted, 1))
    widths = range(max(1, math.ceil(side)), max(1, math.ceil(1.4 * side)) + 1)
    columns = min(widths, key=lambda columns: (-wanted % columns, columns))
    return Field(columns, max(1, math.ceil(wanted / columns)))


def neighbours(field: Field, contributions: int) -> list[list[int]]:
    """For each place that is taken the earlier ones beside and above it."""
    found = []
    for place in range(contributions):
        beside = [place - 1] if place % field.columns else []
        found.append(beside + ([place - field.columns] if place >= field.columns else []))
    return found


def places_kept(wanted: Iterable[int], standing: Mapping[int, int], places: int) -> dict[int, int] | None:
    """Where each of these contributions is when nobody who stays moves; None: it is better built anew.

    `standing` has the place of everybody who has one, `places` is how many there are.
    """
    ids = list(wanted)
    staying = {each: standing[each] for each in ids if each in standing}
    arriving = [each for each in ids if each not in staying]
    left = len(standing) - len(staying)
    taken = set(staying.values())
    if len(arriving) + left > max(1, places // CHANGED_OF) or any(place >= places for place in taken):
        return None
    free = (place for place in range(places) if place not in taken)
    if len(arriving) > places - len(taken):
        return None
    return staying | dict(zip(arriving, free, strict=False))


def beneath(field: Field, steps_up: int, x: int, y: int) -> Beneath:
    """What a tile shows that is so many levels above the deepest, whose tiles are the places themselves."""
    wide = 1 << steps_up
    return Beneath(
        range(min(x * wide, field.columns), min((x + 1) * wide, field.columns)),
        range(min(y * wide, field.rows), min((y + 1) * wide, field.rows)),
    )
