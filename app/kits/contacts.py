"""Whom the people of a city ask about their kit: by name where somebody works there."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.enums import RoleName
from app.models import ChapterCity, City, Network, Person, Role
from media_pipeline.typeset import check_glyphs

MOST_NAMED = 2
MOST_CHARS = 90  # of one of them: more would not stand on a line of the briefing note


def contact_of(session: Session, network: Network, city: City) -> str:
    """The city's officers, two at most; without any its chapters' coordinators, without those the network's address."""
    chapters = select(ChapterCity.chapter_id).where(ChapterCity.city_id == city.id)
    for role, where in ((RoleName.OFFICER, Role.city_id == city.id), (RoleName.COORDINATOR, Role.chapter_id.in_(chapters))):
        people = _people(session, role, where)
        if people:
            return "; ".join(dict.fromkeys(map(_said, people[:MOST_NAMED])))
    return network.contact_email


def _people(session: Session, role: RoleName, where: ColumnElement[bool]) -> list[Person]:
    """In an order that every database has alike."""
    found: Iterable[Person] = session.scalars(select(Person).join(Role).where(Role.name == role, where).distinct())
    return sorted(found, key=lambda person: (person.name.casefold(), person.email))


def _said(person: Person) -> str:
    """Name and address; the address alone where the name cannot be printed."""
    whole = f"{person.name}, {person.email}"
    return whole if person.name and len(whole) <= MOST_CHARS and not check_glyphs(person.name) else person.email
