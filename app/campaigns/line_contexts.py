"""What the pages on which lines are written show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.campaigns.contexts import Nav, Told
from app.campaigns.line_rules import LineRule
from app.campaigns.plan import StepName
from app.enums import StepClock, StepCondition, StepScope
from app.web.errors import FieldError
from app.web.i18n import _
from app.words import Chosen

SCOPE_WORDS = {
    StepScope.EACH_CITY: _("Each city"),
    StepScope.EACH_CHAPTER: _("Each chapter, when the moment comes in the first of its cities"),
    StepScope.FIRST_CITY: _("The network, when the moment comes in the first city"),
    StepScope.LAST_CITY: _("The network, when the moment has come in the last city"),
}
CLOCK_WORDS = {
    StepClock.LOCAL: _("Each city's own"),
    StepClock.NETWORK: _("The network's (%(zone)s)"),
}
CONDITION_WORDS = {
    None: _("Always"),
    StepCondition.FEWER_THAN: _("Only where there are fewer contributions than"),
    StepCondition.AT_LEAST: _("Only where there are at least so many contributions"),
}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the plan in a list."""

    id: int
    label: str
    whose: str
    notes: Sequence[str]
    when: str
    days: str  # from the day, in words
    why_fixed: str | None  # why it cannot be changed or removed
    change_href: str | None
    remove_href: str | None
    order_action: str
    can_go_earlier: bool
    can_go_later: bool


@dataclass(frozen=True, slots=True)
class LinesPage:
    """All lines of a plan."""

    desk_nav: Nav
    title: Chosen
    back_href: str
    form_href: str | None  # where the campaign's own days are written
    new_href: str
    actions: Sequence[tuple[str, str]]  # that can be added
    lines: Sequence[PlanLine]
    told: Told | None
    errors: Sequence[FieldError]


@dataclass(frozen=True, slots=True)
class LineForm:
    """Everything as it stands in the fields."""

    scope: str
    timing: str
    days: str
    side: str
    on_date: str
    at: str
    clock: str
    spread_days: str
    condition: str
    condition_count: str


@dataclass(frozen=True, slots=True)
class LineFormPage:
    """The form of one line."""

    desk_nav: Nav
    title: Chosen
    back_href: str
    heading: str
    action: str  # where it is shown what the line would do
    step: StepName
    rule: LineRule
    form: LineForm
    day: str
    scopes: Sequence[tuple[str, str]]
    clocks: Sequence[tuple[str, str]]
    conditions: Sequence[tuple[str, str]]
    wrong: Mapping[str, str]
    errors: Sequence[FieldError]


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What a line would do in one place."""

    place: Chosen | None  # None: the network
    at: str
    effect: str


@dataclass(frozen=True, slots=True)
class LinePreviewPage:
    """What a line would do, before it is written."""

    desk_nav: Nav
    title: Chosen
    back_href: str
    heading: str
    action: str
    hidden: Sequence[tuple[str, str]]
    button: str
    whose: str
    notes: Sequence[str]
    when: str
    places: Sequence[PlannedLine]  # where it happens, the first first
    past: Sequence[PlannedLine]  # where its moment is over
    is_draft: bool


@dataclass(frozen=True, slots=True)
class LineRemovalPage:
    """What is lost with a line."""

    desk_nav: Nav
    title: Chosen
    back_href: str
    heading: str
    action: str
    whose: str
    when: str
    place_count: int
