"""What the pages about missing things show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.campaigns.contexts import Nav, Told
from app.campaigns.missing import Point
from app.web.i18n import _
from app.words import Chosen

POINT_WORDS = {
    Point.DESK: _("At the desk"),
    Point.JOIN: _("Joined"),
    Point.BRIEF: _("Brief read"),
    Point.FIGURES_BEFORE: _("Figures before"),
    Point.CONTRIBUTIONS: _("Contributions"),
    Point.DECISIONS: _("Decisions"),
    Point.FIGURES_ON: _("Figures of the day"),
    Point.FIGURES_AFTER: _("Figures after"),
}


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A point that has been asked of somebody."""

    label: str
    missing_count: int


@dataclass(frozen=True, slots=True)
class CellView:
    """How a city stands with it."""

    label: str  # of the column, for lists
    mark: str  # done, due, missing, off
    words: str


@dataclass(frozen=True, slots=True)
class CityRow:
    """One city."""

    slug: str
    name: Chosen
    country: str
    href: str
    cells: Sequence[CellView]
    rests: bool
    may_be_ticked: bool
    is_ticked: bool
    reminded: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader has chosen to see."""

    only: str
    country: str
    chapter: str
    sort: str
    tick: str


@dataclass(frozen=True, slots=True)
class MissingPage:
    """City by point."""

    desk_nav: Nav
    title: Chosen
    campaign_href: str
    href: str
    summary: str
    wanted: Wanted
    columns: Sequence[ColumnView]
    rows: Sequence[CityRow]
    point_options: Sequence[tuple[str, str]]
    country_options: Sequence[tuple[str, str]]
    chapter_options: Sequence[tuple[str, str]]
    by_missing_href: str
    by_name_href: str
    tick_all_href: str
    tick_none_href: str
    enough: int  # contributions, so that a city no longer has little
    patience_days: int
    can_remind: bool
    told: Told | None


@dataclass(frozen=True, slots=True)
class LetterView:
    """A mail that would be sent."""

    name: str
    email: str
    language: str  # its name
    language_tag: str
    subject: str
    sentences: Sequence[tuple[Chosen, Sequence[str]]]  # by city, what it misses, in the words of who looks at it
    text: str  # as it is read


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Cities or people who get no mail, and why."""

    label: str
    why: str
    names: Sequence[Chosen]


@dataclass(frozen=True, slots=True)
class RemindPage:
    """Who would get which mail."""

    desk_nav: Nav
    title: Chosen
    back_href: str
    action: str
    token: str
    city_slugs: Sequence[str]
    city_count: int
    letters: Sequence[LetterView]
    left_out: Sequence[LeftOut]
