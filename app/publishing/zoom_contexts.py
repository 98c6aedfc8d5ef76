"""What the pages of the zoomable collage show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.publishing.contexts import Preview, VoiceView
from app.web.errors import FieldError
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class Tile:
    """A contribution at its place; what is not shown on pages has no voice, only its city."""

    place: int
    where: str  # row and column, in words
    kind: str  # in a word; empty for what is in the collage alone
    label: str  # what it is, who, from where, in one line
    said: str  # the first of the words
    language: str  # of these; empty when nobody said which
    city_name: str
    voice: VoiceView | None
    href: str  # the collage, opened at this place
    is_found: bool


@dataclass(frozen=True, slots=True)
class Zoom:
    """All that the picture needs to be looked into."""

    tiles_href: str  # {level}, {x} and {y} are put in
    place_href: str  # {place} is put in
    columns: int
    rows: int
    deepest: int
    count: int
    marked: Sequence[int]  # places of the city that is looked for
    nobodys: str  # places that nobody has, such as "7 9-12"; who has the others is told of one place at a time
    found: int | None  # the place that is looked for


@dataclass(frozen=True, slots=True)
class ZoomPage:
    """The context of the page of the zoomable collage; as it is before anything hangs there, unless said otherwise."""

    network: str
    href: str
    title: Chosen
    campaign_href: str
    share_href: str | None
    preview: Preview
    day_label: str
    hashtag: str
    state: str  # "before", "making", "nothing", "there", or "changing" after somebody left
    view: str = "list"  # or "picture"
    zoom: Zoom | None = None  # None: the list alone
    picture_href: str | None = None  # None: there is no picture to look into
    list_href: str = ""
    tiles: Sequence[tuple[str, Sequence[Tile]]] = ()  # by city
    total: int = 0
    cities: Sequence[tuple[str, str]] = ()  # that are in it
    city: str | None = None
    city_count: int = 0
    found: Tile | None = None
    is_gone: bool = False  # what is looked for is not in it
    errors: Sequence[FieldError] = ()
    receipt: str = ""  # as it was typed; it stands in the answer to its own form and in no address
    first: int = 1  # of those listed here, counted through all pages
    last: int = 0
    newer_href: str | None = None
    older_href: str | None = None


@dataclass(frozen=True, slots=True)
class TilePart:
    """The context of the words of one place, for the picture."""

    tile: Tile | None  # None: nobody is there
    where: str
