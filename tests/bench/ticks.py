"""The rows of the tick: what an idle one costs among very many steps, and very many steps done by two processes at once."""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select, update

from app.campaigns.service import run_due_steps
from app.campaigns.steps import StepRegistry
from app.enums import StepState
from app.models import StepRun
from app.runtime import Runtime
from tests.bench.many_steps import NOW, Traced, databases, plant, runtime_on, tick_in_a_process, traces
from tests.bench.measure import Row

_CITIES, _LINES, _CAMPAIGNS, _BAR_MS = 145, 60, 5, 5.0
_DUE = 100
_AT_ONCE_CITIES, _AT_ONCE_LINES, _AT_ONCE_LINES_QUICK = 100, 20, 2  # in five campaigns: 10,000, or 1,000
_DAYS = timedelta(days=100)
_IDLE = StepRegistry([Traced()])


@dataclass
class _Clocked:
    """The time an engine's transactions spend in the database: statements, commits, rollbacks, pings."""

    engine: Engine
    seconds: float = 0
    statements: int = 0
    began: float = 0

    def __post_init__(self) -> None:
        event.listen(self.engine, "before_cursor_execute", self._begin)
        event.listen(self.engine, "after_cursor_execute", self._end)
        for name in ("do_commit", "do_rollback", "do_ping"):
            setattr(self.engine.dialect, name, self._timed(getattr(self.engine.dialect, name)))

    def spent(self, work: Callable[[], object]) -> tuple[float, float, int]:
        """Milliseconds in the database, on the wall, and the number of statements."""
        self.seconds, self.statements = 0, 0
        before = time.perf_counter()
        work()
        return self.seconds * 1000, (time.perf_counter() - before) * 1000, self.statements

    def _begin(self, *_given: object) -> None:
        self.began = time.perf_counter()

    def _end(self, *_given: object) -> None:
        self.seconds += time.perf_counter() - self.began
        self.statements += 1

    def _timed(self, inner: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: object) -> Any:
            before = time.perf_counter()
            try:
                return inner(*given)
            finally:
                self.seconds += time.perf_counter() - before

        return timed


def idle(folder: Path, *, repeats: int) -> list[Row]:
    """Ticks with nothing due, among few steps and among very many; then one with something due."""
    found = []
    with tempfile.TemporaryDirectory(dir=folder) as name, databases(Path(name)) as urls:
        for engine, url in urls.items():
            runtime = runtime_on(url, Path(name))
            clocked = _Clocked(runtime.database.engine)
            _plant(runtime, lines=1, campaigns=1)
            few_ms, _wall_ms, _statements = _median(clocked, runtime, repeats * 3)
            _plant(runtime, lines=_LINES, campaigns=_CAMPAIGNS)
            many_ms, wall_ms, statements = _median(clocked, runtime, repeats * 3)
            due_ms = _tick_with_something_due(clocked, runtime)
            runtime.database.dispose()
            steps = _CITIES * _LINES * _CAMPAIGNS
            found.append(
                Row(
                    f"idle tick among {_CITIES} cities x {_LINES} steps x {_CAMPAIGNS} campaigns, {engine}",
                    f"{steps:,} steps planned and as many done; {statements} statements, {wall_ms:.1f} ms in all; "
                    f"among {_CITIES} steps {few_ms:.2f} ms; with {_DUE} due {due_ms / _DUE:.1f} ms for each",
                    f"{many_ms:.2f} ms in the database",
                    f"under {_BAR_MS:.0f} ms",
                    many_ms < _BAR_MS,
                )
            )
    return found


def at_once(folder: Path, *, repeats: int) -> list[Row]:
    """Very many steps that are due, and two processes that tick at the same moment; once, fewer of them in few repetitions."""
    found = []
    lines = _AT_ONCE_LINES if repeats > 3 else _AT_ONCE_LINES_QUICK
    steps = _CAMPAIGNS * _AT_ONCE_CITIES * lines
    with tempfile.TemporaryDirectory(dir=folder) as name, databases(Path(name)) as urls:
        for engine, url in urls.items():
            runtime = runtime_on(url, Path(name))
            with runtime.database.writing() as session:
                plant(session, campaigns=_CAMPAIGNS, cities=_AT_ONCE_CITIES, lines=lines, first_due_at=NOW - _DAYS)
            wall_s, shares = _two_processes(url, Path(name))
            after = traces(runtime.database)
            left = run_due_steps(runtime, _IDLE, now=NOW)
            runtime.database.dispose()
            found.append(
                Row(
                    f"{steps:,} due steps of {_CAMPAIGNS} campaigns done by two processes, {engine}",
                    f"{wall_s:.0f} s, {steps / wall_s:.0f} steps/s, shares {shares[0]:,} and {shares[1]:,}",
                    f"{after.traced:,} done, {after.doubles} twice",
                    "all, none twice",
                    (after.done, after.traced, after.doubles, left) == (steps, steps, 0, 0),
                )
            )
    return found


def _plant(runtime: Runtime, *, lines: int, campaigns: int) -> None:
    with runtime.database.writing() as session:
        for first_due_at, state in ((NOW + timedelta(days=1), StepState.PLANNED), (NOW - _DAYS, StepState.DONE)):
            plant(session, campaigns=campaigns, cities=_CITIES, lines=lines, first_due_at=first_due_at, state=state)


def _median(clocked: _Clocked, runtime: Runtime, turns: int) -> tuple[float, float, int]:
    """Of ticks with nothing due, after one that opens the connection and compiles."""
    spent = [clocked.spent(lambda: run_due_steps(runtime, _IDLE, now=NOW)) for _turn in range(turns + 1)][1:]
    return statistics.median(each[0] for each in spent), statistics.median(each[1] for each in spent), spent[-1][2]


def _tick_with_something_due(clocked: _Clocked, runtime: Runtime) -> float:
    with runtime.database.writing() as session:
        ids = session.scalars(select(StepRun.id).where(StepRun.state == StepState.PLANNED).order_by(StepRun.id).limit(_DUE)).all()
        session.execute(update(StepRun).where(StepRun.id.in_(ids)).values(due_at=NOW))
    return clocked.spent(lambda: run_due_steps(runtime, _IDLE, now=NOW))[0]


def _two_processes(url: str, folder: Path) -> tuple[float, list[int]]:
    context = multiprocessing.get_context("spawn")
    gate, counts = context.Barrier(3), context.Queue()
    processes = [
        context.Process(target=tick_in_a_process, args=(url, folder, Traced(str(number)), gate, counts)) for number in range(2)
    ]
    for process in processes:
        process.start()
    gate.wait(60)
    before = time.perf_counter()
    shares = [counts.get(timeout=1800) for _process in processes]
    wall_s = time.perf_counter() - before
    for process in processes:
        process.join(60)
    return wall_s, shares
