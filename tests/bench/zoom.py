"""The rows of the zoomable collage through the service; each is made by `python -m tests.bench.zoom ...` in its own process."""

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.assembly import zoom_places
from app.assembly.zoom import build_zoomable_collage
from app.enums import Purpose
from app.models import Campaign, Submission
from app.runtime import Runtime
from app.submissions import service
from tests.bench import many_people, sources
from tests.bench.many_steps import databases, runtime_on
from tests.bench.measure import Row, peak_mb, python, run

_CONTRIBUTIONS, _DRAWN = 10_000, 250
_CHANGES, _ASKED = 11, 50
_BUILD_S, _BUILD_MB, _CHANGE_S, _WAIT_MS, _ASKED_MS = 25, 200, 0.3, 100, 5


def rows(folder: Path, *, repeats: int) -> list[Row]:  # noqa: ARG001 - each is its own median, or long enough
    """First build, single changes, and the question before a tile that shows something of everybody."""
    tiles = sources.tiles(folder / "posters" / "tiles", _DRAWN)
    found: list[Row] = []
    with tempfile.TemporaryDirectory(dir=folder) as name, databases(Path(name)) as urls:
        for engine, url in urls.items():
            data = Path(name) / engine
            data.mkdir()
            runtime = runtime_on(url, data)
            many_people.plant(runtime, tiles, _CONTRIBUTIONS)
            runtime.database.dispose()
            found += _of_engine(engine, [url, str(data)], is_weighed=not found)
    return found


def _of_engine(engine: str, where: list[str], *, is_weighed: bool) -> list[Row]:
    building = python("-m", "tests.bench.zoom", "build", *where)
    built = run(building)
    longest_ms = json.loads(built.said)["longest_ms"]
    changed, asked = (json.loads(run(python("-m", "tests.bench.zoom", work, *where)).said) for work in ("changes", "asked"))
    peak = peak_mb(building) if is_weighed else None
    weight = f"; peak {peak:.0f} MB, at most {_BUILD_MB}" if peak else ""
    return [
        Row(
            f"zoomable collage of {_CONTRIBUTIONS} rows in {engine}, first build with all that Python loads",
            f"{built.wall_s:.1f} s of wall time, {longest_ms:.0f} ms the longest transaction that writes{weight}",
            f"{built.cpu_s:.1f} s of CPU",
            f"at most {_BUILD_S} s",
            built.cpu_s <= _BUILD_S and (peak is None or peak <= _BUILD_MB),
        ),
        Row(
            f"one of them taken back or given again, in {engine}",
            f"{changed['wall_s']:.2f} s of wall time; {changed['longest_ms']:.0f} ms the longest transaction that writes",
            f"{changed['cpu_s']:.2f} s of CPU",
            f"under {_CHANGE_S} s, no wait over {_WAIT_MS} ms",
            changed["cpu_s"] < _CHANGE_S and changed["longest_ms"] <= _WAIT_MS,
        ),
        Row(
            f"whether a tile that shows something of everybody may be seen, in {engine}",
            "the rows are asked each time",
            f"{asked['ms']:.1f} ms",
            f"under {_ASKED_MS} ms",
            asked["ms"] < _ASKED_MS,
        ),
    ]


def _build(runtime: Runtime, campaign_id: int) -> dict[str, float]:
    shutil.rmtree(runtime.settings.pyramids_dir, ignore_errors=True)
    with _watched(runtime) as told:
        build_zoomable_collage(runtime, campaign_id)
    return told


def _changes(runtime: Runtime, campaign_id: int) -> dict[str, float]:
    walls, cpu, longest = [], [], []
    for number in range(2 * _CHANGES):
        _switch(runtime, at=number // 2 * 97, agreed=bool(number % 2))
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        with _watched(runtime) as told:
            build_zoomable_collage(runtime, campaign_id)
        walls.append(time.perf_counter() - wall_s)
        cpu.append(time.process_time() - cpu_s)
        longest.append(told["longest_ms"])
    return {"wall_s": statistics.median(walls), "cpu_s": statistics.median(cpu), "longest_ms": statistics.median(longest)}


def _switch(runtime: Runtime, *, at: int, agreed: bool) -> None:
    """One of them says no to collages, or yes again."""
    with runtime.database.writing() as session:
        one = session.scalars(select(Submission).order_by(Submission.id).offset(at).limit(1)).one()
        service.switch_purpose(session, one, Purpose.COLLAGE, agreed=agreed, language="en", now=runtime.now())


def _asked(runtime: Runtime, campaign_id: int) -> dict[str, float]:
    spent = []
    with runtime.database.writing() as session:
        session.execute(text("ANALYZE"))  # as PostgreSQL does by itself soon after so many rows
    with runtime.database.reading() as session:
        collage = zoom_places.collage_in(session, campaign_id)
        assert collage is not None
        for _ in range(_ASKED):
            before = time.perf_counter()
            assert zoom_places.may_be_seen(session, collage, 0, 0, 0)
            spent.append((time.perf_counter() - before) * 1000)
    return {"ms": statistics.median(spent)}


@contextmanager
def _watched(runtime: Runtime) -> Iterator[dict[str, float]]:
    """How long the longest transaction that writes keeps others waiting."""
    database, told = runtime.database, {"longest_ms": 0.0}
    opened = database.writing

    @contextmanager
    def writing() -> Iterator[Session]:
        with opened() as session:
            before = time.perf_counter()
            yield session
        told["longest_ms"] = max(told["longest_ms"], (time.perf_counter() - before) * 1000)

    with_watch: Any = database
    with_watch.writing = writing
    try:
        yield told
    finally:
        with_watch.writing = opened


def main() -> None:
    """Do one piece of work, to be measured from outside."""
    work = {"build": _build, "changes": _changes, "asked": _asked}[sys.argv[1]]
    runtime = runtime_on(sys.argv[2], Path(sys.argv[3]))
    with runtime.database.reading() as session:
        campaign_id = session.scalars(select(Campaign.id)).one()
    sys.stdout.write(f"{json.dumps(work(runtime, campaign_id))}\n")


if __name__ == "__main__":
    main()
