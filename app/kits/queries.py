"""Where an officer stands: a city of theirs in a campaign."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import city_for
from app.campaigns.access import may_manage
from app.campaigns.queries import campaign_by_slug
from app.enums import CampaignStatus, Permission
from app.errors import NotFound
from app.models import Campaign, CampaignCity, City, Network


@dataclass(frozen=True, slots=True)
class DeskPlace:
    """A city of this person in a campaign, invited or taking part."""

    network: Network
    campaign: Campaign
    city: City
    part: CampaignCity

    @property
    def has_joined(self) -> bool:
        """Whether the city takes part."""
        return self.part.joined_at is not None


def desk_place(session: Session, actor: Actor, campaign_slug: str, city_slug: str) -> DeskPlace:
    """The place; a city that is not theirs, one that was never invited, and a draft of somebody else are all not found."""
    city = city_for(session, actor, Permission.DOWNLOAD, city_slug)
    campaign = campaign_by_slug(session, actor.network_id, campaign_slug)
    if campaign.status is CampaignStatus.DRAFT and not may_manage(actor, campaign):
        raise NotFound("campaign.unknown", campaign=campaign_slug)
    where = (CampaignCity.campaign_id == campaign.id, CampaignCity.city_id == city.id)
    part = session.scalar(select(CampaignCity).where(*where))
    if part is None:
        raise NotFound("campaign.city_not_in", city=city_slug)
    return DeskPlace(session.get_one(Network, campaign.network_id), campaign, city, part)


def joined_place(session: Session, actor: Actor, campaign_slug: str, city_slug: str) -> DeskPlace:
    """The place of a city that takes part; `campaign.city_not_in` before it has joined."""
    place = desk_place(session, actor, campaign_slug, city_slug)
    if not place.has_joined:
        raise NotFound("campaign.city_not_in", city=city_slug)
    return place
