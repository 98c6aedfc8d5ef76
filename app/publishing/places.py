"""Cities as the public pages list them: by country, by the moment their day begins, and the visitor's own."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.campaigns.rules import day_begins_at
from app.models import Campaign
from app.publishing.contexts import CityLine, WorldStrip, Zone
from app.publishing.queries import MemberCity
from app.web.i18n import Translator, _, babel_locale
from app.words import Words, choose


def city_name(city: MemberCity, speech: Translator) -> str:
    """The city as the page's language calls it, else by its English name, else as it calls itself."""
    return name_of(city.names, city.languages, speech)


def name_of(names: Words, languages: Sequence[str], speech: Translator) -> str:
    """A city's name for a reader, who may not read the city's own script."""
    return speech.place(names, *languages).text


def country_name(code: str, speech: Translator) -> str:
    """A country as the page's language calls it."""
    return str(babel_locale(speech.language).territories.get(code, code))


def by_country(cities: Sequence[MemberCity], speech: Translator) -> list[tuple[str, list[MemberCity]]]:
    """Countries in the order of their names, cities in the order of theirs."""
    groups: dict[str, list[MemberCity]] = {}
    for city in sorted(cities, key=lambda each: _in_order(city_name(each, speech))):
        groups.setdefault(country_name(city.country, speech), []).append(city)
    return sorted(groups.items(), key=lambda group: _in_order(group[0]))


def _in_order(name: str) -> str:
    """Names without their accents: Århus and Évora stand where a reader looks for them."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter)).casefold()


def city_lines(
    campaign: Campaign, cities: Sequence[MemberCity], counts: Mapping[int, int], speech: Translator
) -> list[tuple[str, list[CityLine]]]:
    """The list of all cities, each with its own name beside the reader's."""

    def line(city: MemberCity) -> CityLine:
        own = choose(city.names, city.languages)
        name = city_name(city, speech)
        return CityLine(
            name=name,
            own_name=own.text if own.text != name else None,
            language=own.language,
            href=f"/c/{campaign.slug}/{city.slug}",
            voice_count=counts.get(city.id, 0),
        )

    return [(country, [line(city) for city in group]) for country, group in by_country(cities, speech)]


def city_choices(cities: Sequence[MemberCity], speech: Translator) -> list[tuple[str, list[tuple[str, str]]]]:
    """The same as the options of a select."""
    return [(country, [(city.slug, city_name(city, speech)) for city in group]) for country, group in by_country(cities, speech)]


def first_to_begin(campaign: Campaign, cities: Sequence[MemberCity]) -> MemberCity | None:
    """The city in which the day begins before any other."""
    places = [city for city in cities if not city.is_elsewhere]
    return min(places, key=lambda city: (day_begins_at(campaign.day_on, city.time_zone), city.slug), default=None)


def world_strip(campaign: Campaign, cities: Sequence[MemberCity], now: datetime, speech: Translator) -> WorldStrip | None:
    """A bar for each moment at which the day begins in some city, first to last."""
    moments: dict[datetime, list[MemberCity]] = {}
    for city in sorted(cities, key=lambda each: _in_order(city_name(each, speech))):
        if not city.is_elsewhere:
            moments.setdefault(day_begins_at(campaign.day_on, city.time_zone), []).append(city)
    zones = [Zone(_label(moments[at], speech), at, len(moments[at]), has_begun=at <= now) for at in sorted(moments)]
    if not zones:
        return None
    return WorldStrip(
        zones=zones,
        begun_count=sum(zone.city_count for zone in zones if zone.has_begun),
        city_count=sum(zone.city_count for zone in zones),
        next_label=next((zone.label for zone in zones if not zone.has_begun), None),
    )


def _label(cities: Sequence[MemberCity], speech: Translator) -> str:
    """The first city's name and how many more."""
    first, more = city_name(cities[0], speech), len(cities) - 1
    if not more:
        return first
    said = speech.ngettext("%(city)s and %(count)s more city", "%(city)s and %(count)s more cities", more)
    return said % {"city": first, "count": speech.number(more)}


PHASE_SENTENCES = {
    "before": _("This city has not begun to collect voices yet."),
    "collecting": _("The day is still to come. This city is collecting voices now."),
    "day": _("Today is the day here. Voices are still being added."),
    "after": _("The day is over. A few more voices can still be told."),
    "over": _("The campaign is over. What people told stays here."),
}

CAMPAIGN_SENTENCES = {
    "before": _("The cities have not begun to collect voices yet."),
    "collecting": _("The day is still to come. Cities are collecting voices now."),
    "day": _("The day is going from city to city. Voices are still being added."),
    "after": PHASE_SENTENCES["after"],
    "over": PHASE_SENTENCES["over"],
}
