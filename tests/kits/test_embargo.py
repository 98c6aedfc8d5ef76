"""Pieces under embargo: had by no address before the day begins in the city, and by the clock of each city for itself."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import update

from app.kits.embargo import embargoed_at
from app.models import KitVersion
from app.runtime import Runtime
from tests import factories
from tests.conftest import Clock, Server

EAST, WEST = "officer@betio.example", "officer@pago-pago.example"
ZONES = {"betio": "Pacific/Kiritimati", "pago-pago": "Pacific/Pago_Pago"}  # UTC+14 and UTC-11
CARD = "kit/day/today.en.png"
KEPT_BACK = ["frames", "pictures", "banners", "countdown", "day", "print", "note", "letters", "plan"]  # all that is drawn
DAY_BEGINS_IN_BETIO = datetime(2027, 6, 19, 10, tzinfo=UTC)
DAY_BEGINS_IN_PAGO_PAGO = datetime(2027, 6, 20, 11, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def far_apart(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network)
        for slug, zone in ZONES.items():
            city = factories.city(session, network, slug, time_zone=zone)
            factories.taking_part(session, campaign, city)
            factories.person(session, network, city=city)


def answers(server: Server, email: str, city: str) -> list[int]:
    """What each address of the card of the day says."""
    asked = (CARD, f"{CARD}?small=true", f"{CARD}?download=true", f"{CARD}?in=en")
    with server.signed_in(email) as browser:
        return [browser.get(f"/desk/c/our-home/{city}/{address}").status_code for address in asked]


@pytest.mark.usefixtures("far_apart")
def test_at_one_instant_the_card_is_there_in_the_east_and_not_in_the_west(server: Server, clock: Clock) -> None:
    clock.now = DAY_BEGINS_IN_BETIO - A_SECOND
    assert answers(server, EAST, "betio") == [404] * 4
    clock.now = DAY_BEGINS_IN_BETIO
    assert answers(server, EAST, "betio") == [200] * 4
    assert answers(server, WEST, "pago-pago") == [404] * 4
    clock.now = DAY_BEGINS_IN_PAGO_PAGO
    assert answers(server, WEST, "pago-pago") == [200] * 4


@pytest.mark.usefixtures("far_apart")
def test_the_refusal_names_the_local_moment(server: Server) -> None:
    with server.signed_in(WEST) as browser:
        answer = browser.get(f"/desk/c/our-home/pago-pago/{CARD}")
    assert (answer.status_code, "kit.under_embargo" in answer.text) == (404, True)


@pytest.mark.usefixtures("far_apart")
def test_the_zip_leaves_out_what_waits_and_says_so(server: Server, clock: Clock) -> None:
    with server.runtime.database.writing() as session:
        session.execute(update(KitVersion).values(embargoed=KEPT_BACK))
    clock.now = DAY_BEGINS_IN_PAGO_PAGO - A_SECOND
    with server.signed_in(WEST) as browser:
        archive = ZipFile(BytesIO(browser.get("/desk/c/our-home/pago-pago/kit.zip").content))
    assert {name.split("/")[0] for name in archive.namelist() if "/" in name} == {"first", "texts", "qr"}
    assert "Some pieces wait for the day" in archive.read("README.txt").decode()


@pytest.mark.usefixtures("far_apart")
def test_the_page_shows_that_they_wait_without_an_address_of_theirs(server: Server, clock: Clock) -> None:
    with server.signed_in(WEST) as browser:
        before = browser.get("/desk/c/our-home/pago-pago/kit").text
        city_page = browser.get("/desk/c/our-home/pago-pago").text
        clock.now = DAY_BEGINS_IN_PAGO_PAGO
        after = browser.get("/desk/c/our-home/pago-pago/kit").text
    assert ("1 piece waits for the day." in before, "kit/day/" in before, "kit/day/" in city_page) == (True, False, False)
    assert ("waits for the day" in after, "kit/day/today.en.png" in after) == (False, True)


@pytest.mark.usefixtures("far_apart")
def test_the_page_of_the_city_s_look_does_not_show_in_passing_what_waits(server: Server, clock: Clock) -> None:
    with server.runtime.database.writing() as session:
        session.execute(update(KitVersion).values(embargoed=["pictures"]))
    asked = "/desk/cities/pago-pago/look/post.webp?campaign=our-home"
    with server.signed_in(WEST) as browser:
        before = browser.get(asked).status_code
        clock.now = DAY_BEGINS_IN_PAGO_PAGO
        assert (before, browser.get(asked).status_code) == (404, 200)


@pytest.mark.usefixtures("far_apart")
def test_the_preview_of_a_quote_s_card_waits_as_the_card_does(server: Server, clock: Clock) -> None:
    with server.runtime.database.writing() as session:
        session.execute(update(KitVersion).values(embargoed=["quotes"]))
    asked = "/desk/c/our-home/pago-pago/quotes/1/card.webp"
    with server.signed_in(WEST) as browser:
        before = browser.get(asked).text
        clock.now = DAY_BEGINS_IN_PAGO_PAGO
        after = browser.get(asked).text  # no quote is there
    assert ("kit.under_embargo" in before, "kit.under_embargo" in after) == (True, False)


def test_an_embargo_ends_with_the_local_midnight() -> None:
    told = {"groups": ["day"], "day_on": DAY_BEGINS_IN_PAGO_PAGO.date(), "time_zone": "Pacific/Pago_Pago"}
    assert embargoed_at(DAY_BEGINS_IN_PAGO_PAGO - A_SECOND, **told) == {"day"}  # type: ignore[arg-type]
    assert embargoed_at(DAY_BEGINS_IN_PAGO_PAGO, **told) == set()  # type: ignore[arg-type]
