"""After the day, one city after the other is put forward: whose turn it is, and whose it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import CampaignStatus, Phase
from app.models import Campaign, CampaignCity, City
from app.publishing import queries
from app.publishing.contexts import SpotlightView, SpotlitCity
from app.publishing.places import city_name
from app.publishing.queries import MemberCity
from app.publishing.views import voice_view
from app.web.i18n import Translator
from app.words import choose

VOICES_OF_ONE = 3
VOICES_IN_ALL = 12


@dataclass(frozen=True, slots=True)
class Turn:
    """When a city was put forward."""

    city_id: int
    time_zone: str
    at: datetime


def spotlight_of(
    session: Session, campaign: Campaign, members: Sequence[MemberCity], now: datetime, speech: Translator
) -> SpotlightView | None:
    """The spotlight of a campaign; none before the first turn, and nobody's turn once the campaign is closed."""
    turns = turns_of(session, campaign)
    if not turns:
        return None
    by_id = {city.id: city for city in members}
    on_now = now_on(campaign, turns, now)
    today = [by_id[turn.city_id] for turn in turns if turn.city_id in on_now]
    shown = today[:VOICES_IN_ALL]  # with the voices of more the page would be a wall
    each = max(1, min(VOICES_OF_ONE, VOICES_IN_ALL // len(shown) // 2)) if shown else 0
    voices = queries.newest_by_city(session, campaign.id, [city.id for city in shown], each=each)

    def spotlit(city: MemberCity) -> SpotlitCity:
        own, name = choose(city.names, city.languages), city_name(city, speech)
        views = [voice_view(campaign, voice, speech) for voice in voices.get(city.id, ())]
        return SpotlitCity(
            name=name,
            own_name=own.text if own.text != name else None,
            language=own.language,
            href=_href(campaign, city),
            spotlight_href=spotlight_address(campaign, city),
            voices=[view for view in views if view is not None],
        )

    before = [by_id[turn.city_id] for turn in turns if turn.city_id not in on_now]
    earlier = [(city_name(city, speech), spotlight_address(campaign, city)) for city in before]
    return SpotlightView([spotlit(city) for city in today], earlier)


def is_spotlit(session: Session, campaign: Campaign, city: MemberCity, now: datetime) -> bool:
    """Whether it is this city's turn now."""
    return city.id in now_on(campaign, turns_of(session, campaign), now)


def in_turn(turns: Sequence[Turn], now: datetime) -> Sequence[Turn]:
    """Those whose turn it is, of turns with the latest first: where it is still the local day of the turn, else the last.

    Several share a day where there are more cities than days, and the last one stays until the next turn comes.
    """

    def is_today(turn: Turn) -> bool:
        zone = ZoneInfo(turn.time_zone)
        return turn.at.astimezone(zone).date() == now.astimezone(zone).date()

    return [turn for turn in turns if is_today(turn)] or turns[:1]


def now_on(campaign: Campaign, turns: Sequence[Turn], now: datetime) -> frozenset[int]:
    """The cities whose turn it is; nobody's once the campaign is closed."""
    return frozenset(turn.city_id for turn in in_turn(turns, now)) if campaign.status is CampaignStatus.OPEN else frozenset()


def turns_of(session: Session, campaign: Campaign) -> list[Turn]:
    """The cities that had their turn, the latest first; one that rests is not put forward."""
    if campaign.phase is not Phase.POST_DAY:
        return []
    query = (
        select(City.id, City.time_zone, CampaignCity.spotlit_at)
        .join(CampaignCity, CampaignCity.city_id == City.id)
        .where(
            CampaignCity.campaign_id == campaign.id,
            CampaignCity.joined_at.is_not(None),
            CampaignCity.spotlit_at.is_not(None),
            CampaignCity.paused_at.is_(None),
            City.is_elsewhere.is_(False),
        )
        .order_by(CampaignCity.spotlit_at.desc(), CampaignCity.id)
    )
    return [Turn(city_id, zone, at) for city_id, zone, at in session.execute(query) if at is not None]


def _href(campaign: Campaign, city: MemberCity) -> str:
    return f"/c/{campaign.slug}/{city.slug}"


def spotlight_address(campaign: Campaign, city: MemberCity) -> str:
    """The page of a city's spotlight."""
    return f"{_href(campaign, city)}/spotlight"
