"""What goes into a collage, in which order it hangs, and the figures that show whether it is fair."""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, heapreplace
from itertools import zip_longest

from app.assembly.rules import C, Contribution, in_turn

COLLAGE_TILES = 1200  # 50 px each on a screen; beyond it every city gives up the same share
POSTER_TILES = 1500  # on A2 a tile is 10 mm wide, on A1 14


def chosen_for_collage(contributions: Iterable[C], *, at_most: int = COLLAGE_TILES) -> list[C]:
    """A tile for every city that has any, then one more each in turn while there is room."""
    of_city: dict[int, list[C]] = {}
    for each in contributions:
        of_city.setdefault(each.city_id, []).append(each)
    turns = zip_longest(*(in_turn(of_city[city_id]) for city_id in sorted(of_city)))
    chosen: list[C] = []
    for turn in turns:
        present = sorted((each for each in turn if each is not None), key=lambda each: (each.received_at, each.submission_id))
        chosen += present if not chosen else present[: max(0, at_most - len(chosen))]
    return chosen


@dataclass(frozen=True, slots=True)
class CityShare:
    """What a collage holds of one city."""

    city_id: int
    sent: int  # contributions that may be in it
    shown: int  # tiles
    share: float  # of all tiles, 0 to 1


@dataclass(frozen=True, slots=True)
class Fairness:
    """The figures that stand beside a collage."""

    cities: tuple[CityShare, ...]  # that sent something, most tiles first
    sent: int
    shown: int
    fair_tiles: int  # every city has at least so many, or all that it sent
    largest: CityShare | None  # None: nobody sent anything
    smallest: CityShare | None

    @property
    def left_out(self) -> int:
        """How many contributions are in no tile."""
        return self.sent - self.shown

    @property
    def is_fair(self) -> bool:
        """Whether no city has more than its fair share: one tile more at most, from the last round that was not full."""
        return self.largest is None or self.largest.shown <= self.fair_tiles + 1


def collage_fairness(contributions: Iterable[Contribution], chosen: Iterable[Contribution]) -> Fairness:
    """Who sent how much and who is shown how often, for all that could be in a collage and what was chosen of it."""
    sent = Counter(each.city_id for each in contributions)
    shown = Counter(each.city_id for each in chosen)
    tiles = shown.total()
    cities = tuple(
        CityShare(city_id, sent[city_id], shown[city_id], shown[city_id] / tiles if tiles else 0.0)
        for city_id in sorted(sent, key=lambda city_id: (-shown[city_id], city_id))
    )
    largest, smallest = (cities[0], cities[-1]) if cities else (None, None)
    waiting = [city.shown for city in cities if city.shown < city.sent]
    fair_tiles = min(waiting, default=largest.shown if largest else 0)
    return Fairness(cities, sent.total(), tiles, fair_tiles, largest, smallest)


def hung(contributions: Sequence[C], touching: Sequence[Collection[int]]) -> list[C]:
    """The order in which they hang, so that neighbours come from different cities where that is possible.

    `touching` names, for each place, the earlier places that it touches.
    """
    waiting: dict[int, deque[tuple[int, C]]] = {}  # of each city, with the turn at which they would hang if nobody touched
    for at, each in enumerate(_spread(contributions)):
        waiting.setdefault(each.city_id, deque()).append((at, each))
    earliest = [(queue[0][0], city_id) for city_id, queue in waiting.items()]
    fullest = [(-len(queue), city_id) for city_id, queue in waiting.items()]
    heapify(earliest)
    heapify(fullest)
    hanging: list[C] = []
    for touched in touching:
        neighbours = {hanging[place].city_id for place in touched}
        while -fullest[0][0] != len(waiting[fullest[0][1]]):  # it has hung some since
            heapreplace(fullest, (-len(waiting[fullest[0][1]]), fullest[0][1]))
        count, city_id = -fullest[0][0], fullest[0][1]
        is_crowded = 2 * count > len(contributions) - len(hanging)  # it must hang at every second place
        if not is_crowded or city_id in neighbours:
            city_id = _next_city(earliest, waiting, neighbours)
        hanging.append(waiting[city_id].popleft()[1])
        if waiting[city_id]:
            heappush(earliest, (waiting[city_id][0][0], city_id))
    return hanging


def _next_city(earliest: list[tuple[int, int]], waiting: Mapping[int, deque[tuple[int, C]]], neighbours: Collection[int]) -> int:
    """The city whose turn it is among those that hang nowhere beside, or among all where each does."""
    passed: list[tuple[int, int]] = []
    while earliest and (not passed or passed[-1][1] in neighbours):
        at, city_id = heappop(earliest)
        if waiting[city_id] and waiting[city_id][0][0] == at:  # otherwise it hangs already
            passed.append((at, city_id))
    for each in passed:
        heappush(earliest, each)
    return passed[0][1] if passed[-1][1] in neighbours else passed[-1][1]


def _spread(contributions: Sequence[C]) -> list[C]:
    """Every city's contributions at even distances from first to last."""
    of_city: dict[int, list[C]] = {}
    for each in contributions:
        of_city.setdefault(each.city_id, []).append(each)
    places: list[tuple[float, int, int, C]] = []
    for city_id, own in of_city.items():
        start = (city_id * 0.6180339887) % 1  # the golden section: cities with few do not all begin at the first place
        places += [((at + start) / len(own), city_id, at, each) for at, each in enumerate(own)]
    return [each for *_, each in sorted(places, key=lambda place: place[:3])]
