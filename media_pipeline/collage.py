"""The poster collage: every contribution one tile, nobody's much larger than another's."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from media_pipeline import pictures
from media_pipeline.types import Box, Rendition
from media_pipeline.workspace import private_folder, sha256_of

# what networks and browsers take without complaint
_COLLAGE_BYTES = 8_000_000


def compose_collage(
    tiles: Sequence[Path],
    target: Path,
    *,
    width_px: int,
    height_px: int,
    header: Path | None,
    header_height_px: int = 0,
    background: str = "#ffffff",
    gap_px: int = 8,
) -> Rendition:
    """Lay our own tiles out under the header, in the order given; equal input gives equal bytes."""
    poster = Image.new("RGB", (width_px, height_px), background)
    if header is not None:
        with Image.open(header) as opened:
            words = opened.convert("RGBA")
        if words.size != (width_px, header_height_px):
            words = words.resize((width_px, header_height_px), Image.Resampling.LANCZOS)
        poster.paste(words, (0, 0), words)
    top_px = header_height_px if header is not None else 0
    for tile, box in zip(tiles, layout_grid(len(tiles), width_px, height_px - top_px, gap_px), strict=True):
        poster.paste(_tile(tile, box), (box.x_px, top_px + box.y_px))
    with private_folder(target.parent) as folder:
        pictures.save_jpeg(poster, folder / "collage.jpg", at_most_bytes=_COLLAGE_BYTES)
        (folder / "collage.jpg").replace(target)
    return Rendition(
        format="collage",
        role="main",
        path=target.name,
        media_type="image/jpeg",
        width_px=width_px,
        height_px=height_px,
        duration_s=None,
        size_bytes=target.stat().st_size,
        sha256=sha256_of(target),
        loudness_lufs=None,
    )


def layout_grid(count: int, width_px: int, height_px: int, gap_px: int) -> list[Box]:
    """Boxes that fill the field row by row, with a gap around each.

    Rows are of one height and differ by at most one tile, which makes the tiles of the shorter rows a little wider: there is no
    hole at the end, and wide rows are spread among the others so that they look meant.
    """
    if count < 1:
        return []
    rows = min(range(1, count + 1), key=lambda rows: (_distortion(count, rows, width_px, height_px), rows))
    boxes = []
    for row in range(rows):
        in_row = count * (row + 1) // rows - count * row // rows
        top_px, bottom_px = _edge(row, rows, height_px, gap_px), _edge(row + 1, rows, height_px, gap_px) - gap_px
        for column in range(in_row):
            left_px, right_px = _edge(column, in_row, width_px, gap_px), _edge(column + 1, in_row, width_px, gap_px) - gap_px
            boxes.append(Box(left_px, top_px, max(right_px - left_px, 1), max(bottom_px - top_px, 1)))
    return boxes


def _distortion(count: int, rows: int, width_px: int, height_px: int) -> float:
    """How far the least square tile is from a square, 1 being none."""
    fewest, most = count // rows, -(-count // rows)
    aspects = [(width_px / in_row) / (height_px / rows) for in_row in (fewest, most)]
    return max(max(aspect, 1 / aspect) for aspect in aspects)


def _edge(index: int, of: int, length_px: int, gap_px: int) -> int:
    """Where tile number `index` of `of` begins: whole pixels, so that rounding never adds up."""
    return gap_px + index * (length_px - gap_px) // of


def _tile(path: Path, box: Box) -> Image.Image:
    with Image.open(path) as opened:
        opened.draft("RGB", (box.width_px, box.height_px))
        return pictures.fill(opened.convert("RGB"), Box(0, 0, box.width_px, box.height_px), always_cover=True)
