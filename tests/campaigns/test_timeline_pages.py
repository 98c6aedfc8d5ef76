"""The time-line at the desk, through the real server: seen by those whose cities they are, changed only after a preview."""

from datetime import date, time

import httpx
import pytest
from sqlalchemy import select

from app.accounts.queries import actor_of
from app.campaigns.plan import CORE, PlannedStep, StepName
from app.campaigns.queries import runs_of
from app.campaigns.service import begin_preparation, create_campaign, invite, join, run_due_steps
from app.enums import PauseReason, RoleName, StepClock, StepCondition, StepScope, StepState
from app.models import Campaign, CampaignCity, Network, Person
from tests import factories
from tests.campaigns.conftest import BASE_URL, NOON, TOOLKITS, World, draft
from tests.campaigns.test_pages import said
from tests.campaigns.test_steps import BETIO, TORINO, Broken, registry
from tests.conftest import Clock, Server

PAGE = "/desk/campaigns/world-refugee-day-2027/timeline"
FILM = f"{PAGE}/3"


@pytest.fixture
def campaign_id(server: Server, world: World) -> int:
    with server.runtime.database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino", "betio")
        return campaign.id


@pytest.fixture
def manager(server: Server, world: World, campaign_id: int) -> httpx.Client:  # noqa: ARG001 - it is there first
    return server.signed_in(world.manager.email)


@pytest.fixture
def officer(server: Server, world: World, campaign_id: int) -> httpx.Client:  # noqa: ARG001 - it is there first
    return server.signed_in(world.officers["torino"].email)


def states(server: Server, campaign_id: int, action: str) -> list[tuple[str, bool]]:
    with server.runtime.database.reading() as session:
        return [
            (each.run.state.value, each.run.held_at is not None)
            for each in runs_of(session, campaign_id)
            if each.step.action == action
        ]


def test_the_manager_sees_every_line_and_the_names_where_cities_differ(
    server: Server, manager: httpx.Client, campaign_id: int, clock: Clock
) -> None:
    clock.now = BETIO
    broken = registry(film=Broken("build_city_film"))
    for minutes in (0, 1, 6, 21, 81):
        run_due_steps(server.runtime, broken, now=BETIO.replace(minute=minutes % 60, hour=BETIO.hour + minutes // 60))
    assert states(server, campaign_id, "build_city_film")[0] == (StepState.FAILED.value, False)
    page = said(manager.get(PAGE))
    assert "The day begins in each city, by its own clock Sunday 20 June 2027, 00:00" in page.replace("Sunday, 20", "Sunday 20")
    assert "2027-06-19 10:00 – 2027-06-19 22:00 UTC" in page
    assert "To come Torino Given up ( RuntimeError ) Betio" in page
    assert f'href="{PAGE}"' in manager.get(PAGE.removesuffix("/timeline")).text


def test_one_city_is_shown_by_its_own_clock(manager: httpx.Client) -> None:
    page = said(manager.get(PAGE, params={"city": "betio"}))
    assert "Time-line: Betio" in page
    assert "2027, 00:00 Saturday, 19 June 2027, 10:00 UTC" in page


def test_an_act_is_shown_before_it_is_done(server: Server, manager: httpx.Client, campaign_id: int) -> None:
    line = manager.get(FILM)
    assert f'href="{FILM}/hold"' in line.text
    assert f'href="{FILM}/release"' not in line.text
    preview = manager.get(f"{FILM}/hold")
    assert "It changes in 2 places" in said(preview)
    assert states(server, campaign_id, "build_city_film") == [("planned", False)] * 4
    done = manager.post(f"{FILM}/hold")
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?done=hold&count=2")
    assert "Done in 2 places" in said(manager.get(done.headers["location"]))
    assert sum(held for _state, held in states(server, campaign_id, "build_city_film")) == 2
    assert f'href="{FILM}/release?city=torino"' in manager.get(f"{FILM}?city=torino").text


def test_a_step_moves_in_one_city_to_what_was_shown(server: Server, manager: httpx.Client, campaign_id: int) -> None:
    asked = {"city": "torino", "on": "2027-06-19", "at": "18:00"}
    preview = said(manager.get(f"{FILM}/move", params=asked))
    assert "Sunday, 20 June 2027, 00:00 Saturday, 19 June 2027, 18:00" in preview
    assert manager.post(f"{FILM}/move", data=asked).headers["location"] == f"{PAGE}?city=torino&done=move&count=1"
    page = said(manager.get(f"{PAGE}?city=torino"))
    assert "moved; the plan said Sunday, 20 June 2027, 00:00" in page
    assert len(states(server, campaign_id, "build_city_film")) == 4


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"on": "soon", "at": "18:00"}, "on"),
        ({"on": "2027-06-19", "at": "six"}, "at"),
        ({"on": "2099-01-01", "at": "09:00"}, "on"),
    ],
)
def test_a_moment_that_is_none_says_so_and_keeps_what_was_typed(manager: httpx.Client, asked: dict[str, str], field: str) -> None:
    page = manager.get(f"{FILM}/move", params=asked)
    assert page.status_code == 422
    assert f'href="#field-{field}"' in page.text
    assert f'value="{asked[field]}"' in page.text
    assert manager.post(f"{FILM}/move", data=asked).status_code == 422


def test_the_preview_says_where_nothing_changes_and_why(server: Server, manager: httpx.Client, clock: Clock) -> None:
    run_due_steps(server.runtime, registry(), now=BETIO)
    clock.now = BETIO
    page = said(manager.get(f"{FILM}/skip"))
    assert "It changes in 1 place" in page
    assert "It stays in 1 place" in page
    assert manager.post(f"{FILM}/skip", data={"city": "betio"}).status_code == 409


def test_another_day_is_shown_before_it_is_taken(server: Server, manager: httpx.Client, campaign_id: int) -> None:
    assert manager.get(f"{PAGE}/day").status_code == 200
    page = said(manager.get(f"{PAGE}/day", params={"day_on": "2027-06-27"}))
    assert "They move · 12" in page
    assert manager.post(f"{PAGE}/day", data={"day_on": "2027-06-27"}).headers["location"] == f"{PAGE}?done=day"
    with server.runtime.database.reading() as session:
        assert session.get_one(Campaign, campaign_id).day_on.isoformat() == "2027-06-27"
    for wrong in ("2027-06-27", "2027-05-01", "soon"):
        assert manager.get(f"{PAGE}/day", params={"day_on": wrong}).status_code == 422


def test_a_day_that_has_begun_stays(server: Server, manager: httpx.Client, clock: Clock) -> None:
    run_due_steps(server.runtime, registry(), now=BETIO)
    clock.now = BETIO
    assert manager.post(f"{PAGE}/day", data={"day_on": "2027-06-27"}).status_code == 409
    assert f'href="{PAGE}/day"' not in manager.get(PAGE).text


def test_an_officer_pauses_the_city_and_resumes_and_sees_nothing_of_others(
    server: Server, officer: httpx.Client, clock: Clock, campaign_id: int
) -> None:
    page = officer.get(PAGE)
    assert "A rest for Torino" in said(page)
    assert "Betio" not in page.text
    assert f'href="{FILM}' not in page.text
    assert "These steps wait until you resume" in said(officer.get(f"{PAGE}/pause?city=torino"))
    done = officer.post(f"{PAGE}/pause", data={"city": "torino", "reason": "attack", "note": "Wait for a call"})
    assert done.headers["location"] == f"{PAGE}?city=torino&done=paused"
    paused = said(officer.get(done.headers["location"]))
    assert "Torino rests" in paused
    assert "An attack" in paused
    assert "Wait for a call" in paused
    for path in ("/c/world-refugee-day-2027/torino", "/c/world-refugee-day-2027"):
        public = server.client().get(path).text
        assert "Wait for a call" not in public
        assert "rests" not in public
    clock.now = TORINO
    run_due_steps(server.runtime, registry(), now=TORINO)
    assert "1 step was missed" in said(officer.get(f"{PAGE}/pause?city=torino"))
    assert officer.post(f"{PAGE}/resume", data={"city": "torino"}).status_code == 422
    assert officer.post(f"{PAGE}/resume", data={"city": "torino", "missed": "leave_out"}).status_code == 303
    assert ("skipped", False) in states(server, campaign_id, "build_city_film")


def test_the_form_of_people_stays_open_while_a_city_rests(server: Server, officer: httpx.Client, campaign_id: int) -> None:
    with server.runtime.database.writing() as session:
        for place in session.scalars(select(CampaignCity).where(CampaignCity.campaign_id == campaign_id)):
            place.collection_opened_at = server.runtime.now()
    officer.post(f"{PAGE}/pause", data={"city": "torino", "reason": "mourning"})
    assert "<textarea" in server.client().get("/c/world-refugee-day-2027/torino/share").text


def test_a_pause_without_a_known_reason_says_so(server: Server, officer: httpx.Client) -> None:
    page = officer.post(f"{PAGE}/pause", data={"city": "torino", "reason": "rain", "note": "x" * 501})
    assert page.status_code == 422
    assert 'href="#field-reason"' in page.text
    with server.runtime.database.reading() as session:
        assert set(session.scalars(select(CampaignCity.pause_reason))) == {None}


def test_the_manager_sees_which_cities_rest_and_why(server: Server, manager: httpx.Client, campaign_id: int) -> None:
    with server.runtime.database.writing() as session:
        place = session.scalars(select(CampaignCity).where(CampaignCity.campaign_id == campaign_id)).first()
        assert place is not None
        place.paused_at, place.pause_reason = server.runtime.now(), PauseReason.ELECTIONS
    assert "1 city rests Torino" in said(manager.get(PAGE))
    assert "Elections" in said(manager.get(f"{PAGE}?city=torino"))


def test_officers_change_no_step_and_pause_no_other_city(server: Server, officer: httpx.Client) -> None:
    answers = [
        officer.get(FILM),
        officer.get(f"{FILM}/hold"),
        officer.post(f"{FILM}/hold"),
        officer.post(f"{FILM}/skip", data={"city": "torino"}),
        officer.get(f"{PAGE}/day"),
        officer.post(f"{PAGE}/day", data={"day_on": "2027-06-27"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 6
    others = [
        officer.get(PAGE, params={"city": "betio"}),
        officer.get(f"{PAGE}/pause?city=betio"),
        officer.post(f"{PAGE}/pause", data={"city": "betio", "reason": "other"}),
        officer.post(f"{PAGE}/resume", data={"city": "betio", "missed": "make_up"}),
    ]
    assert [answer.status_code for answer in others] == [404] * 4
    assert server.client().get(PAGE).status_code == 303


def test_a_coordinator_looks_and_does_not_pause(server: Server, world: World, campaign_id: int) -> None:  # noqa: ARG001
    with server.runtime.database.writing() as session:
        chapter = factories.chapter(session, world.network, "south", [world.cities["torino"]])
        email = factories.person(session, world.network, RoleName.COORDINATOR, chapter=chapter).email
    coordinator = server.signed_in(email)
    page = coordinator.get(PAGE)
    assert page.status_code == 200
    assert "/pause" not in page.text
    assert coordinator.post(f"{PAGE}/pause", data={"city": "torino", "reason": "other"}).status_code == 404


RICH = (
    PlannedStep(StepName.REMIND, StepScope.EACH_CITY, -10, condition=StepCondition.FEWER_THAN, condition_count=3),
    PlannedStep(StepName.BUILD_COLLAGE, StepScope.FIRST_CITY, 2, time(9, 30), clock=StepClock.NETWORK),
    PlannedStep(StepName.SPOTLIGHT, StepScope.EACH_CITY, 1, time(10), spread_days=20),
    PlannedStep(StepName.REPORT_DUE, StepScope.EACH_CHAPTER, 20, on_date=date(2027, 7, 9), local_time=time(8)),
)


@pytest.fixture
def rich(server: Server, world: World) -> str:
    """In preparation, with a chapter and lines of every sort."""
    with server.runtime.database.writing() as session:
        session.get_one(Network, world.network.id).time_zone = "Europe/Paris"
        south = factories.chapter(session, world.network, "south", [world.cities["torino"]])
        factories.chapter(session, world.network, "pacific", [world.cities["betio"]])
        factories.person(session, world.network, RoleName.COORDINATOR, chapter=south)
        campaign = create_campaign(
            session,
            day=world.day,
            draft=draft(),
            toolkits=TOOLKITS,
            actor=world.manager,
            now=NOON,
            slug="rich",
            lines=(*CORE, *RICH),
        )
        begin_preparation(session, campaign, actor=world.manager, now=NOON)
        cities = [world.cities["torino"], world.cities["betio"]]
        invite(session, campaign, cities=cities, actor=world.manager, now=NOON, base_url=BASE_URL)
        for city in cities:
            join(session, campaign, city, actor=world.officer(session, city.slug), now=NOON)
    return "/desk/campaigns/rich/timeline"


def test_lines_of_every_sort_say_for_whom_by_which_clock_and_under_what_condition(
    server: Server, world: World, rich: str
) -> None:
    page = said(server.signed_in(world.manager.email).get(rich))
    assert "The city is reminded in each city, by its own clock only where there are fewer than 3 contributions" in page
    assert "The collage is made once, by the network's clock (Europe/Paris) Tuesday, 22 June 2027, 09:30" in page
    assert "spotlight in each city, by its own clock one city after the other, until Saturday, 10 July 2027 Monday, 21" in page
    assert "once for each chapter, when the moment comes in the first of its cities Friday, 9 July 2027, 08:00" in page


def test_the_time_line_begins_with_what_comes_next_and_goes_by_the_parts_of_the_campaign(
    server: Server, world: World, rich: str
) -> None:
    page = said(server.signed_in(world.officers["torino"].email).get(rich))
    parts = [page.index(words) for words in ("What comes next", "Before the day · 2", "The day · 4", "After the day · 9")]
    assert parts == sorted(parts)
    assert page[parts[0] :].startswith("What comes next The city is reminded Thursday, 10 June 2027, 00:00")


def test_an_officer_sees_the_chapters_of_the_city_and_no_others(server: Server, world: World, rich: str) -> None:
    with server.runtime.database.writing() as session:
        for each in runs_of(session, session.scalars(select(Campaign.id).where(Campaign.slug == "rich")).one()):
            if each.step.action == StepName.REPORT_DUE and each.run.id % 2:
                each.run.held_at = NOON  # so that both stand with their names
    assert "South" in server.signed_in(world.manager.email).get(rich).text
    officer = server.signed_in(world.officers["torino"].email).get(rich).text
    assert "Pacific" not in officer
    assert "Betio" not in officer


def test_a_step_by_the_network_s_clock_is_moved_by_that_clock(server: Server, world: World, rich: str) -> None:
    manager = server.signed_in(world.manager.email)
    line = f"{rich}/{len(CORE) + 1}"
    page = manager.get(line).text
    assert "At, by the network&#39;s clock (Europe/Paris)" in page
    assert 'value="2027-06-22"' in page
    assert 'value="09:30"' in page
    preview = said(manager.get(f"{line}/move", params={"on": "2027-06-23", "at": "11:00"}))
    assert "Tuesday, 22 June 2027, 09:30 (Europe/Paris) Wednesday, 23 June 2027, 11:00 (Europe/Paris)" in preview
    assert manager.post(f"{line}/move", data={"on": "2027-06-23", "at": "11:00"}).status_code == 303
    assert "moved; the plan said Tuesday, 22 June 2027, 09:30" in said(manager.get(rich))


def test_a_coordinator_steers_the_campaign_of_the_chapter_and_no_other(server: Server, rich: str) -> None:
    coordinator = server.signed_in("coordinator@south.example")
    assert coordinator.get(f"{rich}/0").status_code == 403
    assert coordinator.get("/desk/campaigns/rich/rehearsal").status_code == 403
    with server.runtime.database.writing() as session:
        person = session.scalars(select(Person).where(Person.email == "coordinator@south.example")).one()
        actor = actor_of(session, person)
        assert actor is not None
        campaign = session.scalars(select(Campaign).where(Campaign.slug == "rich")).one()
        campaign.chapter_id = next(grant.chapter_id for grant in actor.grants)
    assert coordinator.get(f"{rich}/{len(CORE)}").status_code == 200
    assert coordinator.post(f"{rich}/{len(CORE)}/hold").status_code == 303
    assert coordinator.get("/desk/campaigns/rich/rehearsal").status_code == 200
