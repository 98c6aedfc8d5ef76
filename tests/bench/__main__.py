"""Measure and print: `make bench`, or `python -m tests.bench [--quick] [--folder FOLDER] [ROWS ...]`."""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import clips, films, kits, measure, photos, posters, rehearsal, ticks, year, zoom

_ROWS = {
    "photos": photos.rows,
    "clips": clips.rows,
    "memory": clips.memory,
    "together": clips.together,
    "again": clips.again,
    "rehearsal": rehearsal.rows,
    "idle": ticks.idle,
    "at_once": ticks.at_once,
    "year": year.rows,
    "kits": kits.rows,
    "films": films.rows,
    "posters": posters.rows,
    "pyramids": posters.pyramids,
    "zoom": zoom.rows,
}
_FOLDER = Path(__file__).resolve().parents[2] / "var" / "bench"


def main() -> int:
    """Print the table; 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="How fast it is, against its bars.")
    parser.add_argument("rows", nargs="*", choices=[[], *_ROWS], metavar="ROWS", help=f"some of: {', '.join(_ROWS)}")
    parser.add_argument("--quick", action="store_true", help="few repetitions: a first look")
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="where drawn sources are kept")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    found: list[measure.Row] = []
    for name in asked.rows or _ROWS:
        sys.stderr.write(f"{name} ...\n")
        found += _ROWS[name](asked.folder.resolve(), repeats=3 if asked.quick else 9)
    day = datetime.now(UTC).date()
    sys.stdout.write(f"{day}, {os.cpu_count()} cores, Python {platform.python_version()}\n\n{measure.table(found)}\n")
    return int(any(row.held is False for row in found))


if __name__ == "__main__":
    sys.exit(main())
