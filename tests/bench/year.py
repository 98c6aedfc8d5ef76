"""The row of the simulated year: the whole demo network, played and compared with the plain calculation of the tests."""

import tempfile
import time
from pathlib import Path

from app.db.migrate import migrate
from tests.bench.many_steps import runtime_on
from tests.bench.measure import Row
from tests.campaigns.a_year import DIFFERENT, Year, network_of, stories


def rows(folder: Path, *, repeats: int) -> list[Row]:
    """Every city of the demo network and those farthest away; in few repetitions, those of the suite."""
    places = network_of(None if repeats > 3 else DIFFERENT)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        url = f"sqlite:///{Path(name) / 'year.sqlite3'}"
        migrate(url)
        runtime = runtime_on(url, Path(name))
        year = Year(runtime, places, Path(name) / "toolkits", stories(places))
        ticks = year.ticks()
        before = time.perf_counter()
        year.play(ticks)
        wall_s = time.perf_counter() - before
        found, expected = year.ends(), year.plain_ends(ticks)
        runtime.database.dispose()
    others = sum(ours != plain for ours, plain in zip(found, expected, strict=True))
    zones = len(set(places.zones.values()))
    return [
        Row(
            f"a year of {len(places.zones)} cities in {zones} zones, {len(year.stories)} campaigns, by minutes where it matters",
            f"{len(ticks):,} ticks, {len(found):,} steps, {sum(end.was_done for end in found):,} done, {wall_s:.0f} s",
            f"{others} otherwise than the plain calculation",
            "none",
            others == 0 and len(year.seen) == sum(end.was_done for end in expected),
        )
    ]
