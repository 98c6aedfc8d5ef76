"""Several who ask and work at once, and a database that is away for a moment."""

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError

from app.enums import JobState
from app.jobs import JobKind, JobRegistry, JobRun, enqueue
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
