"""Puts a mail into the outbox, once for its key, and once more when a person says so."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.enums import MailState
from app.errors import ErrorKind, NotFound, Refused
from app.jobs import enqueue
from app.models import Mail, Person

DELIVER = "mail.deliver"
RESENDABLE = frozenset({MailState.FAILED, MailState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as it is read: the same words as text and as HTML."""

    subject: str
    text: str
    html: str


def send(
    session: Session,
    *,
    network_id: int,
    person: Person,
    reason: str,
    written: Written,
    idempotency_key: str,
    now: datetime,
    not_after: datetime | None = None,
) -> None:
    """Send a mail once this transaction commits; the same key is sent once, however often it is asked.

    After `not_after` it is of no use: it is no longer tried, and its text is not kept for somebody to send it again.
    """
    if session.scalar(select(Mail.id).where(Mail.idempotency_key == idempotency_key)) is not None:
        return
    mail = Mail(
        idempotency_key=idempotency_key,
        message_id=f"<{secrets.token_hex(16)}@polyphony>",
        network_id=network_id,
        person_id=person.id,
        reason=reason,
        subject=" ".join(written.subject.split())[:300],  # one line: a header ends at a line's end
        body=written.text,
        html=written.html,
        state=MailState.QUEUED,
        created_at=now,
        not_after=not_after,
    )
    session.add(mail)
    session.flush()
    enqueue(session, DELIVER, {"mail_id": mail.id}, unique_key=delivery_key(mail.id), now=now)


def resend(session: Session, mail_id: int, *, network_id: int, actor_id: int, now: datetime) -> None:
    """Send a failed or unknown mail again because a person asks for it; the Message-ID stays, so that a double is recognised.

    Refuses `mail.missing` and `mail.not_to_be_resent`.
    """
    mail = session.scalar(select(Mail).where(Mail.id == mail_id, Mail.network_id == network_id).with_for_update())
    if mail is None:
        raise NotFound("mail.missing")
    if not may_be_resent(mail):
        raise Refused("mail.not_to_be_resent", kind=ErrorKind.CONFLICT)
    record(
        session,
        network_id=network_id,
        act="mail.resent",
        subject_kind="mail",
        subject_id=mail.id,
        actor_id=actor_id,
        at=now,
        was=mail.state.value,
        person=mail.person_id,
    )
    mail.state, mail.trouble, mail.error_detail = MailState.QUEUED, None, None
    enqueue(session, DELIVER, {"mail_id": mail.id}, unique_key=delivery_key(mail.id), now=now)


def may_be_resent(mail: Mail) -> bool:
    """Whether it did not surely arrive and its text is still here."""
    return mail.state in RESENDABLE and bool(mail.body)


def delivery_key(mail_id: int) -> str:
    """The unique key of the job that delivers this mail."""
    return f"{DELIVER}:{mail_id}"
