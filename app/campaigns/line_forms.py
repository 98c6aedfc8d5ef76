"""The form of a line: what stands in it, and what was typed into it as a line of the plan."""

from datetime import date, time

from app.campaigns.line_contexts import LineForm
from app.campaigns.line_rules import MAX_COUNT, LineRule, days_from_day
from app.campaigns.plan import PlannedStep, StepName
from app.enums import StepClock, StepCondition
from app.web.forms import Fields

BY_DAYS, BY_DATE = "days", "date"
BEFORE, AFTER = "before", "after"
FIRST_TIME = "09:00"
MAX_DAYS = 9999  # whether it is too far is said by the rule, in better words


def new_form(rule: LineRule) -> LineForm:
    """A line that nobody has written yet."""
    days = max(min(-7, rule.last_day), rule.first_day)
    return LineForm(
        scope=rule.scopes[0].value,
        timing=BY_DAYS,
        days=str(abs(days)),
        side=BEFORE if days < 0 else AFTER,
        on_date="",
        at=FIRST_TIME,
        clock=StepClock.LOCAL.value,
        spread_days="20" if rule.is_spread else "",
        condition="",
        condition_count="3",
    )


def form_of_line(line: PlannedStep, day_on: date) -> LineForm:
    """A line as it was written."""
    days = days_from_day(line, day_on)
    return LineForm(
        scope=line.scope.value,
        timing=BY_DAYS if line.on_date is None else BY_DATE,
        days=str(abs(days)),
        side=BEFORE if days < 0 else AFTER,
        on_date=line.on_date.isoformat() if line.on_date else "",
        at=f"{line.local_time:%H:%M}",
        clock=line.clock.value,
        spread_days=str(line.spread_days or ""),
        condition=line.condition.value if line.condition else "",
        condition_count=str(line.condition_count or ""),
    )


def form_of_fields(fields: Fields) -> LineForm:
    """What was typed, kept as it was."""
    return LineForm(**{name: fields.raw(name) for name in LineForm.__slots__})


def hidden_fields(form: LineForm) -> list[tuple[str, str]]:
    """The same as fields that nobody sees."""
    return [(name, value) for name in LineForm.__slots__ if (value := str(getattr(form, name)))]


def read_line(fields: Fields, action: StepName, rule: LineRule) -> PlannedStep:
    """The line that was typed; refuses everything in it that is no value at once."""
    scope = rule.scopes[0]
    if len(rule.scopes) > 1:
        scope = next((each for each in rule.scopes if each.value == fields.raw("scope")), scope)
        if scope.value != fields.raw("scope"):
            fields.refuse("scope", "form.not_a_choice")
    days, on_date = 0, None
    if fields.raw("timing") == BY_DATE:
        on_date = fields.day("on_date")
    else:
        days = fields.whole_number("days", at_least=0, at_most=MAX_DAYS)
        days = -days if fields.raw("side") == BEFORE else days
    condition = fields.one_of("condition", StepCondition) if fields.raw("condition") and rule.has_condition else None
    line = PlannedStep(
        action=action,
        scope=scope,
        offset_days=days,
        on_date=on_date,
        local_time=_time(fields),
        clock=fields.one_of("clock", StepClock),
        spread_days=fields.whole_number("spread_days", at_least=1, at_most=MAX_DAYS) if rule.is_spread else None,
        condition=condition,
        condition_count=fields.whole_number("condition_count", at_least=1, at_most=MAX_COUNT) if condition else None,
    )
    fields.refuse_if_wrong()
    return line


def _time(fields: Fields) -> time:
    try:
        return time.fromisoformat(fields.raw("at").strip()).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        fields.refuse("at", "form.not_a_time")
        return time.min
