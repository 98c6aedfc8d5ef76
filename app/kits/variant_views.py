"""What the page of a toolkit says about what is somebody's own in it, in the person's language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.accounts.actor import Actor
from app.accounts.desk import desk_nav
from app.campaigns.access import may_manage
from app.campaigns.template import Template
from app.enums import CheckState
from app.kits.checks import findings_of_check
from app.kits.kit_run_views import RELOAD_S
from app.kits.lint_findings import Finding
from app.kits.toolkit import Toolkit
from app.kits.toolkit_contexts import ToolkitLine, UploadForm
from app.kits.toolkit_views import trouble_said
from app.kits.variant_contexts import CampaignLine, FindingLine, GateView, OwnToolkitPage, VariantLine, WhoseLink
from app.kits.variant_forms import MAX_NOTE_CHARS
from app.kits.variant_queries import Own, Whose
from app.kits.variant_service import may_keep
from app.kits.version_views import change_sentences
from app.models import Campaign, ToolkitCheck, ToolkitVariant
from app.web.errors import FieldError
from app.web.i18n import Translator, _
from media_pipeline.toolkit_zip import MAX_ZIP_BYTES

FINDINGS_SHOWN = 100
WAITS_AT_MOST = timedelta(minutes=2)
STANDS, WAITS, PASSED = _("stands"), _("waits for the gate"), _("passed the gate")
NOT_CHECKED, NOTHING = _("could not be checked"), _("nothing of one's own")
UPLOADED = _("Files were uploaded")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the upload form of a page."""

    place: str = ""
    note: str = ""
    errors: Sequence[FieldError] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a toolkit in one place."""

    own: Own
    places: Sequence[Whose]
    owners: Sequence[Whose]
    campaigns: Sequence[Campaign]
    templates: tuple[Template, Template] | None  # beneath, and as it is edited; None where nothing is beneath


def own_page(
    seen: Seen,
    line: ToolkitLine,
    typed: Typed,
    actor: Actor,
    speech: Translator,
    *,
    told: str | None,
    zone: str,
    now: datetime,
    looks_again: bool,
) -> OwnToolkitPage:
    """The whole page."""
    own, whose = seen.own, seen.own.whose
    may = may_keep(actor, whose.scope)
    base, query = f"/desk/toolkits/{own.slug}", whose.query
    gate = gate_view(own, speech, now=now, looks_again=looks_again)
    return OwnToolkitPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        toolkit=line,
        change_note=own.toolkit.manifest.change_note,
        told=told,
        trouble=trouble_said(own.broken, speech) if own.broken else None,
        whose=speech.choose(whose.names, "en"),
        of_network=not whose.slug,
        places=[_place(each, own.slug, seen, speech) for each in seen.places if _is_shown(each, seen, actor)],
        has_own=own.has_own,
        is_whole=own.beneath is None,
        changes=list(differences(seen, speech)) if own.has_own else [],
        gate=gate,
        history=[_variant(row, check, person, own, speech, zone=zone, may=may) for row, check, person in _rows(own)],
        nothing_own=_nothing_own(own, speech) if may and own.has_own else None,
        back_action=f"{base}/back{query}",
        again_action=f"{base}/check{query}",
        url=f"{base}{query}",
        still_href=f"{base}{query}{'&' if query else '?'}wait=no",
        download_href=f"{base}/toolkit.zip{query}",
        upload=upload_form(f"{base}{query}", (), typed) if may else None,
        campaigns=[_campaign(each, whose, actor, speech) for each in seen.campaigns],
        errors=typed.errors,
    )


def upload_form(action: str, places: Sequence[tuple[str, str]], typed: Typed) -> UploadForm:
    """The form as it was filled in so far."""
    return UploadForm(
        action=action,
        places=places,
        place=typed.place,
        note=typed.note,
        max_note_chars=MAX_NOTE_CHARS,
        max_bytes=MAX_ZIP_BYTES,
        wrong={each.field: each.sentence for each in typed.errors},
    )


def place_choices(places: Sequence[Whose], actor: Actor, speech: Translator) -> list[tuple[str, str]]:
    """For whom this person may have something of their own."""
    return [(each.slug, speech.choose(each.names, "en").text) for each in places if may_keep(actor, each.scope)]


def differences(seen: Seen, speech: Translator) -> Iterator[str]:
    """What is their own, a sentence each."""
    own = seen.own
    yield from change_sentences(own.changes, speech)
    if own.beneath is None or seen.templates is None:
        return
    if _words(own.beneath) != _words(own.toolkit):
        yield speech.gettext(_("The name of the day, the message or the hashtag is different."))
    before, after = seen.templates
    if before.file != after.file:
        yield speech.gettext(_("What a campaign begins with is different."))


def gate_view(own: Own, speech: Translator, *, now: datetime, looks_again: bool) -> GateView | None:
    """What the gate says about the newest variant; None where there is nothing to check."""
    row, check = (own.history[0][0], own.history[0][1]) if own.history else (None, None)
    if row is None or check is None:
        return None
    findings = findings_of_check(check)
    title, text = _gate_words(row, check, len(findings), own, speech, now=now)
    return GateView(
        state=check.state,
        title=title,
        text=text,
        done_count=check.done_count,
        drawing_count=check.drawing_count,
        findings=[finding_line(each, speech) for each in findings[:FINDINGS_SHOWN]],
        more_count=max(0, len(findings) - FINDINGS_SHOWN),
        reloads=check.state is CheckState.WAITING and looks_again,
        reload_s=RELOAD_S,
    )


def _gate_words(
    row: ToolkitVariant, check: ToolkitCheck, found_count: int, own: Own, speech: Translator, *, now: datetime
) -> tuple[str, str]:
    number = {"number": speech.number(row.number)}
    if check.state is CheckState.CLEAN:
        return (
            speech.gettext(_("Number %(number)s passed the gate")) % number,
            speech.gettext(_("It stands: campaigns that begin now begin with it, and it can be published to those that run.")),
        )
    if check.state is CheckState.WAITING:
        title = speech.gettext(_("The gate is looking at number %(number)s")) % number
        if check.drawing_count:
            sentence = speech.ngettext(
                "%(done)s of %(count)s drawing is looked at.",
                "%(done)s of %(count)s drawings are looked at.",
                check.drawing_count,
            )
            return title, sentence % {"done": speech.number(check.done_count), "count": speech.number(check.drawing_count)}
        if now - check.asked_at > WAITS_AT_MOST:
            return title, speech.gettext(_("Other work comes first, or no worker is running."))
        return title, speech.gettext(_("It counts what there is to draw."))
    stands = _what_stands(own, speech)
    if check.state is CheckState.FAULTY:
        title = speech.ngettext(
            "The gate found %(count)s thing in number %(number)s",
            "The gate found %(count)s things in number %(number)s",
            found_count,
        )
        return title % {**number, "count": speech.number(found_count)}, stands
    return speech.gettext(_("Number %(number)s could not be checked")) % number, stands


def _what_stands(own: Own, speech: Translator) -> str:
    if own.standing_number is None:
        return speech.gettext(_("It cannot be published. Until it is mended, the toolkit stands without anything of one's own."))
    sentence = speech.gettext(_("It cannot be published. Until it is mended, number %(number)s stands."))
    return sentence % {"number": speech.number(own.standing_number)}


def _rows(own: Own) -> Sequence[tuple[ToolkitVariant, ToolkitCheck | None, str | None]]:
    return [(row, check, person.name if person else None) for row, check, person in own.history]


def _variant(
    row: ToolkitVariant,
    check: ToolkitCheck | None,
    by: str | None,
    own: Own,
    speech: Translator,
    *,
    zone: str,
    may: bool,
) -> VariantLine:
    is_newest = row.number == own.number
    return VariantLine(
        number=row.number,
        note=row.note,
        what=_what(row, speech),
        made=speech.at_time(row.made_at, zone),
        by=by,
        stands=_stands(row, check, own, speech),
        is_newest=is_newest,
        back=_back(row, own, speech) if may and not is_newest and _may_stand(row, check) else None,
    )


def _may_stand(row: ToolkitVariant, check: ToolkitCheck | None) -> bool:
    """Whether a number holds anything, and the gate found nothing in it."""
    return row.artefact_id is not None and (check is None or check.state is not CheckState.FAULTY)


def _what(row: ToolkitVariant, speech: Translator) -> str:
    if row.artefact_id is None:
        return speech.gettext(_("Nothing of one's own any more"))
    if row.language is None:
        return speech.gettext(UPLOADED)
    return speech.gettext(_("Texts in %(language)s were corrected")) % {"language": speech.language_name(row.language)}


def _stands(row: ToolkitVariant, check: ToolkitCheck | None, own: Own, speech: Translator) -> str:
    if row.number == own.standing_number:
        return speech.gettext(STANDS)
    if check is None:
        return speech.gettext(NOTHING)
    if check.state is CheckState.FAULTY:
        count = len(check.findings)
        return speech.ngettext("%(count)s finding", "%(count)s findings", count) % {"count": speech.number(count)}
    words: Mapping[CheckState, str] = {
        CheckState.WAITING: WAITS,
        CheckState.CLEAN: PASSED,
        CheckState.FAILED: NOT_CHECKED,
    }
    return speech.gettext(words[check.state])


def _back(row: ToolkitVariant, own: Own, speech: Translator) -> str:
    sentence = speech.gettext(
        _(
            "Number %(old)s stands again, as number %(new)s, as soon as the gate lets it through. What came after it stays "
            "in this list. Kits change only when a new version is published."
        )
    )
    return sentence % {"old": speech.number(row.number), "new": speech.number(own.number + 1)}


def _nothing_own(own: Own, speech: Translator) -> str:
    if own.beneath is None:
        sentence = _(
            "No new campaign can begin with this toolkit any more. Every number stays in this list and can be taken back."
        )
    elif own.whose.slug:
        sentence = _(
            "The toolkit is again as the network has it. Every number stays in this list and can be taken back. "
            "Kits change only when a new version is published."
        )
    else:
        sentence = _(
            "The toolkit is again as it came with the service. Every number stays in this list and can be taken back. "
            "Kits change only when a new version is published."
        )
    return speech.gettext(sentence)


def finding_line(finding: Finding, speech: Translator) -> FindingLine:
    """Where it is, and what is wrong."""
    piece = ", ".join(part.replace("_", " ") for part in (finding.template, finding.format) if part)
    language = speech.language_name(finding.language) if finding.language else ""
    return FindingLine(finding.file, piece, language, finding.said(speech))


def _words(toolkit: Toolkit) -> object:
    manifest = toolkit.manifest
    return manifest.names, manifest.messages, manifest.hashtag, manifest.day


def _is_shown(whose: Whose, seen: Seen, actor: Actor) -> bool:
    """The network, one's own chapters, those with something of their own, and the one that is looked at."""
    return not whose.slug or whose == seen.own.whose or whose in seen.owners or may_keep(actor, whose.scope)


def _place(whose: Whose, slug: str, seen: Seen, speech: Translator) -> WhoseLink:
    return WhoseLink(
        name=speech.choose(whose.names, "en"),
        href=f"/desk/toolkits/{slug}{whose.query or '?for='}",  # the network's is asked for: without, one's own is shown
        is_current=whose == seen.own.whose,
        has_own=whose in seen.owners,
    )


def _campaign(campaign: Campaign, whose: Whose, actor: Actor, speech: Translator) -> CampaignLine:
    href = f"/desk/campaigns/{campaign.slug}/toolkit"
    if whose.slug and campaign.chapter_id is None:
        return CampaignLine(speech.choose(campaign.title), f"{href}/{whose.slug}" if may_keep(actor, whose.scope) else None)
    return CampaignLine(speech.choose(campaign.title), href if may_manage(actor, campaign) else None)
