"""Draws a poster, inside a limited child: `python -m media_pipeline.poster_child REQUEST.json`.

Each line of its answer is a JSON object: how much is done, or which picture cannot be read.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from media_pipeline import pictures, print_pdf
from media_pipeline.bands import JpegBands, PngBands
from media_pipeline.types import Box

# 14 MB of A1; lower bands cost the same time, and four times higher ones too
_BAND_PX = 512
_DRAWN = 0.9  # of the whole work; the rest is the PDF and the screens
_DRAFTS = (8, 4, 2, 1)


class Unreadable(Exception):  # noqa: N818 -- it reads as the sentence it is
    """The file of a tile or field is no picture."""


def main() -> None:
    """Answer one request into the working folder."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    poster, out = request["poster"], Path(sys.argv[1]).parent
    Image.MAX_IMAGE_PIXELS = max(poster["width_px"] * poster["height_px"], 4 * pictures.TILE_PX**2)
    try:
        _draw(poster, out)
    except Unreadable as unreadable:
        _say({"unreadable": str(unreadable)})
        return
    print_pdf.write(out / "poster.jpg", out / "poster.pdf", poster)
    _screens(out / "poster.jpg", poster, request["screens"], out)
    _say({"done": 1.0})


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _draw(poster: dict[str, Any], out: Path) -> None:
    width_px, height_px, dots = poster["width_px"], poster["height_px"], poster["dots_per_inch"]
    with (
        JpegBands(out / "poster.jpg", width_px, height_px, _BAND_PX, dots) as jpeg,
        PngBands(out / "poster.png", width_px, height_px, dots) as png,
    ):
        tiles, fields = _Layer(poster["tiles"], words=False), _Layer(poster["fields"], words=True)
        for top_px in range(0, height_px, _BAND_PX):
            band = Image.new("RGB", (width_px, min(_BAND_PX, height_px - top_px)), poster["background"])
            for layer in (tiles, fields):
                layer.show(band, top_px)
            jpeg.add(band)
            png.add(band)
            _say({"done": round(_DRAWN * (top_px + band.height) / height_px, 3)})


class _Layer:
    """Pictures in their boxes, each read when the first band meets it and kept until the last has passed."""

    def __init__(self, placed: list[Any], *, words: bool) -> None:
        self._placed = [(Path(name), Box(*box)) for name, box in placed]
        self._words = words
        self._drawn: dict[int, Image.Image] = {}

    def show(self, band: Image.Image, top_px: int) -> None:
        """Paste what falls on this band."""
        for number, box in self._met(top_px, top_px + band.height):
            if number not in self._drawn:
                self._drawn[number] = self._read(self._placed[number][0], box)
            drawn = self._drawn[number]
            at = (box.x_px, box.y_px - top_px)
            if drawn.mode == "RGBA":
                part_top = max(-at[1], 0)
                part = drawn.crop((0, part_top, box.width_px, min(box.height_px, band.height - at[1])))
                band.paste(part, (at[0], at[1] + part_top), part)
            else:
                band.paste(drawn, at)
            if box.y_px + box.height_px <= top_px + band.height:
                del self._drawn[number]

    def _met(self, top_px: int, bottom_px: int) -> Iterator[tuple[int, Box]]:
        for number, (_, box) in enumerate(self._placed):
            if box.y_px < bottom_px and box.y_px + box.height_px > top_px:
                yield number, box

    def _read(self, path: Path, box: Box) -> Image.Image:
        size = (box.width_px, box.height_px)
        try:
            with Image.open(path) as opened:
                if self._words:
                    drawn = opened.convert("RGBA") if opened.has_transparency_data else opened.convert("RGB")
                    return drawn if drawn.size == size else drawn.resize(size, Image.Resampling.LANCZOS)
                opened.draft("RGB", size)
                return pictures.fill(opened.convert("RGB"), Box(0, 0, *size), always_cover=True)
        except (OSError, SyntaxError, ValueError) as error:  # what Pillow says of files that are broken
            raise Unreadable(path.name) from error


def _screens(jpeg: Path, poster: dict[str, Any], screens: list[dict[str, Any]], out: Path) -> None:
    """Every size from one decode, as small as is enough for the largest; the bleed is cut off."""
    width_px, height_px, bleed_px = poster["width_px"], poster["height_px"], poster["bleed_px"]
    cut_px = width_px - 2 * bleed_px
    needed_px = max(screen["window"][2] for screen in screens)
    shrink = next(shrink for shrink in _DRAFTS if cut_px >= needed_px * shrink or shrink == 1)
    with Image.open(jpeg) as opened:
        opened.draft("RGB", (width_px // shrink, height_px // shrink))
        opened.load()
    across, down = opened.width / width_px, opened.height / height_px
    edges = (bleed_px * across, bleed_px * down, (width_px - bleed_px) * across, (height_px - bleed_px) * down)
    left, top, right, bottom = (round(edge) for edge in edges)
    sizes = pictures.Sizes(opened.crop((left, top, right, bottom)))
    for screen in screens:
        x_px, y_px, shown_width_px, shown_height_px = screen["window"]
        canvas = Image.new("RGB", tuple(screen["size"]), poster["background"])
        canvas.paste(sizes.at((shown_width_px, shown_height_px)), (x_px, y_px))
        pictures.save_jpeg(canvas, out / f"{screen['name']}.jpg", at_most_bytes=screen["jpeg_bytes"])


if __name__ == "__main__":
    main()
