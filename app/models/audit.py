"""Who did what to what: append-only, ids and codes only, so that erasure never has to touch it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime


class AuditRow(Base):
    """One act; the database itself refuses to change or delete it (a trigger of the first migration)."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]  # None: a resident by receipt, or the service itself
    act: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    codes: Mapped[dict[str, Any]] = mapped_column(JSON)  # states, reasons, other ids
