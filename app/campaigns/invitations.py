"""The mail that invites a city's officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail
from app.enums import RoleName
from app.models import Campaign, City, Person, Role
from app.web.i18n import _, translator
from app.web.templating import render_text
from app.words import Words

SUBJECT = _("%(title)s: will your city join?")


@dataclass(frozen=True, slots=True)
class InvitationMail:
    """What the mail says."""

    name: str
    cities: Sequence[Words]
    title: Words
    message: Words
    objective: Words
    day_on: date
    link: str


def mail_invitations(
    session: Session, campaign: Campaign, cities: Sequence[City], *, now: datetime, base_url: str
) -> tuple[int, int]:
    """Write to every officer of these cities, once for a campaign; (people written to, cities without an officer)."""
    by_id = {city.id: city for city in cities}
    query = (
        select(Person, City.id)
        .join(Role, Role.person_id == Person.id)
        .join(City, City.id == Role.city_id)
        .where(Role.network_id == campaign.network_id, Role.name == RoleName.OFFICER, City.id.in_(by_id))
        .order_by(Person.id, City.slug)
    )
    cities_of: dict[int, list[City]] = {}
    people: dict[int, Person] = {}
    for person, city_id in session.execute(query):
        people[person.id] = person
        cities_of.setdefault(person.id, []).append(by_id[city_id])
    for person in people.values():
        speech = translator(person.language)
        words = InvitationMail(
            name=person.name,
            cities=[city.names for city in cities_of[person.id]],
            title=campaign.title,
            message=campaign.message,
            objective=campaign.objective,
            day_on=campaign.day_on,
            link=f"{base_url}/desk/campaigns/{campaign.slug}",
        )
        mail.send(
            session,
            person=person,
            reason="invitation",
            subject=speech.gettext(SUBJECT) % {"title": speech.choose(campaign.title).text},
            body=render_text("campaigns/invitation_mail.txt", person.language, words).strip() + "\n",
            idempotency_key=f"invitation:{campaign.id}:{person.id}",
            now=now,
        )
    reached = {city.id for each in cities_of.values() for city in each}
    return len(people), len(by_id.keys() - reached)
