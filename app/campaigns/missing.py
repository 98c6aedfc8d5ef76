"""What a city still misses in a campaign: pure rules of what was asked of it, what came, and the present instant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.enums import CampaignStatus, FiguresMoment, StepCondition

PATIENCE = timedelta(days=2)  # what was asked less long ago is awaited, not missing
LITTLE = 3  # a city with fewer contributions has little, where no line of the time-line says another number


class Point(StrEnum):
    """What is expected of a city, in the order in which it becomes due."""

    DESK = "desk"  # somebody who reads the mails
    JOIN = "join"
    BRIEF = "brief"
    FIGURES_BEFORE = "figures_before"
    CONTRIBUTIONS = "contributions"
    DECISIONS = "decisions"
    FIGURES_ON = "figures_on"
    FIGURES_AFTER = "figures_after"


class Standing(StrEnum):
    """How a city stands with one point; the values name the marks of the desk."""

    DONE = "done"
    DUE = "due"  # asked a short while ago
    MISSING = "missing"
    OFF = "off"  # not asked, not any more, or of a city that rests


FIGURES = {
    Point.FIGURES_BEFORE: FiguresMoment.BEFORE,
    Point.FIGURES_ON: FiguresMoment.ON,
    Point.FIGURES_AFTER: FiguresMoment.AFTER,
}


@dataclass(frozen=True, slots=True)
class AskedFigures:
    """A city was asked for its figures of one moment."""

    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class CityFacts:
    """What is known of a city in a campaign."""

    invited_at: datetime
    joined_at: datetime | None
    paused_at: datetime | None
    collection_opened_at: datetime | None
    collection_closed_at: datetime | None
    day_begins_at: datetime
    day_ends_at: datetime
    officer_count: int = 0
    has_read_brief: bool = False  # an officer of the city has, in any version
    contribution_count: int = 0
    waiting_count: int = 0  # for a decision
    waiting_since: datetime | None = None
    figures: Mapping[FiguresMoment, AskedFigures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """How a city stands with one point; count and instant where the point has them."""

    standing: Standing
    count: int = 0
    since: datetime | None = None


def enough_count(conditions: Iterable[tuple[StepCondition | None, int | None]]) -> int:
    """With how many contributions a city no longer has little, by the conditions of the lines that remind."""
    counts = [count for condition, count in conditions if condition is StepCondition.FEWER_THAN and count]
    return max(counts, default=LITTLE)


def cells_of(
    facts: CityFacts, status: CampaignStatus, *, enough: int, now: datetime, patience_with_contributions: timedelta = PATIENCE
) -> dict[Point, Cell]:
    """How a city stands with every point at this instant; nothing is missing from one that rests."""
    cells = {
        Point.DESK: _desk(facts, status),
        Point.JOIN: _join(facts, status, now=now),
        Point.BRIEF: _brief(facts, status, now=now),
        Point.CONTRIBUTIONS: _contributions(facts, status, enough=enough, now=now, patience=patience_with_contributions),
        Point.DECISIONS: _decisions(facts, now=now),
        **{point: _figures(facts.figures.get(moment), now=now) for point, moment in FIGURES.items()},
    }
    if facts.paused_at is None:
        return cells
    return {point: _resting(cell) for point, cell in cells.items()}


def missing_points(cells: Mapping[Point, Cell]) -> tuple[Point, ...]:
    """What is missing, in the order of the points."""
    return tuple(point for point in Point if cells[point].standing is Standing.MISSING)


def remindable(points: Iterable[Point]) -> tuple[Point, ...]:
    """What a mail can remind of: that nobody is at the desk, nobody there can read."""
    return tuple(point for point in points if point is not Point.DESK)


def columns(rows: Iterable[Mapping[Point, Cell]]) -> list[Point]:
    """The points that have been asked of at least one of these cities."""
    asked = {point for cells in rows for point, cell in cells.items() if cell.standing is not Standing.OFF}
    return [point for point in Point if point in asked]


def most_missing_first(cells: Mapping[Point, Cell]) -> tuple[int, int]:
    """A key to sort by."""
    standings: Sequence[Standing] = [cell.standing for cell in cells.values()]
    return -standings.count(Standing.MISSING), -standings.count(Standing.DUE)


def _awaited(late_at: datetime, now: datetime) -> Standing:
    return Standing.MISSING if now >= late_at else Standing.DUE


def _late_at(asked_at: datetime, day_begins_at: datetime, patience: timedelta = PATIENCE) -> datetime:
    """In the last days before the day there is no patience left."""
    return min(asked_at + patience, max(asked_at, day_begins_at - patience))


def _desk(facts: CityFacts, status: CampaignStatus) -> Cell:
    if facts.officer_count:
        return Cell(Standing.DONE, count=facts.officer_count)
    return Cell(Standing.MISSING if status.is_running else Standing.OFF)


def _join(facts: CityFacts, status: CampaignStatus, *, now: datetime) -> Cell:
    if facts.joined_at is not None:
        return Cell(Standing.DONE)
    if not status.is_running or now >= facts.day_ends_at:
        return Cell(Standing.OFF)
    return Cell(_awaited(_late_at(facts.invited_at, facts.day_begins_at), now), since=facts.invited_at)


def _brief(facts: CityFacts, status: CampaignStatus, *, now: datetime) -> Cell:
    if status is not CampaignStatus.PREPARING:
        return Cell(Standing.OFF)
    if facts.has_read_brief:
        return Cell(Standing.DONE)
    return Cell(_awaited(_late_at(facts.invited_at, facts.day_begins_at), now), since=facts.invited_at)


def _contributions(facts: CityFacts, status: CampaignStatus, *, enough: int, now: datetime, patience: timedelta) -> Cell:
    opened_at = facts.collection_opened_at
    if facts.joined_at is None or opened_at is None:
        return Cell(Standing.OFF)
    if facts.contribution_count >= enough:
        return Cell(Standing.DONE, count=facts.contribution_count)
    if facts.collection_closed_at is not None or status is not CampaignStatus.OPEN:
        return Cell(Standing.OFF, count=facts.contribution_count)
    standing = _awaited(_late_at(opened_at, facts.day_begins_at, patience), now)
    return Cell(standing, count=facts.contribution_count, since=opened_at)


def _decisions(facts: CityFacts, *, now: datetime) -> Cell:
    if facts.waiting_since is not None:
        return Cell(_awaited(facts.waiting_since + PATIENCE, now), count=facts.waiting_count, since=facts.waiting_since)
    return Cell(Standing.DONE if facts.contribution_count else Standing.OFF)


def _figures(asked: AskedFigures | None, *, now: datetime) -> Cell:
    if asked is None:
        return Cell(Standing.OFF)
    if asked.answered_at is not None:
        return Cell(Standing.DONE)
    return Cell(_awaited(asked.asked_at + PATIENCE, now), since=asked.asked_at)


def _resting(cell: Cell) -> Cell:
    return replace(cell, standing=Standing.OFF) if cell.standing in {Standing.MISSING, Standing.DUE} else cell
