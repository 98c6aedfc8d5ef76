"""Campaigns at the desk: planned and opened by the manager, read and joined by the cities."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.accounts.queries import cities_where, city_for
from app.campaigns import (
    brief_pages,
    calendar_pages,
    day_pages,
    line_pages,
    missing_pages,
    opening_pages,
    own_day_pages,
    pause_pages,
    queries,
    service,
    timeline_pages,
    views,
    writing,
)
from app.campaigns.access import chapters_in, managed_campaign, managed_where, may_manage, reach
from app.campaigns.brief_pages import closes
from app.campaigns.brief_queries import member_campaigns, members_of, unsettled_count, voices_in
from app.campaigns.brief_views import city_lines
from app.campaigns.contexts import STATUS_WORDS, BriefPage, CampaignsPage, ManagerPage, Preparation, Told
from app.campaigns.queries import campaign_by_slug
from app.enums import CampaignStatus, Permission
from app.errors import NotFound, Refused, RefusedFields
from app.models import Campaign, City
from app.network.queries import chapters_of, cities_of_chapter
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(include_in_schema=False)
router.include_router(own_day_pages.router)  # first: "days" is no day
router.include_router(calendar_pages.router)
router.include_router(timeline_pages.router)
router.include_router(line_pages.router)
router.include_router(day_pages.router)
router.include_router(pause_pages.router)
router.include_router(brief_pages.router)
router.include_router(opening_pages.router)
router.include_router(missing_pages.router)
router.include_router(writing.router)  # first: "new" is no campaign


@router.get("/desk/campaigns")
def list_campaigns(request: Request, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now) -> Response:
    """The campaigns that this person runs, those of their cities and of their working groups; the days of the year."""
    can_manage = actor.may(Permission.MANAGE_CAMPAIGNS)
    runs = queries.campaigns_where(session, managed_where(actor)) if can_manage else []
    theirs = [
        *queries.campaigns_of(session, cities_where(actor, Permission.MODERATE)),
        *member_campaigns(session, actor.person_id),
    ]
    run_ids = {each.id for each in runs}
    campaigns = list({each.id: each for each in (*runs, *theirs)}.values())
    campaigns.sort(key=lambda each: (-each.day_on.toordinal(), each.slug))
    days = queries.international_days(session, actor.network_id) if can_manage else []
    counts = queries.counts_by_campaign(session, actor.network_id) if run_ids else {}
    own = (
        {}
        if actor.is_manager
        else queries.counts_by_campaign(session, actor.network_id, cities_where(actor, Permission.MODERATE))
    )
    chapters = {each.id: each for each in chapters_of(session, actor.network_id)}
    groups = [
        (
            speech.gettext(STATUS_WORDS[status]),
            [
                views.campaign_line(
                    each,
                    (counts if each.id in run_ids else own).get(each.id, (0, 0)),
                    speech,
                    chapter=chapters[each.chapter_id] if each.chapter_id else None,
                    runs_it=each.id in run_ids,
                )
                for each in campaigns
                if each.status is status
            ],
        )
        for status in (CampaignStatus.OPEN, CampaignStatus.PREPARING, CampaignStatus.DRAFT, CampaignStatus.CLOSED)
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
    """One campaign: for whoever runs it with everything that can be done, for others with what is theirs in it."""
    campaign = campaign_by_slug(session, actor.network_id, slug)
    if may_manage(actor, campaign):
        told = _told(request, speech)
        return render(request, "campaigns/campaign.html", _manager_page(session, actor, campaign, speech, now, told=told))
    seen, joinable = cities_where(actor, Permission.MODERATE), cities_where(actor, Permission.JOIN_CAMPAIGN)
    base_url = runtime.settings.resolved_base_url
    places = views.own_places(session, campaign, seen=seen, joinable=joinable, base_url=base_url, speech=speech)
    is_member = voices_in(session, actor, campaign).is_member
    if campaign.status is CampaignStatus.DRAFT or not (places or is_member):
        raise NotFound("campaign.unknown", campaign=slug)
    page = BriefPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        campaign=views.campaign_view(campaign, speech),
        places=places,
        told=_told(request, speech),
        is_member=is_member,
        reminds=bool(places) and actor.may(Permission.MANAGE_CAMPAIGNS),
        chapters=[
            (f"/desk/campaigns/{slug}/toolkit/{chapter.slug}", speech.choose(chapter.names, "en"))
            for chapter in chapters_in(session, actor, campaign)
        ],
    )
    return render(request, "campaigns/brief.html", page)


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
    campaign = managed_campaign(session, actor, slug)
    try:
        cities = _chosen_cities(session, campaign, fields)
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


def _chosen_cities(session: Session, campaign: Campaign, fields: Fields) -> list[City]:
    act = fields.raw("act")
    if act == "chapter":
        cities = cities_of_chapter(session, campaign.network_id, fields.raw("chapter"))
    else:
        wanted = set(fields.many("cities"))
        cities = [city for city in reach(session, campaign) if act == "all" or city.slug in wanted]
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
    known = {city.id for _place, city in queries.cities_in(session, campaign.id, joined=False)}
    invitable = [city for city in reach(session, campaign) if city.id not in known] if campaign.status.is_running else []
    chapters = chapters_of(session, actor.network_id) if invitable or campaign.chapter_id else []
    own = next((each for each in chapters if each.id == campaign.chapter_id), None)
    return ManagerPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        campaign=views.campaign_view(campaign, speech),
        chapter=speech.choose(own.names) if own else None,
        preparation=_preparation(session, campaign, speech) if campaign.status is CampaignStatus.PREPARING else None,
        places=views.places_by_state(session, campaign, speech),
        invitable=views.with_country(invitable, speech),
        chapters=[] if own else [(each.slug, speech.choose(each.names).text) for each in chapters],
        day_is_over=views.is_over(campaign, now),
        told=told,
        errors=field_errors(refused, speech) if refused else (),
    )


def _preparation(session: Session, campaign: Campaign, speech: Translator) -> Preparation:
    cities = city_lines(session, campaign, speech)
    return Preparation(
        has_read_count=sum(line.mark == "done" for line in cities),
        invited_count=len(cities),
        unsettled_count=unsettled_count(session, campaign.id),
        member_count=len(members_of(session, campaign.id)),
        closes=closes(session, campaign, speech),
    )


DONE = {
    "preparing": (
        "good",
        _("The preparation has begun"),
        _("Now invite the cities, and choose the people of the working group."),
    ),
    "opened": ("good", _("The campaign is open"), _("It is public from now on.")),
    "closed": ("info", _("The campaign is closed"), _("Nothing more is collected; what was made stays.")),
    "joined": ("good", _("Welcome: your city takes part"), _("Below are its page and the link to its form.")),
    "kept": ("good", _("The draft is kept"), _("Only you and other managers see it.")),
    "version": ("good", _("The brief is kept"), _("The cities and the working group read this version from now on.")),
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
