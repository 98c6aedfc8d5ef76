"""What the gate measures on a drawn piece: sizes, places, the room round a logo, bytes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import hypot
from typing import Any

from app.kits.frames import PROFILE
from app.kits.lint_samples import Sample
from app.kits.toolkit import Toolkit
from app.kits.toolkit_files import Networks, SafeArea
from media_pipeline.typeset import Rendered, SetWords, clean
from media_pipeline.typeset.layout import lay_out, page_size
from media_pipeline.typeset.template import SlotPicture, Stack, Template

# On a phone that shows a picture 1080 px wide on 360 points, 12 px are 4 points: less is a grey line.
MIN_PX, AT_WIDTH_PX = 12, 1080
MIN_POINTS = 6  # of print: smaller letters fill with ink
TOLERANCE = 1.0  # pixels, or points of print
BANNER = "banner"
_LOGOS = frozenset({"logo", "partners"})
Fault = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Drawn:
    """A sample that was drawn, beside what its template says of it."""

    toolkit: Toolkit
    sample: Sample
    template: Template
    palette: Mapping[str, str]
    rendered: Rendered

    @property
    def format(self) -> str:
        """In which shape."""
        return self.sample.drawing.format

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in the units of the words' boxes."""
        return page_size(self.template.formats[self.format])

    @cached_property
    def slots(self) -> dict[str, str]:
        """What stood in its slots; a picture's name stands for a picture."""
        drawn = {layer.slot for layer in self.template.layers[self.format] if isinstance(layer, SlotPicture)}
        pictured = dict.fromkeys(drawn, "picture" if self.sample.is_dressed else "")
        return {slot: clean(text) for slot, text in {**self.sample.drawing.slots, **pictured}.items()}

    @cached_property
    def layers(self) -> list[dict[str, Any]]:
        """Its layers with their boxes, in the order in which they were drawn."""
        return lay_out(
            self.template,
            format=self.format,
            slots=self.slots,
            palette=self.palette,
            language=self.sample.drawing.language,
            files=defaultdict(str),
        )

    @cached_property
    def words(self) -> list[tuple[SetWords, str]]:
        """Where each slot's words were set, with their colour."""
        colours = [row["color"] for layer in self.layers if layer["kind"] == "stack" for row in layer["rows"]]
        return list(zip(self.rendered.words, colours, strict=True))


def check_places(drawn: Drawn, networks: Networks) -> Iterator[Fault]:
    """Words where networks lay their buttons or cut off, and whatever crowds a logo."""
    yield from _safe_area(drawn)
    yield from _banner(drawn, networks)
    yield from _circle(drawn)
    yield from _logo(drawn)


def check_bytes(drawn: Drawn, networks: Networks) -> Iterator[Fault]:
    """A picture for screens within the bytes that networks take; a banner within those of its own."""
    if drawn.template.formats[drawn.format].width_px is None:
        return
    limit = picture_limit(drawn.sample.drawing.template, drawn.format, networks)
    size_bytes = drawn.rendered.path.stat().st_size
    if limit is not None and size_bytes > limit[1]:
        yield "toolkit.picture_too_heavy", {"network": limit[0], "found_bytes": size_bytes, "allowed_bytes": limit[1]}


def picture_limit(template: str, shape: str, networks: Networks) -> tuple[str, int] | None:
    """The network that takes least, and how much; a banner is for one network alone."""
    limits = {name: getattr(networks, name).picture_bytes for name in Networks.model_fields if name != "banners"}
    if template == BANNER and shape in networks.banners:
        limits = {shape: networks.banners[shape].picture_bytes or limits.get(shape)}
    known = [(name, limit) for name, limit in limits.items() if limit is not None]
    return min(known, key=lambda pair: pair[1]) if known else None


def check_template(template: Template) -> Iterator[tuple[str, Fault]]:
    """For each format the slots whose words may become too small to read."""
    for shape, form in template.formats.items():
        width, height = page_size(form)
        unit = min(width, height) / 100
        is_print = form.width_px is None
        factor = 1.0 if is_print else AT_WIDTH_PX / width
        allowed, name = (MIN_POINTS, "pt") if is_print else (MIN_PX, "px")
        smallest: dict[str, float] = {}
        stacks = [layer for layer in template.layers[shape] if isinstance(layer, Stack)]
        for slot, least in [(row.slot, row.min_size * stack.scale) for stack in stacks for row in stack.rows]:
            size = least * unit * factor
            smallest[slot] = min(size, smallest.get(slot, size))
        for slot, size in smallest.items():
            if size < allowed - 0.005:
                yield (
                    shape,
                    ("toolkit.text_too_small", {"slot": slot, "found": f"{size:.1f} {name}", "allowed": f"{allowed} {name}"}),
                )


def safe_area_of(shape: str, areas: Mapping[str, SafeArea]) -> SafeArea | None:
    """The safe area of a format: its own, or that of the format which its name ends in, as audiogram_story."""
    return areas.get(shape) or next((area for name, area in areas.items() if shape.endswith(f"_{name}")), None)


def _safe_area(drawn: Drawn) -> Iterator[Fault]:
    area = safe_area_of(drawn.format, drawn.toolkit.manifest.safe_areas)
    if area is not None:
        width, height = drawn.size
        top, bottom = height * area.top_percent / 100, height * area.bottom_percent / 100
        yield from _outside(drawn, (0, top, width, height - top - bottom))


def _banner(drawn: Drawn, networks: Networks) -> Iterator[Fault]:
    if drawn.sample.drawing.template == BANNER and drawn.format in networks.banners:
        banner, (width, _height) = networks.banners[drawn.format], drawn.size
        x, y, across, down = (side * width / banner.width_px for side in banner.safe)
        yield from _outside(drawn, (x, y, across, down))


def _circle(drawn: Drawn) -> Iterator[Fault]:
    """A profile picture is shown as a circle."""
    if drawn.format != PROFILE:
        return
    width, height = drawn.size
    radius = min(width, height) / 2
    for words, _colour in drawn.words:
        across = max(abs(words.x - width / 2), abs(words.x + words.width - width / 2))
        down = max(abs(words.y - height / 2), abs(words.y + words.height - height / 2))
        beyond = hypot(across, down) - radius
        if beyond > TOLERANCE:
            yield "toolkit.unsafe_zone", {"slot": words.slot, "found": f"{beyond:.0f} px"}


def _outside(drawn: Drawn, safe: tuple[float, float, float, float]) -> Iterator[Fault]:
    """Words and logos that reach over a box."""
    x, y, width, height = safe
    placed = [(words.slot, words) for words, _colour in drawn.words] + [(each.slot, each) for each in drawn.rendered.pictures]
    for slot, box in placed:
        beyond = max(x - box.x, y - box.y, box.x + box.width - x - width, box.y + box.height - y - height)
        if beyond > TOLERANCE:
            yield "toolkit.unsafe_zone", {"slot": slot, "found": f"{beyond:.0f} px"}


def _logo(drawn: Drawn) -> Iterator[Fault]:
    """Words, what is drawn over a logo, and whole pictures beside it; grounds that its plate covers are none of them.

    The logos of a row of partners are one layer, which keeps them apart itself.
    """
    logos = {layer["slot"] for layer in drawn.layers if layer["kind"] in _LOGOS}
    for placed in drawn.rendered.pictures:
        if placed.slot not in logos:
            continue
        clear = placed.clear
        room = (placed.x - clear, placed.y - clear, placed.width + 2 * clear, placed.height + 2 * clear)
        for words, _colour in drawn.words:
            if _meet(room, (words.x, words.y, words.width, words.height)):
                yield "toolkit.logo_crowded", {"other": words.slot}
        after = False
        for layer in drawn.layers:
            if layer["kind"] in _LOGOS and layer["slot"] == placed.slot:
                after = True
            elif layer["kind"] != "stack" and (after or _is_whole(layer)) and _meet(room, _box(layer)):
                yield "toolkit.logo_crowded", {"other": layer.get("file") or layer["kind"]}


def _is_whole(layer: Mapping[str, Any]) -> bool:
    return layer["kind"] in {"portrait", *_LOGOS} or (layer["kind"] == "picture" and layer["fit"] == "contain")


def _box(layer: Mapping[str, Any]) -> tuple[float, float, float, float]:
    return layer["x"], layer["y"], layer["w"], layer["h"]


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Whether two boxes (x, y, width, height) share more than an edge; of a line, which has no width or no height, a part."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return across > min(TOLERANCE, other[2] - 0.001) and down > min(TOLERANCE, other[3] - 0.001)
