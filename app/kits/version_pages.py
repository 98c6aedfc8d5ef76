"""The kits of a campaign for whoever runs it: what is published, what changed since, and which city took what."""

from collections.abc import Collection

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns.access import managed_campaign
from app.enums import CampaignStatus
from app.errors import Refused, RefusedFields
from app.kits import versions
from app.kits.toolkit import load_toolkit
from app.kits.toolkit_views import name_of
from app.kits.version_contexts import PublishForm, VersionsPage
from app.kits.version_views import DEFAULT_EMBARGO, EMBARGOABLE, publish_form, taking_line, version_line
from app.models import Campaign, Network
from app.runtime import Runtime
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import field_errors
from app.web.i18n import Translator, _
from app.web.templating import render
from app.words import Words

router = APIRouter(prefix="/desk/campaigns/{slug}/toolkit", include_in_schema=False)


@router.get("")
def show_versions(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, runtime: RuntimeDep
) -> Response:
    """The version that stands, what publishing would change, and who took what."""
    campaign = managed_campaign(session, actor, slug)
    page = _page(session, actor, campaign, speech, runtime, told="published" in request.query_params)
    return render(request, "kits/versions.html", page)


@router.post("")
def publish(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: WriteSession,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
    runtime: RuntimeDep,
) -> Response:
    """Publish the toolkit as it is now."""
    campaign = managed_campaign(session, actor, slug)
    known = {group.value for group in EMBARGOABLE}
    embargoed = [value for value in fields.many("embargoed") if value in known]
    note = fields.text("note", required=False, max_chars=versions.MAX_NOTE_CHARS)
    try:
        fields.refuse_if_wrong()
        versions.publish(
            session, runtime, campaign, note=Words.one(speech.language, note), embargoed=embargoed, actor=actor, now=now
        )
    except Refused as refused:
        if refused.field is None and not isinstance(refused, RefusedFields):
            raise
        page = _page(session, actor, campaign, speech, runtime, note=note, embargoed=embargoed, refused=refused)
        return render(request, "kits/versions.html", page, status=422)
    return RedirectResponse(f"/desk/campaigns/{slug}/toolkit?published=yes", status_code=303)


def _page(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    speech: Translator,
    runtime: Runtime,
    *,
    told: bool = False,
    note: str = "",
    embargoed: Collection[str] | None = None,
    refused: Refused | None = None,
) -> VersionsPage:
    zone = session.get_one(Network, campaign.network_id).time_zone
    lines = [version_line(version, person, speech, zone=zone) for version, person in versions.versions_of(session, campaign.id)]
    current = versions.current_version(session, campaign.id)
    number = current.number if current else None
    ticked = embargoed if embargoed is not None else current.embargoed if current else DEFAULT_EMBARGO
    form, trouble, name = None, None, None
    try:
        name = name_of(load_toolkit(campaign.toolkit_slug), speech)
        form = _form(session, campaign, speech, runtime, note, ticked)
    except Refused as broken:
        trouble = speech.refusal(broken)
    return VersionsPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=f"/desk/campaigns/{campaign.slug}",
        toolkit=name,
        toolkit_href=f"/desk/toolkits/{campaign.toolkit_slug}",
        action=f"/desk/campaigns/{campaign.slug}/toolkit",
        trouble=trouble,
        current=lines[0] if lines else None,
        form=form,
        versions=lines,
        takings=[taking_line(each, number, speech) for each in versions.last_takings(session, campaign.id)],
        told=speech.gettext(_("Version %(number)s is published.")) % {"number": speech.number(number)}
        if told and number
        else None,
        errors=field_errors(refused, speech) if refused else (),
    )


def _told(number: int, speech: Translator) -> str:
    return speech.gettext(_("Version %(number)s is published.")) % {"number": speech.number(number)}


def _form(
    session: Session, campaign: Campaign, speech: Translator, runtime: Runtime, note: str, ticked: Collection[str]
) -> PublishForm | None:
    if campaign.status is CampaignStatus.CLOSED:
        return None
    seen = versions.foresee(session, runtime.storage, campaign, folder=runtime.settings.frozen_toolkits_dir)
    return publish_form(seen, note, ticked, speech)
