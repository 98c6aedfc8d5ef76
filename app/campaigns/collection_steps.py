"""The steps that open and close a campaign's doors: its collection in each city, the spotlight, the campaign itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.campaigns.brief_queries import officers_by_city
from app.campaigns.plan import StepName
from app.campaigns.service import end_campaign
from app.campaigns.spotlight_letters import mail_spotlight
from app.campaigns.steps import DueStep, Outcome
from app.models import CampaignCity, City
from app.web.i18n import Translator, _


def city_of(step: DueStep) -> City:
    """The city of a step that is done in each; of a draft it may have no part in the campaign yet."""
    assert step.city is not None  # noqa: S101 - a step of each city has one
    return step.city


def place_of(step: DueStep) -> tuple[CampaignCity, City]:
    """The city of a step that is done in each."""
    assert step.campaign_city is not None and step.city is not None  # noqa: S101, PT018 - a step of each city has both
    return step.campaign_city, step.city


@dataclass(frozen=True, slots=True)
class OpenCollection:
    """From now on people there can send."""

    name: str = StepName.OPEN_COLLECTION.value
    expires_after: timedelta | None = None  # people can begin however late

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        city = speech.choose(city_of(step).names)
        return speech.gettext(_("%(city)s: the form opens, people can send")) % {"city": city}

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:  # noqa: ARG002 - the rows are in the step
        """Open it; one that was closed stays closed."""
        place, _city = place_of(step)
        place.collection_opened_at = place.collection_opened_at or now
        return {}


@dataclass(frozen=True, slots=True)
class CloseCollection:
    """From now on nothing more is taken there; what was sent goes its way."""

    name: str = StepName.CLOSE_COLLECTION.value
    expires_after: timedelta | None = None

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        city = speech.choose(city_of(step).names)
        return speech.gettext(_("%(city)s: the form closes; what was sent goes its way")) % {"city": city}

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:  # noqa: ARG002 - the rows are in the step
        """Close it."""
        place, _city = place_of(step)
        place.collection_closed_at = place.collection_closed_at or now
        return {}


@dataclass(frozen=True, slots=True)
class Spotlight:
    """Puts one city forward on the campaign's page, until the turn of the next, and writes to its officers what they can post."""

    name: str = StepName.SPOTLIGHT.value
    expires_after: timedelta | None = None  # each city has its turn, however late

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        city = speech.choose(city_of(step).names)
        said = _("%(city)s stands first on the campaign's page; its officers get a mail with pictures and texts to post")
        return speech.gettext(said) % {"city": city}

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Its turn has come."""
        place, city = place_of(step)
        place.spotlit_at = place.spotlit_at or now
        people = officers_by_city(session, step.campaign).get(city.id, [])
        return {"mails": mail_spotlight(session, step.campaign, city, people, now=now, base_url=step.base_url)}


@dataclass(frozen=True, slots=True)
class CloseCampaign:
    """Closes the campaign and starts the time after which what phones sent is erased."""

    name: str = StepName.CLOSE_CAMPAIGN.value
    expires_after: timedelta | None = None

    def preview(self, step: DueStep, speech: Translator) -> str:  # noqa: ARG002 - it is the same for every campaign
        """What it will do."""
        return speech.gettext(_("The campaign closes: its pages stay, and the time begins after which originals are erased"))

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Close it."""
        until_on = end_campaign(session, step.campaign, keep_originals_days=step.keep_originals_days, actor=None, now=now)
        return {"originals_until_on": until_on.isoformat()}
