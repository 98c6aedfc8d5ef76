"""Campaigns worked out the plain way: walking along minutes, from the template's file, and with nothing of the service."""

import hashlib
import tomllib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

PHASES = {"campaign_starts", "start_of_day", "end_of_day", "campaign_ends"}
SETTLED = PHASES | {"open_collection", "close_collection"}  # what they say of a city holds from the moment it joins
KEEPS_SENSE = {  # of every other action: however late
    "remind": timedelta(days=1),
    "countdown_card": timedelta(days=1),
    "ask_figures_before": timedelta(days=7),
    "ask_figures_on": timedelta(days=7),
}
DAYS_BEFORE = DAYS_AFTER = 28


@dataclass(frozen=True)
class Line:
    """`[[step]]` of the template's file."""

    position: int
    action: str
    scope: str
    days: int
    at: time
    by_network: bool
    fewer_than: int | None
    spread_days: int | None


@dataclass(frozen=True)
class Pause:
    """A city that rests from one moment to another, or for good."""

    city: str
    since: datetime
    until: datetime | None
    makes_up: bool = True


@dataclass(frozen=True)
class Story:
    """One campaign, and what happens to it."""

    slug: str
    day_on: date
    begins_at: datetime
    joins: Mapping[str, datetime]
    moved: tuple[datetime, date] | None = None
    pauses: Sequence[Pause] = ()
    contributions: Mapping[str, Sequence[datetime]] = field(default_factory=dict)


@dataclass(frozen=True)
class Places:
    """Who could take part."""

    zones: Mapping[str, str]
    chapters: Mapping[str, Sequence[str]]
    network_zone: str


@dataclass(frozen=True, order=True)
class End:
    """What became of a line in a place, when, and why."""

    campaign: str
    position: int
    action: str
    place: str  # a city, a chapter, or nothing for the network
    moment: datetime
    ended_at: datetime
    state: str
    reason: str = ""
    was_done: bool = False  # by its action; not so where it was settled as the city joined


@dataclass(frozen=True)
class Era:
    """A time in which the same cities take part in the same day."""

    since: datetime
    until: datetime
    cities: Sequence[str]
    day_on: date


def lines_of(path: Path) -> list[Line]:
    """The lines of a template."""
    window = {"open_collection": -DAYS_BEFORE, "close_collection": DAYS_AFTER + 1, "close_campaign": DAYS_AFTER + 1}
    found = []
    for position, step in enumerate(tomllib.loads(path.read_text("utf-8"))["step"]):
        days = window.get(step["action"], step.get("days", DAYS_AFTER + step.get("days_from_end", 0)))
        spread = step.get("spread_days")
        found.append(
            Line(
                position,
                step["action"],
                step["scope"],
                days,
                time.fromisoformat(step.get("at", "00:00")),
                step.get("clock") == "network",
                step["count"] if step.get("condition") == "fewer_than" else None,
                DAYS_AFTER - days + 1 if spread == "to_the_end" else spread,
            )
        )
    return found


@cache
def walked(wall: datetime, zone: str) -> datetime:
    """The first minute at which clocks there show this or later, found by walking along the minutes."""
    clock, at = ZoneInfo(zone), (wall - timedelta(hours=15)).replace(tzinfo=UTC)
    while at.astimezone(clock).replace(tzinfo=None) < wall:
        at += timedelta(minutes=1)
    return at


def eras_of(story: Story) -> list[Era]:
    """The times of a campaign, from its beginning."""
    changes = sorted({story.begins_at, *story.joins.values(), *([story.moved[0]] if story.moved else [])})
    ends = [*changes[1:], datetime.max.replace(tzinfo=UTC)]
    return [
        Era(
            since,
            until,
            [city for city, joined_at in story.joins.items() if joined_at <= since],
            story.moved[1] if story.moved and story.moved[0] <= since else story.day_on,
        )
        for since, until in zip(changes, ends, strict=True)
    ]


class PlainYear:
    """One campaign, worked out."""

    def __init__(self, story: Story, places: Places, lines: Sequence[Line]) -> None:
        self.story, self.places, self.lines, self.eras = story, places, lines, eras_of(story)
        self.turns = {line.position: self._turns(line) for line in lines if line.spread_days}

    def moment(self, line: Line, era: Era, cities: Sequence[str], *, later_days: int = 0) -> datetime:
        """When the line's clocks show its time: those of the network, or the first or the last of these cities."""
        wall = datetime.combine(era.day_on + timedelta(days=line.days + later_days), line.at)
        if line.by_network:
            return walked(wall, self.places.network_zone)
        moments = [walked(wall, self.places.zones[city]) for city in cities or self.places.zones]
        return max(moments) if line.scope == "last_city" else min(moments)

    def places_of(self, line: Line) -> list[str]:
        """Where it ends."""
        if line.scope == "each_city":
            return list(self.story.joins)
        if line.scope == "each_chapter":
            return [slug for slug, cities in self.places.chapters.items() if set(cities) & set(self.story.joins)]
        return [""]

    def moments(self, line: Line, place: str) -> list[tuple[Era, datetime]]:
        """Its moment there in every era in which it is planned."""
        found = []
        for number, era in enumerate(self.eras):
            if line.scope == "each_city":
                cities = [place] if place in era.cities else None
            elif line.scope == "each_chapter":
                cities = [city for city in era.cities if city in self.places.chapters[place]] or None
            else:
                cities = list(era.cities)
            if cities is not None:
                turn = self.turns[line.position][number][place] if line.spread_days else None
                found.append((era, turn or self.moment(line, era, cities)))
        return found

    def _turns(self, line: Line) -> list[dict[str, datetime]]:
        """In every era the turn of each city; when the first has come the others stay, and who joins then is the last."""
        found: list[dict[str, datetime]] = []
        turns: dict[str, datetime] = {}
        days = line.spread_days or 1
        for era in self.eras:
            if not any(moment <= era.since for moment in turns.values()):
                order = sorted(era.cities, key=lambda city: hashlib.sha256(f"{self.story.slug}:{city}".encode()).digest())
                turns = {
                    city: self.moment(line, era, [city], later_days=number * days // len(order))
                    for number, city in enumerate(order)
                }
            for city in era.cities:
                turns.setdefault(city, self.moment(line, era, [city], later_days=days - 1))
            found.append(dict(turns))
        return found

    def all_moments(self) -> set[datetime]:
        """Every moment that any line has at any time."""
        return {moment for line in self.lines for place in self.places_of(line) for _era, moment in self.moments(line, place)}

    def ends(self, ticks: Sequence[datetime]) -> list[End]:
        """How everything ends when somebody is awake at these ticks."""
        closing = next(line for line in self.lines if line.action == "close_campaign")
        _moment, closed_at = self._reached(closing, "", ticks)
        joined_late = self._joined_late()
        return [self._end(line, place, ticks, closed_at, joined_late) for line in self.lines for place in self.places_of(line)]

    def _reached(self, line: Line, place: str, ticks: Sequence[datetime]) -> tuple[datetime, datetime]:
        """Its moment, and the first tick that finds it come."""
        for era, moment in self.moments(line, place):
            at = ticks[bisect_left(ticks, max(era.since, moment))]
            if at < era.until:
                return moment, at
        raise AssertionError(line)

    def _joined_late(self) -> set[tuple[int, str]]:
        """Lines that were past when a city joined and of whose action a later one was past too."""
        found = set()
        for city, joined_at in self.story.joins.items():
            past: dict[str, int] = {}
            for line in self.lines:
                if line.scope != "each_city" or line.spread_days or line.action in SETTLED:
                    continue
                if self.moments(line, city)[0][1] > joined_at:
                    continue
                if line.action in past:
                    found.add((past[line.action], city))
                past[line.action] = line.position
        return found

    def _end(
        self, line: Line, place: str, ticks: Sequence[datetime], closed_at: datetime, joined_late: set[tuple[int, str]]
    ) -> End:
        settled = self._settled(line, place, joined_late) if line.scope == "each_city" else None
        if settled is not None:
            return settled
        moment, at = self._reached(line, place, ticks)
        for pause in self.story.pauses:
            if pause.city == place and pause.since <= at and (pause.until is None or at < pause.until):
                if pause.until is None:
                    return self._told(line, place, moment, closed_at, "campaign_closed")
                if not pause.makes_up and line.action not in PHASES:
                    return self._told(line, place, moment, pause.until, "paused")
                at = ticks[bisect_left(ticks, pause.until)]
        sent = sum(sent_at <= at for sent_at in self.story.contributions.get(place, ()))
        reason = None
        if line.action in KEEPS_SENSE and at >= moment + KEEPS_SENSE[line.action]:
            reason = "moment_over"
        elif line.fewer_than is not None and sent >= line.fewer_than:
            reason = "condition_not_met"
        return self._told(line, place, moment, at, reason, was_done=reason is None)

    def _settled(self, line: Line, city: str, joined_late: set[tuple[int, str]]) -> End | None:
        """How it ended with the joining of the city, if it did."""
        era, moment = self.moments(line, city)[0]
        joined_at = self.story.joins[city]
        if (line.position, city) in joined_late:
            return self._told(line, city, moment, joined_at, "joined_late")
        if line.action not in SETTLED or moment > joined_at:
            return None
        next_midnight = datetime.combine(era.day_on + timedelta(days=1), time(0, 0))
        is_over = line.action == "start_of_day" and walked(next_midnight, self.places.zones[city]) <= joined_at
        return self._told(line, city, moment, joined_at, "joined_after_the_day" if is_over else None)

    def _told(self, line: Line, place: str, moment: datetime, at: datetime, reason: str | None, *, was_done: bool = False) -> End:
        state = "skipped" if reason else "done"
        return End(self.story.slug, line.position, line.action, place, moment, at, state, reason or "", was_done)
