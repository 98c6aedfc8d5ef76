"""What the pages of the zoomable collage show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.publishing.contexts import Preview, VoiceView
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class Tile:
    """A contribution at its place; what is not shown on pages has no voice, only its city."""

    place: int
    where: str  # row and column, in words
    label: str  # who, from where, in one line
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
    state: str = "waiting"  # or "there", or "changing" after somebody left
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
    wrong_receipt: str | None = None  # what was typed is never sent back
    newer_href: str | None = None
    older_href: str | None = None


@dataclass(frozen=True, slots=True)
class TilePart:
    """The context of the words of one place, for the picture."""

    tile: Tile | None  # None: nobody is there
    empty_label: str
