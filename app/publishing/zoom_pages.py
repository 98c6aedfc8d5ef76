"""The zoomable collage: from the whole of it down to one face and its words, as a picture and as a list."""

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.assembly import zoom_places
from app.assembly.queries import production_at, public_campaign, stands_whole
from app.assembly.zoom import folder_of
from app.assembly.zoom_rules import Field
from app.campaigns.rules import is_collecting
from app.enums import Phase
from app.errors import NotFound, Refused
from app.models import Campaign, Production
from app.publishing import queries, zoom_queries
from app.publishing.contexts import Preview
from app.publishing.media import CACHE_CONTROL
from app.publishing.places import city_name
from app.publishing.zoom_contexts import TilePart, ZoomPage
from app.publishing.zoom_views import LISTED, MARKED, by_city, has_viewer, tile_of, where_in, zoom_of
from app.runtime import Runtime
from app.submissions.queries import submission_by_receipt
from app.web.deps import FieldsDep, ReadSession, RuntimeDep, Speech
from app.web.errors import FieldError
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(include_in_schema=False)
Version = Annotated[str | None, Query(alias="v")]
_RECEIPT = re.compile(r"(?:.*/r/)?([A-Za-z0-9_-]{16,64})(?:[/?#].*)?")
NOT_IN_IT = _("This story is not in the collage. Its receipt says what became of it.")
NOTHING_TYPED = _("Paste the link of your receipt first.")


@router.api_route("/media/collages/{public_id}/{level:int}/{x:int}_{y:int}.jpg", methods=["GET", "HEAD"])
def tile(public_id: str, level: int, x: int, y: int, request: Request, runtime: RuntimeDep, version: Version = None) -> Response:
    """A tile, while everybody of whom it shows something agrees; the rows are asked before the file is opened.

    Whoever comes meanwhile has agreed; whoever has left has no pixel in it any more.
    """
    with runtime.database.reading() as session:
        collage = zoom_places.collage_by_id(session, public_id)
        if collage is None or version not in {None, collage.generation}:
            raise NotFound("media.missing")
        if not zoom_places.may_be_seen(session, collage, level, x, y):
            raise NotFound("media.missing")
    path = folder_of(runtime, collage.campaign_id, collage.generation) / "collage_files" / str(level) / f"{x}_{y}.jpg"
    try:
        content = path.read_bytes()
    except FileNotFoundError as missing:
        raise NotFound("media.missing") from missing
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": CACHE_CONTROL}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="image/jpeg", headers=headers)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see of it."""

    number: int | None = None  # the page of the list; None: where the voice is that is looked for
    city: str | None = None
    voice: str | None = None
    place: int | None = None
    view: str = "picture"


@router.get("/c/{campaign}/collage")
def page(
    campaign: str,
    request: Request,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
    number: Annotated[int | None, Query(alias="page", ge=1, le=10_000)] = None,
    city: str | None = None,
    voice: str | None = None,
    place: Annotated[int | None, Query(ge=0, le=1_000_000)] = None,
    view: str = "picture",
) -> Response:
    """The whole of it, a city's part of it, or the place of one voice."""
    found = public_campaign(session, campaign)
    context = _context(session, runtime, speech, found, Asked(number, city or None, voice or None, place, view))
    return render(request, "publishing/collage.html", context)


@router.get("/c/{campaign}/collage/places/{place:int}")
def part(campaign: str, place: int, request: Request, session: ReadSession, speech: Speech, version: Version = None) -> Response:
    """The words of one place, for the picture; 404 when the collage was built anew and places are others."""
    found = public_campaign(session, campaign)
    collage = zoom_places.collage_in(session, found.id)
    if collage is None or version not in {None, collage.generation} or not 0 <= place < collage.field.places:
        raise NotFound("media.missing")
    hung = zoom_queries.hung_at(session, found.id, place)
    shown = tile_of(found, collage.field, hung, speech) if hung else None
    where = where_in(collage.field, place, speech)
    return render(request, "publishing/parts/collage_tile.html", TilePart(shown, where))


@router.post("/c/{campaign}/collage/mine")
def find_mine(
    campaign: str, request: Request, fields: FieldsDep, session: ReadSession, runtime: RuntimeDep, speech: Speech
) -> Response:
    """Where the story of a receipt hangs; the receipt comes in the body and goes nowhere."""
    found = public_campaign(session, campaign)
    typed, view = fields.text("receipt", required=False), fields.text("view", required=False)
    match = _RECEIPT.fullmatch(typed)
    try:
        submission = submission_by_receipt(session, match.group(1) if match else "")
    except NotFound as unknown:
        said = speech.refusal(Refused(unknown.code)) if typed else speech.gettext(NOTHING_TYPED)
    else:
        if zoom_queries.place_of(session, found.id, submission.public_id) is not None:
            where = {"voice": submission.public_id, "view": "list" if view == "list" else ""}
            return RedirectResponse(_address(f"/c/{found.slug}/collage", where, "#found"), status_code=303)
        said = speech.gettext(NOT_IN_IT)
    context = _context(session, runtime, speech, found, Asked(view=view))
    context = replace(context, errors=[FieldError("receipt", said)], receipt=typed)
    answer = render(request, "publishing/collage.html", context, status=422)
    answer.headers["Cache-Control"] = "no-store"  # a receipt is a key
    return answer


@router.get("/c/{campaign}/collage/mine")
def after_looking(campaign: str, request: Request, session: ReadSession) -> Response:
    """Where somebody is who was told that nothing was found, and takes another language."""
    found = public_campaign(session, campaign)
    return RedirectResponse(_address(f"/c/{found.slug}/collage", dict(request.query_params)), status_code=303)


def _context(session: Session, runtime: Runtime, speech: Translator, campaign: Campaign, asked: Asked) -> ZoomPage:
    members = queries.cities_of(session, [campaign.id]).get(campaign.id, [])
    elsewhere = queries.elsewhere_of(session, [campaign]).get(campaign.id)
    places = [*members, *([elsewhere] if elsewhere else [])]
    if asked.city is not None and asked.city not in {each.slug for each in places}:
        raise NotFound("campaign.city_not_in", city=asked.city)
    is_collected = any(is_collecting(campaign, each) for each in places)
    network = speech.choose(queries.the_network(session).names).text
    empty = _empty(network, campaign, runtime, speech, share_href=f"/c/{campaign.slug}/share" if is_collected else None)
    if campaign.phase in {None, Phase.PRE_DAY}:
        return empty
    work, collage = production_at(session, campaign.id, None, zoom_places.KIND), zoom_places.collage_in(session, campaign.id)
    field, counts = _field_of(work), zoom_queries.how_many(session, campaign.id)
    if work is None or field is None or not counts:
        return replace(empty, state="making" if work and work.asked_at else "nothing")
    at = zoom_queries.place_of(session, campaign.id, asked.voice) if asked.voice else asked.place
    looked_for = None if at is None else zoom_queries.hung_at(session, campaign.id, at)
    found = looked_for.place if looked_for else None
    number = asked.number or 1
    if found is not None and asked.number is None and asked.city is None:
        number += zoom_queries.listed_before(session, campaign.id, found) // LISTED
    before = (number - 1) * LISTED
    rows = zoom_queries.hung(session, campaign.id, city_slug=asked.city, limit=LISTED + 1, offset=before)
    whole = collage is not None and stands_whole(session, work.id)
    zoom = None
    if collage is not None and whole and has_viewer() and asked.view != "list":
        marked = zoom_queries.places_in(session, campaign.id, asked.city, at_most=MARKED) if asked.city else []
        nobodys = zoom_queries.nobodys(session, campaign.id, field.places)
        zoom = zoom_of(campaign, collage, marked=marked, nobodys=nobodys, found=found)
    kept = {"city": asked.city or "", "view": "list" if asked.view == "list" else ""}
    return replace(
        empty,
        state="there" if whole else "changing",
        view="picture" if zoom else "list",
        zoom=zoom,
        picture_href=_address(empty.href, kept | {"view": ""}) if whole and has_viewer() else None,
        list_href=_address(empty.href, kept | {"view": "list"}),
        tiles=by_city([tile_of(campaign, field, each, speech, found=found) for each in rows[:LISTED]]),
        total=sum(counts.values()),
        cities=[(each.slug, city_name(each, speech)) for each in places if each.slug in counts or each.slug == asked.city],
        city=asked.city,
        city_count=counts.get(asked.city, 0) if asked.city else 0,
        found=tile_of(campaign, field, looked_for, speech, found=found) if looked_for else None,
        is_gone=looked_for is None and (asked.voice or asked.place) is not None,
        first=before + 1,
        last=before + len(rows[:LISTED]),
        newer_href=_address(empty.href, kept | {"page": str(number - 1)}, "#list") if number > 1 else None,
        older_href=_address(empty.href, kept | {"page": str(number + 1)}, "#list") if len(rows) > LISTED else None,
    )


def _field_of(work: Production | None) -> Field | None:
    """How large it is, or was until it had to be made anew."""
    if work is None or work.width_px is None or work.height_px is None:
        return None
    return Field(work.width_px // zoom_places.TILE_PX, work.height_px // zoom_places.TILE_PX)


def _empty(network: str, campaign: Campaign, runtime: Runtime, speech: Translator, *, share_href: str | None) -> ZoomPage:
    """The page before there is anything on it."""
    home, title = f"/c/{campaign.slug}", speech.choose(campaign.title)
    base = runtime.settings.resolved_base_url
    return ZoomPage(
        network=network,
        href=f"{home}/collage",
        title=title,
        campaign_href=home,
        share_href=share_href,
        preview=Preview(
            title=speech.gettext(_("The collage of “%(campaign)s”")) % {"campaign": title.text},
            description=speech.gettext(_("All voices of the campaign in one picture. Find your city, and yourself.")),
            url=f"{base}{home}/collage",
            image_url=f"{base}{home}/card.png",
        ),
        day_label=speech.on_date(campaign.day_on),
        hashtag=speech.choose(campaign.hashtag).text,
        state="before",
    )


def _address(href: str, query: dict[str, str], anchor: str = "") -> str:
    asked = urlencode({key: value for key, value in query.items() if value})
    return f"{href}{'?' if asked else ''}{asked}{anchor}"
