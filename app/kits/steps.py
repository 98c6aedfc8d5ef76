"""The steps of a time-line that hand out kits: that a city's is ready, and the card of the day.

There is no step that lifts an embargo: it ends by the clock of each city as its day begins, whether a step is done or not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.brief_queries import officers_by_city
from app.campaigns.plan import StepName
from app.campaigns.steps import ONE_DAY, DueStep, Outcome, StepAction
from app.kits.card_letters import mail_card
from app.kits.embargo import card_group, days_left_at, embargoed_at
from app.kits.version_letters import mail_kit_ready
from app.kits.versions import current_version
from app.models import CampaignCity, CardWish, City, Person
from app.web.i18n import Translator, _

NO_VERSION, NOBODY_AT_DESK, UNDER_EMBARGO, DAY_IS_OVER = "no_version", "nobody_at_desk", "under_embargo", "day_is_over"


def _place(step: DueStep) -> tuple[CampaignCity, City]:
    assert step.campaign_city is not None and step.city is not None  # noqa: S101, PT018 - a step of each city has both
    return step.campaign_city, step.city


def _name(step: DueStep, speech: Translator) -> str:
    assert step.city is not None  # noqa: S101 - a step of each city has one; of a draft it may have no part yet
    return speech.choose(step.city.names).text


@dataclass(frozen=True, slots=True)
class SendToolkits:
    """Writes to a city's officers that its kit is ready; it never publishes, which somebody has to look at."""

    name: str = StepName.SEND_TOOLKITS.value
    expires_after: timedelta | None = None  # a kit is worth having however late

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        said = _("%(city)s: its officers get a mail that the kit is ready, if a version is published by then")
        return speech.gettext(said) % {"city": _name(step, speech)}

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Write to them; where there is nothing to hand out or nobody to tell, the outcome says so."""
        _campaign_city, city = _place(step)
        version = current_version(session, step.campaign.id)
        if version is None:
            return {"mails": 0, "reason": NO_VERSION}
        people = officers_by_city(session, step.campaign).get(city.id, [])
        if not people:
            return {"mails": 0, "reason": NOBODY_AT_DESK, "version": version.number}
        key = f"{step.campaign.id}:{city.id}"
        mails = mail_kit_ready(session, step.campaign, city, people, key=key, now=now, base_url=step.base_url)
        return {"mails": mails, "version": version.number}


@dataclass(frozen=True, slots=True)
class CountdownCard:
    """Puts the card of the day, with its text, on a city's page of what to post today, and into the mail of who wishes it."""

    name: str = StepName.COUNTDOWN_CARD.value
    expires_after: timedelta | None = ONE_DAY  # yesterday's card is not put out today

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        assert step.city is not None  # noqa: S101 - a step of each city has one
        days_left = days_left_at(step.due_at, step.campaign.day_on, step.city.time_zone)
        if days_left <= 0:
            said = speech.gettext(_("%(city)s: the card of the day and its text are put out to be posted"))
        else:
            said = speech.ngettext(
                "%(city)s: the card that says %(count)s day is left is put out with its text",
                "%(city)s: the card that says %(count)s days are left is put out with its text",
                days_left,
            )
        return said % {"city": _name(step, speech), "count": speech.number(days_left)}

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Put it out; a card that is under embargo, or for a day that is over, is not."""
        place, city = _place(step)
        version = current_version(session, step.campaign.id)
        if version is None:
            return {"mails": 0, "reason": NO_VERSION}
        days_left = days_left_at(now, step.campaign.day_on, city.time_zone)
        if days_left < 0:
            return {"mails": 0, "reason": DAY_IS_OVER}
        if card_group(days_left) in embargoed_at(now, version.embargoed, day_on=step.campaign.day_on, time_zone=city.time_zone):
            return {"mails": 0, "reason": UNDER_EMBARGO}
        wishes = select(Person).join(CardWish, CardWish.person_id == Person.id).where(CardWish.campaign_city_id == place.id)
        people = session.scalars(wishes.order_by(Person.id)).all()
        key, base_url = str(step.run_id), step.base_url
        mails = mail_card(session, step.campaign, city, people, days_left, key=key, now=now, base_url=base_url)
        return {"days_left": days_left, "mails": mails}


ACTIONS: list[StepAction] = [SendToolkits(), CountdownCard()]
