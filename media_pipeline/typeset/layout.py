"""From a template's logical boxes to absolute ones: pure arithmetic, mirrored where the language runs from right to left."""

from collections.abc import Mapping, Sequence
from typing import Any

from media_pipeline.typeset.scripts import LATIN, is_right_to_left, room_for
from media_pipeline.typeset.template import (
    Format,
    Layer,
    Length,
    Line,
    Logo,
    Partners,
    Picture,
    Placed,
    Portrait,
    QrCode,
    Row,
    Shape,
    SlotPicture,
    Stack,
    Template,
)
from media_pipeline.typeset.words import LIST_MARK, longest_pieces, paragraphs

POINTS_PER_MM = 72 / 25.4
_TOUCHES = 0.01  # points


def page_size(shape: Format) -> tuple[float, float]:
    """Width and height in points; a pixel of a screen format is one point."""
    if shape.width_px is not None and shape.height_px is not None:
        return float(shape.width_px), float(shape.height_px)
    return (shape.width_mm or 0) * POINTS_PER_MM, (shape.height_mm or 0) * POINTS_PER_MM


def bleed_of(shape: Format) -> float:
    """How many points are printed round the page and cut off."""
    return shape.bleed_mm * POINTS_PER_MM


def lay_out(
    template: Template,
    *,
    format: str,  # noqa: A002 - the word of the domain
    slots: Mapping[str, str],
    palette: Mapping[str, str],
    language: str,
    files: Mapping[str, str],
    bleed: float = 0,
) -> list[dict[str, Any]]:
    """The layers that are there for these slots, with absolute boxes in points and colours in place of tokens.

    `slots` are clean; `files` gives the name under which each picture, and each slot that is drawn, lies beside the interpreter.
    Grounds that touch an edge of the page go on for `bleed` points beyond it, so that a knife that misses by a little shows no
    paper.
    """
    width, height = page_size(template.formats[format])
    rtl = is_right_to_left(language)
    unit = min(width, height) / 100
    described = []
    for layer in template.layers[format]:
        if is_there(layer, slots):
            box = _box(layer, width, height, rtl=rtl)
            if isinstance(layer, Partners):
                own = _describe_partners(layer, palette, files, unit=unit, rtl=rtl)
            else:
                own = _describe(layer, slots, palette, files, unit=unit, rtl=rtl)
            described.append({**_bled(layer, box, width, height, bleed), **own})
    return described


def is_there(layer: Layer, slots: Mapping[str, str]) -> bool:
    """Whether the slots call for the layer; one that sets only empty slots vanishes."""
    if (layer.when and not slots.get(layer.when)) or (layer.unless and slots.get(layer.unless)):
        return False
    if isinstance(layer, QrCode | SlotPicture):
        return bool(slots.get(layer.slot))
    if isinstance(layer, Partners):
        return bool(layer.logos)
    return not isinstance(layer, Stack) or any(slots.get(row.slot) for row in layer.rows)


def _box(layer: Placed, width: float, height: float, *, rtl: bool) -> dict[str, float]:
    unit = min(width, height) / 100
    x, w = _span(layer.start, layer.end, layer.width, width, unit)
    y, h = _span(layer.top, layer.bottom, layer.height, height, unit)
    return {"x": width - x - w if rtl else x, "y": y, "w": w, "h": h}


def _bled(layer: Layer, box: dict[str, float], width: float, height: float, bleed: float) -> dict[str, float]:
    is_ground = layer.fit == "cover" if isinstance(layer, Picture) else layer.kind == "rect"
    if not bleed or not is_ground:
        return box
    left, top = bleed * (box["x"] <= _TOUCHES), bleed * (box["y"] <= _TOUCHES)
    right = bleed * (box["x"] + box["w"] >= width - _TOUCHES)
    below = bleed * (box["y"] + box["h"] >= height - _TOUCHES)
    return {"x": box["x"] - left, "y": box["y"] - top, "w": box["w"] + left + right, "h": box["h"] + top + below}


def _span(near: Length | None, far: Length | None, extent: Length | None, whole: float, unit: float) -> tuple[float, float]:
    """Where a box begins on one axis and how far it reaches, from two of the three."""

    def points(length: Length) -> float:
        return float(length[:-1]) * whole / 100 if isinstance(length, str) else length * unit

    if near is not None and extent is not None:
        return points(near), points(extent)
    if far is not None and extent is not None:
        return whole - points(far) - points(extent), points(extent)
    begin, end = points(near or 0), points(far or 0)
    return begin, whole - begin - end


def _side(align: str, *, rtl: bool) -> str:
    return {"start": "right" if rtl else "left", "end": "left" if rtl else "right"}.get(align, align)


def _describe(
    layer: Shape | Line | Picture | QrCode | Logo | Portrait | Stack,
    slots: Mapping[str, str],
    palette: Mapping[str, str],
    files: Mapping[str, str],
    *,
    unit: float,
    rtl: bool,
) -> dict[str, Any]:
    def colour(token: str | None) -> str | None:
        return palette[token] if token else None

    def side(align: str) -> str:
        return _side(align, rtl=rtl)

    match layer:
        case Shape():
            stroke = {"stroke": colour(layer.stroke), "stroke_width": layer.stroke_width * unit}
            return {"kind": layer.kind, "fill": colour(layer.fill), "radius": layer.radius * unit, **stroke}
        case Line():
            return {"kind": "line", "stroke": colour(layer.stroke), "stroke_width": layer.stroke_width * unit}
        case Picture():
            turned = layer.mirror and rtl
            # a picture that is turned round is turned about its own middle, so its side is already the mirrored one
            return {
                "kind": "picture", "file": files[layer.source], "fit": layer.fit,
                "align": side(layer.align), "valign": layer.valign, "mirror": turned,
            }  # fmt: skip
        case QrCode():
            where = {"align": "center", "valign": "middle"}
            return {"kind": "picture", "file": files[layer.file_key], "fit": "contain", **where, "mirror": False}
        case Logo() | Portrait():
            shown = {"kind": layer.kind, "slot": layer.slot, "file": files[layer.file_key], "radius": layer.radius * unit}
            own: dict[str, Any] = {"round": layer.round} if isinstance(layer, Portrait) else {
                "align": side(layer.align), "valign": layer.valign, "plate": colour(layer.plate), "clear": layer.clear * unit,
            }  # fmt: skip
            return {**shown, **own}
        case Stack():
            rows = [
                _row(row, slots[row.slot], palette, unit=unit * layer.scale, rtl=rtl) for row in layer.rows if slots.get(row.slot)
            ]
            return {
                "kind": "stack", "rows": rows, "align": side(layer.align), "valign": layer.valign, "hug": layer.hug,
                "fill": colour(layer.fill), "padding": layer.padding * unit, "radius": layer.radius * unit,
            }  # fmt: skip


def _describe_partners(
    layer: Partners, palette: Mapping[str, str], files: Mapping[str, str], *, unit: float, rtl: bool
) -> dict[str, Any]:
    """The mark and the logos after it in their order; how large they are is measured where they are drawn."""
    mark = [{"file": files[layer.mark], "mirror": layer.mirror and rtl}] if layer.mark else []
    return {
        "kind": "partners",
        "slot": "partners",
        "logos": [*mark, *({"file": files[layer.logo_key(logo)], "mirror": False} for logo in layer.logos)],
        "size": layer.size * unit,
        "max_rows": layer.max_rows,
        "clear": layer.clear * unit,
        "radius": layer.radius * unit,
        "plate": palette[layer.plate],
        "align": _side(layer.align, rtl=rtl),
        "valign": layer.valign,
    }


def _row(row: Row, text: str, palette: Mapping[str, str], *, unit: float, rtl: bool) -> dict[str, Any]:
    room = room_for(text)
    # small marks of tall scripts need the room whatever the template asks for
    line = max(row.line + room.extra, room.above + room.below + 0.02)
    tall = room.extra > LATIN.extra
    return {
        "slot": row.slot,
        "size": row.size * unit,
        "min_size": row.min_size * unit,
        "weight": row.weight,
        "color": palette[row.color],
        "max_lines": row.max_lines,
        "gap": row.gap * unit,
        "hyphenate": row.hyphenate,
        "balance": row.balance,
        "above": room.above if tall else LATIN.above,
        "below": room.below if tall else LATIN.below,
        "leading": line - room.above - room.below,
        "paragraphs": [_with_heading(lines) if row.headings else lines for lines in paragraphs(text, rtl=rtl)],
        "pieces": longest_pieces(text),
    }


def _with_heading(lines: Sequence[str]) -> list[str | dict[str, str]]:
    """The lines of a paragraph; where the second begins a list, the first is its heading."""
    if len(lines) > 1 and lines[1].startswith(LIST_MARK):
        return [{"heading": lines[0]}, *lines[1:]]
    return [*lines]
