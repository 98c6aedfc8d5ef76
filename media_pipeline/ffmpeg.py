"""The one ffmpeg that the library uses, and what its words mean."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg

from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.limits import ChildLimits
from media_pipeline.process import Finished, run_limited

# the demuxer is forced by what the magic bytes say: a playlist under a film's name is never opened as one
DEMUXERS: Mapping[str, str] = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "audio/mp4": "mov",
    "video/x-matroska": "matroska",
    "video/webm": "matroska",
    "video/x-msvideo": "avi",
    "video/mp2t": "mpegts",
    "video/ogg": "ogg",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/amr": "amr",
}

_UNSUPPORTED = re.compile(r"no decoder found|Decoder .* not found|not supported|patches welcome|not implemented", re.IGNORECASE)
_CORRUPT = re.compile(r"Invalid data found|moov atom not found|End of file|Nothing was written into output file", re.IGNORECASE)
_PACKETS = re.compile(r"Input stream #0:\d+ \((video|audio)\): (\d+) packets read .*? (\d+) decode errors")
# a picture that was patched where its bytes made no sense: no good clip of the hundred tried had one
_DAMAGED = re.compile(r"corrupt decoded frame(?:\s+Last message repeated (\d+) times)?")
_SAMPLES = re.compile(r"Input stream #0:\d+ \(audio\): .*? \((\d+) samples\)")


@cache
def binary() -> str:
    """The ffmpeg that imageio-ffmpeg brings."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def run(
    arguments: Sequence[str],
    *,
    limits: ChildLimits,
    cwd: Path,
    foreign: bool,
    on_seconds: Callable[[float], None] | None = None,
) -> Finished:
    """Run ffmpeg; `foreign` says that it decodes an upload: then it sees only its inputs, which may be to blame for a failure."""

    def line(text: str) -> None:
        key, _, value = text.partition("=")
        if on_seconds is not None and key == "out_time_us" and value.isdigit():
            on_seconds(int(value) / 1_000_000)

    reads = _inputs(arguments) if foreign else None
    finished = run_limited([binary(), *arguments], limits=limits, cwd=cwd, on_line=line, reads=reads)
    if finished.returncode != 0:
        raise _failure(finished, foreign=foreign)
    return finished


def share_not_decoded(stderr: str) -> float:
    """The worst share of an input stream's packets that its decoder could not read, or only in part, from ffmpeg's words."""
    damaged = sum(1 + int(repeated or 0) for repeated in _DAMAGED.findall(stderr))
    figures = [(int(packets), int(errors) + damaged * (kind == "video")) for kind, packets, errors in _PACKETS.findall(stderr)]
    return min(max((errors / packets for packets, errors in figures if packets), default=0.0), 1.0)


def samples_decoded(stderr: str) -> int:
    """How many samples the sound's decoder gave, from ffmpeg's closing figures."""
    return sum(int(samples) for samples in _SAMPLES.findall(stderr))


def _inputs(arguments: Sequence[str]) -> list[Path]:
    return [Path(named) for option, named in pairwise(arguments) if option == "-i"]


def _failure(finished: Finished, *, foreign: bool) -> MediaError:
    said = [line for line in finished.stderr.splitlines() if line.strip()]
    if foreign and finished.crashed:
        return MediaError("media.corrupt")
    if foreign and _UNSUPPORTED.search(finished.stderr):
        return MediaError("media.unsupported")
    if foreign and _CORRUPT.search(finished.stderr):
        return MediaError("media.corrupt")
    return ToolFailed("tool.failed", {"tool": "ffmpeg", "said": said[-1][-300:] if said else f"exit {finished.returncode}"})
