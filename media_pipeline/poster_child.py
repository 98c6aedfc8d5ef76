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
    out = Path(sys.argv[1]).parent
    sheets = request.get("screens") or [request["poster"]]
    largest = max(sheet["width_px"] * sheet["height_px"] for sheet in sheets)
    Image.MAX_IMAGE_PIXELS = max(largest, 4 * pictures.TILE_PX**2)
    try:
        if "screens" in request:
            _draw_screens(sheets, out)
        else:
            _draw(request["poster"], out)
            print_pdf.write(out / "poster.jpg", out / "poster.pdf", request["poster"])
            _screen(out / "poster.jpg", request["poster"], request["screen"], out)
    except Unreadable as unreadable:
        _say({"unreadable": str(unreadable)})
        return
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
        for top_px, band in _bands(poster):
            jpeg.add(band)
            png.add(band)
            _say({"done": round(_DRAWN * (top_px + band.height) / height_px, 3)})


def _draw_screens(screens: list[dict[str, Any]], out: Path) -> None:
    for number, screen in enumerate(screens, start=1):
        canvas = Image.new("RGB", (screen["width_px"], screen["height_px"]))
        for top_px, band in _bands(screen):
            canvas.paste(band, (0, top_px))
        pictures.save_jpeg(canvas, out / f"{screen['name']}.jpg", at_most_bytes=screen["jpeg_bytes"])
        _say({"done": round(_DRAWN * number / len(screens), 3)})


def _bands(poster: dict[str, Any]) -> Iterator[tuple[int, Image.Image]]:
    """The sheet from top to foot, and where each part of it begins."""
    tiles, fields = _Layer(poster["tiles"], words=False), _Layer(poster["fields"], words=True)
    for top_px in range(0, poster["height_px"], _BAND_PX):
        band = Image.new("RGB", (poster["width_px"], min(_BAND_PX, poster["height_px"] - top_px)), poster["background"])
        for layer in (tiles, fields):
            layer.show(band, top_px)
        yield top_px, band


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


def _screen(jpeg: Path, poster: dict[str, Any], screen: dict[str, Any], out: Path) -> None:
    """From a decode as small as is enough; the bleed is cut off."""
    width_px, height_px, bleed_px = poster["width_px"], poster["height_px"], poster["bleed_px"]
    cut_px = width_px - 2 * bleed_px
    shrink = next(shrink for shrink in _DRAFTS if cut_px >= screen["size"][0] * shrink or shrink == 1)
    with Image.open(jpeg) as opened:
        opened.draft("RGB", (width_px // shrink, height_px // shrink))
        opened.load()
    across, down = opened.width / width_px, opened.height / height_px
    edges = (bleed_px * across, bleed_px * down, (width_px - bleed_px) * across, (height_px - bleed_px) * down)
    left, top, right, bottom = (round(edge) for edge in edges)
    small = pictures.Sizes(opened.crop((left, top, right, bottom))).at(tuple(screen["size"]))
    pictures.save_jpeg(small, out / "screen.jpg", at_most_bytes=screen["jpeg_bytes"])


if __name__ == "__main__":
    main()
