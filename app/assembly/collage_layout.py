"""Where everything of a collage stands on a sheet, in pixels: what a toolkit's layout says of paper, and a rule for other shapes.

A layout says where tiles and words stand on a sheet of the proportions of A1. In the shapes in which networks show pictures its
tiles are laid out anew, and its words stand above them, or at the start side where the shape is wide.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.kits.toolkit_files import Area, CollageField, CollageLayout
from media_pipeline import mosaic
from media_pipeline.poster import Sheet
from media_pipeline.types import Box
from media_pipeline.typeset.render import PRINT_PREVIEW_PPI
from media_pipeline.typeset.template import Format

MM_PER_INCH = 25.4
PAPER = 2**0.5  # so many times as high as wide
STORY = 1.6  # what is higher is a story
# networks lay their names and buttons over so much of a story's top and foot
STORY_TOP, STORY_FOOT = 0.14, 0.20
SIDE, HEAD, TALL = "collage_side", "collage_head", "collage_tall"  # formats of a template that is drawn for other shapes
_SHARE_OF_WORDS = 0.4  # of a shape, at most
_MARGIN = 0.034  # around the tiles, a part of the shorter side
_SHAPES: dict[str, Callable[[], mosaic.Ring]] = {"heart": mosaic.heart, "ellipse": mosaic.ellipse}

FormatsOf = Callable[[str], Mapping[str, Format]]


@dataclass(frozen=True, slots=True)
class Words:
    """A field of a layout in its place, and the format in which its template is drawn there."""

    template: str
    format: str
    box: Box


@dataclass(frozen=True, slots=True)
class Rooms:
    """What of a sheet is for tiles and what for words; `aspect` is how many times as wide as high they are arranged."""

    tiles: Box
    aspect: float
    words: Sequence[Words]


def rooms_on(layout: CollageLayout, sheet: Sheet, formats_of: FormatsOf, *, mirrored: bool) -> Rooms:
    """The rooms on this sheet; `formats_of` names the formats of a template."""
    if abs(sheet.cut_height_px / sheet.cut_width_px / PAPER - 1) > 0.03:
        return _rooms_in_shape(layout, sheet, formats_of, mirrored=mirrored)
    words = []
    for field in layout.fields:
        box = field_box(field, size_px(formats_of(field.template)[field.format]), sheet, mirrored=mirrored)
        words.append(Words(field.template, field.format, box))
    return Rooms(_box(layout.tiles, sheet, mirrored=mirrored), _aspect(layout), words)


def tile_boxes(layout: CollageLayout, rooms: Rooms, count: int, *, mirrored: bool) -> list[Box]:
    """A place for each tile, in reading order."""
    gap = layout.gap / 100
    if layout.shape is not None:
        ring = _SHAPES[layout.shape]() if isinstance(layout.shape, str) else layout.shape
        return mosaic.in_shape(count, rooms.aspect, [ring], gap=gap, mirrored=mirrored).boxes(rooms.tiles)
    arranged = mosaic.grid if layout.kind == "grid" else mosaic.columns
    return arranged(count, rooms.aspect, gap=gap, mirrored=mirrored).boxes(rooms.tiles)


def field_box(field: CollageField, shape: tuple[float, float], sheet: Sheet, *, mirrored: bool) -> Box:
    """A field of this width and height, as large as it fits in the middle of its box.

    One as wide as the sheet reaches into the bleed, also above or below where it stands at that edge. Only where things stand is
    mirrored, a shape is not: it may be that of a country.
    """
    room = _box(field, sheet, mirrored=mirrored)
    aspect = shape[1] / shape[0]
    if min(room.width_px, round(room.height_px / aspect)) >= sheet.cut_width_px - 1:
        height_px = round(sheet.width_px * aspect)
        at_foot = sheet.height_px - height_px if field.top + field.height >= 100 else room.y_px
        return Box(0, at_foot if field.top else 0, sheet.width_px, height_px)
    return _in_middle(shape, room)


def size_px(shape: Format) -> tuple[float, float]:
    """How large a format of a template is drawn."""
    if shape.width_px is not None and shape.height_px is not None:
        return shape.width_px, shape.height_px
    dots_per_mm = PRINT_PREVIEW_PPI / MM_PER_INCH
    return (shape.width_mm or 0) * dots_per_mm, (shape.height_mm or 0) * dots_per_mm


def touching(boxes: Sequence[Box]) -> list[list[int]]:
    """For each box the earlier ones that stand beside it, nearer than half a tile; in whatever layout, in reading order."""
    found: list[list[int]] = []
    for at, box in enumerate(boxes):
        reach = box.height_px // 2
        near: list[int] = []
        for earlier in range(at - 1, -1, -1):
            other = boxes[earlier]
            if other.y_px + other.height_px + reach < box.y_px:
                break  # those before it are higher still
            if _beside(other, box, reach):
                near.append(earlier)
        found.append(sorted(near))
    return found


def _rooms_in_shape(layout: CollageLayout, sheet: Sheet, formats_of: FormatsOf, *, mirrored: bool) -> Rooms:
    width_px, height_px = sheet.width_px, sheet.height_px
    is_wide, is_story = width_px > height_px, height_px > STORY * width_px
    wanted = SIDE if is_wide else TALL if is_story else HEAD
    room, words = Box(0, 0, width_px, height_px), list[Words]()
    for field in layout.fields:
        formats = formats_of(field.template)
        name = wanted if wanted in formats else field.format
        size = size_px(formats[name])
        if is_story and name != TALL and not words:
            room = _without_top(room, round(STORY_TOP * height_px))
        if name == SIDE:
            natural = round(room.height_px * size[0] / size[1])
            taken = min(natural, round(_SHARE_OF_WORDS * width_px))
            start_px = room.x_px + room.width_px - taken if mirrored else room.x_px
            place = Box(start_px, room.y_px, taken, room.height_px)
            room = replace(room, x_px=room.x_px if mirrored else room.x_px + taken, width_px=room.width_px - taken)
        else:
            natural = round(room.width_px * size[1] / size[0])
            taken = min(natural, round(_SHARE_OF_WORDS * height_px / len(layout.fields)))
            place = Box(room.x_px, room.y_px, room.width_px, taken)
            room = _without_top(room, taken)
        words.append(Words(field.template, name, place if taken == natural else _in_middle(size, place)))
    foot_px, margin_px = round(STORY_FOOT * height_px) if is_story else 0, round(_MARGIN * min(width_px, height_px))
    tiles = Box(
        room.x_px + margin_px,
        room.y_px + margin_px,
        room.width_px - 2 * margin_px,
        room.height_px - margin_px - (foot_px or margin_px),
    )
    # a circle stays a circle, and a country what it is
    return Rooms(tiles, _aspect(layout) if layout.shape else tiles.width_px / tiles.height_px, words)


def _aspect(layout: CollageLayout) -> float:
    """Without pixels, so that sketch, screen and papers have one arrangement."""
    return layout.tiles.width / (layout.tiles.height * PAPER)


def _without_top(room: Box, taken: int) -> Box:
    return replace(room, y_px=room.y_px + taken, height_px=room.height_px - taken)


def _in_middle(size: tuple[float, float], room: Box) -> Box:
    """As large as it fits, in the middle."""
    aspect = size[1] / size[0]
    width_px = min(room.width_px, round(room.height_px / aspect))
    height_px = min(room.height_px, round(width_px * aspect))
    return Box(room.x_px + (room.width_px - width_px) // 2, room.y_px + (room.height_px - height_px) // 2, width_px, height_px)


def _beside(one: Box, other: Box, reach: int) -> bool:
    """Whether they share a part of an edge; those that meet at a corner only do not."""
    across = min(one.x_px + one.width_px, other.x_px + other.width_px) - max(one.x_px, other.x_px)
    down = min(one.y_px + one.height_px, other.y_px + other.height_px) - max(one.y_px, other.y_px)
    return (across > 0 and down >= -reach) or (down > 0 and across >= -reach)


def _box(area: Area, sheet: Sheet, *, mirrored: bool) -> Box:
    width_px, height_px = sheet.cut_width_px, sheet.cut_height_px
    start = 100 - area.start - area.width if mirrored else area.start
    left, right = round(start / 100 * width_px), round((start + area.width) / 100 * width_px)
    top, bottom = round(area.top / 100 * height_px), round((area.top + area.height) / 100 * height_px)
    return Box(sheet.bleed_px + left, sheet.bleed_px + top, right - left, bottom - top)
