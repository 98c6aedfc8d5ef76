"""Clips: one decode into upright, constant-rate masters of every format, with poster, preview and tile."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from media_pipeline import clip_graph, ffmpeg, photo, sound
from media_pipeline.captions import attach, kept_cues
from media_pipeline.commands import Strip, frames_of, kept
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.formats import FRAMES_PER_SECOND, Format
from media_pipeline.geometry import Focus
from media_pipeline.limits import Limits
from media_pipeline.probe import Moving, Picture, is_too_much_lost, look
from media_pipeline.sniff import MP4
from media_pipeline.types import Captions, Cue, MadeOfMoving, Overlay, Rendition
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
    captions: Captions | None,
    start_s: float,
    max_clip_s: float | None,
    background: str,
    focus: Focus | None,
    limits: Limits,
    on_progress: Callable[[float], None],
) -> MadeOfMoving:
    """Write all files of a clip into `out`."""
    start_s, kept_s = kept(moving.duration_s, start_s=start_s, max_clip_s=max_clip_s)
    duration_s = frames_of(kept_s) / FRAMES_PER_SECOND
    folder, stills = source.parent, source.parent / "stills"
    stills.mkdir()
    listen_on = captions is not None and not captions.cues
    decoded = sound.decode(source, moving, folder, start_s=start_s, duration_s=duration_s, listen_on=listen_on, limits=limits)
    encoded = sound.encode(decoded, folder / "sound.m4a", target_lufs=sound.CLIP_LUFS, limits=limits)
    on_progress(_SOUND_SHARE)
    words: tuple[Rendition, ...] = ()
    strips: dict[str, Strip] = {}
    if captions is not None:
        cues = kept_cues(captions, decoded.speech, whole_s=moving.duration_s, start_s=start_s, duration_s=duration_s)
        words = (attach(cues, out, language=captions.language),)
        if captions.burned_in:
            strips = _strips(cues, formats, overlays, folder, language=captions.language, duration_s=duration_s)
    arguments = clip_graph.masters(
        source,
        moving,
        picture,
        encoded.path,
        out,
        stills,
        laid=clip_graph.lay_out(picture, formats, overlays, focus),
        strips=strips,
        start_s=start_s,
        duration_s=duration_s,
        background=background,
    )
    read_s = clip_graph.lead_in(moving, start_s) + duration_s
    finished = ffmpeg.run(
        arguments,
        limits=limits.for_clip(read_s, len(formats)),
        cwd=folder,
        foreign=True,
        on_seconds=lambda done_s: on_progress(_SOUND_SHARE + (0.95 - _SOUND_SHARE) * min(done_s / duration_s, 1)),
    )
    share_lost = max(ffmpeg.share_not_decoded(finished.stderr), decoded.share_lost)
    lost_s = share_lost * duration_s
    if is_too_much_lost(lost_s, share_lost):
        raise MediaError("media.corrupt")
    films = tuple(film(out, shape, duration_s=duration_s, heard=encoded, limits=limits) for shape in formats)
    frames = sorted(stills.glob("*.png"))
    if not frames:
        raise ToolFailed("tool.failed", {"tool": "ffmpeg", "said": "no stills"})
    more = photo.make_stills(frames, out, shape=formats[0], overlays=overlays, background=background, focus=focus, limits=limits)
    return MadeOfMoving(films + more + words, lost_s, sound.within(decoded.speech, start_s=start_s, duration_s=duration_s))


def _strips(
    cues: Sequence[Cue],
    formats: Sequence[Format],
    overlays: Mapping[str, Overlay],
    folder: Path,
    *,
    language: str,
    duration_s: float,
) -> dict[str, Strip]:
    from media_pipeline.burned import strip_over  # noqa: PLC0415 -- the typesetter takes longer to load than all the rest

    return {
        shape.name: strip_over(cues, shape, overlays.get(shape.name), folder, language=language, duration_s=duration_s)
        for shape in formats
    }


def film(out: Path, shape: Format, *, duration_s: float, heard: sound.Encoded, limits: Limits) -> Rendition:
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
        loudness_lufs=heard.loudness.integrated_lufs,
        true_peak_dbtp=heard.loudness.peak_dbtp,
        loudness_reason=heard.reason,
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
