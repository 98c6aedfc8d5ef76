"""What lines can say about their moments, and what a campaign's doors do: collection, preparation, turns, chapters, the end."""

import importlib.resources
import zoneinfo
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app.campaigns.actions import ACTIONS
from app.campaigns.control import NewMoment, StepAct, change_steps, line_of
from app.campaigns.day_moves import move_day
from app.campaigns.plan import CORE, PlannedStep, StepName
from app.campaigns.queries import runs_of
from app.campaigns.replanning import follow_zone_data
from app.campaigns.rules import fair_order
from app.campaigns.service import begin_preparation, fix_brief, open_campaign, run_due_steps
from app.campaigns.steps import StepRegistry
from app.campaigns.timeline import add_city_runs, placed_runs, set_common_moments
from app.db.session import Database
from app.enums import CampaignStatus, Phase, StepClock, StepCondition, StepScope, StepState, SubmissionState
from app.errors import Refused
from app.models import AuditRow, Campaign, CampaignCity, Chapter, City, Network, StepRun, TimelineStep
from app.runtime import Runtime
from app.worker.registry import job_registry
from app.worker.runner import Worker
from tests import factories
from tests.campaigns.conftest import BASE_URL, NOON, ZONES, World
from tests.campaigns.test_steps import DAY, MINUTE, Noted, utc
from tests.conftest import Server

EACH, ONCE = StepScope.EACH_CITY, StepScope.FIRST_CITY
NINE = time(9, 0)


def line(action: StepName = StepName.REMIND, scope: StepScope = EACH, offset_days: int = 0, **more: Any) -> PlannedStep:
    return PlannedStep(action, scope, offset_days, NINE, **more)


def opened(
    database: Database, world: World, *lines: PlannedStep, cities: tuple[str, ...] = tuple(ZONES), now: datetime = NOON
) -> int:
    with database.writing() as session:
        campaign = world.opened(session, lines=lines, now=now)
        world.joined(session, campaign, *cities, now=now)
        return campaign.id


def due(database: Database, campaign_id: int) -> dict[str, datetime]:
    """The moment of each run of the only line, by city, chapter or "network"."""
    with database.reading() as session:
        found = placed_runs(session, campaign_id)
    return {each.city.slug if each.city else each.chapter.slug if each.chapter else "network": each.run.due_at for each in found}


def local(database: Database, campaign_id: int, slug: str) -> str:
    with database.reading() as session:
        where = (CampaignCity.campaign_id == campaign_id, City.slug == slug)
        place = session.scalars(select(CampaignCity).join(City, City.id == CampaignCity.city_id).where(*where)).one()
        return f"{place.collection_opened_at:%m-%d %H:%M}" if place.collection_opened_at else "-"


def reminders(runtime: Runtime, now: datetime) -> list[tuple[str, str | None, datetime]]:
    noted = Noted(StepName.REMIND.value)
    run_due_steps(runtime, StepRegistry([*(each for each in ACTIONS if each.name != noted.name), noted]), now=now)
    return noted.seen


def test_a_line_by_the_networks_clock_comes_at_one_instant_everywhere(database: Database, world: World) -> None:
    with database.writing() as session:
        session.execute(update(Network).values(time_zone="America/New_York"))
    campaign_id = opened(database, world, line(clock=StepClock.NETWORK))
    assert due(database, campaign_id) == dict.fromkeys(ZONES, utc("2027-06-20T13:00"))


def test_a_line_on_a_date_stays_when_the_day_moves_and_the_others_go_along(runtime: Runtime, world: World) -> None:
    on_date = line(on_date=date(2027, 6, 25))
    campaign_id = opened(runtime.database, world, on_date, line(StepName.SPOTLIGHT), cities=("torino",))
    with runtime.database.writing() as session:
        move_day(
            session, session.get_one(Campaign, campaign_id), date(2027, 7, 1), actor=world.manager, now=NOON, base_url=BASE_URL
        )
        moments = {each.step.action: each.run.due_at for each in runs_of(session, campaign_id)}
    assert moments == {"remind": utc("2027-06-25T07:00"), "spotlight": utc("2027-07-01T07:00")}


def test_a_chapters_step_is_done_once_when_its_moment_comes_in_the_first_of_its_cities(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        factories.chapter(session, world.network, "north", [world.cities["torino"], world.cities["pago-pago"]])
        factories.chapter(session, world.network, "empty", [])
    campaign_id = opened(runtime.database, world, line(scope=StepScope.EACH_CHAPTER))
    assert due(runtime.database, campaign_id) == {"north": utc("2027-06-20T07:00")}
    assert reminders(runtime, utc("2027-06-20T07:00")) == [("remind", None, utc("2027-06-20T07:00"))]
    assert reminders(runtime, utc("2027-06-21T07:00")) == []


def test_a_chapter_whose_first_city_joins_later_gets_its_step_then(database: Database, world: World) -> None:
    with database.writing() as session:
        factories.chapter(session, world.network, "south", [world.cities["betio"]])
    campaign_id = opened(database, world, line(scope=StepScope.EACH_CHAPTER), cities=("torino",))
    assert due(database, campaign_id) == {}
    with database.writing() as session:
        world.joined(session, session.get_one(Campaign, campaign_id), "betio")
    assert due(database, campaign_id) == {"south": utc("2027-06-19T19:00")}


def slugs(count: int) -> list[str]:
    return [f"city-{number}" for number in range(count)]


def many(database: Database, world: World, count: int) -> None:
    with database.writing() as session:
        for slug in slugs(count):
            city = factories.city(session, world.network, slug, time_zone="Europe/Rome")
            world.cities[slug], world.officers[slug] = city, factories.person(session, world.network, city=city)


def test_every_city_has_its_turn_once_in_a_fair_order_to_the_end(database: Database, world: World) -> None:
    many(database, world, 10)
    campaign_id = opened(database, world, line(StepName.SPOTLIGHT, offset_days=2, spread_days=5), cities=tuple(slugs(10)))
    found = due(database, campaign_id)
    first = utc("2027-06-22T07:00")
    assert sorted(found.values()) == sorted([first + days * DAY for days in range(5)] * 2)
    with database.reading() as session:
        slug = session.get_one(Campaign, campaign_id).slug
    assert sorted(found, key=lambda each: (found[each], fair_order(slug, found).index(each))) == fair_order(slug, found)


def test_the_order_of_turns_is_another_in_each_campaign() -> None:
    orders = {tuple(fair_order(f"campaign-{number}", slugs(6))) for number in range(20)}
    assert len(orders) > 15
    assert {order[0] for order in orders} == set(slugs(6))


def test_a_city_that_joins_before_the_turns_begin_takes_its_place_and_one_that_joins_later_comes_last(
    database: Database, world: World
) -> None:
    many(database, world, 4)
    spotlight = line(StepName.SPOTLIGHT, offset_days=2, spread_days=4)
    campaign_id = opened(database, world, spotlight, cities=("city-0", "city-1"))
    with database.writing() as session:
        world.joined(session, session.get_one(Campaign, campaign_id), "city-2")
    days = sorted((each - utc("2027-06-22T07:00")).days for each in due(database, campaign_id).values())
    assert days == [0, 1, 2]  # of three cities on four days
    before = due(database, campaign_id)
    with database.writing() as session:
        world.joined(session, session.get_one(Campaign, campaign_id), "city-3", now=utc("2027-06-23T12:00"))
    assert due(database, campaign_id) == {**before, "city-3": utc("2027-06-25T07:00")}


def test_turns_that_are_moved_as_a_whole_begin_on_the_new_date_and_keep_their_order(database: Database, world: World) -> None:
    many(database, world, 3)
    campaign_id = opened(database, world, line(StepName.SPOTLIGHT, offset_days=2, spread_days=3), cities=tuple(slugs(3)))
    before = due(database, campaign_id)
    with database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        to = NewMoment(date(2027, 6, 23), time(12, 0))
        change_steps(
            session, campaign, line_of(session, campaign, 0), StepAct.MOVE, city=None, to=to, actor=world.manager, now=NOON
        )
    assert due(database, campaign_id) == {slug: at + DAY + timedelta(hours=3) for slug, at in before.items()}


def test_a_condition_is_asked_when_the_moment_comes_of_each_city_alone(runtime: Runtime, world: World) -> None:
    condition: dict[str, Any] = {"condition": StepCondition.FEWER_THAN, "condition_count": 2}
    campaign_id = opened(runtime.database, world, line(**condition), cities=("torino", "betio"))
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        for state in (SubmissionState.APPROVED, SubmissionState.PENDING):
            factories.submission(session, campaign, world.cities["torino"], state=state)
        for state in (SubmissionState.APPROVED, SubmissionState.REJECTED, SubmissionState.WITHDRAWN):
            factories.submission(session, campaign, world.cities["betio"], state=state)
    assert [city for _action, city, _at in reminders(runtime, utc("2027-06-20T07:00"))] == ["betio"]
    with runtime.database.reading() as session:
        ended = {
            each.city.slug: (each.run.state, each.run.reason_code) for each in placed_runs(session, campaign_id) if each.city
        }
    assert ended == {"betio": (StepState.DONE, None), "torino": (StepState.SKIPPED, "condition_not_met")}


def test_the_collection_opens_and_closes_in_each_city_when_its_step_is_done(runtime: Runtime, world: World) -> None:
    early = utc("2027-05-01T00:00")
    campaign_id = opened(runtime.database, world, *CORE, cities=("torino", "betio"), now=early)
    with runtime.database.reading() as session:
        opens = [each for each in placed_runs(session, campaign_id) if each.step.action == StepName.OPEN_COLLECTION]
    moments = {each.city.slug: each.run.due_at for each in opens if each.city}
    assert moments == {"betio": utc("2027-05-22T10:00"), "torino": utc("2027-05-22T22:00")}
    run_due_steps(runtime, StepRegistry(ACTIONS), now=moments["betio"])
    assert [local(runtime.database, campaign_id, slug) for slug in ("betio", "torino")] == ["05-22 10:00", "-"]
    run_due_steps(runtime, StepRegistry(ACTIONS), now=utc("2027-07-11T22:00"))  # the end of the last day in Torino
    with runtime.database.reading() as session:
        closed = session.scalars(select(CampaignCity.collection_closed_at).order_by(CampaignCity.id)).all()
    assert closed == [utc("2027-07-11T22:00")] * 2


def test_a_collection_that_is_held_does_not_open(runtime: Runtime, world: World) -> None:
    early = utc("2027-05-01T00:00")
    campaign_id = opened(runtime.database, world, *CORE, cities=("torino",), now=early)
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        change_steps(session, campaign, line_of(session, campaign, 0), StepAct.HOLD, city=None, actor=world.manager, now=early)
        world.joined(session, campaign, "betio", now=early)
    run_due_steps(runtime, StepRegistry(ACTIONS), now=NOON)
    assert [local(runtime.database, campaign_id, slug) for slug in ("betio", "torino")] == ["-", "-"]


def test_a_city_that_joins_while_others_collect_collects_at_once(database: Database, world: World) -> None:
    campaign_id = opened(database, world, *CORE, cities=("torino",))
    assert local(database, campaign_id, "torino") == "06-01 12:00"


def test_the_campaign_closes_after_its_last_day_in_the_last_city_and_says_how_long_originals_are_kept(
    runtime: Runtime, world: World
) -> None:
    campaign_id = opened(runtime.database, world, *CORE)
    registry = StepRegistry([*ACTIONS, Noted("build_collage"), Noted("build_city_film")])
    over = utc("2027-07-12T11:00")  # midnight in Pago Pago
    run_due_steps(runtime, registry, now=over - MINUTE)
    assert status(runtime.database, campaign_id) is CampaignStatus.OPEN
    run_due_steps(runtime, registry, now=over)
    assert status(runtime.database, campaign_id) is CampaignStatus.CLOSED
    with runtime.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        assert campaign.originals_until_on == date(2028, 7, 11)  # 365 days later
        assert {each.run.state for each in runs_of(session, campaign_id)} == {StepState.DONE}


def status(database: Database, campaign_id: int) -> CampaignStatus:
    with database.reading() as session:
        return session.get_one(Campaign, campaign_id).status


def preparing(database: Database, world: World, *lines: PlannedStep) -> int:
    with database.writing() as session:
        campaign = world.planned(session, lines=lines)
        begin_preparation(session, campaign, actor=world.manager, now=NOON)
        world.joined(session, campaign, "torino")
        return campaign.id


FIXED = line(StepName.CLOSE_PREPARATION, ONCE, -10)


def test_while_the_brief_is_not_fixed_everything_else_waits_for_it(runtime: Runtime, world: World) -> None:
    campaign_id = preparing(runtime.database, world, line(offset_days=-12), FIXED)
    fixed_at = utc("2027-06-09T19:00")  # nine in Torino is 07:00; no city has joined further east
    assert reminders(runtime, utc("2027-06-09T00:00")) == []
    assert status(runtime.database, campaign_id) is CampaignStatus.PREPARING
    reminders(runtime, utc("2027-06-10T07:00"))
    assert status(runtime.database, campaign_id) is CampaignStatus.OPEN
    assert [city for _action, city, _at in reminders(runtime, fixed_at + 3 * DAY)] == ["torino"]


def test_a_brief_that_is_fixed_by_hand_leaves_its_step_out_with_the_reason(runtime: Runtime, world: World) -> None:
    campaign_id = preparing(runtime.database, world, FIXED)
    with runtime.database.writing() as session:
        fix_brief(session, session.get_one(Campaign, campaign_id), actor=world.manager, now=NOON)
        assert [(each.run.state, each.run.reason_code) for each in runs_of(session, campaign_id)] == [
            (StepState.SKIPPED, "brief_fixed")
        ]


def test_a_preparation_is_begun_once_and_a_campaign_that_runs_cannot_be_prepared(database: Database, world: World) -> None:
    campaign_id = preparing(database, world, FIXED)
    with database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        begin_preparation(session, campaign, actor=world.manager, now=NOON)
        assert len(session.scalars(select(StepRun)).all()) == 1
        open_campaign(session, campaign, actor=world.manager, now=NOON)
        with pytest.raises(Refused, match=r"campaign\.not_draft"):
            begin_preparation(session, campaign, actor=world.manager, now=NOON)


def test_another_place_takes_part_in_the_phases_and_the_collection_alone(database: Database, world: World) -> None:
    with database.writing() as session:
        elsewhere = factories.city(session, world.network, "elsewhere", time_zone="Pacific/Kiritimati")
        elsewhere.is_elsewhere = True
        campaign = world.opened(session, lines=[*CORE, line(), line(StepName.SPOTLIGHT, offset_days=2, spread_days=3)])
        world.joined(session, campaign, "torino")
        world.cities["elsewhere"] = elsewhere
        place = CampaignCity(campaign_id=campaign.id, city_id=elsewhere.id, invited_at=NOON, joined_at=NOON, phase=Phase.PRE_DAY)
        session.add(place)
        session.flush()
        add_city_runs(session, campaign, place, elsewhere, now=NOON)
        set_common_moments(session, campaign, now=NOON)
        actions = {each.step.action for each in placed_runs(session, campaign.id) if each.city and each.city.is_elsewhere}
        first = next(each.run.due_at for each in runs_of(session, campaign.id) if each.step.action == "campaign_starts")
    assert actions == {"open_collection", "close_collection", "start_of_day", "end_of_day", "build_city_film"}
    assert first == datetime(2027, 6, 19, 22, tzinfo=UTC)  # by the clocks of cities alone


def test_a_campaign_of_a_chapter_invites_nobody_else(database: Database, world: World) -> None:
    with database.writing() as session:
        chapter = factories.chapter(session, world.network, "north", [world.cities["torino"]])
        campaign = world.planned(session)
        campaign.chapter_id = session.get_one(Chapter, chapter.id).id
        open_campaign(session, campaign, actor=world.manager, now=NOON)
        starts = session.scalars(
            select(StepRun.due_at).join(TimelineStep, TimelineStep.id == StepRun.step_id).where(TimelineStep.position == 0)
        ).one()
        with pytest.raises(Refused, match=r"campaign\.not_invited"):
            world.joined(session, campaign, "torino", "betio")
        in_it = session.scalars(select(City.slug).join(CampaignCity, CampaignCity.city_id == City.id)).all()
    assert starts == utc("2027-06-19T22:00")  # until one joins, by the chapter's clocks
    assert in_it == ["torino"]


def test_a_preparation_that_begins_late_does_not_fix_the_brief_by_itself(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        campaign = world.planned(session, lines=[line(StepName.CLOSE_PREPARATION, ONCE, -35)])  # the day is in 19 days
        begin_preparation(session, campaign, actor=world.manager, now=NOON)
        campaign_id = campaign.id
    run_due_steps(runtime, StepRegistry(ACTIONS), now=NOON + MINUTE)
    assert status(runtime.database, campaign_id) is CampaignStatus.PREPARING
    with runtime.database.reading() as session:
        assert [each.run.reason_code for each in runs_of(session, campaign_id)] == ["begun_late"]


@pytest.mark.parametrize("action", [StepName.OPEN_COLLECTION, StepName.CLOSE_COLLECTION, StepName.CLOSE_CAMPAIGN])
def test_what_opens_or_closes_the_campaigns_doors_can_be_held_and_moved_but_not_left_out(
    database: Database, world: World, action: StepName
) -> None:
    scope, early = StepScope.LAST_CITY if action is StepName.CLOSE_CAMPAIGN else EACH, utc("2027-05-01T00:00")
    campaign_id = opened(database, world, line(action, scope), cities=("torino",), now=early)

    def change(act: StepAct, city: City | None) -> int:
        with database.writing() as session:
            campaign = session.get_one(Campaign, campaign_id)
            step = line_of(session, campaign, 0)
            return change_steps(session, campaign, step, act, city=city, actor=world.manager, now=early)

    for city in (None, world.cities["torino"]) if scope is EACH else (None,):
        with pytest.raises(Refused, match=r"step\.is_a_door"):
            change(StepAct.SKIP, city)
    assert change(StepAct.HOLD, None) == 1


def test_a_line_on_a_date_that_was_moved_keeps_its_new_date_for_a_city_that_joins_after_the_day_moved(
    database: Database, world: World
) -> None:
    campaign_id = opened(database, world, line(on_date=date(2027, 6, 10)), cities=("torino",))
    with database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        to = NewMoment(date(2027, 6, 12), NINE)
        step = line_of(session, campaign, 0)
        change_steps(session, campaign, step, StepAct.MOVE, city=None, to=to, actor=world.manager, now=NOON)
        move_day(session, campaign, date(2027, 7, 20), actor=world.manager, now=NOON, base_url=BASE_URL)
        world.joined(session, campaign, "betio")
    assert due(database, campaign_id) == {"torino": utc("2027-06-12T07:00"), "betio": utc("2027-06-11T19:00")}


@pytest.fixture
def rome_goes_by_londons_clock(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """New zone data, as a process finds them when it starts: calling it makes them hold."""
    folder = tmp_path / "zones"
    london = importlib.resources.files("tzdata.zoneinfo.Europe").joinpath("London").read_bytes()
    before = zoneinfo.TZPATH

    def hold(path: Sequence[str]) -> None:
        zoneinfo.reset_tzpath(path)
        ZoneInfo.clear_cache()

    (folder / "Europe").mkdir(parents=True)
    (folder / "Europe" / "Rome").write_bytes(london)
    yield lambda: hold([str(folder), *before])
    hold(before)


def test_new_zone_data_move_what_is_still_planned_and_nothing_else(
    runtime: Runtime, world: World, rome_goes_by_londons_clock: Callable[[], None]
) -> None:
    spotlight = line(StepName.SPOTLIGHT, offset_days=-25)
    campaign_id = opened(runtime.database, world, line(), line(offset_days=1), spotlight, cities=("torino", "betio"))
    with runtime.database.writing() as session:
        campaign, to = session.get_one(Campaign, campaign_id), NewMoment(date(2027, 6, 22), NINE)
        step = line_of(session, campaign, 1)
        change_steps(session, campaign, step, StepAct.MOVE, city=world.cities["torino"], to=to, actor=world.manager, now=NOON)
    run_due_steps(runtime, StepRegistry(ACTIONS), now=NOON)
    assert follow_zone_data(runtime) == 0
    before = moments(runtime.database, campaign_id)
    rome_goes_by_londons_clock()
    assert follow_zone_data(runtime) == 1
    assert moments(runtime.database, campaign_id) == {**before, (0, "torino"): utc("2027-06-20T08:00")}


def test_the_networks_clock_is_set_at_the_desk_and_what_goes_by_it_moves(server: Server, world: World) -> None:
    database = server.runtime.database
    campaign_id = opened(database, world, line(clock=StepClock.NETWORK), line(), cities=("torino", "betio"))
    before = moments(database, campaign_id)
    manager = server.signed_in(world.manager.email)
    wrong = manager.post("/desk/network/clock", data={"time_zone": "Etc/GMT+3"})
    assert (wrong.status_code, 'id="field-time_zone-wrong"' in wrong.text) == (422, True)
    assert moments(database, campaign_id) == before
    answers = [manager.post("/desk/network/clock", data={"time_zone": "America/Bogota"}) for _click in range(2)]
    assert [answer.headers["location"] for answer in answers] == ["/desk/network?clock=set#clock"] * 2
    assert 'value="America/Bogota" selected' in manager.get("/desk/network").text
    Worker(server.runtime, job_registry()).run_until_idle(20)
    nine_there = utc("2027-06-20T14:00")
    assert moments(database, campaign_id) == {**before, (0, "torino"): nine_there, (0, "betio"): nine_there}
    with database.reading() as session:
        acts = session.scalars(select(AuditRow.act).where(AuditRow.act.in_(("network.clock_set", "campaign.replanned"))))
        assert sorted(acts) == ["campaign.replanned", "network.clock_set"]
    officer = server.signed_in(world.officers["torino"].email)
    assert officer.post("/desk/network/clock", data={"time_zone": "Europe/Rome"}).status_code == 403


def moments(database: Database, campaign_id: int) -> dict[tuple[int, str], datetime]:
    with database.reading() as session:
        return {(each.step.position, each.city.slug): each.run.due_at for each in placed_runs(session, campaign_id) if each.city}
