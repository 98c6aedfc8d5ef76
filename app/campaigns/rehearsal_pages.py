"""The dress rehearsal at the desk, for those who run campaigns."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns.access import managed_campaign
from app.campaigns.rehearsal import Stage, rehearse
from app.campaigns.rehearsal_queries import script_of
from app.campaigns.rehearsal_views import rehearsal_page
from app.web.deps import RuntimeDep, Speech
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@router.get("/desk/campaigns/{slug}/rehearsal")
def show_rehearsal(
    request: Request, slug: str, actor: CurrentActor, speech: Speech, runtime: RuntimeDep, city: str = ""
) -> Response:
    """The storyboard, whole or of one city; the transaction is over before anything is played."""
    stage: Stage = request.app.state.rehearsal_stage
    with runtime.database.reading() as session:
        campaign = managed_campaign(session, actor, slug)
        script = script_of(session, runtime, campaign, stage)
    page = rehearsal_page(
        rehearse(script, stage, speech), speech, desk_nav=desk_nav(actor, speech, "campaigns"), chosen_city=city
    )
    return render(request, "campaigns/rehearsal.html", page)
