"""What the mailbox at the desk shows: every mail of a network, the newest first, with its person and its job."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import JobState, MailState
from app.mail.outbox import delivery_key
from app.models import Job, Mail, Person

PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail, whom it is for, and the job that will try it again if one waits."""

    mail: Mail
    person: Person
    waiting: Job | None


def mails_of(
    session: Session, network_id: int, *, state: MailState | None, reason: str | None, page: int
) -> tuple[list[Posted], bool]:
    """One page of the mailbox, and whether there is a further one."""
    query = select(Mail, Person).join(Person, Person.id == Mail.person_id).where(Mail.network_id == network_id)
    if state is not None:
        query = query.where(Mail.state == state)
    if reason is not None:
        query = query.where(Mail.reason == reason)
    query = query.order_by(Mail.id.desc()).limit(PAGE_LENGTH + 1).offset((page - 1) * PAGE_LENGTH)
    found = [(mail, person) for mail, person in session.execute(query)]
    shown = found[:PAGE_LENGTH]
    waiting = _waiting_jobs(session, [mail.id for mail, _ in shown])
    return [Posted(mail, person, waiting.get(delivery_key(mail.id))) for mail, person in shown], len(found) > PAGE_LENGTH


def not_arrived(session: Session, network_id: int, *, since: datetime) -> int:
    """How many mails of this network surely or maybe did not arrive."""
    ended = Mail.state.in_((MailState.FAILED, MailState.UNKNOWN))
    query = select(func.count()).where(Mail.network_id == network_id, ended, Mail.created_at >= since)
    return session.scalar(query) or 0


def reasons_of(session: Session, network_id: int) -> Sequence[str]:
    """Every reason this network has written for."""
    return session.scalars(select(Mail.reason).where(Mail.network_id == network_id).distinct().order_by(Mail.reason)).all()


def mail_of(session: Session, network_id: int, mail_id: int) -> Posted | None:
    """One mail of this network."""
    query = select(Mail, Person).join(Person, Person.id == Mail.person_id)
    found = session.execute(query.where(Mail.network_id == network_id, Mail.id == mail_id)).one_or_none()
    return Posted(found[0], found[1], None) if found is not None else None


def _waiting_jobs(session: Session, mail_ids: Sequence[int]) -> dict[str, Job]:
    keys = [delivery_key(each) for each in mail_ids]
    jobs = session.scalars(select(Job).where(Job.unique_key.in_(keys), Job.state == JobState.QUEUED))
    return {job.unique_key: job for job in jobs}
