"""Makes what the pages of a time-line show out of rows."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from app.campaigns.control import Change
from app.campaigns.plan import step_label
from app.campaigns.timeline import PlacedRun
from app.campaigns.timeline_contexts import PAUSE_WORDS, REASON_WORDS, STATE_WORDS, ChangeLine, PauseView, StateLine, StepLine
from app.campaigns.views import local_moment, sorting_key
from app.enums import StepScope, StepState
from app.models import Campaign, CampaignCity, City, TimelineStep
from app.web.i18n import Translator, _
from app.words import Chosen

WHOSE = {
    StepScope.EACH_CITY: _("in each city, by its own clock"),
    StepScope.FIRST_CITY: _("once, when the moment comes in the first city"),
    StepScope.LAST_CITY: _("once, when the moment has come in the last city"),
}


def name_of(city: City, speech: Translator) -> Chosen:
    """The city as its reader calls it."""
    return speech.choose(city.names, "en")


def step_line(
    campaign: Campaign, step: TimelineStep, runs: Sequence[PlacedRun], speech: Translator, *, city: City | None, href: str | None
) -> StepLine:
    """A line with what became of it in these places; `city` when they are one city."""
    moments = [each.run.due_at for each in runs]
    utc = _range(min(moments), max(moments), speech) if moments else ""
    local, moved = _line_moment(campaign, step, runs, speech, city=city)
    return StepLine(
        label=step_label(step.action, speech),
        whose=speech.gettext(WHOSE[step.scope]),
        local=local,
        utc=utc if utc != local else "",
        moved=moved,
        states=_states(runs, speech),
        href=href,
    )


def _line_moment(
    campaign: Campaign, step: TimelineStep, runs: Sequence[PlacedRun], speech: Translator, *, city: City | None
) -> tuple[str, str | None]:
    """When it is, by the clocks there, and what somebody moved."""
    planned = _wall(campaign.day_on, step.offset_days, step.local_time, speech)
    zone = None if step.scope is StepScope.EACH_CITY and city is None else "UTC"
    if city is not None and step.scope is StepScope.EACH_CITY:
        zone = city.time_zone
    if zone is not None and len(runs) == 1:  # one run, in one place
        run = runs[0].run
        if run.moved_from_at is None:
            return planned, None
        return _at_zone(run.due_at, zone, speech), _moved_from(_at_zone(run.moved_from_at, zone, speech), speech)
    if step.moved_offset_days is not None and step.moved_local_time is not None:
        return _wall(campaign.day_on, step.moved_offset_days, step.moved_local_time, speech), _moved_from(planned, speech)
    moved = sum(each.run.moved_from_at is not None for each in runs)
    said = speech.ngettext("moved in %(count)s city", "moved in %(count)s cities", moved) % {"count": speech.number(moved)}
    return planned, said if moved else None


def _moved_from(planned: str, speech: Translator) -> str:
    return speech.gettext(_("moved; the plan said %(moment)s")) % {"moment": planned}


def _at_zone(instant: datetime, zone: str, speech: Translator) -> str:
    return utc_moment(instant, speech) if zone == "UTC" else local_moment(instant, zone, speech)


def utc_moment(instant: datetime, speech: Translator) -> str:
    """An instant in UTC, to the minute."""
    return f"{local_moment(instant, 'UTC', speech)} UTC"


def change_line(change: Change, speech: Translator) -> ChangeLine:
    """A run before and after."""
    is_moved = change.refused is None and change.to_at != change.placed.run.due_at
    return _placed_line(change.placed, speech, to_at=change.to_at if is_moved else None)


def staying_line(placed: PlacedRun, speech: Translator) -> ChangeLine:
    """A run that stays as it is."""
    return _placed_line(placed, speech, to_at=None)


def unchanged_by_reason(changes: Iterable[Change], speech: Translator) -> list[tuple[str, list[ChangeLine]]]:
    """Where an act does nothing, by the sentence that says why."""
    groups: dict[str, list[ChangeLine]] = {}
    for each in changes:
        if each.refused is not None:
            groups.setdefault(speech.refusal(each.refused), []).append(change_line(each, speech))
    return list(groups.items())


def pause_view(place: CampaignCity, city: City, speech: Translator, *, href: str) -> PauseView:
    """Whether a city rests, for the desk."""
    return PauseView(
        is_paused=place.paused_at is not None,
        since=local_moment(place.paused_at, city.time_zone, speech) if place.paused_at else None,
        reason=speech.gettext(PAUSE_WORDS[place.pause_reason]) if place.pause_reason else None,
        note=place.pause_note,
        href=href,
    )


def _placed_line(placed: PlacedRun, speech: Translator, *, to_at: datetime | None) -> ChangeLine:
    def said(instant: datetime) -> str:
        return local_moment(instant, placed.city.time_zone, speech) if placed.city else utc_moment(instant, speech)

    return ChangeLine(
        label=step_label(placed.step.action, speech),
        city=name_of(placed.city, speech) if placed.city else None,
        from_at=said(placed.run.due_at),
        to_at=said(to_at) if to_at else None,
    )


def _wall(day_on: date, offset_days: int, at: time, speech: Translator) -> str:
    return f"{speech.on_date(day_on + timedelta(days=offset_days))}, {at:%H:%M}"


def _range(first: datetime, last: datetime, speech: Translator) -> str:
    if first == last:
        return utc_moment(first, speech)
    return f"{first.astimezone(UTC):%Y-%m-%d %H:%M} – {last.astimezone(UTC):%Y-%m-%d %H:%M} UTC"  # noqa: RUF001 - a range


def _states(runs: Sequence[PlacedRun], speech: Translator) -> list[StateLine]:
    groups: dict[tuple[str, str | None], list[PlacedRun]] = {}
    for each in runs:
        groups.setdefault(_state(each, speech), []).append(each)
    order = list(STATE_WORDS)
    return [
        StateLine(
            state=state,
            label=speech.gettext(STATE_WORDS[state]),
            detail=detail,
            count=len(group),
            names=_names(group, speech) if len(groups) > 1 else [],
        )
        for (state, detail), group in sorted(groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1] or ""))
    ]


def _names(group: Iterable[PlacedRun], speech: Translator) -> list[Chosen]:
    return sorted((name_of(each.city, speech) for each in group if each.city), key=lambda name: sorting_key(name.text))


def _state(placed: PlacedRun, speech: Translator) -> tuple[str, str | None]:
    run = placed.run
    if run.state is StepState.SKIPPED and run.reason_code:
        return "skipped", speech.gettext(REASON_WORDS[run.reason_code]) if run.reason_code in REASON_WORDS else run.reason_code
    if run.state is not StepState.PLANNED:
        return run.state.value, run.failure_code if run.state is StepState.FAILED else None
    if run.held_at is not None:
        return "held", None
    if placed.place is not None and placed.place.paused_at is not None:
        return "paused", None
    return ("retrying", run.failure_code) if run.attempts else ("planned", None)
