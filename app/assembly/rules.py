"""What goes into a collage and into a city's film, in which order, and when they are made anew."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Protocol, TypeVar

from app.enums import Phase, SubmissionKind

COLLAGE_TILES = 1200  # 40 columns of 60 px each; beyond it every city gives up the same share
POSTER_SHAPE = (0.7, 1.3)  # height by width of the field of tiles, least and most

# X by hand takes 140 s, the least of the networks (formats.md, checked 2026-11)
FILM_S = 140.0
# one step is 16 frames at 30 a second, exactly 25 packets of sound: segments of whole steps join without a drift
STEP_S = 16 / 30
SAID_ON_SCREEN_CHARS = 120  # what is read while a clip plays
CARD_S = 6 * STEP_S  # opening and closing, each
PHOTO_S = 8 * STEP_S
CLIP_S = 12 * STEP_S
WORDS_S = (8 * STEP_S, 16 * STEP_S)  # shortest and longest time to read a card
READ_CHARS_PER_S = 15  # slow readers and second languages; subtitles usually allow 17

KINDS_IN_TURN = (SubmissionKind.PHOTO, SubmissionKind.CLIP, SubmissionKind.TEXT, SubmissionKind.SOUND)


class Contribution(Protocol):
    """What the choice looks at."""

    @property
    def submission_id(self) -> int: ...
    @property
    def city_id(self) -> int: ...
    @property
    def kind(self) -> SubmissionKind: ...
    @property
    def received_at(self) -> datetime: ...


C = TypeVar("C", bound=Contribution)


def in_turn(contributions: Iterable[C]) -> list[C]:
    """Faces, places and words in turn, each kind oldest first; the same for the same contributions in any order."""
    oldest_first = sorted(contributions, key=lambda each: (each.received_at, each.submission_id))
    queues = [[each for each in oldest_first if each.kind is kind] for kind in KINDS_IN_TURN]
    return [each for turn in zip_longest(*queues) for each in turn if each is not None]


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


def hung(contributions: Sequence[C], touching: Sequence[Collection[int]]) -> list[C]:
    """The order in which they hang, so that neighbours come from different cities where that is possible.

    `touching` names, for each place, the earlier places that it touches.
    """
    waiting = _spread(contributions)
    left = Counter(each.city_id for each in waiting)
    hanging: list[C] = []
    for touched in touching:
        neighbours = {hanging[place].city_id for place in touched}
        largest, count = left.most_common(1)[0]
        crowded = 2 * count > len(waiting) and largest not in neighbours  # it must hang at every second place
        wanted = {largest} if crowded else left.keys() - neighbours
        at = next((at for at, each in enumerate(waiting) if each.city_id in wanted), 0)
        left[waiting[at].city_id] -= 1
        hanging.append(waiting.pop(at))
    return hanging


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


@dataclass(frozen=True, slots=True)
class Shot:
    """One segment of a film: a contribution and how long it is seen."""

    submission_id: int
    seconds: float


def seconds_on_screen(kind: SubmissionKind, *, duration_s: float | None, characters: int) -> float:
    """How long a contribution is seen, in whole steps."""
    if kind is SubmissionKind.CLIP:
        return max(STEP_S, min(CLIP_S, (duration_s or 0) // STEP_S * STEP_S))
    if kind is SubmissionKind.TEXT:
        shortest, longest = WORDS_S
        return min(longest, max(shortest, -(-characters / READ_CHARS_PER_S // STEP_S) * STEP_S))
    return PHOTO_S


def cut(ordered: Sequence[tuple[C, float]], *, budget_s: float = FILM_S - 2 * CARD_S) -> list[Shot]:
    """What fits between opening and closing card, in the given order; a long one makes room for a shorter one after it."""
    shots: list[Shot] = []
    for each, seconds in ordered:
        if sum(shot.seconds for shot in shots) + seconds <= budget_s:
            shots.append(Shot(each.submission_id, seconds))
    return shots


@dataclass(frozen=True, slots=True)
class CollageSize:
    """The collage in pixels; its tiles fill what is below the header."""

    width_px: int
    height_px: int
    header_height_px: int


def collage_size(tiles: int) -> CollageSize:
    """A field of nearly square tiles, small enough for few that none is blown up, 2400 px wide for many."""
    rows = min(range(1, tiles + 1), key=lambda rows: _strain(tiles, rows), default=1)
    width_px = min(2400, max(2, math.ceil(tiles / rows)) * 520 + 8)
    header_height_px = round(width_px * 420 / 2400)  # the shape of the template `collage_header`
    field_height_px = round((width_px - 8) * rows * rows / max(tiles, 1)) + 8
    return CollageSize(width_px, header_height_px + field_height_px, header_height_px)


def _strain(tiles: int, rows: int) -> float:
    """How far the widest or narrowest tile is from a square, and the field from a poster; rows differ by at most one tile."""
    mean = tiles / rows
    tile = max(mean / (tiles // rows), math.ceil(mean) / mean)
    field = rows / mean  # its height by its width
    return tile * max(1.0, field / POSTER_SHAPE[1], POSTER_SHAPE[0] / field)


def makes_a_film(kinds: Iterable[SubmissionKind]) -> bool:
    """Words alone are a wall, not a film: at least one photo or clip."""
    return bool({SubmissionKind.PHOTO, SubmissionKind.CLIP} & set(kinds))


def rebuild_is_due(*, phase: Phase | None, exists: bool, is_final: bool, is_whole: bool) -> bool:
    """Whether an approval or a withdrawal makes it anew.

    On the day every change does. Before it, after it and once it is final only what is no longer agreed to does, by leaving it.
    """
    if phase is Phase.DAY and not is_final:
        return True
    return exists and not is_whole
