"""What the page of a city's look shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.errors import FieldError
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class NameField:
    """The city's name in one language."""

    tag: str
    field: str
    label: str
    value: str
    error: str | None


@dataclass(frozen=True, slots=True)
class AccentChoice:
    """One of the campaign's two colours, with the colour of words on it."""

    value: str
    label: str
    ground: str
    ink: str


@dataclass(frozen=True, slots=True)
class HandleField:
    """The city's account on one network."""

    network: str
    field: str
    label: str
    value: str
    example: str
    error: str | None


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """A piece in the look that is typed."""

    name: str
    label: str
    src: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class CityLookPage:
    """The form and the three pieces."""

    desk_nav: list[tuple[str, str, bool]]
    action: str
    city: Chosen
    back_href: str | None
    campaigns: Sequence[tuple[str, str]]
    campaign: str
    languages: Sequence[tuple[str, str]]
    language: str
    names: Sequence[NameField]
    accents: Sequence[AccentChoice]
    accent: str
    handles: Sequence[HandleField]
    has_logo: bool
    without_logo: bool
    logo_token: str
    logo_is_small: bool
    max_logo_bytes: int
    pieces: Sequence[ShownPiece]
    is_kept: bool
    errors: Sequence[FieldError]
    wrong: dict[str, str]
