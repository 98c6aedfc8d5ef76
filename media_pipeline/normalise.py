"""Whatever was sent becomes the shared formats, or is refused with a code."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from media_pipeline import animation, audio, photo, record, video
from media_pipeline.animation import Unfolded
from media_pipeline.formats import FORMATS, Format, default_formats, formats_for, formats_named
from media_pipeline.geometry import Focus
from media_pipeline.limits import Limits
from media_pipeline.probe import facts_of, look
from media_pipeline.record import Record
from media_pipeline.sniff import MKV, Sniffed
from media_pipeline.types import Captions, Kind, Normalised, Overlay
from media_pipeline.workspace import isolate, private_folder, sha256_of, size_of

Overlays = Mapping[str, Overlay]
DrawOverlays = Callable[[Kind, Sequence[str]], Overlays]

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
# a clip that is longer by less is not called trimmed
_UNNOTICED_S = 0.05


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is wanted of one upload."""

    formats: Sequence[str] | None
    overlays: Overlays | DrawOverlays
    captions: Captions | None
    start_s: float
    max_clip_s: float | None
    background: str
    focus: Focus | None
    moving: bool
    limits: Limits
    tell: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Upload:
    """An upload alone in its folder."""

    alone: Path
    sniffed: Sniffed
    size_bytes: int
    folder: Path


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is made of it, now that it is known what it is."""

    kind: Kind
    shapes: tuple[Format, ...]
    overlays: Overlays


def normalise(
    source: Path,
    outdir: Path,
    *,
    formats: Sequence[str] | None = None,
    overlays: Overlays | DrawOverlays | None = None,
    captions: Captions | None = None,
    start_s: float = 0.0,
    max_clip_s: float | None = None,
    background: str = "#ffffff",
    focus: Focus | None = None,
    moving: bool = True,
    keep_record: bool = False,
    limits: Limits | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Normalised:
    """Make every rendition of one upload in `outdir`, all or nothing.

    Without `formats` it becomes the usual one of its kind. A format that this kind does not come in is a ValueError
    (`formats_for` chooses from a campaign's list), as are an overlay of the wrong size, a start beyond the end and a colour
    that is none; where the first bytes promised another kind than is inside, the nearest formats are made. Overlays may be
    drawn by a function once the kind is known. A picture that moves becomes a clip unless `moving` is False. With
    `keep_record` the same rendition asked for again in this folder is not decoded again. `on_progress` gets shares from 0 to 1.
    """
    if not _COLOUR.fullmatch(background):
        msg = f"a background is written #rrggbb, not {background!r}"
        raise ValueError(msg)
    asked = _Asked(
        formats,
        overlays or {},
        captions,
        start_s,
        max_clip_s,
        background,
        focus,
        moving,
        limits or Limits(),
        on_progress or (lambda _: None),
    )
    with private_folder(outdir) as folder:
        upload = _Upload(*isolate(source, folder), size_of(source), folder)
        made = _remembered(upload, outdir, asked) if keep_record else _make(upload, outdir, asked)[0]
    asked.tell(1.0)
    return made


def _remembered(upload: _Upload, outdir: Path, asked: _Asked) -> Normalised:
    """What lies in `outdir` from an earlier run, or made now and written down."""
    known, source_sha256 = Record(outdir), sha256_of(upload.alone)
    kind = known.kind_of(source_sha256)
    if kind is not None:
        found = known.find(_addresses(source_sha256, _plan(kind, upload.sniffed, asked), asked))
        if found is not None:
            return found
    made, plan = _make(upload, outdir, asked)
    known.keep(source_sha256, _addresses(source_sha256, plan, asked), made)
    return made


def _addresses(source_sha256: str, plan: _Plan, asked: _Asked) -> dict[str, str]:
    """Of each format, everything that its files depend on; a clip's poster shows its first format."""

    def overlay(name: str) -> dict[str, object] | None:
        given = plan.overlays.get(name)
        return None if given is None else {**asdict(given), "picture": sha256_of(given.picture)}

    first = plan.shapes[0].name if plan.kind is not Kind.PHOTO else None
    common = {
        "source": source_sha256,
        "poster": [first, overlay(first)] if first else None,
        "captions": None if asked.captions is None else asdict(asked.captions),
        "kept": [asked.start_s, asked.max_clip_s, asked.moving],
        "background": asked.background,
        "focus": asked.focus,
    }
    return {shape.name: record.address(**common, format=shape.name, overlay=overlay(shape.name)) for shape in plan.shapes}


def _make(upload: _Upload, outdir: Path, asked: _Asked) -> tuple[Normalised, _Plan]:
    out = upload.folder / "out"
    out.mkdir()
    unfolded = None
    if asked.moving and upload.sniffed.kind is Kind.PHOTO:
        unfolded = animation.unfold(upload.alone, upload.sniffed, upload.folder, background=asked.background, limits=asked.limits)
    if upload.sniffed.kind is Kind.PHOTO and unfolded is None:
        made, plan = _photo(upload, out, asked)
    else:
        made, plan = _moving(upload, unfolded, out, asked)
    for rendition in made.renditions:
        (out / rendition.path).replace(outdir / rendition.path)
    return made, plan


def _photo(upload: _Upload, out: Path, asked: _Asked) -> tuple[Normalised, _Plan]:
    plan = _plan(Kind.PHOTO, upload.sniffed, asked)
    facts, renditions = photo.make(
        upload.alone,
        upload.sniffed,
        out,
        formats=plan.shapes,
        overlays=plan.overlays,
        background=asked.background,
        focus=asked.focus,
        size_bytes=upload.size_bytes,
        limits=asked.limits,
    )
    return Normalised(Kind.PHOTO, facts, False, None, renditions), plan  # noqa: FBT003 -- a photo is never trimmed


def _moving(upload: _Upload, unfolded: Unfolded | None, out: Path, asked: _Asked) -> tuple[Normalised, _Plan]:
    source = unfolded.film if unfolded else upload.alone
    moving = look(source, MKV if unfolded else upload.sniffed, limits=asked.limits)
    facts = facts_of(moving, upload.sniffed, upload.size_bytes, unfolded)
    plan = _plan(facts.kind, upload.sniffed, asked)
    left_s = moving.duration_s - asked.start_s
    trimmed = asked.start_s > _UNNOTICED_S or (asked.max_clip_s is not None and left_s > asked.max_clip_s + _UNNOTICED_S)
    if moving.picture is None:
        made = audio.make(
            source,
            moving,
            out,
            formats=plan.shapes,
            overlays=plan.overlays,
            captions=asked.captions,
            start_s=asked.start_s,
            max_clip_s=asked.max_clip_s,
            background=asked.background,
            limits=asked.limits,
            on_progress=asked.tell,
        )
    else:
        made = video.make(
            source,
            moving,
            moving.picture,
            out,
            formats=plan.shapes,
            overlays=plan.overlays,
            captions=asked.captions,
            start_s=asked.start_s,
            max_clip_s=asked.max_clip_s,
            background=asked.background,
            focus=asked.focus,
            limits=asked.limits,
            on_progress=asked.tell,
        )
    lost_s = max(made.lost_s, moving.lost_s)  # the same damage is seen by probe and by decoder
    lost = round(lost_s, 2) if lost_s > _UNNOTICED_S else None
    return Normalised(facts.kind, facts, trimmed, lost, made.renditions, made.speech_s), plan


def _plan(kind: Kind, sniffed: Sniffed, asked: _Asked) -> _Plan:
    names = default_formats(kind) if asked.formats is None else asked.formats
    if asked.formats is not None and not set(asked.formats) <= FORMATS[kind].keys():
        # what was asked for may also have been chosen by what the first bytes promise
        formats_named(sniffed.kind, asked.formats)
        names = formats_for(kind, asked.formats)
    shapes = formats_named(kind, names)
    overlays = asked.overlays(kind, [shape.name for shape in shapes]) if callable(asked.overlays) else asked.overlays
    for shape in shapes:
        if shape.name in overlays:
            _check_overlay(overlays[shape.name], shape)
    return _Plan(kind, shapes, overlays)


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
