"""A year of a network, tick by tick, ends as a plain calculation says that knows nothing of the service."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.campaigns import tick
from app.enums import CampaignStatus, Phase
from app.models import Campaign, CampaignCity, City
from app.runtime import Runtime
from tests.campaigns.a_year import DIFFERENT, Year, network_of, stories

REASONS = {"joined_late", "joined_after_the_day", "paused", "moment_over", "condition_not_met", "campaign_closed"}


def test_a_year_ends_as_walking_along_its_minutes_says(runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tick, "BREATH_S", 0)  # nobody else waits to write
    places = network_of(DIFFERENT)
    year = Year(runtime, places, tmp_path / "toolkits", stories(places))
    ticks = year.ticks()
    year.play(ticks)
    expected = year.plain_ends(ticks)
    found = year.ends()
    assert [(ours, plain) for ours, plain in zip(found, expected, strict=True) if ours != plain] == []
    assert {end.reason for end in expected if end.state == "skipped"} == REASONS  # it was a year in which everything happens
    done = [end for end in expected if end.was_done]
    assert sorted(year.seen) == sorted((end.ended_at, end.moment, end.campaign, end.action, end.place) for end in done)
    position = {(end.campaign, end.action, end.place, end.moment): end.position for end in done}
    in_order = [(now, moment, position[campaign, action, place, moment]) for now, moment, campaign, action, place in year.seen]
    assert in_order == sorted(in_order)
    with runtime.database.reading() as session:
        assert set(session.scalars(select(Campaign.status))) == {CampaignStatus.CLOSED}
        assert set(session.scalars(select(Campaign.phase))) == {Phase.POST_DAY}
        written = (
            select(Campaign.slug, City.slug, CampaignCity.spotlit_at)
            .select_from(CampaignCity)
            .join(Campaign, Campaign.id == CampaignCity.campaign_id)
            .join(City, City.id == CampaignCity.city_id)
            .where(CampaignCity.spotlit_at.is_not(None))
        )
        spotlit = sorted((campaign, city, at) for campaign, city, at in session.execute(written))
    assert spotlit == sorted((end.campaign, end.place, end.ended_at) for end in done if end.action == "spotlight")
