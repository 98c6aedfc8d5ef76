"""What is agreed to now, asked in the SELECT that uses it."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from app.enums import Purpose
from app.models import Consent, Submission


def covers(purpose: Purpose) -> ColumnElement[bool]:
    """The condition on `Submission` that its person agrees to this purpose now."""
    return exists().where(Consent.submission_id == Submission.id, Consent.purpose == purpose, Consent.ended_at.is_(None))


def purposes_of(session: Session, submission_id: int) -> set[Purpose]:
    """What the person agrees to now."""
    agreed = select(Consent.purpose).where(Consent.submission_id == submission_id, Consent.ended_at.is_(None))
    return set(session.scalars(agreed))
