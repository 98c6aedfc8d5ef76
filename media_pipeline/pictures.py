"""Put a decoded picture on a canvas and write it for networks and pages; it knows nothing of where the picture came from."""

import base64
import io
from collections.abc import Collection
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

from media_pipeline.colours import srgb_profile
from media_pipeline.formats import POST_BYTES
from media_pipeline.geometry import Focus, Placement, place
from media_pipeline.types import Box

_QUALITIES = (93, 88, 82, 75, 66, 56, 44, 30)
JPEG_QUALITY = _QUALITIES[0]
PREVIEW_WIDTH_PX = 640
OWN_SHAPE = "own"  # the format of a preview that keeps the shape of the photo
_OWN_SHAPES = (9 / 16, 2.0)  # width by height
TILE_PX = 512
TILE = Box(0, 0, TILE_PX, TILE_PX)
_PLACEHOLDER_PX = 20
# Choices with figures: README.md
_SCALING = Image.Resampling.BICUBIC
_REDUCING_GAP = 1.5
_ENOUGH = 1.5  # a size is made from another that is so much larger: less would soften it
BACKDROP_SHRINK = 8
BACKDROP_BLUR_PX = 6
BACKDROP_BRIGHTNESS = 0.8


class Sizes:
    """A picture at the sizes that were asked of it, each made once, from one that is not much larger than needed.

    `shared` are sizes of which several formats show a part.
    """

    def __init__(self, image: Image.Image, shared: Collection[tuple[int, int]] = ()) -> None:
        self.image = image
        self._shared = shared
        self._made = {image.size: image}

    def at(self, size: tuple[int, int]) -> Image.Image:
        """The whole picture at this size."""
        if size not in self._made:
            self._made[size] = self._base(size).resize(size, _SCALING, reducing_gap=_REDUCING_GAP)
        return self._made[size]

    def cut(self, placed: Placement, canvas: Box) -> Image.Image:
        """The part of the picture that covers a canvas when it is placed so."""
        size, (width_px, height_px) = (placed.width_px, placed.height_px), (canvas.width_px, canvas.height_px)
        if size in self._made or size in self._shared:
            left_px, top_px = placed.left_px, placed.top_px
            return self.at(size).crop((left_px, top_px, left_px + width_px, top_px + height_px))
        base = self._base(size)
        across, down = base.width / size[0], base.height / size[1]
        left, top = placed.left_px * across, placed.top_px * down
        right, bottom = min(left + width_px * across, base.width), min(top + height_px * down, base.height)
        return base.resize((width_px, height_px), _SCALING, box=(left, top, right, bottom), reducing_gap=_REDUCING_GAP)

    def _base(self, size: tuple[int, int]) -> Image.Image:
        enough = [made for made in self._made.values() if made.width >= _ENOUGH * size[0] and made.height >= _ENOUGH * size[1]]
        return min(enough, key=lambda made: made.width, default=self.image)


def compose(
    image: Image.Image | Sizes,
    canvas: Box,
    *,
    background: str,
    focus: Focus | None = None,
    always_cover: bool = False,
    overlay: Image.Image | None = None,
    window: Box | None = None,
) -> Image.Image:
    """The picture on its canvas, in the window where there is one, with the overlay on top."""
    shown = fill(image, window or canvas, focus=focus, always_cover=always_cover)
    if window is not None:
        whole = Image.new("RGB", (canvas.width_px, canvas.height_px), background)
        whole.paste(shown, (window.x_px, window.y_px))
        shown = whole
    drawn = None if overlay is None else overlay.getbbox()  # of what is not clear
    if overlay is not None and drawn is not None:
        part = overlay.crop(drawn)
        shown.paste(part, drawn[:2], part)
    return shown


def fill(image: Image.Image | Sizes, canvas: Box, *, focus: Focus | None = None, always_cover: bool = False) -> Image.Image:
    """A new picture of the canvas' size: covered, or the whole picture before a blurred copy of itself."""
    sizes = image if isinstance(image, Sizes) else Sizes(image)
    placed = place(sizes.image.width, sizes.image.height, canvas, focus=focus, always_cover=always_cover)
    if placed.covers:
        return sizes.cut(placed, canvas)
    whole = sizes.at((placed.width_px, placed.height_px))
    filled = _backdrop(whole, canvas, placed)
    filled.paste(whole, (placed.left_px, placed.top_px))
    return filled


def _backdrop(whole: Image.Image, canvas: Box, placed: Placement) -> Image.Image:
    """A canvas with a dark, blurred copy of the picture on those parts that the picture will leave free."""
    # blurred small and enlarged: the same to the eye, at a sixtieth of the work
    small = Box(0, 0, max(canvas.width_px // BACKDROP_SHRINK, 2), max(canvas.height_px // BACKDROP_SHRINK, 2))
    covered = fill(whole, small, always_cover=True).filter(ImageFilter.GaussianBlur(BACKDROP_BLUR_PX))
    dark = ImageEnhance.Brightness(covered).enhance(BACKDROP_BRIGHTNESS)
    filled = Image.new("RGB", (canvas.width_px, canvas.height_px))
    across, down = dark.width / canvas.width_px, dark.height / canvas.height_px
    for left, top, right, bottom in _bars(canvas, placed):
        part = (left * across, top * down, right * across, bottom * down)
        filled.paste(dark.resize((right - left, bottom - top), Image.Resampling.BILINEAR, box=part), (left, top))
    return filled


def _bars(canvas: Box, placed: Placement) -> list[tuple[int, int, int, int]]:
    """What a picture leaves free: above, below, left and right of it."""
    right, bottom = placed.left_px + placed.width_px, placed.top_px + placed.height_px
    bars = [
        (0, 0, canvas.width_px, placed.top_px),
        (0, bottom, canvas.width_px, canvas.height_px),
        (0, placed.top_px, placed.left_px, bottom),
        (right, placed.top_px, canvas.width_px, bottom),
    ]
    return [(left, top, right, bottom) for left, top, right, bottom in bars if left < right and top < bottom]


def save_jpeg(image: Image.Image, path: Path, *, at_most_bytes: int = POST_BYTES) -> None:
    """Write with the sRGB profile and no other metadata, at the best quality that stays within the bytes."""
    plain = image if image.mode == "RGB" else image.convert("RGB")
    for quality in _QUALITIES:
        # of all that a picture may carry along, Pillow would write a comment without being asked
        plain.save(path, "JPEG", quality=quality, icc_profile=srgb_profile(), comment=b"")
        if path.stat().st_size <= at_most_bytes:
            return


def own_shape(image: Image.Image | Sizes, *, focus: Focus | None = None) -> Image.Image:
    """The picture for a wall as it was taken, of a preview's width; only what is very tall or very wide is cropped."""
    sizes = image if isinstance(image, Sizes) else Sizes(image)
    return fill(sizes, preview_box(*sizes.image.size), focus=focus, always_cover=True)


def preview_box(width_px: int, height_px: int) -> Box:
    """The canvas of a preview that keeps the shape of a picture."""
    narrowest, widest = _OWN_SHAPES
    shape = min(max(width_px / height_px, narrowest), widest)
    return Box(0, 0, PREVIEW_WIDTH_PX, round(PREVIEW_WIDTH_PX / shape))


def save_preview(image: Image.Image, path: Path) -> tuple[int, int]:
    """Write the small picture for pages and say its size."""
    size = (PREVIEW_WIDTH_PX, round(image.height * PREVIEW_WIDTH_PX / image.width))
    small = Sizes(image).at(size)
    small.save(path, "WEBP", quality=80, method=2, icc_profile=srgb_profile())
    return size


def placeholder(image: Image.Image) -> str:
    """A tiny copy as a data address, for pages to show until the picture is there."""
    scale = _PLACEHOLDER_PX / max(image.size)
    tiny = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.BOX)
    written = io.BytesIO()
    tiny.save(written, "WEBP", quality=40, method=4)
    return f"data:image/webp;base64,{base64.b64encode(written.getvalue()).decode('ascii')}"


def save_tile(image: Image.Image | Sizes, path: Path, *, focus: Focus | None = None) -> None:
    """Write the square for grids and collages."""
    save_jpeg(fill(image, TILE, focus=focus, always_cover=True), path)
