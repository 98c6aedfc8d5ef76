"""Artwork and QR codes on their way to the interpreter: checked, coloured, put under a name made of their content."""

import hashlib
import io
import re
import struct
from collections.abc import Mapping
from pathlib import Path

import segno

from media_pipeline.errors import MediaError

MAX_ARTWORK_BYTES = 4_000_000
MAX_ARTWORK_PX = 6_000  # decoding a 25,000 px logo took 6 s and 680 MB (measured 2026-11)
_TOKEN = re.compile(r"var\(--([a-z_]+)(?:\s*,[^()]*)?\)")
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def prepare_artwork(source: Path, palette: Mapping[str, str]) -> tuple[str, bytes]:
    """The picture's name by content and its bytes, `var(--token)` replaced by the palette's colour in an SVG.

    Raises MediaError `typeset.missing_artwork`, `typeset.bad_artwork`.
    """
    if not source.is_file():
        raise MediaError("typeset.missing_artwork", {"file": source.name})
    if source.stat().st_size > MAX_ARTWORK_BYTES:
        raise MediaError("typeset.bad_artwork", {"file": source.name, "reason": "bytes"})
    content = source.read_bytes()
    if source.suffix == ".png":
        if not content.startswith(_PNG) or len(content) < 24 or max(struct.unpack(">II", content[16:24])) > MAX_ARTWORK_PX:
            raise MediaError("typeset.bad_artwork", {"file": source.name, "reason": "pixels"})
        return _named(content, "png")

    def colour(token: re.Match[str]) -> str:
        if token.group(1) not in palette:
            raise MediaError("typeset.bad_artwork", {"file": source.name, "reason": token.group(1)})
        return palette[token.group(1)]

    try:
        drawing = _TOKEN.sub(colour, content.decode("utf-8"))
    except UnicodeDecodeError as wrong:
        raise MediaError("typeset.bad_artwork", {"file": source.name, "reason": "utf-8"}) from wrong
    return _named(drawing.encode("utf-8"), "svg")


def prepare_slot_picture(source: Path) -> tuple[str, bytes]:
    """A picture of a slot under its content's name; an SVG, PNG or JPEG that was re-encoded before.

    Raises MediaError `typeset.missing_artwork`, `typeset.bad_artwork`.
    """
    if source.suffix not in {".jpg", ".jpeg"}:
        return prepare_artwork(source, {})
    if not source.is_file():
        raise MediaError("typeset.missing_artwork", {"file": source.name})
    content = source.read_bytes()
    if not content.startswith(_JPEG) or len(content) > MAX_ARTWORK_BYTES:
        raise MediaError("typeset.bad_artwork", {"file": source.name, "reason": "bytes"})
    return _named(content, "jpg")


def artwork_colours(source: Path) -> set[str]:
    """The palette's tokens that an SVG names."""
    return set(_TOKEN.findall(source.read_text("utf-8"))) - {""} if source.suffix == ".svg" else set()


def prepare_qr(text: str, dark: str) -> tuple[str, bytes]:
    """A QR code as SVG that a phone still reads when a tenth of it is spoilt."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, scale=10, dark=dark, xmldecl=False, nl=False)
    return _named(out.getvalue(), "svg")


def _named(content: bytes, suffix: str) -> tuple[str, bytes]:
    return f"{hashlib.sha256(content).hexdigest()}.{suffix}", content
