"""Sign-in by link: single-use, short-lived, only hashes at rest."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.audit import record
from app.errors import ErrorKind, Refused
from app.models import Person, SignInLink, SignInSession

BETWEEN_MAILS = timedelta(minutes=1)  # so that nobody can fill an officer's mailbox by asking for links


def token_sha256(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def person_by_email(session: Session, email: str) -> Person | None:
    """The person with this address, however it was typed."""
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def make_sign_in_link(session: Session, person: Person, *, now: datetime, lifetime: timedelta) -> str:
    """A token that signs this person in once."""
    token = secrets.token_urlsafe(32)
    session.add(SignInLink(person_id=person.id, token_sha256=token_sha256(token), created_at=now, expires_at=now + lifetime))
    return token


def asked_just_now(session: Session, person: Person, *, now: datetime) -> bool:
    """Whether a link was made for this person within the last minute."""
    latest = select(SignInLink.id).where(SignInLink.person_id == person.id, SignInLink.created_at > now - BETWEEN_MAILS)
    return session.scalar(latest.limit(1)) is not None


def spend_link(session: Session, token: str, *, now: datetime, lifetime: timedelta) -> str:
    """Sign in by a link: a session token for the cookie. Refuses `sign_in.link_used_up` for a link unknown, spent or too old."""
    spent = session.execute(
        update(SignInLink)
        .where(SignInLink.token_sha256 == token_sha256(token), SignInLink.spent_at.is_(None), SignInLink.expires_at > now)
        .values(spent_at=now)
    )
    if not isinstance(spent, CursorResult) or spent.rowcount != 1:
        raise Refused("sign_in.link_used_up", kind=ErrorKind.GONE)
    link = session.scalars(select(SignInLink).where(SignInLink.token_sha256 == token_sha256(token))).one()
    person = session.get_one(Person, link.person_id)
    actor = actor_of(session, person)
    if actor is None:
        raise Refused("sign_in.no_role", kind=ErrorKind.FORBIDDEN)
    cookie = secrets.token_urlsafe(32)
    session.add(SignInSession(person_id=person.id, token_sha256=token_sha256(cookie), created_at=now, expires_at=now + lifetime))
    record(
        session,
        network_id=actor.network_id,
        act="sign_in",
        subject_kind="person",
        subject_id=person.id,
        actor_id=person.id,
        at=now,
    )
    return cookie


def link_is_good(session: Session, token: str, *, now: datetime) -> bool:
    """Whether a link could still be spent; looking does not spend it, since mail scanners open links."""
    good = (SignInLink.token_sha256 == token_sha256(token), SignInLink.spent_at.is_(None), SignInLink.expires_at > now)
    return session.scalar(select(SignInLink.id).where(*good)) is not None


def actor_by_session(session: Session, cookie: str, *, now: datetime) -> Actor | None:
    """Who this browser is signed in as."""
    person = session.scalar(
        select(Person)
        .join(SignInSession, SignInSession.person_id == Person.id)
        .where(
            SignInSession.token_sha256 == token_sha256(cookie), SignInSession.ended_at.is_(None), SignInSession.expires_at > now
        )
    )
    return actor_of(session, person) if person is not None else None


def sign_out(session: Session, cookie: str, *, now: datetime) -> None:
    """End this browser's session."""
    session.execute(update(SignInSession).where(SignInSession.token_sha256 == token_sha256(cookie)).values(ended_at=now))
