"""Who is missing: rules of what is expected of a city, and the table at the desk for those who answer for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from app.campaigns.missing import (
    AskedFigures,
    Cell,
    CityFacts,
    Point,
    Standing,
    cells_of,
    columns,
    enough_count,
    missing_points,
    remindable,
)
from app.enums import CampaignStatus, FiguresMoment, RoleName, StepCondition, SubmissionState
from app.models import AudienceFigures, Campaign, CampaignCity
from tests import factories
from tests.campaigns.conftest import NOON, World
from tests.campaigns.test_pages import said
from tests.conftest import Clock, Server

DAY = timedelta(days=1)
PAGE = "/desk/campaigns/world-refugee-day-2027/missing"
ASKED = NOON - 7 * DAY
FACTS = CityFacts(
    invited_at=ASKED,
    joined_at=ASKED,
    paused_at=None,
    collection_opened_at=ASKED,
    collection_closed_at=None,
    day_begins_at=datetime(2027, 6, 19, 22, 0, tzinfo=UTC),
    day_ends_at=datetime(2027, 6, 20, 22, 0, tzinfo=UTC),
    officer_count=1,
    contribution_count=5,
)
OPEN, PREPARING, CLOSED = CampaignStatus.OPEN, CampaignStatus.PREPARING, CampaignStatus.CLOSED


def cell(point: Point, *, status: CampaignStatus = OPEN, now: datetime = NOON, enough: int = 3, **changed: Any) -> Cell:
    return cells_of(replace(FACTS, **changed), status, enough=enough, now=now)[point]


def standing(point: Point, *, status: CampaignStatus = OPEN, now: datetime = NOON, **changed: Any) -> Standing:
    return cell(point, status=status, now=now, **changed).standing


def test_a_city_that_does_all_that_was_asked_misses_nothing() -> None:
    cells = cells_of(FACTS, OPEN, enough=3, now=NOON)
    assert missing_points(cells) == ()
    assert columns([cells]) == [Point.DESK, Point.JOIN, Point.CONTRIBUTIONS, Point.DECISIONS]


def test_what_was_asked_lately_is_awaited_and_two_days_later_missing() -> None:
    for point, status in ((Point.JOIN, OPEN), (Point.BRIEF, PREPARING)):
        found = [
            standing(point, status=status, now=NOON + wait, joined_at=None, invited_at=NOON)
            for wait in (timedelta(0), 2 * DAY - timedelta(seconds=1), 2 * DAY)
        ]
        assert found == [Standing.DUE, Standing.DUE, Standing.MISSING], point


def test_in_the_last_days_before_the_day_nothing_is_waited_for() -> None:
    eve = FACTS.day_begins_at - DAY
    assert standing(Point.JOIN, now=eve, joined_at=None, invited_at=eve) is Standing.MISSING
    assert standing(Point.JOIN, now=FACTS.day_ends_at, joined_at=None) is Standing.OFF


def test_the_brief_is_asked_for_only_while_it_is_prepared() -> None:
    found = [standing(Point.BRIEF, status=status) for status in (PREPARING, OPEN, CLOSED)]
    assert found == [Standing.MISSING, Standing.OFF, Standing.OFF]
    assert standing(Point.BRIEF, status=PREPARING, has_read_brief=True) is Standing.DONE


def test_little_is_less_than_enough_while_people_can_send() -> None:
    expected = {0: Standing.MISSING, 2: Standing.MISSING, 3: Standing.DONE}
    assert {count: standing(Point.CONTRIBUTIONS, contribution_count=count) for count in expected} == expected
    few: dict[str, Any] = {"contribution_count": 1}
    assert cell(Point.CONTRIBUTIONS, **few).count == 1
    assert standing(Point.CONTRIBUTIONS, **few, collection_opened_at=NOON) is Standing.DUE
    assert standing(Point.CONTRIBUTIONS, **few, collection_opened_at=None) is Standing.OFF
    assert standing(Point.CONTRIBUTIONS, **few, collection_closed_at=NOON) is Standing.OFF
    assert standing(Point.CONTRIBUTIONS, **few, joined_at=None) is Standing.OFF


def test_enough_is_what_the_reminding_lines_say_and_else_three() -> None:
    fewer, at_least = StepCondition.FEWER_THAN, StepCondition.AT_LEAST
    assert enough_count([(None, None), (at_least, 9)]) == 3
    assert enough_count([(fewer, 1), (None, None), (fewer, 5)]) == 5


def test_a_queue_is_missing_decisions_after_two_days() -> None:
    waiting: dict[str, Any] = {"waiting_count": 2, "waiting_since": NOON - 2 * DAY}
    assert cell(Point.DECISIONS, **waiting) == Cell(Standing.MISSING, 2, NOON - 2 * DAY)
    assert standing(Point.DECISIONS, **waiting | {"waiting_since": NOON - DAY}) is Standing.DUE
    assert standing(Point.DECISIONS, contribution_count=0) is Standing.OFF


def test_figures_are_missing_once_they_were_asked_for() -> None:
    def asked(answered_at: datetime | None) -> dict[FiguresMoment, AskedFigures]:
        return {FiguresMoment.ON: AskedFigures(ASKED, answered_at)}

    assert standing(Point.FIGURES_ON) is Standing.OFF
    assert standing(Point.FIGURES_ON, figures=asked(None)) is Standing.MISSING
    assert standing(Point.FIGURES_BEFORE, figures=asked(None)) is Standing.OFF
    assert standing(Point.FIGURES_ON, figures=asked(NOON)) is Standing.DONE


def test_nothing_is_missing_from_a_city_that_rests() -> None:
    facts = replace(FACTS, paused_at=NOON, joined_at=None, officer_count=0, contribution_count=0)
    assert missing_points(cells_of(facts, OPEN, enough=3, now=NOON)) == ()


def test_nobody_at_the_desk_is_missing_and_no_mail_can_say_so() -> None:
    missing = missing_points(cells_of(replace(FACTS, officer_count=0, joined_at=None), OPEN, enough=3, now=NOON))
    assert missing == (Point.DESK, Point.JOIN)
    assert remindable(missing) == (Point.JOIN,)


@pytest.fixture
def campaign_id(server: Server, world: World, clock: Clock) -> int:
    """Torino has enough, Betio two contributions that wait, Pago Pago has not joined; eight days have passed."""
    with server.runtime.database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino", "betio")
        factories.taking_part(session, campaign, world.cities["pago-pago"], joined=False)
        places = {each.city_id: each for each in session.query(CampaignCity)}
        for slug, count, state in (("torino", 3, SubmissionState.APPROVED), ("betio", 2, SubmissionState.PENDING)):
            city = world.cities[slug]
            places[city.id].collection_opened_at = NOON
            for _each in range(count):
                factories.submission(session, campaign, city, state=state)
        clock.advance(8 * DAY)
        return campaign.id


@pytest.fixture
def manager(server: Server, world: World, campaign_id: int) -> httpx.Client:  # noqa: ARG001 - it is there first
    return server.signed_in(world.manager.email)


def order(page: httpx.Response) -> list[int]:
    return [page.text.index(f">{name}</span>") for name in ("Betio", "Pago Pago", "Torino")]


def test_the_manager_sees_each_city_and_what_it_misses(manager: httpx.Client) -> None:
    page = manager.get(PAGE)
    words = said(page)
    assert "2 of 3 cities miss something." in words
    assert "Betio Norway 1 person joined 2 2 wait, for 8 days not yet" in words
    assert "Pago Pago Norway 1 person not joined not asked nothing waits not yet" in words
    assert "Torino Norway 1 person joined 3 nothing waits not yet" in words
    assert "Figures" not in words
    assert order(page) == sorted(order(page))
    assert 'value="betio"' in page.text
    assert 'value="torino"' not in page.text
    assert "checked" not in page.text


def test_the_table_is_sorted_filtered_and_ticked_by_links(manager: httpx.Client) -> None:
    by_name = manager.get(f"{PAGE}?sort=name")
    assert order(by_name) == sorted(order(by_name))
    only = manager.get(f"{PAGE}?only=join&tick=all")
    assert "Pago Pago" in only.text
    assert "Betio" not in only.text
    assert only.text.count(" checked") == 1
    assert "2 of 3 cities miss something." in said(only)
    assert "No city here misses it" in said(manager.get(f"{PAGE}?only=figures_on"))
    assert manager.get(f"{PAGE}?only=nonsense&country=XX&chapter=none").status_code == 200


def test_figures_have_a_column_once_they_were_asked_for(server: Server, manager: httpx.Client, world: World) -> None:
    with server.runtime.database.writing() as session:
        place = session.query(CampaignCity).filter_by(city_id=world.cities["torino"].id).one()
        session.add(AudienceFigures(campaign_city_id=place.id, moment=FiguresMoment.BEFORE, asked_at=NOON))
    words = said(manager.get(PAGE))
    assert "3 of 3 cities miss something." in words
    assert "Figures before 1 misses it" in words
    assert "Torino Norway 1 person joined no answer 3" in words


def test_a_city_that_rests_cannot_be_ticked(server: Server, manager: httpx.Client, world: World) -> None:
    with server.runtime.database.writing() as session:
        session.query(CampaignCity).filter_by(city_id=world.cities["betio"].id).one().paused_at = NOON
    page = manager.get(PAGE)
    assert "Betio Norway · rests" in said(page)
    assert 'value="betio"' not in page.text


def test_a_coordinator_sees_the_cities_of_the_chapter_alone(server: Server, world: World, campaign_id: int) -> None:
    with server.runtime.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        chapter = factories.chapter(session, world.network, "islands", [world.cities["betio"]])
        other = factories.chapter(session, world.network, "hills", [factories.city(session, world.network, "oslo")])
        factories.person(session, world.network, RoleName.COORDINATOR, chapter=chapter)
        factories.person(session, world.network, RoleName.COORDINATOR, chapter=other)
        assert campaign.chapter_id is None
    page = server.signed_in("coordinator@islands.example").get(PAGE)
    assert "1 of 1 cities misses something." in said(page)
    assert "Betio" in page.text
    assert "Pago Pago" not in page.text
    assert "Torino" not in page.text
    assert server.signed_in("coordinator@hills.example").get(PAGE).status_code == 404


def test_the_first_page_of_the_desk_says_how_many_and_leads_there(manager: httpx.Client) -> None:
    page = manager.get("/desk")
    assert "2 cities miss something in “Our Home”." in said(page)
    assert f'href="{PAGE}"' in page.text


def test_officers_and_strangers_see_nothing(server: Server, world: World, campaign_id: int) -> None:  # noqa: ARG001
    officer = server.signed_in(world.officers["torino"].email)
    tried = [officer.get(PAGE), officer.get(f"{PAGE}/remind?cities=torino"), officer.post(f"{PAGE}/remind")]
    assert [answer.status_code for answer in tried] == [403] * 3
    assert server.client().get(PAGE).status_code == 303


def test_the_table_asks_the_database_as_often_for_many_cities_as_for_few(
    server: Server, manager: httpx.Client, world: World, campaign_id: int
) -> None:
    manager.get(PAGE)  # what a process reads once is read
    asked: list[str] = []
    event.listen(
        server.runtime.database.engine, "before_cursor_execute", lambda _c, _cur, statement, *_more: asked.append(statement)
    )
    manager.get(PAGE)
    few = len(asked)
    with server.runtime.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        for number in range(30):
            city = factories.city(session, world.network, f"place-{number}")
            factories.person(session, world.network, city=city)
            factories.taking_part(session, campaign, city)
    asked.clear()
    assert manager.get(PAGE).status_code == 200
    assert len(asked) == few
