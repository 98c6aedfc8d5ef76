"""The time-line at the desk: how far it is everywhere, and what can be changed, shown before it is done."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.accounts.queries import cities_where, city_for
from app.campaigns import control
from app.campaigns.access import managed_campaign, may_manage
from app.campaigns.contexts import Told
from app.campaigns.control import Change, NewMoment, StepAct
from app.campaigns.moments import Moments
from app.campaigns.plan import step_label
from app.campaigns.queries import campaign_by_slug, invited_cities, participation
from app.campaigns.timeline import PlacedRun, moments_of, placed_runs, steps_of, zone_of
from app.campaigns.timeline_contexts import (
    ACT_SENTENCES,
    ACT_WORDS,
    ActChoice,
    ConfirmPage,
    LinePage,
    PauseView,
    StepLine,
    TimelinePage,
)
from app.campaigns.timeline_views import (
    change_line,
    name_of,
    pause_view,
    step_groups,
    step_line,
    unchanged_by_reason,
    upcoming,
    zone_name,
)
from app.campaigns.views import sorting_key
from app.enums import CampaignStatus, Permission, Phase, StepClock, StepScope
from app.errors import NotFound, Refused
from app.models import Campaign, CampaignCity, ChapterCity, City, StepRun, TimelineStep
from app.web.deps import FieldsDep, Now, ReadSession, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(prefix="/desk/campaigns/{slug}/timeline", include_in_schema=False)
Place = tuple[CampaignCity, City]


@router.get("")
def show(request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, city: str = "") -> Response:
    """Every line and how it stands, in all cities of this person or in one."""
    campaign, places = _seen(session, actor, slug)
    manages = may_manage(actor, campaign)
    chosen = _chosen(places, city or (places[0][1].slug if len(places) == 1 and not manages else ""))
    in_city, moments = chosen[1] if chosen else None, moments_of(session, campaign)
    by_line: dict[int, list[PlacedRun]] = {}
    for each in placed_runs(session, campaign.id, *_scope(places, chosen, everywhere=manages)):
        by_line.setdefault(each.step.id, []).append(each)
    can_change = manages and campaign.status.is_running

    def line(step: TimelineStep) -> StepLine:
        runs = by_line.get(step.id, [])
        href = _line_href(slug, step, chosen) if can_change and runs else None
        return step_line(step, runs, moments, speech, city=in_city, href=href)

    lines = [(step, line(step)) for step in steps_of(session, campaign) if chosen is None or _is_seen(step, by_line)]
    page = TimelinePage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        campaign_href=f"/desk/campaigns/{slug}",
        href=timeline_href(slug),
        cities=_options(places, speech),
        chosen=in_city.slug if in_city else "",
        city=name_of(in_city, speech) if in_city else None,
        upcoming=upcoming(lines, by_line) if campaign.status.is_running else [],
        groups=step_groups(lines, by_line, moments, speech),
        resting=[name_of(each, speech) for place, each in places if place.paused_at is not None],
        pause=_pause_of(actor, campaign, chosen, speech) if campaign.status.is_running else None,
        can_manage=can_change,
        day_href=timeline_href(slug, "day") if can_change and campaign.phase is Phase.PRE_DAY else None,
        lines_href=timeline_href(slug, "lines") if manages and campaign.status is not CampaignStatus.CLOSED else None,
        told=_told(request, speech),
    )
    return render(request, "campaigns/timeline.html", page)


@router.get("/{position:int}")
def show_line(
    request: Request,
    slug: str,
    position: int,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    now: Now,
    city: str = "",
) -> Response:
    """What can be done to one line, in all cities or in one."""
    campaign = managed_campaign(session, actor, slug)
    page = _line_page(session, actor, campaign, position, city, speech, now)
    return render(request, "campaigns/timeline_line.html", page)


@router.get("/{position:int}/{act}")
def before_change(
    request: Request,
    slug: str,
    position: int,
    act: StepAct,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    now: Now,
) -> Response:
    """What an act would do."""
    campaign = managed_campaign(session, actor, slug)
    fields = Fields({name: [value] for name, value in request.query_params.items()})
    step, chosen = control.line_of(session, campaign, position), _city(session, actor, campaign, fields.raw("city"))
    try:
        to = _moment(fields) if act is StepAct.MOVE else None
        changes = control.planned_changes(session, campaign, step, act, city=chosen, to=to, now=now)
    except Refused as refused:
        asked = _line_page(session, actor, campaign, position, fields.raw("city"), speech, now, refused=refused, typed=fields)
        return render(request, "campaigns/timeline_line.html", asked, status=422)
    moments = moments_of(session, campaign)
    page = _confirm_page(actor, campaign, step, act, chosen, changes, moments, speech, fields)
    return render(request, "campaigns/timeline_confirm.html", page)


@router.post("/{position:int}/{act}")
def change(
    slug: str, position: int, act: StepAct, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now
) -> Response:
    """Do it."""
    campaign = managed_campaign(session, actor, slug)
    step, chosen = control.line_of(session, campaign, position), _city(session, actor, campaign, fields.raw("city"))
    to = _moment(fields) if act is StepAct.MOVE else None
    count = control.change_steps(session, campaign, step, act, city=chosen, to=to, actor=actor, now=now)
    return back_to_timeline(slug, city=chosen.slug if chosen else "", done=act.value, count=count)


def _seen(session: Session, actor: Actor, slug: str) -> tuple[Campaign, list[Place]]:
    """The campaign with the cities in it that this person looks after; nothing is there for whoever has none."""
    campaign = campaign_by_slug(session, actor.network_id, slug)
    found = invited_cities(session, campaign.id, cities_where(actor, Permission.MODERATE))
    places = [(place, city) for place, city in found if place.joined_at is not None]
    if not may_manage(actor, campaign) and (campaign.status is CampaignStatus.DRAFT or not places):
        raise NotFound("campaign.unknown", campaign=slug)
    return campaign, places


def _chosen(places: Sequence[Place], slug: str) -> Place | None:
    if not slug:
        return None
    chosen = next((each for each in places if each[1].slug == slug), None)
    if chosen is None:
        raise NotFound("campaign.city_not_in", city=slug)
    return chosen


def _city(session: Session, actor: Actor, campaign: Campaign, slug: str) -> City | None:
    if not slug:
        return None
    city_for(session, actor, Permission.MANAGE_CAMPAIGNS, slug)
    return participation(session, campaign.id, slug)[1]


def _scope(places: Sequence[Place], chosen: Place | None, *, everywhere: bool) -> tuple[ColumnElement[bool], ...]:
    """The runs of the network, and those of the cities that are looked at and of their chapters."""
    if chosen is None and everywhere:
        return ()
    seen = [chosen] if chosen else places
    theirs = select(ChapterCity.chapter_id).where(ChapterCity.city_id.in_([city.id for _place, city in seen]))
    of_network = and_(StepRun.campaign_city_id.is_(None), or_(StepRun.chapter_id.is_(None), StepRun.chapter_id.in_(theirs)))
    return (or_(of_network, StepRun.campaign_city_id.in_([place.id for place, _city in seen])),)


def _is_seen(step: TimelineStep, runs: Mapping[int, Sequence[PlacedRun]]) -> bool:
    """Whether a line has anything to say of one city: not where it has no run there."""
    return step.id in runs


def _options(places: Sequence[Place], speech: Translator) -> list[tuple[str, str]]:
    named = [(city.slug, name_of(city, speech).text) for _place, city in places]
    return sorted(named, key=lambda pair: sorting_key(pair[1]))


def _pause_of(actor: Actor, campaign: Campaign, chosen: Place | None, speech: Translator) -> PauseView | None:
    if chosen is None or not actor.may(Permission.JOIN_CAMPAIGN):
        return None
    href = f"{timeline_href(campaign.slug, 'pause')}?{urlencode({'city': chosen[1].slug})}"
    return pause_view(*chosen, speech, href=href)


def _moment(fields: Fields) -> NewMoment:
    """The date and the time of day that were typed."""
    on = fields.day("on")
    at = time.min
    try:
        at = time.fromisoformat(fields.raw("at").strip()).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        fields.refuse("at", "form.not_a_time")
    fields.refuse_if_wrong()
    return NewMoment(on, at)


def _line_page(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    position: int,
    city: str,
    speech: Translator,
    now: datetime,
    *,
    refused: Refused | None = None,
    typed: Fields | None = None,
) -> LinePage:
    step, chosen = control.line_of(session, campaign, position), _city(session, actor, campaign, city)
    query = f"?{urlencode({'city': chosen.slug})}" if chosen else ""

    def is_possible(act: StepAct, to: NewMoment | None = None) -> bool:
        changes = control.planned_changes(session, campaign, step, act, city=chosen, to=to, now=now)
        return any(each.refused is None for each in changes)

    some_day = NewMoment(campaign.day_on + timedelta(days=control.MAX_OFFSET_DAYS), time.min)
    href = f"{timeline_href(campaign.slug)}/{position}"
    runs = [
        each
        for each in placed_runs(session, campaign.id, StepRun.step_id == step.id)
        if chosen is None or (each.city is not None and each.city.id == chosen.id)
    ]
    moments = moments_of(session, campaign)
    line = step_line(step, runs, moments, speech, city=chosen, href=None)
    on, at = _moment_now(step, runs if chosen else [], moments)
    return LinePage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        label=step_label(step.action, speech),
        back_href=timeline_href(campaign.slug) + query,
        city=name_of(chosen, speech) if chosen else None,
        chosen=chosen.slug if chosen else "",
        line=line,
        acts=[
            ActChoice(speech.gettext(ACT_WORDS[act]), speech.gettext(ACT_SENTENCES[act]), f"{href}/{act.value}{query}")
            for act in StepAct
            if act is not StepAct.MOVE and is_possible(act)
        ],
        move_href=f"{href}/{StepAct.MOVE.value}" if is_possible(StepAct.MOVE, some_day) else None,
        move_on=typed.raw("on") if typed else on,
        move_at=typed.raw("at") if typed else at,
        move_clock=_clock_words(step, moments, speech),
        errors=field_errors(refused, speech) if refused else (),
    )


def _moment_now(step: TimelineStep, runs: Sequence[PlacedRun], moments: Moments) -> tuple[str, str]:
    """The date and time of day that the form to move it begins with."""
    if len(runs) == 1 and (runs[0].city is not None or step.clock is StepClock.NETWORK):
        local = runs[0].run.due_at.astimezone(ZoneInfo(zone_of(runs[0], moments)))
        return local.date().isoformat(), f"{local:%H:%M}"
    wall = moments.wall(step)
    moved_days, at = step.moved_offset_days, step.moved_local_time or wall.at
    on = wall.on if moved_days is None else moments.day_on + timedelta(days=moved_days)
    return on.isoformat(), f"{at:%H:%M}"


def _clock_words(step: TimelineStep, moments: Moments, speech: Translator) -> str:
    if step.clock is StepClock.NETWORK:
        return speech.gettext(_("At, by the network's clock (%(zone)s)")) % {"zone": zone_name(moments.network_zone)}
    return speech.gettext(_("At, by each city's own clock"))


def _confirm_page(
    actor: Actor,
    campaign: Campaign,
    step: TimelineStep,
    act: StepAct,
    city: City | None,
    changes: Sequence[Change],
    moments: Moments,
    speech: Translator,
    fields: Fields,
) -> ConfirmPage:
    query = f"?{urlencode({'city': city.slug})}" if city else ""
    return ConfirmPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        heading=f"{speech.gettext(ACT_WORDS[act])}: {step_label(step.action, speech)}",
        sentence=speech.gettext(ACT_SENTENCES[act]),
        back_href=f"{timeline_href(campaign.slug)}/{step.position}{query}",
        action=f"{timeline_href(campaign.slug)}/{step.position}/{act.value}",
        hidden=[(name, fields.raw(name)) for name in ("city", "on", "at") if fields.raw(name)],
        button=speech.gettext(ACT_WORDS[act]),
        kind="danger" if act is StepAct.SKIP else "primary",
        changes=[change_line(each, moments, speech) for each in changes if each.refused is None],
        unchanged=unchanged_by_reason(changes, moments, speech),
    )


DONE = {
    "day": ("good", _("The day has moved"), _("Every step still to come moved with it.")),
    "paused": (
        "info",
        _("The city rests"),
        _("Its steps wait until you resume. Its form stays open, and nobody outside is told."),
    ),
    "resumed": ("good", _("The city goes on"), None),
}


def _told(request: Request, speech: Translator) -> Told | None:
    """What the address says was just done."""
    said = request.query_params
    done, count = said.get("done", ""), said.get("count", "")
    if done in DONE:
        kind, title, text = DONE[done]
        return Told(kind, speech.gettext(title), speech.gettext(text) if text else None)
    if done not in set(StepAct) or not count.isdecimal():
        return None
    title = speech.ngettext("Done in %(count)s place", "Done in %(count)s places", int(count))
    return Told("good", title % {"count": speech.number(int(count))}, speech.gettext(ACT_SENTENCES[StepAct(done)]))


def _line_href(slug: str, step: TimelineStep, chosen: Place | None) -> str:
    """Where a line is changed: in the chosen city, where it is a line of cities."""
    is_in_city = chosen is not None and step.scope is StepScope.EACH_CITY
    query = f"?{urlencode({'city': chosen[1].slug})}" if chosen is not None and is_in_city else ""
    return f"{timeline_href(slug)}/{step.position}{query}"


def timeline_href(slug: str, page: str = "") -> str:
    """The address of a time-line at the desk, or of a page below it."""
    return f"/desk/campaigns/{slug}/timeline" + (f"/{page}" if page else "")


def back_to_timeline(slug: str, *, city: str = "", done: str, count: int | None = None) -> Response:
    """Back to the time-line, which says what was done."""
    said = {name: value for name, value in (("city", city), ("done", done), ("count", count)) if value not in {"", None}}
    return RedirectResponse(f"{timeline_href(slug)}?{urlencode(said)}", status_code=303)
