"""What the pages of figures and reports show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.enums import FiguresMoment
from app.web.errors import FieldError
from app.words import Chosen

Nav = Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """Three questions to a city, by a link."""

    url: str
    city: Chosen
    campaign: Chosen
    campaign_url: str
    moment: FiguresMoment
    days: str
    typed: Mapping[str, str]  # by the names of the fields, as they stand or as they were typed
    was_answered: bool
    is_closed: bool
    given: Sequence[tuple[str, str]]  # (question, number or that it is not known)
    contact_email: str
    errors: Sequence[FieldError] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FiguresThanksPage:
    """They have arrived."""

    url: str
    city: Chosen
    campaign: Chosen
    campaign_url: str
    given: Sequence[tuple[str, str]]
    knows_any: bool


@dataclass(frozen=True, slots=True)
class FiguresTable:
    """Figures by moment: a row for each of the three, with what changed where that can be said."""

    columns: Sequence[tuple[str, str]]  # as `data_table` takes them
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Figures that can still be given or changed from here."""

    action: str
    label: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """Something that was made of it: what, where, and one line about it."""

    label: str
    href: str
    detail: str
    poster_url: str | None = None
    is_download: bool = False


@dataclass(frozen=True, slots=True)
class CityReportPage:
    """What a city gets: counts, figures, its material."""

    desk_nav: Nav
    city: Chosen
    campaign: Chosen
    campaign_href: str
    city_href: str
    message: Chosen
    day_on: date
    day_has_begun: bool
    is_elsewhere: bool
    headline: str
    kinds_columns: Sequence[tuple[str, str]]
    kinds_rows: Sequence[Sequence[str]]
    languages: Sequence[str]
    missing: Sequence[str]  # what this report cannot tell, and why
    figures: FiguresTable | None
    ask_again: Sequence[AskAgain]
    material: Sequence[MaterialLine]


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A city's line; the cells follow the columns after the first."""

    city: Chosen
    href: str
    cells: Sequence[str]
    is_elsewhere: bool


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """The cities of a campaign that somebody oversees."""

    desk_nav: Nav
    campaign: Chosen
    campaign_href: str
    day_on: date
    day_has_begun: bool
    scope: str  # whose cities these are
    headline: str
    answered: str
    csv_href: str
    totals: FiguresTable
    columns: Sequence[tuple[str, str]]
    rows: Sequence[OverviewRow]
    sums: Sequence[str]
    missing: Sequence[str]
