"""What the page of the profile frame shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.publishing.contexts import CityLine, Preview
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class FrameWords:
    """What a profile frame says, all of it in one language; without a city it is the campaign's own."""

    language: str
    message: str
    hashtag: str
    city: str | None


@dataclass(frozen=True, slots=True)
class FrameLanguage:
    """A language that the frame can speak."""

    tag: str
    name: str  # as the language calls itself
    href: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class FramePage:
    """The context of the page on which somebody puts the frame around their own picture."""

    network: str
    title: Chosen
    back_href: str
    back_name: Chosen
    frame: FrameWords
    image_url: str
    file_name: str  # without its ending
    languages: Sequence[FrameLanguage]
    cities: Sequence[tuple[str, Sequence[CityLine]]]  # by country; each leads to the frame with its name
    without_city_href: str
    share_href: str | None  # None: nothing is collected now
    preview: Preview
