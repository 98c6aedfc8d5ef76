"""What the public templates show."""

from dataclasses import dataclass
from datetime import datetime

from app.words import Chosen


@dataclass(frozen=True, slots=True)
class Countdown:
    """The day at one place."""

    starts_at: datetime
    ends_at: datetime
    day_label: str
    place_label: str


@dataclass(frozen=True, slots=True)
class Poster:
    """A campaign at first sight."""

    slug: str
    href: str
    title: Chosen
    message: Chosen
    hashtag: str
    day_label: str
    city_count: int
    countdown: Countdown
    share_href: str | None  # None: nothing is collected now


@dataclass(frozen=True, slots=True)
class VoiceView:
    """One contribution as parts/voices.html hangs it."""

    kind: str
    preview_url: str | None
    width_px: int | None
    height_px: int | None
    media_url: str | None
    poster_url: str | None
    alt: str | None
    words: str | None
    spoken_words: str | None
    name: str | None
    city_name: str
    city_url: str
    language: str  # empty when nobody said which
    is_sample: bool
    placeholder: str | None
    captions: str | None
    href: None = None


@dataclass(frozen=True, slots=True)
class Wall:
    """The voices of one page, with the ways to newer and older ones."""

    voices: list[VoiceView]
    total: int
    newer_href: str | None
    older_href: str | None


@dataclass(frozen=True, slots=True)
class CityLine:
    """A city in a list."""

    name: str
    own_name: str | None
    language: str
    href: str
    voice_count: int


@dataclass(frozen=True, slots=True)
class Zone:
    """Cities in which the day begins at the same moment."""

    label: str
    city_count: int
    has_begun: bool


@dataclass(frozen=True, slots=True)
class WorldStrip:
    """Where the day has begun."""

    zones: list[Zone]
    begun_count: int
    city_count: int


@dataclass(frozen=True, slots=True)
class TileLine:
    """One tile of the collage in words."""

    what: str
    words: str
    language: str


@dataclass(frozen=True, slots=True)
class CollageView:
    """The collage; without an address it is being made."""

    url: str | None
    preview_url: str | None  # the same, small
    width_px: int | None
    height_px: int | None
    is_final: bool
    count: int
    tiles: list[tuple[str, list[TileLine]]]  # by city


@dataclass(frozen=True, slots=True)
class FilmView:
    """A city's film; without an address it is being made."""

    url: str | None
    poster_url: str
    width_px: int | None
    height_px: int | None
    duration_s: float | None
    is_final: bool
    count: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What the wall can be filtered by, and is."""

    action: str
    cities: list[tuple[str, str]]
    languages: list[tuple[str, str]]
    city: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What another site shows of a page that is linked there."""

    title: str
    description: str
    url: str
    image_url: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """The context of the network's page."""

    network: str
    city_count: int
    country_count: int
    open_posters: list[Poster]
    past_posters: list[Poster]
    now: datetime


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """The context of a campaign's page."""

    poster: Poster
    network: str
    question: Chosen
    chosen_city: str | None
    city_choices: list[tuple[str, list[tuple[str, str]]]]
    collage: CollageView | None  # None: it is not time for it yet
    wall: Wall
    filters: Filters
    strip: WorldStrip | None
    cities: list[tuple[str, list[CityLine]]]
    films: list[tuple[str, str]]
    preview: Preview
    now: datetime


@dataclass(frozen=True, slots=True)
class CityPage:
    """The context of a city's page in a campaign."""

    poster: Poster
    network: str
    contact_email: str
    own_name: Chosen
    name: str
    message: Chosen
    question: Chosen
    phase: str
    collects_from: str | None  # the day, when it has not begun to collect
    film: FilmView | None
    wall: Wall
    preview: Preview
    now: datetime


@dataclass(frozen=True, slots=True)
class ChooseCityPage:
    """The context of the page that asks where somebody lives."""

    poster: Poster
    city_choices: list[tuple[str, list[tuple[str, str]]]]
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class AboutPage:
    """The context of the pages on privacy and accessibility."""

    network: str
    responsible: Chosen
    contact_email: str
