"""The collage of a campaign at the desk: its layout, making it for screens and for print, and whether it is fair."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.assembly import collage_plan
from app.assembly.collage_contexts import CollageDeskPage
from app.assembly.collage_sheets import words_of
from app.assembly.collage_views import fairness_view, layouts_of
from app.assembly.collage_words import said_of
from app.assembly.queries import production_at
from app.assembly.works import have_made
from app.assembly.works_pages import looking_again
from app.assembly.works_views import WorkView, work_view
from app.campaigns.access import managed_campaign
from app.enums import Phase, ProductionKind
from app.errors import Refused
from app.kits.sources import campaign_root
from app.models import Campaign, City, Network
from app.runtime import Runtime
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.i18n import Translator
from app.web.templating import render
from media_pipeline.typeset import is_right_to_left

router = APIRouter(prefix="/desk/campaigns/{slug}/collage", include_in_schema=False)


@router.get("")
def show(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
    now: Now,
    wait: str = "yes",
) -> Response:
    """The picture, the layouts, the works and the figures; it looks again by itself while one of them is being made."""
    campaign = managed_campaign(session, actor, slug)
    page = _page(session, runtime, campaign, actor, speech, now, looks_again=wait != "no")
    return looking_again(request, render(request, "assembly/collage.html", page), page.collage, page.zoomable, page.poster)


@router.post("/layout")
def choose_layout(
    request: Request,
    slug: str,
    actor: CurrentActor,
    runtime: RuntimeDep,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
) -> Response:
    """Lay it out so from now on."""
    with runtime.database.reading() as session:
        campaign = managed_campaign(session, actor, slug)
        toolkit = campaign_root(session, runtime, campaign).toolkit
    layout, by = fields.raw("layout"), actor.person_id
    try:
        with runtime.database.writing() as session:
            collage_plan.choose_layout(session, campaign, toolkit, layout, actor_id=by, now=now)
    except Refused as refused:
        with runtime.database.reading() as session:
            page = _page(session, runtime, campaign, actor, speech, now, told=speech.refusal(refused))
        return render(request, "assembly/collage.html", page, status=404)
    return RedirectResponse(f"{_address(campaign)}#layouts", status_code=303)


@router.post("/make")
def make(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Have the collage made now."""
    return _made(session, actor, slug, ProductionKind.COLLAGE, now)


@router.post("/zoomable")
def make_zoomable(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Have the collage to zoom into brought up to date now."""
    return _made(session, actor, slug, ProductionKind.ZOOMABLE_COLLAGE, now)


@router.post("/print")
def make_for_print(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Have the poster for print made now."""
    return _made(session, actor, slug, ProductionKind.POSTER, now)


def _made(session: Session, actor: Actor, slug: str, kind: ProductionKind, now: datetime) -> Response:
    campaign = managed_campaign(session, actor, slug)
    have_made(session, campaign, kind, actor_id=actor.person_id, now=now)
    return RedirectResponse(f"{_address(campaign)}#{kind.value}", status_code=303)


def _address(campaign: Campaign) -> str:
    return f"/desk/campaigns/{campaign.slug}/collage"


def _page(
    session: Session,
    runtime: Runtime,
    campaign: Campaign,
    actor: Actor,
    speech: Translator,
    now: datetime,
    *,
    told: str | None = None,
    looks_again: bool = True,
) -> CollageDeskPage:
    toolkit = campaign_root(session, runtime, campaign).toolkit
    fairness = collage_plan.fairness_now(session, campaign.id)
    zone = session.get_one(Network, campaign.network_id).time_zone
    language, words = words_of(campaign)
    url = _address(campaign)

    def work(kind: ProductionKind, act: str) -> WorkView:
        row = production_at(session, campaign.id, None, kind)
        return work_view(
            session,
            row,
            address=url,
            zone=zone,
            speech=speech,
            now=now,
            looks_again=looks_again,
            make_action=f"{url}/{act}",
        )

    ids = [share.city_id for share in fairness.cities]
    cities = {city.id: city for city in session.scalars(select(City).where(City.id.in_(ids)).order_by(City.id))}
    chosen = collage_plan.chosen_layout(session, campaign.id)
    shown_cities = sum(share.shown > 0 for share in fairness.cities)
    zoomable = work(ProductionKind.ZOOMABLE_COLLAGE, "zoomable")
    is_seen = campaign.status.is_public and campaign.phase in {Phase.DAY, Phase.POST_DAY}
    return CollageDeskPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=f"/desk/campaigns/{campaign.slug}",
        public_href=f"/c/{campaign.slug}#collage" if is_seen else None,
        url=url,
        alt=said_of(speech, fairness.shown, shown_cities, words),
        layouts=layouts_of(toolkit, chosen, fairness.shown, speech, mirrored=is_right_to_left(language)),
        collage=work(ProductionKind.COLLAGE, "make"),
        zoomable=zoomable,
        zoomable_href=f"/c/{campaign.slug}/collage" if is_seen and zoomable.standing else None,
        poster=work(ProductionKind.POSTER, "print"),
        nothing_for=collage_plan.nothing_for(session, campaign.id),
        fairness=fairness_view(fairness, cities, speech),
        told=told,
    )
