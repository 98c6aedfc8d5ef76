"""Does what is due: each step in its own transaction, in order, once, whoever else does the same."""

import logging
import time
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, and_, bindparam, exists, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import audit
from app.campaigns.plan import PREPARATION_STEPS
from app.campaigns.queries import contribution_counts
from app.campaigns.rules import condition_met
from app.campaigns.steps import DueStep, Outcome, StepAction, StepRegistry
from app.enums import CampaignStatus, StepState
from app.errors import Refused
from app.models import Campaign, CampaignCity, Chapter, City, StepRun, TimelineStep
from app.runtime import Runtime
from app.settings import Settings

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))  # after the last of them it is given up
# Between two steps whoever waits to write comes first: on SQLite, with 2,000 steps due, a page waited 0.19 s at the 95th
# percentile instead of 2.4 s (measured 2026-11)
BREATH_S = 0.003
MOMENT_OVER, CONDITION_NOT_MET, GIVEN_UP = "moment_over", "condition_not_met", "given_up"
logger = logging.getLogger(__name__)


# The statements of a tick are put together once: to do it each time took longer than what the database does with them
# (2026-11: 1.1 ms of 1.6 ms for a tick with nothing to do).
_NOW: BindParameter[datetime] = bindparam("now")
_RUN_ID: BindParameter[int] = bindparam("run_id")
# its moment has come, and no hold, no wait and no pause stands against it
_IS_DUE = and_(
    StepRun.state == StepState.PLANNED,
    StepRun.due_at <= _NOW,
    StepRun.held_at.is_(None),
    or_(StepRun.retry_at.is_(None), StepRun.retry_at <= _NOW),
    ~exists().where(CampaignCity.id == StepRun.campaign_city_id, CampaignCity.paused_at.is_not(None)),
)
# while the brief is not fixed, everything but the preparation waits for it
_MAY_GO_ON = or_(
    Campaign.status == CampaignStatus.OPEN,
    and_(Campaign.status == CampaignStatus.PREPARING, TimelineStep.action.in_(PREPARATION_STEPS)),
)
_DUE_RUN_IDS = (
    select(StepRun.id)
    .join(TimelineStep, TimelineStep.id == StepRun.step_id)
    .join(Campaign, Campaign.id == TimelineStep.campaign_id)
    .where(_IS_DUE, TimelineStep.action.in_(bindparam("actions", expanding=True)), _MAY_GO_ON)
    .order_by(StepRun.due_at, TimelineStep.position, StepRun.id)
)
_CAMPAIGN_OF_RUN = (
    select(Campaign)
    .join(TimelineStep, TimelineStep.campaign_id == Campaign.id)
    .join(StepRun, StepRun.step_id == TimelineStep.id)
    .where(StepRun.id == _RUN_ID)
    .with_for_update(of=Campaign, key_share=True)
)
_CLAIM = (
    update(StepRun)
    .where(StepRun.id == _RUN_ID, _IS_DUE)
    .values(state=StepState.DONE, done_at=_NOW, retry_at=None)
    .execution_options(synchronize_session=False)
)
_WHERE_IT_IS_DONE = (
    select(StepRun.due_at, TimelineStep, CampaignCity, City, Chapter)
    .join(TimelineStep, TimelineStep.id == StepRun.step_id)
    .outerjoin(CampaignCity, CampaignCity.id == StepRun.campaign_city_id)
    .outerjoin(City, City.id == CampaignCity.city_id)
    .outerjoin(Chapter, Chapter.id == StepRun.chapter_id)
    .where(StepRun.id == _RUN_ID)
)
_FAILED_RUN = select(StepRun).where(StepRun.id == _RUN_ID, _IS_DUE).with_for_update(of=StepRun)


def due_run_ids(session: Session, actions: Collection[str], *, now: datetime) -> list[int]:
    """Steps of these actions whose moment has come, in order."""
    return list(session.scalars(_DUE_RUN_IDS, {"actions": list(actions), "now": now}))


def run_due_steps(runtime: Runtime, registry: StepRegistry, *, now: datetime) -> int:
    """Do every step that is due, and tell how many this process did.

    A step whose moment is over is skipped with that reason. One that fails is rolled back and tried again after `RETRY_AFTER`,
    then given up; the others go on. An action that is not registered here is left for a process that knows it.
    """
    with runtime.database.reading() as session:
        due = due_run_ids(session, [action.name for action in registry], now=now)
    done = 0
    for run_id in due:
        try:
            done += _run_one(runtime, registry, run_id, now=now)
        except OperationalError:  # the database is locked or away: nothing is wrong with the step, and the next tick finds it
            logger.warning("the database did not answer; what is left waits for the next tick", exc_info=True)
            return done
        except Exception as error:  # one broken step must not hold up the day of every other city
            logger.exception("step run %s failed", run_id)
            _note_failure(runtime, run_id, error, now=now)
        time.sleep(BREATH_S)
    return done


def _run_one(runtime: Runtime, registry: StepRegistry, run_id: int, *, now: datetime) -> bool:
    with runtime.database.writing() as session:
        step = _claim(session, run_id, runtime.settings, now=now)
        if step is None:
            return False
        action = registry[step.action]
        reason = _reason_to_skip(session, action, step, now=now)
        if reason is not None:
            _end(session, run_id, state=StepState.SKIPPED, reason_code=reason)
        else:
            outcome: Outcome = action.run(session, step, now)
            _end(session, run_id, outcome=outcome)
        audit.record(
            session,
            network_id=step.campaign.network_id,
            act="step.skipped" if reason else "step.done",
            subject_kind="step_run",
            subject_id=run_id,
            at=now,
            step=step.action,
            campaign=step.campaign.id,
            city=step.city.id if step.city else None,
            reason=reason,
        )
    return reason is None


def _reason_to_skip(session: Session, action: StepAction, step: DueStep, *, now: datetime) -> str | None:
    if action.expires_after is not None and now >= step.due_at + action.expires_after:
        return MOMENT_OVER
    if step.condition is None or step.city is None:
        return None
    contributions = contribution_counts(session, step.campaign.id, city_id=step.city.id).get(step.city.id, 0)
    return None if condition_met(step.condition, step.condition_count, contributions) else CONDITION_NOT_MET


def _end(session: Session, run_id: int, **values: object) -> None:
    session.execute(update(StepRun).where(StepRun.id == run_id).values(values), execution_options={"synchronize_session": False})


def _note_failure(runtime: Runtime, run_id: int, error: Exception, *, now: datetime) -> None:
    """Keep what went wrong, and when to try again; of two processes that failed at once, one is noted."""
    code = error.code if isinstance(error, Refused) else type(error).__name__
    with runtime.database.writing() as session:
        run = session.scalar(_FAILED_RUN, {"run_id": run_id, "now": now})
        if run is None:
            return
        run.attempts, run.failure_code = run.attempts + 1, code[:60]
        if run.attempts <= len(RETRY_AFTER):
            run.retry_at = now + RETRY_AFTER[run.attempts - 1]
            return
        run.state, run.done_at, run.reason_code, run.retry_at = StepState.FAILED, now, GIVEN_UP, None
        plan = session.get_one(TimelineStep, run.step_id)
        place = session.get_one(CampaignCity, run.campaign_city_id) if run.campaign_city_id else None
        audit.record(
            session,
            network_id=session.get_one(Campaign, plan.campaign_id).network_id,
            act="step.failed",
            subject_kind="step_run",
            subject_id=run_id,
            at=now,
            step=plan.action,
            campaign=plan.campaign_id,
            city=place.city_id if place else None,
            reason=run.failure_code,
            attempts=run.attempts,
        )


def _claim(session: Session, run_id: int, settings: Settings, *, now: datetime) -> DueStep | None:
    """The step, marked as done in this transaction; None when it is no longer there to be done.

    The campaign's row is locked first: steps of one campaign follow one another, and a city that joins waits.
    """
    campaign = session.scalar(_CAMPAIGN_OF_RUN, {"run_id": run_id})
    if campaign is None or not campaign.status.is_running:
        return None
    claimed = session.execute(_CLAIM, {"run_id": run_id, "now": now})
    assert isinstance(claimed, CursorResult)  # noqa: S101 - an UPDATE has no other result
    if claimed.rowcount == 0:
        return None
    due_at, plan, place, city, chapter = session.execute(_WHERE_IT_IS_DONE, {"run_id": run_id}).one()
    return DueStep(
        run_id=run_id,
        action=plan.action,
        scope=plan.scope,
        offset_days=plan.offset_days,
        campaign=campaign,
        campaign_city=place,
        city=city,
        chapter=chapter,
        due_at=due_at,
        condition=plan.condition,
        condition_count=plan.condition_count,
        base_url=settings.resolved_base_url,
        keep_originals_days=settings.keep_originals_days,
    )
