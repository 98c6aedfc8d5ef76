"""Where the tiles of a poster stand: squares of one size, in rows, in columns or in a shape; pure arithmetic.

Which tile stands where is decided without pixels, so that a sketch, a screen and a sheet of A1 show the same. Nobody's
tile is smaller than another's and nothing is cut from a square picture, so that a number that fills no rectangle leaves room: on
both sides of a short last row (`grid`), half a tile above and below the shorter columns (`columns`), at the ends of rows
(`in_shape`). Left and right are alike as far as the number allows.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from media_pipeline.types import Box

Ring = Sequence[tuple[float, float]]

_ONE_SIDED, _ALL_ALIKE = 0.6, 0.15  # of the largest tiles' side: so much is given for columns that are not so
_SHAPE_SMALLER, _SHAPE_SMALLER_OF_FEW = 0.02, 1.0  # and by so much at most for rows that come nearer to the shape
_SIZE_COUNTS = 0.3  # a part of the size, against the same part of the shape's area that is missed or covered too much
_LEVELS = (-0.375, -0.125, 0.125, 0.375)  # of a row, at which it is compared with the shape
_MORE, _MORE_OF_FEW = 1.1, 1.5  # by how much the first size tried is above the one at which tiles have the area of the shape
_LEAST = 1e-4  # of the field's height: what has no room for tiles so small has none
_FEWER = 0.995  # a size that is tried is so much smaller than the one before


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Tiles in the order in which they are read; their places count half steps from the first column and row on.

    A step is a tile and its gap, which is a part of a tile.
    """

    places: tuple[tuple[int, int], ...]
    gap: float = 0

    def boxes(self, field: Box) -> list[Box]:
        """The tiles as large as they fit in the middle of a field; all have the same whole number of pixels."""
        if not self.places:
            return []
        across, down = max(x for x, _ in self.places) / 2, max(y for _, y in self.places) / 2
        tile = 1 / (1 + self.gap)
        step_px = int(min(field.width_px / (across + tile), field.height_px / (down + tile)))
        side_px = step_px - math.ceil(round(step_px * (1 - tile), 6))
        if side_px < 1:
            msg = f"{len(self.places)} tiles find no room in a field of {field.width_px}x{field.height_px} px"
            raise ValueError(msg)
        left_px = field.x_px + (field.width_px - int(across * step_px) - side_px) // 2
        top_px = field.y_px + (field.height_px - int(down * step_px) - side_px) // 2
        return [Box(left_px + x * step_px // 2, top_px + y * step_px // 2, side_px, side_px) for x, y in self.places]


def grid(count: int, aspect: float, *, gap: float = 0, mirrored: bool = False) -> Arrangement:
    """Rows in a field so many times as wide as high, with tiles as large as fit; a short last row stands in the middle."""
    if count < 1:
        return Arrangement((), gap)
    across = min(range(1, count + 1), key=lambda each: (-_side(count, each, aspect, gap), each))
    rows = [min(across, count - begun) for begun in range(0, count, across)]
    return _arranged(_in_middle(rows), gap, mirrored=mirrored)


def columns(count: int, aspect: float, *, gap: float = 0, mirrored: bool = False) -> Arrangement:
    """Columns, the shorter ones a tile shorter and half a tile below the upper edge of the others.

    Their number is one with nearly the largest tiles that is the same from both sides, with as few neighbours of one length as
    can be.
    """
    if count < 1:
        return Arrangement((), gap)
    sides = {across: _side(count, across, aspect, gap) for across in range(1, count + 1)}
    largest = max(sides.values())

    def lost(across: int) -> float:
        lengths = _lengths(count, across)
        one_sided = _ONE_SIDED if lengths != lengths[::-1] else 0
        return round(1 - sides[across] / largest + one_sided + _ALL_ALIKE * _alike(lengths), 9)

    possible = [across for across, side in sides.items() if side >= (1 - _ONE_SIDED - _ALL_ALIKE) * largest]
    lengths = _lengths(count, min(possible, key=lost))
    return _arranged(((x, y) for y, x in _in_middle(lengths)), gap, mirrored=mirrored)


def in_shape(count: int, aspect: float, shape: Sequence[Ring], *, gap: float = 0, mirrored: bool = False) -> Arrangement:
    """Rows of tiles whose middles lie in the shape, each in the middle of its part of it, as large as possible.

    A shape is closed rings of points from 0 to 1 of the field; what lies in two of them is a hole. Mirroring changes the order
    only. Of the tiles beyond the count those are left out that reach furthest over the edge, on both sides alike.
    """
    if count < 1:
        return Arrangement((), gap)
    rings = [[((x - 0.5) * aspect, y - 0.5) for x, y in ring] for ring in shape]
    area, no_room = sum(map(_area, rings)), f"{count} tiles find no room in the shape"
    if not area:
        raise ValueError(no_room)
    step = (_MORE + _MORE_OF_FEW / math.sqrt(count)) * math.sqrt(area / count)
    least = 1 - min(0.2, _SHAPE_SMALLER + _SHAPE_SMALLER_OF_FEW / math.sqrt(count))
    largest, found = 0.0, list[tuple[float, float, list[_Run]]]()
    while not largest or step >= least * largest:
        for rows, lattice in _lattices(rings, aspect, step, gap):
            surplus = sum(run.cells for run in lattice) - count
            if surplus >= 0:
                largest = largest or step
                runs = _without(surplus, lattice)
                missed = _missed(rings, runs, rows, step) / area
                found.append((round(missed + _SIZE_COUNTS * (1 - step / largest), 9), -step, runs))
        step *= _FEWER
        if step < _LEAST:
            raise ValueError(no_room)
    *_, runs = min(found, key=lambda each: each[:2])
    places = ((x, run.down) for run in runs for x in range(run.first, run.last + 1, 2))
    return _arranged(places, gap, mirrored=mirrored, is_turned=False)


def ellipse(points: int = 96) -> Ring:
    """A circle, in a square field."""
    turns = [2 * math.pi * number / points for number in range(points)]
    return [(0.5 + 0.5 * math.cos(turn), 0.5 + 0.5 * math.sin(turn)) for turn in turns]


def heart(points: int = 96) -> Ring:
    """The usual curve of a heart, as wide and high as the field."""
    turns = [2 * math.pi * number / points for number in range(points)]
    drawn = [
        (16 * math.sin(t) ** 3, 5 * math.cos(2 * t) + 2 * math.cos(3 * t) + math.cos(4 * t) - 13 * math.cos(t)) for t in turns
    ]
    left, top = min(x for x, _ in drawn), min(y for _, y in drawn)
    width, height = max(x for x, _ in drawn) - left, max(y for _, y in drawn) - top
    return [((x - left) / width, (y - top) / height) for x, y in drawn]


def _side(count: int, across: int, aspect: float, gap: float) -> float:
    """How large tiles can be in so many columns of a field of height 1."""
    down = -(-count // across)
    return min(aspect / (across + gap * (across - 1)), 1 / (down + gap * (down - 1)))


def _in_middle(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Tiles in lines of these lengths, each line in the middle: half steps along it, then across."""
    return [(2 * along - length + 1, 2 * line) for line, length in enumerate(lengths) for along in range(length)]


def _arranged(places: Iterable[tuple[int, int]], gap: float, *, mirrored: bool, is_turned: bool = True) -> Arrangement:
    """In the order in which they are read, row by row and from the right where `mirrored`; turned round, or only read so."""
    drawn = [(-x if mirrored and is_turned else x, y) for x, y in places]
    left, top = min(x for x, _ in drawn), min(y for _, y in drawn)
    read = sorted(drawn, key=lambda place: (place[1], -place[0] if mirrored else place[0]))
    return Arrangement(tuple((x - left, y - top) for x, y in read), gap)


def _lengths(count: int, across: int) -> list[int]:
    """How many tiles each column has: the longer ones in pairs from both sides and in the middle, else evenly spread."""
    short, longer = divmod(count, across)
    if longer % 2 and not across % 2:
        return [short + ((at + 1) * longer // across > at * longer // across) for at in range(across)]
    half, pairs = across // 2, longer // 2
    spread = [
        [short + ((at + 1) * pairs + shift) // half - (at * pairs + shift) // half for at in range(half)]
        for shift in range(max(half, 1))
    ]
    return min(([*side, *[short + longer % 2] * (across % 2), *side[::-1]] for side in spread), key=_alike)


def _alike(lengths: Sequence[int]) -> float:
    """Which part of the columns has a neighbour of its own length."""
    return sum(one == other for one, other in itertools.pairwise(lengths)) / len(lengths)


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbours in a row: half steps from the middle of the field, to the middles of the first and of the last one."""

    down: int
    first: int
    last: int
    length: float  # of the shape, in half steps

    @property
    def cells(self) -> int:
        return (self.last - self.first) // 2 + 1

    @property
    def overhang(self) -> float:
        """How much longer the tiles are than the shape."""
        return round(2 * self.cells - self.length, 6)

    def is_turned(self, other: "_Run") -> bool:
        """Whether it is the other one on the other side of the middle."""
        return (self.down, self.first, self.last) == (other.down, -other.last, -other.first)


def _lattices(rings: Sequence[Ring], aspect: float, step: float, gap: float) -> Iterator[tuple[int, list[_Run]]]:
    """The rows of tiles of this size and their number, with a row in the middle of the field's height or two beside it."""
    tile = step / (1 + gap)
    fitting = int((1 - tile) / step + 1e-9) + 1 if tile <= 1 else 0
    outermost = (aspect - tile) / step + 1e-9  # half steps at which a tile still lies in the field
    for rows in (fitting, fitting - 1):
        runs: list[_Run] = []
        for down in range(1 - rows, rows, 2):
            met = [2 * x / step for x in _crossings(rings, down * step / 2)]
            for begin, end in zip(met[::2], met[1::2], strict=True):
                run = _run(down, begin, end, outermost)
                runs += [run] if run else []
        yield rows, runs


def _run(down: int, begin: float, end: float, outermost: float) -> _Run | None:
    """As many cells as have their middles there, on whole or on half steps; of two ways the one nearer to the middle of it."""
    begin, end = round(begin, 6), round(end, 6)
    low, high = math.ceil(max(begin, -outermost)), math.floor(min(end, outermost))
    both = [(first, high - (high - first) % 2) for first in (low, low + 1) if first <= high]
    if not both:
        return None
    first, last = min(both, key=lambda each: (each[0] - each[1], abs(each[0] + each[1] - begin - end), abs(each[0] + each[1])))
    return _Run(down, first, last, end - begin)


def _without(surplus: int, runs: Sequence[_Run]) -> list[_Run]:
    """Rows made shorter until so many cells are gone: two that face each other together, one across the middle by itself."""
    parts = [[run] for run in runs if run.first + run.last >= 0]
    for run in runs:
        if run.first + run.last < 0:
            facing = next((part for part in parts if run.is_turned(part[0])), None)
            parts.append([run]) if facing is None else facing.append(run)
    while surplus:
        fitting = [part for part in parts if len(part) <= surplus] or parts
        longest = max(fitting, key=lambda part: (part[0].overhang, part[0].down, part[0].first))
        for at in range(min(len(longest), surplus)):
            longest[at] = replace(longest[at], first=longest[at].first + 1, last=longest[at].last - 1)
            surplus -= 1
        if not longest[-1].cells:
            parts.remove(longest)
    return [run for part in parts for run in part]


def _missed(rings: Sequence[Ring], runs: Sequence[_Run], rows: int, step: float) -> float:
    """The area in which tiles are and the shape is not, or the other way round."""
    edges: dict[int, list[float]] = {}
    for run in runs:
        edges.setdefault(run.down, []).extend(((run.first - 1) * step / 2, (run.last + 1) * step / 2))
    missed = 0.0
    for down in range(-rows - 1, rows + 2, 2):  # a row more on both sides
        for level in _LEVELS:
            # where an odd number of edges was passed, one of both is
            passed = sorted([*edges.get(down, ()), *_crossings(rings, (down / 2 + level) * step)])
            missed += sum(end - begin for begin, end in zip(passed[::2], passed[1::2], strict=True))
    return missed * step / len(_LEVELS)


def _area(ring: Ring) -> float:
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in _edges(ring))) / 2


def _edges(ring: Ring) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _crossings(rings: Sequence[Ring], y: float) -> list[float]:
    """Where a level line meets the edges, in order; a corner belongs to the edge that begins there, so that it counts once."""
    met = []
    for ring in rings:
        for (x0, y0), (x1, y1) in _edges(ring):
            if (y0 <= y) != (y1 <= y):
                met.append(x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return sorted(met)
