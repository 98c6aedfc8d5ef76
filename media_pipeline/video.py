"""Clips: one decode into upright, constant-rate masters of every format, with poster, preview and tile."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from media_pipeline import clip_graph, ffmpeg, photo, sound
from media_pipeline.commands import frames_of
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.formats import FRAMES_PER_SECOND, Format
from media_pipeline.geometry import Focus
from media_pipeline.limits import Limits
from media_pipeline.probe import Moving, Picture, is_too_much_lost, look
from media_pipeline.sniff import MP4
from media_pipeline.types import Overlay, Rendition
from media_pipeline.workspace import sha256_of

_SOUND_SHARE = 0.1  # of the whole work, for who watches the progress


def make(
    source: Path,
    moving: Moving,
    picture: Picture,
    out: Path,
    *,
    formats: Sequence[Format],
    overlays: Mapping[str, Overlay],
    max_clip_s: float | None,
    background: str,
    focus: Focus | None,
    limits: Limits,
    on_progress: Callable[[float], None],
) -> tuple[tuple[Rendition, ...], float]:
    """Write all files of a clip into `out`; the second value is how many seconds of it did not decode."""
    kept_s = moving.duration_s if max_clip_s is None else min(moving.duration_s, max_clip_s)
    duration_s = frames_of(kept_s) / FRAMES_PER_SECOND
    folder, stills = source.parent, source.parent / "stills"
    stills.mkdir()
    heard = sound.finish(source, moving, folder, duration_s=duration_s, target_lufs=sound.CLIP_LUFS, limits=limits)
    on_progress(_SOUND_SHARE)
    laid = clip_graph.lay_out(picture, formats, overlays, focus)
    arguments = clip_graph.masters(
        source, moving, picture, heard.path, out, stills, laid=laid, duration_s=duration_s, background=background
    )
    finished = ffmpeg.run(
        arguments,
        limits=limits.for_clip(duration_s, len(formats)),
        cwd=folder,
        foreign=True,
        on_seconds=lambda done_s: on_progress(_SOUND_SHARE + (0.95 - _SOUND_SHARE) * min(done_s / duration_s, 1)),
    )
    share_lost = max(ffmpeg.share_not_decoded(finished.stderr), heard.share_lost)
    lost_s = share_lost * duration_s
    if is_too_much_lost(lost_s, share_lost):
        raise MediaError("media.corrupt")
    films = tuple(_film(out, shape, duration_s, heard.loudness.integrated_lufs, limits) for shape in formats)
    frames = sorted(stills.glob("*.png"))
    if not frames:
        raise ToolFailed("tool.failed", {"tool": "ffmpeg", "said": "no stills"})
    more = photo.make_stills(frames, out, shape=formats[0], overlays=overlays, background=background, focus=focus, limits=limits)
    return films + more, lost_s


def _film(out: Path, shape: Format, duration_s: float, loudness_lufs: float | None, limits: Limits) -> Rendition:
    """A finished master as it was found to be, or `tool.failed` when it is not what was asked."""
    path = out / f"{shape.name}.mp4"
    made = check_master(path, shape, duration_s=duration_s, limits=limits)
    return Rendition(
        format=shape.name,
        role="main",
        path=path.name,
        media_type="video/mp4",
        width_px=shape.width_px,
        height_px=shape.height_px,
        duration_s=round(made.duration_s, 3),
        size_bytes=path.stat().st_size,
        sha256=sha256_of(path),
        loudness_lufs=loudness_lufs,
    )


def check_master(path: Path, shape: Format, *, duration_s: float | None, limits: Limits) -> Moving:
    """Probe a film of ours: size, rate, codecs and length must be what was asked."""
    made = look(path, MP4, limits=limits)
    picture = made.picture
    found = None if picture is None else (picture.codec, picture.width_px, picture.height_px, picture.pixel_format)
    wanted = ("h264", shape.width_px, shape.height_px, "yuv420p")
    rate = None if picture is None else picture.frames_per_second
    steady = made.video_packets == 1 or (rate is not None and abs(rate - FRAMES_PER_SECOND) < 0.01)
    long_enough = duration_s is None or abs(made.duration_s - duration_s) <= 0.1
    if found != wanted or made.audio_codec != "aac" or not steady or not long_enough:
        said = f"{path.name}: {found} {made.audio_codec} {rate} fps {made.duration_s:.2f} s instead of {wanted} {duration_s} s"
        raise ToolFailed("tool.failed", {"tool": "ffmpeg", "said": said})
    return made
