"""The lines of a plan at the desk: added, changed, removed and put in order, each act shown before it is done."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns import lines
from app.campaigns.access import managed_campaign
from app.campaigns.contexts import Told
from app.campaigns.line_contexts import (
    CLOCK_WORDS,
    CONDITION_WORDS,
    SCOPE_WORDS,
    LineForm,
    LineFormPage,
    LinePreviewPage,
    LineRemovalPage,
    LinesPage,
)
from app.campaigns.line_forms import form_of_fields, form_of_line, hidden_fields, new_form, read_line
from app.campaigns.line_rules import RULES, refuse_closed
from app.campaigns.line_views import notes_of, plan_lines, planned_line, wall_words
from app.campaigns.lines import Planned
from app.campaigns.plan import PlannedStep, StepName, step_label
from app.campaigns.queries import runs_of
from app.campaigns.rehearsal import Stage
from app.campaigns.steps import StepRegistry
from app.campaigns.timeline import as_planned, moments_of, steps_of
from app.campaigns.timeline_pages import timeline_href
from app.campaigns.timeline_views import whose_words, zone_name
from app.enums import CampaignStatus
from app.errors import Refused
from app.models import Campaign, TimelineStep
from app.runtime import Runtime
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import FORM_TOKEN, Fields, new_form_token
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(prefix="/desk/campaigns/{slug}/timeline/lines", include_in_schema=False)


@router.get("")
def show_lines(request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """Every line of the plan: when, for whom, under what condition."""
    campaign = managed_campaign(session, actor, slug)
    return render(request, "campaigns/timeline_lines.html", _lines_page(request, session, actor, campaign, speech))


@router.get("/new")
def new_line(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, action: str = ""
) -> Response:
    """The form of a new line of this action."""
    campaign = managed_campaign(session, actor, slug)
    try:
        refuse_closed(campaign.status)
        step = _addable(request, action)
    except Refused as refused:
        page = _lines_page(request, session, actor, campaign, speech, refused=refused)
        return render(request, "campaigns/timeline_lines.html", page, status=422)
    return _form(request, session, actor, campaign, speech, step, new_form(RULES[step]))


@router.get("/new/preview")
def before_addition(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now, runtime: RuntimeDep
) -> Response:
    """What a new line would do."""
    campaign = managed_campaign(session, actor, slug)
    fields = Fields({name: [value] for name, value in request.query_params.items()})
    step = _addable(request, fields.raw("action"))
    form = form_of_fields(fields)
    try:
        line = read_line(fields, step, RULES[step])
        found = lines.planned_addition(session, campaign, line, known=_known(request), now=now)
    except Refused as refused:
        return _form(request, session, actor, campaign, speech, step, form, refused=refused)
    return _preview(request, session, actor, campaign, speech, line, form, found, runtime, now=now)


@router.post("")
def add_line(request: Request, slug: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now) -> Response:
    """Add it."""
    campaign = managed_campaign(session, actor, slug)
    action = _addable(request, fields.raw("action"))
    line, form_sha256 = read_line(fields, action, RULES[action]), fields.sha256(person_id=actor.person_id)
    lines.add(session, campaign, line, known=_known(request), actor=actor, now=now, form_sha256=form_sha256)
    return _back(slug, "added")


@router.get("/{step_id:int}")
def show_line(request: Request, slug: str, step_id: int, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """The form of a line as it was written."""
    campaign = managed_campaign(session, actor, slug)
    step = lines.line_by_id(session, campaign, step_id)
    lines.refuse_removal(session, campaign, step)  # what cannot be removed cannot be changed either
    form = form_of_line(as_planned(step), campaign.day_on)
    return _form(request, session, actor, campaign, speech, StepName(step.action), form, row=step)


@router.get("/{step_id:int}/preview")
def before_change(
    request: Request,
    slug: str,
    step_id: int,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    now: Now,
    runtime: RuntimeDep,
) -> Response:
    """What a line would do if it said this."""
    campaign = managed_campaign(session, actor, slug)
    step = lines.line_by_id(session, campaign, step_id)
    lines.refuse_removal(session, campaign, step)
    fields = Fields({name: [value] for name, value in request.query_params.items()})
    action, form = StepName(step.action), form_of_fields(fields)
    try:
        line = read_line(fields, action, RULES[action])
        found = lines.planned_change(session, campaign, step, line, known=_known(request), now=now)
    except Refused as refused:
        return _form(request, session, actor, campaign, speech, action, form, row=step, refused=refused)
    return _preview(request, session, actor, campaign, speech, line, form, found, runtime, now=now, row=step)


@router.post("/{step_id:int}")
def change_line(
    request: Request, slug: str, step_id: int, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now
) -> Response:
    """Change it."""
    campaign = managed_campaign(session, actor, slug)
    step = lines.line_by_id(session, campaign, step_id)
    lines.refuse_removal(session, campaign, step)
    action = StepName(step.action)
    line = read_line(fields, action, RULES[action])
    lines.change(session, campaign, step, line, known=_known(request), actor=actor, now=now)
    return _back(slug, "changed")


@router.get("/{step_id:int}/remove")
def before_removal(
    request: Request, slug: str, step_id: int, actor: CurrentActor, session: ReadSession, speech: Speech
) -> Response:
    """What would not happen any more."""
    campaign = managed_campaign(session, actor, slug)
    step = lines.line_by_id(session, campaign, step_id)
    lines.refuse_removal(session, campaign, step)
    line, moments = as_planned(step), moments_of(session, campaign)
    page = LineRemovalPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=_href(slug),
        heading=speech.gettext(_("Remove: %(step)s")) % {"step": step_label(step.action, speech)},
        action=_href(slug, f"{step.id}/remove"),
        whose=whose_words(line, moments, speech),
        when=wall_words(line, moments, speech),
        place_count=len(lines.where_planned(session, campaign, line)),
    )
    return render(request, "campaigns/timeline_line_removal.html", page)


@router.post("/{step_id:int}/remove")
def remove_line(slug: str, step_id: int, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Remove it."""
    campaign = managed_campaign(session, actor, slug)
    lines.remove(session, campaign, lines.line_by_id(session, campaign, step_id), actor=actor, now=now)
    return _back(slug, "removed")


@router.post("/{step_id:int}/order")
def reorder_line(slug: str, step_id: int, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now) -> Response:
    """Let it change places with its neighbour of the same moment."""
    campaign = managed_campaign(session, actor, slug)
    direction = fields.one_of("to", lines.Direction)
    fields.refuse_if_wrong()
    lines.reorder(session, campaign, lines.line_by_id(session, campaign, step_id), direction, actor=actor, now=now)
    return _back(slug, "ordered")


def _actions(request: Request) -> StepRegistry:
    stage: Stage = request.app.state.rehearsal_stage
    return stage.actions


def _known(request: Request) -> frozenset[str]:
    """The actions that are done here."""
    return frozenset(action.name for action in _actions(request))


def _addable(request: Request, action: str) -> StepName:
    """An action that somebody can plan; `line.unknown_action` for every other."""
    if action not in {name.value for name in RULES} & _known(request):
        raise Refused("line.unknown_action", field="action")
    return StepName(action)


def _lines_page(
    request: Request, session: Session, actor: Actor, campaign: Campaign, speech: Translator, *, refused: Refused | None = None
) -> LinesPage:
    steps = lines.in_order(steps_of(session, campaign), campaign.day_on)
    there, known, href = {step.action for step in steps}, _known(request), _href(campaign.slug)
    runs = [each.run for each in runs_of(session, campaign.id)]
    is_draft, is_closed = campaign.status is CampaignStatus.DRAFT, campaign.status is CampaignStatus.CLOSED
    addable = [
        (name.value, step_label(name.value, speech))
        for name, rule in RULES.items()
        if name.value in known and not (rule.is_single and name.value in there)
    ]
    return LinesPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=timeline_href(campaign.slug),
        form_href=f"/desk/campaigns/{campaign.slug}/edit" if is_draft else None,
        new_href=_href(campaign.slug, "new"),
        actions=[] if is_closed else addable,
        lines=plan_lines(campaign, steps, runs, moments_of(session, campaign), speech, href=href),
        told=_told(request, speech),
        errors=field_errors(refused, speech) if refused else (),
    )


def _form(
    request: Request,
    session: Session,
    actor: Actor,
    campaign: Campaign,
    speech: Translator,
    action: StepName,
    form: LineForm,
    *,
    row: TimelineStep | None = None,
    refused: Refused | None = None,
) -> Response:
    rule, errors = RULES[action], field_errors(refused, speech) if refused else []
    zone = zone_name(moments_of(session, campaign).network_zone)
    stays = row is not None and campaign.status is not CampaignStatus.DRAFT
    scopes = [row.scope] if row is not None and stays else rule.scopes
    page = LineFormPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=_href(campaign.slug),
        heading=step_label(action.value, speech),
        action=_href(campaign.slug, f"{row.id if row else 'new'}/preview"),
        step=action,
        rule=rule,
        form=form,
        day=speech.on_date(campaign.day_on),
        scopes=[(scope.value, speech.gettext(SCOPE_WORDS[scope])) for scope in scopes],
        clocks=[(clock.value, speech.gettext(said) % {"zone": zone}) for clock, said in CLOCK_WORDS.items()],
        conditions=[(each.value if each else "", speech.gettext(said)) for each, said in CONDITION_WORDS.items()],
        wrong={error.field: error.sentence for error in errors},
        errors=errors,
    )
    return render(request, "campaigns/timeline_line_form.html", page, status=422 if refused else 200)


def _preview(
    request: Request,
    session: Session,
    actor: Actor,
    campaign: Campaign,
    speech: Translator,
    line: PlannedStep,
    form: LineForm,
    found: Sequence[Planned],
    runtime: Runtime,
    *,
    now: datetime,
    row: TimelineStep | None = None,
) -> Response:
    moments, base_url = moments_of(session, campaign), runtime.settings.resolved_base_url
    action = _actions(request)[line.action.value]
    said = [planned_line(campaign, line, each, action, speech, base_url=base_url) for each in found]
    past_count = sum(each.at <= now for each in found)  # they are in the order of their moments
    page = LinePreviewPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=_href(campaign.slug),
        heading=step_label(line.action.value, speech),
        action=_href(campaign.slug, str(row.id) if row else ""),
        hidden=[("action", line.action.value), *hidden_fields(form), (FORM_TOKEN, new_form_token())],
        button=speech.gettext(_("Change the line")) if row else speech.gettext(_("Add the line")),
        whose=whose_words(line, moments, speech),
        notes=notes_of(line, moments, speech),
        when=wall_words(line, moments, speech),
        places=said[past_count:],
        past=said[:past_count],
        is_draft=campaign.status is CampaignStatus.DRAFT,
    )
    return render(request, "campaigns/timeline_line_preview.html", page)


DONE = {
    "added": (_("The line is in the plan"), _("The dress rehearsal shows it among all others.")),
    "changed": (_("The line is changed"), None),
    "removed": (_("The line is removed"), None),
    "ordered": (_("The order is changed"), None),
}


def _told(request: Request, speech: Translator) -> Told | None:
    """What the address says was just done."""
    said = DONE.get(request.query_params.get("done", ""))
    return Told("good", speech.gettext(said[0]), speech.gettext(said[1]) if said[1] else None) if said else None


def _href(slug: str, page: str = "") -> str:
    return timeline_href(slug, f"lines/{page}" if page else "lines")


def _back(slug: str, done: str) -> Response:
    return RedirectResponse(f"{_href(slug)}?done={done}", status_code=303)
