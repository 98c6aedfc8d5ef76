"""Who runs a campaign, and which cities it is for."""

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.campaigns.queries import campaign_by_slug, reach_where
from app.enums import CampaignStatus, Permission, RoleName
from app.errors import ErrorKind, NotFound, Refused
from app.models import Campaign, CampaignCity, Chapter, ChapterCity, City


def may_manage(actor: Actor, campaign: Campaign) -> bool:
    """Whether it is theirs: the network's campaigns its manager's, a chapter's also its coordinators'."""
    if actor.network_id != campaign.network_id or not actor.may(Permission.MANAGE_CAMPAIGNS):
        return False
    return actor.is_manager or campaign.chapter_id in chapter_ids(actor)


def managing(actor: Actor, campaign: Campaign) -> None:
    """Refuses whoever does not run this campaign: `forbidden`, or `campaign.unknown` in another network."""
    if actor.network_id != campaign.network_id:
        raise NotFound("campaign.unknown", campaign=campaign.slug)
    if not may_manage(actor, campaign):
        raise Refused("forbidden", kind=ErrorKind.FORBIDDEN)


def managed_campaign(session: Session, actor: Actor, slug: str) -> Campaign:
    """The campaign, for whoever runs it."""
    may_anywhere(actor)
    campaign = campaign_by_slug(session, actor.network_id, slug)
    if campaign.status is CampaignStatus.DRAFT and not may_manage(actor, campaign):
        raise NotFound("campaign.unknown", campaign=slug)  # nobody else even knows that there is one
    managing(actor, campaign)
    return campaign


def may_anywhere(actor: Actor) -> None:
    """Refuses `forbidden` whoever runs no campaigns at all, before anything is looked up."""
    if not actor.may(Permission.MANAGE_CAMPAIGNS):
        raise Refused("forbidden", kind=ErrorKind.FORBIDDEN)


def managed_where(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Campaign` under which this person runs it."""
    if not actor.may(Permission.MANAGE_CAMPAIGNS):
        return false()
    of_network = Campaign.network_id == actor.network_id
    return of_network if actor.is_manager else and_(of_network, Campaign.chapter_id.in_(chapter_ids(actor)))


def chapter_ids(actor: Actor) -> frozenset[int]:
    """The chapters that this person coordinates."""
    return frozenset(
        grant.chapter_id for grant in actor.grants if grant.role is RoleName.COORDINATOR and grant.chapter_id is not None
    )


def own_chapters(session: Session, actor: Actor) -> list[Chapter]:
    """The chapters in whose name this person can make a campaign, by slug: all of them for the network's manager."""
    where = [Chapter.network_id == actor.network_id]
    if not actor.is_manager:
        where.append(Chapter.id.in_(chapter_ids(actor)))
    return list(session.scalars(select(Chapter).where(*where).order_by(Chapter.slug)))


def chapters_in(session: Session, actor: Actor, campaign: Campaign) -> list[Chapter]:
    """The chapters of this person with a city in a campaign of the network, by slug; none in a chapter's own campaign."""
    if campaign.chapter_id is not None:
        return []
    within = select(ChapterCity.chapter_id).join(CampaignCity, CampaignCity.city_id == ChapterCity.city_id)
    taking_part = set(session.scalars(within.where(CampaignCity.campaign_id == campaign.id)))
    return [chapter for chapter in own_chapters(session, actor) if chapter.id in taking_part]


def reach(session: Session, campaign: Campaign) -> list[City]:
    """The cities that a campaign is for, by slug."""
    return list(session.scalars(select(City).where(reach_where(campaign)).order_by(City.slug)))
