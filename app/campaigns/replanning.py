"""Gives planned steps their moments again when countries have changed their clocks."""

import logging

from sqlalchemy import select

from app import audit
from app.campaigns.service import locked
from app.campaigns.timeline import moments_of, placed_runs, plan_moment
from app.enums import RUNNING, StepState
from app.models import Campaign, StepRun
from app.runtime import Runtime

logger = logging.getLogger(__name__)


def follow_zone_data(runtime: Runtime) -> int:
    """Plan every step that is still to come by the zone data of this process, and tell how many have moved.

    Data on time zones change some ten times a year and reach a process only when it starts, so that is when this is asked for.
    What somebody moved stays, and so do turns that have begun, whose order depended on who took part then.
    """
    moved = 0
    with runtime.database.reading() as session:
        running = list(session.scalars(select(Campaign.id).where(Campaign.status.in_(RUNNING)).order_by(Campaign.id)))
    for campaign_id in running:
        try:
            moved += plan_again(runtime, campaign_id)
        except Exception:  # a campaign that cannot be planned again must not keep the others, and the worker, from their work
            logger.exception("campaign %s could not be planned again", campaign_id)
    return moved


def plan_again(runtime: Runtime, campaign_id: int) -> int:
    """The same for one campaign, in a transaction of its own; again it changes nothing."""
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        locked(session, campaign)
        moments = moments_of(session, campaign)
        runs = placed_runs(session, campaign.id)
        begun = {each.step.id for each in runs if each.run.state is not StepState.PLANNED or each.run.due_at <= runtime.now()}
        changed: list[StepRun] = []
        for each in runs:
            if each.run.state is not StepState.PLANNED or (each.step.spread_days is not None and each.step.id in begun):
                continue
            moment = plan_moment(moments, each)
            if each.run.moved_from_at is None and each.run.due_at != moment:
                each.run.due_at = moment
                changed.append(each.run)
        if changed:
            audit.record(
                session,
                network_id=campaign.network_id,
                act="campaign.replanned",
                subject_kind="campaign",
                subject_id=campaign.id,
                at=runtime.now(),
                steps=len(changed),
            )
            logger.info("clocks changed: %s steps of campaign %s have new moments", len(changed), campaign.slug)
    return len(changed)
