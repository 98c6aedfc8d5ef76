"""What the pages of a time-line at the desk show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.campaigns.contexts import Nav, Told
from app.campaigns.control import StepAct
from app.enums import PauseReason
from app.web.errors import FieldError
from app.web.i18n import _
from app.words import Chosen

ACT_WORDS = {
    StepAct.HOLD: _("Hold"),
    StepAct.RELEASE: _("Release"),
    StepAct.SKIP: _("Leave out"),
    StepAct.RUN_NOW: _("Do it now"),
    StepAct.MOVE: _("Move"),
}
ACT_SENTENCES = {
    StepAct.HOLD: _("It waits until you release it. If its moment is over by then, it is left out."),
    StepAct.RELEASE: _(
        "It happens at its moment; if that has passed, at once, or it is left out where it makes no sense any more."
    ),
    StepAct.SKIP: _("It will not happen. This cannot be taken back."),
    StepAct.RUN_NOW: _("It happens within a few seconds, whatever its moment was."),
    StepAct.MOVE: _("It happens at the new moment, by the clock that it went by before."),
}
STATE_WORDS = {
    "planned": _("To come"),
    "retrying": _("Failed, is tried again"),
    "held": _("Held"),
    "paused": _("Waits, the city rests"),
    "failed": _("Given up"),
    "done": _("Done"),
    "skipped": _("Left out"),
}
REASON_WORDS = {
    "moment_over": _("its moment was over"),
    "left_out": _("decided at the desk"),
    "paused": _("the city rested"),
    "joined_late": _("the city joined later"),
    "joined_after_the_day": _("the city joined after the day"),
    "campaign_closed": _("the campaign was closed"),
    "condition_not_met": _("its condition was not met"),
    "brief_fixed": _("the brief was fixed before"),
    "begun_late": _("the preparation began later"),
    "added_late": _("its moment was over when the line was added"),
}
PAUSE_WORDS = {
    PauseReason.ELECTIONS: _("Elections"),
    PauseReason.MOURNING: _("Mourning"),
    PauseReason.ATTACK: _("An attack"),
    PauseReason.DISASTER: _("A disaster"),
    PauseReason.OTHER: _("Another reason"),
}


@dataclass(frozen=True, slots=True)
class StateLine:
    """Cities, or chapters, in which a step stands alike."""

    state: str
    label: str
    detail: str | None  # why it was left out, or the code of what failed
    count: int
    names: Sequence[Chosen]  # none where it is so in all cities


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the time-line."""

    number: int  # its position in the plan
    label: str
    whose: str  # for whom, and by which clock
    notes: Sequence[str]  # one city after the other, only where few have sent something
    local: str  # by the clocks there
    utc: str
    moved: str | None  # what the plan said
    states: Sequence[StateLine]
    href: str | None  # where it is changed


@dataclass(frozen=True, slots=True)
class StepGroup:
    """The lines of one part of the campaign; one in which everything has happened stands folded."""

    label: str
    lines: Sequence[StepLine]
    is_over: bool


@dataclass(frozen=True, slots=True)
class PauseView:
    """Whether the chosen city rests."""

    is_paused: bool
    since: str | None
    reason: str | None
    note: str | None
    href: str  # where it pauses or resumes


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """A time-line and how far it is, in all cities or in one."""

    desk_nav: Nav
    title: Chosen
    campaign_href: str
    href: str
    cities: Sequence[tuple[str, str]]
    chosen: str
    city: Chosen | None
    upcoming: Sequence[StepLine]  # the next few
    groups: Sequence[StepGroup]
    resting: Sequence[Chosen]  # cities that pause
    pause: PauseView | None
    can_manage: bool
    day_href: str | None
    lines_href: str | None  # where lines are added and removed
    told: Told | None


@dataclass(frozen=True, slots=True)
class ActChoice:
    """An act that would change something."""

    label: str
    sentence: str
    href: str


@dataclass(frozen=True, slots=True)
class LinePage:
    """What can be done to one line."""

    desk_nav: Nav
    title: Chosen
    label: str
    back_href: str
    city: Chosen | None
    chosen: str
    line: StepLine
    acts: Sequence[ActChoice]
    move_href: str | None
    move_on: str
    move_at: str
    move_clock: str  # by which clock it is meant
    errors: Sequence[FieldError]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A step in one place, before and after."""

    label: str
    place: Chosen | None  # a city or a chapter; None: the network
    from_at: str
    to_at: str | None  # None: it stays


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """What an act would do, before it is done."""

    desk_nav: Nav
    title: Chosen
    heading: str
    sentence: str
    back_href: str
    action: str
    hidden: Sequence[tuple[str, str]]
    button: str
    kind: str
    changes: Sequence[ChangeLine]
    unchanged: Sequence[tuple[str, Sequence[ChangeLine]]]  # by reason


@dataclass(frozen=True, slots=True)
class DayPage:
    """Another day for the campaign: asked, then shown what it does."""

    desk_nav: Nav
    title: Chosen
    back_href: str
    action: str
    day_on: date
    typed: str
    new_day_on: date | None
    opens_on: date | None
    people_count: int  # who are told by mail
    at_once: Sequence[ChangeLine]
    changes: Sequence[ChangeLine]
    dated: Sequence[ChangeLine]
    staying: Sequence[ChangeLine]
    errors: Sequence[FieldError]


@dataclass(frozen=True, slots=True)
class PausePage:
    """A city that pauses or resumes."""

    desk_nav: Nav
    title: Chosen
    city: Chosen
    back_href: str
    action: str
    chosen: str
    is_paused: bool
    steps: Sequence[ChangeLine]  # that would wait, or were missed
    reasons: Sequence[tuple[str, str]]
    reason: str
    note: str
    max_note_chars: int
    errors: Sequence[FieldError]
