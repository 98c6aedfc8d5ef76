"""Catalogues, the language of a page, and dates, numbers and refusals said in it."""

from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from babel.units import format_unit

from app.errors import Refused
from app.words import Chosen, Words, choose

LOCALE_DIR = Path(__file__).parent / "locale"
RESIDENTS_DIR = LOCALE_DIR / "residents"  # languages that only the pages of residents speak, see `app/web/residents.py`
SOURCE_LANGUAGE = "en"  # the language the messages in code and templates are written in
REFUSAL_CONTEXT = "error"  # under which the sentences of refusals stand in the catalogues, by their codes


@lru_cache(maxsize=1)
def page_languages() -> tuple[str, ...]:
    """The languages that pages speak: those with a catalogue, the source language first."""
    found = sorted(path.stem for path in LOCALE_DIR.glob("*.po"))
    return (SOURCE_LANGUAGE, *(tag for tag in found if tag != SOURCE_LANGUAGE))


@lru_cache(maxsize=64)
def _catalogue(language: str) -> Translations:
    folder = LOCALE_DIR if language in page_languages() else RESIDENTS_DIR
    with (folder / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language.replace("-", "_"))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


_CALENDARS = {"en": "en_GB"}  # the network writes "Sunday 20 June 2027", not "Sunday, June 20, 2027"


def calendar_locale(language: str) -> str | Locale:
    """The locale that dates of a language are written in."""
    return _CALENDARS.get(language) or babel_locale(language)


@lru_cache(maxsize=256)
def babel_locale(language: str) -> Locale:
    """Babel's data for a BCP 47 tag, by its primary language where the whole tag is unknown, else English."""
    for tag in (language, language.split("-", maxsplit=1)[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(SOURCE_LANGUAGE)


def text_direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return babel_locale(language).text_direction


def language_name(language: str, reader: str) -> str:
    """A language's name as its reader calls it; the tag itself where nobody has named it."""
    names = babel_locale(reader).languages
    return str(names.get(language.replace("-", "_")) or names.get(language.partition("-")[0]) or language)


def own_name(language: str) -> str:
    """A language's name for itself."""
    name = babel_locale(language).get_language_name() or language
    return name[:1].upper() + name[1:]


def negotiate(wanted: Iterable[str], spoken: Sequence[str] | None = None) -> str:
    """The first wanted language among those spoken, by tag or primary language; else the source language.

    Spoken are the languages of all pages unless it is said otherwise.
    """
    for tag in wanted:
        for language in spoken or page_languages():
            if tag.lower() == language.lower() or tag.split("-")[0].lower() == language.split("-")[0].lower():
                return language
    return SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class Translator:
    """Speaks one language: sentences of the catalogue, dates, numbers, sizes and refusals."""

    language: str

    def gettext(self, message: str) -> str:
        """The sentence in this language; the message itself in the source language."""
        return str(_catalogue(self.language).ugettext(message))

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The sentence for this count."""
        return str(_catalogue(self.language).ungettext(one, many, count))

    def on_date(self, day: date | datetime) -> str:
        """A day in words, such as "Sunday 20 June 2027" in the order of the language."""
        return format_date(day, "full", locale=calendar_locale(self.language))

    def at_time(self, instant: datetime, time_zone: str) -> str:
        """An instant in words at its place, to the minute."""
        here, calendar = instant.astimezone(ZoneInfo(time_zone)), calendar_locale(self.language)
        pattern = str(get_datetime_format("medium", locale=calendar)).replace("'", "")
        return pattern.format(
            format_time(here, "short", tzinfo=here.tzinfo, locale=calendar), format_date(here, "long", locale=calendar)
        )

    def number(self, value: float) -> str:
        """A number with the language's digits and separators."""
        return format_decimal(value, locale=babel_locale(self.language))

    def filesize(self, size_bytes: int) -> str:
        """A size as people say it, in decimal units like the phones' own."""
        if size_bytes < 1_000_000:
            return self._unit(max(1, round(size_bytes / 1000)) if size_bytes else 0, "digital-kilobyte")
        return self._unit(round(size_bytes / 1_000_000, 1), "digital-megabyte")

    def _unit(self, value: float, unit: str) -> str:
        return str(format_unit(value, unit, "short", locale=babel_locale(self.language)))

    def duration(self, seconds: float) -> str:
        """A length as players show it: 1:42."""
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

    def language_name(self, tag: str) -> str:
        """What this language calls another."""
        return language_name(tag, self.language)

    def choose(self, words: Words, *others: str) -> Chosen:
        """The words in this language, else in one of the others, else as they were written."""
        return choose(words, (self.language, *others))

    def place(self, names: Words, *own: str) -> Chosen:
        """A place for a reader, who may not read its own script: in this language, else in English, else in its own ones."""
        return self.choose(names, SOURCE_LANGUAGE, *own)

    def sentence(self, code: str, params: Mapping[str, Any]) -> str:
        """What a refusal says to a person; its numbers are said in their units."""
        return str(_catalogue(self.language).upgettext(REFUSAL_CONTEXT, code)) % {
            key: self._said(key, value) for key, value in params.items()
        }

    def refusal(self, refused: Refused) -> str:
        """The sentence of a refusal."""
        return self.sentence(refused.code, refused.params)

    def _said(self, key: str, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        if key.endswith("_bytes"):
            return self.filesize(round(value))
        if key.endswith("_s"):
            return self.duration(value)
        return self.number(value)


@lru_cache(maxsize=64)
def translator(language: str) -> Translator:
    """The translator of a page language."""
    return Translator(negotiate([language]))


speaking: ContextVar[Translator] = ContextVar("speaking")


def _(message: str) -> str:
    """Marks a sentence for the catalogue where it is written; said when a reader is known."""
    return message
