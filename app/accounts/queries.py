"""The one helper that scopes every query at the desk to the person's cities."""

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor, Grant
from app.accounts.rules import ROLE_PERMISSIONS
from app.enums import Permission, RoleName
from app.errors import NotFound
from app.models import ChapterCity, City, Person, Role


def cities_where(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition on `City` under which this person has this permission; false when nowhere."""
    allowed = [grant for grant in actor.grants if permission in ROLE_PERMISSIONS[grant.role]]
    if any(grant.role is RoleName.MANAGER for grant in allowed):
        return City.network_id == actor.network_id
    chapters = [grant.chapter_id for grant in allowed if grant.role is RoleName.COORDINATOR]
    cities = [grant.city_id for grant in allowed if grant.role is RoleName.OFFICER]
    return or_(
        false(),
        City.id.in_(cities),
        City.id.in_(select(ChapterCity.city_id).where(ChapterCity.chapter_id.in_(chapters))),
    )


def city_for(session: Session, actor: Actor, permission: Permission, city_slug: str) -> City:
    """The city, for somebody with this permission there; outside and absent look the same (`city.unknown`)."""
    where = (City.network_id == actor.network_id, City.slug == city_slug, cities_where(actor, permission))
    city = session.scalar(select(City).where(*where))
    if city is None:
        raise NotFound("city.unknown", city=city_slug)
    return city


def actor_of(session: Session, person: Person) -> Actor | None:
    """The person with their roles; None when they have none left."""
    roles = session.scalars(select(Role).where(Role.person_id == person.id).order_by(Role.id)).all()
    if not roles:
        return None
    return Actor(
        person_id=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        network_id=roles[0].network_id,
        grants=tuple(Grant(role.name, role.chapter_id, role.city_id) for role in roles),
    )
