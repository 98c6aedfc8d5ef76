"""Makes the storyboard page out of a rehearsal: warnings on top, then what happens, by local day and by city."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.campaigns.contexts import Nav
from app.campaigns.rehearsal import Act, Check, Rehearsal, Warned
from app.campaigns.rehearsal_checks import CAMPAIGN, NETWORK, TIMELINE, WRITING
from app.campaigns.views import sorting_key
from app.enums import CampaignStatus
from app.models import Campaign, City
from app.web.i18n import Translator, _
from app.words import Chosen

FEW = 8  # so many cities are named; of more, how many they are
FEW_LINES = 4  # so many warnings of one kind are shown at once
MENDED_AT = {
    CAMPAIGN: _("To the campaign"),
    TIMELINE: _("To the time-line"),
    WRITING: _("Write the draft again"),
    NETWORK: _("To the network's cities"),
}


@dataclass(frozen=True, slots=True)
class WarningLine:
    """Something to mend before it hurts."""

    sentence: str
    cities: Sequence[Chosen]
    more_cities: Sequence[Chosen]  # beyond the first few


@dataclass(frozen=True, slots=True)
class WarningGroup:
    """Warnings of one kind, with what helps against them."""

    lines: Sequence[WarningLine]
    more_lines: Sequence[WarningLine]  # beyond the first few
    advice: str
    href: str
    link_label: str


@dataclass(frozen=True, slots=True)
class StoryLine:
    """What happens at a local time, in one city or in several alike."""

    local_time: str
    effect: str
    is_network: bool
    chapters: Sequence[Chosen]  # for which it happens once each
    cities: Sequence[Chosen]  # none when they are too many to be named
    city_count: int
    first_at: str  # in UTC, in words
    last_at: str | None  # None when it is everywhere the same instant
    notes: Sequence[str]
    is_to_come: bool


@dataclass(frozen=True, slots=True)
class StoryDay:
    """A local date on which something happens."""

    label: str
    lines: Sequence[StoryLine]


@dataclass(frozen=True, slots=True)
class RehearsalPage:
    """The dress rehearsal of a campaign."""

    desk_nav: Nav
    title: Chosen
    campaign_href: str
    path_of_page: str
    is_draft: bool
    step_count: int
    city_count: int
    warning_count: int
    warnings: Sequence[WarningGroup]
    options: Sequence[tuple[str, str]]  # cities to choose from
    chosen_city: str
    days: Sequence[StoryDay]


def rehearsal_page(rehearsal: Rehearsal, speech: Translator, *, desk_nav: Nav, chosen_city: str) -> RehearsalPage:
    """The whole storyboard, or that of one city with what the network does around it, and the warnings about it."""
    campaign = rehearsal.script.campaign
    href = f"/desk/campaigns/{campaign.slug}"
    cities = _by_name({act.city.id: act.city for act in rehearsal.acts if act.city}.values(), speech)
    acts = [act for act in rehearsal.acts if not chosen_city or act.city is None or act.city.slug == chosen_city]
    warnings = [
        warned
        for warned in rehearsal.warnings
        if not chosen_city or not warned.cities or chosen_city in {city.slug for city in warned.cities}
    ]
    return RehearsalPage(
        desk_nav=desk_nav,
        title=speech.choose(campaign.title),
        campaign_href=href,
        path_of_page=f"{href}/rehearsal",
        is_draft=campaign.status is CampaignStatus.DRAFT,
        step_count=len(rehearsal.acts),
        city_count=len(cities),
        warning_count=len(warnings),
        warnings=[
            _warning_group(check, list(alike), campaign, speech)
            for check, alike in groupby(warnings, key=lambda warned: warned.check)
        ],
        options=[("", speech.gettext(_("All cities"))), *((city.slug, _name(city, speech).text) for city in cities)],
        chosen_city=chosen_city,
        days=list(_days(acts, rehearsal, speech)),
    )


def _warning_group(check: Check, warnings: Sequence[Warned], campaign: Campaign, speech: Translator) -> WarningGroup:
    place = check.mended_at
    if place == WRITING and campaign.status is not CampaignStatus.DRAFT:  # its form is closed; its steps can still be moved
        place = TIMELINE if "action" in warnings[0].params else CAMPAIGN
    lines = [_warning_line(warned, speech) for warned in warnings]
    return WarningGroup(
        lines=lines[:FEW_LINES],
        more_lines=lines[FEW_LINES:],
        advice=speech.gettext(check.advice),
        href=place.format(slug=campaign.slug),
        link_label=speech.gettext(MENDED_AT[place]),
    )


def _warning_line(warned: Warned, speech: Translator) -> WarningLine:
    names = [_name(city, speech) for city in _by_name(warned.cities, speech)]
    return WarningLine(warned.summary(speech), names[:FEW], names[FEW:])


def _days(acts: Sequence[Act], rehearsal: Rehearsal, speech: Translator) -> Iterator[StoryDay]:
    def day_and_line(act: Act) -> tuple[str, str, int, str]:
        return (act.local.date().isoformat(), f"{act.local:%H:%M}", act.line.position, _without_place(act, speech))

    alike = [list(group) for _key, group in groupby(sorted(acts, key=day_and_line), key=day_and_line)]
    for day, groups in groupby(alike, key=lambda group: group[0].local.date()):
        yield StoryDay(speech.on_date(day), [_line(group, rehearsal, speech) for group in groups])


def _line(acts: Sequence[Act], rehearsal: Rehearsal, speech: Translator) -> StoryLine:
    cities = _by_name([act.city for act in acts if act.city], speech)
    chapters = [speech.choose(act.chapter.names) for act in acts if act.chapter]
    notes = {warned.sentence(speech): None for act in acts for warned in rehearsal.warnings_of.get(act, ())}
    first_at, last_at = min(act.at for act in acts), max(act.at for act in acts)
    return StoryLine(
        local_time=f"{acts[0].local:%H:%M}",
        effect=_without_place(acts[0], speech),
        is_network=not cities and not chapters,
        chapters=chapters,
        cities=[_name(city, speech) for city in cities] if len(cities) <= FEW else [],
        city_count=len(cities),
        first_at=speech.at_time(first_at, "UTC"),
        last_at=speech.at_time(last_at, "UTC") if last_at != first_at else None,
        notes=list(notes),
        is_to_come=acts[0].standing is None,
    )


def _without_place(act: Act, speech: Translator) -> str:
    """What it will do without the name of the city, which stands beside it."""
    said = act.said(speech).replace(f"{speech.choose(act.city.names)}: ", "", 1) if act.city else act.said(speech)
    return said[:1].upper() + said[1:]


def _by_name(cities: Iterable[City], speech: Translator) -> list[City]:
    return sorted(cities, key=lambda city: sorting_key(_name(city, speech).text))


def _name(city: City, speech: Translator) -> Chosen:
    return speech.choose(city.names, "en")
