"""What people sent, what they agreed to, what was decided, and the files made of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime, enum_type
from app.enums import Purpose, RejectionReason, SubmissionKind, SubmissionOrigin, SubmissionState, Verdict


class Submission(Base):
    """One contribution; withdrawal empties its words and keeps the row, so that the receipt can say what happened."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_wall", "campaign_id", "state", "city_id"),
        Index("ix_submission_queue", "city_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)  # random; stands in addresses of pages and media
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"))
    kind: Mapped[SubmissionKind] = mapped_column(enum_type(SubmissionKind))
    origin: Mapped[SubmissionOrigin] = mapped_column(enum_type(SubmissionOrigin))
    state: Mapped[SubmissionState] = mapped_column(enum_type(SubmissionState))
    language: Mapped[str] = mapped_column(String(35))  # of the words, BCP 47
    text: Mapped[str] = mapped_column(Text)  # the original words; empty when none were written
    spoken_words: Mapped[str] = mapped_column(Text)  # what is said in a clip or sound
    no_speech: Mapped[bool]  # somebody listened: nothing is said in it
    name: Mapped[str | None] = mapped_column(String(120))
    alt_text: Mapped[str] = mapped_column(Text)
    credit: Mapped[str | None] = mapped_column(String(200))
    consent_note: Mapped[str | None] = mapped_column(Text)  # whose consent was given, in an officer's words
    receipt_token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    form_token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)  # of one form: sent twice, received once
    page_language: Mapped[str] = mapped_column(String(35))  # in which the person is spoken to
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    prepared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its last file left the disk
    original_media_type: Mapped[str | None] = mapped_column(String(80))
    original_size_bytes: Mapped[int | None]
    duration_s: Mapped[float | None]  # of the whole original
    trimmed: Mapped[bool]  # only the first part was kept
    lost_s: Mapped[float | None]  # so much of it could not be read; None when all of it could
    speech_s: Mapped[list[list[float]]] = mapped_column(
        JSON, default=list
    )  # when somebody speaks: begin and end, in what was kept
    failure_code: Mapped[str | None] = mapped_column(String(60))
    failure_params: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Consent(Base):
    """One person's yes to one purpose, with the exact wording it was given to."""

    __tablename__ = "consent"
    __table_args__ = (
        UniqueConstraint("submission_id", "purpose"),
        Index(
            "ix_consent_ended",
            "purpose",
            "submission_id",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    purpose: Mapped[Purpose] = mapped_column(enum_type(Purpose))
    wording_sha256: Mapped[str] = mapped_column(ForeignKey("consent_wording.sha256"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ConsentWording(Base):
    """A sentence that somebody agreed to, kept as it was."""

    __tablename__ = "consent_wording"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)  # of purpose, language and text
    purpose: Mapped[Purpose] = mapped_column(enum_type(Purpose))
    language: Mapped[str] = mapped_column(String(35))
    text: Mapped[str] = mapped_column(Text)


class Decision(Base):
    """What a moderator decided, when and why; the last one stands."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict))
    reason: Mapped[RejectionReason | None] = mapped_column(enum_type(RejectionReason))
    note: Mapped[str | None] = mapped_column(Text)  # to the person who sent it
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Rendition(Base):
    """One prepared file of a submission, in one format and role."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("submission_id", "format", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    artefact_id: Mapped[int] = mapped_column(ForeignKey("artefact.id"), index=True)
    format: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(40))  # main, preview, poster, tile
    placeholder: Mapped[str | None] = mapped_column(String(1000))  # a tiny copy of a preview, as a data address
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    duration_s: Mapped[float | None]
    loudness_lufs: Mapped[float | None]
