"""All kits of a campaign for whoever runs it: have them drawn ahead, see how far it is, stop it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.deps import CurrentActor
from app.campaigns.access import managed_campaign
from app.kits import kit_runs
from app.kits.kit_run_views import RELOAD_S, kit_run_page
from app.models import Network
from app.web.deps import Now, ReadSession, Speech, WriteSession
from app.web.headers import look_again
from app.web.templating import render

router = APIRouter(prefix="/desk/campaigns/{slug}/kits", include_in_schema=False)


@router.get("")
def show_kits(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    now: Now,
    wait: Annotated[str, Query()] = "yes",
) -> Response:
    """Which city's kit is how far; it looks again by itself while it is drawn, unless the reader stopped that (`?wait=no`)."""
    campaign = managed_campaign(session, actor, slug)
    zone = session.get_one(Network, campaign.network_id).time_zone
    seen = kit_runs.standing(session, campaign.id)
    page = kit_run_page(campaign, seen, actor, speech, now=now, zone=zone, looks_again=wait != "no")
    response = render(request, "kits/kit_run.html", page)
    return look_again(request, response, after_s=RELOAD_S) if page.reloads else response


@router.post("")
def draw_all(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Have all of them drawn, or go on with it."""
    campaign = managed_campaign(session, actor, slug)
    kit_runs.request_all_kits(session, campaign, actor_id=actor.person_id, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}/kits", status_code=303)


@router.post("/stop")
def stop(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Stop; what was drawn stays."""
    campaign = managed_campaign(session, actor, slug)
    kit_runs.stop(session, campaign, actor_id=actor.person_id, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}/kits", status_code=303)
