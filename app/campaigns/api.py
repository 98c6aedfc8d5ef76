"""Campaigns for programs: the list for everybody, joining for a city's officer."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from app.accounts.deps import CurrentActor
from app.accounts.queries import city_for
from app.campaigns import service
from app.campaigns.queries import campaign_by_slug, public_campaigns
from app.clock import rfc3339
from app.enums import CampaignStatus, Permission, Phase
from app.network.queries import the_network
from app.web.deps import Now, ReadSession, WriteSession

router = APIRouter(prefix="/api/v1", tags=["campaigns"])


class CampaignOut(BaseModel):
    """A campaign; title by language tag, languages with the source language first."""

    slug: str
    title: dict[str, str]
    day_on: date
    status: CampaignStatus
    phase: Phase | None
    languages: list[str]


class CampaignsOut(BaseModel):
    """Every campaign that is public."""

    items: list[CampaignOut]
    next: str | None = None


class JoinedOut(BaseModel):
    """A city in a campaign."""

    campaign: str
    city: str
    joined_at: str
    phase: Phase


@router.get("/campaigns")
def list_campaigns(session: ReadSession) -> CampaignsOut:
    """Campaigns, the latest day first; drafts are not public."""
    return CampaignsOut(
        items=[
            CampaignOut(
                slug=campaign.slug,
                title={tag: text for tag, text in campaign.title.texts.items() if text},
                day_on=campaign.day_on,
                status=campaign.status,
                phase=campaign.phase,
                languages=campaign.languages,
            )
            for campaign in public_campaigns(session, the_network(session).id)
        ]
    )


@router.post("/campaigns/{campaign}/cities/{city}/join")
def join_campaign(campaign: str, city: str, actor: CurrentActor, session: WriteSession, now: Now) -> JoinedOut:
    """The city joins; again changes nothing."""
    found = campaign_by_slug(session, actor.network_id, campaign)
    own = city_for(session, actor, Permission.JOIN_CAMPAIGN, city)
    place = service.join(session, found, own, actor=actor, now=now)
    return JoinedOut(campaign=campaign, city=city, joined_at=rfc3339(place.joined_at or now), phase=place.phase)
