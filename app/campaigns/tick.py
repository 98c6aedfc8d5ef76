"""Does what is due: each step in its own transaction, in order, once, whoever else does the same."""

import logging
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from app import audit
from app.campaigns.steps import DueStep, StepRegistry
from app.enums import CampaignStatus, StepState
from app.models import Campaign, CampaignCity, City, StepRun, TimelineStep
from app.runtime import Runtime

logger = logging.getLogger(__name__)


def due_run_ids(session: Session, *, now: datetime) -> list[int]:
    """Steps whose moment has come, in order."""
    query = (
        select(StepRun.id)
        .join(TimelineStep, TimelineStep.id == StepRun.step_id)
        .join(Campaign, Campaign.id == TimelineStep.campaign_id)
        .where(StepRun.state == StepState.PLANNED, StepRun.due_at <= now, Campaign.status == CampaignStatus.OPEN)
        .order_by(StepRun.due_at, TimelineStep.position, StepRun.id)
    )
    return list(session.scalars(query))


def run_due_steps(runtime: Runtime, registry: StepRegistry, *, now: datetime) -> int:
    """Do every step that is due, and tell how many this process did.

    A step that fails is rolled back, logged and tried again at the next tick; the others go on.
    """
    with runtime.database.reading() as session:
        due = due_run_ids(session, now=now)
    done = 0
    for run_id in due:
        try:
            done += _run_one(runtime, registry, run_id, now=now)
        except Exception:  # one broken step must not hold up the day of every other city
            logger.exception("step run %s failed; it is tried again at the next tick", run_id)
    return done


def _run_one(runtime: Runtime, registry: StepRegistry, run_id: int, *, now: datetime) -> bool:
    with runtime.database.writing() as session:
        step = _claim(session, run_id, now=now)
        if step is None:
            return False
        outcome = registry[step.action].run(session, step, now)
        session.execute(
            update(StepRun).where(StepRun.id == run_id).values(outcome=outcome), execution_options={"synchronize_session": False}
        )
        audit.record(
            session,
            network_id=step.campaign.network_id,
            act="step.done",
            subject_kind="step_run",
            subject_id=run_id,
            at=now,
            step=step.action,
            campaign=step.campaign.id,
            city=step.city.id if step.city else None,
        )
    return True


def _claim(session: Session, run_id: int, *, now: datetime) -> DueStep | None:
    """The step, marked as done in this transaction; None when it is no longer there to be done.

    The campaign's row is locked first: steps of one campaign follow one another, and a city that joins waits.
    """
    campaign = session.scalar(
        select(Campaign)
        .join(TimelineStep, TimelineStep.campaign_id == Campaign.id)
        .join(StepRun, StepRun.step_id == TimelineStep.id)
        .where(StepRun.id == run_id)
        .with_for_update(of=Campaign, key_share=True)
    )
    if campaign is None or campaign.status is not CampaignStatus.OPEN:
        return None
    claimed = session.execute(
        update(StepRun)
        .where(StepRun.id == run_id, StepRun.state == StepState.PLANNED, StepRun.due_at <= now)
        .values(state=StepState.DONE, done_at=now),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(claimed, CursorResult)  # noqa: S101 - an UPDATE has no other result
    if claimed.rowcount == 0:
        return None
    run = session.get_one(StepRun, run_id)
    plan = session.get_one(TimelineStep, run.step_id)
    place = session.get_one(CampaignCity, run.campaign_city_id) if run.campaign_city_id else None
    return DueStep(
        run_id=run_id,
        action=plan.action,
        scope=plan.scope,
        offset_days=plan.offset_days,
        campaign=campaign,
        campaign_city=place,
        city=session.get_one(City, place.city_id) if place else None,
        due_at=run.due_at,
    )
