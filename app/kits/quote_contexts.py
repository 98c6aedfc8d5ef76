"""What the pages of a city's quotes show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.errors import FieldError
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One quote in the list."""

    role: str
    name: str
    office: Chosen
    text: Chosen
    languages: Sequence[str]
    card_src: str | None  # None: it waits for the day
    href: str
    remove_action: str


@dataclass(frozen=True, slots=True)
class QuotesPage:
    """The quotes of a city in a campaign."""

    desk_nav: list[tuple[str, str, bool]]
    back_href: str
    city: Chosen
    campaign: Chosen
    quotes: Sequence[QuoteLine]
    add_href: str
    told: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The fields of a quote in one more language."""

    tag: str
    label: str
    text: str
    office: str


@dataclass(frozen=True, slots=True)
class QuotePage:
    """The form of one quote."""

    desk_nav: list[tuple[str, str, bool]]
    back_href: str
    action: str
    is_new: bool
    form_token: str
    roles: Sequence[tuple[str, str]]
    languages: Sequence[tuple[str, str]]
    role: str
    language: str
    name: str
    office: str
    text: str
    alt_text: str
    agreed: bool
    translations: Sequence[Translation]
    is_translated: bool
    has_portrait: bool
    without_portrait: bool
    card_src: str | None
    max_quote_chars: int
    max_portrait_bytes: int
    errors: Sequence[FieldError]
    wrong: dict[str, str]
