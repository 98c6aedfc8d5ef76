"""What the page of the best moments shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.publishing.contexts import FilmView, Preview, VoiceView
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class HighlightsPage:
    """The context of the best moments."""

    network: str
    campaign_href: str
    brand_href: str
    title: Chosen
    message: Chosen
    hashtag: str
    day_label: str
    voices: Sequence[VoiceView]
    city_count: int
    film: FilmView | None
    preview: Preview
