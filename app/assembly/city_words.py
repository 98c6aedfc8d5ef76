"""What is said of a city in words of ours: on the frames of what it sent, and on the cards of its film."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.kits.slots import day_in_words, message_of, slots_of
from app.kits.toolkit import Toolkit
from app.models import Campaign, City
from app.words import choose


@dataclass(frozen=True, slots=True)
class CityWords:
    """Words for templates, and the language that they are set in."""

    slots: Mapping[str, str]
    language: str


def frame_words(campaign: Campaign, city: City, toolkit: Toolkit) -> CityWords:
    """As the frames of its masters say it, and in their language."""
    language = city.languages[0]
    return CityWords(slots_of(campaign, city, language, toolkit), language)


def card_words(campaign: Campaign, city: City, toolkit: Toolkit) -> CityWords:
    """As the cards of its film say it: in the city's first language where the campaign has that, else in the campaign's first.

    The city's name stands in its own script, and as the campaign writes it where that differs.
    """
    message = choose(message_of(campaign, toolkit), (city.languages[0], *campaign.languages))
    name, name_too = (choose(city.names, languages).text for languages in (city.languages, campaign.languages))
    slots = {
        "city": name,
        "message": message.text,
        "hashtag": choose(campaign.hashtag, (message.language, *campaign.languages)).text,
        "day": day_in_words(campaign.day_on, message.language),
    }
    return CityWords(slots if name_too == name else {**slots, "city_too": name_too}, message.language)
