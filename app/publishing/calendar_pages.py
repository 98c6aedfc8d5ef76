"""The calendar of cultural diversity: a page to read and to print, and feeds for calendars."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.assembly.queries import public_campaign
from app.errors import NotFound
from app.models import Campaign
from app.publishing import calendar_feeds, calendar_queries, ics, queries
from app.publishing.calendar_views import CalendarPage, months_of
from app.publishing.places import city_choices, name_of
from app.publishing.queries import MemberCity
from app.web.deps import Now, ReadSession, RuntimeDep, Speech
from app.web.i18n import _
from app.web.templating import render

router = APIRouter(include_in_schema=False)

YEARS = (2000, 2100)
Year = Annotated[int | None, Query(ge=YEARS[0], le=YEARS[1])]
TITLE = _("Calendar of cultural diversity")


@router.get("/calendar")
def calendar(
    request: Request,
    session: ReadSession,
    runtime: RuntimeDep,
    now: Now,
    speech: Speech,
    year: Year = None,
    city: str | None = None,
) -> Response:
    """The year by months: international days, campaigns, and days of the network's, its chapters' and its cities' own."""
    network = queries.the_network(session)
    place = calendar_queries.city_by_slug(session, network.id, city) if city else None
    found = calendar_queries.occasions(session, network.id, city=place)
    shown = year or now.year
    of_city = {"city": place.slug} if place else {}

    def href(other: int) -> str | None:
        return f"/calendar?{urlencode({'year': other} | of_city)}" if YEARS[0] <= other <= YEARS[1] else None

    feed = f"/calendar.ics?{urlencode(of_city | {'lang': speech.language})}"
    page = CalendarPage(
        network=speech.choose(network.names).text,
        year=shown,
        months=months_of(shown, found, network, today=now.date(), speech=speech),
        city=place.slug if place else None,
        city_name=name_of(place.names, place.languages, speech) if place else None,
        city_choices=city_choices(calendar_queries.all_cities(session, network.id), speech),
        earlier_href=href(shown - 1),
        later_href=href(shown + 1),
        feed_url=f"{runtime.settings.resolved_base_url}{feed}",
        feed_href=feed,
    )
    return render(request, "publishing/calendar.html", page)


@router.get("/calendar.ics")
def calendar_feed(session: ReadSession, runtime: RuntimeDep, now: Now, speech: Speech, city: str | None = None) -> Response:
    """All days, or those of one city."""
    network = queries.the_network(session)
    place = calendar_queries.city_by_slug(session, network.id, city) if city else None
    found = calendar_queries.occasions(session, network.id, city=place)
    entries = calendar_feeds.all_days(
        network,
        found,
        calendar_queries.revisions(session, found.campaigns),
        base_url=runtime.settings.resolved_base_url,
        today=now.date(),
        speech=speech,
    )
    return _feed(f"{speech.gettext(TITLE)}, {speech.choose(network.names).text}", list(entries))


@router.get("/c/{campaign}/calendar.ics")
def campaign_feed(campaign: str, session: ReadSession, runtime: RuntimeDep, speech: Speech) -> Response:
    """The days of one campaign."""
    found = public_campaign(session, campaign)
    entries = calendar_feeds.campaign_days(
        queries.the_network(session),
        found,
        calendar_queries.revisions(session, [found])[found.id],
        base_url=runtime.settings.resolved_base_url,
        speech=speech,
    )
    return _feed(speech.choose(found.title).text, entries)


@router.get("/c/{campaign}/{city}/calendar.ics")
def city_feed(campaign: str, city: str, session: ReadSession, runtime: RuntimeDep, speech: Speech) -> Response:
    """The moments of a campaign in one city, by its own clocks."""
    found = public_campaign(session, campaign)
    member = _member(session, found, city)
    steps = calendar_queries.steps_in(session, found, member)
    entries = calendar_feeds.city_moments(
        queries.the_network(session),
        found,
        member,
        steps,
        calendar_queries.revision_in(session, found, steps.values()),
        base_url=runtime.settings.resolved_base_url,
        speech=speech,
    )
    return _feed(f"{speech.choose(found.title).text}, {name_of(member.names, member.languages, speech)}", entries)


def _member(session: Session, campaign: Campaign, slug: str) -> MemberCity:
    for member in queries.cities_of(session, [campaign.id]).get(campaign.id, []):
        if member.slug == slug:
            return member
    raise NotFound("campaign.city_not_in", city=slug)


def _feed(name: str, entries: Sequence[ics.WholeDays | ics.LocalMoment]) -> Response:
    headers = {"Content-Disposition": 'inline; filename="calendar.ics"'}
    return Response(ics.write(name, entries), media_type="text/calendar; charset=utf-8", headers=headers)
