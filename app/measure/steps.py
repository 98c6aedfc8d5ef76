"""The steps of a time-line that measure and thank: figures asked for, contributors thanked, reports handed out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.campaigns.plan import StepName
from app.campaigns.rules import phase_at
from app.campaigns.steps import DueStep, Outcome, StepAction
from app.enums import FiguresMoment, Phase, StepScope
from app.measure import service
from app.models import CampaignCity, City
from app.web.i18n import Translator, _

WEEK = timedelta(days=7)
ASKS = {
    FiguresMoment.BEFORE: _("%(city)s: its officers are asked for three numbers, as they are before the day"),
    FiguresMoment.ON: _("%(city)s: its officers are asked for three numbers about the day"),
    FiguresMoment.AFTER: _("%(city)s: its officers are asked for three numbers, as they are after the day"),
}


def _city(step: DueStep) -> City:
    """Of a draft it may have no part in the campaign yet."""
    assert step.city is not None  # noqa: S101 - a step of each city has one
    return step.city


def _place(step: DueStep) -> tuple[CampaignCity, City]:
    assert step.campaign_city is not None and step.city is not None  # noqa: S101, PT018 - a step of each city has both
    return step.campaign_city, step.city


@dataclass(frozen=True, slots=True)
class AskFigures:
    """Asks a city for three numbers of one moment, by a link in a mail to its officers."""

    name: str
    moment: FiguresMoment
    expires_after: timedelta | None

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        return speech.gettext(ASKS[self.moment]) % {"city": speech.choose(_city(step).names)}

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Ask; what was before the day is not asked once the day has begun there."""
        place, city = _place(step)
        phase = phase_at(now, step.campaign.day_on, city.time_zone)
        if city.is_elsewhere or (self.moment is FiguresMoment.BEFORE and phase is not Phase.PRE_DAY):
            return {"people": 0, "asked": 0}
        people = service.ask(session, step.campaign, place, city, self.moment, now=now, base_url=step.base_url)
        return {"people": people, "asked": 1}


@dataclass(frozen=True, slots=True)
class ThankContributors:
    """Thanks a city's contributors on their receipts, and its officers by mail."""

    name: str = StepName.THANK_CONTRIBUTORS.value
    expires_after: timedelta | None = None  # thanks come late rather than never

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        said = _("%(city)s: everybody who sent something is thanked on their receipt, its officers by mail")
        return speech.gettext(said) % {"city": speech.choose(_city(step).names)}

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Thank them; a city without contributions is left in peace, and the outcome says so."""
        place, city = _place(step)
        contributions, people = service.thank(
            session, step.campaign, place, city, run_id=step.run_id, now=now, base_url=step.base_url
        )
        return {"contributions": contributions, "people": people}


@dataclass(frozen=True, slots=True)
class ReportDue:
    """Hands out a report: to a city its own, to a chapter and to the network the overview of their cities."""

    name: str = StepName.REPORT_DUE.value
    expires_after: timedelta | None = None  # a report is worth reading however late

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        if step.city is not None:
            said, names = _("%(place)s: its officers get the link to its report"), step.city.names
        elif step.chapter is not None:
            said, names = _("%(place)s: its coordinators get the link to the report of its cities"), step.chapter.names
        else:
            return speech.gettext(_("The network's managers get the link to the report of all cities"))
        return speech.gettext(said) % {"place": speech.choose(names)}

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Write to whom it is for."""
        campaign, run_id, base_url = step.campaign, step.run_id, step.base_url
        if step.scope is StepScope.EACH_CITY:
            city = _place(step)[1]
            return {"people": service.hand_out_city_report(session, campaign, city, run_id=run_id, now=now, base_url=base_url)}
        chapter = step.chapter
        return {"people": service.hand_out_overview(session, campaign, chapter, run_id=run_id, now=now, base_url=base_url)}


ACTIONS: list[StepAction] = [
    # a week late it is still before the day, or `run` leaves it out; later the campaign itself has moved the numbers
    AskFigures(StepName.ASK_FIGURES_BEFORE.value, FiguresMoment.BEFORE, WEEK),
    # for a week the accounts still tell what they stood at and what the day's posts did; then it is the time after the day
    AskFigures(StepName.ASK_FIGURES_ON.value, FiguresMoment.ON, WEEK),
    # what stays can be asked as long as the campaign is open, and steps end with it
    AskFigures(StepName.ASK_FIGURES_AFTER.value, FiguresMoment.AFTER, None),
    ThankContributors(),
    ReportDue(),
]
