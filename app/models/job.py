"""Work to be done outside a request: the row is the job."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime, enum_type
from app.enums import JobState


class Job(Base):
    """Written in the commit of the data it belongs to; run under a lease, at least until it is done or has failed."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "state", "run_after"),
        # one waiting job for one piece of work; a running one may have a successor, since the world may change meanwhile
        Index(
            "uq_job_queued",
            "unique_key",
            unique=True,
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    unique_key: Mapped[str] = mapped_column(String(160))
    state: Mapped[JobState] = mapped_column(enum_type(JobState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int]
    leased_by: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[str | None] = mapped_column(String(80))
    error_detail: Mapped[str | None] = mapped_column(String(2000))  # for the people who run the service
