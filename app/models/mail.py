"""Mails, one row for each reason and person."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, UtcDateTime, enum_type
from app.enums import MailState, MailTrouble


class Mail(Base):
    """A mail to one person for one reason; what it became is never guessed."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_network_id_id", "network_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(160), unique=True)
    message_id: Mapped[str] = mapped_column(String(160), unique=True)  # the same at every attempt
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)  # emptied once it is sent, or can no longer be of use: a sign-in link is not kept
    html: Mapped[str] = mapped_column(Text)  # the same words; goes with the body
    state: Mapped[MailState] = mapped_column(enum_type(MailState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[MailTrouble | None] = mapped_column(enum_type(MailTrouble))
    error_detail: Mapped[str | None] = mapped_column(String(1000))  # what the server said, in its own words
