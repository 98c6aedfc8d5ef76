"""Sounds: one AAC master at the loudness of speech."""

from collections.abc import Callable
from pathlib import Path

from media_pipeline import sound
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.limits import Limits
from media_pipeline.probe import Moving, is_too_much_lost, look
from media_pipeline.sniff import M4A
from media_pipeline.types import Rendition
from media_pipeline.workspace import sha256_of


def make(
    source: Path,
    moving: Moving,
    out: Path,
    *,
    max_clip_s: float | None,
    limits: Limits,
    on_progress: Callable[[float], None],
) -> tuple[tuple[Rendition, ...], float]:
    """Write the sound into `out`; the second value is how many seconds of it did not decode."""
    duration_s = moving.duration_s if max_clip_s is None else min(moving.duration_s, max_clip_s)
    heard = sound.finish(source, moving, source.parent, duration_s=duration_s, target_lufs=sound.SOUND_LUFS, limits=limits)
    on_progress(0.9)
    lost_s = heard.share_lost * duration_s
    if is_too_much_lost(lost_s, heard.share_lost):
        raise MediaError("media.corrupt")
    path = heard.path.rename(out / "audio.m4a")
    made = look(path, M4A, limits=limits)
    if made.audio_codec != "aac" or made.picture is not None or abs(made.duration_s - duration_s) > 0.1:
        said = f"{path.name}: {made.audio_codec} {made.duration_s:.2f} s instead of {duration_s:.2f} s"
        raise ToolFailed("tool.failed", {"tool": "ffmpeg", "said": said})
    rendition = Rendition(
        format="audio",
        role="main",
        path=path.name,
        media_type="audio/mp4",
        width_px=None,
        height_px=None,
        duration_s=round(made.duration_s, 3),
        size_bytes=path.stat().st_size,
        sha256=sha256_of(path),
        loudness_lufs=heard.loudness.integrated_lufs,
    )
    return (rendition,), lost_s
