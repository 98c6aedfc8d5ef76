"""Paper-cut pictures: polygons of coloured paper laid over each other with grain and soft shadows."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

Point = tuple[float, float]
Polygon = Sequence[Point]
Motion = Callable[[float], tuple[float, float, float]]
"""From the moment in a clip (0 to 1) to a shift in pixels to the right and down, and an opacity from 0 to 1."""

GRAIN_PX = 1024
INK = (24, 18, 38)


@dataclass(frozen=True, slots=True)
class Cutout:
    """One piece of paper with its shadow, ready to be laid down."""

    image: Image.Image
    left_px: int
    top_px: int
    motion: Motion | None


class Sheet:
    """A picture in the making; the origin is the upper left corner and later cutouts lie on top of earlier ones."""

    def __init__(self, width_px: int, height_px: int, rng: random.Random) -> None:
        self.width = width_px
        self.height = height_px
        self.unit = min(width_px, height_px)
        self.rng = rng
        self.cutouts: list[Cutout] = []
        self._ground = Image.new("RGB", (width_px, height_px))
        self._grain = _grain(rng)

    def sky(self, top: str, low: str) -> None:
        """Fill the whole sheet with a gradient."""
        mask = Image.linear_gradient("L").resize((self.width, self.height))
        size = (self.width, self.height)
        self._ground = Image.composite(Image.new("RGB", size, low), Image.new("RGB", size, top), mask)

    def glow(
        self, x: float, y: float, radius: float, colour: str, strength: float = 0.6, *, motion: Motion | None = None
    ) -> None:
        """Lay down a round light that fades outwards."""
        size = max(2, round(radius * 2))
        alpha = (
            Image.radial_gradient("L")
            .resize((size, size))
            .point([round(max(0, 150 - v) / 150 * 255 * strength) for v in range(256)])
        )
        image = Image.new("RGBA", (size, size), colour)
        image.putalpha(alpha)
        self.cutouts.append(Cutout(image, round(x - radius), round(y - radius), motion))

    def cut(
        self,
        colour: str,
        *polygons: Polygon,
        holes: Sequence[Polygon] = (),
        lift: float = 1.0,
        motion: Motion | None = None,
    ) -> None:
        """Lay down polygons of one colour as one piece; `lift` is how far it stands off the paper (0: no shadow)."""
        reach = round(self.unit * 0.02 * lift) + 2
        xs = [x for polygon in polygons for x, _ in polygon]
        ys = [y for polygon in polygons for _, y in polygon]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        if motion is None:
            left, right = max(left, -reach), min(right, self.width + reach)
            top, bottom = max(top, -reach), min(bottom, self.height + reach)
        left_px, top_px = math.floor(left) - reach, math.floor(top) - reach
        size = (math.ceil(right) + 2 * reach - left_px, math.ceil(bottom) + 2 * reach - top_px)
        if size[0] <= 2 * reach or size[1] <= 2 * reach:
            return
        # drawn twice as large and halved: Pillow's polygons have hard edges
        mask = Image.new("L", (size[0] * 2, size[1] * 2))
        pen = ImageDraw.Draw(mask)
        for fill, group in ((255, polygons), (0, holes)):
            for polygon in group:
                pen.polygon([((x - left_px) * 2, (y - top_px) * 2) for x, y in polygon], fill=fill)
        self.cutouts.append(Cutout(self._paper(colour, mask.reduce(2), lift), left_px, top_px, motion))

    def _paper(self, colour: str, mask: Image.Image, lift: float) -> Image.Image:
        size = mask.size
        grain = self._grain.crop((0, 0, *size))
        if size[0] > GRAIN_PX or size[1] > GRAIN_PX:
            grain = Image.new("L", size)
            for x in range(0, size[0], GRAIN_PX):
                for y in range(0, size[1], GRAIN_PX):
                    grain.paste(self._grain, (x, y))
        paper = Image.composite(Image.new("RGB", size, shade(colour, 1.03)), Image.new("RGB", size, shade(colour, 0.965)), grain)
        if lift <= 0:
            paper.putalpha(mask)
            return paper
        fall = max(1, round(self.unit * 0.0045 * lift))
        edge = ImageChops.subtract(mask, _shifted(mask, max(1, fall // 4), max(1, fall // 4)))
        paper.paste(Image.new("RGB", size, shade(colour, 1.22)), mask=edge.point([v * 3 // 4 for v in range(256)]))
        small = mask.resize((max(1, size[0] // 4), max(1, size[1] // 4)), Image.Resampling.BOX)
        blurred = small.filter(ImageFilter.GaussianBlur(fall / 3)).resize(size, Image.Resampling.BILINEAR)
        shadow = _shifted(blurred, round(fall * 0.6), fall).point([v * 2 // 5 for v in range(256)])
        piece = Image.new("RGB", size, INK)
        piece.paste(paper, mask=mask)
        piece.putalpha(ImageChops.lighter(mask, shadow))
        return piece

    def still(self, moment: float = 0.9) -> Image.Image:
        """Return the picture as it is at one moment."""
        picture = self._ground.copy()
        for cutout in self.cutouts:
            lay(picture, cutout, moment)
        return picture

    def flatten(self) -> tuple[Image.Image, list[Cutout]]:
        """Return the resting ground and the pieces above it, resting neighbours merged, so that frames are cheap."""
        ground, pieces, resting = self._ground.copy(), list[Cutout](), list[Cutout]()
        for cutout in [*self.cutouts, None]:
            if cutout is not None and cutout.motion is None:
                if not pieces:
                    lay(ground, cutout, 0)
                else:
                    resting.append(cutout)
                continue
            if resting:
                pieces.append(self._merge(resting))
                resting = []
            if cutout is not None:
                pieces.append(cutout)
        return ground, pieces

    def _merge(self, cutouts: list[Cutout]) -> Cutout:
        merged = Image.new("RGBA", (self.width, self.height))
        for cutout in cutouts:
            layer = Image.new("RGBA", merged.size)
            layer.paste(cutout.image, (cutout.left_px, cutout.top_px))
            merged.alpha_composite(layer)
        left, top, right, bottom = merged.getbbox() or (0, 0, 1, 1)
        return Cutout(merged.crop((left, top, right, bottom)), left, top, None)


def lay(picture: Image.Image, cutout: Cutout, moment: float) -> None:
    """Lay one cutout down where it is at that moment."""
    right, down, opacity = cutout.motion(moment) if cutout.motion else (0.0, 0.0, 1.0)
    if opacity <= 0:
        return
    alpha = cutout.image.getchannel("A")
    if opacity < 1:
        alpha = alpha.point([round(v * opacity) for v in range(256)])
    picture.paste(cutout.image, (cutout.left_px + round(right), cutout.top_px + round(down)), alpha)


def _shifted(mask: Image.Image, right_px: int, down_px: int) -> Image.Image:
    # ImageChops.offset would wrap what leaves one side round to the other
    moved = Image.new("L", mask.size)
    moved.paste(mask, (right_px, down_px))
    return moved


def _grain(rng: random.Random) -> Image.Image:
    noise = np.random.default_rng(rng.randrange(2**32)).integers(0, 256, (GRAIN_PX // 2, GRAIN_PX // 2), dtype=np.uint8)
    soft = Image.fromarray(noise).resize((GRAIN_PX, GRAIN_PX), Image.Resampling.BICUBIC).filter(ImageFilter.BoxBlur(1))
    return soft.point([max(0, min(255, (v - 128) * 2 + 128)) for v in range(256)])


def shade(colour: str, factor: float) -> str:
    """Return the colour lighter (above 1) or darker (below 1)."""
    red, green, blue = (min(255, round(v * factor)) for v in ImageColor.getrgb(colour)[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"


def mix(one: str, other: str, share: float) -> str:
    """Return a colour between two: `share` 0 is the first, 1 the second."""
    pairs = zip(ImageColor.getrgb(one)[:3], ImageColor.getrgb(other)[:3], strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def disc(x: float, y: float, radius: float, radius_y: float | None = None, *, start: float = 0, end: float = 360) -> list[Point]:
    """Return an ellipse, or the part of it between two angles (0 is right, 90 is down)."""
    steps = max(24, min(160, round(radius / 2)))
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(x + radius * math.cos(a), y + (radius_y or radius) * math.sin(a)) for a in angles]


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """Return a rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def dome(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """Return a rectangle with a half round top, as of a door or an arch."""
    radius = (right - left) / 2
    return [*disc(left + radius, top + radius, radius, start=180, end=360), (right, bottom), (left, bottom)]


def ribbon(points: Sequence[Point], width: float, end_width: float | None = None) -> list[Point]:
    """Return a band along a path, narrowing to `end_width`."""
    near, far, last = [], [], len(points) - 1
    for i, (x, y) in enumerate(points):
        (x0, y0), (x1, y1) = points[max(0, i - 1)], points[min(last, i + 1)]
        length = math.hypot(x1 - x0, y1 - y0) or 1
        half = (width + ((width if end_width is None else end_width) - width) * i / last) / 2
        dx, dy = (y1 - y0) / length * half, -(x1 - x0) / length * half
        near.append((x + dx, y + dy))
        far.append((x - dx, y - dy))
    return near + far[::-1]


def leaf(x: float, y: float, length: float, width: float, degrees: float) -> list[Point]:
    """Return a pointed leaf that grows from a point in a direction (0 is right, 90 is down)."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    outline = [(i / 12, math.sin(math.pi * i / 12) ** 0.8) for i in range(13)]
    sides = [(a * length, b * width / 2) for a, b in outline] + [(a * length, -b * width / 2) for a, b in outline[::-1]]
    return [(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in sides]


def ridge(sheet: Sheet, y: float, swing: float, waves: float = 2.0) -> list[Point]:
    """Return land from a rolling line down to the lower edge."""
    phases = [sheet.rng.uniform(0, math.tau) for _ in range(3)]
    reach = sheet.unit * 0.04
    points = []
    for i in range(121):
        share = i / 120
        angle = math.tau * waves * share
        roll = math.sin(angle + phases[0]) + 0.45 * math.sin(2.1 * angle + phases[1]) + 0.2 * math.sin(4.3 * angle + phases[2])
        points.append((-reach + (sheet.width + 2 * reach) * share, y - swing * roll))
    return [*points, (sheet.width + reach, sheet.height + reach), (-reach, sheet.height + reach)]


def sway(right: float, down: float, *, phase: float = 0.0, turns: int = 2) -> Motion:
    """Return a gentle swing of so many turns within a clip."""

    def at(moment: float) -> tuple[float, float, float]:
        angle = math.tau * (turns * moment + phase)
        return right * math.sin(angle), down * math.sin(angle + 1.1), 1.0

    return at


def drift(right: float, down: float) -> Motion:
    """Return a steady way from half before the place to half after it."""
    return lambda moment: (right * (moment - 0.5), down * (moment - 0.5), 1.0)


def kindle(start: float) -> Motion:
    """Return a light that comes on at that moment."""
    return lambda moment: (0.0, 0.0, max(0.0, min(1.0, (moment - start) / 0.06 + 1)))
