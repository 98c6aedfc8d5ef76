"""Days of one's own, at the desk through the real server: who adds, changes and removes which, and who cannot."""

from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select

from app.enums import RoleName
from app.models import AuditRow, CalendarEvent, ChapterCity
from app.words import Words
from tests import factories
from tests.campaigns.conftest import World
from tests.conftest import Clock, Server

LIST = "/desk/calendar"
FEAST = {"place": "city:torino", "name-en": "Feast of the river", "starts_on": "2027-06-24", "ends_on": ""}


def events(server: Server) -> list[CalendarEvent]:
    with server.runtime.database.reading() as session:
        return list(session.scalars(select(CalendarEvent).order_by(CalendarEvent.id)))


@pytest.fixture
def officer(server: Server, world: World) -> httpx.Client:
    return server.signed_in(world.officers["torino"].email)


@pytest.fixture
def coordinator(server: Server, world: World) -> httpx.Client:
    """Of a chapter in which Torino is."""
    with server.runtime.database.writing() as session:
        chapter = factories.chapter(session, world.network, "north", [world.cities["torino"]])
        person = factories.person(session, world.network, RoleName.COORDINATOR, chapter=chapter)
    return server.signed_in(person.email)


def test_an_officer_adds_changes_and_removes_a_day_of_the_city(
    server: Server, world: World, officer: httpx.Client, clock: Clock
) -> None:
    assert officer.post(f"{LIST}/new", data=FEAST).headers["location"] == f"{LIST}?told=added"
    added = events(server)[0]
    assert (added.city_id, added.chapter_id, added.names) == (
        world.cities["torino"].id,
        None,
        Words("en", {"en": "Feast of the river"}),
    )
    assert (added.starts_on, added.ends_on, added.sequence, added.changed_at) == (
        date(2027, 6, 24),
        date(2027, 6, 24),
        0,
        clock.now,
    )
    page = officer.get(f"{LIST}?told=added")
    assert "It is in the calendar" in page.text
    assert "Feast of the river" in page.text

    clock.advance(timedelta(hours=1))
    typed = FEAST | {"name-fr": "Fête du fleuve", "ends_on": "2027-06-26"}
    assert 'value="Feast of the river"' in officer.get(f"{LIST}/{added.uid}").text
    for _ in range(2):  # the same again changes nothing
        assert officer.post(f"{LIST}/{added.uid}", data=typed).status_code == 303
    changed = events(server)[0]
    assert (changed.uid, changed.sequence, changed.changed_at) == (added.uid, 1, clock.now)
    assert (changed.ends_on, changed.names.texts["fr"]) == (date(2027, 6, 26), "Fête du fleuve")

    assert officer.post(f"{LIST}/{added.uid}/remove").status_code == 303
    removed = events(server)[0]
    assert (removed.cancelled_at, removed.sequence) == (clock.now, 2)
    assert "Feast of the river" not in officer.get(LIST).text
    assert [officer.post(f"{LIST}/{added.uid}{act}", data=typed).status_code for act in ("", "/remove")] == [404, 404]
    with server.runtime.database.reading() as session:
        acts = session.scalars(select(AuditRow.act).where(AuditRow.subject_kind == "calendar_event").order_by(AuditRow.id)).all()
    assert acts == ["calendar.added", "calendar.changed", "calendar.removed"]


def test_what_is_wrong_is_said_at_once_and_nothing_typed_is_lost(server: Server, officer: httpx.Client) -> None:
    page = officer.post(f"{LIST}/new", data=FEAST | {"name-en": " ", "name-fr": "x" * 121, "ends_on": "2027-06-01"})
    assert page.status_code == 422
    assert 'href="#field-name-fr"' in page.text
    assert 'href="#field-ends_on"' in page.text
    assert 'value="2027-06-24"' in page.text
    assert officer.post(f"{LIST}/new", data=FEAST | {"name-en": ""}).status_code == 422
    assert officer.post(f"{LIST}/new", data=FEAST | {"starts_on": "soon"}).status_code == 422
    assert officer.post(f"{LIST}/new", data=FEAST | {"ends_on": "2029-06-24"}).status_code == 422
    assert events(server) == []


def test_a_day_can_say_where_to_read_more_and_no_longer(server: Server, officer: httpx.Client) -> None:
    link = "https://torino.example/feast?year=2027&lang=it"
    assert officer.post(f"{LIST}/new", data=FEAST | {"link": f" {link} "}).status_code == 303
    added = events(server)[0]
    assert added.link == link
    address = f"{LIST}/{added.uid}"
    assert 'value="https://torino.example/feast?year=2027&amp;lang=it"' in officer.get(address).text
    assert officer.post(address, data=FEAST | {"link": link}).status_code == 303
    assert (events(server)[0].link, events(server)[0].sequence) == (link, 0)
    assert officer.post(address, data=FEAST | {"link": ""}).status_code == 303
    assert (events(server)[0].link, events(server)[0].sequence) == (None, 1)


@pytest.mark.parametrize(
    "link",
    [
        "torino.example/feast",
        "javascript:alert(1)",
        "ftp://torino.example/feast",
        "https://",
        "https://[torino",
        "https://torino.example/a feast",
        "https://torino.example/\u0007",
        "https://torino.example/" + "x" * 500,
    ],
)
def test_what_is_no_web_address_is_not_taken_and_stays_in_the_form(server: Server, officer: httpx.Client, link: str) -> None:
    page = officer.post(f"{LIST}/new", data=FEAST | {"link": link})
    assert page.status_code == 422
    assert 'href="#field-link"' in page.text
    assert 'value="Feast of the river"' in page.text
    assert events(server) == []


def test_each_keeps_the_days_of_their_own_place_and_no_other(
    server: Server, world: World, officer: httpx.Client, coordinator: httpx.Client
) -> None:
    manager = server.signed_in(world.manager.email)
    stranger = server.signed_in(world.officers["betio"].email)
    places = ["network", "chapter:north", "city:torino", "city:betio", "city:nowhere"]
    statuses = [
        [client.post(f"{LIST}/new", data=FEAST | {"place": place, "name-en": place}).status_code for place in places]
        for client in (manager, coordinator, officer)
    ]
    assert statuses == [[303, 303, 303, 303, 404], [404, 303, 303, 404, 404], [404, 404, 303, 404, 404]]
    by_place = {event.names.texts["en"]: event.uid for event in events(server)}
    reached = {
        name: [place for place, uid in by_place.items() if client.get(f"{LIST}/{uid}").status_code == 200]
        for name, client in (("manager", manager), ("coordinator", coordinator), ("officer", officer), ("stranger", stranger))
    }
    assert reached == {
        "manager": ["network", "chapter:north", "city:torino", "city:betio"],
        "coordinator": ["chapter:north", "city:torino"],
        "officer": ["city:torino"],
        "stranger": ["city:betio"],
    }
    assert stranger.post(f"{LIST}/{by_place['city:torino']}/remove").status_code == 404
    assert server.client().get(LIST).status_code == 303


def test_a_city_that_left_a_chapter_is_no_longer_kept_by_its_coordinator(
    server: Server, world: World, officer: httpx.Client, coordinator: httpx.Client
) -> None:
    officer.post(f"{LIST}/new", data=FEAST)
    assert "Feast of the river" in coordinator.get(LIST).text
    with server.runtime.database.writing() as session:
        session.delete(session.scalars(select(ChapterCity).where(ChapterCity.city_id == world.cities["torino"].id)).one())
    assert "Feast of the river" not in coordinator.get(LIST).text


@pytest.mark.parametrize("path", [LIST, f"{LIST}/new"])
def test_the_pages_speak_french_too(officer: httpx.Client, path: str) -> None:
    page = officer.get(path, headers={"accept-language": "fr"})
    assert page.status_code == 200
    assert '<html lang="fr"' in page.text
