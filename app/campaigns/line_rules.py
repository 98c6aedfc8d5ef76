"""What a line of a plan may say: which actions can be added, for whom, how far from the day; pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from app.campaigns.draft import MAX_OFFSET_DAYS
from app.campaigns.plan import COLLECTION_STEPS, PHASE_STEPS, PlannedStep, StepName
from app.enums import CampaignStatus, StepScope
from app.errors import ErrorKind, Refused, RefusedFields

WINDOW_STEPS = COLLECTION_STEPS | {StepName.CLOSE_CAMPAIGN.value}  # they follow the campaign's own days
FIXED_STEPS = PHASE_STEPS | WINDOW_STEPS  # no campaign is without them, and no line of theirs is written by hand
MAX_COUNT = 1000
ONCE = (StepScope.FIRST_CITY, StepScope.LAST_CITY)
EACH_CITY = (StepScope.EACH_CITY,)


@dataclass(frozen=True, slots=True)
class LineRule:
    """How an action may be planned; days are counted from the day."""

    scopes: tuple[StepScope, ...]
    first_day: int = -MAX_OFFSET_DAYS
    last_day: int = MAX_OFFSET_DAYS
    is_single: bool = False  # a second line of it would find nothing to do
    is_spread: bool = False  # one city after the other

    @property
    def has_condition(self) -> bool:
        """Whether it can depend on what a city has collected."""
        return StepScope.EACH_CITY in self.scopes


RULES: Mapping[StepName, LineRule] = {
    StepName.OPEN_PREPARATION: LineRule(ONCE, last_day=-1, is_single=True),
    StepName.INVITE: LineRule(ONCE, last_day=-1),
    StepName.CLOSE_PREPARATION: LineRule(ONCE, last_day=-1, is_single=True),
    StepName.SEND_TOOLKITS: LineRule(EACH_CITY, last_day=0, is_single=True),
    StepName.ASK_FIGURES_BEFORE: LineRule(EACH_CITY, last_day=-1, is_single=True),
    StepName.REMIND: LineRule(EACH_CITY),
    StepName.COUNTDOWN_CARD: LineRule(EACH_CITY, first_day=-28, last_day=0),  # a kit has a card for each of these days
    StepName.BUILD_COLLAGE: LineRule(ONCE, first_day=0),
    StepName.BUILD_CITY_FILM: LineRule(EACH_CITY, first_day=0),
    StepName.BUILD_JOINT_FILM: LineRule(ONCE, first_day=0),
    StepName.ASK_FIGURES_ON: LineRule(EACH_CITY, first_day=0, is_single=True),
    StepName.SPOTLIGHT: LineRule(EACH_CITY, first_day=1, is_single=True, is_spread=True),
    StepName.THANK_CONTRIBUTORS: LineRule(EACH_CITY, first_day=0, is_single=True),
    StepName.ASK_FIGURES_AFTER: LineRule(EACH_CITY, first_day=1, is_single=True),
    StepName.REPORT_DUE: LineRule((StepScope.EACH_CITY, StepScope.EACH_CHAPTER, StepScope.LAST_CITY), first_day=1),
}


class PlanDays(Protocol):
    """The days of the campaign that a line has to fit into."""

    @property
    def day_on(self) -> date: ...

    @property
    def post_day_offset_days(self) -> int: ...


def days_from_day(line: PlannedStep, day_on: date) -> int:
    """How many days from the day a line is due, the first turn where there are several."""
    return line.offset_days if line.on_date is None else (line.on_date - day_on).days


def check(line: PlannedStep, plan: PlanDays, *, known: Collection[str], others: Collection[str]) -> None:
    """Raise every refusal of a line that somebody wrote at once.

    `known` are the actions that are done here, `others` those of the campaign's other lines.
    """
    refuse_fixed(line.action.value)
    if line.action.value not in known:
        raise Refused("line.unknown_action", field="action")
    rule = RULES[line.action]
    if rule.is_single and line.action.value in others:
        raise Refused("line.is_there", field="action", kind=ErrorKind.CONFLICT)
    if refusals := [*_of_scope(line, rule), *_of_days(line, rule, plan)]:
        raise RefusedFields(refusals)


def refuse_fixed(action: str) -> None:
    """Refuses lines that follow the clock or the campaign's own days: nobody writes, changes or removes them."""
    if action in PHASE_STEPS:
        raise Refused("step.follows_the_clock", kind=ErrorKind.CONFLICT)
    if action in WINDOW_STEPS:
        raise Refused("line.follows_the_days", kind=ErrorKind.CONFLICT)


def refuse_closed(status: CampaignStatus) -> None:
    """Refuses every change of the plan of a campaign that is closed."""
    if status is CampaignStatus.CLOSED:
        raise Refused("campaign.is_closed", kind=ErrorKind.CONFLICT)


def _of_scope(line: PlannedStep, rule: LineRule) -> Iterator[Refused]:
    if line.scope not in rule.scopes:
        yield Refused("line.wrong_scope", field="scope")
    if line.condition is not None and line.scope is not StepScope.EACH_CITY:
        yield Refused("line.condition_of_cities", field="condition")
    elif line.condition is not None and not 1 <= (line.condition_count or 0) <= MAX_COUNT:
        yield Refused("form.out_of_range", field="condition_count", at_least=1, at_most=MAX_COUNT)


def _of_days(line: PlannedStep, rule: LineRule, plan: PlanDays) -> Iterator[Refused]:
    field = "days" if line.on_date is None else "on_date"
    days, last_day = days_from_day(line, plan.day_on), plan.post_day_offset_days
    if abs(days) > MAX_OFFSET_DAYS:
        yield Refused("step.too_far", field=field, limit_days=MAX_OFFSET_DAYS)
    elif days > min(rule.last_day, last_day):
        on = plan.day_on + timedelta(days=min(rule.last_day, last_day))
        yield Refused("line.too_late" if rule.last_day < last_day else "line.after_the_end", field=field, on=on.isoformat())
    elif days < rule.first_day:
        yield Refused("line.too_early", field=field, on=(plan.day_on + timedelta(days=rule.first_day)).isoformat())
    if not rule.is_spread and line.spread_days is not None:
        yield Refused("line.not_spread", field="spread_days")
    elif rule.is_spread and not 1 <= (line.spread_days or 0) <= MAX_OFFSET_DAYS:
        yield Refused("form.out_of_range", field="spread_days", at_least=1, at_most=MAX_OFFSET_DAYS)
    elif rule.is_spread and days <= last_day < days + (line.spread_days or 0) - 1:
        yield Refused("line.spread_past_the_end", field="spread_days", limit_days=last_day - days + 1)
