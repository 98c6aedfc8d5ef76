"""Sound brought to one loudness, measured after encoding, for clips and for contributions that are sound alone."""

import re
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import commands, ffmpeg
from media_pipeline.limits import Limits
from media_pipeline.probe import Moving

CLIP_LUFS, SOUND_LUFS = -14.0, -16.0
HIGHEST_PEAK_DBTP = -1.0
# more would lift the noise of the room to the level of a voice
_MOST_GAIN_DB = 20.0
# silence and sound too short to be measured come as -70 or nothing
_SILENT_LUFS = -69.0
_NEAR_ENOUGH_LU = 0.5
_AAC_ADDS_DB = 0.7

_INTEGRATED = re.compile(r"I:\s+(-?[\d.]+|-inf|nan) LUFS")
_PEAK = re.compile(r"Peak:\s+(-?[\d.]+|-inf|nan) dBFS")


@dataclass(frozen=True, slots=True)
class Loudness:
    """What was measured by BS.1770; None for silence."""

    integrated_lufs: float | None
    peak_dbtp: float | None


@dataclass(frozen=True, slots=True)
class Finished:
    """The encoded sound with its loudness, and the share of the upload's packets that did not decode."""

    path: Path
    loudness: Loudness
    share_lost: float


def finish(source: Path, moving: Moving, folder: Path, *, duration_s: float, target_lufs: float, limits: Limits) -> Finished:
    """Decode once, then encode with the gain that brings the encoded result to its target; silence where there is no sound."""
    child = limits.for_clip(duration_s, 1)
    target = folder / "sound.m4a"
    if moving.audio_index is None:
        ffmpeg.run(commands.encode_silence(target, duration_s=duration_s), limits=child, cwd=folder, foreign=False)
        return Finished(target, Loudness(None, None), 0.0)
    decoded = folder / "sound.wav"
    read = commands.decode_sound(source, moving.demuxer, moving.audio_index, decoded, duration_s=duration_s)
    heard = ffmpeg.run(read, limits=child, cwd=folder, foreign=True)
    before = parse_loudness(heard.stderr)
    gain_db = first_gain(before, target_lufs)
    limited = _would_clip(before, gain_db)
    after = before
    for _ in range(3):  # a limiter takes some loudness away, which a second gain gives back
        encode = commands.encode_sound(decoded, target, gain_db=gain_db, limited=limited)
        ffmpeg.run(encode, limits=child, cwd=folder, foreign=False)
        after = measure(target, limits=limits, duration_s=duration_s)
        correction_db = _correction(after, target_lufs, gain_db)
        clipped = not limited and after.peak_dbtp is not None and after.peak_dbtp > HIGHEST_PEAK_DBTP
        if abs(correction_db) <= _NEAR_ENOUGH_LU and not clipped:
            break
        gain_db += correction_db
        limited = clipped or limited or _would_clip(before, gain_db)
    decoded.unlink()
    return Finished(target, after, max(ffmpeg.share_not_decoded(heard.stderr), _gaps(heard.stderr, moving, duration_s)))


def measure(path: Path, *, limits: Limits, duration_s: float, demuxer: str = "mov") -> Loudness:
    """Loudness of a file of ours."""
    arguments = commands.measure_sound(path, demuxer)
    finished = ffmpeg.run(arguments, limits=limits.for_clip(duration_s, 1), cwd=path.parent, foreign=False)
    return parse_loudness(finished.stderr)


def first_gain(before: Loudness, target_lufs: float) -> float:
    """The gain that would bring it to the target, within what is bearable; none for silence."""
    if before.integrated_lufs is None:
        return 0.0
    return min(target_lufs - before.integrated_lufs, _MOST_GAIN_DB)


def parse_loudness(stderr: str) -> Loudness:
    """Read ffmpeg's closing summary."""
    return Loudness(_last(_INTEGRATED, stderr, _SILENT_LUFS), _last(_PEAK, stderr, -120.0))


def _gaps(stderr: str, moving: Moving, duration_s: float) -> float:
    """The share of a sound that its packets left out: an Ogg reader silently drops pages whose checksum is wrong."""
    if moving.demuxer != "ogg" or moving.picture is not None or not moving.audio_hz:
        return 0.0  # elsewhere gaps are usual: silence that was not sent
    return max(1 - ffmpeg.samples_decoded(stderr) / moving.audio_hz / duration_s, 0.0)


def _would_clip(before: Loudness, gain_db: float) -> bool:
    return before.peak_dbtp is not None and before.peak_dbtp + gain_db > HIGHEST_PEAK_DBTP - _AAC_ADDS_DB


def _last(pattern: re.Pattern[str], text: str, lowest: float) -> float | None:
    values = pattern.findall(text)
    value = float(values[-1]) if values else float("-inf")
    return value if value > lowest else None  # also false for nan


def _correction(after: Loudness, target_lufs: float, gain_db: float) -> float:
    if after.integrated_lufs is None:
        return 0.0
    return min(target_lufs - after.integrated_lufs, _MOST_GAIN_DB - gain_db)
