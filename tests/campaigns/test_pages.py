"""Campaigns at the desk, through the real server: the manager's path, the officer's, and what others cannot do."""

import re
from html import unescape

import httpx
import pytest
from sqlalchemy import event, select

from app.campaigns.days import load_international_days
from app.enums import CampaignStatus, RoleName
from app.models import Campaign, CampaignCity, Mail
from tests import factories
from tests.campaigns.conftest import NOON, World
from tests.conftest import Server
from tests.e2e.pages import form_on, send

NEW = "/desk/campaigns/new?day=world-refugee-day"
CAMPAIGN = "/desk/campaigns/world-refugee-day-2027"
TYPED: dict[str, str | list[str]] = {
    "languages": ["en", "fr"],
    "source": "en",
    "title-en": "Our Home",
    "title-fr": "Notre maison",
    "message-en": "Home is where we sing",
    "objective-en": "To hear one another.",
    "question-en": "What does safety mean to you?",
    "hashtag-en": "OurHome",
    "days_before": "28",
    "day_on": "2027-06-20",
    "days_after": "21",
    "kinds": ["text", "photo", "clip"],
    "formats": ["square", "story"],
    "max_clip_s": "10",
    "max_text_chars": "600",
    "toolkit_slug": "world-refugee-day",
}


@pytest.fixture
def manager(server: Server, world: World) -> httpx.Client:
    return server.signed_in(world.manager.email)


def said(page: httpx.Response) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def opened(manager: httpx.Client) -> None:
    assert manager.post(NEW, data=TYPED).status_code == 303
    assert manager.post(f"{CAMPAIGN}/open").status_code == 303


def test_the_manager_prepares_opens_and_invites_and_the_officer_joins(
    server: Server, world: World, manager: httpx.Client
) -> None:
    assert "World Refugee Day" in said(manager.get("/desk/campaigns"))
    form = manager.get(NEW)
    assert form.status_code == 200
    assert 'value="2027-06-20"' in form.text
    kept = manager.post(NEW, data=TYPED)
    assert (kept.status_code, kept.headers["location"]) == (303, f"{CAMPAIGN}?kept=yes")
    page = said(manager.get(kept.headers["location"]))
    assert "The draft is kept" in page
    assert "Not everything is written in every language" in page
    assert manager.post(f"{CAMPAIGN}/open").headers["location"] == f"{CAMPAIGN}?opened=yes"
    invited = manager.post(f"{CAMPAIGN}/invite", data={"act": "ticked", "cities": ["torino", "betio"]})
    assert invited.headers["location"] == f"{CAMPAIGN}?invited=2&people=2&silent=0"
    page = said(manager.get(invited.headers["location"]))
    assert "2 cities are invited 2 people get a mail." in page
    assert "0 of 2 have joined." in page
    officer = server.signed_in(world.officers["torino"].email)
    brief = officer.get(CAMPAIGN)
    assert "Join with Torino" in said(brief)
    assert "Betio" not in said(brief)
    assert officer.post(f"{CAMPAIGN}/join", data={"city": "torino"}).status_code == 303
    joined = officer.get(CAMPAIGN)
    assert "Join with" not in said(joined)
    assert "http://127.0.0.1/c/world-refugee-day-2027/torino/share" in joined.text
    page = said(manager.get(CAMPAIGN))
    assert "1 of 2 have joined. 1 of them has nothing yet." in page
    upcoming = "The city gets its kit on Monday, 17 May 2027, 10:00, by each city's own clock."
    assert f"Before the day (1) Next: {upcoming}" in page
    assert "Torino Europe/Rome nothing yet" in page
    assert "1 city is invited and has not joined Betio" in page
    assert manager.post(f"{CAMPAIGN}/close").status_code == 303
    assert "Closed" in said(manager.get(CAMPAIGN))


def test_a_refused_form_keeps_everything_typed_and_says_what_is_wrong_beside_the_field(
    server: Server, manager: httpx.Client
) -> None:
    wrong = TYPED | {"title-en": "", "hashtag-fr": "#Notre Maison", "day_on": "soon", "kinds": [], "message-en": "<b>Sing</b>"}
    page = manager.post(NEW, data=wrong)
    assert page.status_code == 422
    for field in ("title-en", "hashtag-fr", "day_on", "kinds"):
        assert f'href="#field-{field}"' in page.text
        assert f'id="field-{field}"' in page.text
        assert f'id="field-{field}-wrong"' in page.text
    assert 'value="#Notre Maison"' in page.text
    assert "&lt;b&gt;Sing&lt;/b&gt;" in page.text
    assert 'value="10"' in page.text
    with server.runtime.database.reading() as session:
        assert session.scalars(select(Campaign)).all() == []


def test_ticking_a_language_shows_its_fields_and_keeps_what_was_typed(manager: httpx.Client) -> None:
    page = manager.post(NEW, data=TYPED | {"languages": ["en", "fr", "ar"], "act": "languages"})
    assert page.status_code == 200
    assert 'id="field-title-ar"' in page.text
    assert 'value="Notre maison"' in page.text
    assert 'role="alert"' not in page.text.replace("data-file-wrong", "")


def test_without_any_language_the_form_says_so(manager: httpx.Client) -> None:
    page = manager.post(NEW, data=TYPED | {"languages": []})
    assert page.status_code == 422
    assert 'href="#field-languages"' in page.text


def test_a_draft_can_be_written_again_at_the_desk(server: Server, manager: httpx.Client) -> None:
    manager.post(NEW, data=TYPED)
    page = manager.get(f"{CAMPAIGN}/edit")
    assert 'value="Notre maison"' in page.text
    form = form_on(page, having="toolkit_slug")
    assert send(manager, page, form, files=None, named=None, **{"title-fr": "Chez nous"}).status_code == 303
    with server.runtime.database.reading() as session:
        assert session.scalars(select(Campaign)).one().title.texts == {"en": "Our Home", "fr": "Chez nous"}
    manager.post(f"{CAMPAIGN}/open")
    assert manager.get(f"{CAMPAIGN}/edit").status_code == 409
    assert manager.post(f"{CAMPAIGN}/edit", data=TYPED).status_code == 409


def test_a_chapter_or_everybody_can_be_invited_in_one_act(server: Server, world: World, manager: httpx.Client) -> None:
    with server.runtime.database.writing() as session:
        factories.chapter(session, world.network, "islands", [world.cities["betio"], world.cities["pago-pago"]])
    opened(manager)
    by_chapter = manager.post(f"{CAMPAIGN}/invite", data={"act": "chapter", "chapter": "islands"})
    assert by_chapter.headers["location"].endswith("?invited=2&people=2&silent=0")
    everybody = manager.post(f"{CAMPAIGN}/invite", data={"act": "all"})
    assert everybody.headers["location"].endswith("?invited=1&people=1&silent=0")
    with server.runtime.database.reading() as session:
        assert len(session.scalars(select(Mail).where(Mail.reason == "invitation")).all()) == 3
    assert "Nobody is asked twice" in said(
        manager.get(manager.post(f"{CAMPAIGN}/invite", data={"act": "all"}).headers["location"])
    )


def test_inviting_nobody_says_so_beside_the_list(manager: httpx.Client) -> None:
    opened(manager)
    page = manager.post(f"{CAMPAIGN}/invite", data={"act": "ticked"})
    assert page.status_code == 422
    assert 'href="#field-cities"' in page.text


def test_drafts_and_campaigns_of_other_cities_look_absent_to_officers(
    server: Server, world: World, manager: httpx.Client
) -> None:
    manager.post(NEW, data=TYPED)
    officer = server.signed_in(world.officers["torino"].email)
    assert officer.get(CAMPAIGN).status_code == 404
    manager.post(f"{CAMPAIGN}/open")
    manager.post(f"{CAMPAIGN}/invite", data={"act": "ticked", "cities": ["betio"]})
    assert officer.get(CAMPAIGN).status_code == 404
    assert "Your city is not invited yet" in said(officer.get("/desk/campaigns"))
    assert officer.post(f"{CAMPAIGN}/join", data={"city": "betio"}).status_code == 404
    assert officer.post("/api/v1/campaigns/world-refugee-day-2027/cities/betio/join").status_code == 404
    with server.runtime.database.reading() as session:
        assert session.scalars(select(CampaignCity.joined_at)).all() == [None]


def test_officers_cannot_do_what_managers_do(server: Server, world: World, manager: httpx.Client) -> None:
    manager.post(NEW, data=TYPED)
    officer = server.signed_in(world.officers["torino"].email)
    tried = [
        officer.get(NEW),
        officer.post(NEW, data=TYPED),
        officer.get(f"{CAMPAIGN}/edit"),
        officer.post(f"{CAMPAIGN}/edit", data=TYPED),
    ]
    tried += [officer.post(f"{CAMPAIGN}/{act}", data={"act": "all"}) for act in ("open", "close", "invite")]
    assert [answer.status_code for answer in tried] == [403] * 7
    with server.runtime.database.reading() as session:
        assert session.scalars(select(Campaign)).one().status is CampaignStatus.DRAFT


def test_a_coordinator_reads_the_brief_of_the_chapters_cities_and_does_not_join(
    server: Server, world: World, manager: httpx.Client
) -> None:
    with server.runtime.database.writing() as session:
        chapter = factories.chapter(session, world.network, "islands", [world.cities["betio"]])
        person = factories.person(session, world.network, RoleName.COORDINATOR, chapter=chapter)
    opened(manager)
    manager.post(f"{CAMPAIGN}/invite", data={"act": "all"})
    coordinator = server.signed_in(person.email)
    page = said(coordinator.get(CAMPAIGN))
    assert "Betio : invited, has not joined" in page
    assert "Torino" not in page
    assert coordinator.post(f"{CAMPAIGN}/join", data={"city": "betio"}).status_code == 404


def test_nobody_without_a_session_sees_the_desk(server: Server, world: World) -> None:  # noqa: ARG001 - the world is written
    client = server.client()
    assert [client.get(path).headers["location"] for path in ("/desk/campaigns", NEW, CAMPAIGN)] == ["/desk/sign-in"] * 3
    assert client.post(f"{CAMPAIGN}/open").status_code == 401


def test_programs_read_campaigns_that_are_public_and_no_drafts(server: Server, manager: httpx.Client) -> None:
    manager.post(NEW, data=TYPED)
    assert server.client().get("/api/v1/campaigns").json() == {"items": [], "next": None}
    manager.post(f"{CAMPAIGN}/open")
    assert server.client().get("/api/v1/campaigns").json() == {
        "items": [
            {
                "slug": "world-refugee-day-2027",
                "title": {"en": "Our Home", "fr": "Notre maison"},
                "day_on": "2027-06-20",
                "status": "open",
                "phase": "pre_day",
                "languages": ["en", "fr"],
            }
        ],
        "next": None,
    }


def test_programs_of_an_officer_join_for_their_city(server: Server, world: World, manager: httpx.Client) -> None:
    opened(manager)
    manager.post(f"{CAMPAIGN}/invite", data={"act": "all"})
    officer = server.signed_in(world.officers["torino"].email)
    path = "/api/v1/campaigns/world-refugee-day-2027/cities/torino/join"
    expected = {"campaign": "world-refugee-day-2027", "city": "torino", "joined_at": "2027-06-01T12:00:00Z", "phase": "pre_day"}
    assert [officer.post(path).json() for _ in range(2)] == [expected] * 2
    assert server.client().post(path).status_code == 401


def test_every_page_speaks_french_too(server: Server, world: World, manager: httpx.Client) -> None:
    with server.runtime.database.writing() as session:
        load_international_days(session, world.network, now=NOON)
    opened(manager)
    for path in ("/desk/campaigns", NEW, CAMPAIGN):
        page = manager.get(path, headers={"accept-language": "fr"})
        assert page.status_code == 200
        assert '<html lang="fr"' in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_campaign_asks_the_database_the_same_number_of_times_for_one_city_as_for_many(
    server: Server, world: World, manager: httpx.Client, count: int
) -> None:
    with server.runtime.database.writing() as session:
        factories.city(session, world.network, "bergen")
    opened(manager)
    manager.post(f"{CAMPAIGN}/invite", data={"act": "ticked", "cities": list(world.cities)[:count]})
    assert queries_of(server, manager, CAMPAIGN) == 10


def queries_of(server: Server, client: httpx.Client, path: str) -> int:
    """How many SELECTs one page takes, the sign-in included."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if statement.startswith("SELECT"):
            seen.append(statement)

    client.get(path)  # what is remembered for the process is asked once
    engine = server.runtime.database.engine
    event.listen(engine, "before_cursor_execute", note)
    client.get(path)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)
