"""After the day, each city is put forward in its turn, with its own voices, and only while they may be shown."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from app.enums import CampaignStatus, Phase, Purpose, SubmissionState
from app.models import Campaign, CampaignCity, City
from app.publishing.spotlight_views import Turn, in_turn
from tests import factories
from tests.campaigns.test_pages import said
from tests.conftest import Clock, Server
from tests.publishing.conftest import Scene

MORNING = datetime(2027, 6, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def after_the_day(server: Server, scene: Scene, clock: Clock) -> None:
    """Five days later."""
    clock.now = MORNING
    with server.runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).phase = Phase.POST_DAY


def spotlit(server: Server, city: City, at: datetime, *, is_paused: bool = False) -> None:
    with server.runtime.database.writing() as session:
        place = session.scalars(select(CampaignCity).where(CampaignCity.city_id == city.id)).one()
        place.spotlit_at, place.paused_at = at, at if is_paused else None


def voices(server: Server, scene: Scene, city: City, texts: Sequence[str], **facts: object) -> None:
    with server.runtime.database.writing() as session:
        campaign, place = session.get_one(Campaign, scene.campaign.id), session.get_one(City, city.id)
        for text in texts:
            factories.submission(session, campaign, place, text=text, **facts)  # type: ignore[arg-type]


def spotlight(server: Server) -> str:
    """What stands in the spotlight, in words; empty when there is none."""
    page = server.client().get("/c/our-home", headers={"accept-language": "en"})
    assert page.status_code == 200
    whole = page.text
    if 'id="spotlight"' not in whole:
        return ""
    part = whole.split('id="spotlight"', 1)[1].split("</section>", 1)[0]
    return said(httpx.Response(200, text=f"<p {part}"))


def test_before_the_first_turn_there_is_no_spotlight(server: Server) -> None:
    assert spotlight(server) == ""


def test_the_city_of_today_stands_there_with_three_of_its_voices(server: Server, scene: Scene) -> None:
    voices(server, scene, scene.bergen, ["First word", "Second word", "Third word", "Fourth word"])
    spotlit(server, scene.kobe, MORNING - timedelta(days=1))
    spotlit(server, scene.bergen, MORNING - timedelta(hours=1))
    shown = spotlight(server)
    assert shown.startswith("Today: Bergen")
    assert [word in shown for word in ("First word", "Second word", "Third word", "Fourth word")] == [False, True, True, True]
    assert "Everything from Bergen They had their turn before: Kobe" in shown


def test_what_may_not_be_shown_is_not_in_the_spotlight(server: Server, scene: Scene) -> None:
    voices(server, scene, scene.bergen, ["Taken back"], state=SubmissionState.WITHDRAWN)
    voices(server, scene, scene.bergen, ["For the film alone"], consents=(Purpose.CITY_FILM,))
    spotlit(server, scene.bergen, MORNING)
    assert spotlight(server) == "Today: Bergen Everything from Bergen"


def test_cities_that_share_a_day_stand_side_by_side(server: Server, scene: Scene) -> None:
    voices(server, scene, scene.kobe, ["From Kobe"])
    spotlit(server, scene.kobe, MORNING - timedelta(hours=8))
    spotlit(server, scene.bergen, MORNING - timedelta(hours=1))
    assert spotlight(server).startswith("The cities of today Bergen Everything from Bergen Kobe 神戸 From Kobe")


def test_a_city_that_rests_is_not_put_forward(server: Server, scene: Scene) -> None:
    spotlit(server, scene.bergen, MORNING, is_paused=True)
    assert spotlight(server) == ""


def test_the_city_says_it_on_its_turn(server: Server, scene: Scene, clock: Clock) -> None:
    spotlit(server, scene.bergen, MORNING)
    sentence = "Bergen is in the spotlight of this campaign now."
    assert sentence in server.client().get("/c/our-home/bergen", headers={"accept-language": "en"}).text
    clock.now = MORNING + timedelta(days=2)
    assert sentence in server.client().get("/c/our-home/bergen", headers={"accept-language": "en"}).text
    spotlit(server, scene.kobe, clock.now)
    assert sentence not in server.client().get("/c/our-home/bergen", headers={"accept-language": "en"}).text


def test_once_the_campaign_is_closed_the_list_stays_and_nobody_is_today(server: Server, scene: Scene) -> None:
    spotlit(server, scene.bergen, MORNING)
    with server.runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        campaign.status, campaign.closed_at = CampaignStatus.CLOSED, MORNING
    assert spotlight(server) == "The cities, one after the other Bergen"


def test_a_turn_lasts_through_the_local_day_and_until_the_next() -> None:
    east = Turn(1, "Pacific/Kiritimati", datetime(2027, 6, 24, 20, tzinfo=UTC))  # the 25th there
    west = Turn(2, "Pacific/Pago_Pago", datetime(2027, 6, 24, 21, tzinfo=UTC))  # the 24th there
    assert in_turn([west, east], datetime(2027, 6, 25, 8, tzinfo=UTC)) == [west, east]
    assert in_turn([west, east], datetime(2027, 6, 25, 10, 30, tzinfo=UTC)) == [west]
    assert in_turn([west, east], datetime(2027, 6, 27, tzinfo=UTC)) == [west]
    assert in_turn([], datetime(2027, 6, 27, tzinfo=UTC)) == []
