"""The pages on which an officer gives what the mayor, a guest or a resident says."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.queries import city_for
from app.enums import Permission
from app.errors import NotFound, Refused
from app.kits import quotes
from app.kits.city_looks import look_of
from app.kits.order import form_link
from app.kits.ordering import is_embargoed, refuse_embargoed
from app.kits.pieces import Group
from app.kits.queries import DeskPlace, joined_place
from app.kits.quote_forms import PORTRAIT_FIELD, read_quote, take_portrait
from app.kits.quote_pieces import check_pieces, quote_preview, quote_slots
from app.kits.quote_views import quote_page, quotes_page, quotes_url, translated_languages, values_of
from app.kits.quotes import PORTRAIT_SLOT, Quote, QuoteDraft, offered_languages
from app.kits.sources import campaign_root
from app.runtime import Runtime
from app.web.deps import FieldsDep, FormDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.forms import Fields
from app.web.i18n import Translator
from app.web.templating import render
from app.web.uploads import ReceivedForm

router = APIRouter(prefix="/desk/c/{campaign}/{city}/quotes", include_in_schema=False)
# fields of the form in which the words of a slot of the pieces were typed
_FIELDS_OF_SLOTS = {"quote": "text", "name": "name", "office": "office"}


def _place(session: Session, actor: Actor, campaign: str, city: str) -> DeskPlace:
    city_for(session, actor, Permission.KEEP_CITY, city)
    place = joined_place(session, actor, campaign, city)
    if place.city.is_elsewhere:  # no city, so nobody speaks for it
        raise NotFound("campaign.city_not_in", city=city)
    return place


@router.get("")
def show(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    session: ReadSession,
    now: Now,
    speech: Speech,
    told: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """All of them, each with its card."""
    place = _place(session, actor, campaign, city)
    found = quotes.quotes_of(session, place.campaign.id, place.city.id)
    waits = is_embargoed(session, place.campaign, place.city, Group.QUOTES, now=now)
    return render(request, "kits/quotes.html", quotes_page(place, found, told, actor, speech, cards_wait=waits))


@router.get("/new")
def ask(request: Request, campaign: str, city: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """The empty form."""
    place = _place(session, actor, campaign, city)
    return render(request, "kits/quote.html", quote_page(place, None, Fields({}), actor, speech))


@router.post("/new")
def add(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    form: FormDep,
    runtime: RuntimeDep,
    now: Now,
    speech: Speech,
) -> Response:
    """Take one in."""
    return _take(request, (campaign, city), None, form, runtime, actor=actor, now=now, speech=speech)


@router.get("/{quote_id}")
def look_at(
    request: Request,
    campaign: str,
    city: str,
    quote_id: int,
    actor: CurrentActor,
    session: ReadSession,
    now: Now,
    speech: Speech,
) -> Response:
    """The form of one."""
    place = _place(session, actor, campaign, city)
    quote = quotes.quote_at(session, place, quote_id)
    waits = is_embargoed(session, place.campaign, place.city, Group.QUOTES, now=now)
    page = quote_page(place, quote, Fields(values_of(quote)), actor, speech, card_waits=waits)
    return render(request, "kits/quote.html", page)


@router.post("/{quote_id}")
def change(
    request: Request,
    campaign: str,
    city: str,
    quote_id: int,
    actor: CurrentActor,
    form: FormDep,
    runtime: RuntimeDep,
    now: Now,
    speech: Speech,
) -> Response:
    """Change it."""
    return _take(request, (campaign, city), quote_id, form, runtime, actor=actor, now=now, speech=speech)


@router.post("/{quote_id}/remove")
def remove(
    campaign: str,
    city: str,
    quote_id: int,
    actor: CurrentActor,
    session: WriteSession,
    _fields: FieldsDep,
    runtime: RuntimeDep,
    now: Now,
) -> Response:
    """Erase its words and its portrait."""
    place = _place(session, actor, campaign, city)
    quotes.remove_quote(session, runtime.storage, place, quote_id, actor=actor, now=now)
    return RedirectResponse(f"{quotes_url(place)}?told=removed", status_code=303)


@router.get("/{quote_id}/card.webp")
def card(campaign: str, city: str, quote_id: int, actor: CurrentActor, runtime: RuntimeDep, now: Now) -> Response:
    """Its square card, small, in the language it was said in; refused as the piece itself is while that waits for the day."""
    with runtime.database.reading() as session:
        place = _place(session, actor, campaign, city)
        refuse_embargoed(session, place.campaign, place.city, Group.QUOTES, now=now)
        quote, look = quotes.quote_at(session, place, quote_id), look_of(session, place.city)
        source = campaign_root(session, runtime, place.campaign, place.city)
    with TemporaryDirectory(dir=runtime.settings.incoming_dir) as workspace:
        folder = Path(workspace)
        pictures = {**look.pictures(runtime.storage, folder), **quote.pictures(runtime.storage, folder)}
        content = quote_preview(
            *(source.toolkit, quote, place.campaign, place.city, look),
            language=quote.text.source,
            pictures=pictures,
            folder=folder,
        )
    return Response(content, media_type="image/webp", headers={"Cache-Control": "no-store"})


def _take(
    request: Request,
    where: tuple[str, str],
    quote_id: int | None,
    form: ReceivedForm,
    runtime: Runtime,
    *,
    actor: Actor,
    now: datetime,
    speech: Translator,
) -> Response:
    """Read, draw and keep; the portrait is decoded and the pieces are drawn before the transaction that keeps them."""
    fields = Fields(form.fields)
    with TemporaryDirectory(dir=runtime.settings.incoming_dir) as workspace:
        folder = Path(workspace)
        with runtime.database.reading() as session:
            place = _place(session, actor, *where)
            known = None if quote_id is None else quotes.quote_at(session, place, quote_id)
            waits = is_embargoed(session, place.campaign, place.city, Group.QUOTES, now=now)
        files = [file for file in form.files if file.field_name == PORTRAIT_FIELD]
        portrait = take_portrait(fields, files[0], folder) if files else None
        translated = translated_languages(place)
        draft = read_quote(fields, languages=offered_languages(place), translated=translated, portrait=portrait)
        if not fields.refusals:
            _check_drawn(runtime, place, draft, known, fields, folder)
        if fields.refusals:
            if portrait is not None:
                fields.refuse(PORTRAIT_FIELD, "upload.choose_again")
            page = quote_page(place, known, fields, actor, speech, card_waits=waits)
            return render(request, "kits/quote.html", page, status=422)
        with runtime.database.writing() as session:
            place = _place(session, actor, *where)
            if quote_id is None:
                sha256 = fields.sha256(person_id=actor.person_id)
                quotes.add_quote(session, runtime.storage, place, draft, actor=actor, form_sha256=sha256, now=now)
            else:
                quotes.change_quote(session, runtime.storage, place, quote_id, draft, actor=actor, now=now)
    return RedirectResponse(f"{quotes_url(place)}?told={'added' if quote_id is None else 'changed'}", status_code=303)


def _check_drawn(
    runtime: Runtime, place: DeskPlace, draft: QuoteDraft, known: Quote | None, fields: Fields, folder: Path
) -> None:
    """Draw every piece in each language of the quote: what cannot be drawn is not kept."""
    with runtime.database.reading() as session:
        look, source = look_of(session, place.city), campaign_root(session, runtime, place.campaign, place.city)
    kept = known if known and not draft.without_portrait else None
    portrait = draft.portrait or (kept.pictures(runtime.storage, folder).get(PORTRAIT_SLOT) if kept else None)
    pictures = look.pictures(runtime.storage, folder) | ({PORTRAIT_SLOT: portrait} if portrait else {})
    link = form_link(runtime.settings.resolved_base_url, place.campaign, place.city)
    toolkit = source.toolkit
    for tag in draft.text.texts:
        slots = quote_slots(draft.name, draft.office, draft.text, place.campaign, place.city, tag, toolkit)
        try:
            check_pieces(toolkit, slots, language=tag, look=look, pictures=pictures, link=link, folder=folder)
        except Refused as refused:
            field = _FIELDS_OF_SLOTS.get(str(refused.params.get("slot")), "text")
            own = field if field == "name" or tag == draft.text.source else f"{field}_{tag}"
            fields.refusals.append(Refused("quote.does_not_fit", field=own))
            return
