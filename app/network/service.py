"""Brings cities, chapters and officers in from tables: all of a table or nothing of it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from slugify import slugify
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import audit
from app.db.base import Base
from app.errors import Refused, RefusedFields
from app.jobs import enqueue
from app.models import Chapter, ChapterCity, City, Network, Person, Role
from app.network.queries import cities_of
from app.network.rows import CityRow, chapter_row, city_row, officer_row, read_rows
from app.network.table import Table, TableKind, decode, read_table
from app.runtime import Runtime
from app.settings import Settings
from app.words import Words

P = TypeVar("P", City, Chapter)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a table came to: how many rows of which kind, and how many of them were new or changed something."""

    cities: int = 0
    chapters: int = 0
    officers: int = 0
    created: int = 0
    updated: int = 0

    @property
    def unchanged(self) -> int:
        """Rows that said what was known."""
        return self.cities + self.chapters + self.officers - self.created - self.updated

    def summary(self) -> str:
        """For the command line."""
        counts = {"Cities": self.cities, "Chapters": self.chapters, "People": self.officers}
        what = ", ".join(f"{name}: {count}" for name, count in counts.items() if count)
        return f"{what} (new: {self.created}, changed: {self.updated}, as they were: {self.unchanged})."


@dataclass(slots=True)
class _Tally:
    created: int = 0
    updated: int = 0

    def count(self, *, is_new: bool, is_changed: bool) -> None:
        self.created += is_new
        self.updated += is_changed and not is_new


def import_file(runtime: Runtime, data: bytes, *, when_founded: Callable[[Session, Network], object]) -> ImportResult:
    """Import a file into the network, in one transaction; into an empty database it founds the network that the settings name."""
    text = decode(data).text
    with runtime.database.writing() as session:
        network = session.scalars(select(Network).order_by(Network.id)).first()
        if network is None:
            network = _found(session, runtime.settings)
            when_founded(session, network)
        return import_cities(session, network=network, text=text, now=runtime.now(), actor_id=None)


def _found(session: Session, settings: Settings) -> Network:
    """The network of an installation; its words are in English until somebody writes them in other languages."""
    network = Network(
        slug=slugify(settings.network_name)[:80] or "network",
        names=Words.one("en", settings.network_name),
        responsible=Words.one("en", settings.network_responsible or settings.network_name),
        contact_email=settings.network_contact_email,
        time_zone=settings.network_time_zone,
    )
    session.add(network)
    session.flush()
    return network


def import_cities(session: Session, *, network: Network, text: str, now: datetime, actor_id: int | None) -> ImportResult:
    """Import a table of cities, chapters or officers, whichever its header says.

    What is there already is found by its slug (a person by the address) and updated; nothing is ever removed. Everything is
    checked before anything is written: RefusedFields names every bad row with `line`, `column` and what is wrong with it.
    """
    table = read_table(text)
    if table.kind is TableKind.CITIES:
        result = _cities(session, network, table, now=now)
    elif table.kind is TableKind.CHAPTERS:
        result = _chapters(session, network, table)
    else:
        result = _officers(session, network, table)
    audit.record(
        session,
        network_id=network.id,
        act="network.imported",
        subject_kind="network",
        subject_id=network.id,
        at=now,
        actor_id=actor_id,
        table=table.kind.value,
        created=result.created,
        updated=result.updated,
    )
    return result


def _chapters(session: Session, network: Network, table: Table) -> ImportResult:
    rows, refusals = read_rows(table.lines, chapter_row, lambda row: row.slug, "slug")
    _refuse(refusals)
    known = _by_slug(session.scalars(select(Chapter).where(Chapter.network_id == network.id)))
    tally = _Tally()
    for row in rows:
        is_new = row.slug not in known
        chapter = known.get(row.slug) or Chapter(network_id=network.id, slug=row.slug)
        tally.count(is_new=is_new, is_changed=_set(chapter, {"names": row.names}))
        session.add(chapter)
    session.flush()
    return ImportResult(chapters=len(rows), created=tally.created, updated=tally.updated)


def _cities(session: Session, network: Network, table: Table, *, now: datetime) -> ImportResult:
    rows, refusals = read_rows(table.lines, city_row, lambda row: row.slug, "slug")
    chapters = _by_slug(session.scalars(select(Chapter).where(Chapter.network_id == network.id)))
    for row in rows:
        refusals += [_unknown(row.line, "chapters", slug) for slug in row.chapters or () if slug not in chapters]
    _refuse(refusals)
    known = _by_slug(cities_of(session, network.id))
    members = _members(session, network)
    tally = _Tally()
    for row in rows:
        city = known.get(row.slug)
        is_new = city is None
        facts = _facts(row)
        if city is None:
            city = City(network_id=network.id, slug=row.slug)
        elif city.time_zone != row.time_zone:  # steps of campaigns have their moments by it; who knows campaigns sets them right
            enqueue(
                session, "campaigns.replan_city", {"city_id": city.id}, unique_key=f"campaigns.replan_city:{city.id}", now=now
            )
        if not is_new:  # what its officer calls it in languages that the table does not have stays
            facts["names"] = Words(row.names.source, {**city.names.texts, **row.names.texts})
        is_changed = _set(city, facts)
        session.add(city)
        session.flush()
        if row.chapters is not None:
            wanted = {chapters[slug].id for slug in row.chapters}
            is_changed |= _set_members(session, city, members.get(city.id, set()), wanted)
        tally.count(is_new=is_new, is_changed=is_changed)
    session.flush()
    return ImportResult(cities=len(rows), created=tally.created, updated=tally.updated)


def _officers(session: Session, network: Network, table: Table) -> ImportResult:
    rows, refusals = read_rows(table.lines, officer_row, lambda row: (row.email, row.role, row.city, row.chapter), "email")
    cities = _by_slug(cities_of(session, network.id))
    chapters = _by_slug(session.scalars(select(Chapter).where(Chapter.network_id == network.id)))
    for row in rows:
        if row.city and row.city not in cities:
            refusals.append(_unknown(row.line, "city", row.city))
        if row.chapter and row.chapter not in chapters:
            refusals.append(_unknown(row.line, "chapter", row.chapter))
    _refuse(refusals)
    people = {each.email: each for each in session.scalars(select(Person).where(Person.email.in_({row.email for row in rows})))}
    held = {
        (role.person_id, role.name, role.city_id, role.chapter_id)
        for role in session.scalars(select(Role).where(Role.network_id == network.id))
    }
    tally = _Tally()
    for row in rows:
        person = people.setdefault(row.email, Person(email=row.email))
        is_changed = _set(person, {"name": row.name, "language": row.language})
        session.add(person)
        session.flush()
        city_id = cities[row.city].id if row.city else None
        chapter_id = chapters[row.chapter].id if row.chapter else None
        is_new = (person.id, row.role, city_id, chapter_id) not in held
        if is_new:
            session.add(Role(network_id=network.id, person_id=person.id, name=row.role, city_id=city_id, chapter_id=chapter_id))
        tally.count(is_new=is_new, is_changed=is_changed)
    session.flush()
    return ImportResult(officers=len(rows), created=tally.created, updated=tally.updated)


def _facts(row: CityRow) -> dict[str, object]:
    return {
        "names": row.names,
        "country": row.country,
        "time_zone": row.time_zone,
        "languages": list(row.languages),
        "latitude": row.latitude,
        "longitude": row.longitude,
    }


def _set(row: Base, values: Mapping[str, object]) -> bool:
    """Write what differs; whether anything did."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def _set_members(session: Session, city: City, current: Collection[int], wanted: Collection[int]) -> bool:
    left, come = set(current) - set(wanted), set(wanted) - set(current)
    if left:
        session.execute(delete(ChapterCity).where(ChapterCity.city_id == city.id, ChapterCity.chapter_id.in_(left)))
    session.add_all(ChapterCity(chapter_id=chapter_id, city_id=city.id) for chapter_id in sorted(come))
    return bool(left or come)


def _members(session: Session, network: Network) -> dict[int, set[int]]:
    query = select(ChapterCity).join(City, City.id == ChapterCity.city_id).where(City.network_id == network.id)
    members: dict[int, set[int]] = {}
    for each in session.scalars(query):
        members.setdefault(each.city_id, set()).add(each.chapter_id)
    return members


def _by_slug(rows: Iterable[P]) -> dict[str, P]:
    return {row.slug: row for row in rows}


def _unknown(line: int, column: str, slug: str) -> Refused:
    return Refused("import.unknown_place", field="table", line=line, column=column, found=slug[:80])


def _refuse(refusals: list[Refused]) -> None:
    if refusals:
        raise RefusedFields(sorted(refusals, key=lambda each: each.params["line"]))
