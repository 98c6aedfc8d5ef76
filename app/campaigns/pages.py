"""Campaigns at the desk: planned and opened by the manager, read and joined by the cities."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor, require
from app.accounts.desk import desk_nav
from app.accounts.queries import cities_where, city_for
from app.campaigns import calendar_pages, pause_pages, queries, service, timeline_pages, views, writing
from app.campaigns.contexts import STATUS_WORDS, BriefPage, CampaignsPage, ManagerPage, Told
from app.campaigns.queries import campaign_by_slug
from app.enums import CampaignStatus, Permission
from app.errors import NotFound, Refused, RefusedFields
from app.models import Campaign, City
from app.network.queries import chapters_of, cities_of, cities_of_chapter
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(include_in_schema=False)
router.include_router(calendar_pages.router)
router.include_router(timeline_pages.router)
router.include_router(pause_pages.router)
router.include_router(writing.router)  # first: "new" is no campaign


@router.get("/desk/campaigns")
def list_campaigns(request: Request, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now) -> Response:
    """The manager's campaigns and the days of the year; for others the campaigns of their cities."""
    can_manage = actor.may(Permission.MANAGE_CAMPAIGNS)
    if can_manage:
        campaigns = queries.all_campaigns(session, actor.network_id)
        days = queries.international_days(session, actor.network_id)
    else:
        campaigns, days = queries.campaigns_of(session, cities_where(actor, Permission.MODERATE)), []
    counts = queries.counts_by_campaign(session, actor.network_id) if can_manage else {}
    groups = [
        (
            speech.gettext(STATUS_WORDS[status]),
            [views.campaign_line(each, counts.get(each.id, (0, 0)), speech) for each in campaigns if each.status is status],
        )
        for status in (CampaignStatus.OPEN, CampaignStatus.DRAFT, CampaignStatus.CLOSED)
    ]
    lines = sorted((views.day_line(day, now.date(), speech) for day in days), key=lambda line: line.next_on)
    page = CampaignsPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        can_manage=can_manage,
        groups=[group for group in groups if group[1]],
        days=lines,
    )
    return render(request, "campaigns/campaigns.html", page)


@router.get("/desk/campaigns/{slug}")
def show_campaign(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now, runtime: RuntimeDep
) -> Response:
    """One campaign: for the manager with everything that can be done, for the cities its brief."""
    campaign = campaign_by_slug(session, actor.network_id, slug)
    if actor.may(Permission.MANAGE_CAMPAIGNS):
        told = _told(request, speech)
        return render(request, "campaigns/campaign.html", _manager_page(session, actor, campaign, speech, now, told=told))
    seen, joinable = cities_where(actor, Permission.MODERATE), cities_where(actor, Permission.JOIN_CAMPAIGN)
    base_url = runtime.settings.resolved_base_url
    places = views.own_places(session, campaign, seen=seen, joinable=joinable, base_url=base_url, speech=speech)
    if campaign.status is CampaignStatus.DRAFT or not places:
        raise NotFound("campaign.unknown", campaign=slug)
    page = BriefPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        campaign=views.campaign_view(campaign, speech),
        places=places,
        told=_told(request, speech),
    )
    return render(request, "campaigns/brief.html", page)


@router.post("/desk/campaigns/{slug}/open")
def open_campaign(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Open a draft."""
    service.open_campaign(session, campaign_by_slug(session, actor.network_id, slug), actor=actor, now=now)
    return _back(slug, "opened=yes")


@router.post("/desk/campaigns/{slug}/close")
def close_campaign(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Close an open campaign."""
    service.close_campaign(session, campaign_by_slug(session, actor.network_id, slug), actor=actor, now=now)
    return _back(slug, "closed=yes")


@router.post("/desk/campaigns/{slug}/invite")
def invite_cities(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: WriteSession,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
    runtime: RuntimeDep,
) -> Response:
    """Invite the cities of a ticked list, of a chapter, or all of them."""
    require(actor, Permission.MANAGE_CAMPAIGNS)
    campaign = campaign_by_slug(session, actor.network_id, slug)
    try:
        cities = _chosen_cities(session, actor, fields)
    except RefusedFields as refused:
        page = _manager_page(session, actor, campaign, speech, now, refused=refused)
        return render(request, "campaigns/campaign.html", page, status=422)
    base_url = runtime.settings.resolved_base_url
    invited = service.invite(session, campaign, cities=cities, actor=actor, now=now, base_url=base_url)
    return _back(slug, f"invited={invited.cities}&people={invited.people}&silent={invited.silent_cities}")


@router.post("/desk/campaigns/{slug}/join")
def join_campaign(slug: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now) -> Response:
    """A city of this person's joins."""
    campaign = campaign_by_slug(session, actor.network_id, slug)
    city = city_for(session, actor, Permission.JOIN_CAMPAIGN, fields.raw("city"))
    service.join(session, campaign, city, actor=actor, now=now)
    return _back(slug, "joined=yes")


def _chosen_cities(session: Session, actor: Actor, fields: Fields) -> list[City]:
    act = fields.raw("act")
    if act == "chapter":
        cities = cities_of_chapter(session, actor.network_id, fields.raw("chapter"))
    else:
        wanted = set(fields.many("cities"))
        cities = [city for city in cities_of(session, actor.network_id) if act == "all" or city.slug in wanted]
    if not cities:
        fields.refuse("chapter" if act == "chapter" else "cities", "campaign.nobody_chosen")
    fields.refuse_if_wrong()
    return cities


def _manager_page(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    speech: Translator,
    now: datetime,
    *,
    told: Told | None = None,
    refused: Refused | None = None,
) -> ManagerPage:
    is_open = campaign.status is CampaignStatus.OPEN
    known = {city.id for _place, city in queries.cities_in(session, campaign.id, joined=False)}
    invitable = [city for city in cities_of(session, actor.network_id) if city.id not in known] if is_open else []
    chapters = chapters_of(session, actor.network_id) if invitable else []
    return ManagerPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        campaign=views.campaign_view(campaign, speech),
        places=views.places_by_state(session, campaign, speech),
        invitable=views.with_country(invitable, speech),
        chapters=[(each.slug, speech.choose(each.names).text) for each in chapters],
        day_is_over=views.is_over(campaign, now),
        told=told,
        errors=field_errors(refused, speech) if refused else (),
    )


DONE = {
    "opened": ("good", _("The campaign is open"), _("Now invite the cities.")),
    "closed": ("info", _("The campaign is closed"), _("Nothing more is collected; what was made stays.")),
    "joined": ("good", _("Welcome: your city takes part"), _("Below are its page and the link to its form.")),
    "kept": ("good", _("The draft is kept"), _("Only you and other managers see it.")),
}


def _told(request: Request, speech: Translator) -> Told | None:
    """What the address says was just done."""
    said = request.query_params
    for name, (kind, title, text) in DONE.items():
        if name in said:
            return Told(kind, speech.gettext(title), speech.gettext(text))
    counts = {name: int(said[name]) for name in ("invited", "people", "silent") if said.get(name, "").isdecimal()}
    return _told_of_invitation(speech, **counts) if len(counts) == 3 else None


def _told_of_invitation(speech: Translator, *, invited: int, people: int, silent: int) -> Told:
    if not invited:
        return Told("info", speech.gettext(_("They were invited before")), speech.gettext(_("Nobody is asked twice.")))
    title = speech.ngettext("%(count)s city is invited", "%(count)s cities are invited", invited)
    text = speech.ngettext("%(count)s person gets a mail.", "%(count)s people get a mail.", people)
    text = text % {"count": speech.number(people)}
    if silent:
        quiet = speech.ngettext(
            "%(count)s city has nobody at the desk yet: nobody is told there.",
            "%(count)s cities have nobody at the desk yet: nobody is told there.",
            silent,
        )
        text += " " + quiet % {"count": speech.number(silent)}
    return Told("warn" if silent else "good", title % {"count": speech.number(invited)}, text)


def _back(slug: str, query: str) -> Response:
    return RedirectResponse(f"/desk/campaigns/{slug}?{query}", status_code=303)
