"""What the countdown outside our own pages shows."""

from dataclasses import dataclass
from datetime import datetime

from app.publishing.contexts import Countdown
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class EmbedPage:
    """The context of the countdown that stands on a city's own web site; it speaks a language of its own, not the page's."""

    language: str
    direction: str
    brand_href: str
    city: Chosen
    title: Chosen
    message: Chosen
    countdown: Countdown
    href: str
    image_url: str
    now: datetime


@dataclass(frozen=True, slots=True)
class PictureWords:
    """What the picture of a link says: the largest line, the message, and the line beneath."""

    language: str
    large: str
    message: str
    beneath: str
