"""Open and decode one still whole: which way is up, what its pixels are, and whether its bytes are all there."""

import re
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError

from media_pipeline import colours, heif_boxes, integrity, jpegs
from media_pipeline.errors import MediaError
from media_pipeline.limits import MIB

_PILLOW_FORMATS = {
    "image/jpeg": "JPEG",  # Pillow turns into MPO by itself where there are several pictures
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/tiff": "TIFF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
    "image/heic": "HEIF",
}
# what Pillow and its decoders raise on bytes that are not what they should be
_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, AttributeError, RuntimeError),
    *(struct.error, zlib.error, OverflowError, ZeroDivisionError),
)
_NOT_OURS = re.compile(
    r"decoder .* not available|unknown (pixel mode|data org|compr|subsampling)|cannot handle|(un|not )supported|no codec",
    re.IGNORECASE,
)
# words about a picture (prompts, maps, histories) are long at times, and Pillow refuses the picture for more than 1 MiB of them
_TEXT_BYTES = 64 * MIB
_UNCALIBRATED = 0xFFFF
_BITS_PER_SAMPLE, _SAMPLE_FORMAT, _SIGNED = 258, 339, (2,)  # TIFF 6.0
_NOT_IN_OUR_LIBTIFF = {"webp"}
# what is multiplied by its alpha, and what Pillow can turn it into
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}
_UPRIGHT_ALREADY = {"HEIF", "TIFF"}  # turned by their decoders
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_still(source: Path, media_type: str, max_pixels: int) -> Image.Image:
    """Open it without decoding; what is too large, cut off or of a kind nobody decodes is refused here."""
    if media_type == "image/heic":
        import pillow_heif  # noqa: PLC0415 -- 40 ms that other photos need not pay

        pillow_heif.register_heif_opener(thumbnails=False)
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = _TEXT_BYTES
    name = _PILLOW_FORMATS[media_type]
    try:
        opened = Image.open(source, formats=(name,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_pixels(bomb, max_pixels) from bomb
    except UnidentifiedImageError as error:
        integrity.check_whole(source, media_type)
        raise _not_opened(source, name) from error
    except _BROKEN as error:
        raise _broken(error) from error
    try:
        _check(opened, source, media_type, max_pixels)
    except MediaError:
        opened.close()
        raise
    return opened


def load(opened: Image.Image, frame: int | None = None) -> Image.Image:
    """Decode it, or one frame of it; the answer may be another picture than the one that was opened."""
    try:
        if frame is not None:
            opened.seek(frame)
        if isinstance(opened, JpegImagePlugin.JpegImageFile) and (image := jpegs.decoded(opened)) is not None:
            return image
        opened.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_pixels(bomb, Image.MAX_IMAGE_PIXELS or 0) from bomb
    except _BROKEN as error:
        if opened.format == "TIFF" and opened.info.get("compression") in _NOT_IN_OUR_LIBTIFF:
            raise MediaError("media.unsupported") from error
        raise _broken(error) from error
    return opened


def orientation_of(opened: Image.Image) -> int:
    """How it is still to be turned after decoding, by EXIF's numbers; 1 is upright."""
    if opened.format in _UPRIGHT_ALREADY:
        return 1
    try:
        orientation = int(opened.getexif().get(0x0112, 1))
    except _BROKEN:  # metadata nobody can read does not make the picture worse
        return 1
    return orientation if orientation in _UPRIGHT else 1


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turn it as EXIF says."""
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


def profile_of(opened: Image.Image) -> bytes | None:
    """Its colour profile: the one that it brings, or the one that a camera names in EXIF (DCF 2.0, R03 is Adobe RGB)."""
    profile: bytes | None = opened.info.get("icc_profile")
    if profile or opened.format not in {"JPEG", "MPO"}:
        return profile or None
    try:
        exif = opened.getexif()
        named = exif.get_ifd(0xA005).get(1) if exif.get_ifd(0x8769).get(0xA001) == _UNCALIBRATED else None
    except _BROKEN:
        return None
    return colours.adobe_rgb_profile() if named == "R03" else None


def facts_of(opened: Image.Image, points: colours.CodePoints | None) -> dict[str, Any]:
    """What is told of it, before it is decoded."""
    orientation = orientation_of(opened)
    width_px, height_px = opened.size if orientation < 5 else opened.size[::-1]
    return {
        "width_px": width_px,
        "height_px": height_px,
        "rotation_deg": {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}.get(orientation, 0),
        "is_hdr": points is not None and points.is_hdr,
    }


def plain(image: Image.Image) -> Image.Image:
    """One of the modes RGB, RGBA, L, CMYK and LAB, which can be scaled and matched to a profile."""
    tags = getattr(image, "tag_v2", {})
    [bits, *_] = tags.get(_BITS_PER_SAMPLE, (16,))
    if image.mode.startswith("I;16"):
        # up to 16 bits of grey, fewer in some TIFFs: keep the upper eight
        return _upper_eight(image.convert("I"), bits)
    if image.mode == "I" and bits == 16 and tags.get(_SAMPLE_FORMAT) == _SIGNED and _darkest(image) >= 0:
        return _upper_eight(image, bits - 1)
    if image.mode in {"I", "F"}:  # measurements: nobody says which of their numbers is white
        raise MediaError("media.unsupported")
    if image.mode in _PREMULTIPLIED:
        image = image.convert(_PREMULTIPLIED[image.mode])
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in {"RGB", "L", "CMYK", "LAB"}:
        return image
    return image.convert("RGB")


def _upper_eight(grey: Image.Image, bits: int) -> Image.Image:
    return grey.point(lambda value: value / 2 ** (bits - 8)).convert("L")


def _darkest(grey: Image.Image) -> float:
    darkest = grey.getextrema()[0]
    return darkest if isinstance(darkest, (int, float)) else min(darkest)


def flattened(image: Image.Image, background: str) -> Image.Image:
    """What shows through is the background."""
    if image.mode != "RGBA":
        return image
    below = Image.new("RGB", image.size, background)
    below.paste(image, (0, 0), image)
    return below


def _check(opened: Image.Image, source: Path, media_type: str, max_pixels: int) -> None:
    if opened.width * opened.height > max_pixels:
        raise MediaError("media.too_many_pixels", {"found": opened.width * opened.height, "allowed": max_pixels})
    integrity.check_whole(source, media_type)


def _not_opened(source: Path, name: str) -> MediaError:
    # Image.open keeps its reasons to itself; the reader of the format tells them
    try:
        with source.open("rb") as opened:
            Image.OPEN[name][0](opened, source.name)
    except _BROKEN as error:
        # a TIFF whose directory is whole and names a compression that is in no list
        if name == "TIFF" and isinstance(error.__cause__, KeyError):
            return MediaError("media.unsupported")
        if name in {"AVIF", "HEIF"} and _is_read_by_ffmpeg(source):
            return MediaError("media.unsupported")
        return _broken(error)
    return MediaError("media.corrupt")


def _is_read_by_ffmpeg(source: Path) -> bool:
    """Whether a decoder that asks for less finds the picture that is promised: then it is whole, and not of our kind."""
    import av  # noqa: PLC0415 -- 60 ms that whole photos need not pay

    try:
        with av.open(str(source)) as container:
            frame = next(container.decode(video=0), None)
    except (av.FFmpegError, IndexError):
        return False
    promised = dict(heif_boxes.primary_properties(source.read_bytes())).get(b"ispe")
    return frame is not None and (promised is None or promised[4:] == struct.pack(">II", frame.width, frame.height))


def _too_many_pixels(bomb: Exception, allowed: int) -> MediaError:
    numbers = re.search(r"\((\d+) pixels\)", str(bomb))  # Pillow refuses before it shows the size
    return MediaError("media.too_many_pixels", {"found": int(numbers[1]) if numbers else 0, "allowed": allowed})


def _broken(error: Exception) -> MediaError:
    return MediaError("media.unsupported" if _NOT_OURS.search(str(error)) else "media.corrupt")
