"""Records what people agree to, and when they stop."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.consent.wordings import ASKED, Voice, Wording, wordings
from app.enums import Purpose
from app.models import Consent, ConsentWording


def record(
    session: Session,
    *,
    submission_id: int,
    purposes: Collection[Purpose],
    language: str,
    now: datetime,
    voice: Voice = Voice.RESIDENT,
) -> None:
    """Write a yes for each purpose, with the sentence that was read in this language."""
    for wording in wordings(language, voice):
        if wording.purpose in purposes:
            _keep_wording(session, wording)
            session.add(
                Consent(submission_id=submission_id, purpose=wording.purpose, wording_sha256=wording.sha256, given_at=now)
            )
    session.flush()


def end_one(session: Session, *, submission_id: int, purpose: Purpose, now: datetime) -> bool:
    """End one yes; whether there was one."""
    consent = _one(session, submission_id, purpose)
    if consent is None or consent.ended_at is not None:
        return False
    consent.ended_at = now
    session.flush()
    return True


def end_all(session: Session, *, submission_id: int, now: datetime) -> None:
    """End every yes."""
    session.execute(
        update(Consent).where(Consent.submission_id == submission_id, Consent.ended_at.is_(None)).values(ended_at=now)
    )


def give_again(
    session: Session,
    *,
    submission_id: int,
    purpose: Purpose,
    language: str,
    now: datetime,
    voice: Voice = Voice.RESIDENT,
) -> bool:
    """Say yes (again), to the sentence as it reads today; whether that changed anything."""
    consent = _one(session, submission_id, purpose)
    if purpose not in ASKED or (consent is not None and consent.ended_at is None):
        return False
    if consent is None:
        record(session, submission_id=submission_id, purposes={purpose}, language=language, now=now, voice=voice)
        return True
    wording = next(each for each in wordings(language, voice) if each.purpose is purpose)
    _keep_wording(session, wording)
    consent.wording_sha256, consent.given_at, consent.ended_at = wording.sha256, now, None
    session.flush()
    return True


def _one(session: Session, submission_id: int, purpose: Purpose) -> Consent | None:
    where = (Consent.submission_id == submission_id, Consent.purpose == purpose)
    return session.scalar(select(Consent).where(*where).with_for_update())


def _keep_wording(session: Session, wording: Wording) -> None:
    """Store the sentence once; two who are first at the same moment both find it there."""
    known = select(ConsentWording.sha256).where(ConsentWording.sha256 == wording.sha256)
    if session.scalar(known) is not None:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"sha256": wording.sha256, "purpose": wording.purpose, "language": wording.language, "text": wording.text}
    session.execute(insert(ConsentWording).values(values).on_conflict_do_nothing())
