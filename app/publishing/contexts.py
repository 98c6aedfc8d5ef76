"""What the public templates show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.words import Chosen


@dataclass(frozen=True, slots=True)
class Goal:
    """A moment that a countdown goes to, and the words that say which."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Countdown:
    """The day at one place; without a script, what it says now stands."""

    starts_at: datetime
    ends_at: datetime
    day_label: str
    goals: tuple[Goal, ...]  # still ahead, the nearest first; empty from the day on
    left: str
    today: str
    over: str


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
    phase: str  # where the campaign stands, in a sentence
    strip: "WorldStrip | None" = None  # while the day goes round the world


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
    alt_language: str  # empty where it is in that of the page
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
class SpotlitCity:
    """A city whose turn it is after the day, with a few of its voices."""

    name: str
    own_name: str | None
    language: str  # of own_name
    href: str
    spotlight_href: str
    voices: Sequence[VoiceView]


@dataclass(frozen=True, slots=True)
class SpotlightView:
    """Whose turn it is today, and the cities that had theirs: name and address, the latest first."""

    today: Sequence[SpotlitCity]
    earlier: Sequence[tuple[str, str]]


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
    begins_at: datetime
    city_count: int
    has_begun: bool


@dataclass(frozen=True, slots=True)
class WorldStrip:
    """Where the day has begun."""

    zones: list[Zone]
    begun_count: int
    city_count: int
    next_label: str | None  # where it begins next; None: it has begun everywhere


@dataclass(frozen=True, slots=True)
class TileLine:
    """One tile of the collage in words."""

    what: str
    words: str
    language: str


@dataclass(frozen=True, slots=True)
class TakeAway:
    """A file of a work that everybody can have."""

    label: str
    href: str
    detail: str  # its size


@dataclass(frozen=True, slots=True)
class CityInCollage:
    """How much of the collage is a city's."""

    name: str
    count: int
    href: str  # where its voices are listed


@dataclass(frozen=True, slots=True)
class CollageView:
    """The collage; without an address it is being made."""

    url: str | None
    preview_url: str | None  # the same, small
    width_px: int | None
    height_px: int | None
    is_final: bool
    count: int
    alt: str
    tiles: list[tuple[str, list[TileLine]]]  # by city; empty where there are too many to be read here
    cities: list[CityInCollage]
    screens: list[TakeAway]
    prints: list[TakeAway]  # of the poster, when there is one


@dataclass(frozen=True, slots=True)
class FilmDownload:
    """A shape of a film that everybody can have."""

    label: str
    href: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class FilmView:
    """A film; without an address it is being made."""

    url: str | None
    poster_url: str
    width_px: int | None
    height_px: int | None
    duration_s: float | None
    is_final: bool
    count: int
    captions: Sequence[tuple[str, str]] = ()  # address and language of each
    downloads: Sequence[FilmDownload] = ()
    parts: Sequence[TileLine] = ()  # what is seen, in words and in order


@dataclass(frozen=True, slots=True)
class CutView:
    """One cut of the joint film."""

    title: str
    film: FilmView
    chapters_url: str | None


@dataclass(frozen=True, slots=True)
class JointFilmView:
    """The joint film of a campaign."""

    cuts: Sequence[CutView]  # the whole first
    chapters: Sequence[tuple[str, str, float]]  # address, city and start of each


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
    image_height_px: int = 630  # at a width of 1200


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
    spotlight: SpotlightView | None  # None: nobody has had a turn yet
    highlights_href: str | None  # None: no best moment may be shown
    booklet_href: str | None  # None: there is none, or it is being made anew
    collage: CollageView | None  # None: it is not time for it yet
    joint_film: JointFilmView | None  # None: it is not time for it yet, or nobody is in it
    wall: Wall
    filters: Filters
    strip: WorldStrip | None
    cities: list[tuple[str, list[CityLine]]]
    elsewhere: tuple[str, int] | None  # the wall of other places and how many voices hang there, where the campaign has one
    films: list[tuple[str, str]]
    preview: Preview
    now: datetime


@dataclass(frozen=True, slots=True)
class CityPage:
    """The context of a city's page in a campaign."""

    brand_href: str
    poster: Poster
    network: str
    contact_email: str
    own_name: Chosen
    name: str
    message: Chosen
    question: Chosen
    phase: str
    collects_from: str | None  # the day, when it has not begun to collect
    is_spotlit: bool  # it is its turn to be put forward
    joint_film_href: str | None  # of its part of the joint film
    film: FilmView | None
    wall: Wall
    preview: Preview
    now: datetime


@dataclass(frozen=True, slots=True)
class ChooseCityPage:
    """The context of the page that asks where somebody lives."""

    href: str
    title: Chosen
    city_choices: Sequence[tuple[str, str] | tuple[str, list[tuple[str, str]]]]  # countries with their cities, then another place
    is_unknown: bool
    has_elsewhere: bool


@dataclass(frozen=True, slots=True)
class ElsewherePage:
    """The context of the page of those who live outside the cities."""

    network: str
    contact_email: str
    href: str  # of the campaign
    title: Chosen
    message: Chosen
    question: Chosen
    hashtag: str
    day_label: str
    share_href: str | None  # None: nothing is collected now
    phase: str
    looked_at: str  # by whom
    film: FilmView | None
    wall: Wall
    preview: Preview


@dataclass(frozen=True, slots=True)
class AboutPage:
    """The context of the pages on privacy and accessibility."""

    network: str
    responsible: Chosen
    contact_email: str
    keep_originals_days: int
