"""Reads everything that a rehearsal plays, in as many queries for one city as for all."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.queries import UTC_ZONES, cities_in, cities_with_officers
from app.campaigns.rehearsal import Place, Script
from app.enums import CampaignStatus
from app.models import Campaign, City, StepRun, TimelineStep
from app.network.queries import cities_of


def script_of(session: Session, campaign: Campaign, *, now: datetime, base_url: str) -> Script:
    """The campaign as it would be played now.

    Its cities are those invited; of a draft to which nobody is invited, all of the network. The network's steps go by the cities
    that take part, else by all of the network, as they do when the campaign runs.
    """
    officers = cities_with_officers(session, campaign.network_id)
    invited = [Place(city, part, city.id in officers) for part, city in cities_in(session, campaign.id, joined=False)]
    network = [Place(city, None, city.id in officers) for city in cities_of(session, campaign.network_id)]
    is_draft = campaign.status is CampaignStatus.DRAFT
    playing = [place.city for place in invited if is_draft or (place.campaign_city and place.campaign_city.joined_at)]
    lines = list(
        session.scalars(select(TimelineStep).where(TimelineStep.campaign_id == campaign.id).order_by(TimelineStep.position))
    )
    runs = select(StepRun).join(TimelineStep, TimelineStep.id == StepRun.step_id).where(TimelineStep.campaign_id == campaign.id)
    return Script(
        campaign=campaign,
        lines=lines,
        places=invited or (network if is_draft else []),
        zones=_zones(playing) or _zones(place.city for place in network) or UTC_ZONES,
        known_zones=known_zones(),
        runs=[] if is_draft else list(session.scalars(runs)),
        now=now,
        base_url=base_url,
    )


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """The time zones that clocks here know."""
    return frozenset(available_timezones())


def _zones(cities: Iterable[City]) -> list[str]:
    return sorted({city.time_zone for city in cities} & known_zones())
