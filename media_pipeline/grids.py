"""A grid: many people at once in one segment of a film, everyone in a cell of the same size with a name beneath."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from media_pipeline import ffmpeg, grid_graph, own_pieces, segment_graph
from media_pipeline.errors import ToolFailed
from media_pipeline.formats import Format
from media_pipeline.grid_graph import Shown
from media_pipeline.movie_index import picture_of
from media_pipeline.segments import FILE_NAME, child, fitted, make, shape_of
from media_pipeline.types import Box
from media_pipeline.workspace import private_folder

MOST_CELLS = 20
_GAP = 0.011  # of the shorter side
# what a cell left free weighs against cells that are far from square
_FREE_WEIGHS = 3.0
# letters of names: what phones can show, and larger in larger cells; of a name alone
_LETTERS, _LETTERS_IN_CELL, _ALONE = 0.018, 0.045, 1.25
_NAME_LINES = 2.1  # the room for a name, in letters


@dataclass(frozen=True, slots=True)
class Name:
    """Words beneath a picture, in their language; none where they are empty."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What is in a cell: a picture with a name beneath, or a name alone on a colour."""

    picture: Path | None
    name: Name
    ground: str = ""  # (#rrggbb) of a name alone


def cell_boxes(count: int, shape: Format, *, of: int | None = None) -> list[Box]:
    """Equal cells row by row, each row in the middle; as small as those `of` a fuller grid.

    A ValueError for none or more than `MOST_CELLS`.
    """
    most = count if of is None else of
    if not 1 <= count <= most <= MOST_CELLS:
        msg = f"a grid has 1 to {MOST_CELLS} cells, not {count} of {most}"
        raise ValueError(msg)
    columns = min(range(1, most + 1), key=lambda columns: (_ugliness(columns, most, shape), columns))
    gap_px = _even(min(shape.width_px, shape.height_px) * _GAP)
    width_px, height_px = (
        _even((side_px - gap_px * (cells + 1)) / cells)
        for side_px, cells in ((shape.width_px, columns), (shape.height_px, -(-most // columns)))
    )
    rows = -(-count // columns)
    longer = count - count // rows * rows  # the first rows, when not all are equally long
    lengths = [count // rows + (row < longer) for row in range(rows)]
    top_px = _even((shape.height_px - rows * height_px - (rows - 1) * gap_px) / 2)
    boxes = []
    for row, length in enumerate(lengths):
        left_px = _even((shape.width_px - length * width_px - (length - 1) * gap_px) / 2)
        y_px = top_px + row * (height_px + gap_px)
        boxes += [Box(left_px + column * (width_px + gap_px), y_px, width_px, height_px) for column in range(length)]
    return boxes


def picture_box(cell: Box, shape: Format) -> Box:
    """Where a cell shows its picture: above its name."""
    name_px = _even(_letters_px(cell, shape) * _NAME_LINES)
    return Box(cell.x_px, cell.y_px, cell.width_px, cell.height_px - name_px)


def grid_cell(
    master: Path,
    target: Path,
    *,
    format: str,  # noqa: A002
    of: int,
    duration_s: float,
    window: Box | None = None,
) -> None:
    """A clip's master, or what its frame lets be seen in a window, at the size that it has in a grid of so many, without sound.

    Made once and kept: most of the work of a grid is decoding masters, and when one cell changes the others stay.
    """
    shape, frames = shape_of(format), segment_graph.block_frames(duration_s)
    box = picture_box(cell_boxes(of, shape)[0], shape)
    with private_folder(target.parent) as folder:
        arguments = grid_graph.cell(master.resolve(), folder / FILE_NAME, box, frames=frames, window=window)
        ffmpeg.run(arguments, limits=child(frames), cwd=folder, foreign=False)
        made = picture_of(folder / FILE_NAME)
        if (made.width_px, made.height_px, made.packets) != (box.width_px, box.height_px, frames):
            raise ToolFailed("tool.failed", {"tool": "ffmpeg", "said": f"a cell came out as {made}"})
        (folder / FILE_NAME).replace(target)


def grid_segment(
    cells: Sequence[Cell],
    target: Path,
    *,
    format: str,  # noqa: A002
    duration_s: float,
    of: int | None = None,
    background: str = "#14181d",
) -> None:
    """Photos that come slowly nearer and clips that play, in silence, for about `duration_s` (whole blocks of 16 frames).

    Clips are cells of `grid_cell`, or masters, which become such first. `of`: the cells have the size that they have in a grid
    of so many. Raises MediaError `typeset.*` for a name that cannot be drawn.
    """
    shape, frames = shape_of(format), segment_graph.block_frames(duration_s)
    boxes = cell_boxes(len(cells), shape, of=of)
    with private_folder(target.parent) as folder:
        mat = _mat(cells, boxes, shape, background, folder)
        shown = []
        for number, (cell, box) in enumerate(zip(cells, boxes, strict=True)):
            if cell.picture is not None:
                at = folder / f"{number:02d}"
                place = picture_box(box, shape)
                shown.append(_prepared(cell.picture.resolve(), place, at, shape, of=of or len(cells), duration_s=duration_s))
        arguments = grid_graph.grid(shown, mat, folder / FILE_NAME, shape, frames=frames)
        make(arguments, folder, shape, frames, target, is_silent=True)


def _prepared(picture: Path, place: Box, at: Path, shape: Format, *, of: int, duration_s: float) -> Shown:
    with picture.open("rb") as opened:
        is_film = opened.read(12)[4:8] == b"ftyp"
    if not is_film:
        made = fitted(picture, place.width_px, place.height_px, at.with_suffix(".jpg"), always_cover=True)
        return Shown(made, place, is_film=False)
    found = picture_of(picture)
    if (found.width_px, found.height_px) == (place.width_px, place.height_px):
        return Shown(picture, place, is_film=True)
    grid_cell(picture, at.with_suffix(".mp4"), format=shape.name, of=of, duration_s=duration_s)
    return Shown(at.with_suffix(".mp4"), place, is_film=True)


def _mat(cells: Sequence[Cell], boxes: Sequence[Box], shape: Format, background: str, folder: Path) -> Path:
    """What lies on top: the ground with a clear window for each picture, and the names."""
    mat = Image.new("RGBA", (shape.width_px, shape.height_px), background)
    for number, (cell, box) in enumerate(zip(cells, boxes, strict=True)):
        place, ground, letters_px = box, cell.ground or background, _letters_px(box, shape) * _ALONE
        if cell.picture is not None:
            picture, ground, letters_px = picture_box(box, shape), background, _letters_px(box, shape)
            mat.paste((0, 0, 0, 0), _corners(picture))
            place = Box(box.x_px, box.y_px + picture.height_px, box.width_px, box.height_px - picture.height_px)
        else:
            mat.paste(ground, _corners(box))
        if cell.name.text:
            drawn = folder / f"name-{number:02d}.png"
            own_pieces.name_strip(
                cell.name.text, place, letters_px=letters_px, ground=ground, language=cell.name.language, target=drawn
            )
            with Image.open(drawn, formats=("PNG",)) as name:
                mat.alpha_composite(name.convert("RGBA"), (place.x_px, place.y_px))
    mat.save(folder / "mat.png", compress_level=1)
    return folder / "mat.png"


def _corners(box: Box) -> tuple[int, int, int, int]:
    return (box.x_px, box.y_px, box.x_px + box.width_px, box.y_px + box.height_px)


def _letters_px(cell: Box, shape: Format) -> float:
    """How high the letters of a name are."""
    return _LETTERS * min(shape.width_px, shape.height_px) + _LETTERS_IN_CELL * min(cell.width_px, cell.height_px)


def _ugliness(columns: int, count: int, shape: Format) -> float:
    """How far cells are from squares, and how much of the grid stays free; 1 is neither."""
    rows = -(-count // columns)
    aspect = (shape.width_px / columns) / (shape.height_px / rows)
    free = 1 - count / (columns * rows)
    return max(aspect, 1 / aspect) * (1 + _FREE_WEIGHS * free)


def _even(length_px: float) -> int:
    return int(length_px) // 2 * 2
