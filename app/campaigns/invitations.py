"""The mail that invites a city's officers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail
from app.campaigns.brief_letters import CLOSING, about, until_when
from app.campaigns.brief_queries import brief_closes_at
from app.enums import CampaignStatus, RoleName
from app.models import Campaign, Chapter, City, Network, Person, Role
from app.web.i18n import Translator, _, translator
from app.web.letters import Letter, write_letter
from app.words import Words, choose

SUBJECT = _("%(title)s: will your city join?")
OPENING = _("the network is preparing a campaign together and would love to hear the voice of %(cities)s in it.")
OPENING_OF_CHAPTER = _("%(chapter)s is preparing a campaign and would love to hear the voice of %(cities)s in it.")
IN_PREPARATION = _("Its brief is not fixed yet: read it and say what you think.")
IN_PREPARATION_UNTIL = _("Its brief is not fixed yet: read it and say what you think, until %(moment)s.")
IS_FIXED = _("Its brief is fixed, and your city can join at once.")
ACT = _("Read the brief and join")
COMMENT = _("Read the brief, comment and join")


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
    chapter = session.get_one(Chapter, campaign.chapter_id).names if campaign.chapter_id else None
    until = brief_closes_at(session, campaign.id) if campaign.status is CampaignStatus.PREPARING else None
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
            written=_invitation(campaign, invited, network, person, link, chapter=chapter, until=until),
            idempotency_key=key,
            now=now,
        )
    reached = {city.id for each in cities_of.values() for city in each}
    return len(people), len(by_id.keys() - reached)


def _invitation(
    campaign: Campaign,
    cities: Sequence[City],
    network: Network,
    person: Person,
    link: str,
    *,
    chapter: Words | None,
    until: datetime | None,
) -> mail.Written:
    """The mail that invites this person for these cities, with the campaign's words in the person's language where they exist."""
    speech = translator(person.language)
    languages = (person.language, speech.language)
    names = {"cities": ", ".join(choose(city.names, languages).text for city in cities)}
    if chapter is None:
        opening = speech.gettext(OPENING) % names
    else:
        opening = speech.gettext(OPENING_OF_CHAPTER) % (names | {"chapter": choose(chapter, languages).text})
    is_preparing = campaign.status is CampaignStatus.PREPARING
    letter = Letter(
        name=person.name,
        opening=f"{opening} {_on_the_brief(cities[0], network, speech, is_preparing=is_preparing, until=until)}",
        about=about(campaign, person, speech),
        act=speech.gettext(COMMENT if is_preparing else ACT),
        link=link,
        closing=speech.gettext(CLOSING),
    )
    subject = speech.gettext(SUBJECT) % {"title": choose(campaign.title, languages).text}
    return write_letter(letter, subject=subject, network_names=network.names, language=person.language)


def _on_the_brief(city: City, network: Network, speech: Translator, *, is_preparing: bool, until: datetime | None) -> str:
    if not is_preparing:
        return speech.gettext(IS_FIXED)
    if until is None:
        return speech.gettext(IN_PREPARATION)
    return speech.gettext(IN_PREPARATION_UNTIL) % {"moment": until_when(until, city, network, speech)}
