"""What the network's page at the desk shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.errors import FieldError
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One city in the list."""

    look_href: str  # of its name, logo and accounts
    name: Chosen
    own_name: Chosen | None  # in its first language, where that differs
    country: str
    time_zone: str
    languages: Sequence[str]
    chapters: Sequence[Chosen]
    officer_count: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What the last import came to."""

    table: str
    created: int
    updated: int
    unchanged: int
    was_guessed: bool


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """The network: its cities, and the way in for more."""

    desk_nav: list[tuple[str, str, bool]]
    members: Sequence[MemberLine]
    country_count: int
    chapters: Sequence[tuple[Chosen, int]]  # with the number of its cities
    without_officer_count: int
    max_table_bytes: int
    time_zone: str  # by which the network goes
    zones: Sequence[tuple[str, str] | tuple[str, list[tuple[str, str]]]]
    imported: Imported | None = None
    is_clock_set: bool = False
    typed: str = ""
    wrong_clock: str | None = None
    errors: Sequence[FieldError] = ()
