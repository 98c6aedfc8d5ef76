"""Databases with very many steps in them, an action that leaves a trace of each time it is done, and processes that do it."""

import os
import signal
import time as clock
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, event, func, insert, make_url, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import audit
from app.campaigns.service import run_due_steps
from app.campaigns.steps import DueStep, Outcome, StepRegistry
from app.db.migrate import migrate
from app.db.session import Database
from app.enums import CampaignStatus, StepScope, StepState
from app.models import AuditRow, StepRun, TimelineStep
from app.runtime import Runtime
from app.settings import Settings
from app.storage import LocalStorage
from app.web.i18n import Translator
from tests import factories

ACTION, TRACE = "traced", "step.traced"
NOW = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
A_SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"  # that of `make test-postgres`


@dataclass
class Traced:
    """An action that writes one row each time it is done, with who did it; its process may die in the middle of doing it."""

    by: str = ""
    dies_in: int | None = None  # this one of the steps that it does
    name: str = ACTION
    expires_after: timedelta | None = None
    count: int = 0

    def preview(self, step: DueStep, speech: Translator) -> str:  # noqa: ARG002 - says the same to everybody
        return self.name

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        audit.record(
            session,
            network_id=step.campaign.network_id,
            act=TRACE,
            subject_kind="step_run",
            subject_id=step.run_id,
            at=now,
            by=self.by,
        )
        self.count += 1
        if self.count == self.dies_in:
            session.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        return {}


@dataclass(frozen=True, slots=True)
class Traces:
    """What is found when everybody has stopped."""

    done: int  # rows that say so
    traced: int  # steps with a trace
    doubles: int  # steps with more than one


def traces(database: Database) -> Traces:
    """Count what was done, by the rows and by the traces."""
    with database.reading() as session:
        done = session.scalar(select(func.count()).select_from(StepRun).where(StepRun.state == StepState.DONE)) or 0
        each = select(func.count().label("times")).where(AuditRow.act == TRACE).group_by(AuditRow.subject_id).subquery()
        times = session.scalars(select(each.c.times)).all()
    return Traces(done, len(times), sum(one > 1 for one in times))


def plant(
    session: Session, *, campaigns: int, cities: int, lines: int, first_due_at: datetime, state: StepState = StepState.PLANNED
) -> None:
    """Campaigns of one network, open or (when their steps are done) closed; their steps an hour apart."""
    network = factories.network(session, f"network-{uuid4().hex[:8]}")
    places = [factories.city(session, network, f"city-{number}") for number in range(cities)]
    is_done = state is StepState.DONE
    runs: list[dict[str, Any]] = []
    for number in range(campaigns):
        status = CampaignStatus.CLOSED if is_done else CampaignStatus.OPEN
        campaign = factories.campaign(session, network, slug=f"campaign-{number}", status=status)
        joined = [factories.taking_part(session, campaign, city).id for city in places]
        steps = [
            TimelineStep(
                campaign_id=campaign.id,
                position=position,
                action=ACTION,
                scope=StepScope.EACH_CITY,
                offset_days=0,
                local_time=time(0, 0),
            )
            for position in range(lines)
        ]
        session.add_all(steps)
        session.flush()
        for position, step in enumerate(steps):
            due_at = first_due_at + timedelta(hours=position)
            done_at = due_at if is_done else None
            runs += [
                {"step_id": step.id, "campaign_city_id": place, "due_at": due_at, "state": state, "done_at": done_at}
                for place in joined
            ]
    session.execute(insert(StepRun), runs)


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    """The address of an empty database on each engine there is, by the engine's name."""
    name = f"polyphony_bench_{os.getpid()}"
    found = {"SQLite": f"sqlite:///{folder / (name + '.sqlite3')}"}
    server = create_engine(os.environ.get("TEST_DATABASE_URL") or A_SERVER, isolation_level="AUTOCOMMIT")
    drop = text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    try:
        with server.connect() as connection:
            connection.execute(drop)
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        found["PostgreSQL"] = make_url(server.url).set(database=name).render_as_string(hide_password=False)
    except OperationalError:
        pass  # no server: its rows are left out
    try:
        for url in found.values():
            migrate(url)
        yield found
    finally:
        if "PostgreSQL" in found:
            with server.connect() as connection:
                connection.execute(drop)
        server.dispose()
        for left in folder.glob(f"{name}.sqlite3*"):
            left.unlink()


class Breathing(Database):
    """A database whose users rest after each thing they wrote, as long as it took, so that others come in also on SQLite.

    SQLite does not wait for the disk there: a process may be killed, the power stays on.
    """

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF"))

    @contextmanager
    def writing(self) -> Iterator[Session]:
        before = clock.perf_counter()
        with super().writing() as session:
            yield session
        clock.sleep(clock.perf_counter() - before)


def runtime_on(url: str, folder: Path, *, rests: bool = False) -> Runtime:
    """A process of the service on this database."""
    database = Breathing(url) if rests else Database(url)
    return Runtime(Settings(data_dir=folder, database_url=url), database, LocalStorage(folder / "files"), lambda: NOW)


def tick_in_a_process(url: str, folder: Path, action: Traced, gate: Any, counts: Any, *, rests: bool = False) -> None:
    """Another process that does what is due as soon as the gate opens, and says how much it did."""
    runtime = runtime_on(url, folder, rests=rests)
    gate.wait(60)
    counts.put(run_due_steps(runtime, StepRegistry([action]), now=NOW))
    runtime.database.dispose()
