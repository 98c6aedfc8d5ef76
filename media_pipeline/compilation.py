"""Films out of our own masters: segments that all have the same parameters, joined without encoding again."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from media_pipeline import ffmpeg, pictures, segment_graph, sound
from media_pipeline.commands import Arguments, frames_of
from media_pipeline.errors import ToolFailed
from media_pipeline.formats import FORMATS, FRAMES_PER_SECOND, Format
from media_pipeline.limits import ChildLimits, Limits
from media_pipeline.probe import Moving, read
from media_pipeline.process import run_python
from media_pipeline.types import Box, Kind, Rendition
from media_pipeline.video import check_master
from media_pipeline.workspace import private_folder, sha256_of

# our own files: bound the machine, not what was asked of it; an hour is the longest film that 145 cities make
_LIMITS = Limits(max_duration_s=3600, output_bytes=8 * 1024**3, max_frames_pixels=10**12)


def photo_segment(
    picture: Path,
    target: Path,
    *,
    format: str,  # noqa: A002 -- the word of the domain
    duration_s: float,
    lower_third: Path | None,
) -> None:
    """A photo that comes slowly nearer, in silence, for about `duration_s` (whole blocks of 16 frames)."""
    shape, frames = _shape(format), segment_graph.block_frames(duration_s)
    with private_folder(target.parent) as folder:
        shown = _fitted(picture, shape, folder / "picture.jpg")
        arguments = segment_graph.photo(shown, folder / "segment.mp4", frames=frames, lower_third=_absolute(lower_third))
        _make(arguments, folder, shape, frames, target)


def clip_segment(
    master: Path,
    target: Path,
    *,
    format: str,  # noqa: A002
    duration_s: float | None,
    lower_third: Path | None,
) -> None:
    """The beginning of a clip's master of this format, or all of it, with its sound faded at both ends."""
    shape = _shape(format)
    given = check_master(master.resolve(), shape, duration_s=None, limits=_LIMITS)
    frames = segment_graph.block_frames(min(duration_s or given.duration_s, given.duration_s))
    with private_folder(target.parent) as folder:
        arguments = segment_graph.clip(
            master.resolve(), folder / "segment.mp4", frames=frames, lower_third=_absolute(lower_third)
        )
        _make(arguments, folder, shape, frames, target)


def card_segment(picture: Path, target: Path, *, format: str, duration_s: float) -> None:  # noqa: A002
    """An opening, closing or text card with a soft fade in and out."""
    shape, frames = _shape(format), segment_graph.block_frames(duration_s)
    with private_folder(target.parent) as folder:
        shown = _fitted(picture, shape, folder / "picture.jpg")
        film = folder / "film.mp4"
        arguments = [str(shown), str(film), shape.name, str(frames)]
        finished = run_python("media_pipeline.card_child", arguments, limits=_child(frames), cwd=folder)
        if finished.returncode != 0:
            raise ToolFailed("tool.failed", {"tool": "moviepy", "said": finished.stderr.strip()[-300:]})
        _make(segment_graph.with_silence(film, folder / "segment.mp4", frames=frames), folder, shape, frames, target)


def join(segments: Sequence[Path], target: Path, *, on_progress: Callable[[float], None] | None = None) -> Rendition:
    """Put the segments one after the other without encoding; `tool.failed` when they are not alike or the sum is wrong."""
    with private_folder(target.parent) as folder:
        names = [f"{number:05d}.mp4" for number in range(len(segments))]
        for segment, name in zip(segments, names, strict=True):
            _place(segment, folder / name)
        parts = read([folder / name for name in names], "mov", limits=_LIMITS)
        shape, frames = _common(parts), sum(part.video_packets for part in parts)
        listed = folder / "segments.txt"
        # names of ours alone: what a contribution is called can write nothing into this list
        listed.write_text("ffconcat version 1.0\n" + "".join(f"file {name}\n" for name in names), encoding="ascii")
        film = folder / "film.mp4"
        ffmpeg.run(
            segment_graph.join(listed, film),
            limits=_child(frames),
            cwd=folder,
            foreign=False,
            on_seconds=lambda done_s: on_progress(min(done_s * FRAMES_PER_SECOND / frames, 1.0)) if on_progress else None,
        )
        made = check_master(film, shape, duration_s=frames / FRAMES_PER_SECOND, limits=_LIMITS)
        if made.video_packets != frames:
            raise ToolFailed("tool.failed", {"tool": "ffmpeg", "said": f"{made.video_packets} frames instead of {frames}"})
        heard = sound.measure(film, limits=_LIMITS, duration_s=made.duration_s)
        film.replace(target)
    return Rendition(
        format=shape.name,
        role="main",
        path=target.name,
        media_type="video/mp4",
        width_px=shape.width_px,
        height_px=shape.height_px,
        duration_s=round(made.duration_s, 3),
        size_bytes=target.stat().st_size,
        sha256=sha256_of(target),
        loudness_lufs=heard.integrated_lufs,
    )


def _make(arguments: Arguments, folder: Path, shape: Format, frames: int, target: Path) -> None:
    ffmpeg.run(arguments, limits=_child(frames), cwd=folder, foreign=False)
    segment = folder / "segment.mp4"
    made = check_master(segment, shape, duration_s=frames / FRAMES_PER_SECOND, limits=_LIMITS)
    if made.video_packets != frames:
        raise ToolFailed("tool.failed", {"tool": "ffmpeg", "said": f"{made.video_packets} frames instead of {frames}"})
    segment.replace(target)


def _common(parts: Sequence[Moving]) -> Format:
    """The one format of all segments."""
    alike = {
        (part.parameters, None if part.picture is None else (part.picture.width_px, part.picture.height_px)) for part in parts
    }
    sizes = {(shape.width_px, shape.height_px): shape for shape in FORMATS[Kind.VIDEO].values()}
    first = parts[0].picture
    if len(alike) != 1 or first is None or (first.width_px, first.height_px) not in sizes:
        raise ToolFailed("tool.failed", {"tool": "join", "said": f"segments are not alike: {sorted(map(str, alike))}"})
    uneven = [part for part in parts if part.video_packets % segment_graph.BLOCK_FRAMES]
    if uneven:
        raise ToolFailed("tool.failed", {"tool": "join", "said": f"{len(uneven)} segments are not of whole blocks"})
    return sizes[first.width_px, first.height_px]


def _shape(name: str) -> Format:
    return FORMATS[Kind.VIDEO][name]


def _child(frames: int) -> ChildLimits:
    return _LIMITS.for_clip(frames_of(frames / FRAMES_PER_SECOND) / FRAMES_PER_SECOND, 1)


def _absolute(path: Path | None) -> Path | None:
    return None if path is None else path.resolve()


def _place(segment: Path, at: Path) -> None:
    try:
        os.link(segment.resolve(), at)
    except OSError:  # another file system
        shutil.copyfile(segment, at)


def _fitted(picture: Path, shape: Format, at: Path) -> Path:
    """Our own picture at the film's size: as it is where it fits, else before a blurred copy of itself."""
    with Image.open(picture, formats=("JPEG", "PNG", "WEBP")) as opened:
        shown = opened.convert("RGB")
    if shown.size != (shape.width_px, shape.height_px):
        shown = pictures.fill(shown, Box(0, 0, shape.width_px, shape.height_px))
    shown.save(at, "JPEG", quality=95)
    return at
