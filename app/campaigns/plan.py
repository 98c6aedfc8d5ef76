"""The time-line that every campaign begins with."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from app.campaigns.rules import MIDNIGHT
from app.enums import StepScope
from app.web.i18n import Translator, _


class StepName(StrEnum):
    """The actions of the first time-line; those that assemble are implemented where that is done."""

    CAMPAIGN_STARTS = "campaign_starts"
    START_OF_DAY = "start_of_day"
    END_OF_DAY = "end_of_day"
    CAMPAIGN_ENDS = "campaign_ends"
    BUILD_COLLAGE = "build_collage"
    BUILD_CITY_FILM = "build_city_film"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One line of the plan."""

    action: StepName
    scope: StepScope
    offset_days: int
    local_time: time = MIDNIGHT


TIMELINE = (  # at one instant, steps are done in this order
    PlannedStep(StepName.CAMPAIGN_STARTS, StepScope.FIRST_CITY, 0),
    PlannedStep(StepName.START_OF_DAY, StepScope.EACH_CITY, 0),
    PlannedStep(StepName.BUILD_COLLAGE, StepScope.FIRST_CITY, 0),
    PlannedStep(StepName.BUILD_CITY_FILM, StepScope.EACH_CITY, 0),
    PlannedStep(StepName.END_OF_DAY, StepScope.EACH_CITY, 1),
    PlannedStep(StepName.BUILD_CITY_FILM, StepScope.EACH_CITY, 1),
    PlannedStep(StepName.CAMPAIGN_ENDS, StepScope.LAST_CITY, 1),
    PlannedStep(StepName.BUILD_COLLAGE, StepScope.LAST_CITY, 1),  # the final one
)

PHASE_STEPS = frozenset(  # they follow the clock: a phase comes with its midnight, not before and not never
    name.value for name in (StepName.CAMPAIGN_STARTS, StepName.START_OF_DAY, StepName.END_OF_DAY, StepName.CAMPAIGN_ENDS)
)

STEP_SENTENCES = {
    StepName.CAMPAIGN_STARTS: _("The day begins in the first city"),
    StepName.START_OF_DAY: _("The day begins"),
    StepName.END_OF_DAY: _("The day ends"),
    StepName.CAMPAIGN_ENDS: _("The day has ended in the last city"),
    StepName.BUILD_COLLAGE: _("The collage is made"),
    StepName.BUILD_CITY_FILM: _("The city's film is made"),
}


def step_label(action: str, speech: Translator) -> str:
    """What a step is called."""
    return speech.gettext(STEP_SENTENCES[StepName(action)]) if action in set(StepName) else action
