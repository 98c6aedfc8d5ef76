"""What the pages of toolkits at the desk show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.words import Chosen

Nav = list[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class LanguageLine:
    """The texts of a language: who read them, or that they are a draft, and who released it."""

    tag: str
    name: str
    stands: str  # in words
    is_used: bool  # whether kits hold them
    is_draft: bool
    href: str


@dataclass(frozen=True, slots=True)
class ToolkitLine:
    """A toolkit in the list."""

    name: Chosen
    href: str
    picture_href: str
    day: str | None
    version: int
    languages: Sequence[LanguageLine]


@dataclass(frozen=True, slots=True)
class ToolkitsPage:
    """The context of toolkits.html."""

    desk_nav: Nav
    toolkits: Sequence[ToolkitLine]


@dataclass(frozen=True, slots=True)
class ToolkitPage:
    """The context of toolkit.html."""

    desk_nav: Nav
    toolkit: ToolkitLine
    change_note: str
    told: str | None


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of the texts, with each text under its key."""

    label: str
    texts: Sequence[tuple[str, str]]  # the key within the part, and the text


@dataclass(frozen=True, slots=True)
class LanguagePage:
    """The context of toolkit_language.html."""

    desk_nav: Nav
    toolkit: ToolkitLine
    language: LanguageLine
    parts: Sequence[TextPart]
    effect: str | None  # of releasing or taking back; None where there is nothing to decide
    act: str
    button: str
