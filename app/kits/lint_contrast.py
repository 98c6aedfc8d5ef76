"""Contrast measured in the drawn pixels behind the words: the piece is drawn without them, and what is left is their ground."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.kits.lint_checks import Drawn, Fault
from app.kits.toolkit import NEEDED_CONTRAST
from media_pipeline.typeset import Rendered, SetWords, Template, is_right_to_left
from media_pipeline.typeset.layout import is_there
from media_pipeline.typeset.template import Layer, Shape, Stack

# So much of the ground may be below: edges that were smoothed, a line of the artwork that a letter touches.
TOLERATED_SHARE = 0.02
_GLYPH_STEP = 24  # of 255: what differs less between with and without words is no letter
Pixels = NDArray[np.uint8]
Light = NDArray[np.float32]


def _weighed(weight: float) -> Light:
    """The share of one channel in the luminance, for each of its values."""
    channel = np.arange(256, dtype=np.float64) / 255
    return (weight * np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)).astype(np.float32)


_RED, _GREEN, _BLUE = _weighed(0.2126), _weighed(0.7152), _weighed(0.0722)


@dataclass(frozen=True, slots=True)
class Ground:
    """A piece without its words: its pixels as red, green, blue and alpha."""

    pixels: Pixels

    def lights(self, rows: slice, columns: slice) -> list[Light]:
        """How light a part of it is, over the darkest and over the lightest photo that can be beneath."""
        part = self.pixels[rows, columns]
        whole = self.pixels.view(np.uint32)[rows, columns, 0]  # a pixel as one number
        if whole.size and (whole == whole[0, 0]).all():  # one colour, as behind most words
            part = part[:1, :1]
        red, green, blue, alpha = (part[..., channel] for channel in range(4))
        if not part.size or alpha.min() == 255:
            return [_luminance(red, green, blue)]
        share = alpha.astype(np.uint16)
        dark = [(each * share // 255).astype(np.uint8) for each in (red, green, blue)]
        rest = (255 - share).astype(np.uint8)
        return [_luminance(*dark), _luminance(*(each + rest for each in dark))]


def _luminance(red: Pixels, green: Pixels, blue: Pixels) -> Light:
    return np.asarray(_RED[red] + _GREEN[green] + _BLUE[blue], dtype=np.float32)


@dataclass(slots=True)
class Grounds:
    """The grounds of one template, drawn once for all words that stand on them."""

    draw: Callable[[Template, Drawn, str], Rendered]
    kept: dict[tuple[object, ...], Ground] = field(default_factory=dict)

    def of(self, drawn: Drawn) -> Ground:
        """The ground of a drawn piece."""
        layers = tuple(_without_words(drawn))
        language = "ar" if is_right_to_left(drawn.sample.drawing.language) else "en"
        read = {slot for layer in layers for slot in layer.slots()}
        words = tuple(sorted((slot, drawn.slots.get(slot, "")) for slot in read))
        key = (drawn.format, language, drawn.sample.is_dressed, repr(layers), words)
        if key not in self.kept:
            bare = drawn.template.model_copy(update={"layers": {drawn.format: layers}})
            self.kept[key] = _ground(self.draw(bare, drawn, language).path)
        return self.kept[key]


def check_contrast(drawn: Drawn, ground: Ground) -> Iterator[Fault]:
    """Words whose ground is too close to their colour, in more than a few of the pixels behind and beside their letters."""
    scale = ground.pixels.shape[1] / drawn.size[0]
    for words, colour in drawn.words:
        rows, columns = _span(words.y, words.height, scale), _span(words.x, words.width, scale)
        light = _light_of(colour)
        low, high = (light + 0.05) / NEEDED_CONTRAST - 0.05, (light + 0.05) * NEEDED_CONTRAST - 0.05
        boxes = ground.lights(rows, columns)
        if all(np.count_nonzero((box > low) & (box < high)) <= TOLERATED_SHARE * box.size for box in boxes):
            continue
        # the box has corners without letters: only now is it worth looking where they are
        letters = _letters(drawn.rendered.path, ground.pixels, rows, columns)
        behind = np.concatenate([np.broadcast_to(box, letters.shape)[letters] for box in boxes])
        ratio = _ratio(light, behind) if behind.size else 1.0  # no letter to be seen at all
        if ratio < NEEDED_CONTRAST - 0.005:
            yield "toolkit.low_contrast", {"slot": words.slot, "ratio": round(ratio, 2), "needed": NEEDED_CONTRAST}


def _ratio(light: float, behind: Light) -> float:
    """The contrast that all but the tolerated share of the pixels reach."""
    lighter, darker = np.maximum(behind, light) + 0.05, np.minimum(behind, light) + 0.05
    return float(np.quantile(lighter / darker, TOLERATED_SHARE, method="higher"))


def _letters(path: Path, ground: Pixels, rows: slice, columns: slice) -> NDArray[np.bool_]:
    """Where the letters are, and two pixels round them."""
    with Image.open(path) as picture:
        here = np.asarray(picture.convert("RGBA"))[rows, columns].astype(np.int16)
    differs = np.abs(here - ground[rows, columns].astype(np.int16)).max(axis=2) > _GLYPH_STEP
    for axis in (0, 1):
        differs = differs | np.roll(differs, 2, axis) | np.roll(differs, -2, axis)
    return np.asarray(differs, dtype=np.bool_)


def _light_of(colour: str) -> float:
    red, green, blue = (np.array([int(colour[at : at + 2], 16)], dtype=np.uint8) for at in (1, 3, 5))
    return float(_luminance(red, green, blue)[0])


def _span(start: float, length: float, scale: float) -> slice:
    return slice(max(0, int(start * scale)), max(1, int((start + length) * scale + 0.5)))


def _ground(path: Path) -> Ground:
    with Image.open(path) as picture:
        return Ground(np.ascontiguousarray(np.asarray(picture.convert("RGBA"))))


def _without_words(drawn: Drawn) -> Iterator[Layer]:
    """The layers with a plain panel in place of words that bring their own, and nothing in place of others."""
    width, height = drawn.size
    unit = min(width, height) / 100
    boxes = iter(drawn.rendered.words)
    for layer in drawn.template.layers[drawn.format]:
        if not isinstance(layer, Stack):
            yield layer
        elif is_there(layer, drawn.slots):
            words = [next(boxes) for row in layer.rows if drawn.slots.get(row.slot)]
            if layer.fill is not None:
                left, top, right, bottom = _round(words)
                near = width - right if is_right_to_left(drawn.sample.drawing.language) else left
                yield Shape(
                    kind="rect",
                    fill=layer.fill,
                    start=max(0.0, near / unit - layer.padding),
                    width=(right - left) / unit + 2 * layer.padding,
                    top=max(0.0, top / unit - layer.padding),
                    height=(bottom - top) / unit + 2 * layer.padding,
                )


def _round(words: list[SetWords]) -> tuple[float, float, float, float]:
    left, top = min(each.x for each in words), min(each.y for each in words)
    return left, top, max(each.x + each.width for each in words), max(each.y + each.height for each in words)
