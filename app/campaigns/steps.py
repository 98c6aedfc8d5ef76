"""Step actions: what a line of the time-line does when its moment has come. Each domain implements its own and registers it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from app.campaigns.plan import STEP_SENTENCES, StepName
from app.campaigns.queries import time_zones_of
from app.campaigns.rules import campaign_phase_at, is_later, phase_at
from app.enums import StepCondition, StepScope
from app.models import Campaign, CampaignCity, Chapter, City
from app.web.i18n import Translator

Outcome = dict[str, str | int]
ONE_DAY = timedelta(days=1)  # what an action that says nothing else keeps its sense for: it belongs to its day


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step in one city, for one chapter, or once for the network (then city, campaign_city and chapter are None)."""

    run_id: int
    action: str
    scope: StepScope
    offset_days: int
    campaign: Campaign
    campaign_city: CampaignCity | None
    city: City | None
    chapter: Chapter | None
    due_at: datetime
    condition: StepCondition | None
    condition_count: int | None
    base_url: str  # of this service, for links in mails
    keep_originals_days: int  # once the campaign has closed


class StepAction(Protocol):
    """One kind of step."""

    @property
    def name(self) -> str:
        """As it stands in the rows."""
        ...

    @property
    def expires_after(self) -> timedelta | None:
        """How long after its moment it still makes sense, for what was missed in an outage; None: however late."""
        return ONE_DAY

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do, in a sentence; it changes nothing."""
        ...

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Do it, in the transaction that marks it as done; the outcome is kept with the step."""
        ...


class StepRegistry:
    """The actions this process knows."""

    def __init__(self, actions: Iterable[StepAction] = ()) -> None:
        self._actions: dict[str, StepAction] = {}
        for action in actions:
            self.register(action)

    def register(self, action: StepAction) -> None:
        """Add an action; a name is taken once."""
        if action.name in self._actions:
            raise ValueError(action.name)
        self._actions[action.name] = action

    def __getitem__(self, name: str) -> StepAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[StepAction]:
        return iter(self._actions.values())


@dataclass(frozen=True, slots=True)
class CityPhase:
    """Writes the phase of a city, which it asks of the rule; a phase never goes back."""

    name: str
    expires_after: timedelta | None = None  # a phase is reached however late

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        assert step.city is not None  # noqa: S101 - a step of each city has one
        return f"{speech.choose(step.city.names)}: {speech.gettext(STEP_SENTENCES[StepName(self.name)])}"

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:  # noqa: ARG002 - the rows are in the step
        """Move the city on."""
        assert step.city is not None and step.campaign_city is not None  # noqa: S101, PT018 - a step of each city has both
        phase = phase_at(now, step.campaign.day_on, step.city.time_zone)
        if is_later(phase, step.campaign_city.phase):
            step.campaign_city.phase = phase
        return {"phase": step.campaign_city.phase.value}


@dataclass(frozen=True, slots=True)
class CampaignPhase:
    """Writes the phase of a campaign in the same way."""

    name: str
    expires_after: timedelta | None = None  # a phase is reached however late

    def preview(self, step: DueStep, speech: Translator) -> str:  # noqa: ARG002 - it is the same for every campaign
        """What it will do."""
        return speech.gettext(STEP_SENTENCES[StepName(self.name)])

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Move the campaign on."""
        phase = campaign_phase_at(now, step.campaign.day_on, time_zones_of(session, step.campaign))
        if is_later(phase, step.campaign.phase):
            step.campaign.phase = phase
        return {"phase": (step.campaign.phase or phase).value}
