"""The kit of a city, for those who work in that city: looked at, taken whole, or piece by piece."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.errors import NotFound
from app.kits import qr
from app.kits.downloads import archive_answer, small_file
from app.kits.order import KitOrder, form_link
from app.kits.ordering import comes_at, kit_order, press_for, published_order
from app.kits.pieces import Piece
from app.kits.posting_plan import with_pictures_in
from app.kits.queries import DeskPlace, joined_place
from app.kits.service import build_kit, content_of, find_piece, thumbnail_of
from app.kits.takings import changes_since_taken, has_taken, note_taking
from app.kits.version_views import change_sentences
from app.kits.views import kit_page, waiting_page
from app.runtime import Runtime
from app.web.deps import RuntimeDep, Speech
from app.web.templating import render

router = APIRouter(prefix="/desk/c/{campaign}/{city}", include_in_schema=False)
InLanguages = Annotated[Sequence[str], Query(alias="in")]  # which of the campaign's languages; none: those of the city


def _place(session: Session, actor: Actor, campaign: str, city: str) -> DeskPlace:
    place = joined_place(session, actor, campaign, city)
    if place.city.is_elsewhere:  # there is nobody to hand a kit to
        raise NotFound("campaign.city_not_in", city=city)
    return place


def _order(runtime: Runtime, actor: Actor, campaign: str, city: str, languages: Sequence[str] = ()) -> tuple[DeskPlace, KitOrder]:
    """What the kit is made for; the transaction is over before anything is drawn."""
    with runtime.database.reading() as session:
        place = _place(session, actor, campaign, city)
        return place, published_order(session, runtime, place, now=runtime.now(), chosen=languages)


def _note(runtime: Runtime, actor: Actor, place: DeskPlace, order: KitOrder, piece: Piece | None = None) -> None:
    """Keep who took what, once it is made and before it leaves; a piece in its own language alone."""
    assert order.version is not None  # noqa: S101 - a published order has one
    languages = list(dict.fromkeys([*order.picture_languages, *order.text_languages]))
    if piece is not None:
        languages = [piece.language] if piece.language else []
    with runtime.database.writing() as session:
        note_taking(
            session,
            place.part,
            order.version,
            person_id=actor.person_id,
            path=piece.path if piece else None,
            languages=languages,
            now=runtime.now(),
        )


@router.get("/kit")
def show_kit(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    runtime: RuntimeDep,
    speech: Speech,
    languages: InLanguages = (),
) -> Response:
    """Every piece of the kit, to look at before it is taken."""
    with runtime.database.reading() as session:
        place = _place(session, actor, campaign, city)
        order = kit_order(session, runtime, place, now=runtime.now(), chosen=languages)
        if order is None or order.version is None:
            page = waiting_page(place, comes_at(session, place.part), actor, speech, now=runtime.now())
            return render(request, "kits/kit_waiting.html", page)
        is_taken = has_taken(session, place.part.id, order.version)
        changes = None if is_taken else changes_since_taken(session, runtime, place.part.id, order)
    said = list(change_sentences(changes, speech)) if changes else []
    return render(request, "kits/kit.html", kit_page(order, actor, speech, is_taken=is_taken, changes=said))


@router.get("/kit.zip")
def take_kit(campaign: str, city: str, actor: CurrentActor, runtime: RuntimeDep, languages: InLanguages = ()) -> Response:
    """Everything a city needs, in one ZIP."""
    place, order = _order(runtime, actor, campaign, city, languages)
    with press_for(order, runtime) as press:
        archive = build_kit(order, press, folder=runtime.settings.incoming_dir)
    _note(runtime, actor, place, order)
    return archive_answer(archive, f"{campaign}-{city}-kit.zip")


@router.get("/kit/{path:path}")
def take_piece(
    campaign: str,
    city: str,
    path: str,
    request: Request,
    actor: CurrentActor,
    runtime: RuntimeDep,
    languages: InLanguages = (),
    small: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    download: bool = False,  # noqa: FBT001, FBT002
) -> Response:
    """One piece alone, or a small picture of it."""
    place, order = _order(runtime, actor, campaign, city, languages)
    piece = find_piece(order, path)
    with press_for(order, runtime) as press:
        if small:
            return small_file(thumbnail_of(piece, press), "small.webp", as_download=False)
        content = content_of(piece, press)
    name = f"{campaign}-{city}-{path.replace('/', '-')}"
    if request.headers.get("sec-fetch-dest") != "image":  # a page shows it, such as the posting plan: nobody took it
        _note(runtime, actor, place, order, piece)
    if path.endswith(".html") and not download:
        content = with_pictures_in(content, order.chosen_languages)
    return small_file(content, name, as_download=download)


def _link(runtime: Runtime, actor: Actor, campaign: str, city: str) -> str:
    """The address of the city's form, which is there before its kit is."""
    with runtime.database.reading() as session:
        place = _place(session, actor, campaign, city)
    return form_link(runtime.settings.resolved_base_url, place.campaign, place.city)


@router.get("/qr.svg")
def code_as_drawing(campaign: str, city: str, actor: CurrentActor, runtime: RuntimeDep, download: bool = False) -> Response:  # noqa: FBT001, FBT002 - a query parameter
    """The code of the city's form, for print."""
    link = _link(runtime, actor, campaign, city)
    return small_file(qr.qr_svg(link), f"{campaign}-{city}-form.svg", as_download=download)


@router.get("/qr.png")
def code_as_picture(campaign: str, city: str, actor: CurrentActor, runtime: RuntimeDep, download: bool = False) -> Response:  # noqa: FBT001, FBT002 - a query parameter
    """The code of the city's form, for screens."""
    link = _link(runtime, actor, campaign, city)
    return small_file(qr.qr_png(link), f"{campaign}-{city}-form.png", as_download=download)
