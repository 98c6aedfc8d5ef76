"""A countdown in words: in sentences where pages speak the language, everywhere else by numbers and dates alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_timedelta

from app.campaigns.rules import collection_opens_at, day_begins_at, day_ends_at
from app.enums import CountsTo
from app.kits.slots import day_in_words
from app.models import Campaign
from app.publishing.contexts import Countdown, Goal
from app.publishing.countdown_contexts import EmbedPage, PictureWords
from app.publishing.places import city_name
from app.publishing.queries import MemberCity
from app.publishing.rules import days_left, goals_ahead
from app.web.i18n import Translator, babel_locale, calendar_locale, page_languages, text_direction, translator
from app.words import choose

NO_CITY_ZONE = "UTC"
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Teller:
    """Says what a countdown has to say about one place; "in 12 days" and a date need no translation of ours."""

    language: str
    place: str
    speech: Translator | None  # None: pages do not speak this language

    @classmethod
    def of(cls, language: str, place: str) -> "Teller":
        """One who speaks this language."""
        is_spoken = language.split("-", maxsplit=1)[0].lower() in page_languages()
        return cls(language, place, translator(language) if is_spoken else None)

    def left(self, days: int) -> str:
        """So many local days; 0 is less than one."""
        if self.speech is None:
            whole = timedelta(days=max(days, 1))
            locale = babel_locale(self.language)
            said = format_timedelta(whole, granularity="day", threshold=1e9, add_direction=True, locale=locale)
            return said[:1].upper() + said[1:]
        if days < 1:
            return self.speech.gettext("Less than a day to go")
        said = self.speech.ngettext("%(count)s day to go", "%(count)s days to go", days)
        return said % {"count": self.speech.number(days)}

    def until(self, goal: CountsTo, on: date) -> str:
        """What is counted to."""
        if self.speech is None:
            return self.dated(on)
        said = {"place": self.place, "day": self.speech.on_date(on)}
        if goal is CountsTo.LAUNCH:
            return self.speech.gettext("until we begin in %(place)s: %(day)s") % said
        return self.speech.gettext("until the day in %(place)s: %(day)s") % said

    def today(self, on: date) -> str:
        """It is the day."""
        if self.speech is None:
            return self.dated(on)
        return self.speech.gettext("Today is the day in %(place)s") % {"place": self.place}

    def over(self, on: date) -> str:
        """It was the day."""
        return self.speech.gettext("The day was on %(day)s") % {"day": self.on_date(on)} if self.speech else self.dated(on)

    def on_date(self, on: date) -> str:
        """A date in words."""
        return format_date(on, "full", locale=calendar_locale(self.language))

    def dated(self, on: date) -> str:
        """A date in words, and where."""
        return f"{self.on_date(on)} · {self.place}"


def countdown_in(campaign: Campaign, city: MemberCity | None, network: str, speech: Translator, now: datetime) -> Countdown:
    """The countdown there; without a city, in UTC for the whole network."""
    place = city_name(city, speech) if city else network
    return _countdown(campaign, city, Teller(speech.language, place, speech), now)


def _countdown(campaign: Campaign, city: MemberCity | None, tell: Teller, now: datetime) -> Countdown:
    zone = city.time_zone if city else NO_CITY_ZONE
    starts_at, ends_at = day_begins_at(campaign.day_on, zone), day_ends_at(campaign.day_on, zone)
    goals = _goals(campaign, city, now)
    today, over = tell.today(campaign.day_on), tell.over(campaign.day_on)
    if goals:
        nearest = goals[0][1]
        left = tell.left(0 if nearest - now < timedelta(days=1) else days_left(nearest, zone, now))
    else:
        left = today if now < ends_at else over
    return Countdown(
        starts_at=starts_at,
        ends_at=ends_at,
        day_label=tell.on_date(campaign.day_on),
        goals=tuple(Goal(at, tell.until(goal, _date_there(at, zone))) for goal, at in goals),
        left=left,
        today=today,
        over=over,
    )


def _goals(campaign: Campaign, city: MemberCity | None, now: datetime) -> list[tuple[CountsTo, datetime]]:
    zone = city.time_zone if city else NO_CITY_ZONE
    planned_at = city.collection_opens_at if city else None
    return goals_ahead(
        campaign.counts_to,
        opens_at=planned_at or collection_opens_at(campaign, zone),
        has_opened=city is not None and city.collection_opened_at is not None,
        begins_at=day_begins_at(campaign.day_on, zone),
        now=now,
    )


def _date_there(at: datetime, time_zone: str) -> date:
    return at.astimezone(ZoneInfo(time_zone)).date()


def spoken(asked: str | None, languages: Sequence[str]) -> str:
    """The language of something that a city shows: the one asked for if calendars know it, else the city's first."""
    if asked and LANGUAGE_TAG.fullmatch(asked):
        try:
            Locale.parse(asked, sep="-")
        except (UnknownLocaleError, ValueError):
            return languages[0]
        return asked
    return languages[0]


def embed_page(campaign: Campaign, city: MemberCity, asked: str | None, now: datetime, base_url: str) -> EmbedPage:
    """The countdown for the city's own web site, in the city's language unless another is asked for."""
    language = spoken(asked, city.languages)
    name = choose(city.names, (language, *city.languages))
    return EmbedPage(
        language=language,
        direction=text_direction(language),
        brand_href=f"/c/{campaign.slug}/{city.slug}/brand.css",
        city=name,
        title=choose(campaign.title, (language, *city.languages)),
        message=choose(campaign.message, (language, *city.languages)),
        countdown=_countdown(campaign, city, Teller.of(language, name.text), now),
        href=f"{base_url}/c/{campaign.slug}/{city.slug}",
        image_url=base_url + picture_address(campaign, city, language, now),
        now=now,
    )


def picture_address(campaign: Campaign, city: MemberCity, asked: str | None, now: datetime) -> str:
    """The picture of a link to the city's page: before the day it counts, and its address changes with the count."""
    page = f"/c/{campaign.slug}/{city.slug}"
    goals = _goals(campaign, city, now)
    if not goals:
        return f"{page}/card.png"
    left = days_left(goals[0][1], city.time_zone, now)
    return f"{page}/countdown.png?{urlencode({'lang': spoken(asked, city.languages), 'left': left})}"


def picture_words(campaign: Campaign, city: MemberCity, asked: str | None, now: datetime) -> PictureWords:
    """What the picture says today; all of it in one language in which the campaign has its message."""
    message = choose(campaign.message, (spoken(asked, city.languages), *city.languages))
    language = message.language
    name = choose(city.names, (language, *city.languages)).text
    tell, goals = Teller.of(language, name), _goals(campaign, city, now)
    if goals:
        at = goals[0][1]
        day = day_in_words(_date_there(at, city.time_zone), language)
        return PictureWords(language, tell.left(days_left(at, city.time_zone, now)), message.text, f"{name}\n{day}")
    return PictureWords(language, name, message.text, day_in_words(campaign.day_on, language))
