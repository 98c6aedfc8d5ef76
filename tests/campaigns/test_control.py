"""What people change in a time-line under way: only what is not done yet, each act on record."""

import contextlib
import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.control import Missed, NewMoment, StepAct, change_steps, line_of, pause_city, planned_changes, resume_city
from app.campaigns.day_moves import move_day, planned_day_move
from app.campaigns.queries import cities_in
from app.campaigns.service import run_due_steps
from app.campaigns.timeline import PlacedRun, move_city_runs, placed_runs, set_common_moments
from app.db.session import Database
from app.enums import PauseReason, Phase, StepState
from app.errors import Refused
from app.models import AuditRow, Campaign, CampaignCity, City, StepRun, TimelineStep
from app.runtime import Runtime
from tests.campaigns.conftest import BASE_URL, NOON, World
from tests.campaigns.test_steps import BETIO, PAGO_PAGO, TORINO, Broken, Noted, phases, registry

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
START_OF_DAY, COLLAGE, FILM, END_OF_DAY, LAST_FILM = 1, 2, 3, 4, 5  # positions of the time-line
ON_THE_EVE = NewMoment(date(2027, 6, 19), time(18, 0))


@pytest.fixture
def campaign_id(database: Database, world: World) -> int:
    """An open campaign with three cities."""
    with database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "betio", "torino", "pago-pago")
        return campaign.id


class Desk:
    """Acts of a manager on one campaign."""

    def __init__(self, database: Database, world: World, campaign_id: int) -> None:
        self.database, self.world, self.campaign_id = database, world, campaign_id

    def do(self, position: int, act: StepAct, slug: str | None = None, to: NewMoment | None = None, now: datetime = NOON) -> int:
        with self.database.writing() as session:
            campaign = session.get_one(Campaign, self.campaign_id)
            city = self.world.cities[slug] if slug else None
            step = line_of(session, campaign, position)
            return change_steps(session, campaign, step, act, city=city, to=to, actor=self.world.manager, now=now)

    def refused(
        self, position: int, act: StepAct, slug: str | None = None, to: NewMoment | None = None, now: datetime = NOON
    ) -> str:
        with pytest.raises(Refused) as caught:
            self.do(position, act, slug, to, now)
        return caught.value.code

    def pause(self, slug: str, now: datetime = NOON) -> None:
        with self.database.writing() as session:
            campaign, place = self.place(session, slug)
            officer = self.world.officer(session, slug)
            pause_city(session, campaign, place, reason=PauseReason.MOURNING, note="", actor=officer, now=now)

    def resume(self, slug: str, missed: Missed, now: datetime) -> int:
        with self.database.writing() as session:
            campaign, place = self.place(session, slug)
            return resume_city(session, campaign, place, missed=missed, actor=self.world.officer(session, slug), now=now)

    def place(self, session: Session, slug: str) -> tuple[Campaign, CampaignCity]:
        campaign = session.get_one(Campaign, self.campaign_id)
        return campaign, next(place for place, city in cities_in(session, campaign.id) if city.slug == slug)

    def runs(self, position: int) -> dict[str, StepRun]:
        with self.database.reading() as session:
            found = placed_runs(session, self.campaign_id, TimelineStep.position == position)
            return {each.city.slug if each.city else "network": each.run for each in found}

    def acts(self, act: str) -> list[AuditRow]:
        with self.database.reading() as session:
            return list(session.scalars(select(AuditRow).where(AuditRow.act == act).order_by(AuditRow.id)))


@pytest.fixture
def desk(database: Database, world: World, campaign_id: int) -> Desk:
    return Desk(database, world, campaign_id)


def test_a_step_held_in_one_city_waits_there_alone_until_it_is_released(runtime: Runtime, desk: Desk) -> None:
    film = Noted("build_city_film")
    assert desk.do(FILM, StepAct.HOLD, "torino") == 1
    run_due_steps(runtime, registry(film=film), now=PAGO_PAGO)
    assert [city for _action, city, _at in film.seen] == ["betio", "betio", "pago-pago"]
    assert desk.do(FILM, StepAct.RELEASE, "torino", now=PAGO_PAGO) == 1
    run_due_steps(runtime, registry(film=film), now=PAGO_PAGO)
    assert [(city, at) for _action, city, at in film.seen[3:]] == [("torino", TORINO)]


def test_a_line_held_in_all_cities_holds_for_one_that_joins_later(database: Database, world: World) -> None:
    with database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino")
    desk = Desk(database, world, campaign.id)
    desk.do(FILM, StepAct.HOLD)
    desk.do(LAST_FILM, StepAct.MOVE, to=ON_THE_EVE)
    with database.writing() as session:
        world.joined(session, session.get_one(Campaign, campaign.id), "betio")
    assert {slug: run.held_at for slug, run in desk.runs(FILM).items()} == {"torino": NOON, "betio": NOON}
    assert desk.runs(LAST_FILM)["betio"].due_at == datetime(2027, 6, 19, 4, 0, tzinfo=UTC)
    assert desk.runs(LAST_FILM)["betio"].moved_from_at == BETIO + DAY
    desk.do(FILM, StepAct.SKIP)
    with database.writing() as session:
        world.joined(session, session.get_one(Campaign, campaign.id), "pago-pago")
    assert {run.reason_code for run in desk.runs(FILM).values()} == {"left_out"}


def test_a_skipped_step_is_not_done_and_says_why(runtime: Runtime, desk: Desk) -> None:
    film = Noted("build_city_film")
    assert desk.do(FILM, StepAct.SKIP) == 3
    run_due_steps(runtime, registry(film=film), now=PAGO_PAGO)
    assert [(city, at) for _action, city, at in film.seen] == [("betio", BETIO + DAY)]
    assert {(run.state, run.reason_code) for run in desk.runs(FILM).values()} == {(StepState.SKIPPED, "left_out")}


def test_a_line_moves_to_a_date_and_hour_of_each_citys_own_clock(desk: Desk) -> None:
    assert desk.do(FILM, StepAct.MOVE, to=ON_THE_EVE) == 3
    assert {slug: (run.due_at, run.moved_from_at) for slug, run in desk.runs(FILM).items()} == {
        "betio": (datetime(2027, 6, 19, 4, 0, tzinfo=UTC), BETIO),
        "torino": (datetime(2027, 6, 19, 16, 0, tzinfo=UTC), TORINO),
        "pago-pago": (datetime(2027, 6, 20, 5, 0, tzinfo=UTC), PAGO_PAGO),
    }


def test_a_step_moved_twice_remembers_what_the_plan_said(desk: Desk) -> None:
    desk.do(COLLAGE, StepAct.MOVE, to=ON_THE_EVE)
    desk.do(COLLAGE, StepAct.MOVE, to=NewMoment(date(2027, 6, 22), time(9, 0)))
    run = desk.runs(COLLAGE)["network"]
    assert (run.due_at, run.moved_from_at) == (datetime(2027, 6, 21, 19, 0, tzinfo=UTC), BETIO)  # nine in Betio, the first


def test_what_was_moved_stays_when_zones_are_corrected(database: Database, world: World, desk: Desk) -> None:
    desk.do(FILM, StepAct.MOVE, "torino", ON_THE_EVE)
    desk.do(COLLAGE, StepAct.MOVE, to=ON_THE_EVE)
    moved = {position: desk.runs(position) for position in (FILM, COLLAGE)}
    with database.writing() as session:
        city = session.get_one(City, world.cities["torino"].id)
        city.time_zone = "Europe/Lisbon"
        campaign, place = desk.place(session, "torino")
        move_city_runs(session, campaign, place, city)
        set_common_moments(session, campaign, now=NOON)
    film = desk.runs(FILM)["torino"]
    assert (film.due_at, film.moved_from_at) == (moved[FILM]["torino"].due_at, TORINO + HOUR)
    assert desk.runs(COLLAGE)["network"].due_at == moved[COLLAGE]["network"].due_at
    assert desk.runs(LAST_FILM)["torino"].due_at == TORINO + DAY + HOUR


def test_now_means_the_next_tick_once_and_whatever_its_moment_was(runtime: Runtime, desk: Desk) -> None:
    film = Noted("build_city_film", expires_after=HOUR)
    desk.do(FILM, StepAct.HOLD, "betio")
    assert desk.do(FILM, StepAct.RUN_NOW, "betio", now=BETIO + DAY - HOUR) == 1
    for _ in range(2):
        run_due_steps(runtime, registry(film=film), now=BETIO + DAY - HOUR)
    assert film.seen == [("build_city_film", "betio", BETIO + DAY - HOUR)]
    assert desk.runs(FILM)["betio"].moved_from_at == BETIO


def test_a_step_that_was_given_up_can_be_begun_again(runtime: Runtime, desk: Desk) -> None:
    broken = registry(film=Broken("build_city_film"))
    for minutes in (0, 1, 6, 21, 81):
        run_due_steps(runtime, broken, now=BETIO + minutes * MINUTE)
    assert desk.runs(FILM)["betio"].state is StepState.FAILED
    assert desk.refused(FILM, StepAct.SKIP, "betio") == "step.not_planned"
    now = BETIO + 3 * HOUR
    desk.do(FILM, StepAct.RUN_NOW, "betio", now=now)
    film = Noted("build_city_film")
    run_due_steps(runtime, registry(film=film), now=now)
    assert [city for _action, city, _at in film.seen] == ["betio"]
    assert desk.runs(FILM)["betio"].state is StepState.DONE


def test_what_is_done_cannot_be_held_skipped_moved_or_done_again(runtime: Runtime, desk: Desk) -> None:
    run_due_steps(runtime, registry(), now=BETIO)
    done = desk.runs(FILM)["betio"]
    for act in StepAct:
        assert desk.refused(FILM, act, "betio", ON_THE_EVE, now=BETIO) == "step.not_planned"
    assert (desk.runs(FILM)["betio"].state, desk.runs(FILM)["betio"].done_at) == (done.state, done.done_at)


def test_a_line_changes_where_it_can_and_the_preview_says_where_it_cannot(
    runtime: Runtime, database: Database, desk: Desk
) -> None:
    run_due_steps(runtime, registry(), now=BETIO)
    with database.reading() as session:
        campaign = session.get_one(Campaign, desk.campaign_id)
        step = line_of(session, campaign, FILM)
        preview = planned_changes(session, campaign, step, StepAct.HOLD, city=None, now=BETIO)
        assert [(each.placed.city and each.placed.city.slug, each.refused and each.refused.code) for each in preview] == [
            ("betio", "step.not_planned"),
            ("torino", None),
            ("pago-pago", None),
        ]
    assert desk.do(FILM, StepAct.HOLD, now=BETIO) == 2


@pytest.mark.parametrize("act", [StepAct.SKIP, StepAct.MOVE, StepAct.RUN_NOW])
def test_a_phase_follows_the_clock_and_can_only_wait(desk: Desk, act: StepAct) -> None:
    assert desk.refused(START_OF_DAY, act, to=NewMoment(date(2027, 6, 25), time(9, 0))) == "step.follows_the_clock"


def test_a_phase_that_was_held_comes_when_it_is_released(runtime: Runtime, database: Database, desk: Desk) -> None:
    desk.do(START_OF_DAY, StepAct.HOLD, "torino")
    run_due_steps(runtime, registry(), now=TORINO)
    assert phases(database)["torino"] is Phase.PRE_DAY
    desk.do(START_OF_DAY, StepAct.RELEASE, "torino", now=TORINO + HOUR)
    run_due_steps(runtime, registry(), now=TORINO + HOUR)
    assert phases(database)["torino"] is Phase.DAY


def test_acts_that_change_nothing_are_refused_by_their_code(desk: Desk) -> None:
    desk.do(FILM, StepAct.HOLD, "torino")
    assert [
        desk.refused(FILM, StepAct.HOLD, "torino"),
        desk.refused(FILM, StepAct.RELEASE, "betio"),
        desk.refused(FILM, StepAct.MOVE, to=NewMoment(date(2027, 5, 1), time(9, 0))),
        desk.refused(COLLAGE, StepAct.HOLD, "torino"),
        desk.refused(99, StepAct.HOLD),
    ] == ["step.is_held", "step.not_held", "step.moment_past", "step.nothing_to_change", "step.unknown"]


def test_only_who_runs_campaigns_changes_steps(database: Database, world: World, desk: Desk) -> None:
    with database.writing() as session:
        campaign = session.get_one(Campaign, desk.campaign_id)
        step, officer = line_of(session, campaign, FILM), world.officer(session, "torino")
        city = world.cities["torino"]
        with pytest.raises(Refused, match="forbidden"):
            change_steps(session, campaign, step, StepAct.SKIP, city=city, actor=officer, now=NOON)
        with pytest.raises(Refused, match="forbidden"):
            move_day(session, campaign, date(2027, 6, 27), actor=officer, now=NOON, base_url=BASE_URL)


def test_every_act_says_who_what_from_and_to(world: World, desk: Desk) -> None:
    desk.do(FILM, StepAct.MOVE, "torino", ON_THE_EVE)
    (row,) = desk.acts("step.move")
    assert (row.actor_id, row.subject_id) == (world.manager.person_id, desk.runs(FILM)["torino"].id)
    assert row.codes == {
        "step": "build_city_film",
        "campaign": desk.campaign_id,
        "city": world.cities["torino"].id,
        "from_at": "2027-06-19T22:00:00Z",
        "to_at": "2027-06-19T16:00:00Z",
    }


def moved(desk: Desk, day_on: date, now: datetime = NOON) -> None:
    with desk.database.writing() as session:
        campaign = session.get_one(Campaign, desk.campaign_id)
        move_day(session, campaign, day_on, actor=desk.world.manager, now=now, base_url=BASE_URL)


def test_the_day_moves_with_everything_that_hangs_on_it(database: Database, desk: Desk) -> None:
    desk.do(FILM, StepAct.MOVE, "torino", ON_THE_EVE)
    desk.do(LAST_FILM, StepAct.SKIP, "betio")
    moved(desk, date(2027, 6, 27))
    week = timedelta(days=7)
    assert {slug: run.due_at for slug, run in desk.runs(START_OF_DAY).items()} == {
        "betio": BETIO + week,
        "torino": TORINO + week,
        "pago-pago": PAGO_PAGO + week,
    }
    film = desk.runs(FILM)["torino"]
    assert (film.due_at, film.moved_from_at) == (TORINO - 6 * HOUR + week, TORINO + week)
    assert desk.runs(LAST_FILM)["betio"].due_at == BETIO + DAY
    with database.reading() as session:
        assert session.get_one(Campaign, desk.campaign_id).day_on == date(2027, 6, 27)
    assert [row.codes["to_on"] for row in desk.acts("campaign.day_moved")] == ["2027-06-27"]


def test_a_step_that_was_moved_keeps_its_wall_time_across_a_change_of_clocks(desk: Desk) -> None:
    desk.do(FILM, StepAct.MOVE, "torino", ON_THE_EVE)
    moved(desk, date(2027, 11, 20))
    assert desk.runs(FILM)["torino"].due_at == datetime(2027, 11, 19, 17, 0, tzinfo=UTC)


def test_the_preview_of_a_new_day_says_what_would_be_due_at_once_and_changes_nothing(database: Database, desk: Desk) -> None:
    desk.do(FILM, StepAct.MOVE, to=NewMoment(date(2027, 6, 10), time(9, 0)))
    desk.do(LAST_FILM, StepAct.SKIP, "betio")
    with database.reading() as session:
        campaign = session.get_one(Campaign, desk.campaign_id)
        move = planned_day_move(session, campaign, date(2027, 6, 8), now=NOON)
        assert {place_of(each.placed) for each in move.at_once(NOON)} == {"betio", "torino", "pago-pago"}
        assert [place_of(each) for each in move.staying] == ["betio"]
        assert len(move.changes) == 15
    assert desk.runs(START_OF_DAY)["torino"].due_at == TORINO


def place_of(placed: PlacedRun) -> str | None:
    return placed.city.slug if placed.city else None


@pytest.mark.parametrize(
    ("day_on", "now", "code"),
    [
        (date(2027, 6, 27), BETIO, "campaign.day_has_begun"),
        (date(2027, 6, 20), NOON, "campaign.same_day"),
        (date(2027, 6, 1), NOON, "campaign.new_day_has_begun"),
        (date(9999, 12, 31), NOON, "form.not_a_date"),
    ],
)
def test_a_day_that_cannot_move_says_why(desk: Desk, day_on: date, now: datetime, code: str) -> None:
    with pytest.raises(Refused, match=code.replace(".", r"\.")):
        moved(desk, day_on, now)


def test_a_city_that_pauses_waits_alone_and_makes_up_for_what_it_missed_in_order(
    runtime: Runtime, database: Database, desk: Desk
) -> None:
    film = Noted("build_city_film")
    desk.pause("torino")
    run_due_steps(runtime, registry(film=film), now=TORINO + DAY)
    assert [city for _action, city, _at in film.seen] == ["betio", "betio", "pago-pago"]
    assert phases(database)["torino"] is Phase.PRE_DAY
    assert desk.resume("torino", Missed.MAKE_UP, TORINO + DAY) == 2
    run_due_steps(runtime, registry(film=film), now=TORINO + DAY)
    assert [at for _action, city, at in film.seen if city == "torino"] == [TORINO, TORINO + DAY]
    assert phases(database)["torino"] is Phase.POST_DAY


def test_what_a_pause_kept_from_being_done_can_be_left_out_and_the_phase_follows_the_clock(
    runtime: Runtime, database: Database, desk: Desk
) -> None:
    film = Noted("build_city_film")
    desk.pause("torino")
    assert desk.resume("torino", Missed.LEAVE_OUT, TORINO) == 1
    run_due_steps(runtime, registry(film=film), now=TORINO)
    assert phases(database)["torino"] is Phase.DAY
    assert desk.runs(FILM)["torino"].reason_code == "paused"
    run_due_steps(runtime, registry(film=film), now=TORINO + DAY)
    assert [at for _action, city, at in film.seen if city == "torino"] == [TORINO + DAY]


def test_nothing_is_done_now_in_a_city_that_pauses(desk: Desk) -> None:
    desk.pause("torino")
    assert desk.refused(FILM, StepAct.RUN_NOW, "torino") == "campaign.city_paused"
    assert desk.do(FILM, StepAct.RUN_NOW) == 2


def test_a_pause_is_on_record_by_its_code_and_begins_and_ends_once(database: Database, world: World, desk: Desk) -> None:
    desk.pause("torino")
    with pytest.raises(Refused, match=r"campaign\.city_paused"):
        desk.pause("torino")
    desk.resume("torino", Missed.MAKE_UP, NOON + DAY)
    with pytest.raises(Refused, match=r"campaign\.city_not_paused"):
        desk.resume("torino", Missed.MAKE_UP, NOON + DAY)
    city = world.cities["torino"].id
    assert [row.codes for row in desk.acts("campaign.city_paused")] == [{"city": city, "reason": "mourning"}]
    assert [row.codes for row in desk.acts("campaign.city_resumed")] == [{"city": city, "missed": "make_up", "steps": 0}]
    with database.reading() as session:
        _campaign, place = desk.place(session, "torino")
        assert (place.paused_at, place.pause_reason, place.pause_note) == (None, None, None)


def test_what_a_manager_changes_while_schedulers_tick_is_done_once_or_not_at_all(runtime: Runtime, desk: Desk) -> None:
    film, gate = Noted("build_city_film"), threading.Barrier(4)

    def tick() -> None:
        gate.wait(30)
        for _ in range(5):
            run_due_steps(runtime, registry(film=film), now=TORINO)

    def act() -> None:
        gate.wait(30)
        with contextlib.suppress(Refused):  # it was done a moment before
            desk.do(FILM, StepAct.RUN_NOW, now=TORINO)
        with contextlib.suppress(Refused):
            desk.do(LAST_FILM, StepAct.RUN_NOW, now=TORINO)

    threads = [threading.Thread(target=target) for target in (tick, tick, act)]
    for thread in threads:
        thread.start()
    gate.wait(30)
    for thread in threads:
        thread.join(60)
    run_due_steps(runtime, registry(film=film), now=TORINO)
    done = [slug for position in (FILM, LAST_FILM) for slug, run in desk.runs(position).items() if run.state is StepState.DONE]
    assert len(done) == 6
    assert sorted(city for _action, city, _at in film.seen if city) == sorted(done)
