"""The rows of the kits: one city's by the command that people use, cold and again, and all kits as the worker draws them."""

import shutil
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from app.db.migrate import migrate
from app.kits.kit_runs import request_all_kits, standing
from app.kits.service import FIRST, FIXED_FILES
from app.models import Campaign, KitVersion
from app.runtime import Runtime
from tests import factories
from tests.bench.many_steps import runtime_on
from tests.bench.measure import Row, Spent, median, python, run

_COLD_BAR_S, _AGAIN_BAR_S = 8.0, 0.5
_NETWORK_CITIES = 145
_CITIES, _CITIES_QUICK = 8, 3
_WORKER = """
from app.runtime import open_runtime
from app.settings import get_settings
from app.worker.registry import job_registry
from app.worker.runner import Worker

Worker(open_runtime(get_settings()), job_registry()).run_until_idle(1800)
"""


def rows(folder: Path, *, repeats: int) -> list[Row]:
    """One kit, and many."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        runtime = _runtime(Path(name))
        campaign = _plant(runtime, _CITIES if repeats > 3 else _CITIES_QUICK)
        found = [*_one(runtime, repeats), *_many(runtime, campaign)]
        runtime.database.dispose()
    return found


def _one(runtime: Runtime, repeats: int) -> list[Row]:
    """A kit by `polyphony toolkit kit`: each run is a process of its own, with nothing warm but the disk."""
    target = runtime.settings.data_dir / "kit.zip"
    command = ("toolkit", "kit", "our-home", "city-0", "--out", target)
    cold = []
    for _turn in range(repeats):
        shutil.rmtree(runtime.settings.kits_dir, ignore_errors=True)
        cold.append(_polyphony(runtime, *command))
    started, again = [], []
    for _turn in range(repeats + 1):
        started.append(_polyphony(runtime, "toolkit", "kit", "--help"))
        again.append(_polyphony(runtime, *command))
    with zipfile.ZipFile(target) as archive:
        piece_count = len(archive.namelist()) - len(FIRST) - FIXED_FILES
    cold_s, started_s, again_s = (median(each).cpu_s for each in (cold, started, again))
    size_mb = target.stat().st_size / 1e6
    return [
        Row(
            f"one city's kit of {piece_count} pieces in one language, nothing drawn before",
            f"{size_mb:.1f} MB; {piece_count / (cold_s - started_s):.0f} pieces a CPU second, the start of the program aside",
            f"{cold_s:.1f} s of CPU, start of the program and ffmpeg included",
            f"at most {_COLD_BAR_S:.0f} s",
            cold_s <= _COLD_BAR_S,
        ),
        Row(
            "the same again, nothing changed",
            f"{again_s:.2f} s of CPU, of which the start of the program {started_s:.2f} s",
            f"{again_s - started_s:.2f} s beyond the start",
            f"under {_AGAIN_BAR_S} s",
            again_s - started_s < _AGAIN_BAR_S,
        ),
    ]


def _many(runtime: Runtime, campaign: Campaign) -> list[Row]:
    """All kits of a campaign, as the job draws them; then asked for again."""
    shutil.rmtree(runtime.settings.kits_dir, ignore_errors=True)
    first = _drawn(runtime, campaign)
    with runtime.database.reading() as session:
        seen = standing(session, campaign.id)
    again = _drawn(runtime, campaign)
    count = len(seen.shares)
    return [
        Row(
            f"all kits of {count} cities, as the worker draws them",
            f"{seen.piece_count} pieces, {first.cpu_s:.1f} s of CPU; {_NETWORK_CITIES} cities at that pace: "
            f"{first.cpu_s / count * _NETWORK_CITIES / 60:.0f} min of CPU",
            f"{seen.piece_count / first.cpu_s:.0f} pieces a CPU second",
            "all of them",
            seen.left_count == 0 and not seen.failed_count,
        ),
        Row(f"the kits of {count} cities again, nothing changed", "counted, drawn by nobody", f"{again.cpu_s:.1f} s of CPU"),
    ]


def _drawn(runtime: Runtime, campaign: Campaign) -> Spent:
    with runtime.database.writing() as session:
        request_all_kits(session, campaign, actor_id=None, now=datetime.now(UTC))
    return run(_in(runtime, *python("-c", _WORKER)))


def _polyphony(runtime: Runtime, *arguments: str | Path) -> Spent:
    return run(_in(runtime, *python("-m", "app.cli", *arguments)))


def _in(runtime: Runtime, *command: str | Path) -> list[str | Path]:
    """The command on this runtime's data; `env` becomes the command, so that nothing else is measured."""
    settings = runtime.settings
    return ["env", f"POLYPHONY_DATA_DIR={settings.data_dir}", f"POLYPHONY_DATABASE_URL={settings.database_url}", *command]


def _runtime(folder: Path) -> Runtime:
    url = f"sqlite:///{folder / 'kits.sqlite3'}"
    migrate(url)
    return runtime_on(url, folder)


def _plant(runtime: Runtime, count: int) -> Campaign:
    """Cities with one language each and nothing under embargo: the whole kit."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network, languages=("en",))
        session.execute(update(KitVersion).values(embargoed=[]))
        for number in range(count):
            city = factories.city(session, network, f"city-{number}", name=f"Santiago de Compostela {number}")
            factories.taking_part(session, campaign, city)
    return campaign
