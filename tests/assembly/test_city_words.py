"""What is said of a city on frames and on cards: each in one language, and set in it."""

import pytest

from app.assembly.city_words import card_words, frame_words
from app.kits.toolkit import load_toolkit
from app.models import Campaign, City
from app.runtime import Runtime
from app.words import Words
from tests import factories

MESSAGE = {"en": "Home is where we sing", "fr": "Chez nous, c'est où l'on chante", "ar": "البيت حيث نغنّي"}


def bursa_and(runtime: Runtime, languages: tuple[str, ...]) -> tuple[Campaign, City]:
    with runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network, languages=("fr", "en", "ar"))
        campaign.message = Words("en", MESSAGE)
        return campaign, factories.city(session, network, "bursa", name="Bursa", country="TR", languages=languages)


def test_a_city_whose_language_the_campaign_lacks_has_cards_in_the_campaigns_first_one(runtime: Runtime) -> None:
    campaign, city = bursa_and(runtime, ("tr", "ar", "en"))
    words = card_words(campaign, city, load_toolkit("world-refugee-day"))
    assert words.language == "fr"
    assert words.slots == {
        "city": "Bursa",
        "message": MESSAGE["fr"],
        "hashtag": "#NotreMaison",
        "day": "20 juin 2027",
    }


def test_cards_speak_the_citys_first_language_and_say_its_name_also_as_the_campaign_writes_it(runtime: Runtime) -> None:
    campaign, city = bursa_and(runtime, ("ar", "tr"))
    city.names = Words("ar", {"ar": "بورصة", "fr": "Bursa"})
    words = card_words(campaign, city, load_toolkit("world-refugee-day"))
    said = {slot: words.slots[slot] for slot in ("city", "city_too", "message")}
    assert (words.language, said) == ("ar", {"city": "بورصة", "city_too": "Bursa", "message": MESSAGE["ar"]})


@pytest.mark.parametrize(("languages", "message"), [(("fr-CH", "tr"), "fr"), (("tr", "ar"), "ar")])
def test_a_frame_says_what_that_of_the_master_says_in_the_citys_first_language(
    runtime: Runtime, languages: tuple[str, ...], message: str
) -> None:
    campaign, city = bursa_and(runtime, languages)
    words = frame_words(campaign, city, load_toolkit("world-refugee-day"))
    assert (words.language, words.slots["message"]) == (languages[0], MESSAGE[message])
