"""Toolkits at the desk: what each looks like and says in the network and in its chapters, and which drafts are handed out."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns.access import may_anywhere
from app.campaigns.template import Template, read_template
from app.errors import NotFound, Refused
from app.kits import releases
from app.kits.downloads import small_file
from app.kits.drawing import Press
from app.kits.kit_run_views import RELOAD_S
from app.kits.pieces import Drawing
from app.kits.toolkit import Toolkit, list_toolkits
from app.kits.toolkit_contexts import ListedToolkit, ToolkitsPage
from app.kits.toolkit_views import example_slots, language_page, next_day, toolkit_line, trouble_said, unspoken
from app.kits.variant_queries import (
    Whose,
    all_whose,
    campaigns_with,
    own_of,
    owners_of_all,
    shown_toolkit,
    whose_of,
    working_toolkit,
)
from app.kits.variant_service import may_keep
from app.kits.variant_views import Seen, Typed, own_page, place_choices, upload_form
from app.models import City, Network
from app.runtime import Runtime
from app.variants import toolkits_root
from app.web.deps import Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.headers import look_again
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(prefix="/desk/toolkits", include_in_schema=False)
For = Annotated[str, Query(alias="for", max_length=80)]  # the slug of a chapter; empty: the network
Wait = Annotated[str, Query()]
NOTHING_TYPED = Typed()
TOLD = {
    "released": _("The draft is released: kits hold these texts from now on."),
    "taken-back": _("It is taken back: kits leave these texts out from now on."),
    "corrected": _("The texts are kept as a new number."),
    "uploaded": _("What is different in the ZIP is kept as a new number."),
    "back": _("It is kept as a new number; the list below says what stands."),
}


@router.get("")
def show_toolkits(request: Request, actor: CurrentActor, session: ReadSession, runtime: RuntimeDep, speech: Speech) -> Response:
    """Every toolkit, with how its languages stand and who has something of their own in it."""
    may_anywhere(actor)
    return list_answer(request, session, runtime, actor, speech)


@router.get("/{slug}")
def show_toolkit(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
    now: Now,
    place: For = "",
    wait: Wait = "yes",
) -> Response:
    """One toolkit as the network or a chapter has it; it looks again by itself while the gate is at it."""
    whose = whose_for(session, actor, place)
    if "for" not in request.query_params:
        whose = _first_of(session, runtime, actor, whose, slug)
    return own_answer(request, session, runtime, whose, slug, actor, speech, now=now, looks_again=wait != "no")


def list_answer(
    request: Request, session: Session, runtime: Runtime, actor: Actor, speech: Translator, *, typed: Typed = NOTHING_TYPED
) -> Response:
    """The list, with what was typed to upload another."""
    zone, owners = _zone(session, actor), owners_of_all(session, actor.network_id)
    places = all_whose(session, actor.network_id)
    network = places[0]
    slugs = list_toolkits(toolkits_root(session, runtime, network.scope))
    lines, broken = [], []
    for slug in sorted({*slugs, *owners}):
        wrote = owners.get(slug, [])
        whose = network if slug in slugs else next((each.whose for each in wrote if each.has_own), wrote[0].whose)
        found = releases.releases_of(session, actor.network_id, slug)
        try:
            toolkit = shown_toolkit(session, runtime, whose, slug)
        except Refused as refused:  # one that is all their own: here it is mended, by uploading it again
            broken.append((slug, trouble_said(refused, speech)))
            continue
        line = toolkit_line(toolkit, found, speech, zone=zone, query=whose.query)
        own = [each.whose for each in wrote if each.has_own]
        links = [(speech.choose(each.names, "en"), f"/desk/toolkits/{slug}{each.query}") for each in own]
        lines.append(ListedToolkit(line, links, is_gone=slug not in slugs and not own, slug=slug))
    names = Counter(each.line.name.text for each in lines)
    lines = [each if names[each.line.name.text] > 1 else replace(each, slug=None) for each in lines]
    choices = place_choices(places, actor, speech)
    page = ToolkitsPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        toolkits=lines,
        broken=broken,
        upload=upload_form("/desk/toolkits", choices, typed) if choices else None,
        errors=typed.errors,
    )
    return render(request, "kits/toolkits.html", page, status=422 if typed.errors else 200)


def own_answer(
    request: Request,
    session: Session,
    runtime: Runtime,
    whose: Whose,
    slug: str,
    actor: Actor,
    speech: Translator,
    *,
    now: datetime,
    typed: Typed = NOTHING_TYPED,
    looks_again: bool = False,
) -> Response:
    """The page of one toolkit in one place, with what was typed to upload it."""
    own, zone = own_of(session, runtime, whose, slug), _zone(session, actor)
    seen = Seen(
        own=own,
        places=all_whose(session, actor.network_id),
        owners=[each.whose for each in owners_of_all(session, actor.network_id).get(slug, []) if each.has_own],
        campaigns=campaigns_with(session, actor, whose, slug),
        templates=(_template(own.beneath), _template(own.toolkit)) if own.beneath else None,
    )
    found = releases.releases_of(session, actor.network_id, slug)
    line = toolkit_line(own.toolkit, found, speech, zone=zone, query=whose.query)
    told = [speech.gettext(TOLD[name]) for name in request.query_params if name in TOLD][:1]
    if language := request.query_params.get("released"):
        silent = releases.without_language(session, slug, language, network_id=actor.network_id)
        told += filter(None, [unspoken(silent, speech)])
    page = own_page(
        seen,
        line,
        typed,
        actor,
        speech,
        told=" ".join(told) or None,
        zone=zone,
        now=now,
        looks_again=looks_again,
    )
    response = render(request, "kits/toolkit.html", page, status=422 if typed.errors else 200)
    return look_again(request, response, after_s=RELOAD_S) if page.gate and page.gate.reloads else response


@router.get("/{slug}/post.webp")
def show_picture(slug: str, actor: CurrentActor, runtime: RuntimeDep, speech: Speech, now: Now, place: For = "") -> Response:
    """What a post with this toolkit looks like, with the name of one of the network's cities."""
    with runtime.database.reading() as session:
        toolkit = shown_toolkit(session, runtime, whose_for(session, actor, place), slug)
        query = select(City).where(City.network_id == actor.network_id, City.is_elsewhere.is_(False)).order_by(City.slug)
        city, today = session.scalars(query.limit(1)).first(), _today(session, actor, now)
    slots, language = example_slots(toolkit, city, next_day(toolkit, today), speech)
    drawing = Drawing("post", "square", slots, language)
    content = Press(toolkit, runtime.settings.kits_dir).thumbnail(drawing).read_bytes()
    return small_file(content, "post.webp", as_download=False)


@router.get("/{slug}/{language}")
def show_language(
    request: Request,
    slug: str,
    language: str,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
    place: For = "",
) -> Response:
    """The texts of a language as they were written last, to be read before anybody decides about them."""
    whose = whose_for(session, actor, place)
    toolkit = working_toolkit(session, runtime, whose, slug)
    if language not in toolkit.texts:
        raise NotFound("toolkit.no_such_language", language=language)
    found = releases.releases_of(session, actor.network_id, slug)
    is_draft = toolkit.texts[language].is_draft
    change = releases.foreseen(session, runtime, toolkit, language, network_id=actor.network_id) if is_draft else None
    silent = releases.without_language(session, slug, language, network_id=actor.network_id)
    page = language_page(toolkit, language, found, change, silent, whose, actor, speech, zone=_zone(session, actor))
    return render(request, "kits/toolkit_language.html", page)


@router.post("/{slug}/{language}/release")
def release(
    slug: str, language: str, actor: CurrentActor, session: WriteSession, runtime: RuntimeDep, now: Now, place: For = ""
) -> Response:
    """Hand out a draft: in the kits of the whole network, wherever its texts come from."""
    whose = whose_for(session, actor, place)
    releases.release(session, working_toolkit(session, runtime, whose, slug), language, actor=actor, now=now)
    return told_at(slug, whose, "released", language)


@router.post("/{slug}/{language}/take-back")
def take_back(
    slug: str, language: str, actor: CurrentActor, session: WriteSession, runtime: RuntimeDep, now: Now, place: For = ""
) -> Response:
    """Leave it out again."""
    whose = whose_for(session, actor, place)
    releases.take_back(session, working_toolkit(session, runtime, whose, slug), language, actor=actor, now=now)
    return told_at(slug, whose, "taken-back")


def told_at(slug: str, whose: Whose, what: str, which: str = "yes") -> Response:
    """Back to the page of a toolkit, which says what was done, and to which language where that matters."""
    query = f"{whose.query or '?'}{'&' if whose.query else ''}{what}={quote(which)}"
    return RedirectResponse(f"/desk/toolkits/{quote(slug)}{query}", status_code=303)


def whose_for(session: Session, actor: Actor, place: str) -> Whose:
    """Whose toolkits an address names; everybody who runs campaigns may look at all of them."""
    may_anywhere(actor)
    return whose_of(session, actor.network_id, place)


def _first_of(session: Session, runtime: Runtime, actor: Actor, network: Whose, slug: str) -> Whose:
    """Where this person changes something: the network, or the first of their chapters that has this toolkit."""
    if may_keep(actor, network.scope) or slug not in list_toolkits(toolkits_root(session, runtime, network.scope)):
        return network
    return next((each for each in all_whose(session, actor.network_id) if may_keep(actor, each.scope)), network)


def _template(toolkit: Toolkit) -> Template:
    return read_template(toolkit.slug, toolkit.folder.parent)


def _zone(session: Session, actor: Actor) -> str:
    return session.get_one(Network, actor.network_id).time_zone


def _today(session: Session, actor: Actor, now: datetime) -> date:
    return now.astimezone(ZoneInfo(_zone(session, actor))).date()
