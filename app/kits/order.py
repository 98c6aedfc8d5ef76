"""What a kit is made for: a city in a campaign, in some languages."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from app.campaigns.rules import day_begins_at
from app.kits.city_looks import Look
from app.kits.loading import questions_at, toolkit_at
from app.kits.quotes import Quote
from app.kits.rules import shared_languages, text_languages
from app.kits.slots import day_in_words, slots_of
from app.kits.toolkit import TOOLKITS_DIR, Toolkit
from app.kits.toolkit_files import Texts
from app.models import Campaign, City
from app.words import Words, completed

NETWORK_NAMES = {
    "facebook": "Facebook",
    "instagram": "Instagram",
    "x": "X",
    "linkedin": "LinkedIn",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
}


@dataclass(frozen=True, slots=True)
class News:
    """What changed with a version, in the words of who published it."""

    version: int
    note: Words


@dataclass(frozen=True)
class KitOrder:
    """A city in a campaign, the address of its form, and whom to ask.

    Without chosen languages it comes in those that city and campaign share.
    """

    campaign: Campaign
    city: City
    link: str
    contact: str
    chosen_languages: tuple[str, ...] = ()
    toolkits_dir: Path = TOOLKITS_DIR
    released: frozenset[str] = frozenset()  # drafts of texts that the network hands out all the same
    version: int | None = None  # the number under which its toolkit was published; None: drawn from the folder as it is
    published_at: datetime | None = None  # that version
    made_on: date | None = None  # the city's own date; None: on no day, so that nothing in it is past
    toolkit_slug: str = ""  # of that version; empty: what the campaign says now
    news: tuple[News, ...] = ()  # what is new since the version that this city took before
    embargoed: frozenset[str] = frozenset()  # groups of pieces that cannot be had there yet
    look: Look = field(default_factory=Look)
    quotes: tuple[Quote, ...] = ()

    @cached_property
    def toolkit(self) -> Toolkit:
        """The campaign's look and texts."""
        return toolkit_at(self.toolkit_slug or self.campaign.toolkit_slug, self.toolkits_dir)

    @property
    def day_begins_at(self) -> datetime:
        """When embargoed pieces can be had in the city."""
        return day_begins_at(self.campaign.day_on, self.city.time_zone)

    @cached_property
    def picture_languages(self) -> list[str]:
        """The languages in which its pictures speak."""
        return list(self.chosen_languages) or shared_languages(self.campaign.languages, self.city.languages)

    @cached_property
    def text_languages(self) -> list[str]:
        """The languages in which its texts are written; none while every text that the city could use is a draft."""
        return text_languages(self.picture_languages, self.usable_languages, self.toolkit.manifest.source_language)

    @cached_property
    def usable_languages(self) -> list[str]:
        """Those of the toolkit whose texts are handed out: read by a speaker, or released as they are."""
        return sorted(tag for tag, texts in self.toolkit.texts.items() if not texts.is_draft or tag in self.released)

    def texts_in(self, language: str) -> Texts | None:
        """The texts of a language, or of its primary one, where they may be handed out."""
        tags = (language, language.split("-", maxsplit=1)[0])
        return next((self.toolkit.texts[tag] for tag in tags if tag in self.usable_languages), None)

    @cached_property
    def question(self) -> Words:
        """What residents are asked; while it is the toolkit's own question, also in the languages that only the toolkit has."""
        return completed(self.campaign.question, questions_at(self.toolkit.slug, self.toolkit.folder.parent))

    def slots(self, language: str) -> dict[str, str]:
        """The words that stand in its pictures."""
        return {**slots_of(self.campaign, self.city, language, self.toolkit), "link": self.link}

    def words(self, language: str) -> dict[str, str]:
        """The words that stand in its texts: the day in the language of the text, whatever the message is in."""
        return {**self.slots(language), "day": day_in_words(self.campaign.day_on, language)}


def form_link(base_url: str, campaign: Campaign, city: City) -> str:
    """The address of a city's form, for its residents."""
    return f"{base_url}/c/{campaign.slug}/{city.slug}/share"
