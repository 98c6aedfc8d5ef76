"""What each calendar feed holds: the days of all, the days of a campaign, the moments of a city."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.campaigns.plan import StepName
from app.campaigns.rules import day_begins_at, day_ends_at
from app.campaigns.year import date_in, ends_on, is_yearly
from app.models import Campaign, InternationalDay, Network
from app.publishing.calendar_queries import Occasions, Revision, StepMoment
from app.publishing.calendar_views import origin_of, place_of
from app.publishing.ics import LocalMoment, WholeDays
from app.publishing.places import city_name
from app.publishing.queries import MemberCity
from app.web.i18n import Translator, _
from app.words import Chosen

FIRST_YEAR = 2026  # calendars begin with the service
YEARS_BEFORE, YEARS_AHEAD = 1, 5  # for which days that move are written out

OPENS = _("%(campaign)s: people can send now")
LAST_DAY = _("%(campaign)s: the last day")
CLOSES = _("%(campaign)s: nothing more is collected")
SPOTLIGHT = _("%(campaign)s: %(city)s in the spotlight")


def all_days(
    network: Network, found: Occasions, revisions: dict[int, Revision], *, base_url: str, today: date, speech: Translator
) -> Iterator[WholeDays]:
    """International days, own days and the days of campaigns."""
    for day in found.days:
        yield from _international(network, day, today, speech)
    for placed in found.events:
        event = placed.event
        yield WholeDays(
            uid=event.uid,
            summary=speech.choose(event.names),
            begins_on=event.starts_on,
            ends_on=event.ends_on,
            revision=Revision(event.sequence, event.changed_at),
            description=place_of(placed, network, speech),
            url=event.link,
            is_cancelled=event.cancelled_at is not None,
        )
    for campaign in found.campaigns:
        title = speech.choose(campaign.title)
        yield _campaign_day(network, campaign, "day", campaign.day_on, title, revisions[campaign.id], base_url)


def campaign_days(
    network: Network, campaign: Campaign, revision: Revision, *, base_url: str, speech: Translator
) -> list[WholeDays]:
    """The first day of a campaign, the day, and the last."""
    title = speech.choose(campaign.title)
    opens_on = campaign.day_on + timedelta(days=campaign.pre_day_offset_days)
    last_on = campaign.day_on + timedelta(days=campaign.post_day_offset_days)
    return [
        _campaign_day(network, campaign, part, on, summary, revision, base_url)
        for part, on, summary in (
            ("opens", opens_on, _said(OPENS, title, speech)),
            ("day", campaign.day_on, title),
            ("last-day", last_on, _said(LAST_DAY, title, speech)),
        )
    ]


def city_moments(
    network: Network,
    campaign: Campaign,
    city: MemberCity,
    steps: Mapping[str, StepMoment],
    revision: Revision,
    *,
    base_url: str,
    speech: Translator,
) -> Sequence[LocalMoment]:
    """When collection opens in a city, its day, when collection closes, and its turn, by its own clocks; its steps say when."""
    title, zone, name = speech.choose(campaign.title), city.time_zone, city_name(city, speech)
    page = f"{base_url}/c/{campaign.slug}/{city.slug}"

    def moment(
        part: str, summary: Chosen, begins_at: datetime, ends_at: datetime, *, url: str = page, is_left_out: bool = False
    ) -> LocalMoment:
        return LocalMoment(
            uid=f"campaign-{campaign.slug}-{city.slug}-{part}@{network.slug}",
            summary=summary,
            begins_at=begins_at,
            ends_at=ends_at,
            time_zone=zone,
            place=name,
            revision=revision,
            url=url,
            is_cancelled=is_left_out or (campaign.closed_at is not None and campaign.closed_at < begins_at),
        )

    doors = {
        part: moment(part, _said(sentence, title, speech), door.at, door.at, is_left_out=door.is_left_out)
        for part, action, sentence in (("opens", StepName.OPEN_COLLECTION, OPENS), ("closes", StepName.CLOSE_COLLECTION, CLOSES))
        if (door := steps.get(action.value)) is not None
    }
    day = moment("day", title, day_begins_at(campaign.day_on, zone), day_ends_at(campaign.day_on, zone))
    turn = None
    if (spotlit := steps.get(StepName.SPOTLIGHT.value)) is not None:
        said = Chosen(speech.language, speech.gettext(SPOTLIGHT) % {"campaign": title.text, "city": name})
        ends_at = day_ends_at(spotlit.at.astimezone(ZoneInfo(zone)).date(), zone)
        turn = moment("spotlight", said, spotlit.at, ends_at, url=f"{page}/spotlight", is_left_out=spotlit.is_left_out)
    return [each for each in (doors.get("opens"), day, doors.get("closes"), turn) if each is not None]


def _international(network: Network, day: InternationalDay, today: date, speech: Translator) -> Iterator[WholeDays]:
    """One that comes each year on its date; one that moves, or waits for leap years, once for each of the years around now."""
    years = range(max(FIRST_YEAR, today.year - YEARS_BEFORE), today.year + YEARS_AHEAD + 1)
    repeats = is_yearly(day)
    for year in (FIRST_YEAR,) if repeats else years:
        begins_on = date_in(day, year)
        if begins_on is None:
            continue
        yield WholeDays(
            uid=f"day-{day.slug}@{network.slug}" if repeats else f"day-{day.slug}-{year}@{network.slug}",
            summary=speech.choose(day.names),
            begins_on=begins_on,
            ends_on=ends_on(day, begins_on),
            revision=Revision(day.sequence, day.changed_at),
            description=origin_of(day, network, speech),
            is_yearly=repeats,
            is_cancelled=day.removed_at is not None,
        )


def _campaign_day(
    network: Network, campaign: Campaign, part: str, on: date, summary: Chosen, revision: Revision, base_url: str
) -> WholeDays:
    return WholeDays(
        uid=f"campaign-{campaign.slug}-{part}@{network.slug}",
        summary=summary,
        begins_on=on,
        ends_on=on,
        revision=revision,
        url=f"{base_url}/c/{campaign.slug}",
        is_cancelled=campaign.closed_at is not None and campaign.closed_at.date() < on,
    )


def _said(sentence: str, title: Chosen, speech: Translator) -> Chosen:
    return Chosen(speech.language, speech.gettext(sentence) % {"campaign": title.text})
