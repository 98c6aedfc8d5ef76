"""After the day, each city is put forward in its turn, with its own voices, and only while they may be shown."""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from app.campaigns.collection_steps import Spotlight
from app.campaigns.steps import DueStep
from app.enums import CampaignStatus, Phase, Purpose, StepScope, SubmissionKind, SubmissionOrigin, SubmissionState
from app.models import Campaign, CampaignCity, City, Mail, Network, Submission
from app.publishing.spotlight_rules import Candidate, in_order
from app.publishing.spotlight_views import Turn, in_turn
from app.submissions.service import withdraw
from app.words import Words
from tests import factories
from tests.assembly.works import with_tile
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


PAGE, CARD, DESK = "/c/our-home/bergen/spotlight", "/c/our-home/bergen/spotlight.png", "/desk/c/our-home/bergen/spotlight"


def one(server: Server, scene: Scene, text: str, **facts: object) -> Submission:
    with server.runtime.database.writing() as session:
        campaign, place = session.get_one(Campaign, scene.campaign.id), session.get_one(City, scene.bergen.id)
        return factories.submission(session, campaign, place, text=text, **facts)  # type: ignore[arg-type]


def put_forward(server: Server) -> httpx.Response:
    return server.client().get(PAGE, headers={"accept-language": "en"})


def linked_picture(page: httpx.Response) -> str:
    return page.text.split('property="og:image" content="', 1)[1].split('"', 1)[0]


def test_the_page_of_a_city_is_there_from_its_turn_on(server: Server, scene: Scene, clock: Clock) -> None:
    one(server, scene, "A door of my own")
    assert [put_forward(server).status_code, server.client().get(CARD).status_code] == [404, 404]
    spotlit(server, scene.bergen, MORNING)
    page = said(put_forward(server))
    assert ["In the spotlight of this campaign now" in page, "A door of my own" in page] == [True, True]
    clock.now = MORNING + timedelta(days=2)
    spotlit(server, scene.kobe, clock.now)
    page = said(put_forward(server))
    assert "In the spotlight on Friday 25 June 2027" in page.replace("Friday, ", "Friday ")
    assert 'href="/c/our-home/kobe/spotlight"' in put_forward(server).text


def test_who_agrees_to_social_networks_is_in_the_picture_until_it_is_taken_back(server: Server, scene: Scene) -> None:
    spotlit(server, scene.bergen, MORNING)
    one(server, scene, "For the pages alone", consents=[Purpose.CAMPAIGN_PAGES])
    assert linked_picture(put_forward(server)).endswith("/c/our-home/bergen/card.png")
    assert server.client().get(CARD).status_code == 404
    shown = one(server, scene, "For the whole world")
    page = put_forward(server)
    assert "For the whole world" in page.text
    assert f"{CARD}?v=" in linked_picture(page)
    picture = server.client().get(CARD)
    with Image.open(io.BytesIO(picture.content)) as drawn:
        assert drawn.size == (1200, 675)
    assert picture.headers["cache-control"] == "no-cache"
    known = {"if-none-match": picture.headers["etag"]}
    assert server.client().get(CARD, headers=known).status_code == 304
    with server.runtime.database.writing() as session:
        withdraw(session, session.get_one(Submission, shown.id), actor_id=None, now=server.runtime.now())
    assert server.client().get(CARD, headers=known).status_code == 404
    assert "For the pages alone" in put_forward(server).text


def test_the_officer_takes_pictures_and_texts_that_lead_to_the_page(server: Server, scene: Scene) -> None:
    one(server, scene, "Regnet på blikktaket", language="nb", name="Ingrid")
    spotlit(server, scene.bergen, MORNING)
    with server.runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        factories.person(session, network, city=session.get_one(City, scene.bergen.id))
        factories.person(session, network, city=session.get_one(City, scene.kobe.id))
    officer = server.signed_in("officer@bergen.example")
    assert f'href="{DESK}"' in officer.get("/desk/c/our-home/bergen").text
    page = officer.get(DESK, headers={"accept-language": "en"})
    assert page.text.count(f"http://127.0.0.1{PAGE}") >= 1
    assert [f"{DESK}/{shape}.png?download=1" in page.text for shape in ("square", "portrait", "story", "landscape")] == [True] * 4
    story = officer.get(f"{DESK}/story.png", params={"download": "1"})
    assert story.headers["content-disposition"] == 'attachment; filename="our-home-bergen-spotlight-story.png"'
    with Image.open(io.BytesIO(story.content)) as drawn:
        assert drawn.size == (1080, 1920)
    assert server.signed_in("officer@kobe.example").get(DESK).status_code == 404


def test_the_post_calls_the_city_as_the_words_that_it_quotes_do(server: Server, scene: Scene) -> None:
    with server.runtime.database.writing() as session:
        bergen = session.get_one(City, scene.bergen.id)
        bergen.names = Words("en", {"en": "Bergen", "ar": "برغن"})
        factories.person(session, session.get_one(Network, scene.campaign.network_id), city=bergen)
    one(server, scene, "المطر على السقف", language="ar", name="سلمى")
    spotlit(server, scene.bergen, MORNING)
    page = server.signed_in("officer@bergen.example").get(DESK, headers={"accept-language": "en"}).text
    posts = [part.split("</textarea>")[0] for part in page.split('id="copy-post-')[1:]]
    assert [("سلمى, برغن" in post, "Bergen" in post, 'lang="ar"' in post) for post in posts] == [(True, False, True)] * len(posts)
    assert posts


def test_a_card_with_a_photo_is_described_as_its_author_did_and_by_its_words(
    server: Server, scene: Scene, tmp_path: Path
) -> None:
    with server.runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        bergen = session.get_one(City, scene.bergen.id)
        factories.person(session, session.get_one(Network, campaign.network_id), city=bergen)
        photo = factories.submission(session, campaign, bergen, text="Regnet på blikktaket", kind=SubmissionKind.PHOTO)
        photo.alt_text = "Et tak i regn."
        with_tile(session, server.runtime, photo, tmp_path, "red")
    spotlit(server, scene.bergen, MORNING)
    page = server.signed_in("officer@bergen.example").get(DESK, headers={"accept-language": "en"}).text
    assert "Et tak i regn. “Regnet på blikktaket”</textarea>" in page


def test_the_city_s_officers_are_told_when_it_is_their_turn_once(server: Server, scene: Scene) -> None:
    runtime = server.runtime
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        factories.person(session, network, city=session.get_one(City, scene.bergen.id))
    for _ in range(2):
        with runtime.database.writing() as session:
            place = session.scalars(select(CampaignCity).where(CampaignCity.city_id == scene.bergen.id)).one()
            campaign, city = session.get_one(Campaign, scene.campaign.id), session.get_one(City, scene.bergen.id)
            where = (campaign, place, city, None)
            step = DueStep(1, "spotlight", StepScope.EACH_CITY, 2, *where, MORNING, None, None, "http://127.0.0.1", 90)
            assert Spotlight().run(session, step, MORNING) == {"mails": 1}
    with runtime.database.reading() as session:
        [mail] = session.scalars(select(Mail).where(Mail.reason == "spotlight")).all()
        assert (mail.subject, f"http://127.0.0.1{DESK}" in mail.body) == ("Bergen is in the spotlight of “Our Home” now", True)


def test_a_best_moment_goes_first_then_residents_by_lot_and_nothing_that_came_after_the_turn() -> None:
    def told(number: int, **facts: object) -> Candidate:
        usual = Candidate(number, f"voice-{number}", SubmissionOrigin.RESIDENT, MORNING, None, may_be_posted=True)
        return replace(usual, **facts)  # type: ignore[arg-type]

    later = told(1, decided_at=MORNING + timedelta(days=1))
    of_city, shy = told(2, origin=SubmissionOrigin.CITY), told(3, may_be_posted=False)
    third, second, first = told(4), told(5, place=2), told(6, place=1)
    every = [later, of_city, shy, third, second, first]
    order = in_order(every, turn_at=MORNING)
    assert order == [first, second, third, shy, of_city, later]
    assert in_order(reversed(every), turn_at=MORNING) == order
    assert in_order([later, of_city], turn_at=None) == [later, of_city]
    drawn = Counter(in_order([told(10 * one), told(10 * one + 1)], turn_at=None)[0].submission_id % 10 for one in range(1, 401))
    assert 160 < drawn[0] < 240
