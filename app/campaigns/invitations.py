"""The mail that invites a city's officers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail
from app.enums import RoleName
from app.models import Campaign, City, Network, Person, Role
from app.web.i18n import _, translator
from app.web.letters import Letter, LetterSubject, write_letter
from app.words import choose

SUBJECT = _("%(title)s: will your city join?")
OPENING = _("the network is preparing a campaign together and would love to hear the voice of %(cities)s in it.")
ACT = _("Read the brief and join")
CLOSING = _("If a link to sign in is asked for, type this e-mail address; there is no password.")


def mail_invitations(
    session: Session, campaign: Campaign, cities: Sequence[City], *, now: datetime, base_url: str
) -> tuple[int, int]:
    """Write to every officer of these cities, one mail for all of a person's; (people written to, cities without an officer)."""
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
    network = session.get_one(Network, campaign.network_id)
    link = f"{base_url}/desk/campaigns/{campaign.slug}"
    for person in people.values():
        invited = cities_of[person.id]
        # a campaign invites a city once, so the first of its cities tells this mail from those of other rounds
        key = f"invitation:{campaign.id}:{person.id}:{min(city.id for city in invited)}"
        mail.send(
            session,
            network_id=network.id,
            person=person,
            reason="invitation",
            written=invitation(campaign, invited, network, person, link),
            idempotency_key=key,
            now=now,
        )
    reached = {city.id for each in cities_of.values() for city in each}
    return len(people), len(by_id.keys() - reached)


def invitation(campaign: Campaign, cities: Sequence[City], network: Network, person: Person, link: str) -> mail.Written:
    """The mail that invites this person for these cities, with the campaign's words in the person's language where they exist."""
    speech = translator(person.language)
    languages = (person.language, speech.language)
    title = choose(campaign.title, languages)
    about = LetterSubject(
        title=title,
        message=choose(campaign.message, languages),
        when=speech.on_date(campaign.day_on),
        objective=choose(campaign.objective, languages),
    )
    letter = Letter(
        name=person.name,
        opening=speech.gettext(OPENING) % {"cities": ", ".join(choose(city.names, languages).text for city in cities)},
        about=about,
        act=speech.gettext(ACT),
        link=link,
        closing=speech.gettext(CLOSING),
    )
    subject = speech.gettext(SUBJECT) % {"title": title.text}
    return write_letter(letter, subject=subject, network_names=network.names, language=person.language)
