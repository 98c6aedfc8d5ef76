"""The pages on which a campaign is written: a new one from a template or an earlier one, and again until its brief is fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor, require
from app.accounts.desk import desk_nav
from app.campaigns import meanwhile, occasions, service
from app.campaigns.access import managed_campaign, own_chapters
from app.campaigns.brief import MAX_NOTE_CHARS, is_fixed
from app.campaigns.change_contexts import ChangeView
from app.campaigns.contexts import FORMAT_WORDS, KIND_WORDS, Beginning, FormPage
from app.campaigns.draft import MAX_CHARS, MORE_CHARS, CampaignDraft
from app.campaigns.forms import (
    WHOLE_NETWORK,
    CampaignForm,
    form_of_campaign,
    form_of_fields,
    form_of_template,
    read_chapter,
    read_draft,
)
from app.campaigns.occasions import Occasion
from app.campaigns.plan import PlannedStep
from app.campaigns.prefill import filled, template_of
from app.campaigns.queries import day_by_slug, toolkit_slugs
from app.campaigns.sdgs import SDG_NAMES, sdg_labels
from app.campaigns.template import Template, read_template
from app.campaigns.toolkits import named_toolkits, root_for, roots_by_slug
from app.campaigns.views import named_languages, sorting_key
from app.enums import CampaignStatus, CountsTo, Permission
from app.errors import ErrorKind, NotFound, Refused, RefusedFields
from app.models import CalendarEvent, Campaign, Chapter
from app.network.queries import cities_of
from app.runtime import Runtime
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import STATUS, field_errors
from app.web.forms import Fields, new_form_token
from app.web.i18n import Translator, _, page_languages
from app.web.templating import render

router = APIRouter(include_in_schema=False)

NEW = "/desk/campaigns/new"
COUNTS_WORDS = {
    CountsTo.DAY: _("To the day, at each city's midnight"),
    CountsTo.LAUNCH: _("To the launch, when people can begin to send"),
}


@dataclass(frozen=True, slots=True)
class _Start:
    """What a new campaign hangs on and begins from: an earlier campaign, or else a template."""

    occasion: Occasion
    template: Template
    copied: Campaign | None
    chapter: Chapter | None  # whose it is, as far as that is known
    roots: Mapping[str, Path]  # of the toolkits that it can be made from, by slug

    @property
    def query(self) -> str:
        """How the address of its form says so."""
        return f"{occasions.query_of(self.occasion)}&{self.beginning}"

    @property
    def beginning(self) -> str:
        """The second half of it."""
        return f"copy={self.copied.slug}" if self.copied else f"toolkit={self.template.slug}"

    def lines(self, session: Session, draft: CampaignDraft) -> Sequence[PlannedStep]:
        """The time-line of a campaign that begins so."""
        on, before, after = draft.day_on, -draft.pre_day_offset_days, draft.post_day_offset_days
        if self.copied is None:
            return self.template.lines(day_on=on, days_before=before, days_after=after)
        return occasions.copied_lines(session, self.copied, day_on=on, days_before=before, days_after=after)


@router.get(NEW)
def new_campaign(
    request: Request,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
    now: Now,
    day: str = "",
    event: str = "",
    toolkit: str = "",
    copy: str = "",
) -> Response:
    """The form of a new campaign on a day; without a day, and nothing to copy, the list of days."""
    require(actor, Permission.MANAGE_CAMPAIGNS)
    if not (day or event or copy):
        return RedirectResponse("/desk/campaigns#days", status_code=303)
    start = _start(session, runtime, actor, day=day, event=event, toolkit=toolkit, copy=copy)
    form = _first_form(start, today=now.date(), language=speech.language)
    return _rendered(request, session, actor, speech, replace(form, form_token=new_form_token()), start.roots, start=start)


@router.post(NEW)
def create_campaign(
    request: Request,
    actor: CurrentActor,
    session: WriteSession,
    runtime: RuntimeDep,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
    day: str = "",
    event: str = "",
    toolkit: str = "",
    copy: str = "",
) -> Response:
    """Keep the draft; or show the fields for the languages just ticked."""
    require(actor, Permission.MANAGE_CAMPAIGNS)
    typed = fields.raw("chapter")
    start = _start(session, runtime, actor, day=day, event=event, toolkit=toolkit, copy=copy, typed=typed)
    form = form_of_fields(fields)
    if fields.raw("act") == "languages":
        form = filled(form, fields, template_of(form, start.roots), start.occasion.names)
        return _rendered(request, session, actor, speech, form, start.roots, start=start)
    try:
        chapter = _chapter(session, actor, fields)
        toolkits = toolkit_slugs(root_for(session, runtime, actor.network_id, chapter))
        draft = read_draft(fields, toolkits=toolkits)
        campaign = service.create_campaign(
            session,
            day=start.occasion,
            draft=draft,
            toolkits=toolkits,
            actor=actor,
            now=now,
            lines=start.lines(session, draft),
            chapter=chapter,
            form_sha256=fields.sha256(person_id=actor.person_id),
        )
    except RefusedFields as refused:
        return _rendered(request, session, actor, speech, form, start.roots, start=start, refused=refused)
    return RedirectResponse(f"/desk/campaigns/{campaign.slug}?kept=yes", status_code=303)


@router.get("/desk/campaigns/{slug}/edit")
def write_again(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, runtime: RuntimeDep, speech: Speech
) -> Response:
    """The form of a campaign whose brief is not fixed."""
    campaign = _unfixed(session, actor, slug)
    form = form_of_campaign(campaign, chapter=_chapter_slug(session, campaign))
    form = replace(form, read=meanwhile.fingerprint(campaign))
    roots = _offered(session, runtime, actor, _chapter_kept(session, campaign))
    return _rendered(request, session, actor, speech, form, roots, campaign=campaign)


@router.post("/desk/campaigns/{slug}/edit")
def edit_campaign(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: WriteSession,
    runtime: RuntimeDep,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
) -> Response:
    """Keep the campaign as it now is; what somebody else wrote meanwhile is shown before it is written over."""
    campaign = _unfixed(session, actor, slug)
    kept = campaign if campaign.status is CampaignStatus.PREPARING else None
    form = form_of_fields(fields, kept=kept, chapter=_chapter_slug(session, campaign))
    roots = _offered(session, runtime, actor, _chapter_kept(session, campaign))
    if fields.raw("act") == "languages":
        form = filled(form, fields, template_of(form, roots), occasions.occasion_of(session, campaign).names)
        return _rendered(request, session, actor, speech, form, roots, campaign=campaign)
    try:
        chapter = _chapter_kept(session, campaign) if kept else _chapter(session, actor, fields)
        # one that is there no more may stay, until somebody chooses another
        toolkits = [*toolkit_slugs(root_for(session, runtime, actor.network_id, chapter)), campaign.toolkit_slug]
        note = fields.text("note", required=False, max_chars=MAX_NOTE_CHARS)
        draft = read_draft(fields, toolkits=toolkits, kept=kept)
        service.locked(session, campaign)
        if written := meanwhile.written_since(campaign, draft, chapter, read=form.read):
            found = meanwhile.differences(session, campaign, draft, chapter, written, speech)
            form = replace(form, read=meanwhile.fingerprint(campaign))
            changed = Refused("campaign.changed_meanwhile", kind=ErrorKind.CONFLICT, field="meanwhile")
            return _rendered(request, session, actor, speech, form, roots, campaign=campaign, refused=changed, found=found)
        if kept is None:
            service.hand_to(session, campaign, chapter, actor=actor, now=now)
        service.edit_campaign(session, campaign, draft=draft, toolkits=toolkits, actor=actor, now=now, note=note)
    except RefusedFields as refused:
        return _rendered(request, session, actor, speech, form, roots, campaign=campaign, refused=refused)
    return RedirectResponse(f"/desk/campaigns/{slug}?{'version' if kept else 'kept'}=yes", status_code=303)


def _start(
    session: Session,
    runtime: Runtime,
    actor: Actor,
    *,
    day: str,
    event: str,
    toolkit: str,
    copy: str,
    typed: str | None = None,
) -> _Start:
    """What the address names, for the chapter that is typed; of a copied campaign its own day where it names none."""
    copied = None
    if copy:
        copied = next((each for each in occasions.copiable(session, actor) if each.slug == copy), None)
        if copied is None:
            raise NotFound("campaign.unknown", campaign=copy)
    if event:
        occasion: Occasion = occasions.launch_day(session, actor, event)
    elif day or copied is None:
        occasion = day_by_slug(session, actor.network_id, day)
    else:
        occasion = occasions.occasion_of(session, copied)
    chapters = own_chapters(session, actor)
    if typed is None:
        chapter = _first_chapter(actor, chapters, occasion, copied)
    else:
        chapter = next((each for each in chapters if each.slug == typed), None)
    roots = _offered(session, runtime, actor, chapter)
    slug = copied.toolkit_slug if copied else toolkit or occasions.first_toolkit(occasion)
    if slug not in roots and not toolkit:  # the network has it no more, or it is another chapter's
        slug = occasions.FIRST_TOOLKIT
    if slug not in roots:
        raise NotFound("toolkit.missing", file=f"{slug}/toolkit.toml")
    return _Start(occasion, read_template(slug, roots[slug]), copied, chapter, roots)


def _first_chapter(actor: Actor, chapters: Sequence[Chapter], occasion: Occasion, copied: Campaign | None) -> Chapter | None:
    """For whom it will be unless something else is typed: that of its own day, of what is copied, else the person's first."""
    whose = copied.chapter_id if copied else None
    if isinstance(occasion, CalendarEvent) and occasion.chapter_id is not None:
        whose = occasion.chapter_id
    chapter = next((each for each in chapters if each.id == whose), None)
    return chapter or (None if actor.is_manager else next(iter(chapters), None))


def _offered(session: Session, runtime: Runtime, actor: Actor, chapter: Chapter | None) -> dict[str, Path]:
    """The toolkits that this person can make a campaign from, first as the one has them for whom it is."""
    others = [None, *own_chapters(session, actor)] if actor.is_manager else own_chapters(session, actor)
    return roots_by_slug(session, runtime, actor.network_id, [chapter, *others])


def _first_form(start: _Start, *, today: date, language: str) -> CampaignForm:
    """The form as the template or the earlier campaign fills it."""
    occasion, chapter = start.occasion, start.chapter.slug if start.chapter else WHOLE_NETWORK
    if start.copied is not None:
        day_on = occasions.day_of_copy(occasion, start.copied, today)
        form = form_of_campaign(start.copied, chapter=chapter, day_on=day_on)
        return replace(form, toolkit_slug=start.template.slug)
    day_on = occasions.day_of(occasion, today)
    form = form_of_template(start.template, names=occasion.names, day_on=day_on, language=language, chapter=chapter)
    if isinstance(occasion, CalendarEvent):  # it is the launch itself: people can send from then on
        form = replace(form, counts_to=CountsTo.LAUNCH.value, days_before="0")
    return form


def _unfixed(session: Session, actor: Actor, slug: str) -> Campaign:
    campaign = managed_campaign(session, actor, slug)
    if is_fixed(campaign):
        raise Refused("campaign.brief_is_fixed", kind=ErrorKind.CONFLICT)
    return campaign


def _chapter(session: Session, actor: Actor, fields: Fields) -> Chapter | None:
    return read_chapter(fields, own_chapters(session, actor), is_manager=actor.is_manager)


def _chapter_kept(session: Session, campaign: Campaign) -> Chapter | None:
    return None if campaign.chapter_id is None else session.get_one(Chapter, campaign.chapter_id)


def _chapter_slug(session: Session, campaign: Campaign) -> str:
    chapter = _chapter_kept(session, campaign)
    return chapter.slug if chapter else WHOLE_NETWORK


def _chapter_choices(session: Session, actor: Actor, speech: Translator) -> list[tuple[str, str]]:
    named = [(each.slug, speech.choose(each.names, "en").text) for each in own_chapters(session, actor)]
    network = [(WHOLE_NETWORK, speech.gettext(_("All cities of the network")))] if actor.is_manager else []
    return network + sorted(named, key=lambda pair: sorting_key(pair[1]))


def _templates(start: _Start, speech: Translator) -> list[Beginning]:
    day = occasions.query_of(start.occasion)
    return [
        Beginning(
            name=speech.choose(read_template(slug, root).names),
            day_on=None,
            href=f"{NEW}?{day}&toolkit={slug}",
            is_chosen=start.copied is None and start.template.slug == slug,
        )
        for slug, root in start.roots.items()
    ]


def _copies(session: Session, actor: Actor, start: _Start, speech: Translator, *, on_this_day: bool) -> list[Beginning]:
    day = occasions.query_of(start.occasion)
    return [
        Beginning(
            name=speech.choose(each.title),
            day_on=each.day_on,
            href=f"{NEW}?{day}&copy={each.slug}",
            is_chosen=start.copied is not None and start.copied.id == each.id,
        )
        for each in occasions.copiable(session, actor)
        if occasions.hangs_on(each, start.occasion) == on_this_day
    ]


def _days_set(campaign: Campaign, speech: Translator) -> list[tuple[str, date]]:
    said = (
        (_("People can send from"), campaign.day_on + timedelta(days=campaign.pre_day_offset_days)),
        (_("The day"), campaign.day_on),
        (_("The last day"), campaign.day_on + timedelta(days=campaign.post_day_offset_days)),
    )
    return [(speech.gettext(label), on) for label, on in said]


def _rendered(
    request: Request,
    session: Session,
    actor: Actor,
    speech: Translator,
    form: CampaignForm,
    roots: Mapping[str, Path],
    *,
    start: _Start | None = None,
    campaign: Campaign | None = None,
    refused: Refused | None = None,
    found: Sequence[ChangeView] = (),
) -> Response:
    """The form of a new campaign that begins so, or of one that is there."""
    spoken = {tag for city in cities_of(session, actor.network_id) for tag in city.languages}
    near = {*page_languages(), *form.languages}
    template = template_of(form, roots)
    others = template.languages - spoken - near if template else frozenset()
    named = named_languages(spoken | near | others, speech)
    errors = field_errors(refused, speech) if refused else []
    occasion = start.occasion if start else occasions.occasion_of(session, campaign) if campaign else None
    assert occasion is not None  # noqa: S101 - a campaign that begins, or one that is there
    is_prepared = campaign is not None and campaign.status is CampaignStatus.PREPARING
    chapters = _chapter_choices(session, actor, speech)
    goals = [(str(goal), label) for goal, label in zip(SDG_NAMES, sdg_labels(SDG_NAMES, speech), strict=True)]
    page = FormPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        form=form,
        heading=speech.gettext(_heading(campaign)),
        day_name=speech.choose(occasion.names),
        action=f"/desk/campaigns/{campaign.slug}/edit" if campaign else f"{NEW}?{start.query if start else ''}",
        back_href=f"/desk/campaigns/{campaign.slug}" if campaign else "/desk/campaigns",
        lines_href=f"/desk/campaigns/{campaign.slug}/timeline/lines" if campaign else None,
        send_label=speech.gettext(_("Keep this version of the brief") if is_prepared else _("Keep the draft")),
        templates=_templates(start, speech) if start else (),
        earlier=_copies(session, actor, start, speech, on_this_day=True) if start else (),
        others=_copies(session, actor, start, speech, on_this_day=False) if start else (),
        meanwhile=found,
        days_set=_days_set(campaign, speech) if campaign and is_prepared else (),
        chapters=chapters,
        chapter_name=next((name for slug, name in chapters if slug == form.chapter), None) if is_prepared else None,
        near_languages=[pair for pair in named if pair[0] in near],
        far_languages=[pair for pair in named if pair[0] in spoken - near],
        toolkit_languages=[pair for pair in named if pair[0] in others],
        near_sdgs=[pair for pair in goals if pair[0] in form.sdgs],
        far_sdgs=[pair for pair in goals if pair[0] not in form.sdgs],
        counts_to=[(to.value, speech.gettext(words)) for to, words in COUNTS_WORDS.items()],
        note_chars=MAX_NOTE_CHARS,
        kinds=[(kind.value, speech.gettext(words)) for kind, words in KIND_WORDS.items()],
        formats=[(name, speech.gettext(words)) for name, words in FORMAT_WORDS.items()],
        toolkits=named_toolkits(roots, speech, kept=campaign.toolkit_slug if campaign else None),
        max_chars=MAX_CHARS | MORE_CHARS,
        errors=errors,
        wrong={error.field: error.sentence for error in errors},
    )
    return render(request, "campaigns/form.html", page, status=STATUS[refused.kind] if refused else 200)


def _heading(campaign: Campaign | None) -> str:
    if campaign is None:
        return _("Prepare a campaign")
    return _("Write the brief again") if campaign.status is CampaignStatus.PREPARING else _("Write the draft again")
