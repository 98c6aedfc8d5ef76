"""Where the tiles of a poster stand: squares of one size, to the pixel, in rows, in columns or in a shape; pure arithmetic.

Nobody's tile is smaller than another's and nothing is cut from a square picture, so that a number that fills no rectangle leaves
room: cells at the end of the last row (`grid`), half a tile above and below the shorter columns (`columns`), the outermost cells
(`in_shape`), and as much on both sides of the field. Boxes come in the order in which they are read: row by row, from the right
where `mirrored`.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from media_pipeline.types import Box

Ring = Sequence[tuple[float, float]]

_SMALLER = 0.95  # of the largest tiles' side: so much is given for columns of which every other one is longer
_MORE, _MORE_OF_FEW = 1.1, 0.5  # by how much the first side tried is above the one at which tiles have the area of the shape
_FEWER_PX = 200  # a size that is tried differs by so small a part from the one before
_SHIFTS = (0.0, 0.5)  # of a cell, by which the lattice of a shape is moved from the middle of the field


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes for the tiles, and the cells of a grid that nobody has."""

    tiles: tuple[Box, ...]
    spare: tuple[Box, ...] = ()


def grid(count: int, field: Box, *, gap_px: int = 0, mirrored: bool = False) -> Layout:
    """Rows of square cells in the middle of the field, as large as fit; those beyond the count are spare."""
    if count < 1:
        return Layout(())
    across = _fitting(count, field, gap_px)
    down = -(-count // across)
    field = _middle(field, across, down, gap_px)
    places = [(column, row) for row in range(down) for column in range(across)]
    cells = [
        _cell(_span(field.x_px, field.width_px, gap_px, column, across), _span(field.y_px, field.height_px, gap_px, row, down))
        for column, row in places
    ]
    cells = [_mirrored(cell, field) for cell in cells] if mirrored else cells
    return Layout(tuple(cells[:count]), tuple(cells[count:]))


def columns(count: int, field: Box, *, gap_px: int = 0, mirrored: bool = False) -> Layout:
    """Columns in the middle of the field, the shorter ones a tile shorter and half a tile below the upper edge of the others.

    Of the numbers of columns with nearly the largest tiles the one is taken at which about every other column is a longer one.
    """
    if count < 1:
        return Layout(())
    across = _masonry(count, field, gap_px)
    longest = -(-count // across)
    field = _middle(field, across, longest, gap_px)
    long_columns = _long_columns(count, across)
    boxes = []
    for column in range(across):
        is_long = (column + 1) * long_columns // across > column * long_columns // across
        spans = _long_spans(field, gap_px, longest) if is_long else _short_spans(field, gap_px, longest)
        boxes += [_cell(_span(field.x_px, field.width_px, gap_px, column, across), span) for span in spans]
    boxes = [_mirrored(box, field) for box in boxes] if mirrored else boxes
    return Layout(tuple(sorted(boxes, key=_reading(mirrored=mirrored))))


def in_shape(count: int, field: Box, shape: Sequence[Ring], *, gap_px: int = 0, mirrored: bool = False) -> Layout:
    """Squares of a lattice whose middle lies in the shape, as large as possible.

    A shape is closed rings of points from 0 to 1 of the field; what lies in two of them is a hole. Mirroring changes the order
    only. Of the cells beyond the count those nearest to the edge are left out.
    """
    if count < 1:
        return Layout(())
    rings = [[(field.x_px + x * field.width_px, field.y_px + y * field.height_px) for x, y in ring] for ring in shape]
    area_px = sum(map(_area, rings)) or float(field.width_px * field.height_px)
    first_px = (_MORE + _MORE_OF_FEW / math.sqrt(count)) * math.sqrt(area_px / count)
    size_px = min(int(first_px) + 1, field.width_px, field.height_px)
    while size_px >= 1:
        found = [_lattice(rings, field, size_px, gap_px, across, down) for down in _SHIFTS for across in _SHIFTS]
        enough = [cells for cells in found if len(cells) >= count]
        if enough:
            cells = min(enough, key=len)
            kept = set(cells) - set(_outermost(cells, len(cells) - count, rings, size_px + gap_px))
            return Layout(tuple(sorted(kept, key=_reading(mirrored=mirrored))))
        size_px -= max(1, size_px // _FEWER_PX)
    msg = f"{count} tiles find no room in a field of {field.width_px}x{field.height_px} px"
    raise ValueError(msg)


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


def _possible(count: int, field: Box, gap_px: int) -> list[int]:
    """Numbers of columns at which a cell keeps at least a pixel."""
    possible = [across for across in range(1, count + 1) if min(_cell_sides(field, across, -(-count // across), gap_px)) >= 1]
    if not possible:
        msg = f"{count} tiles find no room in a field of {field.width_px}x{field.height_px} px"
        raise ValueError(msg)
    return possible


def _fitting(count: int, field: Box, gap_px: int) -> int:
    return min(_possible(count, field, gap_px), key=lambda across: (-_side(count, across, field, gap_px), across))


def _masonry(count: int, field: Box, gap_px: int) -> int:
    sides = {across: _side(count, across, field, gap_px) for across in _possible(count, field, gap_px)}
    large = [across for across, side in sides.items() if side >= _SMALLER * max(sides.values())]
    return min(large, key=lambda across: (abs(2 * _long_columns(count, across) - across) / across, -sides[across], across))


def _side(count: int, across: int, field: Box, gap_px: int) -> float:
    """How large squares can be in so many columns."""
    return min(_cell_sides(field, across, -(-count // across), gap_px))


def _long_columns(count: int, across: int) -> int:
    return count - (-(-count // across) - 1) * across


def _cell_sides(field: Box, across: int, down: int, gap_px: int) -> tuple[float, float]:
    return (field.width_px + gap_px) / across - gap_px, (field.height_px + gap_px) / down - gap_px


def _middle(field: Box, across: int, down: int, gap_px: int) -> Box:
    """As much of the field as square cells fill."""
    side = min(_cell_sides(field, across, down, gap_px))
    width_px, height_px = (
        min(round((side + gap_px) * number) - gap_px, most)
        for number, most in ((across, field.width_px), (down, field.height_px))
    )
    left_px, top_px = field.x_px + (field.width_px - width_px) // 2, field.y_px + (field.height_px - height_px) // 2
    return Box(left_px, top_px, width_px, height_px)


def _span(start_px: int, length_px: int, gap_px: int, index: int, of: int) -> tuple[int, int]:
    """Where number `index` begins and ends: whole pixels of the whole length, so that rounding never adds up."""
    from_px, to_px = index * (length_px + gap_px) // of, (index + 1) * (length_px + gap_px) // of - gap_px
    return start_px + from_px, start_px + to_px


def _long_spans(field: Box, gap_px: int, rows: int) -> list[tuple[int, int]]:
    return [_span(field.y_px, field.height_px, gap_px, row, rows) for row in range(rows)]


def _short_spans(field: Box, gap_px: int, rows: int) -> list[tuple[int, int]]:
    """One row less, each beginning in the middle of a tile of the long columns."""
    pitches = [(2 * row + 1) * (field.height_px + gap_px) // (2 * rows) for row in range(rows)]
    return [(field.y_px + start, field.y_px + end - gap_px) for start, end in itertools.pairwise(pitches)]


def _cell(across: tuple[int, int], down: tuple[int, int]) -> Box:
    return Box(across[0], down[0], across[1] - across[0], down[1] - down[0])


def _mirrored(box: Box, field: Box) -> Box:
    return replace(box, x_px=2 * field.x_px + field.width_px - box.x_px - box.width_px)


def _reading(*, mirrored: bool) -> Callable[[Box], tuple[int, int]]:
    return lambda box: (box.y_px, -box.x_px if mirrored else box.x_px)


def _area(ring: Ring) -> float:
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in _edges(ring))) / 2


def _edges(ring: Ring) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _lattice(rings: Sequence[Ring], field: Box, size_px: int, gap_px: int, across: float, down: float) -> list[Box]:
    """The cells of a lattice around the middle of the field that lie in it, and with their middle in the shape."""
    lefts = _starts(field.x_px, field.width_px, size_px, gap_px, across)
    cells = []
    for top_px in _starts(field.y_px, field.height_px, size_px, gap_px, down):
        crossings = _crossings(rings, top_px + size_px / 2)
        inside = list(zip(crossings[::2], crossings[1::2], strict=True))
        cells += [
            Box(left_px, top_px, size_px, size_px)
            for left_px in lefts
            if any(begin <= left_px + size_px / 2 < end for begin, end in inside)
        ]
    return cells


def _starts(start_px: int, length_px: int, size_px: int, gap_px: int, shift: float) -> list[int]:
    """Where cells begin that lie wholly in a length: one in its middle, or two beside it."""
    pitch_px = size_px + gap_px
    first_px = (length_px - size_px) // 2 + int(shift * pitch_px)
    first_px -= first_px // pitch_px * pitch_px
    return list(range(start_px + first_px, start_px + length_px - size_px + 1, pitch_px))


def _crossings(rings: Sequence[Ring], y: float) -> list[float]:
    """Where a level line meets the edges, in order; a corner belongs to the edge that begins there, so that it counts once."""
    met = []
    for ring in rings:
        for (x0, y0), (x1, y1) in _edges(ring):
            if (y0 <= y) != (y1 <= y):
                met.append(x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return sorted(met)


def _outermost(cells: Sequence[Box], surplus: int, rings: Sequence[Ring], pitch_px: int) -> list[Box]:
    """So many of the cells nearest to the edge, looked for among those that lack a neighbour where these are enough."""
    places = {(cell.x_px, cell.y_px) for cell in cells}
    beside = ((-pitch_px, 0), (pitch_px, 0), (0, -pitch_px), (0, pitch_px))
    rim = [cell for cell in cells if any((cell.x_px + across, cell.y_px + down) not in places for across, down in beside)]
    asked = rim if len(rim) >= surplus else cells
    return sorted(asked, key=lambda cell: _inwards(cell, rings))[:surplus]


def _inwards(cell: Box, rings: Sequence[Ring]) -> tuple[int, int, int]:
    """How far the middle of a cell is from the nearest edge; of two as far the upper, then the left is further in."""
    x, y = cell.x_px + cell.width_px / 2, cell.y_px + cell.height_px / 2
    edges = [edge for ring in rings for edge in _edges(ring)]
    return round(min(_distance(x, y, *edge) for edge in edges)), -cell.y_px, -cell.x_px


def _distance(x: float, y: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    along, down = end[0] - start[0], end[1] - start[1]
    length = along * along + down * down
    part = 0.0 if not length else min(max(((x - start[0]) * along + (y - start[1]) * down) / length, 0.0), 1.0)
    return math.hypot(start[0] + part * along - x, start[1] + part * down - y)
