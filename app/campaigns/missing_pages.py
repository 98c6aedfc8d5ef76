"""Who is missing: city by point at the desk, and one act that reminds exactly the ticked ones."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.accounts.queries import cities_where
from app.campaigns import missing_views as views
from app.campaigns.access import may_anywhere, may_manage, own_chapters
from app.campaigns.contexts import Told
from app.campaigns.missing import PATIENCE, Point, columns
from app.campaigns.missing_contexts import POINT_WORDS, MissingPage, RemindPage, Wanted
from app.campaigns.missing_queries import CityStanding, chapters_with, enough_of, standings
from app.campaigns.queries import campaign_by_slug
from app.campaigns.reminders import planned_reminders, remind
from app.campaigns.views import sorting_key
from app.enums import Permission
from app.errors import NotFound
from app.models import Campaign, Network
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.i18n import Translator
from app.web.templating import render

router = APIRouter(prefix="/desk/campaigns/{slug}/missing", include_in_schema=False)
BY_NAME, ALL = "name", "all"


@router.get("")
def show_missing(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    now: Now,
    only: str = "",
    country: str = "",
    chapter: str = "",
    sort: str = "",
    tick: str = "",
) -> Response:
    """The cities of this person in the campaign, and what each of them misses."""
    campaign, seen = _seen(session, actor, slug, now=now)
    wanted = Wanted(only if only in set(Point) else "", country, chapter, BY_NAME if sort == BY_NAME else "", tick)
    ids = [row.city.id for row in seen]
    own = {each.id for each in own_chapters(session, actor)}
    chapters = [(each, members) for each, members in chapters_with(session, ids) if each.id in own]
    members = next((cities for each, cities in chapters if each.slug == chapter), None)
    within = [
        row
        for row in seen
        if (not country or row.city.country == country) and (not chapter or (members is not None and row.city.id in members))
    ]
    points = columns(row.cells for row in seen)
    shown = [row for row in within if not wanted.only or Point(wanted.only) in row.missing]
    page = MissingPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        campaign_href=f"/desk/campaigns/{slug}",
        href=missing_href(slug),
        summary=_summary(within, speech),
        wanted=wanted,
        columns=views.column_views(points, within, speech),
        rows=[
            views.city_row(campaign, row, points, speech, is_ticked=tick == ALL, now=now)
            for row in views.in_order(shown, speech, by_name=wanted.sort == BY_NAME)
        ],
        point_options=[(point.value, speech.gettext(POINT_WORDS[point])) for point in points],
        country_options=_countries(seen, speech),
        chapter_options=[(each.slug, speech.choose(each.names).text) for each, _members in chapters],
        by_missing_href=_href(slug, wanted, sort=""),
        by_name_href=_href(slug, wanted, sort=BY_NAME),
        tick_all_href=_href(slug, wanted, tick=ALL),
        tick_none_href=_href(slug, wanted, tick=""),
        enough=enough_of(session, campaign),
        patience_days=PATIENCE.days,
        can_remind=campaign.status.is_running,
        told=_told(request, speech),
    )
    return render(request, "campaigns/missing.html", page)


@router.get("/remind")
def before_reminding(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    now: Now,
    runtime: RuntimeDep,
    cities: Annotated[Sequence[str], Query()] = (),
) -> Response:
    """Who would get which mail; it changes nothing."""
    campaign, _rows = _seen(session, actor, slug, now=now)
    plan = planned_reminders(session, campaign, cities, actor=actor, now=now)
    network, base_url = session.get_one(Network, campaign.network_id), runtime.settings.resolved_base_url
    page = RemindPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=missing_href(slug),
        action=missing_href(slug, "remind"),
        token=secrets.token_urlsafe(12),
        city_slugs=[each.city.slug for each in plan.cities],
        city_count=len(plan.cities),
        letters=[views.letter_view(campaign, network, each, speech, base_url=base_url) for each in plan.people],
        left_out=views.left_out(plan, speech),
    )
    return render(request, "campaigns/missing_remind.html", page)


@router.post("/remind")
def remind_ticked(
    slug: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now, runtime: RuntimeDep
) -> Response:
    """Remind them."""
    campaign, _rows = _seen(session, actor, slug, now=now)
    plan = remind(
        session,
        campaign,
        fields.many("cities"),
        token=fields.raw("token"),
        actor=actor,
        now=now,
        base_url=runtime.settings.resolved_base_url,
    )
    said = {"reminded": len(plan.cities), "people": len(plan.people)}
    return RedirectResponse(f"{missing_href(slug)}?{urlencode(said)}", status_code=303)


def missing_href(slug: str, page: str = "") -> str:
    """The address of the table, or of a page below it."""
    return f"/desk/campaigns/{slug}/missing" + (f"/{page}" if page else "")


def _seen(session: Session, actor: Actor, slug: str, *, now: datetime) -> tuple[Campaign, list[CityStanding]]:
    """The campaign with the cities in it that this person answers for; nothing is there for whoever has none."""
    may_anywhere(actor)
    campaign = campaign_by_slug(session, actor.network_id, slug)
    rows = standings(session, campaign, cities_where(actor, Permission.MANAGE_CAMPAIGNS), now=now)
    if not rows and not may_manage(actor, campaign):
        raise NotFound("campaign.unknown", campaign=slug)
    return campaign, rows


def _summary(rows: Sequence[CityStanding], speech: Translator) -> str:
    missing = sum(bool(row.missing) for row in rows)
    if not missing:
        return speech.ngettext(
            "Nothing is missing from the one city.", "Nothing is missing from any of %(count)s cities.", len(rows)
        ) % {"count": speech.number(len(rows))}
    sentence = speech.ngettext(
        "%(missing)s of %(count)s cities misses something.", "%(missing)s of %(count)s cities miss something.", missing
    )
    return sentence % {"missing": speech.number(missing), "count": speech.number(len(rows))}


def _countries(rows: Sequence[CityStanding], speech: Translator) -> list[tuple[str, str]]:
    named = {row.city.country: views.country_name(row.city, speech) for row in rows}
    return sorted(named.items(), key=lambda pair: sorting_key(pair[1]))


def _href(slug: str, wanted: Wanted, **changed: str) -> str:
    chosen = {"only": wanted.only, "country": wanted.country, "chapter": wanted.chapter, "sort": wanted.sort, "tick": wanted.tick}
    query = {name: value for name, value in (chosen | changed).items() if value}
    return missing_href(slug) + (f"?{urlencode(query)}" if query else "")


def _told(request: Request, speech: Translator) -> Told | None:
    """What the address says was just done."""
    said = request.query_params
    reminded, people = said.get("reminded", ""), said.get("people", "")
    if not reminded.isdecimal() or not people.isdecimal():
        return None
    if people == "0":
        return Told(
            "info",
            speech.gettext("Nobody was reminded"),
            speech.gettext("They got a reminder a short while ago, or miss nothing."),
        )
    title = speech.ngettext("%(count)s city is reminded", "%(count)s cities are reminded", int(reminded))
    text = speech.ngettext("%(count)s person gets a mail.", "%(count)s people get a mail.", int(people))
    return Told("good", title % {"count": speech.number(int(reminded))}, text % {"count": speech.number(int(people))})
