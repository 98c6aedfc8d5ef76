"""The year as twelve months of days in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date, format_interval, format_skeleton

from app.campaigns.calendar_events import PlacedEvent
from app.campaigns.year import date_in, ends_on
from app.models import Campaign, InternationalDay, Network
from app.publishing.calendar_queries import Occasions
from app.publishing.places import name_of
from app.web.i18n import Translator, _, calendar_locale
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class DayView:
    """One line of a month."""

    begins_on: date
    when: str
    name: Chosen
    note: str  # who proclaimed it, whose day it is
    href: str | None  # of a campaign that is on no day of the calendar; where to read more about an own day
    campaigns: Sequence[tuple[Chosen, str]]  # on this day: title and address
    is_today: bool


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month with its days."""

    name: str
    days: Sequence[DayView]


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """The calendar of a year, of the whole network or of one city."""

    network: str
    year: int
    months: Sequence[MonthView]
    city: str | None  # its slug
    city_name: str | None
    city_choices: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    earlier_href: str | None
    later_href: str | None
    feed_url: str
    feed_href: str


@dataclass(frozen=True, slots=True)
class _Entry:
    begins_on: date
    ends_on: date
    order: int  # on one date: the world's days, campaigns, own days
    name: Chosen
    note: str
    href: str | None = None
    campaigns: Sequence[tuple[Chosen, str]] = ()


def origin_of(day: InternationalDay, network: Network, speech: Translator) -> str:
    """Who proclaimed a day and when, in words."""
    if day.proclaimed_by is None:
        return speech.choose(network.names).text
    by = speech.gettext(day.proclaimed_by)
    return f"{by}, {day.since_year}" if day.since_year else by


def place_of(placed: PlacedEvent, network: Network, speech: Translator) -> str:
    """Whose own day it is."""
    if placed.city is not None:
        return name_of(placed.city.names, placed.city.languages, speech)
    return speech.choose(placed.chapter.names if placed.chapter is not None else network.names, "en").text


def months_of(year: int, found: Occasions, network: Network, *, today: date, speech: Translator) -> list[MonthView]:
    """Everything of the year, each in the month in which it begins; what began the year before stands in January."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    months: dict[int, list[DayView]] = {month: [] for month in range(1, 13)}
    entries = [each for each in _entries(year, found, network, speech) if each.begins_on <= last and each.ends_on >= first]
    for entry in sorted(entries, key=lambda each: (each.begins_on, each.order, each.name.text)):
        month = max(entry.begins_on, first).month
        months[month].append(
            DayView(
                begins_on=entry.begins_on,
                when=_when(entry.begins_on, entry.ends_on, speech),
                name=entry.name,
                note=entry.note,
                href=entry.href,
                campaigns=entry.campaigns,
                is_today=entry.begins_on <= today <= entry.ends_on,
            )
        )
    locale = calendar_locale(speech.language)
    return [MonthView(str(format_date(date(year, month, 1), "LLLL", locale=locale)), days) for month, days in months.items()]


def _entries(year: int, found: Occasions, network: Network, speech: Translator) -> Iterator[_Entry]:
    alone = {campaign.id: campaign for campaign in found.campaigns}
    for day in (each for each in found.days if each.removed_at is None):
        for each_year in (year - 1, year):
            begins_on = date_in(day, each_year)
            if begins_on is None:
                continue
            last_on = ends_on(day, begins_on)
            on_it = [
                each for each in alone.values() if each.international_day_id == day.id and begins_on <= each.day_on <= last_on
            ]
            for campaign in on_it:
                del alone[campaign.id]
            yield _Entry(
                begins_on,
                last_on,
                0,
                speech.choose(day.names),
                origin_of(day, network, speech),
                campaigns=[(speech.choose(campaign.title), _address(campaign)) for campaign in on_it],
            )
    for placed in found.events:
        event = placed.event
        if event.cancelled_at is not None:
            continue
        on_it = [
            each
            for each in alone.values()
            if each.calendar_event_id == event.id and event.starts_on <= each.day_on <= event.ends_on
        ]
        for campaign in on_it:
            del alone[campaign.id]
        yield _Entry(
            event.starts_on,
            event.ends_on,
            2,
            speech.choose(event.names),
            place_of(placed, network, speech),
            event.link,
            campaigns=[(speech.choose(campaign.title), _address(campaign)) for campaign in on_it],
        )
    campaign_word = speech.gettext(_("Campaign"))
    for campaign in alone.values():
        on = campaign.day_on
        yield _Entry(on, on, 1, speech.choose(campaign.title), campaign_word, _address(campaign))


def _address(campaign: Campaign) -> str:
    return f"/c/{campaign.slug}"


def _when(begins_on: date, last_on: date, speech: Translator) -> str:
    """A weekday and its number, or two dates, as the language writes them."""
    locale = calendar_locale(speech.language)
    if begins_on == last_on:
        return str(format_skeleton("Ed", begins_on, locale=locale))
    within = (begins_on.year, begins_on.month) == (last_on.year, last_on.month)
    return str(format_interval(begins_on, last_on, "d" if within else "MMMd", locale=locale))
