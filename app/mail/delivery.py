"""The job that delivers a mail: each outcome is written under the job's lease, the attempt before the data go out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.enums import MailState, MailTrouble
from app.jobs import JobKind, JobRun, LeaseLostError, extend_lease
from app.mail import message, transport
from app.mail.outbox import DELIVER
from app.models import Mail, Network, Person

# a server that greylists takes a mail after some minutes, one that is being mended after some hours
WAITS = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 30, 60, 120, 240, 480))
ENDED = frozenset({MailState.SENT, MailState.FAILED, MailState.UNKNOWN})


def deliver(run: JobRun) -> None:
    """Hand one mail over; an attempt whose end nobody saw leaves it `unknown`."""
    outgoing = _begin(run)
    if outgoing is None:
        return
    try:
        transport.hand_over(run.runtime.settings, outgoing, lambda: _data_begin(run))
    except transport.NotTakenError as refusal:
        if not refusal.is_final:
            with _holding_lease(run) as session:
                _write(_mail(session, run), MailState.QUEUED, refusal.trouble, refusal.detail)
            raise
        with run.finishing() as session:
            _write(_mail(session, run), MailState.FAILED, refusal.trouble, refusal.detail)
    except transport.UnclearError as error:
        with run.finishing() as session:
            _write(_mail(session, run), MailState.UNKNOWN, MailTrouble.BROKEN_OFF, str(error))
    else:
        with run.finishing() as session:
            mail = _mail(session, run)
            _write(mail, MailState.SENT)
            mail.sent_at = run.runtime.now()


def _begin(run: JobRun) -> transport.Outgoing | None:
    settings, now = run.runtime.settings, run.runtime.now()
    with _holding_lease(run) as session:
        mail = _mail(session, run)
        if mail.state is MailState.SENDING:
            _write(mail, MailState.UNKNOWN, MailTrouble.BROKEN_OFF)
        elif mail.state is MailState.QUEUED and mail.not_after is not None and now > mail.not_after:
            _write(mail, MailState.FAILED, MailTrouble.TOO_LATE, mail.error_detail)
        if mail.state is not MailState.QUEUED:
            return None
        mail.attempted_at = now
        person, network = session.get_one(Person, mail.person_id), session.get_one(Network, mail.network_id)
        return transport.Outgoing(
            message=message.compose(settings, mail, person, network, now),
            sender=message.sender_address(settings),
            recipient=message.recipient_address(person),
            file_name=f"{mail.id:06}-{mail.reason}.eml",
            is_waited_for=mail.reason == "sign_in",
        )


def _data_begin(run: JobRun) -> None:
    with _holding_lease(run) as session:
        _mail(session, run).state = MailState.SENDING


@contextmanager
def _holding_lease(run: JobRun) -> Iterator[Session]:
    """A transaction of this run, or LeaseLostError: another worker may have the mail in its hands by now."""
    lease = timedelta(seconds=run.runtime.settings.job_lease_seconds)
    with run.runtime.database.writing() as session:
        if not extend_lease(session, run.job_id, worker=run.worker, now=run.runtime.now(), lease=lease):
            raise LeaseLostError(run.job_id)
        yield session


def _mail(session: Session, run: JobRun) -> Mail:
    return session.get_one(Mail, int(run.payload["mail_id"]))


def _write(mail: Mail, state: MailState, trouble: MailTrouble | None = None, detail: str | None = None) -> None:
    mail.state, mail.trouble, mail.error_detail = state, trouble, (detail or "")[:1000] or None
    if state is MailState.SENT or (state in ENDED and mail.not_after is not None):
        mail.body = mail.html = ""


def _gave_up(session: Session, payload: Mapping[str, Any], _now: datetime) -> None:
    mail = session.get_one(Mail, int(payload["mail_id"]))
    if mail.state is MailState.SENDING:  # killed in the middle of its last attempt
        _write(mail, MailState.UNKNOWN, MailTrouble.BROKEN_OFF)
    elif mail.state is MailState.QUEUED:
        _write(mail, MailState.FAILED, mail.trouble, mail.error_detail)


KINDS = [JobKind(DELIVER, deliver, max_attempts=len(WAITS) + 1, on_give_up=_gave_up, waits=WAITS)]
