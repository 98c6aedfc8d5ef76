"""The steps of a time-line: what there is to do, and the lines that no campaign is without."""

from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from typing import Protocol

from app.campaigns.rules import MIDNIGHT
from app.enums import StepClock, StepCondition, StepScope
from app.web.i18n import Translator, _


class StepName(StrEnum):
    """The actions that lines can name; each is implemented where its work is done."""

    OPEN_PREPARATION = "open_preparation"
    INVITE = "invite"
    CLOSE_PREPARATION = "close_preparation"
    SEND_TOOLKITS = "send_toolkits"
    OPEN_COLLECTION = "open_collection"
    ASK_FIGURES_BEFORE = "ask_figures_before"
    REMIND = "remind"
    COUNTDOWN_CARD = "countdown_card"
    CAMPAIGN_STARTS = "campaign_starts"
    START_OF_DAY = "start_of_day"
    BUILD_COLLAGE = "build_collage"
    BUILD_CITY_FILM = "build_city_film"
    BUILD_JOINT_FILM = "build_joint_film"
    END_OF_DAY = "end_of_day"
    CAMPAIGN_ENDS = "campaign_ends"
    ASK_FIGURES_ON = "ask_figures_on"
    SPOTLIGHT = "spotlight"
    THANK_CONTRIBUTORS = "thank_contributors"
    ASK_FIGURES_AFTER = "ask_figures_after"
    REPORT_DUE = "report_due"
    CLOSE_COLLECTION = "close_collection"
    CLOSE_CAMPAIGN = "close_campaign"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One line of the plan."""

    action: StepName
    scope: StepScope
    offset_days: int = 0
    local_time: time = MIDNIGHT
    clock: StepClock = StepClock.LOCAL
    on_date: date | None = None  # it stays when the day moves, and goes before offset_days
    spread_days: int | None = None
    condition: StepCondition | None = None
    condition_count: int | None = None


class Window(Protocol):
    """How long a campaign lasts, in days from its day."""

    @property
    def pre_day_offset_days(self) -> int: ...

    @property
    def post_day_offset_days(self) -> int: ...


CORE = (  # every campaign has them; at one instant, steps are done in this order
    PlannedStep(StepName.OPEN_COLLECTION, StepScope.EACH_CITY),
    PlannedStep(StepName.CAMPAIGN_STARTS, StepScope.FIRST_CITY, 0),
    PlannedStep(StepName.START_OF_DAY, StepScope.EACH_CITY, 0),
    PlannedStep(StepName.BUILD_COLLAGE, StepScope.FIRST_CITY, 0),
    PlannedStep(StepName.BUILD_CITY_FILM, StepScope.EACH_CITY, 0),
    PlannedStep(StepName.END_OF_DAY, StepScope.EACH_CITY, 1),
    PlannedStep(StepName.BUILD_CITY_FILM, StepScope.EACH_CITY, 1),
    PlannedStep(StepName.CAMPAIGN_ENDS, StepScope.LAST_CITY, 1),
    PlannedStep(StepName.BUILD_COLLAGE, StepScope.LAST_CITY, 1),  # the final one
    PlannedStep(StepName.CLOSE_COLLECTION, StepScope.EACH_CITY),
    PlannedStep(StepName.CLOSE_CAMPAIGN, StepScope.LAST_CITY),
)

PHASE_STEPS = frozenset(  # they follow the clock: a phase comes with its midnight, not before and not never
    name.value for name in (StepName.CAMPAIGN_STARTS, StepName.START_OF_DAY, StepName.END_OF_DAY, StepName.CAMPAIGN_ENDS)
)
COLLECTION_STEPS = frozenset({StepName.OPEN_COLLECTION.value, StepName.CLOSE_COLLECTION.value})
PREPARATION_STEPS = frozenset(  # all that is done while the brief is not fixed; everything else waits for it
    name.value for name in (StepName.OPEN_PREPARATION, StepName.INVITE, StepName.CLOSE_PREPARATION)
)
ELSEWHERE_STEPS = (  # all that "another place" takes part in
    PHASE_STEPS | COLLECTION_STEPS | {StepName.BUILD_CITY_FILM.value, StepName.THANK_CONTRIBUTORS.value}
)

STEP_SENTENCES = {
    StepName.OPEN_PREPARATION: _("The brief is open for comments"),
    StepName.INVITE: _("The cities are invited"),
    StepName.CLOSE_PREPARATION: _("The brief is fixed"),
    StepName.SEND_TOOLKITS: _("The city gets its kit"),
    StepName.OPEN_COLLECTION: _("People can send"),
    StepName.ASK_FIGURES_BEFORE: _("The city is asked for its figures before the day"),
    StepName.REMIND: _("The city is reminded"),
    StepName.COUNTDOWN_CARD: _("The city gets the card of the day to post"),
    StepName.CAMPAIGN_STARTS: _("The day begins in the first city"),
    StepName.START_OF_DAY: _("The day begins"),
    StepName.BUILD_COLLAGE: _("The collage is made"),
    StepName.BUILD_CITY_FILM: _("The city's film is made"),
    StepName.BUILD_JOINT_FILM: _("The joint film is made"),
    StepName.END_OF_DAY: _("The day ends"),
    StepName.CAMPAIGN_ENDS: _("The day has ended in the last city"),
    StepName.ASK_FIGURES_ON: _("The city is asked for its figures of the day"),
    StepName.SPOTLIGHT: _("The city is put in the spotlight"),
    StepName.THANK_CONTRIBUTORS: _("Everybody who took part is thanked"),
    StepName.ASK_FIGURES_AFTER: _("The city is asked for its figures after the day"),
    StepName.REPORT_DUE: _("The report is handed out"),
    StepName.CLOSE_COLLECTION: _("Nothing more can be sent"),
    StepName.CLOSE_CAMPAIGN: _("The campaign closes"),
}


def step_label(action: str, speech: Translator) -> str:
    """What a step is called."""
    return speech.gettext(STEP_SENTENCES[StepName(action)]) if action in set(StepName) else action


def condition_words(condition: StepCondition | None, count: int | None, speech: Translator) -> str | None:
    """Under what condition a line is done."""
    if condition is None:
        return None
    number = count or 0
    if condition is StepCondition.FEWER_THAN:
        said = speech.ngettext(
            "only where there is fewer than %(count)s contribution",
            "only where there are fewer than %(count)s contributions",
            number,
        )
    else:
        said = speech.ngettext(
            "only where there is at least %(count)s contribution", "only where there are at least %(count)s contributions", number
        )
    return said % {"count": speech.number(number)}


def window_offset_days(action: str, window: Window) -> int | None:
    """When a step is due that opens or closes with the campaign's own days; None for every other."""
    if action == StepName.OPEN_COLLECTION:
        return window.pre_day_offset_days
    if action in {StepName.CLOSE_COLLECTION, StepName.CLOSE_CAMPAIGN}:
        return window.post_day_offset_days + 1
    return None


def in_window(line: PlannedStep, window: Window) -> PlannedStep:
    """The line as it stands in a campaign of these days."""
    offset_days = window_offset_days(line.action.value, window)
    return line if offset_days is None else replace(line, offset_days=offset_days)
