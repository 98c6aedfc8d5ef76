"""Two processes at the same steps, and one that is killed in the middle of a step: nothing twice, nothing left."""

import multiprocessing
import signal
from collections import Counter
from datetime import timedelta
from multiprocessing.context import SpawnProcess

from sqlalchemy import select

from app.campaigns.service import run_due_steps
from app.campaigns.steps import StepRegistry
from app.enums import StepState
from app.models import AuditRow, StepRun
from app.runtime import Runtime
from tests.bench.many_steps import NOW, TRACE, Traced, Traces, plant, tick_in_a_process, traces

CAMPAIGNS, CITIES = 3, 20


def ticked_at_once(runtime: Runtime, *actions: Traced, steps: int) -> tuple[list[SpawnProcess], list[int]]:
    """A process for each action, all at the same steps from the same moment; how many each one says it did, if it lives."""
    with runtime.database.writing() as session:
        plant(
            session, campaigns=CAMPAIGNS, cities=CITIES, lines=steps // CAMPAIGNS // CITIES, first_due_at=NOW - timedelta(days=10)
        )
    context = multiprocessing.get_context("spawn")
    gate, counts = context.Barrier(len(actions)), context.Queue()
    url, folder = runtime.settings.resolved_database_url, runtime.settings.data_dir
    processes = [
        context.Process(target=tick_in_a_process, args=(url, folder, action, gate, counts), kwargs={"rests": True})
        for action in actions
    ]
    for process in processes:
        process.start()
    said = [counts.get(timeout=120) for action in actions if action.dies_in is None]
    for process in processes:
        process.join(60)
    return processes, said


def shares(runtime: Runtime) -> Counter[str]:
    """How many traces each of them left."""
    with runtime.database.reading() as session:
        return Counter(codes["by"] for codes in session.scalars(select(AuditRow.codes).where(AuditRow.act == TRACE)))


def left(runtime: Runtime) -> int:
    """How many steps one more tick finds to do."""
    return run_due_steps(runtime, StepRegistry([Traced("third")]), now=NOW)


def test_two_processes_do_hundreds_of_due_steps_without_a_double(runtime: Runtime) -> None:
    processes, said = ticked_at_once(runtime, Traced("one"), Traced("other"), steps=600)
    assert [process.exitcode for process in processes] == [0, 0]
    assert traces(runtime.database) == Traces(done=600, traced=600, doubles=0)
    assert sorted(shares(runtime).values()) == sorted(said)
    assert min(said) > 0  # they were at it together
    assert left(runtime) == 0


def test_a_step_in_whose_middle_a_process_is_killed_is_done_by_the_other_and_none_is_done_twice(runtime: Runtime) -> None:
    processes, said = ticked_at_once(runtime, Traced("killed", dies_in=5), Traced("other"), steps=180)
    assert [process.exitcode for process in processes] == [-signal.SIGKILL, 0]
    assert traces(runtime.database) == Traces(done=180, traced=180, doubles=0)
    assert shares(runtime) == {"killed": 4, "other": 176}  # of the fifth nothing is left but its being done
    assert said == [176]
    assert left(runtime) == 0


def test_after_a_kill_with_nobody_else_there_the_next_process_goes_on_from_the_step_in_the_middle(runtime: Runtime) -> None:
    (process,), _said = ticked_at_once(runtime, Traced("killed", dies_in=91), steps=180)
    assert process.exitcode == -signal.SIGKILL
    assert traces(runtime.database) == Traces(done=90, traced=90, doubles=0)
    assert left(runtime) == 90
    assert traces(runtime.database) == Traces(done=180, traced=180, doubles=0)
    with runtime.database.reading() as session:
        query = select(StepRun.due_at).join(AuditRow, AuditRow.subject_id == StepRun.id).where(AuditRow.act == TRACE)
        in_order = session.scalars(query.order_by(AuditRow.id)).all()
        states = set(session.scalars(select(StepRun.state)))
    assert in_order == sorted(in_order)
    assert states == {StepState.DONE}
