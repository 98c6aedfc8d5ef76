"""The mails about kits: that a city's is ready, and that it changed since the city took it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import mail
from app.campaigns.brief_letters import CLOSING
from app.kits.order import News
from app.models import Campaign, City, KitVersion, Network, Person
from app.web.i18n import Translator, _, translator
from app.web.letters import Letter, LetterPoint, write_letter
from app.words import choose

READY, CHANGED = "kit_ready", "kit_changed"  # the reasons of these mails
READY_SUBJECT = _("%(title)s: the kit of %(city)s is ready")
READY_OPENING = _(
    "the kit of %(city)s for “%(title)s” is ready: pictures, texts and prints with your city's name. Five of them are for today."
)
READY_ACT = _("Open the kit")
CHANGED_SUBJECT = _("%(title)s: the kit has changed")
CHANGED_OPENING = _("the kit for “%(title)s” that you took for %(cities)s has changed; version %(number)s is there now.")
CHANGED_POINT = _("%(city)s took version %(taken)s. New in version %(number)s: %(note)s")
CHANGED_ACT = _("See what is new")


@dataclass(frozen=True, slots=True)
class Told:
    """A city that is told, what it took, and whom it is said to."""

    city: City
    taken: int
    people: Sequence[Person]


def kit_link(campaign: Campaign, city: City, base_url: str) -> str:
    """The page of a city's kit at the desk."""
    return f"{base_url}/desk/c/{campaign.slug}/{city.slug}/kit"


def mail_kit_changed(
    session: Session,
    campaign: Campaign,
    version: KitVersion,
    told: Sequence[Told],
    notes: Mapping[int, Sequence[News]],
    *,
    now: datetime,
    base_url: str,
) -> int:
    """Write to each of their people once for this version, about all their cities; how many. `notes` are by city."""
    network = session.get_one(Network, campaign.network_id)
    people = {person.id: person for each in told for person in each.people}
    for person in people.values():
        theirs = [each for each in told if person in each.people]
        mail.send(
            session,
            network_id=network.id,
            person=person,
            reason=CHANGED,
            written=_changed(campaign, version, person, theirs, notes, network, base_url),
            idempotency_key=f"{CHANGED}:{version.id}:{person.id}",
            now=now,
        )
    return len(people)


def mail_kit_ready(
    session: Session, campaign: Campaign, city: City, people: Sequence[Person], *, key: str, now: datetime, base_url: str
) -> int:
    """Write to a city's people that its kit is there, each once for this key; how many."""
    network = session.get_one(Network, campaign.network_id)
    for person in people:
        mail.send(
            session,
            network_id=network.id,
            person=person,
            reason=READY,
            written=_ready(campaign, city, person, network, base_url),
            idempotency_key=f"{READY}:{key}:{person.id}",
            now=now,
        )
    return len(people)


def _ready(campaign: Campaign, city: City, person: Person, network: Network, base_url: str) -> mail.Written:
    speech = translator(person.language)
    said = {"city": _name(city, person, speech), "title": _title(campaign, person, speech)}
    letter = Letter(
        name=person.name,
        opening=speech.gettext(READY_OPENING) % said,
        about=None,
        act=speech.gettext(READY_ACT),
        link=kit_link(campaign, city, base_url),
        closing=speech.gettext(CLOSING),
    )
    return write_letter(
        letter, subject=speech.gettext(READY_SUBJECT) % said, network_names=network.names, language=person.language
    )


def _changed(
    campaign: Campaign,
    version: KitVersion,
    person: Person,
    told: Sequence[Told],
    notes: Mapping[int, Sequence[News]],
    network: Network,
    base_url: str,
) -> mail.Written:
    speech = translator(person.language)
    title = _title(campaign, person, speech)
    one = len(told) == 1
    points = []
    for each in told:
        link = None if one else kit_link(campaign, each.city, base_url)
        for news in notes[each.city.id]:
            sentence = speech.gettext(CHANGED_POINT) % {
                "city": _name(each.city, person, speech),
                "taken": speech.number(each.taken),
                "number": speech.number(news.version),
                "note": choose(news.note, (person.language, speech.language)).text,
            }
            points.append(LetterPoint(sentence, link))
    letter = Letter(
        name=person.name,
        opening=speech.gettext(CHANGED_OPENING)
        % {
            "title": title,
            "cities": ", ".join(_name(each.city, person, speech) for each in told),
            "number": speech.number(version.number),
        },
        about=None,
        points=points,
        act=speech.gettext(CHANGED_ACT),
        link=kit_link(campaign, told[0].city, base_url) if one else f"{base_url}/desk/campaigns/{campaign.slug}",
        closing=speech.gettext(CLOSING),
    )
    subject = speech.gettext(CHANGED_SUBJECT) % {"title": title}
    return write_letter(letter, subject=subject, network_names=network.names, language=person.language)


def _name(city: City, person: Person, speech: Translator) -> str:
    return choose(city.names, (person.language, speech.language)).text


def _title(campaign: Campaign, person: Person, speech: Translator) -> str:
    return choose(campaign.title, (person.language, speech.language)).text
