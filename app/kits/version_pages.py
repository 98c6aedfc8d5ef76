"""The kits of a campaign for whoever runs it, or of a chapter's cities for its coordinators: what is published, what changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns.access import chapters_in, managed_campaign, may_manage
from app.campaigns.queries import campaign_by_slug
from app.enums import CampaignStatus, CheckState
from app.errors import NotFound, Refused, RefusedFields
from app.kits import publications, takings, versions
from app.kits.foresight import foresee
from app.kits.kit_run_views import RELOAD_S
from app.kits.publication_views import PartOwners, wish_view
from app.kits.publications import Waiting
from app.kits.toolkit import load_toolkit
from app.kits.toolkit_views import name_of, trouble_said
from app.kits.version_contexts import PublishForm, VersionsPage
from app.kits.version_parts import Parts, chapter_parts, parts_to_publish, parts_without
from app.kits.version_views import DEFAULT_EMBARGO, EMBARGOABLE, publish_form, taking_line, version_line, without_button
from app.models import Campaign, Chapter, KitVersion, Network, ToolkitCheck
from app.runtime import Runtime
from app.variants import Scope, chapters_with_own, working_variant
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator, _
from app.web.templating import render
from app.words import Chosen, Words

router = APIRouter(prefix="/desk/campaigns/{slug}/toolkit", include_in_schema=False)
Wait = Annotated[str, Query()]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form; None: what is kept, or what stands."""

    note: str | None = None
    embargoed: Collection[str] | None = None
    refused: Refused | None = None


NOTHING_TYPED = Typed()


@router.get("")
def show_versions(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    runtime: RuntimeDep,
    wait: Wait = "yes",
) -> Response:
    """The version that stands, what publishing would change, what waits for the gate, and who took what."""
    campaign = managed_campaign(session, actor, slug)
    return _answer(request, session, actor, campaign, None, speech, runtime, looks_again=wait != "no")


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
    """Publish the toolkit as it stands, as soon as the gate lets it through."""
    campaign = managed_campaign(session, actor, slug)
    return _ask(request, session, actor, campaign, None, fields, speech, runtime, now=now)


@router.get("/{chapter_slug}")
def show_chapter_versions(
    request: Request,
    slug: str,
    chapter_slug: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    runtime: RuntimeDep,
    wait: Wait = "yes",
) -> Response:
    """The same for the cities of one chapter in a campaign of the network."""
    campaign, chapter = _of_chapter(session, actor, slug, chapter_slug)
    return _answer(request, session, actor, campaign, chapter, speech, runtime, looks_again=wait != "no")


@router.post("/{chapter_slug}")
def publish_for_chapter(
    request: Request,
    slug: str,
    chapter_slug: str,
    actor: CurrentActor,
    session: WriteSession,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
    runtime: RuntimeDep,
) -> Response:
    """Publish what a chapter has of its own to its cities."""
    campaign, chapter = _of_chapter(session, actor, slug, chapter_slug)
    return _ask(request, session, actor, campaign, chapter, fields, speech, runtime, now=now)


@router.post("/wish/take-back")
def take_back(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Publish nothing after all."""
    campaign = campaign_by_slug(session, actor.network_id, slug)
    waiting = publications.publication_of(session, campaign.id)
    publications.give_up(session, campaign, actor=actor, now=now)
    chapter = waiting.chapter if waiting and not may_manage(actor, campaign) else None
    return RedirectResponse(_url(campaign, chapter), status_code=303)


def _of_chapter(session: Session, actor: Actor, slug: str, chapter_slug: str) -> tuple[Campaign, Chapter]:
    """A campaign of the network and a chapter of this person with cities in it; all else looks absent."""
    campaign = campaign_by_slug(session, actor.network_id, slug)
    if campaign.status is CampaignStatus.DRAFT and not may_manage(actor, campaign):
        raise NotFound("campaign.unknown", campaign=slug)
    chapter = next((each for each in chapters_in(session, actor, campaign) if each.slug == chapter_slug), None)
    if chapter is None:
        raise NotFound("chapter.unknown", chapter=chapter_slug)
    return campaign, chapter


def _url(campaign: Campaign, chapter: Chapter | None) -> str:
    url = f"/desk/campaigns/{campaign.slug}/toolkit"
    return f"{url}/{chapter.slug}" if chapter else url


def _ask(
    request: Request,
    session: Session,
    actor: Actor,
    campaign: Campaign,
    chapter: Chapter | None,
    fields: Fields,
    speech: Translator,
    runtime: Runtime,
    *,
    now: datetime,
) -> Response:
    """Back to the page, which says what came of it; a field that was refused is said in the form."""
    known = {group.value for group in EMBARGOABLE}
    embargoed = [value for value in fields.many("embargoed") if value in known]
    note = fields.text("note", required=False, max_chars=versions.MAX_NOTE_CHARS)
    note_words, without = Words.one(speech.language, note), fields.raw("without").split()
    try:
        fields.refuse_if_wrong()
        if without and chapter is None:
            publications.publish_without(
                session,
                runtime,
                campaign,
                [each.id for each in _chapters(session, campaign) if each.slug in without],
                note=note_words,
                embargoed=embargoed,
                actor=actor,
                now=now,
            )
            return RedirectResponse(f"{_url(campaign, chapter)}?published=yes", status_code=303)
        asked = publications.ask_to_publish(
            session,
            runtime,
            campaign,
            note=note_words,
            embargoed=embargoed,
            actor=actor,
            now=now,
            chapter=chapter,
        )
    except Refused as refused:
        if refused.field is None and not isinstance(refused, RefusedFields):
            raise
        typed = Typed(note, embargoed, refused)
        return _answer(request, session, actor, campaign, chapter, speech, runtime, typed=typed)
    told = "?published=yes" if isinstance(asked, KitVersion) else ""
    return RedirectResponse(f"{_url(campaign, chapter)}{told}", status_code=303)


def _answer(
    request: Request,
    session: Session,
    actor: Actor,
    campaign: Campaign,
    chapter: Chapter | None,
    speech: Translator,
    runtime: Runtime,
    *,
    typed: Typed = NOTHING_TYPED,
    looks_again: bool = False,
) -> Response:
    """The page, which looks again by itself while the gate is at work unless the reader stopped that."""
    told = "published" in request.query_params
    page = _page(session, actor, campaign, chapter, speech, runtime, typed, told=told, looks_again=looks_again)
    response = render(request, "kits/versions.html", page, status=422 if typed.refused else 200)
    if page.wish and page.wish.looks_again:
        response.headers["Refresh"] = f"{RELOAD_S}; url={_url(campaign, chapter)}"
    return response


def _page(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    chapter: Chapter | None,
    speech: Translator,
    runtime: Runtime,
    typed: Typed,
    *,
    told: bool,
    looks_again: bool,
) -> VersionsPage:
    zone = session.get_one(Network, campaign.network_id).time_zone
    lines = [version_line(version, person, speech, zone=zone) for version, person in versions.versions_of(session, campaign.id)]
    current = versions.current_version(session, campaign.id)
    waiting = publications.publication_of(session, campaign.id)
    owners = publications.owners_of(session, runtime, campaign, waiting) if waiting else {}
    form, trouble, name = None, None, None
    try:
        parts = _parts(session, runtime, campaign, chapter, current)
        name = name_of(load_toolkit(parts.slug, parts.root), speech)
        if _can_be_asked(campaign, chapter, current, waiting):
            form, broken = _form(session, campaign, chapter, current, parts, waiting, owners, speech, runtime, typed)
            trouble = trouble_said(broken, speech) if broken else None
    except Refused as refused:
        trouble = trouble_said(refused, speech)
    taken = takings.takings_of(session, campaign.id, chapter_id=chapter.id if chapter else None)
    query = f"?for={chapter.slug}" if chapter else ""
    return VersionsPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=f"/desk/campaigns/{campaign.slug}",
        toolkit=name,
        toolkit_href=f"/desk/toolkits/{campaign.toolkit_slug}{query}",
        action=_url(campaign, chapter),
        chapter=speech.choose(chapter.names, "en") if chapter else None,
        chapters=[] if chapter else _chapters_with_own(session, actor, campaign, current, speech),
        trouble=trouble,
        current=lines[0] if lines else None,
        wish=wish_view(
            waiting,
            PartOwners(owners, _names(session, campaign, speech)),
            speech,
            zone=zone,
            looks_again=looks_again,
            take_back_action=f"{_url(campaign, None)}/wish/take-back"
            if _may_take_back(actor, campaign, chapter, waiting)
            else None,
        )
        if waiting and (chapter is None or waiting.chapter is chapter or waiting.is_at_work)
        else None,
        form=form,
        at_gate=_at_gate(session, campaign, chapter, speech) if chapter else None,
        is_closed=campaign.status is CampaignStatus.CLOSED,
        versions=lines,
        takings=[taking_line(each, speech) for each in taken],
        told=_told(current.number, speech) if told and current else None,
        errors=field_errors(typed.refused, speech) if typed.refused else (),
    )


def _at_gate(session: Session, campaign: Campaign, chapter: Chapter, speech: Translator) -> str | None:
    """What keeps the chapter's newest number; None where it stands."""
    scope = Scope(campaign.network_id, chapter.id)
    newest = working_variant(session, scope, campaign.toolkit_slug)
    check = session.get(ToolkitCheck, newest.check_id) if newest and newest.check_id is not None else None
    if newest is None or check is None or check.state is CheckState.CLEAN:
        return None
    sentence = _("Number %(number)s is at the gate: it can be published here when nothing is found in it.")
    if check.state is not CheckState.WAITING:
        sentence = _("Number %(number)s did not pass the gate: it can be published here when it is mended.")
    return speech.gettext(sentence) % {"number": speech.number(newest.number)}


def _told(number: int, speech: Translator) -> str:
    return speech.gettext(_("Version %(number)s is published.")) % {"number": speech.number(number)}


def _parts(session: Session, runtime: Runtime, campaign: Campaign, chapter: Chapter | None, current: KitVersion | None) -> Parts:
    """What would be published; for a chapter before there is a version, what the network would begin with."""
    return parts_to_publish(session, runtime, campaign, chapter if current else None)


def _can_be_asked(campaign: Campaign, chapter: Chapter | None, current: KitVersion | None, waiting: Waiting | None) -> bool:
    """Whether there is anything to fill in now; while the gate is at work there is not."""
    is_closed = campaign.status is CampaignStatus.CLOSED
    comes_first = chapter is not None and current is None  # the network's version does
    return not (is_closed or comes_first or (waiting is not None and waiting.is_at_work))


def _form(
    session: Session,
    campaign: Campaign,
    chapter: Chapter | None,
    current: KitVersion | None,
    parts: Parts,
    waiting: Waiting | None,
    owners: Mapping[int, Sequence[int | None]],
    speech: Translator,
    runtime: Runtime,
    typed: Typed,
) -> tuple[PublishForm | None, Refused | None]:
    """With what was typed, else with what waits for the same cities, else as the version that stands.

    And why not all of it can be published, where a chapter's part cannot be loaded.
    """
    faulty = publications.faulty_chapters(waiting, owners, parts) if chapter is None else []
    rest = parts_without(session, runtime, campaign, parts, faulty)
    broken = None
    try:
        seen = foresee(session, runtime, campaign, parts)
    except Refused as refused:
        if not faulty:
            raise
        broken, seen = refused, foresee(session, runtime, campaign, rest)
    if chapter is not None and not seen.is_new:
        return None, None
    without = None
    if faulty and foresee(session, runtime, campaign, rest).is_new:
        of = [each for each in _chapters(session, campaign) if each.id in faulty]
        without = without_button([(each, each.id in rest.kept) for each in of], speech)
    kept = waiting.wish if waiting and waiting.wish.chapter_id == (chapter.id if chapter else None) else None
    note, ticked = typed.note, typed.embargoed
    if note is None:
        note = kept.note.texts[kept.note.source] if kept else ""
    if ticked is None:
        ticked = kept.embargoed if kept else current.embargoed if current else DEFAULT_EMBARGO
    form = publish_form(seen, note, ticked, speech, chapter=chapter, without=without, without_alone=broken is not None)
    return (None if broken and not without else form), broken


def _chapters(session: Session, campaign: Campaign) -> list[Chapter]:
    query = select(Chapter).where(Chapter.network_id == campaign.network_id).order_by(Chapter.slug)
    return list(session.scalars(query))


def _names(session: Session, campaign: Campaign, speech: Translator) -> dict[int | None, str]:
    """What everybody's part and those of chapters are called."""
    network = session.get_one(Network, campaign.network_id)
    names: dict[int | None, str] = {None: speech.choose(network.names, "en").text}
    return names | {each.id: speech.choose(each.names, "en").text for each in _chapters(session, campaign)}


def _may_take_back(actor: Actor, campaign: Campaign, chapter: Chapter | None, waiting: Waiting | None) -> bool:
    """Whoever runs the campaign takes back any wish, a coordinator that of their chapter."""
    return waiting is not None and (may_manage(actor, campaign) or waiting.chapter is chapter)


def _chapters_with_own(
    session: Session, actor: Actor, campaign: Campaign, current: KitVersion | None, speech: Translator
) -> list[tuple[str, Chosen]]:
    """The chapters with something of their own, or with something published that is."""
    had = chapter_parts(session, current.id) if current else {}
    own = {*had, *chapters_with_own(session, campaign.network_id, campaign.toolkit_slug)}
    return [
        (_url(campaign, chapter), speech.choose(chapter.names, "en"))
        for chapter in chapters_in(session, actor, campaign)
        if chapter.id in own
    ]
