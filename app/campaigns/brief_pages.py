"""The brief at the desk until it is fixed: read, commented on, its versions; who has read it, and the working group."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns import brief, brief_comments, working_group
from app.campaigns.access import managed_campaign
from app.campaigns.brief_comments import MAX_CHARS, Remark
from app.campaigns.brief_contexts import BriefReadPage, GroupPage, ReadersPage, VersionsPage, VersionView
from app.campaigns.brief_fields import PARTS, THE_WHOLE
from app.campaigns.brief_letters import until_when
from app.campaigns.brief_queries import Voices, brief_closes_at, brief_for, version_number, versions_of
from app.campaigns.brief_values import changes
from app.campaigns.brief_views import (
    city_lines,
    group_lines,
    member_lines,
    parts_of,
    people_to_choose,
    voices_to_choose,
)
from app.campaigns.contexts import Told
from app.campaigns.queries import campaign_by_slug
from app.campaigns.views import local_moment
from app.enums import CampaignStatus
from app.errors import NotFound, Refused
from app.models import BriefVersion, Campaign, City, Network
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import STATUS, field_errors
from app.web.forms import FORM_TOKEN, Fields, new_form_token
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(prefix="/desk/campaigns/{slug}", include_in_schema=False)
WHOLE_KEY = "whole"  # how the whole brief is called in fields and anchors
MAX_ID_DIGITS = 18  # no database counts further


@router.get("/brief")
def show_brief(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now, runtime: RuntimeDep
) -> Response:
    """The brief with its comments; opening it while it is not fixed is reading it."""
    campaign = campaign_by_slug(session, actor.network_id, slug)
    voices = brief_for(session, actor, campaign)
    version = version_number(session, campaign.id)
    fetched_ahead = "prefetch" in request.headers.get("sec-purpose", "")  # by a browser that guesses; nobody looks at it yet
    if campaign.status is CampaignStatus.PREPARING and version and not fetched_ahead:
        seen = {"person_id": actor.person_id, "version": version}
        if not brief.has_read(session, campaign.id, **seen):
            with runtime.database.writing() as own:
                brief.read(own, campaign.id, now=now, **seen)
    page = _brief_page(session, actor, campaign, voices, speech, told=_told(request, speech))
    return render(request, "campaigns/brief_read.html", page)


@router.post("/brief/comments")
def leave_comment(
    request: Request, slug: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, speech: Speech, now: Now
) -> Response:
    """Leave a comment on the whole brief or on a part of it."""
    campaign = campaign_by_slug(session, actor.network_id, slug)
    voices = brief_for(session, actor, campaign)
    about = fields.raw("about")
    key = about or WHOLE_KEY
    try:
        text = fields.text(f"text-{key}", max_chars=MAX_CHARS)
        fields.refuse_if_wrong()
        city = _city_spoken_for(voices, fields.raw(f"city-{key}"))
        remark = Remark(about, text, city, fields.sha256(person_id=actor.person_id))
        brief_comments.comment(session, campaign, remark, voices=voices, actor=actor, now=now)
    except NotFound:
        raise
    except Refused as refused:
        page = _brief_page(session, actor, campaign, voices, speech, refused=refused, fields=fields, about=about)
        return render(request, "campaigns/brief_read.html", page, status=STATUS[refused.kind])
    return RedirectResponse(f"/desk/campaigns/{slug}/brief?done=said#part-{key}", status_code=303)


@router.post("/brief/comments/{comment_id:int}/take-back")
def take_back(slug: str, comment_id: int, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Take one's own comment back."""
    campaign = campaign_by_slug(session, actor.network_id, slug)
    brief_for(session, actor, campaign)
    brief_comments.take_back(session, campaign, comment_id, actor=actor, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}/brief?done=taken", status_code=303)


@router.post("/brief/comments/{comment_id:int}/settle")
def settle(slug: str, comment_id: int, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Tick a comment as dealt with."""
    campaign = managed_campaign(session, actor, slug)
    brief_comments.settle(session, campaign, comment_id, settled=True, actor=actor, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}/brief#comment-{comment_id}", status_code=303)


@router.post("/brief/comments/{comment_id:int}/reopen")
def reopen(slug: str, comment_id: int, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Take the tick away again."""
    campaign = managed_campaign(session, actor, slug)
    brief_comments.settle(session, campaign, comment_id, settled=False, actor=actor, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}/brief#comment-{comment_id}", status_code=303)


@router.get("/brief/versions")
def show_versions(request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """Every version, and what changed from one to the next."""
    campaign = campaign_by_slug(session, actor.network_id, slug)
    brief_for(session, actor, campaign)
    zone = session.get_one(Network, campaign.network_id).time_zone
    rows = versions_of(session, campaign.id)
    older: list[BriefVersion | None] = [*(version for version, _name in rows[1:]), None]
    page = VersionsPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        slug=slug,
        versions=[
            VersionView(
                number=version.number,
                when=local_moment(version.created_at, zone, speech),
                by=name,
                note=version.note,
                changes=changes(before.content, version.content, speech) if before else (),
                is_first=before is None,
            )
            for (version, name), before in zip(rows, older, strict=True)
        ],
    )
    return render(request, "campaigns/brief_versions.html", page)


@router.get("/brief/readers")
def show_readers(request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """Who has read the brief, for whoever runs the campaign."""
    campaign = managed_campaign(session, actor, slug)
    page = ReadersPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        slug=slug,
        version=version_number(session, campaign.id),
        cities=city_lines(session, campaign, speech),
        members=member_lines(session, campaign, speech),
    )
    return render(request, "campaigns/brief_readers.html", page)


@router.get("/working-group")
def show_group(request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """The working group, for whoever runs the campaign."""
    campaign = managed_campaign(session, actor, slug)
    page = _group_page(session, actor, campaign, speech, told=_told(request, speech))
    return render(request, "campaigns/working_group.html", page)


@router.post("/working-group")
def add_to_group(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: WriteSession,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
    runtime: RuntimeDep,
) -> Response:
    """Bring somebody in."""
    campaign = managed_campaign(session, actor, slug)
    base_url = runtime.settings.resolved_base_url
    try:
        chosen = fields.raw("person")
        if not chosen.isdecimal():
            fields.refuse("person", "form.required")
        elif len(chosen) > MAX_ID_DIGITS:
            fields.refuse("person", "form.not_a_choice")
        fields.refuse_if_wrong()
        working_group.add_member(session, campaign, int(chosen), actor=actor, now=now, base_url=base_url)
    except NotFound:
        raise
    except Refused as refused:
        page = _group_page(session, actor, campaign, speech, refused=refused)
        return render(request, "campaigns/working_group.html", page, status=422)
    return RedirectResponse(f"/desk/campaigns/{slug}/working-group?done=added", status_code=303)


@router.post("/working-group/{person_id:int}/remove")
def remove_from_group(slug: str, person_id: int, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Let somebody go."""
    campaign = managed_campaign(session, actor, slug)
    working_group.remove_member(session, campaign, person_id, actor=actor, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}/working-group?done=removed", status_code=303)


def closes(session: Session, campaign: Campaign, speech: Translator, *, city: City | None = None) -> str | None:
    """When the time-line will fix the brief, in words."""
    until = brief_closes_at(session, campaign.id) if campaign.status is CampaignStatus.PREPARING else None
    return until_when(until, city, session.get_one(Network, campaign.network_id), speech) if until else None


def _city_spoken_for(voices: Voices, slug: str) -> City | None:
    if not slug:
        return voices.cities[0] if not voices.speaks_for_itself and len(voices.cities) == 1 else None
    city = next((each for each in voices.cities if each.slug == slug), None)
    if city is None:
        raise NotFound("city.unknown", city=slug)
    return city


def _brief_page(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    voices: Voices,
    speech: Translator,
    *,
    told: Told | None = None,
    refused: Refused | None = None,
    fields: Fields | None = None,
    about: str = THE_WHOLE,
) -> BriefReadPage:
    newest = brief.latest_version(session, campaign.id)
    version = newest.number if newest else 0
    parts = parts_of(session, campaign, actor, voices, speech, version=version)
    can_comment = campaign.status is CampaignStatus.PREPARING
    wrong_part = about if refused is not None and about in {THE_WHOLE, *PARTS} else None
    key = about or WHOLE_KEY
    typed = fields.raw(f"text-{key}") if fields else ""
    if wrong_part is not None and fields is not None:
        spoken = fields.raw(f"city-{key}")
        parts = [replace(each, typed=typed, speaks_for=spoken) if each.key == wrong_part else each for each in parts]
    zone = session.get_one(Network, campaign.network_id).time_zone
    return BriefReadPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        slug=campaign.slug,
        is_fixed=brief.is_fixed(campaign),
        is_draft=campaign.status is CampaignStatus.DRAFT,
        version=version,
        changed=local_moment(newest.created_at, zone, speech) if newest else None,
        closes=closes(session, campaign, speech, city=voices.cities[0] if voices.cities else None),
        parts=parts,
        voices=voices_to_choose(voices, speech),
        can_comment=can_comment,
        manages=voices.manages,
        has_cities=bool(voices.cities),
        max_chars=MAX_CHARS,
        form_token=(fields.raw(FORM_TOKEN) if fields else "") or new_form_token(),
        kept_text="" if can_comment else typed,
        errors=field_errors(refused, speech) if refused else (),
        wrong_part=wrong_part,
        told=told,
    )


def _group_page(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    speech: Translator,
    *,
    told: Told | None = None,
    refused: Refused | None = None,
) -> GroupPage:
    return GroupPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        slug=campaign.slug,
        is_fixed=brief.is_fixed(campaign),
        members=group_lines(session, campaign, speech),
        others=people_to_choose(session, campaign, speech),
        told=told,
        errors=field_errors(refused, speech) if refused else (),
    )


DONE = {
    "said": (_("Your comment is there"), _("All who read the brief see it, with your name. You can take it back.")),
    "taken": (_("Your comment is taken back"), None),
    "added": (_("They are in the working group"), _("They find the brief at their desk.")),
    "removed": (_("They are no longer in the working group"), _("What they said stays.")),
}


def _told(request: Request, speech: Translator) -> Told | None:
    done = DONE.get(request.query_params.get("done", ""))
    return Told("good", speech.gettext(done[0]), speech.gettext(done[1]) if done[1] else None) if done else None
