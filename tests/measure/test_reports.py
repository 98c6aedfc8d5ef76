"""Reports: what a city got, and what many came to; nobody reads another city's numbers."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.service import person_by_email
from app.enums import CampaignStatus, FiguresMoment, RoleName
from app.models import AudienceFigures, Campaign, CampaignCity, City, FiguresLink, Role
from app.runtime import Runtime
from tests import factories
from tests.conftest import Clock, Server
from tests.measure.conftest import (
    COORDINATOR_OF_NORTH,
    MANAGER,
    OFFICER_OF_BERGEN,
    OFFICER_OF_LYON,
    World,
    asked,
    begin_the_day,
    figures,
)

OVERVIEW, TABLE = "/desk/campaigns/our-home/report", "/desk/campaigns/our-home/report.csv"


@pytest.fixture
def measured(world: World, runtime: Runtime, clock: Clock) -> World:
    """Bergen gave its numbers before and after the day, Lyon those of the day; the day is over."""
    with runtime.database.writing() as session:
        begin_the_day(session, world)
        clock.now = clock.now.replace(day=13)
        figures(session, world.in_bergen, FiguresMoment.BEFORE, clock, (4000, 801, None))
        clock.now = clock.now.replace(day=21)
        asked(session, world.in_bergen, FiguresMoment.ON, clock)
        figures(session, world.in_lyon, FiguresMoment.ON, clock, (77001, 77002, 77003))
        clock.now = clock.now.replace(month=7, day=5)
        figures(session, world.in_bergen, FiguresMoment.AFTER, clock, (4321, 701, 33))
    return world


def rows_of(page: str, caption: str) -> list[list[str]]:
    """The cells of the table with this caption."""
    table = next(each for each in re.findall(r"<table.*?</table>", page, re.DOTALL) if caption in each)
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def table_of(client: httpx.Client) -> list[dict[str, str]]:
    """The lines of the table to take away."""
    answer = client.get(TABLE)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_city_reads_what_it_got(server: Server, measured: World) -> None:  # noqa: ARG001 - there must be something to read
    page = server.signed_in(OFFICER_OF_BERGEN).get("/desk/c/our-home/bergen/report").text

    assert "6 contributions were sent. 2 are approved. 2 are shown to everyone. 1 was taken back." in page
    assert rows_of(page, "By what it is") == [
        ["What", "Sent", "Approved", "Waiting", "Not shown", "Could not be prepared", "Taken back"],
        ["Words", "2", "1", "0", "0", "0", "1"],
        ["Photo", "3", "1", "1", "1", "0", "0"],
        ["Film", "1", "0", "0", "0", "1", "0"],
        ["Together", "6", "2", "1", "1", "1", "1"],
    ]
    assert re.findall(r"<li>(\w+(?: \w+)*: \d+)</li>", page) == ["Norwegian Bokmål: 2", "Arabic: 1"]
    assert rows_of(page, "As your city gave the numbers") == [
        ["What", "Before the day", "On the day", "Change since before", "After the day", "Change since before"],
        ["Followers of all accounts", "4,000", "no answer", "–", "4,321", "+321"],
        ["People reached by the posts", "801", "no answer", "–", "701", "−100"],
        ["Reactions to them", "not known", "no answer", "–", "33", "–"],
    ]
    assert "On the day: the city was asked for figures and has not answered." in page
    assert "1 still waits for a person." in page


def test_what_one_day_did_is_not_set_against_a_week(server: Server, world: World, runtime: Runtime, clock: Clock) -> None:
    with runtime.database.writing() as session:
        figures(session, world.in_bergen, FiguresMoment.BEFORE, clock, (100, 100, 100))
        figures(session, world.in_bergen, FiguresMoment.ON, clock, (90, 90, 90))

    page = server.signed_in(OFFICER_OF_BERGEN).get("/desk/c/our-home/bergen/report").text

    assert [row[3] for row in rows_of(page, "As your city gave the numbers")[1:]] == ["−10", "–", "–"]


def test_an_officer_of_another_city_finds_no_report_and_none_of_its_numbers(server: Server, measured: World) -> None:
    lyon = server.signed_in(OFFICER_OF_LYON)

    assert lyon.get("/desk/c/our-home/bergen/report").status_code == 404
    assert lyon.post("/desk/c/our-home/bergen/report/figures/before").status_code == 404
    assert [lyon.get(address).status_code for address in (OVERVIEW, TABLE)] == [403, 403]
    own = lyon.get("/desk/c/our-home/lyon/report").text
    assert [number in own for number in ("77,001", "4,000", "4,321", "801")] == [True, False, False, False]
    assert measured.bergen.slug not in own


def test_whoever_is_not_signed_in_reads_no_report(server: Server, measured: World) -> None:  # noqa: ARG001
    client = server.client()
    answers = [client.get(address) for address in ("/desk/c/our-home/bergen/report", OVERVIEW, TABLE)]
    assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [(303, "/desk/sign-in")] * 3


def test_the_manager_reads_all_cities_with_how_many_have_answered(server: Server, measured: World) -> None:  # noqa: ARG001
    page = server.signed_in(MANAGER).get(OVERVIEW).text

    assert "Figures of 2 of 2 cities." in page
    assert "2 cities took part. 8 contributions were sent. 3 are shown to everyone." in page
    assert rows_of(page, "City by city") == [
        [
            *("City", "Sent", "Approved", "Shown", "Taken back", "Answers", "Followers", "Change since before"),
            *("Reached on the day", "Reactions on the day"),
        ],
        ["Bergen", "6", "2", "2", "1", "2 of 3", "4,321", "+321", "–", "–"],
        ["Lyon", "2", "2", "1", "0", "1 of 1", "77,001", "–", "77,002", "77,003"],
        ["Together", "8", "4", "3", "1", ""],
    ]
    assert rows_of(page, "As the cities gave the numbers")[1:] == [
        [
            *("Followers of all accounts", "4,000 (1 city of 2)", "77,001 (1 city of 2)", "–"),
            *("4,321 (1 city of 2)", "+321 (1 city)"),
        ],
        ["People reached by the posts", "801 (1 city of 2)", "77,002 (1 city of 2)", "–", "701 (1 city of 2)", "−100 (1 city)"],
        ["Reactions to them", "not known", "77,003 (1 city of 2)", "–", "33 (1 city of 2)", "–"],
    ]


def test_a_coordinator_reads_the_cities_of_the_chapter_and_no_other(server: Server, measured: World) -> None:  # noqa: ARG001
    client = server.signed_in(COORDINATOR_OF_NORTH)
    page = client.get(OVERVIEW).text

    assert "Figures of 1 of 1 city." in page
    assert [row[0] for row in rows_of(page, "City by city")] == ["City", "Bergen", "Together"]
    assert [words in page for words in ("Lyon", "77,00")] == [False, False]
    assert [line["city"] for line in table_of(client)] == ["bergen"]
    assert client.get("/desk/c/our-home/lyon/report").status_code == 404


def test_a_coordinator_whose_cities_are_not_in_it_finds_no_report(server: Server, measured: World, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        west = factories.chapter(session, measured.network, "west", [factories.city(session, measured.network, "cork")])
        factories.person(session, measured.network, RoleName.COORDINATOR, chapter=west)

    assert server.signed_in("coordinator@west.example").get(OVERVIEW).status_code == 404


def test_an_officer_who_also_coordinates_elsewhere_oversees_only_the_chapter(
    server: Server, measured: World, runtime: Runtime
) -> None:
    with runtime.database.writing() as session:
        person = person_by_email(session, OFFICER_OF_LYON)
        assert person is not None
        role = Role(network_id=measured.network.id, person_id=person.id, name=RoleName.COORDINATOR, chapter_id=measured.north.id)
        session.add(role)

    client = server.signed_in(OFFICER_OF_LYON)
    assert [line["city"] for line in table_of(client)] == ["bergen"]


def test_the_table_has_every_count_and_figure_and_leaves_empty_what_is_not_known(
    server: Server, measured: World, runtime: Runtime
) -> None:
    with runtime.database.writing() as session:
        city = session.get_one(City, measured.lyon.id)
        city.names = type(city.names).one("fr", "=1+1")

    bergen, lyon = table_of(server.signed_in(MANAGER))

    picked = ("sent", "approved", "waiting", "not_shown", "not_prepared", "taken_back", "shown")
    assert [bergen[name] for name in picked] == ["6", "2", "1", "1", "1", "1", "2"]
    before = ("asked_before", "answered_before", "first_day_before", "last_day_before", "followers_before", "reactions_before")
    assert [bergen[name] for name in before] == ["2027-06-13", "2027-06-13", "2027-06-06", "2027-06-12", "4000", ""]
    assert [bergen[name] for name in ("asked_on", "answered_on", "followers_on")] == ["2027-06-21", "", ""]
    assert [lyon[name] for name in ("name", "followers_before", "followers_on")] == ["'=1+1", "", "77001"]


def test_another_place_stands_last_without_figures_and_is_no_city(server: Server, measured: World, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        place = factories.city(session, measured.network, "another-place", time_zone="UTC")
        place.is_elsewhere = True
        factories.taking_part(session, measured.campaign, place)
        factories.submission(session, measured.campaign, place)

    client = server.signed_in(MANAGER)
    page = client.get(OVERVIEW).text
    assert rows_of(page, "City by city")[-2:] == [
        ["Another Place", "1", "1", "1", "0", "–", "–", "–", "–", "–"],
        ["Together", "9", "5", "4", "1", ""],
    ]
    assert "Figures of 2 of 2 cities." in page
    own = client.get("/desk/c/our-home/another-place/report")
    assert (own.status_code, "Your audience" in own.text) == (200, False)


def test_from_the_report_numbers_can_be_given_by_a_link_of_its_own(server: Server, measured: World, runtime: Runtime) -> None:
    client = server.signed_in(OFFICER_OF_BERGEN)
    assert 'action="/desk/c/our-home/bergen/report/figures/on"' in client.get("/desk/c/our-home/bergen/report").text

    answer = client.post("/desk/c/our-home/bergen/report/figures/on")
    assert answer.status_code == 303
    client.post(answer.headers["location"], data={"followers": "4100"})

    with runtime.database.reading() as session:
        query = select(AudienceFigures).where(AudienceFigures.campaign_city_id == measured.in_bergen.id)
        given = {row.moment: row.followers for row in session.scalars(query)}
        links = session.scalar(select(func.count()).select_from(FiguresLink))
    assert (given[FiguresMoment.ON], links) == (4100, 1)


def test_what_was_never_asked_cannot_be_given(server: Server, world: World) -> None:  # noqa: ARG001
    client = server.signed_in(OFFICER_OF_BERGEN)
    assert client.post("/desk/c/our-home/bergen/report/figures/before").status_code == 404


def test_the_desk_leads_to_the_report_from_the_day_on(server: Server, world: World, runtime: Runtime) -> None:
    officer, manager = server.signed_in(OFFICER_OF_BERGEN), server.signed_in(MANAGER)

    def leads() -> list[bool]:
        pages = (officer.get("/desk/c/our-home/bergen").text, manager.get("/desk/campaigns/our-home").text)
        return ["/desk/c/our-home/bergen/report" in pages[0], OVERVIEW in pages[1]]

    assert leads() == [False, False]
    with runtime.database.writing() as session:
        begin_the_day(session, world)
    assert leads() == [True, True]


def test_a_report_can_be_read_before_the_day_and_says_so(server: Server, world: World) -> None:  # noqa: ARG001
    page = server.signed_in(OFFICER_OF_BERGEN).get("/desk/c/our-home/bergen/report").text
    assert "The day is still to come" in page


def test_a_city_that_has_not_joined_has_no_report(server: Server, world: World, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        session.get_one(CampaignCity, world.in_bergen.id).joined_at = None
    assert server.signed_in(OFFICER_OF_BERGEN).get("/desk/c/our-home/bergen/report").status_code == 404


def test_on_paper_the_report_shows_no_buttons() -> None:
    sheet = (Path(__file__).parents[2] / "app" / "web" / "static" / "report.css").read_text()
    assert re.search(r"@media print \{\s+\.report-screen \{ display: none; \}", sheet)


def test_a_closed_campaign_tells_its_manager_until_when_originals_are_kept(
    server: Server, world: World, runtime: Runtime
) -> None:
    manager = server.signed_in(MANAGER)
    assert "What phones sent is kept until" not in manager.get("/desk/campaigns/our-home").text
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, world.campaign.id)
        campaign.status, campaign.originals_until_on = CampaignStatus.CLOSED, date(2028, 7, 12)
    assert "What phones sent is kept until Wednesday, 12 July 2028" in manager.get("/desk/campaigns/our-home").text
