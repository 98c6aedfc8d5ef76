"""The words that a campaign and a city put into templates and texts, in one language."""

from datetime import date

from babel.dates import format_date

from app.models import Campaign, City
from app.web.i18n import calendar_locale
from app.words import choose


def slots_of(campaign: Campaign, city: City, speech_language: str) -> dict[str, str]:
    """City, message, hashtag and the day in words; what a language lacks comes in the city's own languages."""
    languages = (speech_language, *city.languages)
    message = choose(campaign.message, languages)
    return {
        "city": choose(city.names, languages).text,
        "message": message.text,
        "hashtag": choose(campaign.hashtag, languages).text,
        "day": day_in_words(campaign.day_on, message.language),  # beside the message, so in its language
    }


def day_in_words(day_on: date, language: str) -> str:
    """The campaign's day as people of this language write it, with its year and without its weekday."""
    return format_date(day_on, "long", locale=calendar_locale(language))
