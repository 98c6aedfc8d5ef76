"""Toolkits at the desk: what each looks like and says, and which drafts of its texts this network hands out."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns.access import may_anywhere
from app.errors import NotFound
from app.kits import releases
from app.kits.downloads import small_file
from app.kits.drawing import Press
from app.kits.pieces import Drawing
from app.kits.toolkit import Toolkit, list_toolkits, load_toolkit
from app.kits.toolkit_contexts import ToolkitPage, ToolkitsPage
from app.kits.toolkit_views import example_slots, language_page, next_day, toolkit_line
from app.models import City, Network
from app.web.deps import Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.i18n import _
from app.web.templating import render

router = APIRouter(prefix="/desk/toolkits", include_in_schema=False)
TOLD = {
    "released": _("The draft is released: kits hold these texts from now on."),
    "taken-back": _("It is taken back: kits leave these texts out from now on."),
}


@router.get("")
def show_toolkits(request: Request, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """Every toolkit, with how its languages stand."""
    may_anywhere(actor)
    zone = _zone(session, actor)
    found = {slug: releases.releases_of(session, actor.network_id, slug) for slug in list_toolkits()}
    lines = [toolkit_line(load_toolkit(slug), each, speech, zone=zone) for slug, each in found.items()]
    page = ToolkitsPage(desk_nav=desk_nav(actor, speech, "campaigns"), toolkits=lines)
    return render(request, "kits/toolkits.html", page)


@router.get("/{slug}")
def show_toolkit(request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """One toolkit with its languages."""
    toolkit = _toolkit(actor, slug)
    line = toolkit_line(toolkit, releases.releases_of(session, actor.network_id, slug), speech, zone=_zone(session, actor))
    said = next((TOLD[name] for name in request.query_params if name in TOLD), None)
    page = ToolkitPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        toolkit=line,
        change_note=toolkit.manifest.change_note,
        told=speech.gettext(said) if said else None,
    )
    return render(request, "kits/toolkit.html", page)


@router.get("/{slug}/post.webp")
def show_picture(slug: str, actor: CurrentActor, runtime: RuntimeDep, speech: Speech, now: Now) -> Response:
    """What a post with this toolkit looks like, with the name of one of the network's cities."""
    toolkit = _toolkit(actor, slug)
    with runtime.database.reading() as session:
        query = select(City).where(City.network_id == actor.network_id, City.is_elsewhere.is_(False)).order_by(City.slug)
        city, today = session.scalars(query.limit(1)).first(), _today(session, actor, now)
    slots, language = example_slots(toolkit, city, next_day(toolkit, today), speech)
    drawing = Drawing("post", "square", slots, language)
    content = Press(toolkit, runtime.settings.kits_dir).thumbnail(drawing).read_bytes()
    return small_file(content, "post.webp", as_download=False)


@router.get("/{slug}/{language}")
def show_language(
    request: Request, slug: str, language: str, actor: CurrentActor, session: ReadSession, speech: Speech
) -> Response:
    """The texts of a language, to be read before anybody decides about them."""
    toolkit = _toolkit(actor, slug)
    if language not in toolkit.texts:
        raise NotFound("toolkit.no_such_language", language=language)
    found = releases.releases_of(session, actor.network_id, slug)
    is_draft = toolkit.texts[language].is_draft
    change = releases.foreseen(session, toolkit, language, network_id=actor.network_id) if is_draft else None
    page = language_page(toolkit, language, found, change, actor, speech, zone=_zone(session, actor))
    return render(request, "kits/toolkit_language.html", page)


@router.post("/{slug}/{language}/release")
def release(slug: str, language: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Hand out a draft."""
    releases.release(session, _toolkit(actor, slug), language, actor=actor, now=now)
    return RedirectResponse(f"/desk/toolkits/{slug}?released=yes", status_code=303)


@router.post("/{slug}/{language}/take-back")
def take_back(slug: str, language: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Leave it out again."""
    releases.take_back(session, _toolkit(actor, slug), language, actor=actor, now=now)
    return RedirectResponse(f"/desk/toolkits/{slug}?taken-back=yes", status_code=303)


def _toolkit(actor: Actor, slug: str) -> Toolkit:
    may_anywhere(actor)
    return load_toolkit(slug)


def _zone(session: Session, actor: Actor) -> str:
    return session.get_one(Network, actor.network_id).time_zone


def _today(session: Session, actor: Actor, now: datetime) -> date:
    return now.astimezone(ZoneInfo(_zone(session, actor))).date()
