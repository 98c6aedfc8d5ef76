"""A worker that was killed, and somebody who withdraws before it is back."""

from datetime import timedelta

import httpx
from sqlalchemy import select

from app import jobs
from app.jobs import JobRun
from app.models import Job, Submission
from app.runtime import Runtime
from app.submissions import service, tasks
from tests.submissions.conftest import Form, files_in


def test_what_a_killed_attempt_left_behind_goes_also_when_its_person_has_withdrawn(
    browser: httpx.Client, runtime: Runtime
) -> None:
    Form(browser).send()
    with runtime.database.writing() as session:
        job = session.scalars(select(Job)).one()
        jobs.claim(session, job.id, worker="one", now=runtime.now(), lease=timedelta(minutes=1))
        service.withdraw(session, session.scalars(select(Submission)).one(), actor_id=None, now=runtime.now())
    left_behind = runtime.settings.work_dir / f"job-{job.id}-1"
    left_behind.mkdir(parents=True)
    (left_behind / "copy-of-the-original.jpg").write_bytes(b"a face")
    tasks.normalise(JobRun(runtime, job.id, job.payload, "one", attempt=2))
    assert files_in(runtime.settings.work_dir) == []
