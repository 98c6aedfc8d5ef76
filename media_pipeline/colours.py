"""Bring the colours of a decoded still to sRGB: by its profile, or by the code points (H.273) that it carries instead."""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Array = NDArray[np.float32]

_PQ, _HLG, _LINEAR = 16, 18, 8

# to linear BT.709 from the primaries that phones and cameras write
_TO_BT709 = {
    9: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),  # BT.2020
    12: ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),  # Display P3
}
# BT.2408: where white paper lies in an HDR picture
_HDR_WHITE_NITS = 203
_HLG_PEAK_NITS = 1000
_SEARCHED_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class CodePoints:
    """What an AVIF or HEIF says of its colours where it brings no profile."""

    primaries: int
    transfer: int

    @property
    def is_hdr(self) -> bool:
        """Whether it must be tone-mapped."""
        return self.transfer in {_PQ, _HLG}

    @property
    def is_srgb(self) -> bool:
        """Whether nothing is to be done."""
        return self.primaries not in _TO_BT709 and not self.is_hdr and self.transfer != _LINEAR


def code_points(path: Path) -> CodePoints | None:
    """Read the `colr` box of the nclx kind; Pillow does not show it."""
    with path.open("rb") as opened:
        head = opened.read(_SEARCHED_BYTES)
    at = head.find(b"colrnclx")
    if at < 0:
        return None
    return CodePoints(int.from_bytes(head[at + 8 : at + 10], "big"), int.from_bytes(head[at + 10 : at + 12], "big"))


@cache
def srgb_profile() -> bytes:
    """The profile that every picture of ours carries, without the time of its making: equal pictures, equal bytes."""
    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    content[24:36] = bytes(12)
    return bytes(content)


def to_srgb(image: Image.Image, profile: bytes | None, points: CodePoints | None) -> Image.Image:
    """An RGB or RGBA picture in sRGB."""
    if image.mode == "RGBA":
        alpha = image.getchannel("A")
        coloured = to_srgb(image.convert("RGB"), profile, points)
        coloured.putalpha(alpha)
        return coloured
    if profile:
        converted = _by_profile(image, profile)
        if converted is not None:
            return converted
    if image.mode == "RGB" and points is not None and not points.is_srgb:
        return _by_code_points(image, points)
    return image if image.mode == "RGB" else image.convert("RGB")


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if image.mode == "RGB" and "sRGB" in ImageCms.getProfileDescription(source):
            return image
        target = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
        intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
        return ImageCms.profileToProfile(image, source, target, renderingIntent=intent, outputMode="RGB", flags=flags)
    except (ImageCms.PyCMSError, OSError):
        return None  # a broken profile, or one of another colour model: the picture is read as if it had none


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
