"""Put a decoded picture on a canvas and write it for networks and pages; it knows nothing of where the picture came from."""

from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

from media_pipeline.colours import srgb_profile
from media_pipeline.geometry import Focus, place
from media_pipeline.types import Box

# Bluesky takes 2,000,000 bytes: the tightest of the networks
JPEG_BYTES = 1_900_000
_QUALITIES = (90, 85, 80, 74, 66, 56, 44, 30)
PREVIEW_WIDTH_PX = 640
OWN_SHAPE = "own"  # the format of a preview that keeps the shape of the photo
_OWN_SHAPES = (9 / 16, 2.0)  # width by height
TILE_PX = 512
_BACKDROP_SHRINK = 8
_BACKDROP_BRIGHTNESS = 0.8


def compose(
    image: Image.Image,
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
    if overlay is not None:
        shown.paste(overlay, (0, 0), overlay)
    return shown


def fill(image: Image.Image, canvas: Box, *, focus: Focus | None = None, always_cover: bool = False) -> Image.Image:
    """A new picture of the canvas' size: covered, or the whole picture before a blurred copy of itself."""
    size = (canvas.width_px, canvas.height_px)
    placed = place(image.width, image.height, canvas, focus=focus, always_cover=always_cover)
    if placed.covers:
        across, down = image.width / placed.width_px, image.height / placed.height_px
        left, top = placed.left_px * across, placed.top_px * down
        right, bottom = min(left + size[0] * across, image.width), min(top + size[1] * down, image.height)
        return image.resize(size, Image.Resampling.LANCZOS, box=(left, top, right, bottom), reducing_gap=2.0)
    whole = image.resize((placed.width_px, placed.height_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
    backdrop = _backdrop(whole, size)
    backdrop.paste(whole, (placed.left_px, placed.top_px))
    return backdrop


def _backdrop(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    # blurred small and enlarged: the same to the eye, at a sixtieth of the work
    small = Box(0, 0, max(size[0] // _BACKDROP_SHRINK, 2), max(size[1] // _BACKDROP_SHRINK, 2))
    covered = fill(image, small, always_cover=True).filter(ImageFilter.GaussianBlur(6))
    return ImageEnhance.Brightness(covered).enhance(_BACKDROP_BRIGHTNESS).resize(size, Image.Resampling.BICUBIC)


def save_jpeg(image: Image.Image, path: Path, *, at_most_bytes: int = JPEG_BYTES) -> None:
    """Write with the sRGB profile and no other metadata, at the best quality that stays within the bytes."""
    plain = Image.frombytes("RGB", image.size, image.convert("RGB").tobytes())  # what `info` carries along is left behind
    for quality in _QUALITIES:
        plain.save(path, "JPEG", quality=quality, icc_profile=srgb_profile())
        if path.stat().st_size <= at_most_bytes:
            return


def own_shape(image: Image.Image, *, focus: Focus | None = None) -> Image.Image:
    """The picture as it was taken, for a wall; only what is very tall or very wide is cropped."""
    narrowest, widest = _OWN_SHAPES
    width_px, height_px = min(image.width, round(image.height * widest)), min(image.height, round(image.width / narrowest))
    if (width_px, height_px) == image.size:
        return image
    return fill(image, Box(0, 0, width_px, height_px), focus=focus, always_cover=True)


def save_preview(image: Image.Image, path: Path) -> tuple[int, int]:
    """Write the small picture for pages and say its size."""
    height_px = round(image.height * PREVIEW_WIDTH_PX / image.width)
    small = image.resize((PREVIEW_WIDTH_PX, height_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.save(path, "WEBP", quality=80, method=4, icc_profile=srgb_profile())
    return small.size


def save_tile(image: Image.Image, path: Path, *, focus: Focus | None = None) -> None:
    """Write the square for grids and collages."""
    save_jpeg(fill(image, Box(0, 0, TILE_PX, TILE_PX), focus=focus, always_cover=True), path)
