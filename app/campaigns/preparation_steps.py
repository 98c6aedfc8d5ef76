"""The steps of the preparation: the brief opened for comments, the cities invited, the brief fixed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.access import reach
from app.campaigns.brief_letters import mail_brief_fixed, mail_brief_opened
from app.campaigns.plan import StepName
from app.campaigns.service import fix_brief, invite
from app.campaigns.steps import DueStep, Outcome
from app.models import ChapterCity
from app.web.i18n import Translator, _


@dataclass(frozen=True, slots=True)
class OpenPreparation:
    """Writes to all who read the brief that it is there to be commented on."""

    name: str = StepName.OPEN_PREPARATION.value
    expires_after: timedelta | None = None  # as long as the brief is not fixed it can be read; fixing it leaves this out

    def preview(self, step: DueStep, speech: Translator) -> str:  # noqa: ARG002 - it is the same for every campaign
        """What it will do."""
        return speech.gettext(
            _("The working group and the officers of invited cities get a mail: the brief is there to be commented on")
        )

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Write to them, unless the brief is to be fixed at this very moment."""
        return {"people": mail_brief_opened(session, step.campaign, None, now=now, base_url=step.base_url)}


@dataclass(frozen=True, slots=True)
class Invite:
    """Invites every city that the campaign is for and that is not invited yet."""

    name: str = StepName.INVITE.value
    expires_after: timedelta | None = None  # a late invitation is better than none; closing the campaign leaves it out

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        if step.chapter is not None:
            chapter = speech.choose(step.chapter.names)
            return speech.gettext(_("Cities of %(chapter)s that are not invited yet are invited; their officers get a mail")) % {
                "chapter": chapter
            }
        return speech.gettext(_("Every city that is not invited yet is invited; its officers get a mail"))

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Invite them."""
        cities = reach(session, step.campaign)
        if step.chapter is not None:
            within = set(session.scalars(select(ChapterCity.city_id).where(ChapterCity.chapter_id == step.chapter.id)))
            cities = [city for city in cities if city.id in within]
        invited = invite(session, step.campaign, cities=cities, actor=None, now=now, base_url=step.base_url)
        return {"cities": invited.cities, "people": invited.people, "silent_cities": invited.silent_cities}


@dataclass(frozen=True, slots=True)
class ClosePreparation:
    """Fixes the brief: the campaign becomes public, and all who read along hear of it."""

    name: str = StepName.CLOSE_PREPARATION.value
    expires_after: timedelta | None = None  # everything else waits for it

    def preview(self, step: DueStep, speech: Translator) -> str:  # noqa: ARG002 - it is the same for every campaign
        """What it will do."""
        return speech.gettext(
            _(
                "The brief is fixed as it then stands, and the campaign becomes public; "
                "the working group and the officers of invited cities get a mail"
            )
        )

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Fix it, and say what comes next."""
        fix_brief(session, step.campaign, actor=None, now=now)
        return {"people": mail_brief_fixed(session, step.campaign, now=now, base_url=step.base_url)}
