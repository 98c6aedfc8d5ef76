"""What is known of the network."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import RoleName
from app.errors import NotFound
from app.models import Chapter, ChapterCity, City, Network, Role


def the_network(session: Session) -> Network:
    """The network that this service carries; `network.unknown` before there is one."""
    network = session.scalars(select(Network).order_by(Network.id)).first()
    if network is None:
        raise NotFound("network.unknown")
    return network


def cities_of(session: Session, network_id: int) -> list[City]:
    """Every city, by slug; another place is none."""
    query = select(City).where(City.network_id == network_id, City.is_elsewhere.is_(False))
    return list(session.scalars(query.order_by(City.slug)))


def chapters_of(session: Session, network_id: int) -> list[Chapter]:
    """Every chapter, by slug."""
    return list(session.scalars(select(Chapter).where(Chapter.network_id == network_id).order_by(Chapter.slug)))


def cities_of_chapter(session: Session, network_id: int, chapter_slug: str) -> list[City]:
    """The cities of one chapter, by slug."""
    query = (
        select(City)
        .join(ChapterCity, ChapterCity.city_id == City.id)
        .join(Chapter, Chapter.id == ChapterCity.chapter_id)
        .where(Chapter.network_id == network_id, Chapter.slug == chapter_slug, City.is_elsewhere.is_(False))
    )
    return list(session.scalars(query.order_by(City.slug)))


@dataclass(frozen=True, slots=True)
class Member:
    """A city with its chapters and the number of its officers."""

    city: City
    chapters: Sequence[Chapter]
    officer_count: int


def members_of(session: Session, network_id: int) -> list[Member]:
    """Every city as the network's manager sees it, by slug; three queries, however many cities."""
    pairs = session.execute(
        select(ChapterCity.city_id, Chapter)
        .join(Chapter, Chapter.id == ChapterCity.chapter_id)
        .where(Chapter.network_id == network_id)
        .order_by(Chapter.slug)
    )
    chapters: dict[int, list[Chapter]] = {}
    for city_id, chapter in pairs:
        chapters.setdefault(city_id, []).append(chapter)
    counts = session.execute(
        select(Role.city_id, func.count())
        .where(Role.network_id == network_id, Role.name == RoleName.OFFICER)
        .group_by(Role.city_id)
    )
    officers = {city_id: count for city_id, count in counts}  # noqa: C416 - rows are no pairs to the type checker
    return [Member(city, chapters.get(city.id, ()), officers.get(city.id, 0)) for city in cities_of(session, network_id)]
