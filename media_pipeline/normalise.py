"""Whatever was sent becomes the shared formats, or is refused with a code."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from media_pipeline import audio, photo, video
from media_pipeline.formats import Format, formats_for, formats_named
from media_pipeline.geometry import Focus
from media_pipeline.limits import Limits
from media_pipeline.probe import facts_of, look
from media_pipeline.types import Kind, Normalised, Overlay, Rendition
from media_pipeline.workspace import isolate, private_folder, size_of

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
# a clip that is longer by less is not called trimmed
_UNNOTICED_S = 0.05


def normalise(
    source: Path,
    outdir: Path,
    *,
    formats: Sequence[str],
    overlays: Mapping[str, Overlay] | None = None,
    max_clip_s: float | None = None,
    background: str = "#ffffff",
    focus: Focus | None = None,
    limits: Limits | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Normalised:
    """Make every rendition of one upload in `outdir`, all or nothing.

    A format that this kind does not come in is a ValueError (`formats_for` chooses from a campaign's list), as are an
    overlay of the wrong size and a colour that is none. `on_progress` gets shares from 0 to 1.
    """
    limits, overlays, tell = limits or Limits(), overlays or {}, on_progress or (lambda _: None)
    if not _COLOUR.fullmatch(background):
        msg = f"a background is written #rrggbb, not {background!r}"
        raise ValueError(msg)
    size_bytes = size_of(source)
    with private_folder(outdir) as folder:
        alone, sniffed = isolate(source, folder)
        out = folder / "out"
        out.mkdir()
        if sniffed.kind is Kind.PHOTO:
            shapes = _shapes(Kind.PHOTO, formats, overlays)
            facts, renditions = photo.make(
                alone,
                sniffed,
                out,
                formats=shapes,
                overlays=overlays,
                background=background,
                focus=focus,
                size_bytes=size_bytes,
                limits=limits,
            )
            trimmed, lost_s = False, 0.0
        else:
            moving = look(alone, sniffed, limits=limits)
            facts = facts_of(moving, sniffed, size_bytes)
            # only now it is known whether a film's container holds a picture; what was asked for is judged by what could be known
            formats_named(sniffed.kind, formats)
            names = formats if facts.kind is sniffed.kind else formats_for(facts.kind, formats)
            shapes = _shapes(facts.kind, names, overlays)
            trimmed = max_clip_s is not None and moving.duration_s > max_clip_s + _UNNOTICED_S
            if moving.picture is None:
                renditions, lost_s = audio.make(alone, moving, out, max_clip_s=max_clip_s, limits=limits, on_progress=tell)
            else:
                renditions, lost_s = video.make(
                    alone,
                    moving,
                    moving.picture,
                    out,
                    formats=shapes,
                    overlays=overlays,
                    max_clip_s=max_clip_s,
                    background=background,
                    focus=focus,
                    limits=limits,
                    on_progress=tell,
                )
            lost_s += moving.lost_s
        _move_out(renditions, out, outdir)
    tell(1.0)
    repaired = f"lost_s={lost_s:.2f}" if lost_s > _UNNOTICED_S else None
    return Normalised(facts.kind, facts, trimmed, repaired, renditions)


def _shapes(kind: Kind, names: Sequence[str], overlays: Mapping[str, Overlay]) -> tuple[Format, ...]:
    shapes = formats_named(kind, names)
    for shape in shapes:
        if shape.name in overlays:
            _check_overlay(overlays[shape.name], shape)
    return shapes


def _check_overlay(overlay: Overlay, shape: Format) -> None:
    with overlay.picture.open("rb") as opened:
        head = opened.read(24)
    width_px, height_px = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    if not head.startswith(_PNG_HEAD) or (width_px, height_px) != (shape.width_px, shape.height_px):
        msg = f"the overlay of {shape.name} must be a PNG of {shape.width_px}x{shape.height_px}"
        raise ValueError(msg)
    window = overlay.window
    if window is None:
        return
    inside = window.x_px >= 0 and window.y_px >= 0 and window.width_px > 0 and window.height_px > 0
    if not inside or window.x_px + window.width_px > width_px or window.y_px + window.height_px > height_px:
        msg = f"the window of {shape.name} lies outside its overlay"
        raise ValueError(msg)


def _move_out(renditions: Sequence[Rendition], out: Path, outdir: Path) -> None:
    for rendition in renditions:
        (out / rendition.path).replace(outdir / rendition.path)
