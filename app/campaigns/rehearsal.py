"""The dress rehearsal: a whole time-line in fast motion, by the functions that the tick uses; it changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.campaigns.moments import Moments, WallTime
from app.campaigns.plan import ELSEWHERE_STEPS, condition_words, step_label
from app.campaigns.steps import DueStep, StepRegistry
from app.clock import rfc3339
from app.enums import CampaignStatus, StepClock, StepScope, StepState
from app.models import Campaign, CampaignCity, Chapter, City, JointFilmPlan, KitVersion, StepRun, TimelineStep
from app.runtime import Runtime
from app.web.i18n import Translator, _
from app.words import Words

Params = Mapping[str, Any]  # of plain values that JSON knows
Toolkits = Mapping[int | None, tuple[str, Path]]  # slug and root of each city's, by id; of the campaign itself under None

STANDING = {  # of a step that is not simply to come
    "done": _("Done: %(effect)s"),
    "skipped": _("Left out: %(effect)s"),
    "failed": _("Given up after several attempts: %(effect)s"),
    "held": _("Held back: %(effect)s"),
    "paused": _("Waits while the city rests: %(effect)s"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A city that plays its part: invited, or of the network while nobody is invited yet."""

    city: City
    campaign_city: CampaignCity | None
    has_officer: bool


@dataclass(frozen=True, slots=True)
class Script:
    """What a campaign is about to do, as the rows say at this moment."""

    campaign: Campaign
    lines: Sequence[TimelineStep]  # in their order
    places: Sequence[Place]  # by slug
    moments: Moments  # of those who play; only zones that clocks know
    chapters: Mapping[int, Chapter]
    coordinated: frozenset[int]  # chapters that have a coordinator
    known_zones: frozenset[str]
    runs: Sequence[StepRun]  # none of a draft
    kit_version: KitVersion | None  # the newest that is published
    toolkits: Toolkits
    released_texts: frozenset[str]  # drafts of the toolkit's texts that are handed out
    joint_film: JointFilmPlan | None  # what was decided about it
    quotes: Mapping[int, Words]  # that can be shown
    now: datetime
    base_url: str


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """One step in one city, for one chapter, or once for the network, at its moment."""

    line: TimelineStep
    city: City | None
    chapter: Chapter | None
    at: datetime
    local: datetime  # what clocks show there; of a network's step, in the first or last city whose moment it is
    zone: str
    standing: str | None  # a key of STANDING; None: it happens when its moment comes
    effect: str | None  # None where no domain knows the action

    def said(self, speech: Translator) -> str:
        """What it will do, or did."""
        effect = self.effect or self.line.action
        condition = condition_words(self.line.condition, self.line.condition_count, speech)
        if condition and self.standing is None:
            effect = f"{effect} ({condition})"
        return speech.gettext(STANDING[self.standing]) % {"effect": effect} if self.standing else effect


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check has found, in a city, at an act, or in the campaign as a whole."""

    params: Params = field(default_factory=dict)
    city: City | None = None
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of warning: how it is found, what it says, what helps and where; `says` puts its params into words."""

    code: str
    find: Callable[[Script, Sequence[Act]], Iterable[Finding]]
    sentence: str
    advice: str
    mended_at: str  # an address at the desk, in which {slug} is the campaign
    says: Mapping[str, Callable[[Any, Translator], str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning, with the cities that it is about; none when it is about the campaign."""

    check: Check
    params: Params
    cities: Sequence[City] = ()

    def sentence(self, speech: Translator) -> str:
        """What is wrong; the cities are said beside it."""
        said = {name: self.check.says[name](value, speech) for name, value in self.params.items() if name in self.check.says}
        return speech.gettext(self.check.sentence) % {**self.params, **said}

    def summary(self, speech: Translator) -> str:
        """The same away from its step, which is named."""
        if "action" not in self.params:
            return self.sentence(speech)
        named = {"step": step_label(self.params["action"], speech), "warning": self.sentence(speech)}
        return speech.gettext(_("“%(step)s”: %(warning)s")) % named


@dataclass(frozen=True, slots=True)
class Stage:
    """What the domains bring to a rehearsal: the actions they do, the checks they make, and what cities' kits are made from."""

    actions: StepRegistry
    checks: Sequence[Check]
    toolkits: Callable[[Session, Runtime, Campaign, Sequence[int]], Toolkits]  # for cities of these ids


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What will happen, in order, and what is wrong or missing before it does: by check, what most cities share first."""

    script: Script
    acts: Sequence[Act]
    warnings: Sequence[Warned]
    warnings_of: Mapping[Act, Sequence[Warned]]

    def as_json(self, speech: Translator) -> dict[str, Any]:
        """The storyboard for programs."""
        return {
            "campaign": self.script.campaign.slug,
            "day_on": self.script.campaign.day_on.isoformat(),
            "steps": [
                {
                    "at": rfc3339(act.at),
                    "local": act.local.isoformat(),
                    "city": act.city.slug if act.city else None,
                    "action": act.line.action,
                    "effect": act.said(speech),
                    "warnings": [
                        {"code": warned.check.code, "params": warned.params, "sentence": warned.sentence(speech)}
                        for warned in self.warnings_of.get(act, ())
                    ],
                }
                for act in self.acts
            ],
            "warnings": [
                {
                    "code": warned.check.code,
                    "params": {**warned.params, "cities": [city.slug for city in warned.cities]},
                    "sentence": warned.summary(speech),
                }
                for warned in self.warnings
            ],
        }


def rehearse(script: Script, stage: Stage, speech: Translator) -> Rehearsal:
    """Play the time-line and ask every check; of a closed campaign nothing can be mended, so nothing is asked."""
    acts = play(script, stage.actions, speech)
    checks = () if script.campaign.status is CampaignStatus.CLOSED else stage.checks
    together: dict[tuple[str, str], Warned] = {}
    warnings_of: dict[Act, list[Warned]] = {}
    for check in checks:
        for found in check.find(script, acts):
            known = together.setdefault((check.code, repr(found.params)), Warned(check, found.params, []))
            city = found.act.city if found.act else found.city
            assert isinstance(known.cities, list)  # noqa: S101 - made so a line above
            if city is not None and city not in known.cities[-1:]:
                known.cities.append(city)
            if found.act is not None:
                warnings_of.setdefault(found.act, []).append(Warned(check, found.params))
    order = [check.code for check in checks]
    warnings = sorted(together.values(), key=lambda warned: (order.index(warned.check.code), -len(warned.cities)))
    return Rehearsal(script, acts, warnings, warnings_of)


def play(script: Script, actions: StepRegistry, speech: Translator) -> list[Act]:
    """Every step at its moment, in order; that of the network before those of cities.

    A draft is played as if it opened and every city joined now, any other campaign as its rows stand. A city whose time zone no
    clock knows has no moments.
    """
    played = _of_draft(script) if script.campaign.status is CampaignStatus.DRAFT else _as_they_stand(script)
    known = {action.name: action for action in actions}
    acts = []
    for line, place, chapter, run, at in played:
        zone = _zone(script, line, place, chapter, at)
        step = DueStep(
            run_id=run.id if run else 0,
            action=line.action,
            scope=line.scope,
            offset_days=line.offset_days,
            campaign=script.campaign,
            campaign_city=place.campaign_city if place else None,
            city=place.city if place else None,
            chapter=chapter,
            due_at=at,
            condition=line.condition,
            condition_count=line.condition_count,
            base_url=script.base_url,
            keep_originals_days=0,  # nothing is closed here
        )
        effect = known[line.action].preview(step, speech) if line.action in known else None
        acts.append(Act(line, step.city, chapter, at, at.astimezone(ZoneInfo(zone)), zone, _standing(line, place, run), effect))
    return sorted(acts, key=lambda act: (act.at, act.city.slug if act.city else "", act.line.position))


def planned_wall(script: Script, line: TimelineStep, city: City | None) -> WallTime:
    """The date and the time of day that the plan names there; as it was moved for all cities, where it was."""
    if line.moved_offset_days is None or line.moved_local_time is None:
        return script.moments.wall(line, city.id if city else None)
    days = line.moved_offset_days + script.moments.turn_days(line, city.id if city else None)
    return WallTime(script.moments.day_on + timedelta(days=days), line.moved_local_time)


def _standing(line: TimelineStep, place: Place | None, run: StepRun | None) -> str | None:
    if run is not None and run.state is not StepState.PLANNED:
        return run.state.value
    of_row = run or line
    if run is None and line.skipped_at:
        return "skipped"
    if of_row.held_at:
        return "held"
    return "paused" if place and place.campaign_city and place.campaign_city.paused_at else None


_Moment = tuple[TimelineStep, Place | None, Chapter | None, StepRun | None, datetime]


def _of_draft(script: Script) -> Iterator[_Moment]:
    moments = script.moments
    for line in script.lines:
        if line.scope is StepScope.EACH_CITY:
            for place in script.places:
                zone = place.city.time_zone
                if zone in script.known_zones and (not place.city.is_elsewhere or line.action in ELSEWHERE_STEPS):
                    yield line, place, None, None, moments.at_wall(line, planned_wall(script, line, place.city), [zone])
        elif line.scope is StepScope.EACH_CHAPTER:
            for chapter_id in moments.chapters:
                yield line, None, script.chapters[chapter_id], None, moments.for_chapter(line, chapter_id)
        else:
            yield line, None, None, None, moments.once(line)


def _as_they_stand(script: Script) -> Iterator[_Moment]:
    lines = {line.id: line for line in script.lines}
    places = {place.campaign_city.id: place for place in script.places if place.campaign_city}
    for run in script.runs:
        place = places[run.campaign_city_id] if run.campaign_city_id else None
        chapter = script.chapters[run.chapter_id] if run.chapter_id else None
        if place is None or place.city.time_zone in script.known_zones:
            yield lines[run.step_id], place, chapter, run, run.due_at


def _zone(script: Script, line: TimelineStep, place: Place | None, chapter: Chapter | None, at: datetime) -> str:
    """By whose clock it is spoken of: the network's, the city's, or that of the first or the last city whose moment it is."""
    moments = script.moments
    if line.clock is StepClock.NETWORK:
        return moments.network_zone
    if place is not None:
        return place.city.time_zone
    of_chapter = moments.chapters.get(chapter.id, ()) if chapter else ()
    zones = [moments.zones[city_id] for city_id in of_chapter] or list(moments.zones.values()) or list(moments.zones_until_then)
    wall = planned_wall(script, line, None)
    return min(zones, key=lambda zone: (moments.at_wall(line, wall, [zone]) != at, zone))
