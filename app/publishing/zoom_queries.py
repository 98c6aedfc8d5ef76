"""Who is where in a zoomable collage, for everybody: state and consent are asked in the same SELECT as the place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.assembly.queries import agreed
from app.assembly.zoom_places import KIND
from app.models import City, CollagePlace, Submission
from app.publishing.queries import PublicVoice, voices_by_id
from app.words import Words

_ORDER = (City.is_elsewhere, City.slug, CollagePlace.place)


@dataclass(frozen=True, slots=True)
class Hung:
    """One contribution at its place; without a voice it is in the collage alone, and only its city is told."""

    place: int
    city_slug: str
    city_names: Words
    city_languages: tuple[str, ...]
    voice: PublicVoice | None


def hung(session: Session, campaign_id: int, *, city_slug: str | None, limit: int, offset: int) -> list[Hung]:
    """What hangs in the collage, by city, another place last."""
    query = _hung(campaign_id).order_by(*_ORDER)
    if city_slug is not None:
        query = query.where(City.slug == city_slug)
    return _with_voices(session, session.execute(query.limit(limit).offset(offset)).all())


def hung_at(session: Session, campaign_id: int, place: int) -> Hung | None:
    """Who has this place."""
    found = session.execute(_hung(campaign_id).where(CollagePlace.place == place)).all()
    return next(iter(_with_voices(session, found)), None)


def place_of(session: Session, campaign_id: int, public_id: str) -> int | None:
    """Where a contribution hangs."""
    where = (CollagePlace.campaign_id == campaign_id, Submission.public_id == public_id, agreed(KIND))
    query = select(CollagePlace.place).join(Submission, Submission.id == CollagePlace.submission_id).where(*where)
    return session.scalar(query)


def places_in(session: Session, campaign_id: int, city_slug: str, *, at_most: int) -> list[int]:
    """Where a city's contributions hang."""
    query = _joined(select(CollagePlace.place), campaign_id).where(City.slug == city_slug)
    return list(session.scalars(query.order_by(CollagePlace.place).limit(at_most)))


def nobodys(session: Session, campaign_id: int, places: int) -> list[range]:
    """The places that nobody has, of so many."""
    before = func.lag(CollagePlace.place, 1, -1).over(order_by=CollagePlace.place).label("before")
    taken = select(CollagePlace.place, before).where(CollagePlace.campaign_id == campaign_id).subquery()
    gaps = select(taken).where(taken.c.place > taken.c.before + 1).order_by(taken.c.place)
    found = [range(row.before + 1, row.place) for row in session.execute(gaps)]
    last = session.scalar(select(func.max(CollagePlace.place)).where(CollagePlace.campaign_id == campaign_id))
    end = range(0 if last is None else last + 1, places)
    return [*found, end] if end else found


def how_many(session: Session, campaign_id: int) -> dict[str, int]:
    """How many hang there, by the slug of their city."""
    query = _joined(select(City.slug, func.count()), campaign_id).group_by(City.slug).order_by(City.slug)
    return {slug: int(count) for slug, count in session.execute(query)}


def listed_before(session: Session, campaign_id: int, place: int) -> int:
    """How many stand before this place in the list of all."""
    number = func.row_number().over(order_by=_ORDER).label("number")
    listed = _joined(select(CollagePlace.place, number), campaign_id).subquery()
    found = session.scalar(select(listed.c.number).where(listed.c.place == place))
    return 0 if found is None else int(found) - 1


def _hung(campaign_id: int) -> Select[int, int, str, Words, list[str]]:
    return _joined(select(CollagePlace.place, Submission.id, City.slug, City.names, City.languages), campaign_id)


S = TypeVar("S", bound=Select[*tuple[Any, ...]])


def _joined(query: S, campaign_id: int) -> S:
    return (
        query.select_from(CollagePlace)
        .join(Submission, Submission.id == CollagePlace.submission_id)
        .join(City, City.id == Submission.city_id)
        .where(CollagePlace.campaign_id == campaign_id, agreed(KIND))
    )


def _with_voices(session: Session, rows: Sequence[Row[int, int, str, Words, list[str]]]) -> list[Hung]:
    voices = voices_by_id(session, [row[1] for row in rows]) if rows else {}
    return [Hung(place, slug, names, tuple(tags), voices.get(id_)) for place, id_, slug, names, tags in rows]
