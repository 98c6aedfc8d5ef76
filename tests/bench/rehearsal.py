"""The row of the dress rehearsal: 145 cities and a time-line of 60 steps, played in this process and asked every question."""

import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event, select

from app.campaigns.plan import StepName
from app.campaigns.rehearsal import Rehearsal, rehearse
from app.campaigns.rehearsal_queries import script_of
from app.db.migrate import migrate
from app.db.session import Database
from app.enums import CampaignStatus, StepScope
from app.main import STAGE
from app.models import Campaign, TimelineStep
from app.runtime import Runtime
from app.settings import Settings
from app.storage import LocalStorage
from app.web.i18n import translator
from tests import factories
from tests.bench.measure import Row

_CITIES, _STEPS, _BAR_S = 145, 60, 3.0
_ZONES = ("Pacific/Kiritimati", "Asia/Kathmandu", "Asia/Kolkata", "Europe/Rome", "America/St_Johns", "Pacific/Pago_Pago")
_BEFORE = datetime(2027, 1, 1, tzinfo=UTC)


def rows(folder: Path, *, repeats: int) -> list[Row]:
    """Read, played, asked and written as JSON."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        url = f"sqlite:///{Path(name) / 'rehearsal.sqlite3'}"
        migrate(url)
        database = Database(url)
        _plant(database)
        asked: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        walls = [_timed(database)]  # this first turn also reads catalogues, toolkits and time zones
        asked.clear()
        found = _rehearsed(database)
        queries = len(asked)
        walls += [_timed(database) for _turn in range(repeats)]
        database.dispose()
    slowest, middle = max(walls), statistics.median(walls[1:])
    return [
        Row(
            f"dress rehearsal of {_CITIES} cities with a {_STEPS}-step time-line",
            f"{len(found.acts)} steps, {queries} queries, median {middle:.2f} s",
            f"{slowest:.2f} s at most",
            f"under {_BAR_S:.0f} s",
            slowest < _BAR_S,
        )
    ]


def _plant(database: Database) -> None:
    with database.writing() as session:
        network = factories.network(session)
        for number in range(_CITIES):
            zone, tag = _ZONES[number % len(_ZONES)], ("en", "fr", "it", "ar", "ta")[number % 5]
            city = factories.city(session, network, f"city-{number}", time_zone=zone, languages=dict.fromkeys((tag, "en")))
            if number % 3:
                factories.person(session, network, city=city)
        campaign = factories.campaign(session, network, status=CampaignStatus.DRAFT)
        session.add_all(
            TimelineStep(
                campaign_id=campaign.id,
                position=position,
                action=StepName.BUILD_CITY_FILM.value,
                scope=StepScope.EACH_CITY,
                offset_days=position - 30,
                local_time=datetime.min.time(),
            )
            for position in range(_STEPS)
        )


def _timed(database: Database) -> float:
    before = time.perf_counter()
    _rehearsed(database)
    return time.perf_counter() - before


def _rehearsed(database: Database) -> Rehearsal:
    settings = Settings(base_url="https://voices.example")
    runtime = Runtime(settings, database, LocalStorage(settings.files_dir), now=lambda: _BEFORE)
    with database.reading() as session:
        script = script_of(session, runtime, session.scalars(select(Campaign)).one(), STAGE)
    found = rehearse(script, STAGE, translator("en"))
    found.as_json(translator("en"))
    return found
