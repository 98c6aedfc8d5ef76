"""The mail that says that it is a city's turn to be put forward, and where its pictures and texts are."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app import mail
from app.campaigns.brief_letters import CLOSING
from app.models import Campaign, City, Network, Person
from app.web.i18n import _, translator
from app.web.letters import Letter, write_letter
from app.words import choose

REASON = "spotlight"
SUBJECT = _("%(city)s is in the spotlight of “%(title)s” now")
OPENING = _(
    "%(city)s is put forward on the page of “%(title)s” now, with a page of its own. "
    "Pictures in the shapes of the networks and texts to post are there for your city's accounts."
)
ACT = _("Look at the pictures and texts")


def mail_spotlight(
    session: Session, campaign: Campaign, city: City, people: Sequence[Person], *, now: datetime, base_url: str
) -> int:
    """Write to these people, each once for this city in this campaign; how many."""
    network = session.get_one(Network, campaign.network_id)
    for person in people:
        mail.send(
            session,
            network_id=network.id,
            person=person,
            reason=REASON,
            written=_written(campaign, city, person, network, f"{base_url}/desk/c/{campaign.slug}/{city.slug}/spotlight"),
            idempotency_key=f"{REASON}:{campaign.id}:{city.id}:{person.id}",
            now=now,
        )
    return len(people)


def _written(campaign: Campaign, city: City, person: Person, network: Network, link: str) -> mail.Written:
    speech = translator(person.language)
    languages = (person.language, speech.language)
    said = {"title": choose(campaign.title, languages).text, "city": choose(city.names, languages).text}
    letter = Letter(
        name=person.name,
        opening=speech.gettext(OPENING) % said,
        about=None,
        act=speech.gettext(ACT),
        link=link,
        closing=speech.gettext(CLOSING),
    )
    return write_letter(letter, subject=speech.gettext(SUBJECT) % said, network_names=network.names, language=person.language)
