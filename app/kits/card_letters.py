"""The mail that says that the card of the day is there to be posted, to those who wished for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app import mail
from app.campaigns.brief_letters import CLOSING
from app.kits.slots import days_in_words
from app.models import Campaign, City, Network, Person
from app.web.i18n import _, translator
from app.web.letters import Letter, write_letter
from app.words import choose

REASON = "card_of_the_day"
SUBJECT = _("%(city)s: today's card, %(left)s")
OPENING = _("today's card of “%(title)s” for %(city)s says: %(left)s. Picture and text are there to be posted.")
ACT = _("Post it")
NO_MORE = _("On that page you also say that you want no more of these mails.")


def mail_card(
    session: Session,
    campaign: Campaign,
    city: City,
    people: Sequence[Person],
    days_left: int,
    *,
    key: str,
    now: datetime,
    base_url: str,
) -> int:
    """Write to these people, each once for this key; how many."""
    network = session.get_one(Network, campaign.network_id)
    for person in people:
        mail.send(
            session,
            network_id=network.id,
            person=person,
            reason=REASON,
            written=_written(campaign, city, person, network, days_left, f"{base_url}/desk/c/{campaign.slug}/{city.slug}/cards"),
            idempotency_key=f"{REASON}:{key}:{person.id}",
            now=now,
        )
    return len(people)


def _written(campaign: Campaign, city: City, person: Person, network: Network, days_left: int, link: str) -> mail.Written:
    speech = translator(person.language)
    languages = (person.language, speech.language)
    said = {
        "title": choose(campaign.title, languages).text,
        "city": choose(city.names, languages).text,
        "left": days_in_words(days_left, campaign.day_on, speech.language),
    }
    letter = Letter(
        name=person.name,
        opening=speech.gettext(OPENING) % said,
        about=None,
        act=speech.gettext(ACT),
        link=link,
        closing=f"{speech.gettext(NO_MORE)} {speech.gettext(CLOSING)}",
    )
    subject = speech.gettext(SUBJECT) % said
    return write_letter(letter, subject=subject, network_names=network.names, language=person.language)
