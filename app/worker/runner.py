"""Claims job rows under a lease, keeps the lease alive while the handler works, and writes how it ended."""

import logging
import os
import secrets
import socket
import threading
import traceback
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from app import jobs
from app.enums import JobState
from app.errors import Refused
from app.jobs import JobKind, JobRegistry, JobRun, LeaseLostError
from app.models import Job
from app.runtime import Runtime
from app.worker.carrier import Carrier, LocalCarrier

POLL_S = 0.5
logger = logging.getLogger(__name__)


class Worker:
    """Runs jobs in a few threads; the heavy work is in child processes, so threads are enough."""

    def __init__(self, runtime: Runtime, registry: JobRegistry, carrier: Carrier | None = None) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._runtime = runtime
        self._registry = registry
        self._carrier = carrier or LocalCarrier(runtime)
        self._lease = timedelta(seconds=runtime.settings.job_lease_seconds)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._running: set[int] = set()

    def start(self, threads: int) -> None:
        """Begin to work in the background."""
        for number in range(threads):
            thread = threading.Thread(target=self._work, name=f"worker-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, patience_s: float = 3.0) -> None:
        """Claim nothing more, let running jobs end for a moment, then hand the rest back to whoever comes next."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(patience_s)
        with self._runtime.database.writing() as session:
            for job_id in list(self._running):
                jobs.hand_back(session, job_id, worker=self.name, now=self._runtime.now())

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                found = self.run_next()
            except Exception:  # the database was away: the lease of what was at work runs out, and it is claimed again
                logger.exception("the worker could not reach its jobs and looks again")
                found = False
            if not found:
                self._stopping.wait(POLL_S)

    def run_next(self) -> bool:
        """Run one due job; False when there was none."""
        return any(self.run(job_id) for job_id in self._carrier.next_ids(4))

    def run(self, job_id: int) -> bool:
        """Run this job if it can be claimed."""
        with self._runtime.database.writing() as session:
            job = jobs.claim(session, job_id, worker=self.name, now=self._runtime.now(), lease=self._lease)
        if job is None:
            return False
        self._running.add(job_id)
        kind = self._registry[job.kind]
        ended = threading.Event()
        heart = threading.Thread(target=self._keep_lease, args=(job_id, kind, ended), daemon=True)
        heart.start()
        try:
            self._attempt(job, kind)
        finally:
            ended.set()
            heart.join()
            self._running.discard(job_id)
        return True

    def run_until_idle(self, timeout_s: float) -> None:
        """Run everything that is due, and what that brings, in this thread; TimeoutError when it does not end."""
        deadline = self._runtime.now() + timedelta(seconds=timeout_s)
        while self.run_next():
            if self._runtime.now() > deadline:
                raise TimeoutError

    def _attempt(self, job: Job, kind: JobKind) -> None:
        run = JobRun(self._runtime, job.id, job.payload, self.name, job.attempts)
        try:
            if job.attempts > kind.max_attempts:  # every attempt before was killed in the middle
                self._end_badly(job, kind, code="job.killed", detail="")
                return
            kind.handler(run)
            if not run.finished:
                with run.finishing():
                    pass
        except LeaseLostError:
            logger.warning("job %s %s was taken over by another worker; this run wrote nothing", job.id, job.kind)
        except Exception as error:
            code = error.code if isinstance(error, Refused) else type(error).__name__
            logger.exception("job %s %s failed in attempt %s", job.id, job.kind, job.attempts)
            where = "".join(traceback.format_tb(error.__traceback__))  # without the message, which may quote what people wrote
            self._end_badly(job, kind, code=code, detail=where[-2000:])

    def _end_badly(self, job: Job, kind: JobKind, *, code: str, detail: str) -> None:
        with self._runtime.database.writing() as session:
            now = self._runtime.now()
            state = jobs.retry_or_give_up(session, job, kind, worker=self.name, now=now, code=code, detail=detail)
        if state is JobState.FAILED:
            logger.error("job %s %s was given up: %s", job.id, job.kind, code)

    def _keep_lease(self, job_id: int, kind: JobKind, ended: threading.Event) -> None:
        began_at = self._runtime.now()
        while not ended.wait(self._lease.total_seconds() / 3):
            now = self._runtime.now()
            if now - began_at > kind.time_limit:  # it hangs: let the lease run out, another worker will try
                return
            try:
                with self._runtime.database.writing() as session:
                    mine = jobs.extend_lease(session, job_id, worker=self.name, now=now, lease=self._lease)
            except SQLAlchemyError:
                logger.exception("the lease of job %s could not be extended; tried again", job_id)
                continue
            if not mine:
                return
