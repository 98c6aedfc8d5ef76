"""The mail that says that the day of a campaign has moved, to everybody who counts on it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app import mail
from app.campaigns.brief_letters import CLOSING, Reader, readers_of
from app.clock import rfc3339
from app.enums import CampaignStatus
from app.models import Campaign, Network
from app.web.i18n import _, translator
from app.web.letters import Letter, write_letter
from app.words import choose

REASON = "day_moved"
SUBJECT = _("%(title)s: the day is now %(day)s")
OPENING = _(
    "the day of “%(title)s” is now %(day)s; before it was %(before)s. Everything that was still to come has moved with it."
)
ACT = _("See the campaign")


def people_to_tell(session: Session, campaign: Campaign) -> list[Reader]:
    """The officers of the cities that take part or are invited; while it is prepared the working group too."""
    prepares = campaign.status is CampaignStatus.PREPARING
    return [each for each in readers_of(session, campaign) if each.places or prepares]


def mail_day_moved(session: Session, campaign: Campaign, *, was_on: date, now: datetime, base_url: str) -> int:
    """Write to all of them, each once for this move; how many."""
    network = session.get_one(Network, campaign.network_id)
    readers = people_to_tell(session, campaign)
    for reader in readers:
        mail.send(
            session,
            network_id=network.id,
            person=reader.person,
            reason=REASON,
            written=_written(campaign, reader, network, was_on, f"{base_url}/desk/campaigns/{campaign.slug}"),
            idempotency_key=f"{REASON}:{campaign.id}:{reader.person.id}:{campaign.day_on.isoformat()}:{rfc3339(now)}",
            now=now,
        )
    return len(readers)


def _written(campaign: Campaign, reader: Reader, network: Network, was_on: date, link: str) -> mail.Written:
    language = reader.person.language
    speech = translator(language)
    title, day = choose(campaign.title, (language, speech.language)).text, speech.on_date(campaign.day_on)
    letter = Letter(
        name=reader.person.name,
        opening=speech.gettext(OPENING) % {"title": title, "day": day, "before": speech.on_date(was_on)},
        about=None,
        act=speech.gettext(ACT),
        link=link,
        closing=speech.gettext(CLOSING),
    )
    subject = speech.gettext(SUBJECT) % {"title": title, "day": day}
    return write_letter(letter, subject=subject, network_names=network.names, language=language)
