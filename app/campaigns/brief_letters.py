"""The mails of the preparation: the brief is there to be read, and later it is fixed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import mail
from app.campaigns.brief_queries import brief_closes_at, members_of, officers_by_city
from app.campaigns.queries import cities_in
from app.models import Campaign, CampaignCity, City, Network, Person
from app.web.i18n import Translator, _, translator
from app.web.letters import Letter, LetterSubject, write_letter
from app.words import choose

OPENED, FIXED = "brief_opened", "brief_fixed"  # the reasons of these mails
CLOSING = _("If a link to sign in is asked for, type this e-mail address; there is no password.")
OPENED_SUBJECT = _("%(title)s: read the brief and say what you think")
OPENED_FOR_CITIES = _(
    "a campaign is being prepared, and its brief is there for %(cities)s to read before it is fixed: "
    "say what would work where you live, and what would not."
)
OPENED_FOR_MEMBER = _(
    "you are in the working group that prepares this campaign. Its brief is there to be read, and nothing in it is fixed yet: "
    "say what you think, on the whole or line by line."
)
UNTIL = _("You can comment until %(moment)s.")
OPENED_ACT = _("Read the brief and comment")
FIXED_SUBJECT = _("%(title)s: the brief is fixed")
FIXED_TO_JOIN = _(
    "the brief is fixed now, and the campaign is public. You can join with %(cities)s; page and form are there at once."
)
FIXED_JOINED = _(
    "the brief is fixed now, and the campaign is public. The page, the kit and the link for residents are ready for %(cities)s: "
    "this is the time to tell people about it."
)
FIXED_FOR_MEMBER = _(
    "thank you for preparing this campaign with us: the brief is fixed now as it stands, and the campaign is public."
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads the brief: for invited cities, in the working group, or both."""

    person: Person
    places: Sequence[tuple[CampaignCity, City]]


def readers_of(session: Session, campaign: Campaign) -> list[Reader]:
    """The working group and the officers of invited cities, each once."""
    officers = officers_by_city(session, campaign)
    people = {person.id: person for person in members_of(session, campaign.id)}
    places: dict[int, list[tuple[CampaignCity, City]]] = {}
    for place, city in cities_in(session, campaign.id, joined=False):
        for person in officers.get(city.id, ()):
            people[person.id] = person
            places.setdefault(person.id, []).append((place, city))
    return [Reader(person, places.get(person.id, [])) for person in people.values()]


def mail_brief_opened(
    session: Session, campaign: Campaign, people: Iterable[Person] | None, *, now: datetime, base_url: str
) -> int:
    """Write to these readers, or to all, that the brief can be read and commented on; how many. Each gets it once."""
    until = brief_closes_at(session, campaign.id)
    if until is not None and until <= now:
        return 0
    network = session.get_one(Network, campaign.network_id)
    wanted = None if people is None else {person.id for person in people}
    readers = [each for each in readers_of(session, campaign) if wanted is None or each.person.id in wanted]
    for reader in readers:
        mail.send(
            session,
            network_id=network.id,
            person=reader.person,
            reason=OPENED,
            written=_opened(campaign, reader, network, until, f"{base_url}/desk/campaigns/{campaign.slug}/brief"),
            idempotency_key=f"{OPENED}:{campaign.id}:{reader.person.id}",
            now=now,
            not_after=until,
        )
    return len(readers)


def mail_brief_fixed(session: Session, campaign: Campaign, *, now: datetime, base_url: str) -> int:
    """Write to all who could comment that the brief is fixed, and what comes next; how many. Each gets it once."""
    network = session.get_one(Network, campaign.network_id)
    readers = readers_of(session, campaign)
    for reader in readers:
        mail.send(
            session,
            network_id=network.id,
            person=reader.person,
            reason=FIXED,
            written=_fixed(campaign, reader, network, f"{base_url}/desk/campaigns/{campaign.slug}"),
            idempotency_key=f"{FIXED}:{campaign.id}:{reader.person.id}",
            now=now,
        )
    return len(readers)


def until_when(until: datetime, city: City | None, network: Network, speech: Translator) -> str:
    """An instant by the clock of a city, or by that of the network."""
    if city is None:
        return speech.gettext(_("%(moment)s (%(zone)s)")) % {
            "moment": speech.at_time(until, network.time_zone),
            "zone": network.time_zone.replace("_", " "),
        }
    name = speech.choose(city.names, "en").text
    return speech.gettext(_("%(moment)s by the clock of %(city)s")) % {
        "moment": speech.at_time(until, city.time_zone),
        "city": name,
    }


def about(campaign: Campaign, person: Person, speech: Translator) -> LetterSubject:
    """What a mail is about, in the campaign's words, in the person's language where they exist."""
    languages = (person.language, speech.language)
    return LetterSubject(
        title=choose(campaign.title, languages),
        message=choose(campaign.message, languages),
        when=speech.on_date(campaign.day_on),
        objective=choose(campaign.objective, languages),
    )


def _opened(campaign: Campaign, reader: Reader, network: Network, until: datetime | None, link: str) -> mail.Written:
    speech = translator(reader.person.language)
    opening = speech.gettext(OPENED_FOR_CITIES) % {"cities": _names(reader, speech)} if reader.places else ""
    opening = opening or speech.gettext(OPENED_FOR_MEMBER)
    if until is not None:
        city = reader.places[0][1] if reader.places else None
        opening += " " + speech.gettext(UNTIL) % {"moment": until_when(until, city, network, speech)}
    return _written(campaign, reader.person, network, OPENED_SUBJECT, opening, OPENED_ACT, link)


def _fixed(campaign: Campaign, reader: Reader, network: Network, link: str) -> mail.Written:
    speech = translator(reader.person.language)
    waits = [(place, city) for place, city in reader.places if place.joined_at is None]
    if waits:
        opening = speech.gettext(FIXED_TO_JOIN) % {"cities": _names(Reader(reader.person, waits), speech)}
        return _written(campaign, reader.person, network, FIXED_SUBJECT, opening, _("Read the brief and join"), link)
    if reader.places:
        opening = speech.gettext(FIXED_JOINED) % {"cities": _names(reader, speech)}
        return _written(campaign, reader.person, network, FIXED_SUBJECT, opening, _("Open the campaign at the desk"), link)
    opening = speech.gettext(FIXED_FOR_MEMBER)
    return _written(campaign, reader.person, network, FIXED_SUBJECT, opening, _("Read the brief"), f"{link}/brief")


def _written(
    campaign: Campaign, person: Person, network: Network, subject: str, opening: str, act: str, link: str
) -> mail.Written:
    speech = translator(person.language)
    letter = Letter(
        name=person.name,
        opening=opening,
        about=about(campaign, person, speech),
        act=speech.gettext(act),
        link=link,
        closing=speech.gettext(CLOSING),
    )
    title = letter.about.title.text if letter.about else ""
    return write_letter(
        letter, subject=speech.gettext(subject) % {"title": title}, network_names=network.names, language=person.language
    )


def _names(reader: Reader, speech: Translator) -> str:
    languages = (reader.person.language, speech.language)
    return ", ".join(choose(city.names, languages).text for _place, city in reader.places)
