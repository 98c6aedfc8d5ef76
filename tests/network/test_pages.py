"""The network at the desk, through the real server."""

import re
from html import unescape

import httpx
import pytest
from sqlalchemy import select

from app.enums import RoleName
from app.models import Chapter, City
from app.network.samples import SAMPLES
from app.network.table import TableKind
from tests import factories
from tests.conftest import Server

IMPORT = "/desk/network/import"


@pytest.fixture
def manager(server: Server) -> httpx.Client:
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network, "bergen")
        factories.person(session, network, RoleName.OFFICER, city=city)
        person = factories.person(session, network, RoleName.MANAGER)
    return server.signed_in(person.email)


def said(page: httpx.Response) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def slugs(server: Server, table: type[City] | type[Chapter]) -> list[str]:
    with server.runtime.database.reading() as session:
        return list(session.scalars(select(table.slug).order_by(table.slug)))


def test_a_table_can_be_uploaded(server: Server, manager: httpx.Client) -> None:
    sample = manager.get("/desk/network/sample/chapters.csv")
    assert sample.content == SAMPLES[TableKind.CHAPTERS].encode("utf-8-sig")
    answer = manager.post(IMPORT, files={"file": ("chapters.csv", sample.content, "text/csv")}, data={"table": ""})
    assert (answer.status_code, slugs(server, Chapter)) == (303, ["citta-del-dialogo"])
    page = said(manager.get(answer.headers["location"]))
    assert "The chapters are in New: 1. Changed: 0. As they were: 0." in page
    assert "Cities of Dialogue" in page


def test_a_table_can_be_pasted(server: Server, manager: httpx.Client) -> None:
    manager.post(IMPORT, files={"table": (None, SAMPLES[TableKind.CHAPTERS])})
    answer = manager.post(IMPORT, files={"table": (None, SAMPLES[TableKind.CITIES])})
    assert answer.headers["location"] == "/desk/network?imported=cities&created=2&updated=0&unchanged=0"
    assert slugs(server, City) == ["bergen", "montreal", "torino"]
    page = said(manager.get("/desk/network"))
    assert "3 cities, 3 countries, 1 chapter. 2 cities have nobody at the desk yet." in page
    assert "Turin Torino Italy Europe/Rome Italian Cities of Dialogue 0" in page


def test_bad_rows_are_named_and_the_table_stands_in_the_field_to_be_mended(server: Server, manager: httpx.Client) -> None:
    table = SAMPLES[TableKind.CITIES].replace("Europe/Rome", "Europe/Roma").replace(",citta-del-dialogo", ",")
    answer = manager.post(IMPORT, files={"file": ("cities.csv", table.encode(), "text/csv")})
    assert answer.status_code == 422
    assert 'href="#field-table"' in answer.text
    assert "Europe/Roma" in answer.text
    assert "montreal,fr=Montréal;en=Montreal" in answer.text
    assert slugs(server, City) == ["bergen"]
    mended = manager.post(IMPORT, files={"table": (None, table.replace("Europe/Roma", "Europe/Rome"))})
    assert (mended.status_code, slugs(server, City)) == (303, ["bergen", "montreal", "torino"])


def test_sending_nothing_says_so(manager: httpx.Client) -> None:
    answer = manager.post(IMPORT, files={"table": (None, "")})
    assert answer.status_code == 422
    assert 'href="#field-table"' in answer.text


def test_a_guessed_encoding_asks_for_a_look_at_the_names(manager: httpx.Client) -> None:
    table = "slug,names,source_language\nprovence,fr=Cités de Provence,fr\n".encode("cp1252")
    answer = manager.post(IMPORT, files={"file": ("chapters.csv", table, "text/csv")})
    assert "Look at the names once" in said(manager.get(answer.headers["location"]))
    assert "Cités de Provence" in manager.get("/desk/network").text


def test_only_managers_see_and_change_the_network(server: Server, manager: httpx.Client) -> None:
    officer = server.signed_in("officer@bergen.example")
    tried = [officer.get("/desk/network"), officer.get("/desk/network/sample/cities.csv")]
    tried.append(officer.post(IMPORT, files={"table": (None, SAMPLES[TableKind.CHAPTERS])}))
    assert [answer.status_code for answer in tried] == [403] * 3
    assert server.client().get("/desk/network").headers["location"] == "/desk/sign-in"
    assert slugs(server, Chapter) == []
    assert manager.get("/desk/network").status_code == 200


def test_programs_read_the_cities(server: Server, manager: httpx.Client) -> None:  # noqa: ARG001 - the network is written
    assert server.client().get("/api/v1/cities").json() == {
        "items": [
            {
                "slug": "bergen",
                "names": {"en": "Bergen"},
                "country": "NO",
                "time_zone": "Europe/Oslo",
                "languages": ["en"],
                "latitude": 60.39,
                "longitude": 5.32,
            }
        ],
        "next": None,
    }


def test_a_service_without_a_network_says_so(server: Server) -> None:
    assert server.client().get("/api/v1/cities").status_code == 404
