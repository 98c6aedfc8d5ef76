"""What waits to be published, and what the gate found in it, in the person's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.enums import CheckState
from app.kits.checks import findings_of_check
from app.kits.kit_run_views import RELOAD_S
from app.kits.lint_findings import Finding
from app.kits.publications import Waiting
from app.kits.variant_contexts import GateView
from app.kits.variant_views import finding_line
from app.kits.version_contexts import WishView
from app.web.i18n import Translator, _

FINDINGS_SHOWN = 30  # who wants to publish reads the form below them, and one mended thing often clears many


@dataclass(frozen=True, slots=True)
class PartOwners:
    """Whose part each check looked at, and what they are called; None is everybody's."""

    owners: Mapping[int, Sequence[int | None]]
    names: Mapping[int | None, str]


def wish_view(
    waiting: Waiting, whose: PartOwners, speech: Translator, *, zone: str, looks_again: bool, take_back_action: str | None
) -> WishView:
    """The whole of it."""
    wish, note = waiting.wish, speech.choose(waiting.wish.note)
    return WishView(
        gate=_gate(waiting, whose, speech, looks_again=looks_again),
        asked=_asked(waiting, speech, zone),
        note=note if note.text else None,
        refused=_refused(wish.refused_code, speech) if wish.refused_code else None,
        is_at_work=waiting.is_at_work,
        looks_again=waiting.is_at_work and looks_again,
        take_back_action=take_back_action,
    )


def _gate(waiting: Waiting, whose: PartOwners, speech: Translator, *, looks_again: bool) -> GateView:
    findings = _findings(waiting, whose)
    states = {check.state for check in waiting.checks}
    order = (CheckState.FAULTY, CheckState.FAILED, CheckState.WAITING)
    state = next((each for each in order if each in states), CheckState.CLEAN)
    return GateView(
        state=state,
        title=_title(state, len(findings), speech),
        text=_text(waiting, state, speech),
        done_count=sum(check.done_count for check in waiting.checks),
        drawing_count=sum(check.drawing_count for check in waiting.checks),
        findings=[replace(finding_line(each, speech), whose=names) for each, names in findings[:FINDINGS_SHOWN]],
        more_count=max(0, len(findings) - FINDINGS_SHOWN),
        reloads=waiting.is_at_work and looks_again,
        reload_s=RELOAD_S,
    )


def _findings(waiting: Waiting, whose: PartOwners) -> Sequence[tuple[Finding, str]]:
    """Of all parts, each once with whose it is: a chapter's toolkit has most faults of the network's too, which come first."""
    checks = [check for check in waiting.checks if check.state is CheckState.FAULTY]
    found: dict[str, tuple[Finding, list[str]]] = {}
    for check in sorted(checks, key=lambda check: (None not in whose.owners.get(check.id, ()), check.id)):
        of = whose.owners.get(check.id, ())
        for each in findings_of_check(check):
            names = found.setdefault(repr(each), (each, []))[1]
            if whose.names[None] not in names:
                names += [whose.names[owner] for owner in of if whose.names[owner] not in names]
    return [(each, ", ".join(names)) for each, names in found.values()]


def _refused(code: str, speech: Translator) -> str:
    """The sentence; that of a file needs the file, which the page names where it says that the toolkit cannot be loaded."""
    return speech.sentence("kit.not_checked" if code.startswith(("toolkit.", "form.")) else code, {})


def _title(state: CheckState, found_count: int, speech: Translator) -> str:
    if state is CheckState.FAULTY:
        title = speech.ngettext(
            "Not published: the gate found %(count)s thing",
            "Not published: the gate found %(count)s things",
            found_count,
        )
        return title % {"count": speech.number(found_count)}
    if state is CheckState.FAILED:
        return speech.gettext(_("Not published: the toolkit could not be checked"))
    return speech.gettext(_("The toolkit is being checked, and published when nothing is found"))


def _text(waiting: Waiting, state: CheckState, speech: Translator) -> str:
    if state is CheckState.FAULTY:
        return speech.gettext(_("Correct the toolkit and publish again. What you wrote is kept below."))
    if state is CheckState.FAILED:
        return speech.gettext(_("It failed again and again; the log of the service says why. You can ask once more."))
    counted = [check for check in waiting.checks if check.drawing_count]
    if not counted:
        return speech.gettext(_("It waits for its turn, or no worker is running."))
    count = sum(check.drawing_count for check in counted)
    sentence = speech.ngettext(
        "%(done)s of %(count)s drawing is looked at.", "%(done)s of %(count)s drawings are looked at.", count
    )
    return sentence % {"done": speech.number(sum(check.done_count for check in counted)), "count": speech.number(count)}


def _asked(waiting: Waiting, speech: Translator, zone: str) -> str:
    said = {"name": waiting.person.name, "moment": speech.at_time(waiting.wish.asked_at, zone)}
    if waiting.chapter is None:
        return speech.gettext(_("Asked for by %(name)s on %(moment)s.")) % said
    chapter = speech.choose(waiting.chapter.names, "en").text
    return speech.gettext(_("Asked for by %(name)s on %(moment)s, for the cities of %(chapter)s.")) % {**said, "chapter": chapter}
