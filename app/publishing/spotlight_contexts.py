"""What the pages of a city's spotlight show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.publishing.contexts import FilmView, Preview, VoiceView
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class SpotlightPage:
    """The context of a city's spotlight."""

    network: str
    campaign_href: str
    city_href: str
    brand_href: str
    title: Chosen
    own_name: Chosen
    name: str
    message: Chosen
    hashtag: str
    turn_label: str  # it is its turn now, or was on a day
    voice: VoiceView | None  # None: nothing of the city may be shown now
    film: FilmView | None
    others: Sequence[tuple[str, str]]  # cities that had their turn: name and address, the latest first
    preview: Preview


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture in one shape, to look at and to take away."""

    label: str
    src: str
    download_href: str
    size: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class SpotlightDeskPage:
    """The context of the page at the desk."""

    desk_nav: list[tuple[str, str, bool]]
    city: Chosen
    campaign: Chosen
    back_href: str
    when: str  # its turn: now, past, to come, or not planned
    public_href: str | None  # None: its turn is still to come
    contribution_href: str | None  # None: nobody agrees to the accounts
    pictures: Sequence[PictureView]
    alt: str
    posts: Sequence[tuple[Sequence[str], str]]  # the networks that take this text, and it
    language: str  # of the texts
    posts_language: str  # that of the words they quote
