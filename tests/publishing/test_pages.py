"""The public pages as a browser without JavaScript gets them."""

import re
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import delete

from app.assembly.collage import build_collage
from app.enums import CampaignStatus, Phase, SubmissionKind, SubmissionOrigin
from app.models import CampaignCity, City, Network
from app.runtime import Runtime
from tests import factories
from tests.assembly.works import with_picture
from tests.conftest import Clock, Server
from tests.publishing.conftest import Counted, Scene


def words_of(html: str) -> str:
    """What somebody reads, without tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_the_network_page_shows_the_open_campaign_with_its_day_and_those_before(
    server: Server, scene: Scene, runtime: Runtime
) -> None:
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        closed = {"status": CampaignStatus.CLOSED, "phase": Phase.POST_DAY}
        factories.campaign(session, network, slug="last-year", day_on=date(2026, 6, 20), **closed)  # type: ignore[arg-type]
        factories.campaign(session, network, slug="next-year", status=CampaignStatus.DRAFT)
    with server.client() as client:
        page = client.get("/").text
    read = words_of(page)
    assert "2 cities in 2 countries prepare joint campaigns" in read
    assert "Today is the day in Kobe" in read
    assert list(dict.fromkeys(re.findall(r'href="(/c/[a-z-]+)"', page))) == ["/c/our-home", "/c/last-year"]


def test_a_draft_is_nobodys_business_and_a_closed_campaign_stays_readable(server: Server, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        network = factories.network(session)
        factories.campaign(session, network, slug="draft", status=CampaignStatus.DRAFT)
        factories.campaign(session, network, slug="closed", status=CampaignStatus.CLOSED, phase=Phase.POST_DAY)
    with server.client() as client:
        addresses = ("", "/brand.css", "/card.png", "/share", "/bergen")
        assert [client.get(f"/c/draft{rest}").status_code for rest in addresses] == [404] * 5
        assert client.get("/api/v1/campaigns/draft/contributions").status_code == 404
        assert client.get("/c/closed").status_code == 200
        assert "Tell your story" not in client.get("/c/closed").text


def test_the_countdown_is_that_of_the_chosen_city_and_is_remembered(server: Server, scene: Scene, clock: Clock) -> None:
    clock.now = datetime(2027, 6, 17, 16, 0, tzinfo=UTC)
    assert scene.campaign.slug == "our-home"
    with server.client() as client:
        first = client.get("/c/our-home")
        chosen = client.get("/c/our-home?city=bergen")
        later = client.get("/c/our-home")
        nonsense = client.get("/c/our-home?city=atlantis")
    starts = [re.search(r'data-starts-at="([^"]+)"', answer.text) for answer in (first, chosen, later, nonsense)]
    tokyo, oslo = "2027-06-19T15:00:00+00:00", "2027-06-19T22:00:00+00:00"
    assert [found.group(1) for found in starts if found] == [tokyo, oslo, oslo, oslo]
    assert chosen.headers["set-cookie"] == "city=bergen; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax"
    assert "set-cookie" not in first.headers
    assert "set-cookie" not in nonsense.headers
    assert 'href="/c/our-home/share"' in first.text
    assert 'href="/c/our-home/bergen/share"' in chosen.text


def test_the_button_asks_where_somebody_lives_and_leads_to_that_citys_form(server: Server, scene: Scene) -> None:
    assert scene.campaign.slug == "our-home"
    with server.client() as client:
        asked = client.get("/c/our-home/share")
        answered = client.get("/c/our-home/share?city=kobe")
        unknown = client.get("/c/our-home/share?city=atlantis")
    assert re.findall(r'<option value="([a-z]+)"', asked.text) == ["kobe", "bergen"]
    assert (answered.status_code, answered.headers["location"]) == (303, "/c/our-home/kobe/share")
    assert "Choose a city that takes part." in unknown.text


def test_a_city_speaks_in_its_own_voice_first(server: Server, scene: Scene, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        factories.submission(session, scene.campaign, scene.kobe, text="静かな朝。", language="ja", name="由美")
        factories.submission(session, scene.campaign, scene.bergen, text="Only in Bergen.")
    with server.client() as client:
        page = client.get("/c/our-home/kobe").text
    assert re.search(r'<h1 [^>]*lang="ja" dir="auto">神戸</h1>', page)
    assert "静かな朝。" in page
    assert "Only in Bergen." not in page
    assert "Today is the day here." in page


COLLECTS_FROM, COLLECTS_UNTIL = datetime(2027, 5, 23, tzinfo=UTC), datetime(2027, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phase", "now", "sentence"),
    [
        (Phase.PRE_DAY, datetime(2027, 4, 1, tzinfo=UTC), "This city has not begun to collect voices yet."),
        (Phase.PRE_DAY, datetime(2027, 6, 1, tzinfo=UTC), "This city is collecting voices now."),
        (Phase.DAY, datetime(2027, 6, 20, 12, tzinfo=UTC), "Today is the day here."),
        (Phase.POST_DAY, datetime(2027, 6, 25, tzinfo=UTC), "A few more voices can still be told."),
        (Phase.POST_DAY, datetime(2027, 9, 1, tzinfo=UTC), "What people told stays here."),
    ],
)
def test_a_citys_page_says_where_it_stands(
    server: Server, scene: Scene, clock: Clock, phase: Phase, now: datetime, sentence: str
) -> None:
    clock.now = now
    with server.runtime.database.writing() as session:
        session.execute(delete(CampaignCity))
        place = factories.taking_part(session, scene.campaign, scene.bergen, phase=phase, collects=now >= COLLECTS_FROM)
        place.collection_closed_at = now if now >= COLLECTS_UNTIL else None
    with server.client() as client:
        assert sentence in client.get("/c/our-home/bergen").text


def test_a_city_that_has_not_joined_has_no_page(server: Server, scene: Scene, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        row = session.get_one(City, scene.bergen.id)
        row.slug = "moved"
    with server.client() as client:
        assert client.get("/c/our-home/bergen").status_code == 404


def test_the_wall_shows_twelve_and_more_on_demand_and_can_be_filtered(server: Server, scene: Scene, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        for number in range(14):
            factories.submission(session, scene.campaign, scene.bergen, text=f"Voice {number:02}")
        factories.submission(session, scene.campaign, scene.kobe, text="Voice 14", language="ja")
    with server.client() as client:
        found = {
            address: re.findall(r"Voice \d\d", client.get(f"/c/our-home{address}").text)
            for address in ("", "?page=2", "?from=kobe", "?language=ja", "?language=en&page=2")
        }
        more = re.findall(r'href="([^"]+)" rel="next"', client.get("/c/our-home?language=en").text)
    every = [f"Voice {number:02}" for number in range(14, -1, -1)]
    assert found == {
        "": every[:12],
        "?page=2": every[12:],
        "?from=kobe": every[:1],
        "?language=ja": every[:1],
        "?language=en&page=2": every[13:],
    }
    assert [unescape(each) for each in more] == ["/c/our-home?language=en&page=2#voices"]


def test_a_sample_is_marked_as_one(server: Server, scene: Scene, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        factories.submission(session, scene.campaign, scene.bergen, origin=SubmissionOrigin.SAMPLE)
    with server.client() as client:
        assert '<span class="tag">Sample</span>' in client.get("/c/our-home").text


def test_the_collage_stands_from_the_start_of_the_day_with_its_content_in_words(
    server: Server, scene: Scene, runtime: Runtime, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO, text="", name="Ada")
        photo.alt_text = "A blue door"
        with_picture(session, runtime, photo, tmp_path, "red")
        words = factories.submission(session, scene.campaign, scene.kobe, text="A door.", name=None)
        with_picture(session, runtime, words, tmp_path, "blue")
    build_collage(runtime, scene.campaign.id)
    with server.client() as client:
        on_the_day = client.get("/c/our-home").text
        with runtime.database.writing() as session:
            session.get_one(type(scene.campaign), scene.campaign.id).phase = Phase.PRE_DAY
        before = client.get("/c/our-home").text
    listed = re.search(r'<details class="in-collage">.*?</details>', on_the_day, re.DOTALL)
    assert listed
    assert words_of(listed.group()).split(": ", 1)[1] == "2 contributions Bergen Photo, Ada : A blue door Kobe Words : A door. "
    assert "The collage" not in before


def test_pages_speak_french(server: Server, scene: Scene) -> None:
    assert scene.campaign.slug == "our-home"
    with server.client() as client:
        page = client.get("/c/our-home?lang=fr").text
    assert '<html lang="fr"' in page
    assert "Chez nous, c&#39;est où l&#39;on chante" in page
    assert "dimanche 20 juin 2027" in page


def test_a_link_shows_a_card_with_the_campaigns_words(server: Server, scene: Scene) -> None:
    assert scene.campaign.slug == "our-home"
    with server.client() as client:
        page = client.get("/c/our-home").text
        card = client.get("/c/our-home/card.png")
        city_card = client.get("/c/our-home/kobe/card.png")
    assert '<meta property="og:image" content="http://127.0.0.1/c/our-home/card.png">' in page
    assert [answer.content[:8] for answer in (card, city_card)] == [b"\x89PNG\r\n\x1a\n"] * 2


def test_the_pages_on_privacy_and_accessibility_name_who_is_responsible(server: Server, scene: Scene) -> None:
    assert scene.campaign.slug == "our-home"
    with server.client() as client:
        privacy, accessibility = client.get("/privacy").text, client.get("/accessibility").text
    assert "Cities of Voices, Example Street 1, Strasbourg" in privacy
    assert "privacy@voices.example" in privacy
    assert "privacy@voices.example" in accessibility


@pytest.mark.parametrize("voices", [1, 3])
def test_a_page_asks_the_database_the_same_few_questions_for_one_voice_and_for_many(
    server: Server, scene: Scene, runtime: Runtime, tmp_path: Path, counted: Counted, voices: int
) -> None:
    with runtime.database.writing() as session:
        for city in (scene.bergen, scene.kobe)[:voices]:
            for _ in range(voices):
                photo = factories.submission(session, scene.campaign, city, kind=SubmissionKind.PHOTO)
                with_picture(session, runtime, photo, tmp_path, "red")
    build_collage(runtime, scene.campaign.id)
    asked = {}
    with server.client() as client:
        client.get("/")  # the network's name is remembered after the first page
        for address in ("/", "/c/our-home", "/c/our-home/bergen", "/api/v1/campaigns/our-home/contributions"):
            with counted() as found:
                assert client.get(address).status_code == 200
            asked[address] = len(found)
    assert asked == {
        "/": 4,
        "/c/our-home": 12,
        "/c/our-home/bergen": 8,
        "/api/v1/campaigns/our-home/contributions": 3,
    }
