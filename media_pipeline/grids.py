"""A grid: many people at once in one segment of a film, everyone in a cell of the same size."""

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
# a name has a third of its cell, and letters of this height there
_NAME_SHARE, _LETTERS_SHARE, _LETTERS_PX = 0.34, 0.088, 43.5


@dataclass(frozen=True, slots=True)
class Name:
    """Words at the foot of a cell, in their language; none where they are empty."""

    text: str
    language: str


def cell_boxes(count: int, shape: Format) -> list[Box]:
    """Equal cells row by row, a shorter last row in the middle; a ValueError for none or more than `MOST_CELLS`."""
    if not 1 <= count <= MOST_CELLS:
        msg = f"a grid has 1 to {MOST_CELLS} cells, not {count}"
        raise ValueError(msg)
    columns = min(range(1, count + 1), key=lambda columns: (_ugliness(columns, count, shape), columns))
    rows = -(-count // columns)
    gap_px = _even(min(shape.width_px, shape.height_px) * _GAP)
    width_px, height_px = (
        _even((side_px - gap_px * (cells + 1)) / cells) for side_px, cells in ((shape.width_px, columns), (shape.height_px, rows))
    )
    boxes = []
    for number in range(count):
        row, column = divmod(number, columns)
        in_row = min(columns, count - row * columns)
        left_px = _even((shape.width_px - in_row * width_px - (in_row - 1) * gap_px) / 2)
        top_px = _even((shape.height_px - rows * height_px - (rows - 1) * gap_px) / 2)
        boxes.append(Box(left_px + column * (width_px + gap_px), top_px + row * (height_px + gap_px), width_px, height_px))
    return boxes


def grid_cell(master: Path, target: Path, *, format: str, of: int, duration_s: float) -> None:  # noqa: A002
    """A clip's master at the size that it has in a grid of so many, without sound.

    Made once and kept: most of the work of a grid is decoding masters, and when one cell changes the others stay.
    """
    box, frames = cell_boxes(of, shape_of(format))[0], segment_graph.block_frames(duration_s)
    with private_folder(target.parent) as folder:
        arguments = grid_graph.cell(master.resolve(), folder / FILE_NAME, box, frames=frames)
        ffmpeg.run(arguments, limits=child(frames), cwd=folder, foreign=False)
        made = picture_of(folder / FILE_NAME)
        if (made.width_px, made.height_px, made.packets) != (box.width_px, box.height_px, frames):
            raise ToolFailed("tool.failed", {"tool": "ffmpeg", "said": f"a cell came out as {made}"})
        (folder / FILE_NAME).replace(target)


def grid_segment(
    pictures: Sequence[Path],
    target: Path,
    *,
    format: str,  # noqa: A002
    duration_s: float,
    names: Sequence[Name] = (),
    background: str = "#14181d",
) -> None:
    """Photos that come slowly nearer and clips that play, in silence, for about `duration_s` (whole blocks of 16 frames).

    Clips are cells of `grid_cell`, or masters, which become such first. `names` are as many as pictures, or none; raises
    MediaError `typeset.*` for one that cannot be drawn.
    """
    shape, frames = shape_of(format), segment_graph.block_frames(duration_s)
    boxes = cell_boxes(len(pictures), shape)
    if names and len(names) != len(pictures):
        msg = f"{len(names)} names for {len(pictures)} pictures"
        raise ValueError(msg)
    with private_folder(target.parent) as folder:
        mat = _mat(boxes, names, shape, background, folder)
        shown = []
        for number, picture in enumerate(pictures):
            shown.append(_prepared(picture.resolve(), boxes, folder / f"{number:02d}", format=shape.name, duration_s=duration_s))
        arguments = grid_graph.grid(shown, boxes, mat, folder / FILE_NAME, shape, frames=frames)
        make(arguments, folder, shape, frames, target, is_silent=True)


def _prepared(picture: Path, boxes: Sequence[Box], at: Path, *, format: str, duration_s: float) -> Shown:  # noqa: A002
    box = boxes[0]
    with picture.open("rb") as opened:
        is_film = opened.read(12)[4:8] == b"ftyp"
    if not is_film:
        return Shown(fitted(picture, box.width_px, box.height_px, at.with_suffix(".jpg"), always_cover=True), is_film=False)
    found = picture_of(picture)
    if (found.width_px, found.height_px) == (box.width_px, box.height_px):
        return Shown(picture, is_film=True)
    grid_cell(picture, at.with_suffix(".mp4"), format=format, of=len(boxes), duration_s=duration_s)
    return Shown(at.with_suffix(".mp4"), is_film=True)


def _mat(boxes: Sequence[Box], names: Sequence[Name], shape: Format, background: str, folder: Path) -> Path:
    """What lies on top: the ground with a clear window for each cell, and the names."""
    mat = Image.new("RGBA", (shape.width_px, shape.height_px), background)
    for number, box in enumerate(boxes):
        mat.paste((0, 0, 0, 0), (box.x_px, box.y_px, box.x_px + box.width_px, box.y_px + box.height_px))
        if names and names[number].text:
            place = Box(0, 0, box.width_px, _even(box.height_px * _NAME_SHARE))
            letters = min(box.width_px, box.height_px) * _LETTERS_SHARE / _LETTERS_PX
            drawn = folder / f"name-{number:02d}.png"
            own_pieces.cue_strip(
                names[number].text,
                place,
                at_head=False,
                palette=own_pieces.ON_PICTURES,
                language=names[number].language,
                target=drawn,
                letters=letters,
            )
            with Image.open(drawn, formats=("PNG",)) as name:
                mat.paste(name.convert("RGBA"), (box.x_px, box.y_px + box.height_px - place.height_px))
    mat.save(folder / "mat.png", compress_level=1)
    return folder / "mat.png"


def _ugliness(columns: int, count: int, shape: Format) -> float:
    """How far cells are from squares, and how much of the grid stays free; 1 is neither."""
    rows = -(-count // columns)
    aspect = (shape.width_px / columns) / (shape.height_px / rows)
    free = 1 - count / (columns * rows)
    return max(aspect, 1 / aspect) * (1 + _FREE_WEIGHS * free)


def _even(length_px: float) -> int:
    return int(length_px) // 2 * 2
