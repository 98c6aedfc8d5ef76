"""Sounds: an AAC master at the loudness of speech, and audiograms, so that a voice can travel where only film is taken."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from media_pipeline import sound, video
from media_pipeline.captions import attach, kept_cues
from media_pipeline.commands import frames_of, kept
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.formats import FRAMES_PER_SECOND, Format
from media_pipeline.limits import Limits
from media_pipeline.probe import Moving, is_too_much_lost, look
from media_pipeline.sniff import M4A
from media_pipeline.types import Captions, Cue, MadeOfMoving, Overlay, Rendition
from media_pipeline.workspace import sha256_of

_SOUND_SHARE = 0.3  # of the whole work, for who watches the progress


def make(
    source: Path,
    moving: Moving,
    out: Path,
    *,
    formats: Sequence[Format],
    overlays: Mapping[str, Overlay],
    captions: Captions | None,
    start_s: float,
    max_clip_s: float | None,
    background: str,
    limits: Limits,
    on_progress: Callable[[float], None],
) -> MadeOfMoving:
    """Write all files of a sound into `out`."""
    start_s, duration_s = kept(moving.duration_s, start_s=start_s, max_clip_s=max_clip_s)
    shapes = [shape for shape in formats if shape.width_px]
    if shapes:  # their pictures are whole frames
        duration_s = frames_of(duration_s) / FRAMES_PER_SECOND
    listen_on = captions is not None and not captions.cues
    decoded = sound.decode(
        source, moving, source.parent, start_s=start_s, duration_s=duration_s, listen_on=listen_on, limits=limits
    )
    lost_s = decoded.share_lost * duration_s
    if is_too_much_lost(lost_s, decoded.share_lost):
        raise MediaError("media.corrupt")
    on_progress(_SOUND_SHARE)
    cues: tuple[Cue, ...] = ()
    words: tuple[Rendition, ...] = ()
    if captions is not None:
        cues = kept_cues(captions, decoded.speech, whole_s=moving.duration_s, start_s=start_s, duration_s=duration_s)
        words = (attach(cues, out, language=captions.language),)
    made: tuple[Rendition, ...] = ()
    if len(shapes) < len(formats):
        made = (_master(decoded, out, duration_s=duration_s, limits=limits),)
    if shapes:
        made += _audiograms(
            decoded, source.parent, out, shapes=shapes, overlays=overlays, captions=captions, cues=cues,
            background=background, limits=limits, on_progress=on_progress,
        )  # fmt: skip
    return MadeOfMoving(made + words, lost_s, sound.within(decoded.speech, start_s=start_s, duration_s=duration_s))


def _master(decoded: sound.Decoded, out: Path, *, duration_s: float, limits: Limits) -> Rendition:
    heard = sound.encode(decoded, out / "audio.m4a", target_lufs=sound.SOUND_LUFS, limits=limits)
    path = heard.path
    made = look(path, M4A, limits=limits)
    if made.audio_codec != "aac" or made.picture is not None or abs(made.duration_s - duration_s) > 0.1:
        said = f"{path.name}: {made.audio_codec} {made.duration_s:.2f} s instead of {duration_s:.2f} s"
        raise ToolFailed("tool.failed", {"tool": "ffmpeg", "said": said})
    return Rendition(
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
        true_peak_dbtp=heard.loudness.peak_dbtp,
        loudness_reason=heard.reason,
    )


def _audiograms(
    decoded: sound.Decoded,
    folder: Path,
    out: Path,
    *,
    shapes: Sequence[Format],
    overlays: Mapping[str, Overlay],
    captions: Captions | None,
    cues: Sequence[Cue],
    background: str,
    limits: Limits,
    on_progress: Callable[[float], None],
) -> tuple[Rendition, ...]:
    """A film of each shape with one sound, and the picture that stands for them."""
    from media_pipeline import audiogram  # noqa: PLC0415 -- numpy and the typesetter, which other work need not load

    heard = sound.encode(decoded, folder / "sound.m4a", target_lufs=sound.CLIP_LUFS, limits=limits)
    films, stills = [], []
    for number, shape in enumerate(shapes):
        still = audiogram.draw(
            shape,
            overlays.get(shape.name),
            decoded.path,
            heard.path,
            out,
            cues=cues,
            captions=captions,
            background=background,
            duration_s=decoded.duration_s,
            limits=limits,
        )
        stills.append(still)
        films.append(video.film(out, shape, duration_s=decoded.duration_s, heard=heard, limits=limits))
        on_progress(_SOUND_SHARE + (0.95 - _SOUND_SHARE) * (number + 1) / len(shapes))
    return (*films, *audiogram.stills(stills[0], out, shapes[0], background=background, limits=limits))
