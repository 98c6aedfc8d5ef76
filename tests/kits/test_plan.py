"""The posting plan at the desk and in the kit, and whom a kit says to ask."""

import base64
import csv
import hashlib
import re
from datetime import UTC, datetime
from io import StringIO

import httpx
import pytest
import vobject
from sqlalchemy import select

from app.enums import RoleName
from app.kits.contacts import contact_of
from app.kits.piece_names import piece_name
from app.kits.posting_plan import with_pictures_in
from app.models import City, KitTaking, Network, Person
from app.runtime import Runtime
from app.web.i18n import translator
from tests import factories
from tests.conftest import Clock, Server

KIT = "/desk/c/our-home/lyon/kit"
PLAN = f"{KIT}/plan/posting-plan"
PUBLISHED_AT = datetime(2027, 6, 1, 8, tzinfo=UTC)


@pytest.fixture
def officer(server: Server) -> httpx.Client:
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        lyon = factories.city(session, network, "lyon", languages=("fr", "en"), time_zone="Europe/Paris")
        factories.taking_part(session, factories.campaign(session, network, toolkit_slug="our-city-our-voices"), lyon)
        factories.person(session, network, city=lyon)
    return server.signed_in("officer@lyon.example")


def taken(runtime: Runtime) -> list[str | None]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(KitTaking.path).order_by(KitTaking.id)))


def test_the_desk_shows_the_plan_with_just_its_own_style_and_the_kits_pictures(officer: httpx.Client) -> None:
    page = officer.get(f"{PLAN}.fr.html")
    [style] = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert page.headers["content-security-policy"].split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        *("img-src 'self'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"),
    ]


def test_a_picture_within_the_plan_is_taken_by_nobody(officer: httpx.Client, server: Server) -> None:
    card = f"{KIT}/countdown/days-07.fr.png"
    assert officer.get(card, headers={"Sec-Fetch-Dest": "image"}).status_code == 200
    assert taken(server.runtime) == []
    assert officer.get(card, headers={"Sec-Fetch-Dest": "document"}).status_code == 200
    assert taken(server.runtime) == ["countdown/days-07.fr.png"]


def test_pictures_of_the_plan_come_in_the_languages_that_it_was_asked_for() -> None:
    page = b'<img src="../day/today.fr.png" alt="">'
    assert with_pictures_in(page, ()) == page
    assert with_pictures_in(page, ("fr", "en")) == b'<img src="../day/today.fr.png?in=fr&amp;in=en" alt="">'


def test_for_a_picture_under_embargo_the_plan_says_from_when_it_can_be_had(officer: httpx.Client, clock: Clock) -> None:
    def shown(language: str) -> tuple[list[str], bool]:
        page = officer.get(f"{PLAN}.{language}.html").text
        return re.findall(r'<p class="waits">([^<]*)</p>', page), f"../day/today.{language}.png" in page

    assert (shown("fr"), shown("en")) == ((["À partir du 20\xa0juin"], False), (["From 20\xa0June"], False))
    clock.now = datetime(2027, 6, 20, 8, tzinfo=UTC)
    assert shown("fr") == ([], True)


def test_the_plan_of_a_campaign_that_runs_holds_what_is_to_come_and_was_written_when_it_was_published(
    officer: httpx.Client, clock: Clock
) -> None:
    def dates() -> list[str]:
        table = officer.get(f"{PLAN}.fr.csv").content.decode("utf-8-sig")
        return sorted({row["date"] for row in csv.DictReader(StringIO(table))})

    clock.now = datetime(2027, 6, 12, 22, 30, tzinfo=UTC)  # after midnight in Lyon
    assert dates() == ["2027-06-13", "2027-06-17", "2027-06-19", "2027-06-20", "2027-06-21"]
    entries = vobject.readOne(officer.get(f"{PLAN}.fr.ics").text).vevent_list
    assert {entry.dtstamp.value for entry in entries} == {PUBLISHED_AT}
    clock.now = datetime(2027, 7, 1, 8, tzinfo=UTC)
    assert (len(dates()), dates()[0]) == (8, "2027-05-23")  # all of it is over: the plan as it was


def test_the_page_of_the_kit_folds_the_countdown_and_calls_pieces_by_plain_names(officer: httpx.Client) -> None:
    page = officer.get(KIT).text
    assert re.findall(r'<details class="kit-group"( open)?>\s*<summary><h2 id="(\w+)"', page)[:7] == [
        *((" open", key) for key in ("first", "frames", "pictures", "banners")),
        *(("", "countdown"), (" open", "day"), (" open", "texts")),
    ]
    names = re.findall(r'<span class="piece-name">(.+?) <small', page)
    assert [name for name in dict.fromkeys(names) if re.search(r"[_\d]|^[a-z]", name)][:7] == [
        *("1. A post", "2. Its text", "3. A story", "4. A frame for your account", "5. A poster"),
        *("28 days left", "27 days left"),
    ]
    assert {"Link card", "Message · Square", "YouTube", "1 day left", "Postcard, front", "Posting plan"} <= set(names)
    assert re.findall(r'<a href="[^"]*posting-plan\.fr\.(\w+)(\?download=true)?"( download)?>', page) == [
        ("html", "", ""),
        ("csv", "?download=true", " download"),
        ("ics", "?download=true", " download"),
    ]


def test_the_pieces_of_a_quote_are_called_by_its_number() -> None:
    assert [piece_name(f"quotes/2-{piece}", translator("en")) for piece in ("story.fr.png", "poster.fr.pdf")] == [
        "Quote 2 · Story, upright",
        "Quote 2 · Poster",
    ]


def test_a_kit_names_the_citys_own_people_then_its_chapters_then_the_network(server: Server) -> None:
    def named() -> str:
        with server.runtime.database.reading() as session:
            city = session.scalars(select(City)).one()
            return contact_of(session, session.get_one(Network, city.network_id), city)

    with server.runtime.database.writing() as session:
        network = factories.network(session)
        bergen = factories.city(session, network)
        north = factories.chapter(session, network, cities=[bergen])
    assert named() == "privacy@voices.example"
    with server.runtime.database.writing() as session:
        factories.person(session, network, RoleName.COORDINATOR, chapter=north)
    assert named() == "Coordinator of north, coordinator@north.example"
    with server.runtime.database.writing() as session:
        for email in ("c@bergen.example", "b@bergen.example", "a@bergen.example"):
            factories.person(session, network, city=bergen, email=email)
    assert named() == "Officer of bergen, a@bergen.example; Officer of bergen, b@bergen.example"
    with server.runtime.database.writing() as session:
        session.scalars(select(Person).where(Person.email == "a@bergen.example")).one().name = "\U00012000"
    assert named() == "Officer of bergen, b@bergen.example; Officer of bergen, c@bergen.example"
