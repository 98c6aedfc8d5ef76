"""Reads everything that a rehearsal plays, in as many queries for one city as for all."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.access import reach
from app.campaigns.moments import Moments
from app.campaigns.queries import UTC_ZONES, cities_in, cities_with_officers, coordinated_chapters
from app.campaigns.rehearsal import Place, Script, Stage
from app.campaigns.timeline import moments_of, moments_of_cities, steps_of
from app.enums import CampaignStatus
from app.models import (
    Campaign,
    CampaignCity,
    Chapter,
    CityQuote,
    JointFilmPlan,
    KitVersion,
    StepRun,
    TextRelease,
    TimelineStep,
)
from app.runtime import Runtime


def script_of(session: Session, runtime: Runtime, campaign: Campaign, stage: Stage) -> Script:
    """The campaign as it would be played now.

    Its cities are those invited; of a draft to which nobody is invited, all that it is for. The network's steps go by the cities
    that take part, else by all that it is for, as they do when the campaign runs.
    """
    officers = cities_with_officers(session, campaign.network_id)
    invited = [Place(city, part, city.id in officers) for part, city in cities_in(session, campaign.id, joined=False)]
    within = [Place(city, None, city.id in officers) for city in reach(session, campaign)]
    is_draft = campaign.status is CampaignStatus.DRAFT
    places = invited or (within if is_draft else [])
    toolkits = stage.toolkits(session, runtime, campaign, [place.city.id for place in places])
    runs = select(StepRun).join(TimelineStep, TimelineStep.id == StepRun.step_id).where(TimelineStep.campaign_id == campaign.id)
    published = select(KitVersion).where(KitVersion.campaign_id == campaign.id)
    released = select(TextRelease.language).where(
        TextRelease.network_id == campaign.network_id,
        TextRelease.toolkit_slug == toolkits[None][0],
        TextRelease.withdrawn_at.is_(None),
    )
    quotes = (
        select(CityQuote.id, CityQuote.text)
        .join(CampaignCity, CampaignCity.id == CityQuote.campaign_city_id)
        .where(CampaignCity.campaign_id == campaign.id, CityQuote.removed_at.is_(None))
    )
    chapters = session.scalars(select(Chapter).where(Chapter.network_id == campaign.network_id))
    return Script(
        campaign=campaign,
        lines=steps_of(session, campaign),
        places=places,
        moments=_moments(session, campaign, places if is_draft else [], until_then=within),
        chapters={chapter.id: chapter for chapter in chapters},
        coordinated=coordinated_chapters(session, campaign.network_id),
        known_zones=known_zones(),
        runs=[] if is_draft else list(session.scalars(runs)),
        kit_version=session.scalars(published.order_by(KitVersion.number.desc()).limit(1)).first(),
        toolkits=toolkits,
        released_texts=frozenset(session.scalars(released)),
        joint_film=session.get(JointFilmPlan, campaign.id),
        quotes={row.id: row.text for row in session.execute(quotes)},
        now=runtime.now(),
        base_url=runtime.settings.resolved_base_url,
    )


def _moments(session: Session, campaign: Campaign, playing: Sequence[Place], *, until_then: Sequence[Place]) -> Moments:
    """Of a draft as if everybody who plays had joined, else as the rows stand; without zones that no clock knows."""
    if playing:
        cities = [place.city for place in playing if not place.city.is_elsewhere]
        moments = moments_of_cities(session, campaign, cities)
    else:
        moments = moments_of(session, campaign)
    known = known_zones()
    zones = {city_id: zone for city_id, zone in moments.zones.items() if zone in known}
    chapters = {chapter_id: [each for each in cities if each in zones] for chapter_id, cities in moments.chapters.items()}
    return replace(
        moments,
        zones=zones,
        chapters={chapter_id: cities for chapter_id, cities in chapters.items() if cities},
        zones_until_then=sorted({place.city.time_zone for place in until_then} & known) or UTC_ZONES,
    )


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """The time zones that clocks here know."""
    return frozenset(available_timezones())
