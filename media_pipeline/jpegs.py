"""Decode JPEGs with the decoder's warnings heeded: Pillow drops them, and shows grey or a wrong part where data is missing.

simplejpeg has the same libjpeg-turbo as Pillow, so the pixels are the same; choices and figures: README.md.
"""

import os
import re
from pathlib import Path

import simplejpeg
from PIL import Image, JpegImagePlugin

from media_pipeline import integrity

# by Pillow's modes: what to ask of the decoder, and how it lies in memory; inks are only checked, their meaning Pillow knows
_LAYOUTS = {"RGB": ("RGBX", "RGBX"), "L": ("GRAY", "L"), "CMYK": ("CMYK", None)}
_SMALLEST = 8  # the picture is made of blocks of so many pixels, of which the decoder can give one each
# those of libjpeg's warnings (jerror.h) that speak of the picture; others are of profiles, versions and unusual orders
_DAMAGE = re.compile(r"premature end|bad (Huffman|arithmetic) code|instead of RST|extraneous bytes", re.IGNORECASE)
_BEFORE_END = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
# encoders in hardware fill up the last word of data before the end mark
_LEFT_BYTES = 4
_END_BYTES = 2


def decoded(opened: JpegImagePlugin.JpegImageFile) -> Image.Image | None:
    """The picture at the size that `draft` chose, or None where Pillow is to decode it; a ValueError where data is damaged."""
    if opened.mode not in _LAYOUTS:
        return None
    content = Path(os.fsdecode(opened.filename)).read_bytes()
    try:
        return _decoded(content, opened)
    except ValueError:  # of the picture, or only of what is written about it
        bare = integrity.without_metadata(content)
    try:
        return _decoded(bare, opened)
    except ValueError as error:
        if _is_damage(str(error), bare):
            raise
    return None


def _decoded(content: bytes, opened: JpegImagePlugin.JpegImageFile) -> Image.Image | None:
    asked, layout = _LAYOUTS[opened.mode]
    width_px, height_px = opened.size
    if layout is None:
        width_px, height_px = -(-width_px // _SMALLEST), -(-height_px // _SMALLEST)
    pixels = simplejpeg.decode_jpeg(content, asked, min_width=width_px, min_height=height_px)
    if layout is None or pixels.shape[:2] != (height_px, width_px):
        return None
    return Image.frombytes(opened.mode, opened.size, pixels, "raw", layout)


def _is_damage(said: str, content: bytes) -> bool:
    left = _BEFORE_END.search(said)
    if left is None:
        return _DAMAGE.search(said) is not None
    # cut or garbled data is decoded out of step, so that some is left; padding is short or all alike
    left_bytes = int(left[1])
    return left_bytes > _LEFT_BYTES and len(set(content[-_END_BYTES - left_bytes : -_END_BYTES])) > 1
