"""Where everything of a collage stands on a sheet: what a toolkit's layout says in percent, in pixels; pure arithmetic."""

import math
from collections.abc import Callable, Sequence

from app.kits.toolkit_files import Area, CollageField, CollageLayout
from media_pipeline import mosaic
from media_pipeline.poster import Sheet
from media_pipeline.types import Box

_SHAPES: dict[str, Callable[[], mosaic.Ring]] = {"heart": mosaic.heart, "ellipse": mosaic.ellipse}


def tile_boxes(layout: CollageLayout, sheet: Sheet, count: int, *, mirrored: bool) -> list[Box]:
    """A place for each tile, in reading order."""
    field = _box(layout.tiles, sheet, mirrored=mirrored)
    gap_px = gap_px_of(layout, sheet, count)
    if layout.shape is not None:
        ring = _SHAPES[layout.shape]() if isinstance(layout.shape, str) else layout.shape
        return list(mosaic.in_shape(count, field, [ring], gap_px=gap_px, mirrored=mirrored).tiles)
    arranged = mosaic.grid if layout.kind == "grid" else mosaic.columns
    return list(arranged(count, field, gap_px=gap_px, mirrored=mirrored).tiles)


def field_box(field: CollageField, shape: tuple[float, float], sheet: Sheet, *, mirrored: bool) -> Box:
    """A field of this width and height, as large as it fits in the middle of its box.

    One as wide as the sheet reaches into the bleed, also above or below where it stands at that edge. Only where things stand is
    mirrored, a shape is not: it may be that of a country.
    """
    room = _box(field, sheet, mirrored=mirrored)
    aspect = shape[1] / shape[0]
    width_px = min(room.width_px, round(room.height_px / aspect))
    if width_px >= sheet.width_px - 2 * sheet.bleed_px - 1:
        height_px = round(sheet.width_px * aspect)
        at_foot = sheet.height_px - height_px if field.top + field.height >= 100 else room.y_px
        return Box(0, at_foot if field.top else 0, sheet.width_px, height_px)
    height_px = round(width_px * aspect)
    return Box(room.x_px + (room.width_px - width_px) // 2, room.y_px + (room.height_px - height_px) // 2, width_px, height_px)


def gap_px_of(layout: CollageLayout, sheet: Sheet, count: int) -> int:
    """The room between two tiles: a part of what each has when they share their box."""
    box = _box(layout.tiles, sheet, mirrored=False)
    return round(layout.gap / 100 * math.sqrt(box.width_px * box.height_px / max(count, 1)))


def touching(boxes: Sequence[Box], gap_px: int) -> list[list[int]]:
    """For each box the earlier ones that stand beside it, no further away than the gap; in whatever layout, in reading order."""
    reach = gap_px + 2  # rounding moves an edge by one
    tallest_px = max((box.height_px for box in boxes), default=0)
    found: list[list[int]] = []
    for at, box in enumerate(boxes):
        near: list[int] = []
        for earlier in range(at - 1, -1, -1):
            other = boxes[earlier]
            if other.y_px + tallest_px + reach < box.y_px:
                break  # those before it are higher still
            if _beside(other, box, reach):
                near.append(earlier)
        found.append(sorted(near))
    return found


def _beside(one: Box, other: Box, reach: int) -> bool:
    """Whether they share a part of an edge; those that meet at a corner only do not."""
    across = min(one.x_px + one.width_px, other.x_px + other.width_px) - max(one.x_px, other.x_px)
    down = min(one.y_px + one.height_px, other.y_px + other.height_px) - max(one.y_px, other.y_px)
    return (across > 0 and down >= -reach) or (down > 0 and across >= -reach)


def _box(area: Area, sheet: Sheet, *, mirrored: bool) -> Box:
    width_px, height_px = sheet.width_px - 2 * sheet.bleed_px, sheet.height_px - 2 * sheet.bleed_px
    start = 100 - area.start - area.width if mirrored else area.start
    left, right = round(start / 100 * width_px), round((start + area.width) / 100 * width_px)
    top, bottom = round(area.top / 100 * height_px), round((area.top + area.height) / 100 * height_px)
    return Box(sheet.bleed_px + left, sheet.bleed_px + top, right - left, bottom - top)
