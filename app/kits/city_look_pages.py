"""The page on which a city gives its names, logo, accent and accounts, and sees three pieces change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.queries import city_for
from app.enums import Accent, Permission
from app.errors import NotFound, Refused
from app.kits.city_look_forms import LOGO_FIELD, MAX_NAME_CHARS, TypedLook, read_look, take_logo
from app.kits.city_look_previews import PIECES, LogoAt, Stage, Typed, check_all, preview, stage_for
from app.kits.city_look_views import Showing, look_page
from app.kits.city_looks import Look, campaigns_of, keep_look, look_of, name_languages
from app.kits.logo_drafts import held_logo, hold_logo
from app.kits.ordering import refuse_embargoed
from app.kits.pieces import Group
from app.kits.sources import Source, campaign_root, first_root
from app.models import Campaign, City
from app.runtime import Runtime
from app.web.deps import FormDep, Now, RuntimeDep, Speech
from app.web.forms import Fields
from app.web.templating import render
from app.words import choose

router = APIRouter(prefix="/desk/cities/{city}/look", include_in_schema=False)
from_campaign = APIRouter(prefix="/desk/c/{campaign}/{city}/look", include_in_schema=False)
NO_LOGO = "none"
KEEP = "keep"


@dataclass(frozen=True, slots=True)
class _Place:
    """A city of this person with what it has given so far, and the campaign on which that is shown."""

    city: City
    look: Look
    campaigns: Sequence[Campaign]
    chosen: Campaign | None
    source: Source  # of the chosen one's toolkit

    @property
    def languages(self) -> list[str]:
        return name_languages(self.city, self.campaigns)

    def language(self, tag: str) -> str:
        return tag if tag in self.languages else self.languages[0]

    def stage(self, language: str) -> Stage:
        return stage_for(self.source, self.chosen, self.city, language)


EMBARGOED_WITH = {"post": Group.PICTURES, "banner": Group.BANNERS}  # what is under embargo is not seen in passing either


def _city(session: Session, actor: Actor, slug: str) -> City:
    city = city_for(session, actor, Permission.KEEP_CITY, slug)
    if city.is_elsewhere:  # no city, so it looks like none
        raise NotFound("city.unknown", city=slug)
    return city


def _place(runtime: Runtime, actor: Actor, slug: str, campaign: str) -> _Place:
    """With the campaign of this address, else the newest, else none."""
    with runtime.database.reading() as session:
        city = _city(session, actor, slug)
        found = campaigns_of(session, city)
        chosen = next((each for each in found if each.slug == campaign), found[0] if found else None)
        source = campaign_root(session, runtime, chosen, city) if chosen else first_root(session, runtime, city.network_id)
        return _Place(city, look_of(session, city), found, chosen, source)


@router.get("")
def show(
    request: Request,
    city: str,
    actor: CurrentActor,
    runtime: RuntimeDep,
    speech: Speech,
    campaign: Annotated[str, Query(max_length=80)] = "",
    language: Annotated[str, Query(max_length=35)] = "",
    kept: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> Response:
    """The form as it stands."""
    place = _place(runtime, actor, city, campaign)
    typed = TypedLook(place.city.names, place.look.accent, dict(place.look.handles), without_logo=False)
    showing = Showing(place.chosen, place.source, place.language(language), is_kept=kept)
    return render(request, "kits/city_look.html", look_page(place, typed, showing, Fields({}), actor, speech))


@from_campaign.get("")
def show_on(campaign: str, city: str, _actor: CurrentActor) -> Response:
    """The same form, shown on the pieces of this campaign."""
    return RedirectResponse(f"/desk/cities/{quote(city)}/look?{urlencode({'campaign': campaign})}", status_code=303)


@router.post("")
def take(
    request: Request, city: str, actor: CurrentActor, form: FormDep, runtime: RuntimeDep, now: Now, speech: Speech
) -> Response:
    """Show what was typed, or keep it. The logo is re-encoded before any transaction begins."""
    fields, folder = Fields(form.fields), runtime.settings.incoming_dir
    place = _place(runtime, actor, city, fields.raw("campaign"))
    typed = read_look(fields, languages=place.languages, source=place.city.names.source)
    token = fields.raw("logo_token")
    for file in [file for file in form.files if file.field_name == LOGO_FIELD][:1]:
        made = take_logo(fields, file, folder)
        token = hold_logo(made, folder=folder, city_id=place.city.id, now=now) if made else token
    logo = held_logo(token, folder=folder, city_id=place.city.id)
    token = token if logo else ""
    showing = Showing(place.chosen, place.source, place.language(fields.raw("language")), token=token)
    is_to_keep = fields.raw("act") == KEEP
    if not fields.refusals:
        tags = typed.names.texts if is_to_keep else [showing.language]
        _check_drawn(place, typed, _logo_at(runtime, place, token, without=typed.without_logo), fields, tags)
    if fields.refusals or not is_to_keep:
        status = 422 if fields.refusals else 200
        return render(request, "kits/city_look.html", look_page(place, typed, showing, fields, actor, speech), status=status)
    with runtime.database.writing() as session:
        keep_look(
            session,
            runtime.storage,
            _city(session, actor, city),
            names=typed.names,
            accent=typed.accent,
            handles=typed.handles,
            logo=logo,
            without_logo=typed.without_logo,
            actor=actor,
            now=now,
        )
    shown = {"campaign": showing.campaign.slug if showing.campaign else "", "language": showing.language}
    return RedirectResponse(f"{request.url.path}?{urlencode({**shown, 'kept': 'true'})}", status_code=303)


@router.get("/{piece}.webp")
def small_piece(
    piece: str,
    city: str,
    actor: CurrentActor,
    runtime: RuntimeDep,
    name: Annotated[str, Query(max_length=MAX_NAME_CHARS)] = "",
    accent: Accent | None = None,
    logo: Annotated[str, Query(max_length=80)] = "",
    campaign: Annotated[str, Query(max_length=80)] = "",
    language: Annotated[str, Query(max_length=35)] = "",
) -> Response:
    """One of the three pieces with what is typed; drawn once for equal words."""
    if piece not in PIECES:
        raise NotFound
    place = _place(runtime, actor, city, campaign)
    tag = place.language(language)
    typed = Typed(
        name=name.strip() or choose(place.city.names, [tag]).text,
        accent=accent or place.look.accent,
        logo=_logo_at(runtime, place, logo, without=logo == NO_LOGO),
    )
    if place.chosen is not None and piece in EMBARGOED_WITH:
        with runtime.database.reading() as session:
            refuse_embargoed(session, place.chosen, place.city, EMBARGOED_WITH[piece], now=runtime.now())
    content = preview(place.stage(tag), typed, piece)
    return Response(content, media_type="image/webp", headers={"Cache-Control": "private, max-age=600"})


def _logo_at(runtime: Runtime, place: _Place, token: str, *, without: bool) -> LogoAt | None:
    """The logo that is typed, else the one that is kept."""
    held = held_logo(token, folder=runtime.settings.incoming_dir, city_id=place.city.id)
    if held is not None:
        return LogoAt(str(held.path), lambda _folder: held.path)
    if without or place.look.logo_key is None:
        return None
    return LogoAt(place.look.logo_key, partial(runtime.storage.fetched, place.look.logo_key))


def _check_drawn(place: _Place, typed: TypedLook, logo: LogoAt | None, fields: Fields, tags: Iterable[str]) -> None:
    """Draw the pieces in these languages: what cannot be drawn is not kept."""
    for tag in tags:
        name = choose(typed.names, [tag])
        try:
            check_all(place.stage(tag), Typed(name.text, typed.accent, logo))
        except Refused as refused:
            if refused.params.get("slot") != "city":  # the campaign's own words, which are not typed here
                raise
            fields.refuse(f"name_{name.language}", "look.name_does_not_fit")
