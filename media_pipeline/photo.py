"""Photos: looked at and made into every shape in a limited child; this side never decodes."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from media_pipeline.errors import MediaError
from media_pipeline.formats import Format
from media_pipeline.geometry import Focus
from media_pipeline.limits import Limits
from media_pipeline.process import run_python
from media_pipeline.sniff import Sniffed
from media_pipeline.types import Kind, Overlay, Rendition, SourceFacts
from media_pipeline.workspace import sha256_of


def look(alone: Path, sniffed: Sniffed, *, size_bytes: int, limits: Limits) -> SourceFacts:
    """Decode it once to know that it is whole."""
    answer = _ask({"source": str(alone), "media_type": sniffed.media_type, "formats": None}, alone.parent, limits)
    return _facts(answer["facts"], sniffed, size_bytes)


def make(
    alone: Path,
    sniffed: Sniffed,
    out: Path,
    *,
    formats: Sequence[Format],
    overlays: Mapping[str, Overlay],
    background: str,
    focus: Focus | None,
    size_bytes: int,
    limits: Limits,
) -> tuple[SourceFacts, tuple[Rendition, ...]]:
    """Write the photo in every format, its preview and its tile into `out`."""
    request = _request(out, formats, overlays, background, focus)
    answer = _ask({**request, "source": str(alone), "media_type": sniffed.media_type}, alone.parent, limits)
    return _facts(answer["facts"], sniffed, size_bytes), _renditions(answer["files"], out)


def make_stills(
    frames: Sequence[Path],
    out: Path,
    *,
    shape: Format,
    overlays: Mapping[str, Overlay],
    background: str,
    focus: Focus | None,
    limits: Limits,
) -> tuple[Rendition, ...]:
    """Write the poster, preview and tile of a clip from frames taken out of it."""
    request = _request(out, [shape], overlays, background, focus)
    answer = _ask({**request, "candidates": [str(frame) for frame in frames]}, out, limits)
    return _renditions(answer["files"], out)


def _request(
    out: Path, formats: Sequence[Format], overlays: Mapping[str, Overlay], background: str, focus: Focus | None
) -> dict[str, Any]:
    return {
        "out": str(out),
        "background": background,
        "focus": focus,
        "formats": [_asked(shape, overlays.get(shape.name)) for shape in formats],
    }


def _asked(shape: Format, overlay: Overlay | None) -> dict[str, Any]:
    window = None if overlay is None else overlay.window
    return {
        "name": shape.name,
        "width_px": shape.width_px,
        "height_px": shape.height_px,
        "always_cover": shape.always_cover,
        "jpeg_bytes": shape.jpeg_bytes,
        "overlay": None if overlay is None else str(overlay.picture.resolve()),
        "window": None if window is None else [window.x_px, window.y_px, window.width_px, window.height_px],
    }


def _ask(request: dict[str, Any], folder: Path, limits: Limits) -> dict[str, Any]:
    asked = {**request, "max_pixels": limits.max_pixels, "memory_bytes": limits.memory_bytes}
    written = folder / "request.json"
    written.write_text(json.dumps(asked), encoding="utf-8")
    # the child sees these, its folder and nobody else's
    overlays = [shape["overlay"] for shape in request["formats"] or () if shape["overlay"]]
    reads = [Path(name) for name in (*request.get("candidates", ()), *overlays)]
    finished = run_python("media_pipeline.photo_child", [str(written)], limits=limits.for_still(), cwd=folder, reads=reads)
    written.unlink()
    if finished.crashed:
        raise MediaError("media.corrupt")
    return finished.answer("photo")


def _facts(facts: dict[str, Any], sniffed: Sniffed, size_bytes: int) -> SourceFacts:
    return SourceFacts(
        kind=Kind.PHOTO,
        media_type=sniffed.media_type,
        codec=None,
        width_px=facts["width_px"],
        height_px=facts["height_px"],
        duration_s=None,
        rotation_deg=facts["rotation_deg"],
        has_audio=False,
        is_hdr=facts["is_hdr"],
        size_bytes=size_bytes,
    )


def _renditions(files: Sequence[dict[str, Any]], out: Path) -> tuple[Rendition, ...]:
    return tuple(
        Rendition(
            **file,
            duration_s=None,
            size_bytes=(out / file["path"]).stat().st_size,
            sha256=sha256_of(out / file["path"]),
            loudness_lufs=None,
        )
        for file in files
    )
