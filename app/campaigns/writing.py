"""The pages on which a campaign is written: a new one from a day, a draft again."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor, require
from app.accounts.desk import desk_nav
from app.campaigns import service
from app.campaigns.contexts import FORMAT_WORDS, KIND_WORDS, FormPage
from app.campaigns.draft import MAX_CHARS
from app.campaigns.forms import CampaignForm, form_of_campaign, form_of_day, form_of_fields, read_draft
from app.campaigns.queries import campaign_by_slug, day_by_slug, toolkit_slugs
from app.campaigns.views import named_languages, toolkit_name
from app.enums import CampaignStatus, Permission
from app.errors import ErrorKind, Refused, RefusedFields
from app.models import Campaign, InternationalDay
from app.network.queries import cities_of
from app.web.deps import FieldsDep, Now, ReadSession, Speech, WriteSession
from app.web.errors import field_errors
from app.web.i18n import Translator, _, page_languages
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@router.get("/desk/campaigns/new")
def new_campaign(
    request: Request, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now, day: str = ""
) -> Response:
    """The form of a new campaign on a day; without a day, the list of days."""
    require(actor, Permission.MANAGE_CAMPAIGNS)
    if not day:
        return RedirectResponse("/desk/campaigns#days", status_code=303)
    found = day_by_slug(session, actor.network_id, day)
    languages = [speech.language, *(tag for tag in page_languages() if tag != speech.language)]
    form = form_of_day(found, today=now.date(), languages=languages)
    return _rendered(request, session, actor, speech, form, day=found)


@router.post("/desk/campaigns/new")
def create_campaign(
    request: Request,
    actor: CurrentActor,
    session: WriteSession,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
    day: str = "",
) -> Response:
    """Keep the draft; or show the fields for the languages just ticked."""
    require(actor, Permission.MANAGE_CAMPAIGNS)
    found = day_by_slug(session, actor.network_id, day)
    form = form_of_fields(fields)
    if fields.raw("act") == "languages":
        return _rendered(request, session, actor, speech, form, day=found)
    toolkits = toolkit_slugs()
    try:
        draft = read_draft(fields, toolkits=toolkits)
        campaign = service.create_campaign(session, day=found, draft=draft, toolkits=toolkits, actor=actor, now=now)
    except RefusedFields as refused:
        return _rendered(request, session, actor, speech, form, day=found, refused=refused)
    return RedirectResponse(f"/desk/campaigns/{campaign.slug}?kept=yes", status_code=303)


@router.get("/desk/campaigns/{slug}/edit")
def write_again(request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """The form of a draft."""
    campaign = _draft(session, actor, slug)
    day = session.get_one(InternationalDay, campaign.international_day_id)
    return _rendered(request, session, actor, speech, form_of_campaign(campaign), day=day, campaign=campaign)


@router.post("/desk/campaigns/{slug}/edit")
def edit_campaign(
    request: Request, slug: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, speech: Speech, now: Now
) -> Response:
    """Keep the draft as it now is."""
    campaign = _draft(session, actor, slug)
    day = session.get_one(InternationalDay, campaign.international_day_id)
    form = form_of_fields(fields)
    if fields.raw("act") == "languages":
        return _rendered(request, session, actor, speech, form, day=day, campaign=campaign)
    toolkits = toolkit_slugs()
    try:
        draft = read_draft(fields, toolkits=toolkits)
        service.edit_campaign(session, campaign, draft=draft, toolkits=toolkits, actor=actor, now=now)
    except RefusedFields as refused:
        return _rendered(request, session, actor, speech, form, day=day, campaign=campaign, refused=refused)
    return RedirectResponse(f"/desk/campaigns/{slug}?kept=yes", status_code=303)


def _draft(session: Session, actor: Actor, slug: str) -> Campaign:
    require(actor, Permission.MANAGE_CAMPAIGNS)
    campaign = campaign_by_slug(session, actor.network_id, slug)
    if campaign.status is not CampaignStatus.DRAFT:
        raise Refused("campaign.not_draft", kind=ErrorKind.CONFLICT)
    return campaign


def _rendered(
    request: Request,
    session: Session,
    actor: Actor,
    speech: Translator,
    form: CampaignForm,
    *,
    day: InternationalDay,
    campaign: Campaign | None = None,
    refused: RefusedFields | None = None,
) -> Response:
    spoken = {tag for city in cities_of(session, actor.network_id) for tag in city.languages}
    near = {*page_languages(), *form.languages}
    named = named_languages(spoken | near, speech)
    errors = field_errors(refused, speech) if refused else []
    heading = _("Write the draft again") if campaign else _("Prepare a campaign")
    page = FormPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        form=form,
        heading=speech.gettext(heading),
        day_name=speech.choose(day.names),
        action=f"/desk/campaigns/{campaign.slug}/edit" if campaign else f"/desk/campaigns/new?day={day.slug}",
        back_href=f"/desk/campaigns/{campaign.slug}" if campaign else "/desk/campaigns",
        send_label=speech.gettext(_("Keep the draft")),
        near_languages=[pair for pair in named if pair[0] in near],
        far_languages=[pair for pair in named if pair[0] not in near],
        kinds=[(kind.value, speech.gettext(words)) for kind, words in KIND_WORDS.items()],
        formats=[(name, speech.gettext(words)) for name, words in FORMAT_WORDS.items()],
        toolkits=[(slug, toolkit_name(slug)) for slug in toolkit_slugs()],
        max_chars=MAX_CHARS,
        errors=errors,
        wrong={error.field: error.sentence for error in errors},
    )
    return render(request, "campaigns/form.html", page, status=422 if refused else 200)
