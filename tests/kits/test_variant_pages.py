"""Toolkits corrected, uploaded and taken back at the desk, by whoever may."""

import re
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from sqlalchemy import select, update

from app.db.session import Database
from app.enums import CheckState, RoleName
from app.models import ToolkitCheck, ToolkitVariant
from app.variants import Scope
from tests import factories
from tests.conftest import Server
from tests.toolkits import copied, lay_own

MANAGER, OFFICER = "manager@network.example", "officer@lyon.example"
NORTH, SOUTH = "coordinator@north.example", "coordinator@south.example"
PAGE = "/desk/toolkits/our-city-our-voices"
CORRECT = f"{PAGE}/fr/correct"
QUOTE = "mayor_quote.text"


@dataclass(frozen=True)
class World:
    """A network with two chapters."""

    network_id: int
    north_id: int


@pytest.fixture
def world(database: Database) -> World:
    with database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network, "lyon", time_zone="Europe/Paris", country="FR", languages=["fr", "en"])
        north = factories.chapter(session, network, "north", cities=[city])
        south = factories.chapter(session, network, "south")
        factories.person(session, network, RoleName.MANAGER)
        factories.person(session, network, RoleName.COORDINATOR, chapter=north)
        factories.person(session, network, RoleName.COORDINATOR, chapter=south)
        factories.person(session, network, city=city)
        factories.campaign(session, network, toolkit_slug="our-city-our-voices")
        return World(network.id, north.id)


def filled(browser: httpx.Client, address: str) -> dict[str, str]:
    """The fields of a form of texts as a browser sends them back."""
    page = browser.get(address).text
    areas = re.findall(r'<textarea id="[^"]*" name="([^"]*)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    inputs = re.findall(r'name="(read|reviewed_by|reviewed_on)"[^>]*? value="([^"]*)"', page)
    return {name: unescape(value) for name, value in [*areas, *inputs]}


def said_at(page: str, field: str) -> str:
    """What a page says is wrong with a field."""
    found = re.search(rf'id="field-{re.escape(field)}-wrong">([^<]*)<', page)
    return unescape(found[1]) if found else ""


def typed_at(page: str, field: str) -> str:
    """What stands in a large field of a page."""
    found = re.search(rf'name="{re.escape(field)}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def variants(database: Database) -> list[tuple[int | None, int, str | None, str]]:
    with database.reading() as session:
        query = select(ToolkitVariant).order_by(ToolkitVariant.id)
        return [(row.chapter_id, row.number, row.language, row.note) for row in session.scalars(query)]


def test_a_coordinator_corrects_a_text_for_the_cities_of_their_chapter_alone(
    server: Server, database: Database, world: World
) -> None:
    with server.signed_in(NORTH) as browser:
        form = filled(browser, f"{CORRECT}?for=north")
        form |= {QUOTE: "{city} s'écoute.", "note": "Plus court", "reviewed_by": "Amal Haddad", "reviewed_on": "2027-05-31"}
        answer = browser.post(f"{CORRECT}?for=north", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?for=north&corrected=yes")
        page = browser.get(answer.headers["location"]).text
        assert "Texts in French: A quote for the mayor: The quote" in page
        assert "The gate is looking at number 1" in page
        assert 'href="/desk/campaigns/our-home/toolkit/north"' in page
        assert "read by Amal Haddad on Monday, 31 May 2027" in page
        assert "Nothing: it is as it came with the service." in browser.get(f"{PAGE}?for=").text
        again = browser.post(f"{CORRECT}?for=north", data=form)  # a double click
        assert again.status_code == 303
    assert variants(database) == [(world.north_id, 1, "fr", "Plus court")]


@pytest.mark.usefixtures("world")
def test_nobody_else_changes_a_chapters_texts_or_the_networks(server: Server, database: Database) -> None:
    with server.signed_in(SOUTH) as browser:
        assert browser.get(f"{PAGE}/fr?for=north").status_code == 200
        asked = [browser.get(address).status_code for address in (f"{CORRECT}?for=north", CORRECT)]
        assert [*asked, browser.post(f"{CORRECT}?for=north", data={"note": "Mine"}).status_code] == [403, 403, 403]
        assert browser.post(f"{PAGE}/back?for=north", data={"number": "0"}).status_code == 403
    with server.signed_in(OFFICER) as browser:
        addresses = (PAGE, f"{CORRECT}?for=north", f"{PAGE}/toolkit.zip")
        assert [browser.get(address).status_code for address in addresses] == [403, 403, 403]
    assert variants(database) == []


@pytest.mark.usefixtures("world")
def test_a_text_with_an_unknown_placeholder_is_refused_at_its_field(server: Server, database: Database) -> None:
    with server.signed_in(MANAGER) as browser:
        form = filled(browser, CORRECT) | {QUOTE: "{town} vous écoute.", "note": "Autrement", "reviewed_by": "Amal Haddad"}
        answer = browser.post(CORRECT, data=form)
        assert answer.status_code == 422
        assert said_at(answer.text, "reviewed_on") != ""
        assert "{town}" in said_at(answer.text, QUOTE)  # in the same round
        assert 'data-limit="140"' in answer.text
        page = browser.post(CORRECT, data=form | {"reviewed_by": ""}).text
    assert said_at(page, QUOTE) == "texts/fr.toml, mayor_quote.text, has a place that nothing fills: {town}."
    assert (typed_at(page, QUOTE), typed_at(page, "note")) == ("{town} vous écoute.", "Autrement")
    assert variants(database) == []


@pytest.mark.usefixtures("world")
def test_two_who_correct_at_once_do_not_undo_each_other(server: Server, database: Database) -> None:
    with server.signed_in(MANAGER) as browser:
        form = filled(browser, CORRECT)
        first = form | {QUOTE: "{city} s'écoute.", "bulletin.title": "À vous", "note": "Le premier"}
        second = form | {QUOTE: "{city} écoute.", "colleagues.title": "À nous", "note": "Le second"}
        assert browser.post(CORRECT, data=first).status_code == 303
        answer = browser.post(CORRECT, data=second)
        assert answer.status_code == 409
        assert "Somebody else has written meanwhile" in answer.text
        shown = [typed_at(answer.text, key) for key in (QUOTE, "bulletin.title", "colleagues.title", "note")]
        assert shown == ["{city} écoute.", "À vous", "À nous", "Le second"]
        assert answer.text.count("What somebody else wrote meanwhile") == 1
        assert browser.post(CORRECT, data=second | {"bulletin.title": "À vous", "read": "1"}).status_code == 303
    assert [note for *_rest, note in variants(database)] == ["Le premier", "Le second"]


@pytest.mark.usefixtures("world")
def test_what_is_no_toolkit_is_refused_in_words_and_the_note_stays(server: Server, database: Database) -> None:
    with server.signed_in(MANAGER) as browser:
        form = {"note": "A new frame", "place": "north"}
        picture = {"file": ("frame.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")}
        answers = [
            browser.post("/desk/toolkits", data=form, files=picture),
            browser.post(PAGE, data=form, files={"file": ("empty.zip", b"", "application/zip")}),
            browser.post(PAGE, data=form, files={"file": ("", b"", "application/zip")}),
        ]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert {typed_at(answer.text, "note") for answer in answers} == {"A new frame"}
    assert '<option value="north" selected>' in answers[0].text
    said = [said_at(answer.text, "file") for answer in answers]
    assert "" not in said
    assert variants(database) == []


@pytest.mark.usefixtures("world")
def test_a_toolkit_taken_as_a_zip_and_sent_again_is_nothing_new_until_something_is_changed(
    server: Server, database: Database
) -> None:
    with server.signed_in(MANAGER) as browser:
        taken = browser.get(f"{PAGE}/toolkit.zip")
        assert (taken.status_code, taken.headers["content-type"]) == (200, "application/zip")
        packed = {"file": ("our-city-our-voices.zip", taken.content, "application/zip")}
        same = browser.post(PAGE, data={"note": "The same"}, files=packed)
        assert same.status_code == 422
        assert said_at(same.text, "file") != ""
        answer = browser.post(
            PAGE, data={"note": "Ours"}, files={"file": ("ours.zip", greener(taken.content), "application/zip")}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?uploaded=yes")
        assert "Colours or artwork are different." in browser.get(PAGE).text
    assert variants(database) == [(None, 1, None, "Ours")]


def greener(packed: bytes) -> bytes:
    """The toolkit with one other colour."""
    target = BytesIO()
    with ZipFile(BytesIO(packed)) as source, ZipFile(target, "w") as changed:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("/toolkit.toml"):
                content = re.sub(rb'(?m)^line = "#[0-9a-f]{6}"', b'line = "#123123"', content)
            changed.writestr(name, content)
    return target.getvalue()


def test_a_coordinator_finds_the_own_chapters_and_toolkits_of_one_name_are_told_apart(server: Server, world: World) -> None:
    with server.signed_in(NORTH) as browser:
        assert "What is different for North" in browser.get(PAGE).text
        assert "What is different for North" not in browser.get(f"{PAGE}?for=").text
        assert "our-city-our-voices</bdi>" not in browser.get("/desk/toolkits").text
        with server.runtime.database.writing() as session:
            lay_own(session, server.runtime, Scope(world.network_id), copied("our-copy"), "our-copy")
        page = browser.get("/desk/toolkits").text
    assert [f"{slug}</bdi>" in page for slug in ("our-city-our-voices", "our-copy", "world-refugee-day")] == [True, True, False]


@pytest.mark.usefixtures("world")
def test_what_the_gate_found_is_shown_and_an_earlier_number_taken_back(server: Server, database: Database) -> None:
    finding: dict[str, object] = {
        "code": "toolkit.overflow",
        "toolkit": "our-city-our-voices",
        "file": "toolkit.toml",
        "template": "post",
    }
    finding |= {"format": "square", "language": "fr", "params": {"slot": "message", "found": 90}}
    with server.signed_in(MANAGER) as browser:
        form = filled(browser, CORRECT) | {QUOTE: "{city} s'écoute.", "note": "Plus court"}
        browser.post(CORRECT, data=form)
        assert browser.get(PAGE).headers["refresh"] == f"10; url={PAGE}"
        assert "refresh" not in browser.get(f"{PAGE}?wait=no").headers
        with database.writing() as session:
            session.execute(update(ToolkitCheck).values(state=CheckState.FAULTY, findings=[finding]))
        page = browser.get(PAGE).text
        assert "The gate found 1 thing in number 1" in page
        assert "The 90 characters of message do not fit" in page
        assert browser.post(f"{PAGE}/back", data={"number": "0"}).headers["location"] == f"{PAGE}?back=yes"
        page = browser.get(PAGE).text
        assert "Nothing: it is as it came with the service." in page
        assert "Take back to this one" not in page  # something was found in it
        assert browser.post(f"{PAGE}/back", data={"number": "1"}).status_code == 303
        assert browser.post(f"{PAGE}/back", data={"number": "9"}).status_code == 404
    assert [number for _chapter, number, _language, _note in variants(database)] == [1, 2, 3]


def test_a_toolkit_that_cannot_be_loaded_any_more_stands_with_the_reason_beside_the_others(server: Server, world: World) -> None:
    with server.runtime.database.writing() as session:
        lay_own(session, server.runtime, Scope(world.network_id), {"toolkit.toml": 'slug = "our-river"\n'}, "our-river")
    with server.signed_in(MANAGER) as browser:
        page = browser.get("/desk/toolkits")
    assert (page.status_code, '<p class="notice-title">our-river</p>' in page.text) == (200, True)
    assert [PAGE in page.text, 'action="/desk/toolkits"' in page.text] == [True, True]
