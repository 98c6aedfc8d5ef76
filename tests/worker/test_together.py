"""Several who ask and work at once, and a database that is away for a moment."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError

from app.enums import JobState
from app.jobs import JobKind, JobRegistry, JobRun, claim, due_ids, enqueue
from app.models import Job
from app.runtime import Runtime
from app.worker.carrier import LocalCarrier
from app.worker.runner import Worker
from tests.conftest import Clock, wait_until


def test_those_who_ask_for_the_same_work_at_the_same_moment_ask_once_and_none_of_them_fails(runtime: Runtime) -> None:
    failed: list[Exception] = []
    asked = threading.Barrier(4)

    def ask() -> None:
        asked.wait(10)
        try:
            with runtime.database.writing() as session:
                enqueue(session, "test", {}, unique_key="one", now=runtime.now())
                threading.Event().wait(0.1)  # its commit is still to come when the others look
        except DBAPIError as error:
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with runtime.database.reading() as session:
        assert session.scalars(select(Job.state)).all() == [JobState.QUEUED]


LEASE = timedelta(minutes=1)


def ask(runtime: Runtime) -> int:
    with runtime.database.writing() as session:
        enqueue(session, "test", {}, unique_key="one", now=runtime.now())
        return session.scalars(select(Job.id).where(Job.state == JobState.QUEUED)).one()


def take(runtime: Runtime, job_id: int, worker: str) -> bool:
    with runtime.database.writing() as session:
        return claim(session, job_id, worker=worker, now=runtime.now(), lease=LEASE) is not None


def due(runtime: Runtime) -> list[int]:
    with runtime.database.reading() as session:
        return due_ids(session, now=runtime.now(), limit=4)


def test_the_same_work_waits_while_another_worker_is_at_it(runtime: Runtime, clock: Clock) -> None:
    first = ask(runtime)
    assert take(runtime, first, "a")
    second = ask(runtime)
    assert (due(runtime), take(runtime, second, "b")) == ([], False)
    clock.advance(LEASE + timedelta(seconds=1))  # the first has gone silent
    assert due(runtime) == [first, second]
    assert take(runtime, second, "b")
    assert (due(runtime), take(runtime, first, "c")) == ([], False)


def test_of_two_jobs_for_the_same_work_one_is_claimed_when_both_are_asked_for_at_the_same_moment(
    runtime: Runtime, clock: Clock
) -> None:
    first = ask(runtime)
    take(runtime, first, "a")
    second = ask(runtime)
    clock.advance(LEASE + timedelta(seconds=1))
    won: list[int] = []
    asked = threading.Barrier(2)

    def claim_it(job_id: int) -> None:
        asked.wait(10)
        with runtime.database.writing() as session:
            if claim(session, job_id, worker=f"worker-{job_id}", now=runtime.now(), lease=LEASE):
                won.append(job_id)
            threading.Event().wait(0.2)  # its commit is still to come when the other looks

    threads = [threading.Thread(target=claim_it, args=(job_id,)) for job_id in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_what_was_asked_for_meanwhile_is_done_as_soon_as_the_work_ends(runtime: Runtime, clock: Clock) -> None:
    at_once, most = 0, 0
    began, go_on = threading.Event(), threading.Event()

    def handler(_run: JobRun) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        began.set()
        go_on.wait(10)
        at_once -= 1

    def states() -> list[JobState]:
        with runtime.database.reading() as session:
            return list(session.scalars(select(Job.state).order_by(Job.id)))

    registry = JobRegistry()
    registry.register(JobKind("test", handler))
    clock.follows = True
    ask(runtime)
    worker = Worker(runtime, registry)
    worker.start(2)
    began.wait(10)
    ask(runtime)
    threading.Event().wait(0.7)  # longer than a worker with nothing to do looks away
    assert states() == [JobState.RUNNING, JobState.QUEUED]
    go_on.set()
    wait_until(lambda: states() == [JobState.DONE, JobState.DONE], timeout_s=5)
    worker.stop()
    assert most == 1


class _AwayAtFirst(LocalCarrier):
    """The rows, after the database could not be reached once."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.asked = 0

    def next_ids(self, limit: int) -> list[int]:
        self.asked += 1
        if self.asked == 1:
            raise OperationalError("SELECT", {}, ConnectionError())
        return super().next_ids(limit)


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_goes_on_when_the_database_comes_back(runtime: Runtime, clock: Clock) -> None:
    def handler(run: JobRun) -> None:
        with run.finishing():
            pass

    def states() -> list[JobState]:
        with runtime.database.reading() as session:
            return list(session.scalars(select(Job.state)))

    registry = JobRegistry()
    registry.register(JobKind("test", handler))
    clock.follows = True
    with runtime.database.writing() as session:
        enqueue(session, "test", {}, unique_key="one", now=runtime.now())
    worker = Worker(runtime, registry, _AwayAtFirst(runtime))
    worker.start(1)
    wait_until(lambda: states() == [JobState.DONE], timeout_s=10)
    worker.stop()
