"""One way out for mails: a row, a job, then SMTP or a file; what became of one is never guessed and never repeated blindly."""

import hashlib
import logging
import smtplib
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.enums import MailState
from app.jobs import JobKind, JobRun, enqueue
from app.models import Mail, Person
from app.runtime import Runtime
from app.settings import Settings

SMTP_TIMEOUT_S = 30
logger = logging.getLogger(__name__)


def send(
    session: Session,
    *,
    person: Person,
    reason: str,
    subject: str,
    body: str,
    idempotency_key: str,
    now: datetime,
) -> None:
    """Send a mail once this transaction commits; the same key is sent once, however often it is asked."""
    if session.scalar(select(Mail.id).where(Mail.idempotency_key == idempotency_key)) is not None:
        return
    mail = Mail(
        idempotency_key=idempotency_key,
        message_id=f"<{hashlib.sha256(idempotency_key.encode()).hexdigest()[:32]}@polyphony>",
        person_id=person.id,
        reason=reason,
        subject=subject,
        body=body,
        state=MailState.QUEUED,
        created_at=now,
    )
    session.add(mail)
    session.flush()
    enqueue(session, "mail.deliver", {"mail_id": mail.id}, unique_key=f"mail.deliver:{mail.id}", now=now)


def deliver(run: JobRun) -> None:
    """Hand one mail to the transport; the attempt is committed first, so that a kill in between leaves it `unknown`."""
    runtime, mail_id = run.runtime, int(run.payload["mail_id"])
    with runtime.database.writing() as session:
        mail = session.get_one(Mail, mail_id)
        if mail.state is MailState.SENDING:
            mail.state, mail.body = MailState.UNKNOWN, ""
        begins = mail.state in {MailState.QUEUED, MailState.FAILED}
        if begins:
            mail.state, mail.attempted_at = MailState.SENDING, runtime.now()
        person = session.get_one(Person, mail.person_id)
    if not begins:
        return
    try:
        _transport(runtime, mail, _message(runtime.settings, mail, person, runtime.now()))
    except (OSError, smtplib.SMTPException) as error:
        refused_before_data = not isinstance(error, smtplib.SMTPServerDisconnected | TimeoutError)
        with runtime.database.writing() as session:
            state = MailState.FAILED if refused_before_data else MailState.UNKNOWN
            session.execute(update(Mail).where(Mail.id == mail_id).values(state=state, error_detail=str(error)[:1000]))
            if state is MailState.UNKNOWN:
                session.execute(update(Mail).where(Mail.id == mail_id).values(body=""))
        if refused_before_data:
            raise
        return
    with run.finishing() as session:
        session.execute(
            update(Mail).where(Mail.id == mail_id).values(state=MailState.SENT, sent_at=runtime.now(), body="", error_detail=None)
        )


def _message(settings: Settings, mail: Mail, person: Person, now: datetime) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = person.email
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _transport(runtime: Runtime, mail: Mail, message: EmailMessage) -> None:
    settings = runtime.settings
    if not settings.smtp_url:
        settings.mail_dir.mkdir(parents=True, exist_ok=True)
        target = settings.mail_dir / f"{mail.id:06}-{mail.reason}.eml"
        target.write_bytes(message.as_bytes())
        link = next((line for line in mail.body.splitlines() if line.startswith("http")), "")
        level = logging.INFO if mail.reason == "sign_in" else logging.DEBUG  # somebody waits for this one
        logger.log(level, "no mail server is set; the mail for %s is in %s: %s", message["To"], target, link)
        return
    url = urlsplit(settings.smtp_url)
    host, context = url.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, url.port or 465, timeout=SMTP_TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=SMTP_TIMEOUT_S)
    with server:
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def _gave_up(session: Session, payload: Mapping[str, Any], _now: datetime) -> None:
    session.execute(update(Mail).where(Mail.id == payload["mail_id"]).values(state=MailState.FAILED, body=""))


KINDS = [JobKind("mail.deliver", deliver, max_attempts=4, on_give_up=_gave_up)]
