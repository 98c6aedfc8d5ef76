"""The rows of films: segments, a joint film, a grid and music, in turns, by CPU seconds of this process and its children."""

import os
import shutil
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from media_pipeline.chapters import Chapter
from media_pipeline.compilation import card_segment, clip_segment, join, photo_segment
from media_pipeline.ffmpeg import binary
from media_pipeline.grids import MOST_CELLS, Cell, Name, grid_cell, grid_segment
from media_pipeline.movie_index import read_index
from media_pipeline.music import with_music
from media_pipeline.normalise import normalise
from media_pipeline.previews import Shown, preview
from media_pipeline.segment_graph import Panel
from media_pipeline.transitions import transition
from tests.bench import sources
from tests.bench.measure import Row, peak_mb, python, run

_CITIES = 145
_SEGMENT_S, _GRID_S = 5.87, 6.0
_OF_BARE, _AGAIN_SHARE, _A_SECOND, _OF_MOVIEPY = 1.3, 0.03, 1.0, 2.0
_GRID_CPU_S, _GRID_MB = 6.0, 400
_PREVIEW_S = 20.0
# the shapes of a city film of 20 photos and 5 clips, and how many of each
_CITY = {"moving photo": 20, "clip with lower third": 5, "card": 2, "transition": 26}
_GRID = """
import sys
from pathlib import Path
from media_pipeline.grids import Cell, Name, grid_segment
grid_segment([Cell(Path(sys.argv[1]), Name("Oslo", "nb"))] * 20, Path(sys.argv[2]), format="wide", duration_s=6)
"""


def rows(folder: Path, *, repeats: int) -> list[Row]:
    """All of them, from one photo and one clip."""
    turns = max(repeats // 3, 1)
    with TemporaryDirectory(dir=folder) as name:
        out = Path(name)
        normalise(sources.clip(folder), out / "clip", formats=["square"], max_clip_s=10)
        normalise(sources.photo(folder), out / "photo", formats=["square"])
        third = sources.frames(folder / "frame", {"square": (1080, 1080)})["square"]
        shapes, found = _shapes(out, sources.photo(folder), third, turns=turns)
        return [
            *found,
            *_preview(out, third, turns=turns),
            *_joint(out, shapes, turns=turns),
            *_grid(out, turns=turns),
            *_music(out, turns=turns),
        ]


def _shapes(out: Path, original: Path, third: Path, *, turns: int) -> tuple[dict[str, float], list[Row]]:
    """CPU seconds of each shape of segment, ours (a photo from what was sent, the rest from masters) and by moviepy alone."""
    photo, clip, card = out / "photo" / "square.jpg", out / "clip" / "square.mp4", out / "photo" / "poster.jpg"
    shutil.copyfile(photo, card)
    made = {name: out / f"{name.replace(' ', '_')}.mp4" for name in _CITY}
    photo_film, clip_film = made["moving photo"], made["clip with lower third"]

    def moving_photo() -> None:
        with TemporaryDirectory(dir=out) as name:
            normalise(original, Path(name), formats=["square"], moving=False)
            photo_segment(Path(name) / "square.jpg", photo_film, format="square", duration_s=4, panels=[Panel(third)])

    spent = _in_turns(
        {
            "moving photo": moving_photo,
            "clip with lower third": lambda: clip_segment(
                clip, clip_film, format="square", duration_s=_SEGMENT_S, panels=[Panel(third)]
            ),
            "card": lambda: card_segment(card, made["card"], format="square", duration_s=3),
            "transition": lambda: transition(clip_film, photo_film, made["transition"], format="square"),
        },
        turns=turns,
    )
    lengths_s = {name: read_index(path).duration_s for name, path in made.items()}
    by_moviepy = {
        "moving photo": run(_by_moviepy("photo", photo, third, out / "moviepy.mp4", lengths_s["moving photo"])).cpu_s,
        "clip with lower third": run(
            _by_moviepy("clip", clip, third, out / "moviepy.mp4", lengths_s["clip with lower third"])
        ).cpu_s,
    }
    found = []
    for name, cpu_s in spent.items():
        theirs = by_moviepy.get(name)
        words = f"{cpu_s:.2f} s for {lengths_s[name]:.2f} s" + (f", moviepy alone {theirs:.1f} s" if theirs else "")
        result = f"{cpu_s / lengths_s[name]:.2f} a second" + (f", {theirs / cpu_s:.1f}x less" if theirs else "")
        bar = f"at least {_OF_MOVIEPY:.0f}x less" if theirs else ""
        found.append(Row(f"segment, square: {name}", words, result, bar, theirs / cpu_s >= _OF_MOVIEPY if theirs else None))
    whole_s = sum(lengths_s[name] * count for name, count in _CITY.items())
    cpu_s = sum(spent[name] * count for name, count in _CITY.items())
    a_second = cpu_s / whole_s
    words = f"{cpu_s:.0f} s for {whole_s:.0f} s, reckoned from the four rows above"
    bar = f"at most {_A_SECOND:.1f}"
    found.append(Row("city film, 20 photos + 5 clips + cards", words, f"{a_second:.2f} a second", bar, a_second <= _A_SECOND))
    return spent, found


def _preview(out: Path, third: Path, *, turns: int) -> list[Row]:
    """A city film of 20 photos and 5 clips to look at before it is made, from masters, by the clock on the wall."""
    photo, clip = out / "photo" / "square.jpg", out / "clip" / "square.mp4"
    card = Shown(3.2, picture=photo)
    photos = [Shown(4.27, picture=photo)] * 20
    clips = [Shown(_SEGMENT_S, film=clip, panels=[Panel(third)])] * 5
    spent, took, length_s = list[float](), list[float](), 0.0
    for _ in range(turns):
        before, began = os.times(), time.monotonic()
        length_s = preview([card, *photos, *clips, card], out / "preview.mp4", format="square")
        took.append(time.monotonic() - began)
        spent.append(sum(os.times()[:4]) - sum(before[:4]))
    took_s, cpu_s = statistics.median(took), statistics.median(spent)
    words = f"{cpu_s:.1f} CPU s for {length_s:.0f} s, cut hard"
    bar = f"under {_PREVIEW_S:.0f} s"
    return [Row("preview of a city film, 20 photos + 5 clips + cards", words, f"{took_s:.1f} s", bar, took_s < _PREVIEW_S)]


def _joint(out: Path, shapes: Mapping[str, float], *, turns: int) -> list[Row]:
    """145 segments of 5.9 s with a chapter each, against ffmpeg doing nothing else; then again without one of them."""
    parts = []
    for number in range(_CITIES):
        parts.append(out / f"city-{number:03d}.mp4")
        shutil.copyfile(out / "clip_with_lower_third.mp4", parts[-1])
    listed = out / "cities.txt"
    listed.write_text("ffconcat version 1.0\n" + "".join(f"file {part.name}\n" for part in parts), encoding="ascii")
    length_s = read_index(parts[0]).duration_s
    chapters = [Chapter(f"City {number}", number * length_s) for number in range(_CITIES)]
    bare: list[str | Path] = [binary(), "-nostdin", "-loglevel", "error", "-y", "-f", "concat", "-i", listed, "-c", "copy"]

    def again() -> None:
        transition(parts[70], parts[72], out / "transition.mp4", format="square")
        join([*parts[:71], *parts[72:]], out / "joint.mp4", chapters=chapters[:-1])

    spent = _in_turns(
        {
            "bare": lambda: run([*bare, "-movflags", "+faststart", out / "bare.mp4"]),
            "ours": lambda: join(parts, out / "joint.mp4", chapters=chapters),
            "again": again,
        },
        turns=turns,
    )
    minutes = length_s * _CITIES / 60
    nothing_s = shapes["clip with lower third"] * _CITIES + shapes["transition"] * (_CITIES - 1) + spent["ours"]
    ratio, share = spent["ours"] / spent["bare"], spent["again"] / nothing_s
    return [
        Row(
            f"joint film of {_CITIES} segments, {minutes:.0f} min, chapters, loudness known",
            f"{spent['ours']:.2f} s, bare stream-copy join {spent['bare']:.2f} s",
            f"{ratio:.2f}x",
            f"at most {_OF_BARE}x",
            ratio <= _OF_BARE,
        ),
        Row(
            "one contribution withdrawn from it: a transition made, all joined again",
            f"{spent['again']:.2f} s; from nothing {nothing_s:.0f} s, reckoned from the rows above",
            f"{share:.1%}",
            f"at most {_AGAIN_SHARE:.0%}",
            share <= _AGAIN_SHARE,
        ),
    ]


def _grid(out: Path, *, turns: int) -> list[Row]:
    """20 clips in a wide grid for 6 s: from cells that are kept, and from masters."""
    clip, cell, grid = out / "clip" / "square.mp4", out / "cell.mp4", out / "grid.mp4"
    spent = _in_turns(
        {
            "cell": lambda: grid_cell(clip, cell, format="wide", of=MOST_CELLS, duration_s=_GRID_S),
            "grid": lambda: grid_segment([Cell(cell, Name("Oslo", "nb"))] * MOST_CELLS, grid, format="wide", duration_s=_GRID_S),
        },
        turns=turns,
    )
    peak = max(peak_mb(python("-c", _GRID, cell, grid)) for _ in range(turns))
    length_s = read_index(grid).duration_s
    words = f"{length_s:.2f} s; a cell {spent['cell']:.2f} s, all from masters {spent['grid'] + MOST_CELLS * spent['cell']:.1f} s"
    return [
        Row(
            "grid of 20 clips, 1920x1080, from cells that are kept",
            words,
            f"{spent['grid']:.1f} s",
            f"at most {_GRID_CPU_S:.0f} s",
            spent["grid"] <= _GRID_CPU_S,
        ),
        Row("the same: peak memory", f"the most of {turns} runs", f"{peak:.0f} MB", f"at most {_GRID_MB} MB", peak <= _GRID_MB),
    ]


def _music(out: Path, *, turns: int) -> list[Row]:
    """A bed under a minute of film; its picture is not decoded."""
    parts = [out / f"{name.replace(' ', '_')}.mp4" for name in ("clip with lower third", "transition", "moving photo")] * 6
    film = out / "minute.mp4"
    made = join(parts, film)
    bed = out / "bed.wav"
    run([binary(), "-nostdin", "-loglevel", "error", "-y", "-f", "lavfi", "-i", "sine=f=220:d=30", bed])
    begins_s = [number * (made.duration_s or 0) / 6 for number in range(6)]
    voices = [(begin_s, begin_s + _SEGMENT_S) for begin_s in begins_s]
    spent = _in_turns({"music": lambda: with_music(film, bed, out / "music.mp4", voices=voices)}, turns=turns)
    return [Row("music under a minute of film, ducked under voices", f"{made.duration_s} s", f"{spent['music']:.2f} s")]


def _by_moviepy(shape: str, source: Path, third: Path, target: Path, length_s: float) -> list[str | Path]:
    return python("-m", "tests.bench.segment_by_moviepy", shape, source, third, target, str(length_s))


def _in_turns(arms: Mapping[str, Callable[[], object]], *, turns: int) -> dict[str, float]:
    """The median CPU seconds of each, its processes included."""
    spent: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(turns):
        for name, work in arms.items():
            before = os.times()
            work()
            spent[name].append(sum(os.times()[:4]) - sum(before[:4]))
    return {name: statistics.median(each) for name, each in spent.items()}
