"""How loud a segment is from moment to moment: kept in its file, so that a film's loudness is known without decoding it again."""

import math
import re
import struct
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import commands, ffmpeg, movie_index
from media_pipeline.commands import Arguments
from media_pipeline.limits import Limits
from media_pipeline.movie_index import MovieIndex
from media_pipeline.sound import Loudness, parse_loudness
from media_pipeline.workspace import private_folder

# BS.1770: what lies below the first gate is silence, what lies so far below the rest is a pause
_SILENT_LUFS, _PAUSE_LU = -70.0, 10.0
_TENTHS = 10
_MOMENT = re.compile(r"lavfi\.r128\.M=(-?[\d.]+)")


@dataclass(frozen=True, slots=True)
class Levels:
    """Loudness of each 400 ms, one every 100 ms, and the true peak; both in tenths, no moments where it is silent."""

    moments: tuple[int, ...] = ()
    peak: int | None = None

    def packed(self) -> bytes:
        """As a note in a file."""
        peak = -32768 if self.peak is None else self.peak
        return struct.pack(f">{len(self.moments) + 1}h", peak, *self.moments)


SILENT = Levels()


def unpacked(note: bytes) -> Levels:
    """The note read again."""
    peak, *moments = struct.unpack(f">{len(note) // 2}h", note)
    return Levels(tuple(moments), None if peak == -32768 else peak)


def measure(film: Path, *, limits: Limits, duration_s: float) -> Levels:
    """Decode its sound and measure."""
    with private_folder(film.parent) as folder:
        child = limits.for_clip(duration_s, 1)
        finished = ffmpeg.run(_measuring(film.resolve(), "moments.txt"), limits=child, cwd=folder, foreign=False)
        said = (folder / "moments.txt").read_text(encoding="ascii", errors="replace")
    moments = (float(moment) for moment in _MOMENT.findall(said))
    heard = tuple(round(moment * _TENTHS) for moment in moments if moment > _SILENT_LUFS)
    peak_dbtp = parse_loudness(finished.stderr).peak_dbtp
    return Levels(heard, None if peak_dbtp is None else round(peak_dbtp * _TENTHS))


def of_segment(segment: Path, index: MovieIndex, *, limits: Limits) -> Levels:
    """From its note; measured where it has none."""
    if index.note is None:
        return measure(segment, limits=limits, duration_s=index.duration_s)
    return unpacked(index.note)


def keep(segment: Path, levels: Levels) -> None:
    """Leave them in the segment's file."""
    movie_index.leave_note(segment, levels.packed())


def together(parts: Iterable[Levels]) -> Loudness:
    """The loudness of parts one after the other, gated as BS.1770 has it; a join moves it by less than is told."""
    peaks: list[int] = []
    counted: Counter[int] = Counter()
    for part in parts:
        counted.update(part.moments)
        peaks += [] if part.peak is None else [part.peak]
    peak_dbtp = max(peaks) / _TENTHS if peaks else None
    if not counted:
        return Loudness(None, peak_dbtp)
    gate = _mean(counted) - _PAUSE_LU
    return Loudness(round(_mean({at: count for at, count in counted.items() if at / _TENTHS > gate}), 1), peak_dbtp)


def _mean(counted: "Counter[int] | dict[int, int]") -> float:
    energy = sum(count * 10 ** (at / _TENTHS / 10) for at, count in counted.items())
    return 10 * math.log10(energy / sum(counted.values()))


def _measuring(film: Path, told: str) -> Arguments:
    # the last moments reach beyond the end: what follows in a film begins softly
    shown = f"apad=pad_dur=0.3,ebur128=peak=true:framelog=quiet:metadata=1,ametadata=mode=print:key=lavfi.r128.M:file={told}"
    return (*commands.PREFIX, *commands.own_input(film, "mov"), "-vn", "-af", shown, "-f", "null", "-")
