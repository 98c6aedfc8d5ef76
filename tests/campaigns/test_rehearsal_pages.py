"""The dress rehearsal at the desk and on the command line."""

import json
import re
from html import unescape

import httpx
import pytest
from sqlalchemy import update

from app.campaigns.rehearsal_commands import rehearse_now
from app.errors import NotFound
from app.main import STAGE
from app.models import Campaign
from tests import factories
from tests.campaigns.conftest import World
from tests.conftest import Server

CAMPAIGN = "/desk/campaigns/world-refugee-day-2027"
REHEARSAL = f"{CAMPAIGN}/rehearsal"


@pytest.fixture
def manager(server: Server, world: World) -> httpx.Client:
    return server.signed_in(world.manager.email)


def said(page: httpx.Response) -> str:
    """The words of a page."""
    assert page.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def planned(server: Server, world: World) -> None:
    with server.runtime.database.writing() as session:
        world.planned(session)


def test_the_manager_sees_what_will_happen_by_local_day(server: Server, world: World, manager: httpx.Client) -> None:
    planned(server, world)
    assert f'href="{REHEARSAL}"' in manager.get(CAMPAIGN).text
    page = said(manager.get(REHEARSAL))
    assert "if the campaign opens now and every city joins" in page
    assert "16 steps · 3 cities" in page
    assert "20 June 2027 Local time What happens" in page
    assert "21 June 2027 Local time What happens" in page
    assert "The day begins Betio , Pago Pago , Torino" in page
    assert "19 June 2027, 10:00 to 20 June 2027, 11:00" in page  # the same midnight, from Betio to Pago Pago


def test_the_storyboard_of_one_city(server: Server, world: World, manager: httpx.Client) -> None:
    planned(server, world)
    storyboard = said(manager.get(REHEARSAL, params={"city": "torino"})).split("The same in UTC", 1)[1]
    assert "Torino" in storyboard
    assert "Once, for the network" in storyboard
    assert "Betio" not in storyboard


def test_each_warning_says_where_it_is_how_to_mend_it_and_where(server: Server, world: World, manager: httpx.Client) -> None:
    with server.runtime.database.writing() as session:
        world.planned(session)
        factories.city(session, world.network, "silent")
        session.execute(update(Campaign).values(formats=[]))
    answer = manager.get(REHEARSAL)
    page = said(answer)
    assert "Nobody is at the desk of the city: no mail is read, nothing is approved Silent Add an officer" in page
    assert "No shape is chosen for pictures and films Choose at least one. Write the draft again" in page
    assert f'href="{CAMPAIGN}/edit"' in answer.text
    assert 'href="/desk/network"' in answer.text
    of_torino = said(manager.get(REHEARSAL, params={"city": "torino"}))
    assert "No shape is chosen" in of_torino
    assert "Nobody is at the desk" not in of_torino


def test_texts_of_an_open_campaign_are_not_sent_to_the_form_of_drafts(
    server: Server, world: World, manager: httpx.Client
) -> None:
    with server.runtime.database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino")
        campaign.formats = []
    answer = manager.get(REHEARSAL)
    assert "No shape is chosen" in said(answer)
    assert f"{CAMPAIGN}/edit" not in answer.text


def test_it_is_said_in_french(server: Server, world: World, manager: httpx.Client) -> None:
    planned(server, world)
    page = said(manager.get(REHEARSAL, headers={"Accept-Language": "fr"}))
    assert "Répétition générale" in page
    assert "La journée commence" in page


def test_only_those_who_run_campaigns_see_it(server: Server, world: World) -> None:
    planned(server, world)
    assert server.signed_in(world.officers["torino"].email).get(REHEARSAL).status_code == 403
    assert server.client().get(REHEARSAL).status_code == 303


def test_a_campaign_that_is_not_there(server: Server, manager: httpx.Client) -> None:
    assert manager.get("/desk/campaigns/nothing/rehearsal").status_code == 404
    with pytest.raises(NotFound, match=r"campaign\.unknown"):
        rehearse_now(server.runtime, "nothing", STAGE, as_json=True, say=print)


def test_the_command_prints_json_alone_or_lines_to_read(server: Server, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    planned(server, world)
    rehearse_now(server.runtime, "world-refugee-day-2027", STAGE, as_json=True, say=print)
    assert len(json.loads(capsys.readouterr().out)["steps"]) == 16
    rehearse_now(server.runtime, "world-refugee-day-2027", STAGE, as_json=False, say=print)
    lines = capsys.readouterr().out.splitlines()
    assert "2027-06-20 00:00+02:00  Torino: The day begins" in lines


def test_a_step_of_an_open_campaign_is_mended_in_its_time_line(server: Server, world: World, manager: httpx.Client) -> None:
    with server.runtime.database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino")
        campaign.pre_day_offset_days = 10  # people could send only when the day is long over
    answer = manager.get(REHEARSAL)
    assert "“The day begins”: It comes before people can send anything" in said(answer)
    assert f'href="{CAMPAIGN}/timeline"' in answer.text
