"""The two cuts of a joint film: every city once within a minute, and the whole with equal time for each.

Lengths are whole steps of 16 frames; no figure is rounded.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low

from app.assembly.film_rules import (
    AS_THEY_CAME,
    CARD_STEPS,
    FRAMES_PER_S,
    PHOTO_STEPS,
    SHORT_FILM_S,
    STEP_FRAMES,
    STEP_S,
    TRANSITION_STEPS,
    Arrangement,
    Candidate,
    Shot,
    arranged,
    chosen_fairly,
    steps_to_read,
    steps_within,
)
from app.enums import SubmissionKind
from app.errors import Refused

WHOLE_FILM_S = 480.0
GRID_CELLS = 20  # of one page, with names that a phone can still show
PAGE_STEPS = (3, 12)  # shortest and longest time for a page: 1.6 s and 6.4 s
SHOT_LEAST_STEPS = 4  # 2.1 s: shorter ones flicker
STILL_MOST_STEPS = 12
GUEST_STEPS = 12  # 6.4 s for each guest of honour, longer where what one of them says takes longer to read
STILLS = frozenset({SubmissionKind.PHOTO, SubmissionKind.TEXT})
IN_A_CELL = (
    SubmissionKind.CLIP,
    SubmissionKind.PHOTO,
    SubmissionKind.TEXT,
    SubmissionKind.SOUND,
)  # what is small is seen best first


@dataclass(frozen=True, slots=True)
class Material:
    """What a city has for the joint film."""

    city_id: int
    candidates: Sequence[Candidate] = ()
    arrangement: Arrangement = AS_THEY_CAME
    is_card_only: bool = False  # left out by choice: its name is seen for the same time

    def shown(self) -> list[Candidate]:
        """Its contributions in the order of its own film, without what was dropped; none when it is left out by choice."""
        kept = (each for each in self.candidates if each.submission_id not in self.arrangement.dropped)
        return [] if self.is_card_only else arranged(kept, self.arrangement)


@dataclass(frozen=True, slots=True)
class Cell:
    """A city in a grid; None: its name alone."""

    city_id: int
    submission_id: int | None


@dataclass(frozen=True, slots=True)
class ShortCut:
    """Pages of a grid between opening and closing card; each city is in one cell of one page."""

    pages: tuple[tuple[Cell, ...], ...]
    cells: int  # of the grid that the cells of all pages are as large as, so that no city is smaller
    page_steps: int  # of each page
    steps: int  # of the whole cut, cards and transitions included

    @property
    def seconds(self) -> float:
        """The length of the whole cut in seconds."""
        return self.steps * STEP_S


@dataclass(frozen=True, slots=True)
class CityPart:
    """A city's time in the whole film."""

    city_id: int
    shots: tuple[Shot, ...]
    card_steps: int  # of the card with its name behind them; 0: there is none

    def steps(self, *, transition_steps: int = TRANSITION_STEPS) -> int:
        """Its shots and its card, with the transitions between them."""
        lengths = [*(shot.steps for shot in self.shots), *([self.card_steps] if self.card_steps else [])]
        return sum(lengths) + (len(lengths) - 1) * transition_steps


@dataclass(frozen=True, slots=True)
class WholeCut:
    """The whole joint film: opening card, guests of honour, cities, closing card."""

    guest_steps: int  # of each guest of honour
    cities: tuple[CityPart, ...]
    city_steps: int  # of each city: its shots and the transitions between them
    steps: int  # of the whole film, cards and transitions included

    @property
    def seconds(self) -> float:
        """The length of the whole film in seconds."""
        return self.steps * STEP_S


def in_rotation(city_ids: Collection[int], *, opened: Sequence[int]) -> list[int]:
    """The cities of a film in order: first one that never came first, or longest ago, then the others round from there.

    `opened` names the city that came first in each earlier campaign's film, oldest first; the order of a campaign stays as it
    is as long as those before it do. Every city comes first once before any does twice.
    """
    ring = sorted(city_ids)
    if not ring:
        return []
    last_time = {city_id: at for at, city_id in enumerate(opened)}
    after = next((at for at, city_id in enumerate(ring) if opened and city_id > opened[-1]), 0)
    onwards = [*ring[after:], *ring[:after]]
    first = ring.index(min(onwards, key=lambda city_id: last_time.get(city_id, -1)))
    return [*ring[first:], *ring[:first]]


def short_cut(
    cities: Sequence[Material], *, budget_s: float = SHORT_FILM_S, transition_steps: int = TRANSITION_STEPS
) -> ShortCut:
    """Every city seen once, equally long, in the order given, within so many seconds.

    Refused `film.too_many_cities` when even the fullest and shortest pages do not hold them.
    """
    if not cities:
        return ShortCut((), 0, 0, 0)
    shortest, longest = PAGE_STEPS
    frame_steps = 2 * CARD_STEPS + transition_steps
    room = steps_within(budget_s) - frame_steps
    fewest = -(-len(cities) // GRID_CELLS)
    if fewest * (shortest + transition_steps) > room:
        at_most = max(0, room // (shortest + transition_steps)) * GRID_CELLS
        needed = frame_steps + fewest * (shortest + transition_steps)
        raise _too_many(len(cities), at_most, budget_s, needed)
    pages = min(len(cities), max(fewest, room // (longest + transition_steps)))  # fewer cities are seen larger, not longer
    cells = -(-len(cities) // pages)
    pages = -(-len(cities) // cells)
    page_steps = min(longest, room // pages - transition_steps)
    edges = [len(cities) * page // pages for page in range(pages + 1)]
    shown = [Cell(city.city_id, _in_cell(city)) for city in cities]
    return ShortCut(
        pages=tuple(tuple(shown[start:end]) for start, end in pairwise(edges)),
        cells=cells,
        page_steps=page_steps,
        steps=frame_steps + pages * (page_steps + transition_steps),
    )


def _in_cell(city: Material) -> int | None:
    """What the officer pinned first, else what is seen best when it is small."""
    pinned = city.arrangement.pinned
    best = min(
        city.shown(),
        key=lambda each: -1 if each.submission_id in pinned else IN_A_CELL.index(each.kind),
        default=None,
    )
    return None if best is None else best.submission_id


def whole_cut(
    cities: Sequence[Material],
    *,
    guests: Sequence[int] = (),
    budget_s: float = WHOLE_FILM_S,
    transition_steps: int = TRANSITION_STEPS,
) -> WholeCut:
    """Equal time for each city to the frame, in the order given, within so many seconds, and for each guest of honour.

    `guests` says how many characters of each are to be read; all have the time that the longest takes.
    A city's time is what the middle one of those that sent something can fill, in whole lengths (`length_within`), never more
    than its share of the budget. Refused `film.too_many_cities` when the share is shorter than the shortest shot.
    """
    if not cities:
        return WholeCut(0, (), 0, 0)
    guest_steps = max(GUEST_STEPS, steps_to_read(max(guests, default=0)))
    frame_steps = 2 * CARD_STEPS + transition_steps + len(guests) * (guest_steps + transition_steps)
    room = steps_within(budget_s) - frame_steps
    share = room // len(cities) - transition_steps
    if share < SHOT_LEAST_STEPS:
        least = SHOT_LEAST_STEPS + transition_steps
        needed = frame_steps + len(cities) * least
        raise _too_many(len(cities), max(0, room // least), budget_s, needed)
    filling = [_needed(shown, transition_steps) for city in cities if (shown := city.shown())]
    city_steps = min(share, length_within(median_low(filling or [CARD_STEPS]), transition_steps=transition_steps))
    parts = tuple(filled(city, city_steps, transition_steps=transition_steps) for city in cities)
    return WholeCut(guest_steps, parts, city_steps, frame_steps + len(cities) * (city_steps + transition_steps))


def length_within(steps: int, *, transition_steps: int = TRANSITION_STEPS) -> int:
    """The longest of a few lengths that is not longer than this: one photo, two, four, eight ...; else the shortest shot.

    Every city has the same time, so a time that followed each withdrawal would have every city's part made anew. Doubled lengths
    lie so far apart that one photo more or less of the middle city rarely leads from one to another.
    """
    length, longer = SHOT_LEAST_STEPS, PHOTO_STEPS
    while longer <= steps:
        length, longer = longer, 2 * longer + transition_steps
    return length


def filled(city: Material, steps: int, *, transition_steps: int = TRANSITION_STEPS) -> CityPart:
    """A city's time filled to the last step with as many contributions as can be seen, fairly between its senders.

    What is left when each has lasted as long as it can is a card; too little for a card lengthens a still, or the last picture
    of a moving one stands for it, at most `SHOT_LEAST_STEPS` - 1 steps and a transition.
    """
    shown = city.shown()
    if not shown:
        return CityPart(city.city_id, (), steps)
    pinned = city.arrangement.pinned
    chosen = chosen_fairly(shown, room=steps + transition_steps, cost=lambda each: _least(each) + transition_steps, pinned=pinned)
    if not chosen:  # words that take longer to read than the city has
        return CityPart(city.city_id, (Shot(shown[0].submission_id, steps),), 0)
    chosen = arranged(chosen, city.arrangement)
    lengths = [_least(each) for each in chosen]
    left = steps - sum(lengths) - (len(chosen) - 1) * transition_steps
    for most in ([each.steps for each in chosen], [_most(each) for each in chosen]):
        left = _lengthened(lengths, most, left)
    card_steps = left - transition_steps if left >= transition_steps + SHOT_LEAST_STEPS else 0
    if not card_steps:
        lengths[next((at for at, each in enumerate(chosen) if each.kind in STILLS), -1)] += left
    shots = tuple(Shot(each.submission_id, length) for each, length in zip(chosen, lengths, strict=True))
    return CityPart(city.city_id, shots, card_steps)


def _least(each: Candidate) -> int:
    """Words are read to the end, everything else is seen for the shortest time, or as long as it lasts."""
    return each.steps if each.kind is SubmissionKind.TEXT else min(SHOT_LEAST_STEPS, each.steps)


def _most(each: Candidate) -> int:
    """A still can stand longer; what moves lasts as long as it does."""
    return max(each.steps, STILL_MOST_STEPS) if each.kind in STILLS else each.steps


def _needed(shown: Sequence[Candidate], transition_steps: int) -> int:
    """The steps in which all of it is seen as long as it takes."""
    return sum(each.steps + transition_steps for each in shown) - transition_steps


def _lengthened(lengths: list[int], most: Sequence[int], left: int) -> int:
    """Give one step to each in turn, up to its most; what nobody can take is left."""
    growing = [at for at, length in enumerate(lengths) if length < most[at]]
    while left and growing:
        for at in growing[:left]:
            lengths[at] += 1
        left -= min(left, len(growing))
        growing = [at for at in growing if lengths[at] < most[at]]
    return left


def _too_many(cities: int, at_most: int, budget_s: float, needed_steps: int) -> Refused:
    return Refused(
        "film.too_many_cities",
        cities=cities,
        at_most=at_most,
        budget_s=round(budget_s),
        needed_s=-(-needed_steps * STEP_FRAMES // FRAMES_PER_S),
    )
