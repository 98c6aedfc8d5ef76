"""The kit of a city, its code and its frame, for those who work in that city."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.errors import NotFound
from app.kits import qr
from app.kits.downloads import archive_answer, small_file
from app.kits.queries import joined_place
from app.kits.service import KitOrder, build_kit, draw_frame, draw_note, form_link
from app.runtime import Runtime
from app.web.deps import RuntimeDep

router = APIRouter(prefix="/desk/c/{campaign}/{city}", include_in_schema=False)


def _order(runtime: Runtime, actor: Actor, campaign: str, city: str) -> KitOrder:
    """What the kit is made for; the transaction is over before anything is drawn."""
    with runtime.database.reading() as session:
        place = joined_place(session, actor, campaign, city)
        if place.city.is_elsewhere:  # there is nobody to hand a kit to
            raise NotFound("campaign.city_not_in", city=city)
    link = form_link(runtime.settings.resolved_base_url, place.campaign, place.city)
    return KitOrder(place.campaign, place.city, link, place.network.contact_email)


@router.get("/kit.zip")
def kit(campaign: str, city: str, actor: CurrentActor, runtime: RuntimeDep) -> Response:
    """Everything a city needs, in one ZIP."""
    order = _order(runtime, actor, campaign, city)
    return archive_answer(build_kit(order, folder=runtime.settings.incoming_dir), f"{campaign}-{city}-kit.zip")


@router.get("/qr.svg")
def code_as_drawing(campaign: str, city: str, actor: CurrentActor, runtime: RuntimeDep, download: bool = False) -> Response:  # noqa: FBT001, FBT002 - a query parameter
    """The code of the city's form, for print."""
    link = _order(runtime, actor, campaign, city).link
    return small_file(qr.qr_svg(link), f"{campaign}-{city}-form.svg", as_download=download)


@router.get("/qr.png")
def code_as_picture(campaign: str, city: str, actor: CurrentActor, runtime: RuntimeDep, download: bool = False) -> Response:  # noqa: FBT001, FBT002 - a query parameter
    """The code of the city's form, for screens."""
    link = _order(runtime, actor, campaign, city).link
    return small_file(qr.qr_png(link), f"{campaign}-{city}-form.png", as_download=download)


@router.get("/note.pdf")
def note(campaign: str, city: str, actor: CurrentActor, runtime: RuntimeDep) -> Response:
    """The one-page note with the code, to print."""
    content = draw_note(_order(runtime, actor, campaign, city), folder=runtime.settings.incoming_dir)
    return small_file(content, f"{campaign}-{city}-note.pdf", as_download=False)


@router.get("/frame.png")
def frame(campaign: str, city: str, actor: CurrentActor, runtime: RuntimeDep) -> Response:
    """The square frame, as it will lie over a photo."""
    content = draw_frame(_order(runtime, actor, campaign, city), "square", folder=runtime.settings.incoming_dir)
    return small_file(content, f"{campaign}-{city}-frame.png", as_download=False)
