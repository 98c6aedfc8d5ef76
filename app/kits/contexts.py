"""What the kit's own templates show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.words import Chosen

Nav = list[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class ReadmeText:
    """The context of README.txt, in one language."""

    city: str
    message: str
    day: str
    hashtag: str
    link: str
    contact: str
    partners: str  # in a line with what they are; empty: there are none
    version: int | None
    news: list[tuple[int, str]]  # what changed since the version that the city took before
    waits_until: str | None  # when the rest of the kit can be had
    networks: list[str]
    language_names: list[str]


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A post of the posting plan."""

    moment: str
    networks: str
    path: str
    text: str
    waits: str  # from when its picture can be had; empty: now


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The context of posting-plan.html, in the language of the texts."""

    title: str
    city: str
    tag: str
    picture_label: str
    posts: Sequence[PlannedPost]


@dataclass(frozen=True, slots=True)
class PieceView:
    """A piece at the desk: its picture or its text, and where it is had."""

    name: str
    href: str
    opens: bool  # a page to look at, not a file to keep
    thumbnail_href: str | None  # None: a text
    text: str  # of a text
    alt: str
    tag: str  # of its language
    language: str
    sort: str  # PNG, PDF, ...


@dataclass(frozen=True, slots=True)
class GroupView:
    """A folder of the kit."""

    key: str
    label: str
    hint: str
    pieces: Sequence[PieceView]
    is_open: bool = True  # of so many pieces that they are folded, false
    waits_until: str | None = None  # None: its pieces can be had
    waiting_count: int = 0


@dataclass(frozen=True, slots=True)
class CardView:
    """The card of the day in one language, with the text that goes with it."""

    picture_href: str
    href: str
    text: str  # empty where no text may be handed out
    tag: str
    language: str
    says: str


@dataclass(frozen=True, slots=True)
class CardsPage:
    """The context of cards.html: what a city posts today."""

    desk_nav: Nav
    city: Chosen
    campaign: Chosen
    back_href: str
    cards: Sequence[CardView]
    next_card: str | None
    wishes_mail: bool
    action: str


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """The context of kit_waiting.html: nothing is published to the campaign yet."""

    desk_nav: Nav
    city: Chosen
    campaign: Chosen
    back_href: str
    comes: str | None  # when the time-line hands it out
    is_late: bool  # that moment is past


@dataclass(frozen=True, slots=True)
class KitPage:
    """The context of kit.html."""

    desk_nav: Nav
    city: Chosen
    campaign: Chosen
    back_href: str
    zip_href: str
    files_count: int
    version: int | None
    news: Sequence[tuple[str, Chosen]]  # the number of each newer version, and what changed with it
    changes: Sequence[str]  # what is different in the city's own languages since it took its kit
    languages: Sequence[tuple[str, str, bool]]  # tag, name, whether it is in
    without_texts: Sequence[str]  # languages, by name, in which only the pictures speak
    drafts: Sequence[str]  # those whose texts nobody who speaks them has read, and that are not released
    has_texts: bool
    groups: Sequence[GroupView]
