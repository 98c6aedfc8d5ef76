"""What the page of a campaign's kits says, in the person's language."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.accounts.actor import Actor
from app.accounts.desk import desk_nav
from app.enums import JobState
from app.kits.kit_run_contexts import CityLine, KitRunPage, RunState
from app.kits.kit_runs import CityShare, Standing, marks_of
from app.kits.pace import about_minutes, remaining_s
from app.models import Campaign, KitRun
from app.web.i18n import Translator, _

RELOAD_S = 10
WAITS_AT_MOST = timedelta(minutes=2)
MINUTES = 60


def kit_run_page(
    campaign: Campaign, seen: Standing, actor: Actor, speech: Translator, *, now: datetime, zone: str, looks_again: bool
) -> KitRunPage:
    """The whole page."""
    state, run = state_of(seen, now=now), seen.run
    ended_at = (run.ended_at or run.stopped_at or run.gave_up_at) if run else None
    is_older = run is not None and seen.version is not None and run.kit_version_id != seen.version.id
    return KitRunPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=f"/desk/campaigns/{campaign.slug}",
        url=f"/desk/campaigns/{campaign.slug}/kits",
        toolkit_href=f"/desk/campaigns/{campaign.slug}/toolkit",
        state=state,
        ready_count=seen.ready_count,
        piece_count=seen.piece_count,
        sentence=_how_far(seen, state, speech),
        remaining=_remaining(seen, speech) if state is RunState.DRAWING else None,
        moment=speech.at_time(ended_at, zone) if ended_at else None,
        newer_version=seen.version.number if is_older and seen.version else None,
        cities=[_line(campaign, share, state, speech) for share in seen.shares],
        failed_city_count=sum(bool(share.row and share.row.failures) for share in seen.shares),
        reloads=state.goes_on and looks_again,
        reload_s=RELOAD_S,
    )


def state_of(seen: Standing, *, now: datetime) -> RunState:
    """Where the drawing stands."""
    run = seen.run
    if run is None:
        return RunState.NEVER if seen.version else RunState.UNPUBLISHED
    over = {RunState.DONE: run.ended_at, RunState.STOPPED: run.stopped_at, RunState.GAVE_UP: run.gave_up_at}
    return next((state for state, at in over.items() if at is not None), None) or _at_work(run, seen, now)


def _at_work(run: KitRun, seen: Standing, now: datetime) -> RunState:
    job = seen.job
    if job is not None and job.lease_until is not None and job.lease_until < now:
        return RunState.SILENT
    if job is None or job.state is JobState.QUEUED:
        # between two parts of the work it waits for a moment; when that is long, or the last one failed, it is said
        is_fresh = run.told_at is not None and now - run.told_at < WAITS_AT_MOST
        if job is None or job.error_code is not None or not is_fresh:
            return RunState.WAITING
    return RunState.DRAWING if all(share.row for share in seen.shares) else RunState.COUNTING


def in_words(seconds: float | None, speech: Translator) -> str:
    """How long it takes still, as somebody would say it."""
    if seconds is None:
        return speech.gettext(_("How long it takes is not known yet."))
    minutes = about_minutes(seconds)
    if not minutes:
        return speech.gettext(_("Less than a minute is left."))
    hours, rest = divmod(minutes, MINUTES)
    if hours and rest:
        said = {"hours": speech.number(hours), "minutes": speech.number(rest)}
        return speech.gettext(_("About %(hours)s h %(minutes)s min are left.")) % said
    if hours:
        sentence = speech.ngettext("About %(count)s hour is left.", "About %(count)s hours are left.", hours)
        return sentence % {"count": speech.number(hours)}
    sentence = speech.ngettext("About %(count)s minute is left.", "About %(count)s minutes are left.", minutes)
    return sentence % {"count": speech.number(minutes)}


def _remaining(seen: Standing, speech: Translator) -> str:
    marks = marks_of(seen.run) if seen.run else []
    return in_words(remaining_s(marks, seen.left_count), speech)


def _how_far(seen: Standing, state: RunState, speech: Translator) -> str:
    counted = sum(share.row is not None for share in seen.shares)
    if state in {RunState.COUNTING, RunState.WAITING} and counted < len(seen.shares):
        sentence = speech.ngettext(
            "The pieces of %(counted)s of %(count)s city are counted.",
            "The pieces of %(counted)s of %(count)s cities are counted.",
            len(seen.shares),
        )
        return sentence % {"counted": speech.number(counted), "count": speech.number(len(seen.shares))}
    sentence = speech.ngettext(
        "%(ready)s of %(count)s piece is ready (%(percent)s %%).",
        "%(ready)s of %(count)s pieces are ready (%(percent)s %%).",
        seen.piece_count,
    )
    # rounded down: a hundred is said when all of it is there
    percent = 100 * seen.ready_count // seen.piece_count if seen.piece_count else 100
    said = {"ready": speech.number(seen.ready_count), "count": speech.number(seen.piece_count)}
    return sentence % {**said, "percent": speech.number(percent)}


def _line(campaign: Campaign, share: CityShare, state: RunState, speech: Translator) -> CityLine:
    row = share.row
    return CityLine(
        name=speech.place(share.city.names, *share.city.languages),
        href=f"/desk/c/{campaign.slug}/{share.city.slug}/kit",
        ready_count=row.ready_count if row else 0,
        piece_count=row.piece_count if row else None,
        stands=_stands(share, state, speech),
        failures=_reasons(row.failures, speech) if row else [],
    )


def _reasons(failures: Sequence[Mapping[str, Any]], speech: Translator) -> list[tuple[str, list[str]]]:
    """Each reason once, with the pieces that it concerns."""
    found: dict[str, list[str]] = {}
    for each in failures:
        found.setdefault(speech.sentence(each["code"], each["params"]), []).append(each["path"])
    return list(found.items())


def _stands(share: CityShare, state: RunState, speech: Translator) -> str:
    row = share.row
    if row is None:
        return speech.gettext(_("not counted yet"))
    if row.failures:
        sentence = speech.ngettext("%(count)s piece missing", "%(count)s pieces missing", len(row.failures))
        return sentence % {"count": speech.number(len(row.failures))}
    if row.ready_count == row.piece_count:
        return speech.gettext(_("ready"))
    return speech.gettext(_("to be drawn")) if state.goes_on else speech.gettext(_("drawn when it is asked for"))
