"""A city that pauses, and goes on: elections, mourning, an attack."""

from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.accounts.queries import city_for
from app.campaigns import control
from app.campaigns.control import Missed
from app.campaigns.queries import campaign_by_slug, participation
from app.campaigns.timeline import moments_of, placed_runs
from app.campaigns.timeline_contexts import PAUSE_WORDS, PausePage
from app.campaigns.timeline_pages import Place, back_to_timeline, timeline_href
from app.campaigns.timeline_views import name_of, staying_line
from app.enums import PauseReason, Permission, StepState
from app.errors import Refused, RefusedFields
from app.models import Campaign, CampaignCity, City, StepRun
from app.web.deps import FieldsDep, Now, ReadSession, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator
from app.web.templating import render

router = APIRouter(prefix="/desk/campaigns/{slug}/timeline", include_in_schema=False)


@router.get("/pause")
def before_pause(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now, city: str = ""
) -> Response:
    """What a pause would keep waiting, or what a city that resumes has missed."""
    campaign, place, found = _own(session, actor, slug, city)
    page = _pause_page(session, actor, campaign, (place, found), speech, now=now, fields=Fields({}))
    return render(request, "campaigns/timeline_pause.html", page)


@router.post("/pause")
def pause(
    request: Request, slug: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, speech: Speech, now: Now
) -> Response:
    """The city pauses."""
    campaign, place, found = _own(session, actor, slug, fields.raw("city"))
    try:
        reason = fields.one_of("reason", PauseReason)
        note = fields.text("note", required=False, max_chars=control.MAX_NOTE_CHARS)
        fields.refuse_if_wrong()
    except RefusedFields as refused:
        page = _pause_page(session, actor, campaign, (place, found), speech, now=now, fields=fields, refused=refused)
        return render(request, "campaigns/timeline_pause.html", page, status=422)
    control.pause_city(session, campaign, place, reason=reason, note=note, actor=actor, now=now)
    return back_to_timeline(slug, city=found.slug, done="paused")


@router.post("/resume")
def resume(slug: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now) -> Response:
    """The city goes on."""
    campaign, place, found = _own(session, actor, slug, fields.raw("city"))
    missed = fields.one_of("missed", Missed)
    fields.refuse_if_wrong()
    control.resume_city(session, campaign, place, missed=missed, actor=actor, now=now)
    return back_to_timeline(slug, city=found.slug, done="resumed")


def _own(session: Session, actor: Actor, slug: str, city: str) -> tuple[Campaign, CampaignCity, City]:
    campaign = campaign_by_slug(session, actor.network_id, slug)
    city_for(session, actor, Permission.JOIN_CAMPAIGN, city)
    return (campaign, *participation(session, campaign.id, city))


def _pause_page(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    chosen: Place,
    speech: Translator,
    *,
    now: datetime,
    fields: Fields,
    refused: Refused | None = None,
) -> PausePage:
    place, city = chosen
    moments = moments_of(session, campaign)
    if place.paused_at is not None:
        steps = control.missed_runs(session, campaign, place, now=now)
    else:
        steps = placed_runs(session, campaign.id, StepRun.campaign_city_id == place.id, StepRun.state == StepState.PLANNED)
    return PausePage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        city=name_of(city, speech),
        back_href=f"{timeline_href(campaign.slug)}?{urlencode({'city': city.slug})}",
        action=timeline_href(campaign.slug, "resume" if place.paused_at else "pause"),
        chosen=city.slug,
        is_paused=place.paused_at is not None,
        steps=[staying_line(each, moments, speech) for each in steps],
        reasons=[(reason.value, speech.gettext(words)) for reason, words in PAUSE_WORDS.items()],
        reason=fields.raw("reason"),
        note=fields.raw("note"),
        max_note_chars=control.MAX_NOTE_CHARS,
        errors=field_errors(refused, speech) if refused else (),
    )
