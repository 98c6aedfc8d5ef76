"""Decodes stills, inside a limited child: `python -m media_pipeline.photo_child REQUEST.json`; the answer is one JSON object."""

import json
import re
import struct
import sys
import warnings
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from media_pipeline import colours, pictures
from media_pipeline.errors import MediaError
from media_pipeline.types import Box

_PILLOW_FORMATS = {
    "image/jpeg": ("JPEG",),  # Pillow turns into MPO by itself where there are several pictures
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/tiff": ("TIFF",),
    "image/webp": ("WEBP",),
    "image/avif": ("AVIF",),
    "image/heic": ("HEIF",),
}
# what Pillow and its decoders raise on bytes that are not what they should be
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, AttributeError, struct.error, zlib.error)
_NOT_OURS = re.compile(r"decoder .* not available|unknown pixel mode|cannot handle|unsupported|not supported", re.IGNORECASE)
_DARKEST_USEFUL = 12
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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
    opened = _open(source, media_type, request["max_pixels"])
    points = colours.code_points(source) if media_type in {"image/avif", "image/heic"} else None
    facts = _facts(opened, points)
    if request["formats"] is None:
        _load(opened)
        return {"facts": facts}
    return {"facts": facts, "files": _from_photo(_decode(opened, points, request), request)}


def _open(source: Path, media_type: str, max_pixels: int) -> Image.Image:
    if media_type == "image/heic":
        import pillow_heif  # noqa: PLC0415 -- 40 ms that other photos need not pay

        pillow_heif.register_heif_opener()
    try:
        opened = Image.open(source, formats=_PILLOW_FORMATS[media_type])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_pixels(bomb, max_pixels) from bomb
    except UnidentifiedImageError as error:
        raise MediaError("media.corrupt") from error
    except _BROKEN as error:
        raise _broken(error) from error
    if opened.width * opened.height > max_pixels:
        raise MediaError("media.too_many_pixels", {"found": opened.width * opened.height, "allowed": max_pixels})
    return opened


def _load(opened: Image.Image) -> None:
    try:
        opened.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_pixels(bomb, Image.MAX_IMAGE_PIXELS or 0) from bomb
    except _BROKEN as error:
        raise _broken(error) from error


def _too_many_pixels(bomb: Exception, allowed: int) -> MediaError:
    numbers = re.search(r"\((\d+) pixels\)", str(bomb))  # Pillow refuses before it shows the size
    return MediaError("media.too_many_pixels", {"found": int(numbers[1]) if numbers else 0, "allowed": allowed})


def _broken(error: Exception) -> MediaError:
    return MediaError("media.unsupported" if _NOT_OURS.search(str(error)) else "media.corrupt")


def _orientation(opened: Image.Image) -> int:
    if opened.format == "HEIF":  # comes upright already
        return 1
    try:
        return int(opened.getexif().get(0x0112, 1))
    except _BROKEN:  # metadata nobody can read does not make the picture worse
        return 1


def _facts(opened: Image.Image, points: colours.CodePoints | None) -> dict[str, Any]:
    orientation = _orientation(opened)
    width_px, height_px = opened.size if orientation < 5 else opened.size[::-1]
    return {
        "width_px": width_px,
        "height_px": height_px,
        "rotation_deg": {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}.get(orientation, 0),
        "is_hdr": points is not None and points.is_hdr,
    }


def _decode(opened: Image.Image, points: colours.CodePoints | None, request: dict[str, Any]) -> Image.Image:
    """Decode once, at the smallest size that is large enough for every format; upright, sRGB, opaque."""
    upright = opened.size if _orientation(opened) < 5 else opened.size[::-1]
    needed = [(one["width_px"], one["height_px"]) for one in request["formats"]] + [(pictures.TILE_PX, pictures.TILE_PX)]
    scale = min(1.0, max(max(width / upright[0], height / upright[1]) for width, height in needed))
    working = (max(1, round(opened.width * scale)), max(1, round(opened.height * scale)))
    orientation, profile = _orientation(opened), opened.info.get("icc_profile")
    if opened.format in {"JPEG", "MPO"}:
        opened.draft(None, working)
    _load(opened)
    image = _plain(opened)
    if image.size != working:
        image = image.resize(working, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    return _flattened(colours.to_srgb(image, profile, points), request["background"])


def _plain(image: Image.Image) -> Image.Image:
    """One of the modes RGB, RGBA, L, CMYK and LAB, which can be scaled and matched to a profile."""
    if image.mode.startswith("I"):
        # 16 bits of grey: keep the upper eight
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in {"RGB", "L", "CMYK", "LAB"}:
        return image.copy()
    if image.mode == "F":
        raise MediaError("media.unsupported")
    return image.convert("RGB")


def _flattened(image: Image.Image, background: str) -> Image.Image:
    if image.mode != "RGBA":
        return image
    below = Image.new("RGB", image.size, background)
    below.paste(image, (0, 0), image)
    return below


def _from_photo(image: Image.Image, request: dict[str, Any]) -> list[dict[str, Any]]:
    out = Path(request["out"])
    files = []
    for asked in request["formats"]:
        composed = _composed(image, asked, request)
        name = f"{asked['name']}.jpg"
        pictures.save_jpeg(composed, out / name)
        files.append(_file(asked["name"], "main", name, "image/jpeg", composed.size))
    own = pictures.own_shape(image, focus=request["focus"])
    return [*files, _preview(own, pictures.OWN_SHAPE, out), _tile(image, request, out)]


def _from_clip(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The picture that stands for a clip: the liveliest of the frames taken from it."""
    frames = [Image.open(path).convert("RGB") for path in request["candidates"]]
    image, asked, out = max(frames, key=_liveliness), request["formats"][0], Path(request["out"])
    composed = _composed(image, asked, request)
    pictures.save_jpeg(composed, out / "poster.jpg")
    poster = _file(asked["name"], "poster", "poster.jpg", "image/jpeg", composed.size)
    return [poster, _preview(composed, asked["name"], out), _tile(image, request, out)]


def _liveliness(frame: Image.Image) -> float:
    grey = frame.convert("L").resize((64, 64))
    brightest = grey.getextrema()[1]
    dark = isinstance(brightest, (int, float)) and brightest < _DARKEST_USEFUL
    return 0.0 if dark else grey.entropy()


def _composed(image: Image.Image, asked: dict[str, Any], request: dict[str, Any]) -> Image.Image:
    overlay = None if asked["overlay"] is None else Image.open(asked["overlay"]).convert("RGBA")
    return pictures.compose(
        image,
        Box(0, 0, asked["width_px"], asked["height_px"]),
        background=request["background"],
        focus=request["focus"],
        always_cover=asked["always_cover"],
        overlay=overlay,
        window=None if asked["window"] is None else Box(*asked["window"]),
    )


def _preview(composed: Image.Image, name: str, out: Path) -> dict[str, Any]:
    size = pictures.save_preview(composed, out / "preview.webp")
    return _file(name, "preview", "preview.webp", "image/webp", size)


def _tile(image: Image.Image, request: dict[str, Any], out: Path) -> dict[str, Any]:
    pictures.save_tile(image, out / "tile.jpg", focus=request["focus"])
    return _file("tile", "tile", "tile.jpg", "image/jpeg", (pictures.TILE_PX, pictures.TILE_PX))


def _file(name: str, role: str, path: str, media_type: str, size: tuple[int, int]) -> dict[str, Any]:
    return {"format": name, "role": role, "path": path, "media_type": media_type, "width_px": size[0], "height_px": size[1]}


if __name__ == "__main__":
    main()
