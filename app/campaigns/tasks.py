"""Jobs of campaigns."""

from sqlalchemy import select

from app import audit
from app.campaigns import timeline
from app.campaigns.replanning import plan_again
from app.campaigns.service import locked
from app.enums import RUNNING
from app.jobs import JobKind, JobRun
from app.models import Campaign, CampaignCity, City


def replan_city(run: JobRun) -> None:
    """After a city's time zone was corrected: its planned steps, and those of the network, get their moments again."""
    with run.finishing() as session:
        city = session.get_one(City, int(run.payload["city_id"]))
        query = (
            select(Campaign, CampaignCity)
            .join(CampaignCity, CampaignCity.campaign_id == Campaign.id)
            .where(CampaignCity.city_id == city.id, CampaignCity.joined_at.is_not(None), Campaign.status.in_(RUNNING))
            .order_by(Campaign.id)
        )
        for campaign, place in session.execute(query).all():
            locked(session, campaign)
            timeline.move_city_runs(session, campaign, place, city)
            timeline.set_common_moments(session, campaign, now=run.runtime.now())
            audit.record(  # its moments moved: calendars that took them over see it by their new sequence
                session,
                network_id=campaign.network_id,
                act="campaign.city_replanned",
                subject_kind="campaign",
                subject_id=campaign.id,
                at=run.runtime.now(),
                city=city.id,
            )


def replan_network(run: JobRun) -> None:
    """After the network's own time zone was set: everything that goes by it and is still to come gets its moment again."""
    with run.runtime.database.reading() as session:
        query = select(Campaign.id).where(Campaign.network_id == int(run.payload["network_id"]), Campaign.status.in_(RUNNING))
        running = list(session.scalars(query.order_by(Campaign.id)))
    for campaign_id in running:
        plan_again(run.runtime, campaign_id)
    with run.finishing():
        pass


KINDS = [JobKind("campaigns.replan_city", replan_city), JobKind("campaigns.replan_network", replan_network)]
