"""The best moments for everybody: from the day on, in their order, and only while each may be shown."""

from datetime import UTC, datetime

import httpx
import pytest

from app.consent import service as consent
from app.enums import Phase, Purpose
from app.models import Campaign, Highlight, Submission
from app.submissions.service import withdraw
from tests import factories
from tests.campaigns.test_pages import said
from tests.conftest import Server
from tests.publishing.conftest import Scene

PAGE = "/c/our-home/highlights"
CHOSEN_AT = datetime(2027, 6, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def chosen(server: Server, scene: Scene) -> list[Submission]:
    """A voice of Kobe before one of Bergen."""
    with server.runtime.database.writing() as session:
        found = [
            factories.submission(session, scene.campaign, scene.kobe, text="門は自分で開ける", name="さくら", language="ja"),
            factories.submission(session, scene.campaign, scene.bergen, text="Rain on the roof", name="Ingrid"),
        ]
        for position, each in enumerate(found, start=1):
            session.add(Highlight(campaign_id=scene.campaign.id, submission_id=each.id, position=position, chosen_at=CHOSEN_AT))
        return found


def looked_at(server: Server) -> httpx.Response:
    return server.client().get(PAGE, headers={"accept-language": "en"})


def test_they_hang_in_their_order_each_with_name_and_city_and_the_campaign_leads_there(
    server: Server, chosen: list[Submission]
) -> None:
    page = said(looked_at(server))
    places = [page.index(words) for words in ("From 2 cities.", chosen[0].text, "さくら", "Rain on the roof", "Ingrid")]
    assert places == sorted(places)
    assert f'href="{PAGE}"' in server.client().get("/c/our-home").text


@pytest.mark.usefixtures("chosen")
def test_before_the_day_nobody_sees_them(server: Server, scene: Scene) -> None:
    with server.runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).phase = Phase.PRE_DAY
    assert looked_at(server).status_code == 404
    assert PAGE not in server.client().get("/c/our-home").text


def test_who_takes_it_back_or_no_longer_wants_it_on_the_pages_leaves_at_once(server: Server, chosen: list[Submission]) -> None:
    now = server.runtime.now()
    with server.runtime.database.writing() as session:
        withdraw(session, session.get_one(Submission, chosen[0].id), actor_id=None, now=now)
    assert ["さくら" in looked_at(server).text, "Ingrid" in looked_at(server).text] == [False, True]
    with server.runtime.database.writing() as session:
        consent.end_one(session, submission_id=chosen[1].id, purpose=Purpose.CAMPAIGN_PAGES, now=now)
    assert looked_at(server).status_code == 404
