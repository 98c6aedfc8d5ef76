"""Mails, one row for each reason and person."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, UtcDateTime, enum_type
from app.enums import MailState


class Mail(Base):
    """A mail to one person for one reason; what it became is never guessed."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(160), unique=True)
    message_id: Mapped[str] = mapped_column(String(160), unique=True)  # the same at every attempt
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)  # emptied once nothing more is tried: a sign-in link is not kept
    state: Mapped[MailState] = mapped_column(enum_type(MailState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_detail: Mapped[str | None] = mapped_column(String(1000))
