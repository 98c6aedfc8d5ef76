"""Days of the network's, chapters' and cities' own: who keeps them, and how they change."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.accounts.queries import cities_where
from app.campaigns.occasions import campaigns_on
from app.enums import Permission, RoleName
from app.errors import ErrorKind, NotFound, Refused, RefusedFields
from app.models import CalendarEvent, Chapter, ChapterCity, City
from app.words import Words, choose

MAX_NAME_CHARS = 120
MAX_LINK_CHARS = 500
MAX_DAYS = 366
_NOT_IN_LINKS = re.compile(r"[\s\x00-\x1f\x7f<>\"\\]")


@dataclass(frozen=True, slots=True)
class EventDraft:
    """What is written down about such a day; `ends_on` is its last."""

    names: Words
    starts_on: date
    ends_on: date
    link: str | None = None  # where to read more, or to take part


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event with its place; without chapter and city it is the network's."""

    event: CalendarEvent
    chapter: Chapter | None
    city: City | None


@dataclass(frozen=True, slots=True)
class Keeping:
    """The places whose days a person keeps."""

    network: bool
    chapters: Sequence[Chapter]
    cities: Sequence[City]


def keeping(session: Session, actor: Actor) -> Keeping:
    """Everything for a manager; own chapters and their cities for a coordinator, own cities for an officer."""
    chapters = select(Chapter).where(_chapters_where(actor)).order_by(Chapter.slug)
    theirs = (cities_where(actor, Permission.KEEP_CALENDAR), City.is_elsewhere.is_(False))
    cities = select(City).where(*theirs).order_by(City.slug)
    return Keeping(actor.is_manager, list(session.scalars(chapters)), list(session.scalars(cities)))


def kept_events(session: Session, actor: Actor) -> list[PlacedEvent]:
    """The events this person may change, by date; those that were removed are not among them."""
    query = _placed().where(_kept_where(actor)).order_by(CalendarEvent.starts_on, CalendarEvent.id)
    return [PlacedEvent(event, chapter, city) for event, chapter, city in session.execute(query)]


def kept_event(session: Session, actor: Actor, uid: str, *, locked: bool = False) -> PlacedEvent:
    """One of them, `locked` until the transaction ends when it will be changed; `calendar.unknown` for every other."""
    query = _placed().where(_kept_where(actor), CalendarEvent.uid == uid)
    row = session.execute(query.with_for_update(of=CalendarEvent) if locked else query).one_or_none()
    if row is None:
        raise NotFound("calendar.unknown")
    return PlacedEvent(row[0], row[1], row[2])


def public_events(session: Session, network_id: int, *, city: City | None = None) -> list[PlacedEvent]:
    """Every event, by date, the cancelled ones too; with a city those that are its own, its chapters' or the network's."""
    query = _placed().where(CalendarEvent.network_id == network_id)
    if city is not None:
        of_its_chapters = CalendarEvent.chapter_id.in_(select(ChapterCity.chapter_id).where(ChapterCity.city_id == city.id))
        of_the_network = CalendarEvent.chapter_id.is_(None) & CalendarEvent.city_id.is_(None)
        query = query.where(or_(CalendarEvent.city_id == city.id, of_its_chapters, of_the_network))
    query = query.order_by(CalendarEvent.starts_on, CalendarEvent.id)
    return [PlacedEvent(event, chapter, place) for event, chapter, place in session.execute(query)]


def add_event(
    session: Session, draft: EventDraft, *, chapter: Chapter | None, city: City | None, actor: Actor, now: datetime
) -> CalendarEvent:
    """A new event of a city, a chapter or, without both, the network; whose it may be is asked of `keeping` before."""
    if chapter is None and city is None and not actor.is_manager:
        raise Refused("forbidden", kind=ErrorKind.FORBIDDEN)
    check(draft)
    event = CalendarEvent(
        network_id=actor.network_id,
        chapter_id=chapter.id if chapter else None,
        city_id=city.id if city else None,
        uid=str(uuid.uuid4()),
        names=draft.names,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        link=draft.link,
        sequence=0,
        changed_at=now,
    )
    session.add(event)
    session.flush()
    _record(session, event, "calendar.added", actor, now)
    return event


def change_event(session: Session, event: CalendarEvent, draft: EventDraft, *, actor: Actor, now: datetime) -> None:
    """Write an event anew; what is the same already changes nothing."""
    check(draft)
    written = (draft.names, draft.starts_on, draft.ends_on, draft.link)
    if (event.names, event.starts_on, event.ends_on, event.link) == written:
        return
    event.names, event.starts_on, event.ends_on, event.link = written
    event.sequence, event.changed_at = event.sequence + 1, now
    _record(session, event, "calendar.changed", actor, now)


def remove_event(session: Session, event: CalendarEvent, *, actor: Actor, now: datetime) -> None:
    """Take an event off the calendar; calendars that took it over are told that it is cancelled.

    Refuses `day.has_campaign` while a campaign hangs on it.
    """
    if hanging := campaigns_on(session, event):
        titles = ", ".join(choose(each.title, ("en",)).text for each in hanging)
        raise Refused("day.has_campaign", kind=ErrorKind.CONFLICT, campaigns=titles)
    event.cancelled_at, event.changed_at, event.sequence = now, now, event.sequence + 1
    _record(session, event, "calendar.removed", actor, now)


def check(draft: EventDraft) -> None:
    """Raise every refusal at once."""
    wrong: list[Refused] = []
    for tag, text in draft.names.texts.items():
        if not text.strip():
            wrong.append(Refused("form.required", field=f"name-{tag}"))
        elif len(text) > MAX_NAME_CHARS:
            wrong.append(Refused("form.too_long", field=f"name-{tag}", limit_chars=MAX_NAME_CHARS, actual_chars=len(text)))
    if draft.ends_on < draft.starts_on:
        wrong.append(Refused("calendar.ends_before_it_starts", field="ends_on"))
    elif (draft.ends_on - draft.starts_on).days >= MAX_DAYS:
        wrong.append(Refused("calendar.lasts_too_long", field="ends_on", limit_days=MAX_DAYS))
    if draft.link is not None:
        wrong += _wrong_with(draft.link)
    if wrong:
        raise RefusedFields(wrong)


def _wrong_with(link: str) -> list[Refused]:
    if len(link) > MAX_LINK_CHARS:
        return [Refused("form.too_long", field="link", limit_chars=MAX_LINK_CHARS, actual_chars=len(link))]
    try:
        parts = urlsplit(link)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not _NOT_IN_LINKS.search(link)
    except ValueError:
        good = False
    return [] if good else [Refused("calendar.not_a_link", field="link")]


def _placed() -> Select[CalendarEvent, Chapter, City]:
    return (
        select(CalendarEvent, Chapter, City)
        .outerjoin(Chapter, Chapter.id == CalendarEvent.chapter_id)
        .outerjoin(City, City.id == CalendarEvent.city_id)
    )


def _kept_where(actor: Actor) -> ColumnElement[bool]:
    here = (CalendarEvent.network_id == actor.network_id) & CalendarEvent.cancelled_at.is_(None)
    if actor.is_manager:
        return here
    return here & or_(
        CalendarEvent.chapter_id.in_(select(Chapter.id).where(_chapters_where(actor))),
        CalendarEvent.city_id.in_(select(City.id).where(cities_where(actor, Permission.KEEP_CALENDAR))),
    )


def _chapters_where(actor: Actor) -> ColumnElement[bool]:
    if actor.is_manager:
        return Chapter.network_id == actor.network_id
    return Chapter.id.in_([grant.chapter_id for grant in actor.grants if grant.role is RoleName.COORDINATOR])


def _record(session: Session, event: CalendarEvent, act: str, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        network_id=event.network_id,
        act=act,
        subject_kind="calendar_event",
        subject_id=event.id,
        at=now,
        actor_id=actor.person_id,
    )
