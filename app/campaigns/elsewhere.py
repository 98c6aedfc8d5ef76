"""Another place in a campaign: it takes part by itself, since nobody could be invited for it."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.campaigns import timeline
from app.campaigns.rules import phase_at
from app.models import Campaign, CampaignCity, Chapter, City, Network, StepRun
from app.network.elsewhere import elsewhere_of
from app.words import Words


def take_part_from_elsewhere(session: Session, campaign: Campaign, *, now: datetime) -> CampaignCity | None:
    """Let people from outside the cities take part where the campaign collects from them too; a second time changes nothing.

    The place is the network's, or for the campaign of a chapter that chapter's. The caller holds the campaign locked.
    """
    if not campaign.collects_elsewhere:
        return None
    network = session.get_one(Network, campaign.network_id)
    chapter = None if campaign.chapter_id is None else session.get_one(Chapter, campaign.chapter_id)
    city = elsewhere_of(session, network, chapter)
    where = (CampaignCity.campaign_id == campaign.id, CampaignCity.city_id == city.id)
    known = session.scalar(select(CampaignCity).where(*where))
    if known is not None:
        return known
    phase = phase_at(now, campaign.day_on, city.time_zone)
    place = CampaignCity(campaign_id=campaign.id, city_id=city.id, invited_at=now, joined_at=now, phase=phase)
    session.add(place)
    session.flush()
    timeline.add_city_runs(session, campaign, place, city, now=now)
    return place


def leave_elsewhere(session: Session, campaign: Campaign) -> None:
    """Take the other place out again while the brief is not fixed: nobody there can have sent anything yet."""
    where = (CampaignCity.campaign_id == campaign.id, City.is_elsewhere)
    for place in session.scalars(select(CampaignCity).join(City, City.id == CampaignCity.city_id).where(*where)).all():
        session.execute(delete(StepRun).where(StepRun.campaign_city_id == place.id))
        session.delete(place)
    session.flush()


def keeper_of_elsewhere(session: Session, campaign: Campaign) -> Words:
    """Who looks at what people from another place send: the chapter whose campaign it is, else the network."""
    if campaign.chapter_id is not None:
        return session.get_one(Chapter, campaign.chapter_id).names
    return session.get_one(Network, campaign.network_id).names
