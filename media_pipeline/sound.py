"""Sound brought to one loudness, measured after encoding, for clips and for contributions that are sound alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import commands, ffmpeg
from media_pipeline.limits import Limits
from media_pipeline.probe import Moving

CLIP_LUFS, SOUND_LUFS = -14.0, -16.0
HIGHEST_PEAK_DBTP = -1.0
# more would lift the noise of the room to the level of a voice
MOST_GAIN_DB = 20.0
# silence and sound too short to be measured come as -70 or nothing
_SILENT_LUFS = -69.0
_SILENT_DBTP = -60.0
_NEAR_ENOUGH_LU = 0.5
_ALLOWED_LU = 1.0
# shorter than this a loudness says little, and the bar of the networks begins here
_SHORT_S = 3.0
_AAC_ADDS_DB = 0.7
_MONO_DB = 3.01
# 2 dB are left for what AAC adds to peaks that were cut off; measured again and lowered where that is not enough
_FIRST_CEILING_DBFS = -3.0
_MOST_PASSES = 6
# a voice keeps about so much above its pauses
_PAUSE_BELOW_LU = 12.0

_INTEGRATED = re.compile(r"I:\s+(-?[\d.]+|-inf|nan) LUFS")
_PEAK = re.compile(r"Peak:\s+(-?[\d.]+|-inf|nan) dBFS")
_FROM_MONO = re.compile(r"\[Parsed_aresample_0 @ [^]]*\].* chl:mono .*-> ch:2")
_PAUSE = re.compile(r"\[silencedetect@(\d+) @ [^]]*\].*?silence_(start|end): (-?[\d.]+)")


@dataclass(frozen=True, slots=True)
class Loudness:
    """What was measured by BS.1770; None for silence."""

    integrated_lufs: float | None
    peak_dbtp: float | None


@dataclass(frozen=True, slots=True)
class Decoded:
    """The kept part of an upload's sound as samples, or no path where it has none.

    `speech` are the seconds of the source between the pauses, `share_lost` the share of its packets that did not decode.
    """

    path: Path | None
    duration_s: float
    loudness: Loudness
    most_gain_db: float
    speech: tuple[tuple[float, float], ...]
    share_lost: float


@dataclass(frozen=True, slots=True)
class Encoded:
    """The finished sound as it was measured; `reason` says why it is not at its target."""

    path: Path
    loudness: Loudness
    reason: str | None


def decode(
    source: Path, moving: Moving, folder: Path, *, start_s: float, duration_s: float, listen_on: bool, limits: Limits
) -> Decoded:
    """Decode once what is kept, and find the speech up to its end on the way; `listen_on` goes on to the end of the source."""
    if moving.audio_index is None:
        return Decoded(None, duration_s, Loudness(None, None), 0.0, (), 0.0)
    path = folder / "sound.wav"
    listened_s = moving.duration_s if listen_on else start_s + duration_s
    arguments = commands.decode_sound(
        source, moving.demuxer, moving.audio_index, path, start_s=start_s, duration_s=duration_s, listened_s=listened_s
    )
    stderr = ffmpeg.run(arguments, limits=limits.for_clip(listened_s, 1), cwd=folder, foreign=True).stderr
    loudness = parse_loudness(stderr)
    share_lost = max(ffmpeg.share_not_decoded(stderr), _gaps(stderr, moving, listened_s))
    # one channel on both sides counts as twice the sound: the decoder has taken 3 dB from each
    most_gain_db = MOST_GAIN_DB + (_MONO_DB if _FROM_MONO.search(stderr) else 0.0)
    return Decoded(path, duration_s, loudness, most_gain_db, parse_speech(stderr, loudness, listened_s), share_lost)


def encode(decoded: Decoded, target: Path, *, target_lufs: float, limits: Limits) -> Encoded:
    """Encode with the gain that brings the encoded result to its target; silence where there is no sound."""
    duration_s = decoded.duration_s
    child = limits.for_clip(duration_s, 1)
    if decoded.path is None:
        ffmpeg.run(commands.encode_silence(target, duration_s=duration_s), limits=child, cwd=target.parent, foreign=False)
        return Encoded(target, Loudness(None, None), "silent")
    gain_db = first_gain(decoded.loudness, target_lufs, most_db=decoded.most_gain_db)
    ceiling_dbfs = _FIRST_CEILING_DBFS if _would_clip(decoded.loudness, gain_db) else None
    after = decoded.loudness
    for _ in range(_MOST_PASSES):  # a limiter takes some loudness away, which a second gain gives back
        arguments = commands.encode_sound(decoded.path, target, gain_db=gain_db, ceiling_dbfs=ceiling_dbfs)
        ffmpeg.run(arguments, limits=child, cwd=target.parent, foreign=False)
        after = measure(target, limits=limits, duration_s=duration_s)
        missing_db = 0.0 if after.integrated_lufs is None else target_lufs - after.integrated_lufs
        correction_db = min(missing_db, decoded.most_gain_db - gain_db)
        # peaks are told to a tenth: what is told as -1.0 may be above
        excess_db = 0.0 if after.peak_dbtp is None else max(after.peak_dbtp + 0.1 - HIGHEST_PEAK_DBTP, 0.0)
        if abs(correction_db) <= _NEAR_ENOUGH_LU and not excess_db:
            break
        gain_db += correction_db
        if excess_db and ceiling_dbfs is not None:
            ceiling_dbfs -= excess_db + 0.2
        elif excess_db or (ceiling_dbfs is None and _would_clip(decoded.loudness, gain_db)):
            ceiling_dbfs = _FIRST_CEILING_DBFS
    return Encoded(target, after, reason_of(decoded, after, target_lufs))


def measure(path: Path, *, limits: Limits, duration_s: float, demuxer: str = "mov") -> Loudness:
    """Loudness of a file of ours."""
    arguments = commands.measure_sound(path, demuxer)
    finished = ffmpeg.run(arguments, limits=limits.for_clip(duration_s, 1), cwd=path.parent, foreign=False)
    return parse_loudness(finished.stderr)


def first_gain(before: Loudness, target_lufs: float, *, most_db: float = MOST_GAIN_DB) -> float:
    """The gain that would bring it to the target, within what is bearable; none for silence."""
    if before.integrated_lufs is None:
        return 0.0
    return min(target_lufs - before.integrated_lufs, most_db)


def reason_of(decoded: Decoded, after: Loudness, target_lufs: float) -> str | None:
    """Why a sound is not at its target: silent, too_short, too_quiet or peaks; None when it is."""
    before, lufs, peak_dbtp = decoded.loudness, after.integrated_lufs, after.peak_dbtp
    if lufs is not None and abs(lufs - target_lufs) <= _ALLOWED_LU and (peak_dbtp is None or peak_dbtp <= HIGHEST_PEAK_DBTP):
        return None
    if lufs is None and (peak_dbtp is None or peak_dbtp < _SILENT_DBTP):
        return "silent"
    if decoded.duration_s < _SHORT_S:
        return "too_short"
    if before.integrated_lufs is None or target_lufs - before.integrated_lufs > decoded.most_gain_db:
        return "too_quiet"
    return "peaks"


def within(speech: Sequence[tuple[float, float]], *, start_s: float, duration_s: float) -> tuple[tuple[float, float], ...]:
    """The speech of the kept part, by its own clock."""
    moved = ((max(begin_s - start_s, 0.0), min(end_s - start_s, duration_s)) for begin_s, end_s in speech)
    return tuple((round(begin_s, 3), round(end_s, 3)) for begin_s, end_s in moved if end_s > begin_s)


def parse_loudness(stderr: str) -> Loudness:
    """Read ffmpeg's closing summary."""
    return Loudness(_last(_INTEGRATED, stderr, _SILENT_LUFS), _last(_PEAK, stderr, -120.0))


def parse_speech(stderr: str, loudness: Loudness, whole_s: float) -> tuple[tuple[float, float], ...]:
    """What lies between the pauses, by the highest of the thresholds that is well below the voice."""
    quiet_dbfs = (loudness.integrated_lufs or 0.0) - _PAUSE_BELOW_LU
    level = next((level for level in commands.PAUSES_DBFS if level <= quiet_dbfs), commands.PAUSES_DBFS[-1])
    speech, begin_s, speaking = [], 0.0, True
    for name, edge, at in _PAUSE.findall(stderr):
        if name != str(-level):
            continue
        at_s = min(max(float(at), 0.0), whole_s)
        if edge == "start" and speaking and at_s > begin_s:
            speech.append((begin_s, at_s))
        begin_s, speaking = at_s, edge == "end"
    if speaking and begin_s < whole_s:
        speech.append((begin_s, whole_s))
    return tuple(speech)


def _gaps(stderr: str, moving: Moving, read_s: float) -> float:
    """The share of a sound that its packets left out: an Ogg reader silently drops pages whose checksum is wrong."""
    if moving.demuxer != "ogg" or moving.picture is not None or not moving.audio_hz:
        return 0.0  # elsewhere gaps are usual: silence that was not sent
    return max(1 - ffmpeg.samples_decoded(stderr) / moving.audio_hz / read_s, 0.0)


def _would_clip(before: Loudness, gain_db: float) -> bool:
    return before.peak_dbtp is not None and before.peak_dbtp + gain_db > HIGHEST_PEAK_DBTP - _AAC_ADDS_DB


def _last(pattern: re.Pattern[str], text: str, lowest: float) -> float | None:
    values = pattern.findall(text)
    value = float(values[-1]) if values else float("-inf")
    return value if value > lowest else None  # also false for nan
