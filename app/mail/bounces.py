"""Reads what comes back: a report that a mail which a server had taken did not reach its person (RFC 3464)."""

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.enums import MailState, MailTrouble
from app.models import Mail

MAX_BYTES = 5_000_000  # a report may carry the whole mail back
BOUNCEABLE = frozenset({MailState.SENT, MailState.UNKNOWN})
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,158}>")


def note_bounce(session: Session, raw: bytes, *, now: datetime) -> Mail | None:
    """Mark the mail that a report says was not delivered; None for every other message, delays among them.

    The mail is known by its Message-ID, which nobody can guess, so a stranger cannot mark a mail as lost.
    """
    message = message_from_bytes(raw[:MAX_BYTES], policy=default)
    said = _failure(message)
    if said is None:
        return None
    mail = session.scalar(select(Mail).where(Mail.message_id.in_(set(_message_ids(message)))).with_for_update())
    if mail is None or mail.state not in BOUNCEABLE:
        return None
    mail.state, mail.trouble, mail.error_detail = MailState.FAILED, MailTrouble.BOUNCED, said[:1000]
    record(
        session,
        network_id=mail.network_id,
        act="mail.bounced",
        subject_kind="mail",
        subject_id=mail.id,
        at=now,
        person=mail.person_id,
    )
    return mail


def _failure(message: EmailMessage) -> str | None:
    """What the report says of the first recipient whom the mail did not reach."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.iter_parts():
            if str(fields.get("Action", "")).strip().lower() == "failed":
                diagnostic = str(fields.get("Diagnostic-Code", "")).partition(";")[2]
                return " ".join((diagnostic or str(fields.get("Status", ""))).split())
    return None


def _message_ids(message: EmailMessage) -> Iterator[str]:
    """Every Message-ID that the report names: that of the mail it brings back, whole or its head alone, and what it answers."""
    for name in ("In-Reply-To", "References"):
        yield from _MESSAGE_ID.findall(str(message.get(name, "")))
    for part in message.walk():
        if part is not message:
            yield from _MESSAGE_ID.findall(str(part.get("Message-ID", "")))
        if part.get_content_type() == "text/rfc822-headers":
            head = part.get_payload(decode=True)
            if isinstance(head, bytes):
                yield from _MESSAGE_ID.findall(str(message_from_bytes(head, policy=default).get("Message-ID", "")))
