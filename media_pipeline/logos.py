"""A city's logo: PNG or SVG of a stranger, checked and written again in a limited child; this side never decodes."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media_pipeline.errors import MediaError
from media_pipeline.limits import Limits
from media_pipeline.process import run_python
from media_pipeline.sniff import sniff
from media_pipeline.workspace import private_folder

MAX_LOGO_BYTES = 4_000_000
MAX_LOGO_PIXELS = 40_000_000
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
# 300 dots an inch on the longest side that an A3 poster gives it
LONGEST_SIDE_PX = 1600
# it is drawn again in every piece, where nothing limits it
_LIMITS = Limits(still_wall_s=10)


@dataclass(frozen=True, slots=True)
class LogoFile:
    """A logo that was written again."""

    path: Path
    media_type: str
    width_px: int  # of an SVG: its own units
    height_px: int


def kind_of(head: bytes) -> str | None:
    """`png` or `svg` by the first bytes alone, None for anything else."""
    if head.startswith(PNG_MAGIC):
        return "png"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "svg" if text.startswith((b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE svg")) and b"<html" not in head.lower() else None


def make_logo(source: Path, out: Path, *, limits: Limits | None = None) -> LogoFile:
    """Write the logo into the folder `out` as `logo.png` or `logo.svg`, without anything that is not its picture.

    Raises MediaError `logo.too_large {actual_bytes, limit_bytes}`, `logo.not_a_picture {found}`, `logo.too_many_pixels {found,
    allowed}`, `logo.unsafe {found}`, `logo.cannot_be_drawn {reason}`, `logo.too_light`.
    """
    size_bytes = source.stat().st_size
    if size_bytes > MAX_LOGO_BYTES:
        raise MediaError("logo.too_large", {"actual_bytes": size_bytes, "limit_bytes": MAX_LOGO_BYTES})
    content = source.read_bytes()
    kind = kind_of(content[:4096])
    if kind is None:
        raise MediaError("logo.not_a_picture", {"found": _found(content)})
    if kind == "png":
        _check_pixels(content)
    with private_folder(out) as folder:
        alone = folder / f"source.{kind}"
        alone.write_bytes(content)
        made = _ask(folder, alone, limits or _LIMITS)
        target = out / f"logo.{kind}"
        (folder / made["path"]).replace(target)
    return LogoFile(target, "image/png" if kind == "png" else "image/svg+xml", made["width_px"], made["height_px"])


def _found(content: bytes) -> str:
    try:
        return sniff(content[:4096]).extension
    except MediaError as unknown:
        return str(unknown.params.get("found", ""))


def _check_pixels(content: bytes) -> None:
    if len(content) < 24:
        raise MediaError("logo.not_a_picture", {"found": "png"})
    width, height = struct.unpack(">II", content[16:24])
    if width * height > MAX_LOGO_PIXELS:
        raise MediaError("logo.too_many_pixels", {"found": width * height, "allowed": MAX_LOGO_PIXELS})


def _ask(folder: Path, alone: Path, limits: Limits) -> dict[str, Any]:
    request = {"source": alone.name, "max_pixels": MAX_LOGO_PIXELS, "longest_side_px": LONGEST_SIDE_PX}
    written = folder / "request.json"
    written.write_text(json.dumps(request), encoding="utf-8")
    try:
        finished = run_python("media_pipeline.logo_child", [str(written)], limits=limits.for_still(), cwd=folder, reads=[])
    except MediaError as heavy:  # too much time, memory or output for a logo
        if heavy.code == "tool.failed":
            raise
        raise MediaError("logo.cannot_be_drawn", {"reason": str(heavy.params.get("resource", heavy.code))}) from heavy
    if finished.crashed:
        raise MediaError("logo.cannot_be_drawn", {"reason": "crash"})
    return finished.answer("logo")
