"""Texts that nobody who speaks the language has read: left out of kits until the network releases them."""

from dataclasses import dataclass
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select, update

from app.accounts.queries import actor_of
from app.db.session import Database
from app.enums import CampaignStatus, RoleName
from app.kits import releases
from app.kits.handed_out import HandedOut
from app.kits.toolkit import load_toolkit
from app.models import City, KitVersion, Network, TextRelease
from app.runtime import Runtime
from app.variants import Scope
from app.words import Words
from tests import factories
from tests.conftest import Server
from tests.toolkits import SLUG, freeze, lay_own

MANAGER, OFFICER, COORDINATOR = "manager@network.example", "officer@lyon.example", "coordinator@north.example"
NOT_DRAWN = ["frames", "pictures", "banners", "countdown", "day", "print", "note", "letters", "plan"]  # that is for other tests
KIT = "/desk/c/our-home/lyon/kit"
READ_IN_FRENCH = '[meta]\nlanguage = "fr"\nreviewed_by = "Marie Martin"\nreviewed_on = 2027-05-03\n'


@dataclass(frozen=True)
class World:
    """A network that has released nothing yet, with one city in one open campaign."""

    network: Network
    city: City


@pytest.fixture
def world(database: Database) -> World:
    with database.writing() as session:
        network = factories.network(session)
        session.query(TextRelease).delete()
        city = factories.city(session, network, "lyon", time_zone="Europe/Paris", country="FR", languages=["fr", "en"])
        chapter = factories.chapter(session, network, cities=[city])
        factories.person(session, network, RoleName.MANAGER)
        factories.person(session, network, RoleName.COORDINATOR, chapter=chapter)
        factories.person(session, network, city=city)
        factories.taking_part(session, factories.campaign(session, network), city)
        session.execute(update(KitVersion).values(embargoed=NOT_DRAWN))
    return World(network, city)


def texts_of(server: Server, email: str = OFFICER) -> set[str]:
    with server.signed_in(email) as browser:
        names = ZipFile(BytesIO(browser.get(f"{KIT}.zip").content)).namelist()
    return {name for name in names if name.startswith("texts/")}


@pytest.mark.usefixtures("world")
def test_a_kit_holds_no_drafts_and_says_why(server: Server) -> None:
    assert texts_of(server) == set()
    with server.signed_in(OFFICER) as browser:
        page = browser.get(KIT).text
    assert "The texts in French, English are a draft: nobody who speaks the language has read them yet" in page
    assert "your kit has pictures and no texts" in page


@pytest.mark.usefixtures("world")
def test_what_the_manager_releases_is_in_the_kit_until_it_is_taken_back(server: Server) -> None:
    with server.signed_in(MANAGER) as browser:
        before = browser.get("/desk/toolkits/world-refugee-day/fr").text
        assert "The texts in French go into the kit of 1 city (Our Home), unread as they are." in before
        assert browser.post("/desk/toolkits/world-refugee-day/fr/release").status_code == 303
        assert "a draft, released by Manager of network on" in browser.get("/desk/toolkits/world-refugee-day").text
    handed_out = texts_of(server)
    assert {name.split(".")[-2] for name in handed_out} == {"fr"}
    assert "texts/facebook.fr.txt" in handed_out
    with server.signed_in(COORDINATOR) as browser:
        after = browser.get("/desk/toolkits/world-refugee-day/fr").text
        assert "The kit of 1 city (Our Home) loses its texts in French. What was taken stays taken." in after
        assert browser.post("/desk/toolkits/world-refugee-day/fr/take-back").status_code == 303
    assert texts_of(server) == set()


@pytest.mark.usefixtures("world")
def test_a_release_that_no_city_speaks_changes_no_kit_and_says_so(server: Server) -> None:
    with server.signed_in(MANAGER) as browser:
        page = browser.get("/desk/toolkits/our-city-our-voices/fr").text
    assert "No city&#39;s kit changes today" in page


def test_a_language_released_twice_is_released_once(runtime: Runtime, database: Database, world: World) -> None:
    toolkit = load_toolkit("world-refugee-day")
    for _again in range(2):
        with database.writing() as session:
            actor = actor_of(session, factories.person(session, world.network, RoleName.MANAGER, email=f"{_again}@x.example"))
            assert actor is not None
            releases.release(session, toolkit, "fr", actor=actor, now=factories.A_MOMENT)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(TextRelease)) == 1
        assert HandedOut(runtime).languages(session) == {"fr"}


def test_releasing_what_a_city_has_from_its_chapter_changes_nothing_for_it(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        campaign = factories.campaign(session, world.network, slug="our-voices", toolkit_slug=SLUG)
        chapter = factories.chapter(session, world.network, "south", [world.city])
        nantes = factories.city(session, world.network, "nantes", languages=["fr"])
        for city in (world.city, nantes):
            factories.taking_part(session, campaign, city)
        lay_own(session, runtime, Scope(world.network.id, chapter.id), {"texts/fr.toml": READ_IN_FRENCH})
        freeze(session, runtime, campaign, chapter)
        change = releases.foreseen(session, runtime, load_toolkit(SLUG), "fr", network_id=world.network.id)
        assert (change.city_count, [each.slug for each in change.campaigns]) == (1, ["our-voices"])


def test_a_language_that_no_running_campaign_speaks_is_said_to_belong_into_their_briefs(server: Server, world: World) -> None:
    address = "/desk/toolkits/world-refugee-day/fa"
    with server.signed_in(MANAGER) as browser:
        assert "No campaign speaks it yet, and the brief of Our Home is fixed" in browser.get(address).text
        with server.runtime.database.writing() as session:
            planned = factories.campaign(session, world.network, slug="next", status=CampaignStatus.PREPARING)
            planned.title = Words.one("en", "Next Home")
        released = browser.post(f"{address}/release", follow_redirects=True).text
        assert "No campaign speaks it yet: add it to the brief of Next Home." in released
        assert "No campaign speaks it yet" not in browser.get("/desk/toolkits/world-refugee-day/fr").text


def test_residents_are_spoken_to_in_a_language_that_a_speaker_read_for_one_chapter_as_soon_as_its_kits_hold_it(
    runtime: Runtime, world: World
) -> None:
    handed_out = HandedOut(runtime)
    with runtime.database.writing() as session:
        campaign = factories.campaign(session, world.network, slug="our-voices", toolkit_slug=SLUG)
        chapter = factories.chapter(session, world.network, "south")
        lay_own(session, runtime, Scope(world.network.id, chapter.id), {"texts/fr.toml": READ_IN_FRENCH})
        assert handed_out.languages(session) == set()
        freeze(session, runtime, campaign, chapter)
        assert handed_out.languages(session) == {"fr"}
        campaign.status = CampaignStatus.CLOSED
        session.flush()
        assert handed_out.languages(session) == set()


@pytest.mark.usefixtures("world")
def test_officers_neither_see_toolkits_nor_release_anything(server: Server) -> None:
    with server.signed_in(OFFICER) as browser:
        addresses = ("/desk/toolkits", "/desk/toolkits/world-refugee-day", "/desk/toolkits/world-refugee-day/fr")
        assert [browser.get(address).status_code for address in addresses] == [403, 403, 403]
        assert browser.post("/desk/toolkits/world-refugee-day/fr/release").status_code == 403


@pytest.mark.usefixtures("world")
def test_an_unknown_language_cannot_be_released(server: Server) -> None:
    with server.signed_in(MANAGER) as browser:
        assert browser.get("/desk/toolkits/world-refugee-day/tlh").status_code == 404
        assert browser.post("/desk/toolkits/world-refugee-day/tlh/release").status_code == 404


@pytest.mark.usefixtures("world")
def test_a_toolkit_is_shown_with_a_picture_of_its_post(server: Server) -> None:
    with server.signed_in(MANAGER) as browser:
        picture = browser.get("/desk/toolkits/world-refugee-day/post.webp")
    assert (picture.status_code, picture.headers["content-type"], picture.content[:4]) == (200, "image/webp", b"RIFF")
