"""Decodes stills, inside a limited child: `python -m media_pipeline.photo_child REQUEST.json`; the answer is one JSON object."""

import json
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from PIL import Image

from media_pipeline import colours, pictures, stills
from media_pipeline.errors import MediaError
from media_pipeline.geometry import Placement, place
from media_pipeline.types import Box

_DARKEST_USEFUL = 12
# in pixels; less is not worth a change of size of its own before each format makes another
_MUCH_LARGER = 1.4


def main() -> None:
    """Answer one request."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = request["max_pixels"]
    try:
        answer = _answer(request)
    except MediaError as refused:
        answer = {"error": [refused.code, refused.params]}
    except MemoryError:
        answer = {"error": ["media.too_heavy", {"resource": "memory_bytes", "allowed": request["memory_bytes"]}]}
    sys.stdout.write(json.dumps(answer))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    if "candidates" in request:
        return {"files": _from_clip(request)}
    source, media_type = Path(request["source"]), request["media_type"]
    opened = stills.open_still(source, media_type, request["max_pixels"])
    points = colours.code_points(source, media_type)
    facts = stills.facts_of(opened, points)
    if request["formats"] is None:
        opened.draft(None, (1, 1))  # of a JPEG an eighth: all of its data is read, at half the cost
        stills.load(opened)
        return {"facts": facts}
    return {"facts": facts, "files": _from_photo(_decode(opened, points, request), request)}


def _decode(opened: Image.Image, points: colours.CodePoints | None, request: dict[str, Any]) -> Image.Image:
    """Decode once, at the smallest size that is large enough for everything; upright, sRGB, opaque."""
    orientation, profile = stills.orientation_of(opened), stills.profile_of(opened)
    working = _enough(opened.size, request) if orientation < 5 else _enough(opened.size[::-1], request)[::-1]
    if opened.format in {"JPEG", "MPO"}:
        opened.draft(None, working)
    image = stills.plain(stills.load(opened))
    if image.width * image.height > _MUCH_LARGER * working[0] * working[1]:
        image = pictures.Sizes(image).at(working)
    return stills.flattened(colours.to_srgb(stills.upright(image, orientation), profile, points), request["background"])


def _enough(size: tuple[int, int], request: dict[str, Any]) -> tuple[int, int]:
    """The largest size at which an upright picture is placed anywhere, and never more than its own."""
    pages = [place(*size, canvas, always_cover=True) for canvas in (pictures.TILE, pictures.preview_box(*size))]
    placed = [*_placed(size, request), *pages]
    largest = max(placed, key=lambda one: one.width_px)
    return size if largest.width_px >= size[0] or largest.height_px >= size[1] else (largest.width_px, largest.height_px)


def _area(asked: dict[str, Any]) -> Box:
    """Where the picture goes on a format's canvas."""
    return Box(0, 0, asked["width_px"], asked["height_px"]) if asked["window"] is None else Box(*asked["window"])


def _from_photo(image: Image.Image, request: dict[str, Any]) -> list[dict[str, Any]]:
    out, sizes = Path(request["out"]), _sizes(image, request)
    files = _mains(sizes, request)
    own = pictures.own_shape(sizes, focus=request["focus"])
    return [*files, _preview(own, pictures.OWN_SHAPE, out), _tile(sizes, request, out)]


def _sizes(image: Image.Image, request: dict[str, Any]) -> pictures.Sizes:
    placed = Counter((one.width_px, one.height_px) for one in _placed(image.size, request))
    return pictures.Sizes(image, [size for size, count in placed.items() if count > 1])


def _placed(size: tuple[int, int], request: dict[str, Any]) -> list[Placement]:
    """Where an upright picture goes in each format."""
    return [place(*size, _area(one), focus=request["focus"], always_cover=one["always_cover"]) for one in request["formats"]]


def _mains(sizes: pictures.Sizes, request: dict[str, Any]) -> list[dict[str, Any]]:
    files = []
    for asked in request["formats"]:
        composed = _composed(sizes, asked, request)
        name = f"{asked['name']}.jpg"
        pictures.save_jpeg(composed, Path(request["out"]) / name, at_most_bytes=asked["jpeg_bytes"])
        files.append(_file(asked["name"], "main", name, "image/jpeg", composed.size))
    return files


def _from_clip(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The picture that stands for a clip: the liveliest of the frames taken from it."""
    frames = [Image.open(path).convert("RGB") for path in request["candidates"]]
    image, asked, out = max(frames, key=_liveliness), request["formats"][0], Path(request["out"])
    sizes = pictures.Sizes(image)
    composed = _composed(sizes, asked, request)
    pictures.save_jpeg(composed, out / "poster.jpg")
    poster = _file(asked["name"], "poster", "poster.jpg", "image/jpeg", composed.size)
    return [poster, _preview(composed, asked["name"], out), _tile(sizes, request, out)]


def _liveliness(frame: Image.Image) -> float:
    grey = frame.convert("L").resize((64, 64))
    brightest = grey.getextrema()[1]
    dark = isinstance(brightest, (int, float)) and brightest < _DARKEST_USEFUL
    return 0.0 if dark else grey.entropy()


def _composed(sizes: pictures.Sizes, asked: dict[str, Any], request: dict[str, Any]) -> Image.Image:
    return pictures.compose(
        sizes,
        Box(0, 0, asked["width_px"], asked["height_px"]),
        background=request["background"],
        focus=request["focus"],
        always_cover=asked["always_cover"],
        overlay=_overlay(asked),
        window=None if asked["window"] is None else Box(*asked["window"]),
    )


def _overlay(asked: dict[str, Any]) -> Image.Image | None:
    if asked["overlay"] is None:
        return None
    opened = Image.open(asked["overlay"])
    return opened if opened.mode == "RGBA" else opened.convert("RGBA")


def _preview(composed: Image.Image, name: str, out: Path) -> dict[str, Any]:
    size = pictures.save_preview(composed, out / "preview.webp")
    file = _file(name, "preview", "preview.webp", "image/webp", size)
    return {**file, "placeholder": pictures.placeholder(composed)}


def _tile(sizes: pictures.Sizes, request: dict[str, Any], out: Path) -> dict[str, Any]:
    pictures.save_tile(sizes, out / "tile.jpg", focus=request["focus"])
    return _file("tile", "tile", "tile.jpg", "image/jpeg", (pictures.TILE_PX, pictures.TILE_PX))


def _file(name: str, role: str, path: str, media_type: str, size: tuple[int, int]) -> dict[str, Any]:
    return {"format": name, "role": role, "path": path, "media_type": media_type, "width_px": size[0], "height_px": size[1]}


if __name__ == "__main__":
    main()
