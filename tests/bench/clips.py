"""The rows of clips: whole process trees, in turns, by the command that people use."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from media_pipeline import commands
from media_pipeline.ffmpeg import binary
from tests.bench import sources
from tests.bench.measure import Row, Spent, median, peak_mb, python, quiet, run, start, wait

_OF_FLOOR, _OF_MOVIEPY, _OF_PAGES, _OF_TOGETHER = 1.30, 5.0, 1.15, 1.10
_PEAKS_MB = {"standard range": 350, "10 bit, HLG": 550}


def rows(folder: Path, *, repeats: int) -> list[Row]:
    """20 s to a square master with frame and loudness, and what pages need besides."""
    source, frame = sources.clip(folder), _frame(folder)
    with TemporaryDirectory(dir=folder) as name:
        out = Path(name)
        spent = _in_turns(
            {
                "master": lambda: run(_normalise(source, out / "master", frame.parent, module="tests.bench.master_alone")),
                "everything": lambda: run(_normalise(source, out / "everything", frame.parent)),
                "floor": lambda: run(_floor(source, out / "floor.mp4")),
            },
            repeats=max(repeats // 3, 1),
            out=out,
        )
        by_moviepy = run(python("-m", "tests.bench.clip_by_moviepy", source, frame, out / "moviepy.mp4"))
    master, everything, floor = spent["master"].cpu_s, spent["everything"].cpu_s, spent["floor"].cpu_s
    made = "20 s of 1080p30 -> square master, frame, loudness"
    return [
        _least(made + ", against decode + crop + encode", f"{master:.1f} s, floor {floor:.1f} s", master / floor, _OF_FLOOR),
        Row(
            made + ", against moviepy",
            f"{master:.1f} s, moviepy {by_moviepy.cpu_s:.0f} s",
            f"{by_moviepy.cpu_s / master:.1f}x less",
            f"at least {_OF_MOVIEPY:.0f}x less",
            by_moviepy.cpu_s / master >= _OF_MOVIEPY,
        ),
        _least("tile, preview and poster besides", f"{everything:.1f} s in all", everything / master, _OF_PAGES),
    ]


def memory(folder: Path, *, repeats: int) -> list[Row]:
    """The most that any process holds while a 4K60 clip becomes a square."""
    found = []
    frame = _frame(folder)
    made = {"standard range": sources.clip_4k60(folder), "10 bit, HLG": sources.clip_4k60_hdr(folder)}
    for name, source in made.items():
        with TemporaryDirectory(dir=folder) as out:
            peaks = [peak_mb(_normalise(source, Path(out) / str(turn), frame.parent)) for turn in range(max(repeats // 3, 1))]
        bar_mb, words = _PEAKS_MB[name], f"4 s, the most of {len(peaks)} runs"
        found.append(
            Row(f"4K60, {name}: peak memory", words, f"{max(peaks):.0f} MB", f"at most {bar_mb} MB", max(peaks) <= bar_mb)
        )
    return found


def together(folder: Path, *, repeats: int) -> list[Row]:
    """Two clips at once on two cores, against one alone."""
    source, frame = sources.clip(folder), _frame(folder)
    alone, pairs = [], []
    still = True
    for turn in range(max(repeats // 3, 1)):
        with TemporaryDirectory(dir=folder) as out:
            still = quiet() and still
            alone.append(run(_normalise(source, Path(out) / f"{turn}alone", frame.parent)))
            still = quiet() and still
            both = [start(_normalise(source, Path(out) / f"{turn}of{each}", frame.parent)) for each in range(2)]
            pairs.append([wait(one) for one in both])
    walls = sorted(max(one.wall_s for one in pair) for pair in pairs)
    each = median([one for pair in pairs for one in pair]).cpu_s
    wall_s, one_s = walls[len(walls) // 2], median(alone).cpu_s
    noted = "" if still else "; others were using the machine"
    cores = min(os.cpu_count() or 1, 2)
    return [
        _least(
            "two clips at once: wall against half of their CPU seconds",
            f"wall {wall_s:.1f} s, CPU {2 * each:.1f} s on {cores} cores{noted}",
            wall_s / (2 * each / cores),
            _OF_TOGETHER,
        ),
        _least(
            "two clips at once: CPU a clip against one alone", f"{each:.1f} s, alone {one_s:.1f} s", each / one_s, _OF_TOGETHER
        ),
    ]


def again(folder: Path, *, repeats: int) -> list[Row]:
    """The same rendition asked for a second time: nothing is decoded, since only children decode and none is started."""
    found = []
    for name, source in (("photo", sources.photo(folder)), ("clip", sources.clip(folder))):
        frame = _frame(folder)
        with TemporaryDirectory(dir=folder) as out:
            first = run(_normalise(source, Path(out), frame.parent, module="tests.bench.counted"))
            more = [run(_normalise(source, Path(out), frame.parent, module="tests.bench.counted")) for _ in range(repeats)]
        started = max(_started(one) for one in more)
        words = f"first {first.cpu_s * 1000:.0f} ms and {_started(first)} processes, then {median(more).cpu_s * 1000:.0f} ms"
        found.append(Row(f"the same {name} again", words, f"{started} processes", "no decoding", started == 0))
    return found


def _started(spent: Spent) -> int:
    return int(spent.said.rpartition("started=")[2])


def _least(work: str, figures: str, ratio: float, bar: float) -> Row:
    return Row(work, figures, f"{ratio:.2f}x", f"at most {bar:.2f}x", ratio <= bar)


def _frame(folder: Path) -> Path:
    """In a folder of its own, by the name that the command looks for."""
    return sources.frames(folder / "frame", {"square": (1080, 1080)})["square"]


def _normalise(source: Path, out: Path, frame: Path, *, module: str = "media_pipeline") -> list[str | Path]:
    return python("-m", module, "normalise", source, out, "--format", "square", "--frame", frame, "--json")


def _floor(source: Path, target: Path) -> list[str | Path]:
    """The same encoder with the same settings, one decoder thread as ours, and nothing else."""
    read = ("-nostdin", "-loglevel", "error", "-y", "-threads", "1", "-i", source)
    return [binary(), *read, "-an", "-vf", "crop=1080:1080", *commands.MASTER_PICTURE, target]


def _in_turns(arms: Mapping[str, Callable[[], Spent]], *, repeats: int, out: Path) -> dict[str, Spent]:
    spent: dict[str, list[Spent]] = {name: [] for name in arms}
    for _ in range(repeats):
        for name, work in arms.items():
            spent[name].append(work())
            for made in out.rglob("*.json"):  # or the next turn would find the record of this one
                made.unlink()
    return {name: median(each) for name, each in spent.items()}
