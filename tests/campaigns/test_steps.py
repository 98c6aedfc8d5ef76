"""The time-line happens: each step once, in order, whoever ticks, whatever was missed."""

import logging
import multiprocessing
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.campaigns.actions import ACTIONS
from app.campaigns.plan import StepName
from app.campaigns.queries import runs_of
from app.campaigns.service import close_campaign, invite, join, run_due_steps
from app.campaigns.steps import DueStep, Outcome, StepRegistry
from app.campaigns.tasks import KINDS
from app.db.session import Database
from app.enums import JobState, Phase, StepState
from app.jobs import JobRun, claim, enqueue
from app.models import AuditRow, Campaign, CampaignCity, City, Job
from app.runtime import Runtime
from app.settings import Settings
from app.storage import LocalStorage
from app.web.i18n import Translator
from tests import factories
from tests.campaigns.conftest import BASE_URL, KEEP_DAYS, NOON, World

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# midnight of 20 June 2027
BETIO, TORINO, PAGO_PAGO = utc("2027-06-19T10:00"), utc("2027-06-19T22:00"), utc("2027-06-20T11:00")
DAY = timedelta(days=1)


@dataclass
class Noted:
    """An action that keeps a list of what it did, in the place of one that assembles."""

    name: str
    expires_after: timedelta | None = None
    seen: list[tuple[str, str | None, datetime]] = field(default_factory=list)

    def preview(self, step: DueStep, speech: Translator) -> str:  # noqa: ARG002 - says the same to everybody
        return self.name

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:  # noqa: ARG002 - only notes
        self.seen.append((step.action, step.city.slug if step.city else None, step.due_at))
        return {"offset_days": step.offset_days}


def registry(collage: Any | None = None, film: Any | None = None) -> StepRegistry:
    return StepRegistry([*ACTIONS, collage or Noted(StepName.BUILD_COLLAGE.value), film or Noted(StepName.BUILD_CITY_FILM.value)])


def opened(database: Database, world: World, *slugs: str, now: datetime = NOON, day_on: date = date(2027, 6, 20)) -> int:
    with database.writing() as session:
        campaign = world.opened(session, now=now, day_on=day_on)
        world.joined(session, campaign, *slugs, now=now)
        return campaign.id


def phases(database: Database) -> dict[str, Phase | None]:
    with database.reading() as session:
        query = select(City.slug, CampaignCity.phase).join(City, City.id == CampaignCity.city_id)
        cities = {slug: phase for slug, phase in session.execute(query)}  # noqa: C416 - rows are no pairs to the type checker
        return {"campaign": session.scalars(select(Campaign.phase)).one(), **cities}


def outcomes(database: Database, campaign_id: int) -> list[tuple[str, str, str | None]]:
    with database.reading() as session:
        return [(each.step.action, each.run.state.value, each.run.reason_code) for each in runs_of(session, campaign_id)]


def test_each_city_goes_through_its_phases_at_its_own_midnight(runtime: Runtime, world: World) -> None:
    opened(runtime.database, world, "betio", "torino", "pago-pago")
    pre, day, post = Phase.PRE_DAY, Phase.DAY, Phase.POST_DAY
    story = [  # at, then campaign, betio, torino, pago-pago
        (BETIO - SECOND, (pre, pre, pre, pre)),
        (BETIO, (day, day, pre, pre)),
        (TORINO, (day, day, day, pre)),
        (BETIO + DAY - SECOND, (day, day, day, pre)),
        (BETIO + DAY, (day, post, day, pre)),
        (PAGO_PAGO, (day, post, day, day)),
        (TORINO + DAY, (day, post, post, day)),
        (PAGO_PAGO + DAY - SECOND, (day, post, post, day)),
        (PAGO_PAGO + DAY, (post, post, post, post)),
    ]
    for at, expected in story:
        run_due_steps(runtime, registry(), now=at)
        found = phases(runtime.database)
        assert tuple(found[place] for place in ("campaign", "betio", "torino", "pago-pago")) == expected, at


def test_missed_steps_are_done_in_order_and_once(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino", "betio")
    noted = Noted(StepName.BUILD_CITY_FILM.value)
    assert run_due_steps(runtime, registry(film=noted), now=utc("2027-08-01T00:00")) == 12
    assert run_due_steps(runtime, registry(film=noted), now=utc("2027-08-01T00:01")) == 0
    assert [(city, at) for _action, city, at in noted.seen] == [
        ("betio", BETIO),
        ("torino", TORINO),
        ("betio", BETIO + DAY),
        ("torino", TORINO + DAY),
    ]
    assert [action for action, _state, _reason in outcomes(runtime.database, campaign_id)] == [
        "campaign_starts", "start_of_day", "build_collage", "build_city_film",
        "start_of_day", "build_city_film",
        "end_of_day", "build_city_film",
        "end_of_day", "build_city_film", "campaign_ends", "build_collage",
    ]  # fmt: skip
    assert set(phases(runtime.database).values()) == {Phase.POST_DAY}


def test_a_campaign_opened_long_after_its_day_is_brought_forward_by_the_tick(runtime: Runtime, world: World) -> None:
    opened(runtime.database, world, "torino", day_on=date(2026, 6, 20))
    assert phases(runtime.database) == {"campaign": Phase.PRE_DAY, "torino": Phase.POST_DAY}
    run_due_steps(runtime, registry(), now=NOON)
    assert phases(runtime.database) == {"campaign": Phase.POST_DAY, "torino": Phase.POST_DAY}


def test_a_city_that_joins_on_the_day_is_in_it_at_once(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino", now=TORINO + timedelta(hours=3))
    assert phases(runtime.database)["torino"] is Phase.DAY
    assert outcomes(runtime.database, campaign_id)[:4] == [
        ("campaign_starts", "planned", None),
        ("start_of_day", "done", None),
        ("build_collage", "planned", None),
        ("build_city_film", "planned", None),
    ]
    assert run_due_steps(runtime, registry(), now=TORINO + timedelta(hours=3)) == 3


def test_a_city_that_joins_after_the_day_skips_what_makes_no_sense_with_the_reason(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino", now=TORINO + 2 * DAY)
    assert [
        line
        for line in outcomes(runtime.database, campaign_id)
        if line[0] not in {"campaign_starts", "campaign_ends", "build_collage"}
    ] == [
        ("start_of_day", "skipped", "joined_after_the_day"),
        ("build_city_film", "skipped", "joined_late"),
        ("end_of_day", "done", None),
        ("build_city_film", "planned", None),
    ]


def test_the_network_waits_for_the_city_furthest_west_even_when_it_joins_later(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino")
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        world.joined(session, campaign, "pago-pago", "betio")
        due = {each.step.action: each.run.due_at for each in runs_of(session, campaign_id) if each.run.campaign_city_id is None}
    assert due == {"campaign_starts": BETIO, "campaign_ends": PAGO_PAGO + DAY, "build_collage": PAGO_PAGO + DAY}


def test_what_is_done_for_the_network_stays_done_when_another_city_joins(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino")
    run_due_steps(runtime, registry(), now=TORINO + DAY)
    assert phases(runtime.database)["campaign"] is Phase.POST_DAY
    with runtime.database.writing() as session:
        world.joined(session, session.get_one(Campaign, campaign_id), "pago-pago", now=TORINO + DAY + SECOND)
    assert run_due_steps(runtime, registry(), now=TORINO + DAY + SECOND) == 1  # the film of the city that has come
    assert phases(runtime.database) == {"campaign": Phase.POST_DAY, "torino": Phase.POST_DAY, "pago-pago": Phase.DAY}


def test_before_any_city_joins_the_whole_network_gives_the_moments(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world)
    with runtime.database.reading() as session:
        due = {each.step.action: each.run.due_at for each in runs_of(session, campaign_id)}
    assert (due["campaign_starts"], due["campaign_ends"]) == (BETIO, PAGO_PAGO + DAY)


def test_phases_never_go_back_when_a_clock_does(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino")
    run_due_steps(runtime, registry(), now=TORINO + DAY)
    with runtime.database.writing() as session:  # as if steps were still to be done, by a process whose clock is behind
        for each in runs_of(session, campaign_id):
            each.run.state = StepState.PLANNED
            each.run.due_at = TORINO
    assert run_due_steps(runtime, registry(), now=TORINO) == 8
    assert set(phases(runtime.database).values()) == {Phase.POST_DAY}


@dataclass
class Broken:
    """An action that writes and then fails."""

    name: str
    expires_after: timedelta | None = None

    def preview(self, step: DueStep, speech: Translator) -> str:  # noqa: ARG002 - says the same to everybody
        return self.name

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        assert step.campaign_city is not None
        session.execute(update(CampaignCity).values(joined_at=now + 100 * DAY))
        raise RuntimeError(self.name)


def test_a_step_that_fails_leaves_nothing_behind_and_holds_up_no_other(
    runtime: Runtime, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    campaign_id = opened(runtime.database, world, "torino", "betio")
    with caplog.at_level(logging.ERROR):
        assert run_due_steps(runtime, registry(film=Broken(StepName.BUILD_CITY_FILM.value)), now=TORINO) == 4
    assert len(caplog.records) == 2
    with runtime.database.reading() as session:
        assert set(session.scalars(select(CampaignCity.joined_at))) == {NOON}
        states = Counter((each.step.action, each.run.state.value) for each in runs_of(session, campaign_id))
    assert states["build_city_film", "planned"] == 4
    assert phases(runtime.database) == {"campaign": Phase.DAY, "torino": Phase.DAY, "betio": Phase.DAY}
    assert run_due_steps(runtime, registry(), now=TORINO) == 0
    assert run_due_steps(runtime, registry(), now=TORINO + MINUTE) == 2  # mended: it is tried again


def test_an_action_that_nobody_registered_is_left_for_a_process_that_knows_it(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino")
    run_due_steps(runtime, StepRegistry(ACTIONS), now=TORINO)
    left = {action for action, state, _reason in outcomes(runtime.database, campaign_id) if state == "planned"}
    assert {"build_collage", "build_city_film"} <= left
    assert phases(runtime.database)["torino"] is Phase.DAY


def test_a_closed_campaign_does_nothing_more(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino")
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        close_campaign(session, campaign, actor=world.manager, keep_originals_days=KEEP_DAYS, now=NOON)
    assert run_due_steps(runtime, registry(), now=TORINO + DAY) == 0
    assert phases(runtime.database)["torino"] is Phase.PRE_DAY


def test_an_invited_city_that_has_not_joined_has_no_steps(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino")
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        invite(session, campaign, cities=[world.cities["betio"]], actor=world.manager, now=NOON, base_url=BASE_URL)
    run_due_steps(runtime, registry(), now=TORINO + DAY)
    assert phases(runtime.database)["betio"] is Phase.PRE_DAY
    assert len(outcomes(runtime.database, campaign_id)) == 8


def test_every_step_says_beforehand_what_it_will_do(runtime: Runtime, world: World) -> None:
    opened(runtime.database, world, "torino")
    said: list[str] = []

    @dataclass
    class Asked:
        inner: Any

        expires_after: timedelta | None = None

        @property
        def name(self) -> str:
            return str(self.inner.name)

        def preview(self, step: DueStep, speech: Translator) -> str:
            return str(self.inner.preview(step, speech))

        def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:  # noqa: ARG002 - only asks
            said.append(self.preview(step, Translator("en")))
            return {}

    asked = StepRegistry([Asked(action) for action in registry()])
    run_due_steps(runtime, asked, now=TORINO)
    assert said == ["The day begins in the first city", "Torino: The day begins", "build_collage", "build_city_film"]


def test_every_step_is_in_the_audit_trail(runtime: Runtime, world: World) -> None:
    opened(runtime.database, world, "torino")
    run_due_steps(runtime, registry(), now=TORINO)
    with runtime.database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.act == "step.done").order_by(AuditRow.id)).all()
        city_id = world.cities["torino"].id
    assert [(row.codes["step"], row.codes.get("city")) for row in rows] == [
        ("campaign_starts", None),
        ("start_of_day", city_id),
        ("build_collage", None),
        ("build_city_film", city_id),
    ]


def test_a_corrected_time_zone_moves_the_steps_still_to_come(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino")
    with runtime.database.writing() as session:
        session.get_one(City, world.cities["torino"].id).time_zone = "Pacific/Pago_Pago"
        enqueue(session, KINDS[0].name, {"city_id": world.cities["torino"].id}, unique_key="again", now=NOON)
    with runtime.database.writing() as session:
        job = session.scalars(select(Job).where(Job.unique_key == "again")).one()
        claim(session, job.id, worker="w", now=NOON, lease=DAY)
    run = JobRun(runtime, job.id, job.payload, "w", 1)
    KINDS[0].handler(run)
    with runtime.database.reading() as session:
        assert session.get_one(Job, job.id).state is JobState.DONE
        assert {each.run.due_at for each in runs_of(session, campaign_id)} == {PAGO_PAGO, PAGO_PAGO + DAY}


CITIES_AT_ONCE = 12


def tick_elsewhere(settings: Settings, now: datetime, gate: Any, done: Any) -> None:
    """Another process that ticks as soon as the gate opens."""
    database = Database(settings.resolved_database_url)
    elsewhere = Runtime(settings, database, LocalStorage(settings.files_dir), lambda: now)
    gate.wait(30)
    done.put(run_due_steps(elsewhere, registry(), now=now))
    database.dispose()


def test_two_processes_that_tick_at_once_do_every_step_once(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        many = [factories.city(session, world.network, f"city-{each}", time_zone="Europe/Rome") for each in range(CITIES_AT_ONCE)]
        campaign = world.opened(session)
        invite(session, campaign, cities=many, actor=world.manager, now=NOON, base_url=BASE_URL)
        for city in many:
            join(session, campaign, city, actor=world.manager, now=NOON)
    context = multiprocessing.get_context("spawn")
    gate, done = context.Barrier(2), context.Queue()
    processes = [context.Process(target=tick_elsewhere, args=(runtime.settings, TORINO + DAY, gate, done)) for _ in range(2)]
    for process in processes:
        process.start()
    counts = [done.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(30)
    assert sum(counts) == 4 + 4 * CITIES_AT_ONCE
    with runtime.database.reading() as session:
        audited = Counter(session.scalars(select(AuditRow.subject_id).where(AuditRow.act == "step.done")))
        assert (len(audited), set(audited.values())) == (4 + 4 * CITIES_AT_ONCE, {1})
        assert set(session.scalars(select(CampaignCity.phase))) == {Phase.POST_DAY}


def test_cities_that_join_while_others_tick_are_all_counted(runtime: Runtime, world: World) -> None:
    """The moment of the last city is that of the city furthest west, in whatever order they come."""
    with runtime.database.writing() as session:
        campaign = world.opened(session)
        invite(session, campaign, cities=world.cities.values(), actor=world.manager, now=NOON, base_url=BASE_URL)
        actors = {slug: world.officer(session, slug) for slug in world.cities}
    gate = threading.Barrier(len(actors) + 1)

    def join_one(slug: str) -> None:
        gate.wait(30)
        with runtime.database.writing() as session:
            join(session, session.get_one(Campaign, campaign.id), world.cities[slug], actor=actors[slug], now=NOON)

    def tick() -> None:
        gate.wait(30)
        run_due_steps(runtime, registry(), now=NOON)

    threads = [threading.Thread(target=join_one, args=[slug]) for slug in actors] + [threading.Thread(target=tick)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with runtime.database.reading() as session:
        due = {each.step.action: each.run.due_at for each in runs_of(session, campaign.id) if each.run.campaign_city_id is None}
    assert (due["campaign_starts"], due["campaign_ends"]) == (BETIO, PAGO_PAGO + DAY)
