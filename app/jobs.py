"""Job rows: written in the commit of the data they belong to, run under a lease, finished in the commit of their result."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased

from app.enums import JobState
from app.models import Job
from app.runtime import Runtime

RETRY_AFTER = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))


class LeaseLostError(Exception):
    """Somebody else has the job by now; nothing of this run may be written."""


@dataclass(slots=True)
class JobRun:
    """One attempt at a job, handed to its handler."""

    runtime: Runtime
    job_id: int
    payload: Mapping[str, Any]
    worker: str
    attempt: int
    finished: bool = field(default=False)

    @contextmanager
    def finishing(self) -> Iterator[Session]:
        """The transaction in which the job's result is written and the job is done: both or neither, and only under the lease."""
        with self.runtime.database.writing() as session:
            if not _end(session, self.job_id, self.worker, state=JobState.DONE, at=self.runtime.now()):
                raise LeaseLostError(self.job_id)
            yield session
        self.finished = True


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of work: its handler is idempotent and may be started again after a kill at any moment."""

    name: str
    handler: Callable[[JobRun], None]
    max_attempts: int = 5
    time_limit: timedelta = timedelta(minutes=45)  # a handler that still runs then has hung; the lease is no longer extended
    on_give_up: Callable[[Session, Mapping[str, Any], datetime], None] | None = (
        None  # says it to whoever waits, in the same commit
    )
    waits: tuple[timedelta, ...] = RETRY_AFTER  # before the second attempt, the third, ...; the last one serves for all further


class JobRegistry:
    """The kinds of work that this process can do; a domain registers its own in `tasks.py`."""

    def __init__(self) -> None:
        self._kinds: dict[str, JobKind] = {}

    def register(self, kind: JobKind) -> None:
        """Add a kind; a name is taken once."""
        if kind.name in self._kinds:
            raise ValueError(kind.name)
        self._kinds[kind.name] = kind

    def __getitem__(self, name: str) -> JobKind:
        return self._kinds[name]

    def __iter__(self) -> Iterator[JobKind]:
        return iter(self._kinds.values())


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    unique_key: str,
    now: datetime,
    run_after: datetime | None = None,
) -> None:
    """Add a job in this transaction, unless one with the same key already waits: the one that waits will see the newer data.

    It waits no longer than is asked now, but for its wait after an attempt that failed.
    """
    at = run_after or now
    waiting = select(Job.id).where(Job.unique_key == unique_key, Job.state == JobState.QUEUED).with_for_update()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"kind": kind, "payload": payload, "unique_key": unique_key, "state": JobState.QUEUED, "attempts": 0}
    added = (
        insert(Job)
        .values(**values, created_at=now, run_after=at)
        .on_conflict_do_nothing(index_elements=[Job.unique_key], index_where=text("state = 'queued'"))
        .returning(Job.id)
    )
    session.flush()
    # two who ask at the same moment both find nothing waiting; the second then waits for the first's commit and looks again
    while session.scalar(waiting) is None and session.scalar(added) is None:
        pass
    is_later = (Job.unique_key == unique_key, Job.state == JobState.QUEUED, Job.attempts == 0, Job.run_after > at)
    session.execute(update(Job).where(*is_later).values(run_after=at), execution_options={"synchronize_session": False})


def due_ids(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Jobs that could be claimed now, oldest first: waiting ones, and running ones whose worker has gone silent.

    One that waits for the end of the same work, which another worker is at, is not among them yet.
    """
    return list(session.scalars(select(Job.id).where(_claimable(now)).order_by(Job.run_after, Job.id).limit(limit)))


def claim(session: Session, job_id: int, *, worker: str, now: datetime, lease: timedelta) -> Job | None:
    """Take the job for this worker, or None when another was faster, or is at the same work."""
    if session.get_bind().dialect.name == "postgresql":  # one at a time claims of the same work; SQLite's write lock does it
        same_work = func.pg_advisory_xact_lock(func.hashtextextended(Job.unique_key, 0))
        session.execute(select(same_work).where(Job.id == job_id))
    won = _rows(
        session,
        update(Job)
        .where(Job.id == job_id, _claimable(now))
        .values(state=JobState.RUNNING, leased_by=worker, lease_until=now + lease, attempts=Job.attempts + 1),
    )
    return session.get_one(Job, job_id) if won else None


def extend_lease(session: Session, job_id: int, *, worker: str, now: datetime, lease: timedelta) -> bool:
    """The heartbeat: whether the job is still this worker's."""
    return bool(_rows(session, _mine(job_id, worker).values(lease_until=now + lease)))


def retry_or_give_up(
    session: Session, job: Job, kind: JobKind, *, worker: str, now: datetime, code: str, detail: str
) -> JobState | None:
    """After a failed attempt: wait and try again, or give up; None when the lease was lost."""
    if job.attempts >= kind.max_attempts:
        if not _end(session, job.id, worker, state=JobState.FAILED, at=now, code=code, detail=detail):
            return None
        if kind.on_give_up is not None:
            kind.on_give_up(session, job.payload, now)
        return JobState.FAILED
    successor = select(Job.id).where(Job.unique_key == job.unique_key, Job.state == JobState.QUEUED).with_for_update()
    if session.scalar(successor) is not None:  # a newer job for the same work waits; it takes over
        return JobState.DONE if _end(session, job.id, worker, state=JobState.DONE, at=now, code=code, detail=detail) else None
    again_at = now + kind.waits[min(job.attempts, len(kind.waits)) - 1]
    values = {"state": JobState.QUEUED, "run_after": again_at, "leased_by": None, "lease_until": None}
    won = _rows(session, _mine(job.id, worker).values(**values, error_code=code, error_detail=detail[:2000]))
    return JobState.QUEUED if won else None


def hand_back(session: Session, job_id: int, *, worker: str, now: datetime) -> None:
    """Return an unfinished job at a clean stop; the attempt does not count."""
    successor = select(Job.id).where(
        Job.state == JobState.QUEUED, Job.unique_key == select(Job.unique_key).where(Job.id == job_id).scalar_subquery()
    )
    if session.scalar(successor) is not None:  # the newer job takes over
        _end(session, job_id, worker, state=JobState.DONE, at=now)
        return
    values = {"state": JobState.QUEUED, "run_after": now, "leased_by": None, "lease_until": None, "attempts": Job.attempts - 1}
    _rows(session, _mine(job_id, worker).values(**values))


def _claimable(now: datetime) -> Any:
    twin = aliased(Job)
    at_same_work = select(twin.id).where(
        twin.unique_key == Job.unique_key, twin.id != Job.id, twin.state == JobState.RUNNING, twin.lease_until >= now
    )
    waits = and_(Job.state == JobState.QUEUED, Job.run_after <= now)
    was_left = and_(Job.state == JobState.RUNNING, Job.lease_until < now)
    return and_(or_(waits, was_left), ~at_same_work.correlate(Job).exists())


def _mine(job_id: int, worker: str) -> Any:
    return update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING, Job.leased_by == worker)


def _end(
    session: Session,
    job_id: int,
    worker: str,
    *,
    state: JobState,
    at: datetime,
    code: str | None = None,
    detail: str | None = None,
) -> bool:
    values = {
        "state": state,
        "finished_at": at,
        "lease_until": None,
        "error_code": code,
        "error_detail": (detail or "")[:2000] or None,
    }
    return bool(_rows(session, _mine(job_id, worker).values(**values)))


def _rows(session: Session, statement: Any) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)  # noqa: S101 - an UPDATE has no other result
    return result.rowcount
