"""What the pages of toolkits at the desk show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.errors import FieldError
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
class UploadForm:
    """A ZIP on its way to the gate."""

    action: str
    places: Sequence[tuple[str, str]]  # for whom, where that can be chosen
    place: str
    note: str
    max_note_chars: int
    max_bytes: int
    wrong: dict[str, str]


@dataclass(frozen=True, slots=True)
class ListedToolkit:
    """A toolkit in the list, with who has something of their own in it, and where that is."""

    line: ToolkitLine
    owners: Sequence[tuple[Chosen, str]]
    is_gone: bool  # it was taken away: only its history is left
    slug: str | None  # where another has the same name


@dataclass(frozen=True, slots=True)
class ToolkitsPage:
    """The context of toolkits.html."""

    desk_nav: Nav
    toolkits: Sequence[ListedToolkit]
    broken: Sequence[tuple[str, str]]  # those that cannot be loaded any more: the folder, and why
    upload: UploadForm | None
    errors: Sequence[FieldError]


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of the texts, with each text under its key."""

    label: str
    texts: Sequence[tuple[str, str]]  # what it is called within the part, and the text


@dataclass(frozen=True, slots=True)
class LanguagePage:
    """The context of toolkit_language.html."""

    desk_nav: Nav
    toolkit: ToolkitLine
    whose: Chosen
    of_network: bool
    language: LanguageLine
    parts: Sequence[TextPart]
    effect: str | None  # of releasing or taking back; None where there is nothing to decide
    unspoken: str | None  # that no running campaign speaks it; None where one does, or where there is none
    act_href: str
    button: str
    correct_href: str | None  # None: only to be looked at
