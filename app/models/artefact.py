"""Stored files and what each was made from: the graph that withdrawal, rebuilding and erasure walk."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, UtcDateTime, enum_type
from app.enums import ArtefactKind, EdgeRole


class Artefact(Base):
    """One stored file; equal bytes made by the same recipe are one row, whoever they came from."""

    __tablename__ = "artefact"
    __table_args__ = (UniqueConstraint("sha256", "spec_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))  # of its bytes
    spec_sha256: Mapped[str] = mapped_column(String(64))  # of all that made it
    kind: Mapped[ArtefactKind] = mapped_column(enum_type(ArtefactKind))
    media_type: Mapped[str] = mapped_column(String(80))
    storage_key: Mapped[str] = mapped_column(String(200), index=True)
    size_bytes: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Derivation(Base):
    """An edge: this artefact was made from that artefact or that submission."""

    __tablename__ = "derivation"
    __table_args__ = (
        CheckConstraint("(source_artefact_id IS NULL) <> (source_submission_id IS NULL)", name="one_source"),
        UniqueConstraint("artefact_id", "source_artefact_id"),
        UniqueConstraint("artefact_id", "source_submission_id"),
        Index("ix_derivation_source_artefact", "source_artefact_id"),
        Index("ix_derivation_source_submission", "source_submission_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    artefact_id: Mapped[int] = mapped_column(ForeignKey("artefact.id"))
    source_artefact_id: Mapped[int | None] = mapped_column(ForeignKey("artefact.id"))
    source_submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))
    role: Mapped[EdgeRole] = mapped_column(enum_type(EdgeRole))
