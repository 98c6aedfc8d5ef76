"""Another day for a campaign: asked for, then shown with what it does, then moved."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns import day_moves
from app.campaigns.access import managed_campaign
from app.campaigns.control import Change
from app.campaigns.day_moves import DayMove
from app.campaigns.timeline import moments_of
from app.campaigns.timeline_contexts import ChangeLine, DayPage
from app.campaigns.timeline_pages import back_to_timeline, timeline_href
from app.campaigns.timeline_views import change_line, staying_line
from app.errors import Refused
from app.models import Campaign
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator
from app.web.templating import render

router = APIRouter(prefix="/desk/campaigns/{slug}/timeline/day", include_in_schema=False)


@router.get("")
def another_day(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now, day_on: str = ""
) -> Response:
    """Ask for another day, or show what it would do."""
    campaign = managed_campaign(session, actor, slug)
    if not day_on:
        page = _day_page(session, actor, campaign, speech, typed=campaign.day_on.isoformat(), now=now)
        return render(request, "campaigns/timeline_day.html", page)
    try:
        move = day_moves.planned_day_move(session, campaign, _day(Fields({"day_on": [day_on]})), now=now)
    except Refused as refused:
        page = _day_page(session, actor, campaign, speech, typed=day_on, now=now, refused=refused)
        return render(request, "campaigns/timeline_day.html", page, status=422)
    page = _day_page(session, actor, campaign, speech, typed=day_on, now=now, move=move)
    return render(request, "campaigns/timeline_day.html", page)


@router.post("")
def move_day(slug: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now, runtime: RuntimeDep) -> Response:
    """Move the day."""
    campaign, base_url = managed_campaign(session, actor, slug), runtime.settings.resolved_base_url
    day_moves.move_day(session, campaign, _day(fields), actor=actor, now=now, base_url=base_url)
    return back_to_timeline(slug, done="day")


def _day(fields: Fields) -> date:
    day_on = fields.day("day_on")
    fields.refuse_if_wrong()
    return day_on


def _day_page(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    speech: Translator,
    *,
    typed: str,
    now: datetime,
    move: DayMove | None = None,
    refused: Refused | None = None,
) -> DayPage:
    moments = moments_of(session, campaign)
    at_once = move.at_once(now) if move else []

    def said(changes: Sequence[Change]) -> list[ChangeLine]:
        return [change_line(each, moments, speech) for each in changes]

    return DayPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=timeline_href(campaign.slug),
        action=timeline_href(campaign.slug, "day"),
        day_on=campaign.day_on,
        typed=typed,
        new_day_on=move.day_on if move else None,
        opens_on=move.day_on + timedelta(days=campaign.pre_day_offset_days) if move else None,
        people_count=move.people_count if move else 0,
        at_once=said(at_once),
        changes=said([each for each in move.changes if each not in at_once]) if move else [],
        dated=[staying_line(each, moments, speech) for each in move.dated] if move else [],
        staying=[staying_line(each, moments, speech) for each in move.staying] if move else [],
        errors=field_errors(refused, speech) if refused else (),
    )
