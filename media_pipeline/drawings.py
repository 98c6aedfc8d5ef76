"""SVG drawings of strangers: read without entities, written again from a list of what a logo is made of.

Whatever is not on the list either says nothing about how the drawing looks, and is left out, or could do something, and is
refused with its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.parsers import expat

from media_pipeline.errors import MediaError

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
MAX_NODES = 20_000  # after every reference was followed: an emblem traced by a machine has some thousands
MAX_DEPTH = 60
_LONGEST_SIDE = 1000  # in the drawing's own units; it can be drawn in any size

_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_GROUPS = {"svg", "g", "defs", "symbol", "use", "clipPath", "mask", "linearGradient", "radialGradient", "stop"}
_SILENT = {"title", "desc", "metadata"}  # they draw nothing
_PAINT = {
    *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit"),
    *("stroke-dasharray", "stroke-dashoffset", "stroke-opacity", "opacity", "color", "stop-color", "stop-opacity", "display"),
    *("visibility", "clip-path", "clip-rule", "mask", "mask-type", "paint-order"),
}
_GEOMETRY = {
    *("d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "fr", "width", "height", "points"),
    *("transform", "viewBox", "preserveAspectRatio", "id", "offset", "gradientUnits", "gradientTransform", "spreadMethod"),
    *("clipPathUnits", "maskUnits", "maskContentUnits", "overflow"),
}
# numbers, colours, names of colours, functions of both; references only within the drawing
_VALUE = re.compile(r"[\w\s#%.,()+\-]*")
_LOCAL = re.compile(r"url\(\s*['\"]?(#[\w.\-]+)['\"]?\s*\)")
_SELECTOR = re.compile(r"([A-Za-z]*)(?:([.#])([\w\-]+))?")
_TOKEN = re.compile(r"var\(--[a-z_]+(?:\s*,([^()]*))?\)")  # a colour of the palette, and what is drawn without one


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the drawing's style sheet says, and whether its colours may be tokens of a palette."""

    rules: list[tuple[str, str, str, str]]
    has_tokens: bool = False


def rewritten(content: bytes) -> tuple[bytes, int, int]:
    """The drawing from known parts only, and its size; raises MediaError `logo.not_a_picture {found}`, `logo.unsafe {found}`."""
    made, box = _from_known_parts(content, has_tokens=False)
    for name in ("x", "y", "preserveAspectRatio", "transform", "overflow"):
        made.attrib.pop(name, None)
    return _showing(made, box)


def artwork(content: bytes) -> bytes:
    """A toolkit's drawing from known parts only, as large as it is and in its palette's tokens; written again, it is the same.

    Raises MediaError `logo.not_a_picture {found}`, `logo.unsafe {found}`.
    """
    made, _shown = _from_known_parts(content, has_tokens=True)
    drawing: bytes = ET.tostring(made, encoding="utf-8")
    return drawing


def _from_known_parts(content: bytes, *, has_tokens: bool) -> tuple[ET.Element, tuple[float, float, float, float]]:
    root = _parsed(content)
    if root.tag != f"{{{SVG}}}svg":
        raise MediaError("logo.not_a_picture", {"found": _name(root)})
    sheet = _Sheet([rule for style in root.iter(f"{{{SVG}}}style") for rule in _rules(style.text or "")], has_tokens)
    made = _copied(root, sheet, depth=0)
    if made is None:
        raise MediaError("logo.not_a_picture", {"found": "svg"})
    _count_followed(made)
    made.attrib["xmlns"] = SVG
    return made, _box(root)


def sized(drawing: bytes, box: tuple[float, float, float, float]) -> tuple[bytes, int, int]:
    """A drawing that was written by `rewritten`, showing only this part (shares of its sides), with its new size."""
    root = ET.fromstring(drawing)  # noqa: S314 - our own words
    x, y, width, height = (float(value) for value in root.attrib["viewBox"].split())
    left, top, right, bottom = box
    ET.register_namespace("", SVG)
    return _showing(root, (x + left * width, y + top * height, (right - left) * width, (bottom - top) * height))


def _showing(root: ET.Element, box: tuple[float, float, float, float]) -> tuple[bytes, int, int]:
    scale = _LONGEST_SIDE / max(box[2:])
    across, down = (max(1, round(side * scale)) for side in box[2:])
    root.attrib["viewBox"] = " ".join(f"{value:.6g}" for value in box)
    root.attrib["width"], root.attrib["height"] = str(across), str(down)
    return ET.tostring(root, encoding="utf-8"), across, down


def _parsed(content: bytes) -> ET.Element:
    """The elements; a parser of our own, for the usual one believes a document's own entities."""
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")

    def named(name: str) -> str:
        return f"{{{name}" if "}" in name else name

    def entity(*_told: object) -> int:
        raise MediaError("logo.unsafe", {"found": "<!ENTITY>"})

    parser.StartElementHandler = lambda name, attributes: builder.start(
        named(name), {named(key): value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: builder.end(named(name))
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = parser.ExternalEntityRefHandler = entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(content, True)  # noqa: FBT003 - it is the last part
        return builder.close()
    except (expat.ExpatError, LookupError, ValueError, AssertionError) as broken:
        raise MediaError("logo.not_a_picture", {"found": str(broken)}) from broken


def _name(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _copied(element: ET.Element, sheet: _Sheet, *, depth: int) -> ET.Element | None:
    """The element with its known parts; None for what draws nothing."""
    name = _name(element)
    if depth > MAX_DEPTH:
        raise MediaError("logo.unsafe", {"found": f"<{name}> in {MAX_DEPTH} others"})
    if not str(element.tag).startswith(f"{{{SVG}}}"):  # an editor's own notes
        return None
    if name in _SILENT or name == "style":
        return None
    if name not in _SHAPES | _GROUPS:
        raise MediaError("logo.unsafe", {"found": f"<{name}>"})
    made = ET.Element(name, dict(_attributes(element, name, sheet)))
    for child in element:
        copied = _copied(child, sheet, depth=depth + 1)
        if copied is not None:
            made.append(copied)
    return made


def _attributes(element: ET.Element, name: str, sheet: _Sheet) -> Iterator[tuple[str, str]]:
    """Attributes, then what the style sheet says, then the element's own style: each before it gives way to the next."""
    for key, value in element.attrib.items():
        plain = key.rpartition("}")[2]
        if plain.lower().startswith("on"):
            raise MediaError("logo.unsafe", {"found": plain})
        if plain == "href" and key in {"href", f"{{{XLINK}}}href"}:
            if not re.fullmatch(r"#[\w.\-]+", value.strip()):
                raise MediaError("logo.unsafe", {"found": f"href={value[:40]}"})
            yield "href", value.strip()
        elif key in _PAINT | _GEOMETRY:
            yield key, _harmless(key, value, sheet)
    classes = element.get("class", "").split()
    for tag, mark, wanted, declarations in sheet.rules:
        fits = {"": True, ".": wanted in classes, "#": wanted == element.get("id")}[mark]
        if fits and tag in {"", name}:
            yield from _declared(declarations, sheet)
    yield from _declared(element.get("style", ""), sheet)


def _rules(sheet: str) -> Iterator[tuple[str, str, str, str]]:
    """(element, mark, class or id, declarations) of each simple rule of a style sheet; others are refused."""
    sheet = re.sub(r"/\*.*?\*/|<!--|-->", "", sheet, flags=re.DOTALL)
    if "@" in sheet:
        raise MediaError("logo.unsafe", {"found": sheet[sheet.index("@") :].split()[0][:40]})
    for selectors, declarations in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        for selector in selectors.split(","):
            simple = _SELECTOR.fullmatch(selector.strip())
            if simple is None:
                raise MediaError("logo.unsafe", {"found": f"style {selector.strip()[:40]}"})
            yield simple.group(1), simple.group(2) or "", simple.group(3) or "", declarations


def _declared(declarations: str, sheet: _Sheet) -> Iterator[tuple[str, str]]:
    for declaration in declarations.split(";"):
        key, _, value = declaration.partition(":")
        if key.strip() in _PAINT:
            yield key.strip(), _harmless(key.strip(), value.replace("!important", ""), sheet)
        elif "url(" in value or "expression" in value:
            raise MediaError("logo.unsafe", {"found": f"{key.strip()}: {value.strip()[:40]}"})


def _harmless(key: str, value: str, sheet: _Sheet) -> str:
    plain = _TOKEN.sub(lambda token: token.group(1) or "", value) if sheet.has_tokens else value
    local = _LOCAL.sub(r"\1", plain)
    if not _VALUE.fullmatch(local) or "url(" in local or "var(" in local:
        raise MediaError("logo.unsafe", {"found": f"{key}={value.strip()[:40]}"})
    return _LOCAL.sub(r"url(\1)", value).strip()


def _box(root: ET.Element) -> tuple[float, float, float, float]:
    """What part of the plane the drawing shows."""
    numbers = [float(each) for each in re.findall(r"-?\d*\.?\d+(?:[eE][-+]?\d+)?", root.get("viewBox", ""))]
    if len(numbers) != 4:
        sides = [re.fullmatch(r"\s*(\d*\.?\d+)(?:px|pt|mm|cm|in|pc)?\s*", root.get(side, "")) for side in ("width", "height")]
        numbers = [0.0, 0.0, *(float(side.group(1)) for side in sides if side)]
    if len(numbers) != 4 or min(numbers[2:]) <= 0 or max(numbers[2:]) > 1e6 or max(numbers[2:]) > 50 * min(numbers[2:]):
        raise MediaError("logo.not_a_picture", {"found": "svg without a size"})
    return numbers[0], numbers[1], numbers[2], numbers[3]


def _count_followed(root: ET.Element) -> None:
    """Refuse what grows when its references are followed: each of ten groups that uses the one before ten times."""
    known: dict[str, list[ET.Element]] = {}
    for element in root.iter():
        if "id" in element.attrib:  # twice the same: who draws it may take either
            known.setdefault(element.attrib["id"], []).append(element)
    counted: dict[int, int] = {}
    open_now: set[int] = set()

    def weigh(element: ET.Element) -> int:
        key = id(element)
        if key in open_now:
            raise MediaError("logo.unsafe", {"found": f"<{element.tag}> in itself"})
        if len(open_now) > MAX_DEPTH:
            raise MediaError("logo.unsafe", {"found": f"<{element.tag}> in {MAX_DEPTH} others"})
        if key not in counted:
            open_now.add(key)
            total = 1 + sum(weigh(child) for child in element)
            total += sum(weigh(target) for name in _referred(element) for target in known.get(name, ()))
            open_now.discard(key)
            counted[key] = total
        return counted[key]

    if weigh(root) > MAX_NODES:
        raise MediaError("logo.unsafe", {"found": f"more than {MAX_NODES} shapes"})


def _referred(element: ET.Element) -> Iterator[str]:
    """What is drawn once more for this element: a shape used again, what masks it, what cuts it out."""
    if element.tag == "use":
        yield element.get("href", "")[1:]
    for key in ("mask", "clip-path"):
        yield from (target[1:] for target in _LOCAL.findall(element.get(key, "")))
