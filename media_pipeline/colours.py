"""Bring the colours of a decoded still to sRGB: by its profile, or by the code points (H.273) that it carries instead."""

import io
import mmap
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from media_pipeline import heif_boxes
from media_pipeline.errors import MediaError

Array = NDArray[np.float32]
Chromaticities = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]

# H.273
_BT2020, _P3 = 9, 12
_GAMMA_22, _GAMMA_28, _LINEAR, _PQ, _HLG = 4, 5, 8, 16, 18
# x and y of red, green and blue, all with the white of D65 (H.273 table 2; Adobe RGB (1998) 4.3.1)
_CHROMATICITIES: dict[int, Chromaticities] = {
    _BT2020: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    _P3: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
_ADOBE: Chromaticities = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
_ADOBE_GAMMA = 563 / 256
_D65_XYZ = (0.95047, 1.0, 1.08883)
# Bradford, from D65 to the D50 of profiles
_TO_D50 = ((1.0478112, 0.0228866, -0.0501270), (0.0295424, 0.9904844, -0.0170491), (-0.0092345, 0.0150436, 0.7521316))

# to linear BT.709 from the primaries that phones and cameras write
_TO_BT709 = {
    _BT2020: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    _P3: ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),
}
# BT.2408: where white paper lies in an HDR picture
_HDR_WHITE_NITS = 203
_HLG_PEAK_NITS = 1000
_PNG_HEAD_BYTES = 8
# colour models of profiles, and the modes that hold them
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}


@dataclass(frozen=True, slots=True)
class CodePoints:
    """What an AVIF, HEIF or PNG says of its colours by numbers, mostly where it brings no profile."""

    primaries: int
    transfer: int

    @property
    def is_hdr(self) -> bool:
        """Whether it must be tone-mapped."""
        return self.transfer in {_PQ, _HLG}

    @property
    def is_srgb(self) -> bool:
        """Whether nothing is to be done."""
        return self.primaries not in _CHROMATICITIES and self.transfer not in {_PQ, _HLG, _LINEAR, _GAMMA_22, _GAMMA_28}


def code_points(path: Path, media_type: str) -> CodePoints | None:
    """Read them from the file itself: Pillow does not show them."""
    if media_type not in {"image/avif", "image/heic", "image/png"}:
        return None
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            return _png_points(content) if media_type == "image/png" else _heif_points(content)
        except (MediaError, IndexError):  # metadata nobody can read does not make the picture worse
            return None


def _heif_points(content: mmap.mmap) -> CodePoints | None:
    # a primary picture may bring two: a profile for those who can, numbers for the rest
    for name, told in heif_boxes.primary_properties(content):
        if name == b"colr" and told[:4] == b"nclx" and len(told) >= 8:
            return CodePoints(int.from_bytes(told[4:6], "big"), int.from_bytes(told[6:8], "big"))
    return None


def _png_points(content: mmap.mmap) -> CodePoints | None:
    at = _PNG_HEAD_BYTES
    while (name := content[at + 4 : at + 8]) not in {b"IDAT", b"IEND", b""}:
        if name == b"cICP":
            return CodePoints(content[at + 8], content[at + 9])
        at += 12 + int.from_bytes(content[at : at + 4], "big")
    return None


@cache
def srgb_profile() -> bytes:
    """The profile that every picture of ours carries, without the time of its making: equal pictures, equal bytes."""
    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    content[24:36] = bytes(12)
    return bytes(content)


@cache
def adobe_rgb_profile() -> bytes:
    """For cameras that say Adobe RGB by a word in EXIF and bring no profile."""
    return matrix_profile(_ADOBE, gamma=_ADOBE_GAMMA)


def matrix_profile(chromaticities: Chromaticities, *, gamma: float | None = None) -> bytes:
    """An ICC profile (version 4) of three primaries under D65, with this gamma or sRGB's curve."""
    xyz = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in chromaticities]).T
    colorants = np.array(_TO_D50) @ (xyz * np.linalg.solve(xyz, np.array(_D65_XYZ)))
    # function type 0 has a gamma only; type 3 a straight piece near black, as IEC 61966-2-1 has
    numbers = (gamma,) if gamma else (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    curve = b"para" + bytes(4) + struct.pack(">HH", 0 if gamma else 3, 0) + _fixed(*numbers)
    tags = {b"wtpt": b"XYZ " + bytes(4) + _fixed(0.9642, 1.0, 0.8249)}
    for number, letter in enumerate((b"r", b"g", b"b")):
        tags[letter + b"XYZ"] = b"XYZ " + bytes(4) + _fixed(*colorants[:, number].tolist())
        tags[letter + b"TRC"] = curve
    table, content, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", at + len(content), len(tag))
        content += tag  # each a multiple of four bytes long
    head = bytes(4) + b"\x04\x20\0\0mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28) + _fixed(0.9642, 1.0, 0.8249) + bytes(48)
    return struct.pack(">I", at + len(content)) + head + table + content


def _fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))


def to_srgb(image: Image.Image, profile: bytes | None, points: CodePoints | None) -> Image.Image:
    """An RGB or RGBA picture in sRGB."""
    if image.mode == "RGBA":
        alpha = image.getchannel("A")
        coloured = to_srgb(image.convert("RGB"), profile, points)
        coloured.putalpha(alpha)
        return coloured
    # a profile beside PQ or HLG is for programs that cannot tone-map
    if points is not None and (points.is_hdr or (profile is None and points.transfer == _LINEAR)):
        return _by_code_points(image.convert("RGB"), points)
    if profile is None and points is not None and not points.is_srgb:
        profile = _profile_of(points)
    converted = _by_profile(image, profile) if profile else None
    return converted or image.convert("RGB")


@cache
def _profile_of(points: CodePoints) -> bytes | None:
    srgb: Chromaticities = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
    gamma = {_GAMMA_22: 2.2, _GAMMA_28: 2.8}.get(points.transfer)
    return matrix_profile(_CHROMATICITIES.get(points.primaries, srgb), gamma=gamma)


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _MODES.get(source.profile.xcolor_space.strip())
        if image.mode != mode:
            if mode not in {"RGB", "L"} or image.mode not in {"RGB", "L"}:
                return None
            image = image.convert(mode)  # grey pictures come with profiles of colour, and the other way round
        if mode == "RGB" and _is_srgb(source):
            return image
        target = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
        intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
        return ImageCms.profileToProfile(image, source, target, renderingIntent=intent, outputMode="RGB", flags=flags)
    except (ImageCms.PyCMSError, OSError):
        return None  # a broken profile, or one of another colour model: the picture is read as if it had none


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    # by its name, which is a hundred times cheaper than comparing curves
    name = profile.profile.profile_description or ""
    return "sRGB" in name and "inear" not in name


def _by_code_points(image: Image.Image, points: CodePoints) -> Image.Image:
    encoded = np.asarray(np.asarray(image) / 255, dtype=np.float32)
    linear = _linear(encoded, points.transfer)
    matrix = _TO_BT709.get(points.primaries)
    if matrix is not None:
        linear = linear @ np.array(matrix, dtype=np.float32).T
    linear = np.maximum(linear, np.float32(0))
    if points.is_hdr:
        linear = _tone_mapped(linear)
    linear = np.minimum(linear, np.float32(1))
    shown = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.power(linear, 1 / 2.4) - 0.055)
    return Image.fromarray(np.asarray(np.rint(shown * 255), dtype=np.uint8))


def _linear(encoded: Array, transfer: int) -> Array:
    """Linear light, 1.0 being white paper."""
    if transfer == _PQ:
        root = np.power(encoded, 1 / 78.84375)
        nits = 10_000 * np.power(np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root), 1 / 0.1593017578125)
        return np.asarray(nits / _HDR_WHITE_NITS, dtype=np.float32)
    if transfer == _HLG:
        bright = (np.exp((encoded - 0.55991073) / 0.17883277) + 0.28466892) / 12
        scene = np.where(encoded <= 0.5, encoded**2 / 3, bright)
        luminance = scene @ np.array([0.2627, 0.678, 0.0593], dtype=np.float32)
        shown = scene * np.power(np.maximum(luminance, 1e-6), 0.2)[..., np.newaxis]
        return np.asarray(shown * _HLG_PEAK_NITS / _HDR_WHITE_NITS, dtype=np.float32)
    if transfer == _LINEAR:
        return encoded
    low = encoded / 12.92
    return np.asarray(np.where(encoded <= 0.04045, low, np.power((encoded + 0.055) / 1.055, 2.4)), dtype=np.float32)


def _tone_mapped(linear: Array) -> Array:
    """Leave up to half of white as it is, roll off what is brighter; by the strongest channel, so that hues stay."""
    knee, peak = 0.5, max(float(np.percentile(linear.max(axis=-1), 99.9)), 1.0)
    strongest = np.maximum(linear.max(axis=-1, keepdims=True), 1e-6)
    above = (strongest - knee) / (1 - knee)
    reach = (peak - knee) / (1 - knee)
    rolled = knee + (1 - knee) * above * (1 + above / reach**2) / (1 + above)
    return np.asarray(linear * np.where(strongest > knee, rolled / strongest, 1), dtype=np.float32)
