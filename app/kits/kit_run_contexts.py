"""What the page of a campaign's kits shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.words import Chosen

Nav = list[tuple[str, str, bool]]


class RunState(StrEnum):
    """Where the drawing of a campaign's kits stands."""

    UNPUBLISHED = "unpublished"  # there is nothing to draw yet
    NEVER = "never"
    WAITING = "waiting"  # for a worker, or for its turn
    SILENT = "silent"  # its worker has gone; another takes over when there is one
    COUNTING = "counting"
    DRAWING = "drawing"
    STOPPED = "stopped"
    GAVE_UP = "gave_up"
    DONE = "done"

    @property
    def goes_on(self) -> bool:
        """Whether the page looks again by itself."""
        return self in {RunState.WAITING, RunState.SILENT, RunState.COUNTING, RunState.DRAWING}


@dataclass(frozen=True, slots=True)
class CityLine:
    """A city and its kit."""

    name: Chosen
    href: str
    ready_count: int
    piece_count: int | None  # None: not counted yet
    stands: str
    failures: Sequence[tuple[str, Sequence[str]]]  # why pieces could not be drawn, and their paths


@dataclass(frozen=True, slots=True)
class KitRunPage:
    """The context of kit_run.html."""

    desk_nav: Nav
    title: Chosen
    back_href: str
    url: str
    toolkit_href: str
    state: RunState
    ready_count: int
    piece_count: int
    sentence: str  # how far it is
    remaining: str | None  # while it is drawing
    moment: str | None  # at which it ended, was stopped or given up
    newer_version: int | None  # published since it was asked for
    cities: Sequence[CityLine]
    failed_city_count: int
    reloads: bool
    reload_s: int
