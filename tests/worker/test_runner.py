"""Jobs: at least once, finished once, retried with a limit, and nothing lost when a worker is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import JobState
from app.jobs import JobKind, JobRegistry, JobRun, LeaseLostError, enqueue
from app.models import Job, Network
from app.runtime import Runtime
from app.words import Words
from app.worker.runner import Worker
from tests.conftest import Clock, wait_until


def ask(runtime: Runtime, kind: str = "test", key: str = "one", **payload: Any) -> None:
    with runtime.database.writing() as session:
        enqueue(session, kind, payload, unique_key=key, now=runtime.now())


def states(runtime: Runtime) -> list[JobState]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(Job.state).order_by(Job.id)))


def registry(kind: JobKind) -> JobRegistry:
    made = JobRegistry()
    made.register(kind)
    return made


def add_network(session: Session, slug: str) -> None:
    session.add(
        Network(slug=slug, names=Words.one("en", slug), responsible=Words.one("en", slug), contact_email="x@voices.example")
    )


def test_a_job_that_waits_is_not_asked_twice(runtime: Runtime) -> None:
    ask(runtime)
    ask(runtime)
    assert states(runtime) == [JobState.QUEUED]


def test_a_job_that_waits_for_a_later_day_comes_forward_when_it_is_asked_for_now(runtime: Runtime) -> None:
    now = runtime.now()
    with runtime.database.writing() as session:
        for after in (timedelta(days=30), timedelta(days=60)):
            enqueue(session, "test", {}, unique_key="one", now=now + after)
    ask(runtime, key="two")
    ask(runtime)
    with runtime.database.reading() as session:
        assert session.execute(select(Job.unique_key, Job.run_after).order_by(Job.id)).all() == [("one", now), ("two", now)]


def test_a_job_that_failed_waits_its_time_whoever_asks(runtime: Runtime, clock: Clock) -> None:
    def handler(_run: JobRun) -> None:
        raise ZeroDivisionError

    worker = Worker(runtime, registry(JobKind("test", handler)))
    ask(runtime)
    assert worker.run_next()
    ask(runtime)
    assert not worker.run_next()
    clock.advance(timedelta(hours=1))
    assert worker.run_next()


def test_the_result_and_the_end_of_the_job_are_one_commit(runtime: Runtime) -> None:
    def handler(run: JobRun) -> None:
        with run.finishing() as session:
            add_network(session, "made-by-job")

    ask(runtime)
    assert Worker(runtime, registry(JobKind("test", handler))).run_next()
    assert states(runtime) == [JobState.DONE]
    with runtime.database.reading() as session:
        assert session.scalars(select(Network.slug)).all() == ["made-by-job"]


def test_a_worker_that_lost_its_lease_writes_nothing(runtime: Runtime, clock: Clock) -> None:
    seen: list[str] = []

    def slow(run: JobRun) -> None:
        clock.advance(timedelta(hours=1))
        Worker(runtime, registry(JobKind("test", fast))).run(run.job_id)
        with pytest.raises(LeaseLostError), run.finishing() as session:
            add_network(session, "written-by-the-late-one")
        raise LeaseLostError

    def fast(run: JobRun) -> None:
        with run.finishing() as session:
            add_network(session, "written-once")
        seen.append("fast")

    ask(runtime)
    Worker(runtime, registry(JobKind("test", slow))).run_next()
    assert seen == ["fast"]
    with runtime.database.reading() as session:
        assert session.scalars(select(Network.slug)).all() == ["written-once"]


def test_a_failing_job_is_tried_again_later_and_given_up_at_its_limit(runtime: Runtime, clock: Clock) -> None:
    given_up: list[dict[str, Any]] = []

    def handler(_run: JobRun) -> None:
        raise ZeroDivisionError

    def on_give_up(_session: Session, payload: Mapping[str, Any], _now: datetime) -> None:
        given_up.append(dict(payload))

    worker = Worker(runtime, registry(JobKind("test", handler, max_attempts=3, on_give_up=on_give_up)))
    ask(runtime, number=7)
    for _ in range(3):
        assert worker.run_next()
        assert not worker.run_next()  # not before its pause is over
        clock.advance(timedelta(hours=1))
    assert states(runtime) == [JobState.FAILED]
    assert given_up == [{"number": 7}]
    with runtime.database.reading() as session:
        assert session.scalars(select(Job.error_code)).one() == "ZeroDivisionError"


def test_a_clean_stop_hands_an_unfinished_job_back_without_counting_the_attempt(runtime: Runtime, clock: Clock) -> None:
    clock.follows = True
    let_go = threading.Event()

    def handler(_run: JobRun) -> None:
        let_go.wait(20)

    ask(runtime)
    worker = Worker(runtime, registry(JobKind("test", handler)))
    worker.start(1)
    wait_until(lambda: states(runtime) == [JobState.RUNNING])
    worker.stop(patience_s=0.1)
    with runtime.database.reading() as session:
        job = session.scalars(select(Job)).one()
        assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    let_go.set()
    worker.stop()


SLOW_WORKER = """
import sys, time
from app.jobs import JobKind, JobRegistry
from app.models import Network
from app.runtime import open_runtime
from app.settings import get_settings
from app.words import Words
from app.worker.runner import Worker

def handler(run):
    print("began", run.payload["number"], flush=True)
    time.sleep(0.05)
    with run.finishing() as session:
        slug = f"job-{run.payload['number']}"
        words = Words.one("en", slug)
        session.add(Network(slug=slug, names=words, responsible=words, contact_email="x@voices.example"))

registry = JobRegistry()
registry.register(JobKind("test", handler, max_attempts=50))
worker = Worker(open_runtime(get_settings()), registry)
worker.start(2)
time.sleep(600)
"""


def test_killing_the_worker_at_any_moment_loses_nothing_and_repeats_no_result(
    runtime: Runtime, clock: Clock, tmp_path: Path
) -> None:
    clock.follows = True
    jobs = 24
    for number in range(jobs):
        ask(runtime, key=f"job-{number}", number=number)
    script = tmp_path / "worker.py"
    script.write_text(SLOW_WORKER)
    environment = os.environ | {
        "POLYPHONY_DATABASE_URL": runtime.settings.database_url,
        "POLYPHONY_DATA_DIR": str(runtime.settings.data_dir),
        "POLYPHONY_JOB_LEASE_SECONDS": "1",
    }

    def done() -> int:
        with runtime.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.DONE)) or 0

    deadline = time.monotonic() + 90
    kills = 0
    while done() < jobs and time.monotonic() < deadline:
        process = subprocess.Popen([sys.executable, str(script)], env=environment, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()  # it is in the middle of a job
        if kills < 4:
            time.sleep(0.03 * (kills + 1))
            process.send_signal(signal.SIGKILL)
            kills += 1
        else:
            wait_until(lambda: done() == jobs, timeout_s=60)
            process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    assert kills == 4
    assert states(runtime) == [JobState.DONE] * jobs
    with runtime.database.reading() as session:
        assert sorted(session.scalars(select(Network.slug))) == sorted(f"job-{number}" for number in range(jobs))
