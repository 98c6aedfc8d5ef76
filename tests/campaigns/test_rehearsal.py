"""The dress rehearsal: what it finds, when everything happens, and that it changes nothing."""

import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from app.campaigns.queries import runs_of
from app.campaigns.rehearsal import Rehearsal, rehearse
from app.campaigns.rehearsal_commands import rehearse_now
from app.campaigns.rehearsal_queries import script_of
from app.campaigns.service import close_campaign, open_campaign, run_due_steps
from app.db.base import Base
from app.db.session import Database
from app.enums import CampaignStatus, RoleName, StepScope, StepState
from app.main import STAGE
from app.models import Campaign, CampaignCity, City, JointFilmPlan, KitVersion, StepRun, TimelineStep
from app.runtime import Runtime
from app.settings import Settings
from app.storage import LocalStorage
from app.web.i18n import page_languages, translator
from app.words import Words
from app.worker.registry import step_registry
from tests import factories
from tests.campaigns.conftest import BASE_URL, DAY_LINES, KEEP_DAYS, NOON, World

FOLDER = Path(__file__).parent / "rehearsals"
PLANTED = sorted(path.stem for path in FOLDER.glob("*.toml"))
TORINO = {"slug": "torino", "time_zone": "Europe/Rome"}
SPEECH = translator("en")


def planted(session: Session, told: Mapping[str, Any]) -> Campaign:
    """A draft with nothing wrong in it, except for what the description says."""
    network = factories.network(session)
    for each in cities_told(told):
        languages = each.get("languages", ["en"])
        named = {"name": each.get("name"), "languages": languages or ["en"]}
        city = factories.city(session, network, each["slug"], time_zone=each["time_zone"], **named)
        city.languages = languages
        if each.get("has_officer", True):
            factories.person(session, network, city=city)
    for each in told.get("chapters", []):
        members = session.scalars(select(City).where(City.slug.in_(each["cities"])))
        chapter = factories.chapter(session, network, each["slug"], members)
        if each.get("has_coordinator", True):
            factories.person(session, network, RoleName.COORDINATOR, chapter=chapter)
    campaign = factories.campaign(session, network, status=CampaignStatus.DRAFT)
    for name, value in told.get("campaign", {}).items():
        setattr(campaign, name, Words(**value) if isinstance(value, dict) else value)
    campaign.status = CampaignStatus(campaign.status)
    if "embargoed" in told:
        version = KitVersion(campaign_id=campaign.id, number=1, note=Words("en", {"en": ""}), embargoed=told["embargoed"])
        version.toolkit_slug, version.published_at = campaign.toolkit_slug, NOON
        session.add(version)
    plan_joint_film(session, campaign, told.get("joint_film"))
    if told.get("invited"):
        for city in session.scalars(select(City)):
            factories.taking_part(session, campaign, city)
    steps = told.get("steps") or [vars_of(line) for line in DAY_LINES]
    for position, step in enumerate(steps):
        row = {"scope": "each_city", "offset_days": 0, "local_time": time(0, 0), **step}
        row["scope"] = StepScope(row["scope"])
        session.add(TimelineStep(campaign_id=campaign.id, position=position, **row))
    session.flush()
    return campaign


def cities_told(told: Mapping[str, Any]) -> list[Any]:
    """Those described, or so many of which nobody cares what they are like."""
    many = [{"slug": f"city-{number}", "time_zone": "Europe/Rome"} for number in range(told.get("many_cities", 0))]
    return many or list(told.get("cities", [TORINO]))


def plan_joint_film(session: Session, campaign: Campaign, told: Mapping[str, Any] | None) -> None:
    """What the description says about the joint film; cities by their slugs."""
    if told is None:
        return
    film = {"budget_s": 480, "card_only": [], "quotes": [], "with_music": False, "changed_at": NOON, **told}
    film["card_only"] = list(session.scalars(select(City.id).where(City.slug.in_(film["card_only"])).order_by(City.id)))
    session.add(JointFilmPlan(campaign_id=campaign.id, **film))


def vars_of(line: Any) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ("scope", "offset_days", "local_time")} | {"action": line.action.value}


def played(database: Database, told: Mapping[str, Any]) -> Rehearsal:
    with database.writing() as session:
        planted(session, told)
    return rehearsed(database, now=told.get("now", NOON))


def rehearsed(database: Database, *, now: datetime = NOON) -> Rehearsal:
    settings = Settings(base_url=BASE_URL)
    runtime = Runtime(settings, database, LocalStorage(settings.files_dir), now=lambda: now)
    with database.reading() as session:
        script = script_of(session, runtime, session.scalars(select(Campaign)).one(), STAGE)
    return rehearse(script, STAGE, SPEECH)


def codes(rehearsal: Rehearsal) -> list[str]:
    return sorted({warned.check.code for warned in rehearsal.warnings})


def whole(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with database.engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in tables}


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_fault_is_found_and_nothing_else(database: Database, name: str) -> None:
    told = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    rehearsal = played(database, told)
    assert codes(rehearsal) == told["finds"]
    of_steps = {warned.check.code for each in rehearsal.warnings_of.values() for warned in each}
    assert of_steps <= set(told["finds"])


def test_every_warning_has_a_planted_fault_and_a_sentence_in_every_language() -> None:
    found = {code for name in PLANTED for code in tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["finds"]}
    assert found == {check.code for check in STAGE.checks}
    assert len(found) == len(STAGE.checks)
    for language in page_languages()[1:]:  # the first is that of the code
        for words in [words for check in STAGE.checks for words in (check.sentence, check.advice)]:
            assert translator(language).gettext(words) != words


def test_the_rehearsal_knows_every_action_that_the_worker_does() -> None:
    assert {action.name for action in STAGE.actions} == {action.name for action in step_registry()}


@pytest.mark.parametrize(
    ("zone", "day_on", "at", "local"),
    [
        ("Pacific/Kiritimati", "2027-06-20", "2027-06-19T10:00:00Z", "2027-06-20T00:00:00+14:00"),
        ("Pacific/Pago_Pago", "2027-06-20", "2027-06-20T11:00:00Z", "2027-06-20T00:00:00-11:00"),
        ("Asia/Kolkata", "2027-06-20", "2027-06-19T18:30:00Z", "2027-06-20T00:00:00+05:30"),
        ("Asia/Kathmandu", "2027-06-20", "2027-06-19T18:15:00Z", "2027-06-20T00:00:00+05:45"),
        ("Australia/Lord_Howe", "2027-06-20", "2027-06-19T13:30:00Z", "2027-06-20T00:00:00+10:30"),
        ("Europe/Rome", "2027-03-28", "2027-03-27T23:00:00Z", "2027-03-28T00:00:00+01:00"),  # the clocks change that night
        ("Europe/Rome", "2027-10-31", "2027-10-30T22:00:00Z", "2027-10-31T00:00:00+02:00"),
        ("Africa/Cairo", "2027-04-30", "2027-04-29T22:00:00Z", "2027-04-30T01:00:00+03:00"),  # there is no midnight
        ("America/Havana", "2027-11-07", "2027-11-07T04:00:00Z", "2027-11-07T00:00:00-04:00"),  # midnight comes twice
        ("Europe/Rome", "2028-02-29", "2028-02-28T23:00:00Z", "2028-02-29T00:00:00+01:00"),
    ],
)
def test_the_day_begins_at_each_citys_own_midnight(database: Database, zone: str, day_on: str, at: str, local: str) -> None:
    told = {
        "campaign": {"day_on": date.fromisoformat(day_on)},
        "cities": [{"slug": "here", "time_zone": zone}],
        "steps": [{"action": "start_of_day"}],
        "now": datetime(2027, 1, 1, tzinfo=UTC),
    }
    assert [(step["at"], step["local"]) for step in played(database, told).as_json(SPEECH)["steps"]] == [(at, local)]


def test_two_steps_that_a_skipped_hour_brings_together_are_found(database: Database) -> None:
    told = {
        "campaign": {"day_on": date(2027, 3, 28)},
        "steps": [
            {"action": "build_city_film", "local_time": time(2, 15)},
            {"action": "build_city_film", "local_time": time(2, 45)},
        ],
        "now": datetime(2027, 3, 1, tzinfo=UTC),
    }
    rehearsal = played(database, told)
    assert codes(rehearsal) == ["hour_skipped", "steps_collide"]
    assert {act.local.isoformat() for act in rehearsal.acts} == {"2027-03-28T03:00:00+02:00"}


def test_the_storyboard_of_a_draft_for_programs(database: Database) -> None:
    told = {"cities": [TORINO, {"slug": "betio", "time_zone": "Pacific/Kiritimati"}]}
    said = played(database, told).as_json(SPEECH)
    assert list(said) == ["campaign", "day_on", "steps", "warnings"]
    assert (said["campaign"], said["day_on"], said["warnings"]) == ("our-home", "2027-06-20", [])
    assert [tuple(step)[:6] for step in said["steps"]] == [("at", "local", "city", "action", "effect", "warnings")] * 12
    assert [(step["at"], step["city"], step["action"]) for step in said["steps"]] == [
        ("2027-06-19T10:00:00Z", None, "campaign_starts"),
        ("2027-06-19T10:00:00Z", None, "build_collage"),
        ("2027-06-19T10:00:00Z", "betio", "start_of_day"),
        ("2027-06-19T10:00:00Z", "betio", "build_city_film"),
        ("2027-06-19T22:00:00Z", "torino", "start_of_day"),
        ("2027-06-19T22:00:00Z", "torino", "build_city_film"),
        ("2027-06-20T10:00:00Z", "betio", "end_of_day"),
        ("2027-06-20T10:00:00Z", "betio", "build_city_film"),
        ("2027-06-20T22:00:00Z", None, "campaign_ends"),
        ("2027-06-20T22:00:00Z", None, "build_collage"),
        ("2027-06-20T22:00:00Z", "torino", "end_of_day"),
        ("2027-06-20T22:00:00Z", "torino", "build_city_film"),
    ]
    assert said["steps"][0]["local"] == "2027-06-20T00:00:00+14:00"  # where the day begins
    assert said["steps"][-4]["local"] == "2027-06-21T00:00:00+02:00"  # where it ends
    assert said["steps"][2]["effect"] == "Betio: The day begins"


def test_a_step_carries_its_warnings_and_the_summary_says_in_which_cities(database: Database) -> None:
    told = {
        "cities": [TORINO, {"slug": "betio", "time_zone": "Pacific/Kiritimati"}],
        "steps": [{"action": "build_city_film", "offset_days": -31}],
        "now": datetime(2027, 5, 1, tzinfo=UTC),
    }
    said = played(database, told).as_json(SPEECH)
    sentence = "It comes before people can send anything"
    warning = {"code": "step_before_collection", "params": {"action": "build_city_film"}, "sentence": sentence}
    assert [step["warnings"] for step in said["steps"]] == [[warning], [warning]]
    params = {"action": "build_city_film", "cities": ["betio", "torino"]}
    assert said["warnings"] == [
        {"code": "step_before_collection", "params": params, "sentence": f"“The city's film is made”: {sentence}"}
    ]


def test_what_a_rehearsal_says_of_a_draft_is_what_then_happens(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        world.planned(session)
    expected = [(act.at, act.city and act.city.slug, act.line.action) for act in rehearsed(runtime.database).acts]
    with runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        open_campaign(session, campaign, actor=world.manager, now=NOON)
        world.joined(session, campaign, "betio", "torino", "pago-pago")
    with runtime.database.reading() as session:
        rows = session.execute(
            select(StepRun.due_at, City.slug, TimelineStep.action)
            .join(TimelineStep, TimelineStep.id == StepRun.step_id)
            .outerjoin(CampaignCity, CampaignCity.id == StepRun.campaign_city_id)
            .outerjoin(City, City.id == CampaignCity.city_id)
        )
        happened = sorted(((at, slug, action) for at, slug, action in rows), key=repr)
    assert happened == sorted(expected, key=repr)


def test_an_open_campaign_is_shown_with_what_was_done_left_out_and_held(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino")
        campaign_id = campaign.id
    with runtime.database.writing() as session:
        runs = {(each.step.action, each.step.offset_days): each.run for each in runs_of(session, campaign_id)}
        runs["start_of_day", 0].state = StepState.DONE
        runs["build_city_film", 0].state = StepState.SKIPPED
        runs["end_of_day", 1].held_at = NOON
    effects = [act.said(SPEECH) for act in rehearsed(runtime.database).acts if act.city]
    assert effects == [
        "Done: Torino: The day begins",
        "Left out: Torino: the film is made and stands on the city's page",
        "Held back: Torino: The day ends",
        "Torino: the film is made for good",
    ]


def test_a_step_that_was_moved_is_shown_where_it_now_is(runtime: Runtime, world: World) -> None:
    later = datetime(2027, 6, 20, 13, 0, tzinfo=UTC)
    with runtime.database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino")
        run = next(each.run for each in runs_of(session, campaign.id) if each.step.action == "build_city_film")
        run.due_at = later
    acts = rehearsed(runtime.database).acts
    assert [act.local for act in acts if act.at == later] == [later.astimezone(ZoneInfo("Europe/Rome"))]


def test_what_was_decided_for_a_line_of_a_draft_is_played(database: Database) -> None:
    told = {
        "steps": [
            {"action": "start_of_day", "held_at": NOON},
            {"action": "build_city_film", "skipped_at": NOON},
            {"action": "build_city_film", "moved_offset_days": 1, "moved_local_time": time(9)},
        ]
    }
    rehearsal = played(database, told)
    assert [(act.local.isoformat(), act.said(SPEECH)) for act in rehearsal.acts] == [
        ("2027-06-20T00:00:00+02:00", "Held back: Torino: The day begins"),
        ("2027-06-20T00:00:00+02:00", "Left out: Torino: the film is made and stands on the city's page"),
        ("2027-06-21T09:00:00+02:00", "Torino: the film is made and stands on the city's page"),
    ]


def test_the_steps_of_a_city_that_rests_wait(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino", "betio")
        torino = world.cities["torino"].id
        session.execute(update(CampaignCity).where(CampaignCity.city_id == torino).values(paused_at=NOON))
    rehearsal = rehearsed(runtime.database, now=NOON + timedelta(days=60))
    assert {act.standing for act in rehearsal.acts if act.city and act.city.slug == "torino"} == {"paused"}
    past = [warned for warned in rehearsal.warnings if warned.check.code == "step_in_the_past"]
    assert {city.slug for warned in past for city in warned.cities} == {"betio"}


def test_cities_that_have_not_joined_are_asked_about_and_do_not_play(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino")
        silent = factories.city(session, world.network, "silent", time_zone="Europe/Oslo")
        factories.taking_part(session, campaign, silent, joined=False)
    rehearsal = rehearsed(runtime.database)
    assert {act.city.slug for act in rehearsal.acts if act.city} == {"torino"}
    found = {warned.check.code: [city.slug for city in warned.cities] for warned in rehearsal.warnings}
    assert found["city_without_officer"] == ["silent"]


def test_of_a_closed_campaign_nothing_is_asked(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino")
        close_campaign(session, campaign, actor=world.manager, keep_originals_days=KEEP_DAYS, now=NOON)
        session.execute(update(Campaign).values(kinds=[]))
    rehearsal = rehearsed(runtime.database)
    assert {act.standing for act in rehearsal.acts} == {"skipped"}
    assert rehearsal.warnings == []


@pytest.mark.parametrize("is_open", [False, True])
def test_a_rehearsal_changes_nothing(runtime: Runtime, world: World, is_open: bool) -> None:  # noqa: FBT001 - a parameter of a test
    with runtime.database.writing() as session:
        campaign = world.opened(session) if is_open else world.planned(session)
        if is_open:
            world.joined(session, campaign, "torino", "betio")
        slug = campaign.slug
    run_due_steps(runtime, step_registry(), now=NOON)
    before = whole(runtime.database)
    written: list[str] = []
    for as_json in (True, False):
        assert rehearse_now(runtime, slug, STAGE, as_json=as_json, say=written.append) == 0
    assert whole(runtime.database) == before
    assert json.loads(written[0])["campaign"] == slug
    assert written[-1].endswith("nothing was changed.")


def test_more_cities_and_steps_need_no_more_queries(database: Database) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    many = {
        "cities": [{"slug": f"city-{number}", "time_zone": "Europe/Rome"} for number in range(20)],
        "steps": [{"action": "build_city_film", "local_time": time(hour)} for hour in range(9, 19)],
    }
    with database.writing() as session:
        planted(session, many)
    asked.clear()
    assert len(rehearsed(database).acts) == 200
    for_many = len(asked)
    with database.writing() as session:
        session.execute(text("DELETE FROM role"))
        session.execute(text("DELETE FROM city WHERE slug <> 'city-0'"))
        session.execute(text("DELETE FROM timeline_step WHERE position > 0"))
    asked.clear()
    assert len(rehearsed(database).acts) == 1
    assert len(asked) == for_many


def test_a_day_that_moves_moves_the_storyboard(database: Database) -> None:
    first = played(database, {})
    with database.writing() as session:
        session.scalars(select(Campaign)).one().day_on += timedelta(days=1)
    assert [act.at - timedelta(days=1) for act in rehearsed(database).acts] == [act.at for act in first.acts]
