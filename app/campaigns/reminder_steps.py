"""The step that reminds a city of what it misses at that moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.campaigns.collection_steps import city_of, place_of
from app.campaigns.missing import PATIENCE
from app.campaigns.missing_queries import standings
from app.campaigns.plan import StepName
from app.campaigns.reminders import QUIET_TIME, plan_of, points_code, send_reminders
from app.campaigns.steps import ONE_DAY, DueStep, Outcome
from app.enums import StepCondition
from app.models import City
from app.web.i18n import Translator, _

NOTHING_MISSING, NOBODY_AT_DESK, JUST_REMINDED = "nothing_missing", "nobody_at_desk", "just_reminded"  # why nobody was written to


@dataclass(frozen=True, slots=True)
class Remind:
    """Writes to a city's people what the city misses; where it misses nothing, nobody is written to."""

    name: str = StepName.REMIND.value
    expires_after: timedelta | None = ONE_DAY

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        city = speech.choose(city_of(step).names)
        if step.condition is StepCondition.FEWER_THAN:
            sentence = _("%(city)s: if fewer than %(count)s contributions have come in by then, a mail says what is missing")
            return speech.gettext(sentence) % {"city": city, "count": speech.number(step.condition_count or 0)}
        return speech.gettext(_("%(city)s: a mail says what is missing; none is sent if nothing is")) % {"city": city}

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Write to its people; a run that is tried again writes to nobody twice."""
        _place, city = place_of(step)
        says_how_many = step.condition is StepCondition.FEWER_THAN
        found = standings(
            session,
            step.campaign,
            City.id == city.id,
            now=now,
            enough=step.condition_count if says_how_many else None,
            # a line with a number says by itself when a city has had time enough
            patience_with_contributions=timedelta(0) if says_how_many else PATIENCE,
        )
        if any(each.reminded_at is not None and each.reminded_at > now - QUIET_TIME for each in found):
            return {"mails": 0, "reason": JUST_REMINDED}  # by hand, a moment ago
        plan = plan_of(found, recent=())
        send_reminders(session, step.campaign, plan, key=f"step:{step.run_id}", actor=None, now=now, base_url=step.base_url)
        if not plan.people:
            return {"mails": 0, "reason": NOBODY_AT_DESK if plan.unreachable else NOTHING_MISSING}
        return {"mails": len(plan.people), "points": ",".join(points_code(each.points) for each in plan.cities)}
