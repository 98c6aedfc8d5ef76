"""The words that a campaign and a city put into templates and texts, in one language."""

from datetime import date, timedelta

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta

from app.kits.toolkit import Toolkit
from app.models import Campaign, City
from app.web.i18n import calendar_locale
from app.words import Words, choose, completed

NO_BREAK = "\u00a0"
_PERSIAN_DIGITS = {ord("0") + digit: 0x06F0 + digit for digit in range(10)}


def message_of(campaign: Campaign, toolkit: Toolkit) -> Words:
    """The campaign's message; while it is the toolkit's own, also in the languages that only the toolkit has it in."""
    return completed(campaign.message, toolkit.messages)


def slots_of(campaign: Campaign, city: City, speech_language: str, toolkit: Toolkit) -> dict[str, str]:
    """City, message, hashtag and the day in words; what a language lacks comes in the city's own languages.

    `toolkit` is the one that the campaign is drawn from: it may know the message in more languages.
    """
    languages = (speech_language, *city.languages)
    chosen = choose(message_of(campaign, toolkit), languages)
    return {
        "city": choose(city.names, languages).text,
        "message": chosen.text,
        "hashtag": choose(campaign.hashtag, languages).text,
        "day": day_in_words(campaign.day_on, chosen.language),  # beside the message, so in its language
    }


def day_in_words(day_on: date, language: str) -> str:
    """The campaign's day as people of this language write it, with its year and without its weekday."""
    return _in_own_digits(format_date(day_on, "long", locale=calendar_locale(language)), language)


def days_in_words(days_left: int, day_on: date, language: str) -> str:
    """So many days as the language counts them, on one line; when none is left, the day itself without its year."""
    calendar = calendar_locale(language)
    if days_left < 1:
        words = str(format_skeleton("MMMMd", day_on, locale=calendar))
    else:
        words = str(format_timedelta(timedelta(days=days_left), granularity="day", threshold=1e9, locale=calendar))
    return _in_own_digits(words, language).replace(" ", NO_BREAK)


def _in_own_digits(text: str, language: str) -> str:
    """Babel writes every date with Latin digits; Persian and Pashto are not read so (CLDR: numbering system arabext)."""
    has_own = Locale.parse(str(calendar_locale(language))).default_numbering_system == "arabext"
    return text.translate(_PERSIAN_DIGITS) if has_own else text
