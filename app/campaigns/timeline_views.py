"""Makes what the pages of a time-line show out of rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from app.campaigns.control import Change
from app.campaigns.moments import Moments, StepTimes, WallTime
from app.campaigns.plan import condition_words, step_label
from app.campaigns.timeline import PlacedRun, zone_of
from app.campaigns.timeline_contexts import (
    PAUSE_WORDS,
    REASON_WORDS,
    STATE_WORDS,
    ChangeLine,
    PauseView,
    StateLine,
    StepGroup,
    StepLine,
)
from app.campaigns.views import local_moment, sorting_key
from app.enums import StepClock, StepScope, StepState
from app.models import CampaignCity, City, TimelineStep
from app.web.i18n import Translator, _
from app.words import Chosen

WHOSE = {
    (StepScope.EACH_CITY, StepClock.LOCAL): _("in each city, by its own clock"),
    (StepScope.EACH_CITY, StepClock.NETWORK): _("in every city at one moment, by the network's clock (%(zone)s)"),
    (StepScope.FIRST_CITY, StepClock.LOCAL): _("once, when the moment comes in the first city"),
    (StepScope.FIRST_CITY, StepClock.NETWORK): _("once, by the network's clock (%(zone)s)"),
    (StepScope.LAST_CITY, StepClock.LOCAL): _("once, when the moment has come in the last city"),
    (StepScope.LAST_CITY, StepClock.NETWORK): _("once, by the network's clock (%(zone)s)"),
    (StepScope.EACH_CHAPTER, StepClock.LOCAL): _("once for each chapter, when the moment comes in the first of its cities"),
    (StepScope.EACH_CHAPTER, StepClock.NETWORK): _("once for each chapter, by the network's clock (%(zone)s)"),
}
UPCOMING = 3  # steps that stand on top


def name_of(city: City, speech: Translator) -> Chosen:
    """The city as its reader calls it."""
    return speech.choose(city.names, "en")


def place_name(placed: PlacedRun, speech: Translator) -> Chosen | None:
    """The city or the chapter in which a run is; None for the network's."""
    if placed.city is not None:
        return name_of(placed.city, speech)
    return speech.choose(placed.chapter.names, "en") if placed.chapter else None


def whose_words(step: StepTimes, moments: Moments, speech: Translator) -> str:
    """For whom a line is, and by which clock."""
    said = speech.gettext(WHOSE[step.scope, step.clock])
    return said % {"zone": zone_name(moments.network_zone)} if step.clock is StepClock.NETWORK else said


def zone_name(zone: str) -> str:
    """A time zone in a form to be read."""
    return zone.replace("_", " ")


def turns_words(step: StepTimes, moments: Moments, speech: Translator) -> str | None:
    """That cities take turns, and until when."""
    if step.spread_days is None:
        return None
    last_on = moments.wall(step).on + timedelta(days=step.spread_days - 1)
    return speech.gettext(_("one city after the other, until %(day)s")) % {"day": speech.on_date(last_on)}


def step_line(
    step: TimelineStep,
    runs: Sequence[PlacedRun],
    moments: Moments,
    speech: Translator,
    *,
    city: City | None,
    href: str | None,
) -> StepLine:
    """A line with what became of it in these places; `city` when they are one city."""
    instants = [each.run.due_at for each in runs]
    utc = _range(min(instants), max(instants), speech) if instants else ""
    local, moved = _line_moment(step, runs, moments, speech, city=city)
    notes = (turns_words(step, moments, speech), condition_words(step.condition, step.condition_count, speech))
    return StepLine(
        number=step.position,
        label=step_label(step.action, speech),
        whose=whose_words(step, moments, speech),
        notes=[note for note in notes if note],
        local=local,
        utc=utc if utc != local else "",
        moved=moved,
        states=_states(runs, speech),
        href=href,
    )


def step_groups(
    lines: Sequence[tuple[TimelineStep, StepLine]], runs: Mapping[int, Sequence[PlacedRun]], moments: Moments, speech: Translator
) -> list[StepGroup]:
    """The lines before the day, on it and after it, each part in the order of its moments."""
    labels = (_("Before the day"), _("The day"), _("After the day"))
    groups: dict[int, list[tuple[TimelineStep, StepLine]]] = {}
    for step, line in sorted(lines, key=lambda pair: _in_time(pair[0], runs.get(pair[0].id, ()), moments)):
        days = (_wall_of(step, moments).on - moments.day_on).days
        groups.setdefault((days > 0) - (days < 0), []).append((step, line))
    return [
        StepGroup(
            label=speech.gettext(labels[part + 1]),
            lines=[line for _step, line in groups[part]],
            is_over=all(_is_over(runs.get(step.id, ())) for step, _line in groups[part]),
        )
        for part in sorted(groups)
    ]


def upcoming(lines: Sequence[tuple[TimelineStep, StepLine]], runs: Mapping[int, Sequence[PlacedRun]]) -> list[StepLine]:
    """The few lines of which something is due next, the nearest first."""
    nearest: list[tuple[datetime, int, StepLine]] = []
    for step, line in lines:
        waiting = [
            each.run.due_at
            for each in runs.get(step.id, ())
            if each.run.state is StepState.PLANNED and each.run.held_at is None and not (each.place and each.place.paused_at)
        ]
        if waiting:
            nearest.append((min(waiting), step.position, line))
    return [line for _at, _position, line in sorted(nearest, key=lambda each: each[:2])[:UPCOMING]]


def _is_over(runs: Sequence[PlacedRun]) -> bool:
    return bool(runs) and all(each.run.state in {StepState.DONE, StepState.SKIPPED} for each in runs)


def _in_time(step: TimelineStep, runs: Sequence[PlacedRun], moments: Moments) -> tuple[date, float, float, int]:
    wall = _wall_of(step, moments)
    first = min((each.run.due_at.timestamp() for each in runs), default=0.0)
    return wall.on, wall.at.hour * 60 + wall.at.minute, first, step.position


def _wall_of(step: TimelineStep, moments: Moments, city: City | None = None) -> WallTime:
    """The wall time of the line; as it was moved for all cities, where it was."""
    if step.moved_offset_days is None or step.moved_local_time is None:
        return moments.wall(step, city.id if city else None)
    return WallTime(moments.day_on + timedelta(days=step.moved_offset_days), step.moved_local_time)


def _line_moment(
    step: TimelineStep, runs: Sequence[PlacedRun], moments: Moments, speech: Translator, *, city: City | None
) -> tuple[str, str | None]:
    """When it is, by the clocks there, and what somebody moved."""
    planned = _said(moments.wall(step, city.id if city else None), speech)
    is_one_place = city is not None or step.scope in {StepScope.FIRST_CITY, StepScope.LAST_CITY}
    if is_one_place and len(runs) == 1:
        run, zone = runs[0].run, zone_of(runs[0], moments)
        if run.moved_from_at is not None:
            return _at_zone(run.due_at, zone, speech), _moved_from(_at_zone(run.moved_from_at, zone, speech), speech)
        return (_at_zone(run.due_at, zone, speech) if step.spread_days else planned), None
    if step.moved_offset_days is not None and step.moved_local_time is not None:
        return _said(_wall_of(step, moments), speech), _moved_from(planned, speech)
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


def change_line(change: Change, moments: Moments, speech: Translator) -> ChangeLine:
    """A run before and after."""
    is_moved = change.refused is None and change.to_at != change.placed.run.due_at
    return _placed_line(change.placed, moments, speech, to_at=change.to_at if is_moved else None)


def staying_line(placed: PlacedRun, moments: Moments, speech: Translator) -> ChangeLine:
    """A run that stays as it is."""
    return _placed_line(placed, moments, speech, to_at=None)


def unchanged_by_reason(changes: Iterable[Change], moments: Moments, speech: Translator) -> list[tuple[str, list[ChangeLine]]]:
    """Where an act does nothing, by the sentence that says why."""
    groups: dict[str, list[ChangeLine]] = {}
    for each in changes:
        if each.refused is not None:
            groups.setdefault(speech.refusal(each.refused), []).append(change_line(each, moments, speech))
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


def moment_words(instant: datetime, zone: str, speech: Translator, *, with_zone: bool) -> str:
    """An instant by the clock there, which is named where it is not that of the place it is said for."""
    said = _at_zone(instant, zone, speech)
    return f"{said} ({zone_name(zone)})" if with_zone and zone != "UTC" else said


def _placed_line(placed: PlacedRun, moments: Moments, speech: Translator, *, to_at: datetime | None) -> ChangeLine:
    zone = zone_of(placed, moments)
    with_zone = placed.step.clock is StepClock.NETWORK
    return ChangeLine(
        label=step_label(placed.step.action, speech),
        place=place_name(placed, speech),
        from_at=moment_words(placed.run.due_at, zone, speech, with_zone=with_zone),
        to_at=moment_words(to_at, zone, speech, with_zone=with_zone) if to_at else None,
    )


def _said(wall: WallTime, speech: Translator) -> str:
    return f"{speech.on_date(wall.on)}, {wall.at:%H:%M}"


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
    names = [place_name(each, speech) for each in group]
    return sorted((name for name in names if name), key=lambda name: sorting_key(name.text))


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
