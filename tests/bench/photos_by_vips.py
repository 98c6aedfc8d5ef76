"""What the library does to a photo, done by pyvips from one decode: the same places, backdrops, overlays and JPEG settings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyvips

from media_pipeline.formats import Format
from media_pipeline.geometry import Placement, place
from media_pipeline.pictures import BACKDROP_BLUR_PX, BACKDROP_BRIGHTNESS, BACKDROP_SHRINK, JPEG_QUALITY
from media_pipeline.types import Box


def make(source: Path, out: Path, shapes: Sequence[Format], overlays: Mapping[str, Any]) -> None:
    """Write every format."""
    pyvips.cache_set_max(0)  # or a second turn would find the first one's decoded picture
    header = pyvips.Image.new_from_file(str(source))
    turned = header.get_typeof("orientation") and header.get("orientation") >= 5
    upright = (header.height, header.width) if turned else (header.width, header.height)
    placed = {shape.name: _placed(upright, shape) for shape in shapes}
    largest = max(one.width_px for one in placed.values())
    # shrinks while it decodes, and turns upright
    image = pyvips.Image.thumbnail(str(source), largest, height=10_000, size="down").copy_memory()
    for shape in shapes:
        composed = _fill(image, shape, placed[shape.name])
        composed = composed.composite2(overlays[shape.name], "over").flatten()
        target = str(out / f"{shape.name}.jpg")
        composed.jpegsave(target, Q=JPEG_QUALITY, subsample_mode="on", keep="icc", profile="srgb")


def overlay(path: Path) -> Any:
    """An overlay, decoded and kept."""
    return pyvips.Image.new_from_file(str(path)).copy_memory()


def _placed(size: tuple[int, int], shape: Format) -> Placement:
    return place(*size, Box(0, 0, shape.width_px, shape.height_px), always_cover=shape.always_cover)


def _fill(image: Any, shape: Format, placed: Placement) -> Any:
    scaled = _scaled(image, placed)
    if placed.covers:
        return scaled.crop(placed.left_px, placed.top_px, shape.width_px, shape.height_px)
    width_px, height_px = shape.width_px // BACKDROP_SHRINK, shape.height_px // BACKDROP_SHRINK
    behind = place(image.width, image.height, Box(0, 0, width_px, height_px), always_cover=True)
    small = _scaled(scaled, behind).crop(behind.left_px, behind.top_px, width_px, height_px)
    dark = small.gaussblur(BACKDROP_BLUR_PX).linear(BACKDROP_BRIGHTNESS, 0, uchar=True)
    backdrop = dark.resize(shape.width_px / width_px, vscale=shape.height_px / height_px, kernel="cubic")
    return backdrop.insert(scaled, placed.left_px, placed.top_px)


def _scaled(image: Any, placed: Placement) -> Any:
    return image.resize(placed.width_px / image.width, vscale=placed.height_px / image.height)
