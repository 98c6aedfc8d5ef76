"""The booklet at the desk: what goes into it, and having it made."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.assembly.booklet import KIND, is_anything_said
from app.assembly.booklet_sheets import MAX_PAGES
from app.assembly.queries import production_at, stands_whole
from app.assembly.works import have_made
from app.assembly.works_pages import looking_again
from app.assembly.works_views import WorkView, work_view
from app.campaigns.access import managed_campaign
from app.enums import ProductionKind
from app.models import Network
from app.web.deps import Now, ReadSession, Speech, WriteSession
from app.web.templating import render
from app.words import Chosen

router = APIRouter(prefix="/desk/campaigns/{slug}/booklet", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class BookletPage:
    """The context of booklet.html."""

    desk_nav: list[tuple[str, str, bool]]
    title: Chosen
    back_href: str
    collage_href: str
    max_pages: int
    is_anything_said: bool
    work: WorkView


@router.get("")
def show(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now, wait: str = "yes"
) -> Response:
    """What stands, and how far the making is."""
    campaign = managed_campaign(session, actor, slug)
    page = BookletPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=f"/desk/campaigns/{slug}",
        collage_href=f"/desk/campaigns/{slug}/collage",
        max_pages=MAX_PAGES,
        is_anything_said=is_anything_said(session, campaign.id),
        work=work_view(
            session,
            production_at(session, campaign.id, None, KIND),
            address=f"/desk/campaigns/{slug}/booklet",
            zone=session.get_one(Network, campaign.network_id).time_zone,
            speech=speech,
            now=now,
            looks_again=wait != "no",
        ),
    )
    return looking_again(request, render(request, "assembly/booklet.html", page), page.work)


@router.post("/make")
def make(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Have it made now, and the poster that stands on its back where there is none; that has the booklet made again."""
    campaign = managed_campaign(session, actor, slug)
    poster = production_at(session, campaign.id, None, ProductionKind.POSTER)
    if poster is None or not stands_whole(session, poster.id):
        have_made(session, campaign, ProductionKind.POSTER, actor_id=actor.person_id, now=now)
    have_made(session, campaign, KIND, actor_id=actor.person_id, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}/booklet", status_code=303)
