"""The moments that a plan gives to every city, to chapters and to the network: the only place where lines meet clocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from app.campaigns.rules import due_at, turn_on_day
from app.enums import StepClock, StepScope


class StepTimes(Protocol):
    """What a line says about when it is done."""

    @property
    def scope(self) -> StepScope: ...

    @property
    def offset_days(self) -> int: ...

    @property
    def on_date(self) -> date | None: ...

    @property
    def local_time(self) -> time: ...

    @property
    def clock(self) -> StepClock: ...

    @property
    def spread_days(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class WallTime:
    """A date and a time of day by the clock that a line goes by."""

    on: date
    at: time


@dataclass(frozen=True, slots=True)
class Moments:
    """The clocks of those who take part."""

    day_on: date
    network_zone: str
    zones: Mapping[int, str]  # of the cities that take part, by id
    order: Sequence[int]  # of the same cities, the fair one
    chapters: Mapping[int, Sequence[int]]  # cities that take part, by chapter
    zones_until_then: Sequence[str]  # what stands for the cities until there is one

    def wall(self, step: StepTimes, city_id: int | None = None) -> WallTime:
        """What the plan says; a line that is spread gives each city a date of its own."""
        on, days = (self.day_on, step.offset_days) if step.on_date is None else (step.on_date, 0)
        return WallTime(on + timedelta(days=days + self.turn_days(step, city_id)), step.local_time)

    def turn_days(self, step: StepTimes, city_id: int | None) -> int:
        """How many days after the first the turn of a city comes; 0 in a line without turns."""
        if step.spread_days is None or city_id is None or city_id not in self.order:
            return 0
        return turn_on_day(self.order.index(city_id), len(self.order), step.spread_days)

    def in_city(self, step: StepTimes, city_id: int, zone: str) -> datetime:
        """When a step of each city is due in one of them."""
        return self.at_wall(step, self.wall(step, city_id), [zone])

    def once(self, step: StepTimes) -> datetime:
        """When a step is due that is done once for the network."""
        return self.at_wall(step, self.wall(step), list(self.zones.values()) or self.zones_until_then)

    def for_chapter(self, step: StepTimes, chapter_id: int) -> datetime:
        """When a step is due that is done once for a chapter."""
        return self.at_wall(step, self.wall(step), [self.zones[city_id] for city_id in self.chapters[chapter_id]])

    def at_wall(self, step: StepTimes, wall: WallTime, zones: Sequence[str]) -> datetime:
        """This wall time as the line's clock and scope mean it: by the first of these zones, or by the last of them."""
        if step.clock is StepClock.NETWORK:
            return due_at(wall.on, 0, wall.at, self.network_zone)
        moments = [due_at(wall.on, 0, wall.at, zone) for zone in set(zones)]
        return max(moments) if step.scope is StepScope.LAST_CITY else min(moments)
