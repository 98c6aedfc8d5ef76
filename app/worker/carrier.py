"""Who carries a job's id to a worker; the row stays the truth, a carrier only makes it happen sooner."""

from typing import Protocol

from app import jobs
from app.runtime import Runtime


class Carrier(Protocol):
    """Brings ids of jobs that could be claimed; bringing one twice, or one already taken, does no harm."""

    def next_ids(self, limit: int) -> list[int]:
        """Up to `limit` ids, oldest first; empty when nothing is due."""
        ...


class LocalCarrier:
    """The same machine: looks into the rows themselves."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def next_ids(self, limit: int) -> list[int]:
        """Due jobs, by their rows."""
        with self._runtime.database.reading() as session:
            return jobs.due_ids(session, now=self._runtime.now(), limit=limit)
