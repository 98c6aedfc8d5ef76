"""Makes what the pages on which lines are written show out of rows."""

from collections.abc import Iterable, Sequence

from app.campaigns.line_contexts import PlanLine, PlannedLine
from app.campaigns.line_rules import WINDOW_STEPS, days_from_day
from app.campaigns.lines import Direction, Planned, can_change, neighbour
from app.campaigns.moments import Moments
from app.campaigns.plan import PHASE_STEPS, PlannedStep, condition_words, step_label
from app.campaigns.steps import DueStep, StepAction
from app.campaigns.timeline import as_planned
from app.campaigns.timeline_views import moment_words, name_of, turns_words, whose_words
from app.enums import CampaignStatus, StepClock
from app.models import Campaign, StepRun, TimelineStep
from app.web.i18n import Translator, _

WHY_FIXED = _("It follows the clock.")
WHY_OF_WINDOW = _("It follows the campaign's own days.")
WHY_BEGUN = _("It has begun.")


def plan_lines(
    campaign: Campaign, steps: Sequence[TimelineStep], runs: Iterable[StepRun], moments: Moments, speech: Translator, *, href: str
) -> list[PlanLine]:
    """All lines, in the order that is given, with what can be done to each."""
    by_step: dict[int, list[StepRun]] = {}
    for run in runs:
        by_step.setdefault(run.step_id, []).append(run)
    is_draft = campaign.status is CampaignStatus.DRAFT

    def can_go(step: TimelineStep, direction: Direction) -> bool:
        return is_draft and neighbour(steps, step, direction, campaign.day_on) is not None

    lines = []
    for step in steps:
        line, is_free = as_planned(step), can_change(step, by_step.get(step.id, ()))
        lines.append(
            PlanLine(
                id=step.id,
                label=step_label(step.action, speech),
                whose=whose_words(line, moments, speech),
                notes=notes_of(line, moments, speech),
                when=wall_words(line, moments, speech),
                days=days_words(days_from_day(line, campaign.day_on), speech),
                why_fixed=None if is_free else speech.gettext(_why_fixed(step.action)),
                change_href=f"{href}/{step.id}" if is_free else None,
                remove_href=f"{href}/{step.id}/remove" if is_free else None,
                order_action=f"{href}/{step.id}/order",
                can_go_earlier=can_go(step, Direction.EARLIER),
                can_go_later=can_go(step, Direction.LATER),
            )
        )
    return lines


def planned_line(
    campaign: Campaign,
    line: PlannedStep,
    planned: Planned,
    action: StepAction,
    speech: Translator,
    *,
    base_url: str,
) -> PlannedLine:
    """What a line would do in one place, in the words of its action."""
    step = DueStep(
        run_id=0,
        action=line.action.value,
        scope=line.scope,
        offset_days=line.offset_days,
        campaign=campaign,
        campaign_city=planned.place,
        city=planned.city,
        chapter=planned.chapter,
        due_at=planned.at,
        condition=line.condition,
        condition_count=line.condition_count,
        base_url=base_url,
        keep_originals_days=0,  # nothing is closed here
    )
    place = name_of(planned.city, speech) if planned.city else None
    return PlannedLine(
        place=speech.choose(planned.chapter.names, "en") if planned.chapter else place,
        at=moment_words(planned.at, planned.zone, speech, with_zone=line.clock is StepClock.NETWORK),
        effect=action.preview(step, speech),
    )


def notes_of(line: PlannedStep, moments: Moments, speech: Translator) -> list[str]:
    """Turns and condition of a line, where it has them."""
    notes = (turns_words(line, moments, speech), condition_words(line.condition, line.condition_count, speech))
    return [note for note in notes if note]


def wall_words(line: PlannedStep, moments: Moments, speech: Translator) -> str:
    """The date and the time of day that the plan names; the first where cities take turns."""
    wall = moments.wall(line)
    return f"{speech.on_date(wall.on)}, {wall.at:%H:%M}"


def days_words(days: int, speech: Translator) -> str:
    """How far it is from the day."""
    if days == 0:
        return speech.gettext(_("on the day"))
    if days < 0:
        said = speech.ngettext("%(count)s day before the day", "%(count)s days before the day", -days)
    else:
        said = speech.ngettext("%(count)s day after the day", "%(count)s days after the day", days)
    return said % {"count": speech.number(abs(days))}


def _why_fixed(action: str) -> str:
    if action in PHASE_STEPS:
        return WHY_FIXED
    return WHY_OF_WINDOW if action in WINDOW_STEPS else WHY_BEGUN
