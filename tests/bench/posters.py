"""The rows of the poster and of the zoomable collage; each is made by `python -m tests.bench.posters ...` in its own process."""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from media_pipeline import deepzoom, mosaic
from media_pipeline.poster import A1, Placed, Poster, make_poster
from media_pipeline.types import Box
from tests.bench import sources
from tests.bench.measure import Row, median, peak_mb, python, run

_TILES, _CONTRIBUTIONS, _COLUMNS = 1500, 10_000, 100
_DRAWN = 250  # files; every contribution is one of them, which the decoder does not know
_HEADER_PX = 1500
_CHANGES = 20
_POSTER_S, _POSTER_MB = 10, 320
_PYRAMID_S, _PYRAMID_MB, _CHANGE_S = 20, 150, 0.2


def rows(folder: Path, *, repeats: int) -> list[Row]:
    """A1, by us and as a script by Pillow would."""
    _sources(folder)
    with tempfile.TemporaryDirectory(dir=folder) as out:
        ours, by_pillow = (python("-m", "tests.bench.posters", arm, folder, out) for arm in ("poster", "poster_by_pillow"))
        spent = [(run(ours), run(by_pillow)) for _ in range(min(repeats, 3))]
        peaks = [peak_mb(ours), peak_mb(by_pillow)]
        sizes = " and ".join(f"{(Path(out) / name).stat().st_size / 1e6:.0f} MB" for name in ("poster.jpg", "poster.png"))
    ours_s, pillow_s = (median(arm).cpu_s for arm in zip(*spent, strict=True))
    return [
        Row(
            f"poster A1 with bleed ({A1.width_px}x{A1.height_px}) of {_TILES} tiles: JPEG, PNG, PDF and one for screens",
            f"{sizes}; Pillow, JPEG and PNG only, {pillow_s:.1f} s: {ours_s / pillow_s:.2f}x",
            f"{ours_s:.1f} s of CPU",
            f"at most {_POSTER_S} s",
            ours_s <= _POSTER_S,
        ),
        Row(
            "the same: peak memory",
            f"Pillow {peaks[1]:.0f} MB",
            f"{peaks[0]:.0f} MB",
            f"at most {_POSTER_MB} MB",
            peaks[0] <= _POSTER_MB,
        ),
    ]


def pyramids(folder: Path, *, repeats: int) -> list[Row]:
    """First build and single changes."""
    _sources(folder)
    with tempfile.TemporaryDirectory(dir=folder) as out:
        building = python("-m", "tests.bench.posters", "pyramid", folder, Path(out) / "pyramid")
        built_s = median([run(building) for _ in range(min(repeats, 3))]).cpu_s
        peak = peak_mb(building)
        changed = json.loads(run(python("-m", "tests.bench.posters", "changes", folder, Path(out) / "pyramid")).said)
    return [
        Row(
            f"pyramid of {_CONTRIBUTIONS} contributions, first build",
            f"{_COLUMNS} columns, tiles of 90 kB linked; peak {peak:.0f} MB, at most {_PYRAMID_MB}",
            f"{built_s:.1f} s of CPU",
            f"at most {_PYRAMID_S} s",
            built_s <= _PYRAMID_S and peak <= _PYRAMID_MB,
        ),
        Row(
            "one of them withdrawn or added",
            f"{changed['files']} files of {changed['all_files']} rewritten; {changed['cpu_s'] * 1000:.0f} ms of CPU",
            f"{changed['wall_s']:.2f} s of wall time",
            f"under {_CHANGE_S} s",
            changed["wall_s"] < _CHANGE_S,
        ),
    ]


def _sources(folder: Path) -> tuple[list[Path], Path]:
    header = sources.frames(folder / "posters", {"header": (A1.width_px, _HEADER_PX)})["header"]
    return sources.tiles(folder / "posters" / "tiles", _DRAWN), header


def _poster(folder: Path) -> Poster:
    tiles, header = _sources(folder)
    field = Box(100, _HEADER_PX, A1.width_px - 200, A1.height_px - _HEADER_PX - 100)
    boxes = mosaic.grid(_TILES, field.width_px / field.height_px, gap=0.04).boxes(field)
    placed = [Placed(tiles[number % _DRAWN], box) for number, box in enumerate(boxes)]
    return Poster(A1, placed, [Placed(header, Box(0, 0, A1.width_px, _HEADER_PX))], background="#f4efe6")


def _by_pillow(poster: Poster, out: Path) -> None:
    """The whole sheet in memory, every tile decoded at its full size."""
    Image.MAX_IMAGE_PIXELS = None
    whole = Image.new("RGB", (poster.sheet.width_px, poster.sheet.height_px), poster.background)
    for placed in (*poster.tiles, *poster.fields):
        with Image.open(placed.picture) as opened:
            shown = opened.resize((placed.box.width_px, placed.box.height_px), Image.Resampling.LANCZOS)
        whole.paste(shown, (placed.box.x_px, placed.box.y_px), shown if shown.mode == "RGBA" else None)
    whole.save(out / "by_pillow.jpg", quality=93, dpi=(300, 300))
    whole.save(out / "by_pillow.png", dpi=(300, 300))


def _tiles(folder: Path) -> list[deepzoom.Tile]:
    drawn, _ = _sources(folder)
    return [deepzoom.Tile(f"contribution-{number}", drawn[number % _DRAWN]) for number in range(_CONTRIBUTIONS)]


def _changes(folder: Path, pyramid: Path) -> None:
    tiles, walls, cpu, written = _tiles(folder), [], [], []
    for number in range(_CHANGES):
        place = number // 2 * 997 % _CONTRIBUTIONS
        wall_s, cpu_s = time.monotonic(), time.process_time()
        written = deepzoom.change(pyramid, {place: tiles[place] if number % 2 else None})
        walls.append(time.monotonic() - wall_s)
        cpu.append(time.process_time() - cpu_s)
    all_files = sum(path.is_file() for path in pyramid.rglob("*"))
    told = {"wall_s": statistics.median(walls), "cpu_s": statistics.median(cpu), "files": len(written), "all_files": all_files}
    sys.stdout.write(json.dumps(told))


def main() -> None:
    """Do one piece of work, to be measured from outside."""
    work, folder, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if work == "poster":
        make_poster(_poster(folder), out)
    elif work == "poster_by_pillow":
        _by_pillow(_poster(folder), out)
    elif work == "pyramid":
        deepzoom.build(_tiles(folder), out, columns=_COLUMNS, background="#103c5a")
    else:
        _changes(folder, out)


if __name__ == "__main__":
    main()
