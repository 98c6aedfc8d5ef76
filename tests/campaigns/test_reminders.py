"""Reminders: exactly the ticked cities, in their people's language, with what they miss, and nobody twice."""

import threading
from datetime import date, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from app.campaigns.actions import ACTIONS
from app.campaigns.day_moves import move_day, planned_day_move
from app.campaigns.missing import Cell, Point, Standing
from app.campaigns.plan import PlannedStep, StepName
from app.campaigns.queries import runs_of
from app.campaigns.reminder_letters import CityReminder, reminder
from app.campaigns.reminder_steps import Remind
from app.campaigns.service import begin_preparation, invite, run_due_steps
from app.campaigns.steps import DueStep, Outcome, StepRegistry
from app.db.session import Database
from app.enums import CampaignStatus, MailState, RoleName, StepCondition, StepScope, SubmissionState
from app.models import AuditRow, Campaign, CampaignCity, City, Mail, Person, Role, WorkingGroupMember
from app.runtime import Runtime
from app.web.i18n import translator
from tests import factories
from tests.campaigns.conftest import BASE_URL, DAY_LINES, NOON, World
from tests.campaigns.test_pages import said
from tests.conftest import Clock, Server

DAY = timedelta(days=1)
PAGE = "/desk/campaigns/world-refugee-day-2027/missing"
IN_A_WEEK = date(2027, 6, 27)


@pytest.fixture
def campaign_id(database: Database, world: World, clock: Clock) -> int:
    """Torino has nothing, Betio waits with two decisions, Pago Pago has not joined; eight days have passed."""
    with database.writing() as session:
        campaign = world.opened(session)
        world.joined(session, campaign, "torino", "betio")
        factories.taking_part(session, campaign, world.cities["pago-pago"], joined=False)
        for place in session.scalars(select(CampaignCity).where(CampaignCity.joined_at.is_not(None))):
            place.collection_opened_at = NOON
        for _each in range(2):
            factories.submission(session, campaign, world.cities["betio"], state=SubmissionState.PENDING)
        session.get_one(Person, world.officers["torino"].id).language = "fr"
        clock.advance(8 * DAY)
        return campaign.id


@pytest.fixture
def manager(server: Server, world: World, campaign_id: int) -> httpx.Client:  # noqa: ARG001 - it is there first
    return server.signed_in(world.manager.email)


def ticked(*slugs: str, token: str = "one form") -> dict[str, str | list[str]]:  # noqa: S107 - it is no secret
    return {"cities": list(slugs), "token": token}


def mails(database: Database, reason: str = "reminder") -> dict[str, Mail]:
    """By address; a person with two of them would show in the count."""
    with database.reading() as session:
        query = select(Person.email, Mail).join(Person, Person.id == Mail.person_id).where(Mail.reason == reason)
        rows = [(email, row) for email, row in session.execute(query)]
        assert len(dict(rows)) == len(rows)
        return dict(rows)


def reminded(database: Database) -> list[tuple[str, str, int | None]]:
    """The record: city, points, who did it."""
    with database.reading() as session:
        slugs = {city.id: city.slug for city in session.query(City)}
        rows = session.scalars(select(AuditRow).where(AuditRow.act == "campaign.city_reminded").order_by(AuditRow.id))
        return [(slugs[row.codes["city"]], row.codes["points"], row.actor_id) for row in rows]


def test_who_gets_which_mail_is_shown_and_then_exactly_they_get_it(server: Server, world: World, manager: httpx.Client) -> None:
    preview = manager.get(f"{PAGE}/remind", params={"cities": ["torino", "betio"]})
    words = said(preview)
    assert "2 people get a mail" in words
    assert "Officer of torino officer@torino.example · French Nothing has come in from Torino yet." in words
    assert "2 contributions from Betio wait for a decision, the oldest since Tuesday, 1 June 2027." in words
    assert "Pago Pago" not in words
    assert 'lang="fr" dir="ltr"' in preview.text
    assert mails(server.runtime.database) == {}
    done = manager.post(f"{PAGE}/remind", data=ticked("torino", "betio"))
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?reminded=2&people=2")
    sent = mails(server.runtime.database)
    assert set(sent) == {"officer@torino.example", "officer@betio.example"}
    base_url = server.runtime.settings.resolved_base_url
    assert f"{base_url}/desk/c/world-refugee-day-2027/torino" in sent["officer@torino.example"].body
    assert "Notre maison" in sent["officer@torino.example"].subject
    assert f"{base_url}/desk/queue" in sent["officer@betio.example"].body
    assert f"{base_url}/desk/queue" in sent["officer@betio.example"].html
    assert reminded(server.runtime.database) == [
        ("betio", "contributions,decisions", world.manager.person_id),
        ("torino", "contributions", world.manager.person_id),
    ]
    after = said(manager.get(done.headers["location"]))
    assert "2 cities are reminded 2 people get a mail." in after
    assert "Torino Norway 1 person joined nothing yet nothing waits today" in after


def test_a_second_click_and_a_second_form_within_twelve_hours_send_nothing(
    server: Server, manager: httpx.Client, clock: Clock
) -> None:
    for token in ("one form", "one form", "another form"):
        manager.post(f"{PAGE}/remind", data=ticked("torino", token=token))
    assert len(mails(server.runtime.database)) == 1
    assert len(reminded(server.runtime.database)) == 1
    preview = said(manager.get(f"{PAGE}/remind", params={"cities": "torino"}))
    assert "Nobody gets a mail" in preview
    assert "Reminded a short while ago (1)" in preview
    clock.advance(timedelta(hours=12))
    manager.post(f"{PAGE}/remind", data=ticked("torino"))  # the first form, left open
    assert len(reminded(server.runtime.database)) == 1
    assert "2 people" not in said(manager.get(f"{PAGE}?reminded=1&people=0"))
    manager.post(f"{PAGE}/remind", data=ticked("torino", token="a third form"))
    assert len(reminded(server.runtime.database)) == 2


def test_two_clicks_at_once_send_one_mail(server: Server, world: World, campaign_id: int) -> None:
    assert campaign_id
    clients = [server.signed_in(world.manager.email) for _each in range(4)]
    gate = threading.Barrier(len(clients))

    def click(client: httpx.Client, token: str) -> None:
        gate.wait()
        assert client.post(f"{PAGE}/remind", data=ticked("torino", token=token)).status_code == 303

    threads = [threading.Thread(target=click, args=(each, f"form {number % 2}")) for number, each in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mails(server.runtime.database)) == 1
    assert len(reminded(server.runtime.database)) == 1


def test_somebody_whose_mail_was_refused_can_be_reminded_again(server: Server, manager: httpx.Client) -> None:
    manager.post(f"{PAGE}/remind", data=ticked("torino"))
    with server.runtime.database.writing() as session:
        session.scalars(select(Mail).where(Mail.reason == "reminder")).one().state = MailState.FAILED
    assert manager.post(f"{PAGE}/remind", data=ticked("torino", token="new")).headers["location"].endswith("people=1")


def test_one_person_of_two_cities_gets_one_mail_about_both(server: Server, world: World, manager: httpx.Client) -> None:
    with server.runtime.database.writing() as session:
        session.add(
            Role(
                network_id=world.network.id,
                person_id=world.officers["torino"].id,
                name=RoleName.OFFICER,
                city_id=world.cities["pago-pago"].id,
            )
        )
    manager.post(f"{PAGE}/remind", data=ticked("torino", "pago-pago"))
    sent = mails(server.runtime.database)
    assert set(sent) == {"officer@torino.example", "officer@pago-pago.example"}
    assert sent["officer@torino.example"].body.count("\n- ") == 2
    assert sent["officer@pago-pago.example"].body.count("\n- ") == 1


def test_cities_that_rest_miss_nothing_or_have_nobody_are_named_and_not_mailed(
    server: Server, world: World, manager: httpx.Client
) -> None:
    with server.runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        session.scalars(select(CampaignCity).where(CampaignCity.city_id == world.cities["betio"].id)).one().paused_at = NOON
        for _each in range(3):
            factories.submission(session, campaign, world.cities["torino"])
        oslo = factories.city(session, world.network, "oslo")
        factories.taking_part(session, campaign, oslo)
    words = said(manager.get(f"{PAGE}/remind", params={"cities": ["betio", "torino", "oslo"]}))
    assert "They rest (1) These cities have asked for a rest and are not reminded. Betio" in words
    assert "Nothing is missing (1) From these cities nothing is missing now. Torino" in words
    assert "They can only be called. Oslo" in words
    done = manager.post(f"{PAGE}/remind", data=ticked("betio", "torino", "oslo"))
    assert "Nobody was reminded" in said(manager.get(done.headers["location"]))
    assert mails(server.runtime.database) == {}
    assert reminded(server.runtime.database) == []


def test_a_coordinator_reminds_the_cities_of_the_chapter_whatever_the_form_says(
    server: Server, world: World, campaign_id: int
) -> None:
    with server.runtime.database.writing() as session:
        assert session.get_one(Campaign, campaign_id).chapter_id is None
        chapter = factories.chapter(session, world.network, "islands", [world.cities["betio"]])
        factories.person(session, world.network, RoleName.COORDINATOR, chapter=chapter)
    coordinator = server.signed_in("coordinator@islands.example")
    forged = ["betio", "torino", "pago-pago"]
    preview = coordinator.get(f"{PAGE}/remind", params={"cities": forged})
    assert "Torino" not in preview.text
    assert "1 person gets a mail" in said(preview)
    assert coordinator.post(f"{PAGE}/remind", data=ticked(*forged)).headers["location"] == f"{PAGE}?reminded=1&people=1"
    assert set(mails(server.runtime.database)) == {"officer@betio.example"}
    assert "Nobody was reminded" in said(
        coordinator.get(coordinator.post(f"{PAGE}/remind", data=ticked("torino", token="x")).headers["location"])
    )
    assert set(mails(server.runtime.database)) == {"officer@betio.example"}


def test_officers_remind_nobody(server: Server, world: World, campaign_id: int) -> None:  # noqa: ARG001 - it is there
    officer = server.signed_in(world.officers["torino"].email)
    assert officer.post(f"{PAGE}/remind", data=ticked("betio")).status_code == 403
    assert mails(server.runtime.database) == {}


def test_a_closed_campaign_is_shown_and_reminds_nobody(server: Server, manager: httpx.Client, campaign_id: int) -> None:
    with server.runtime.database.writing() as session:
        session.get_one(Campaign, campaign_id).status = CampaignStatus.CLOSED
    page = manager.get(PAGE)
    assert page.status_code == 200
    assert "Remind the ticked" not in said(page)
    assert manager.post(f"{PAGE}/remind", data=ticked("torino")).status_code == 409


def test_every_point_has_its_sentence_and_its_page(database: Database, world: World) -> None:
    with database.writing() as session:
        campaign = world.planned(session)
    cells = {point: Cell(Standing.MISSING, 1, NOON) for point in Point}
    points = [point for point in Point if point is not Point.DESK]
    about = [CityReminder(world.cities["torino"], points, cells)]
    written = reminder(campaign, world.network, world.officers["torino"], about, base_url=BASE_URL)
    desk, city = f"{BASE_URL}/desk/campaigns/{campaign.slug}", f"{BASE_URL}/desk/c/{campaign.slug}/torino"
    listed = [part.split("\n")[1].strip() if "https" in part.split("\n")[1] else "" for part in written.text.split("\n- ")[1:]]
    assert listed == ["", f"{desk}/brief", city, city, f"{BASE_URL}/desk/queue", city, city]
    assert written.html.count("<li") == 7
    assert "Hello Officer of torino" in written.text
    assert written.subject == "Our Home: what is still missing"


REMIND = PlannedStep(StepName.REMIND, StepScope.EACH_CITY, offset_days=-7)


def with_line(database: Database, world: World, line: PlannedStep, counts: dict[str, int]) -> int:
    with database.writing() as session:
        campaign = world.opened(session, lines=(line, *DAY_LINES))
        world.joined(session, campaign, *counts)
        for place in session.scalars(select(CampaignCity)):
            place.collection_opened_at = NOON
        for slug, count in counts.items():
            for _each in range(count):
                factories.submission(session, campaign, world.cities[slug])
        return campaign.id


def outcomes(database: Database, campaign_id: int) -> dict[str, tuple[str, str | None, Outcome | None]]:
    with database.reading() as session:
        places = {
            place.id: city.slug
            for place, city in session.execute(select(CampaignCity, City).join(City, City.id == CampaignCity.city_id))
        }
        return {
            places[each.run.campaign_city_id]: (each.run.state.value, each.run.reason_code, each.run.outcome)
            for each in runs_of(session, campaign_id)
            if each.step.action == StepName.REMIND and each.run.campaign_city_id is not None
        }


def run_at(runtime: Runtime, *moments: datetime) -> None:
    for moment in moments:
        run_due_steps(runtime, StepRegistry(ACTIONS), now=moment)


BETIO_AT = datetime.fromisoformat("2027-06-12T10:00:00+00:00")
TORINO_AT = datetime.fromisoformat("2027-06-12T22:00:00+00:00")


def test_the_step_reminds_cities_that_miss_something_and_not_the_others(runtime: Runtime, world: World) -> None:
    campaign_id = with_line(runtime.database, world, REMIND, {"torino": 0, "betio": 4})
    run_at(runtime, BETIO_AT, TORINO_AT, TORINO_AT)
    assert outcomes(runtime.database, campaign_id) == {
        "torino": ("done", None, {"mails": 1, "points": "contributions"}),
        "betio": ("done", None, {"mails": 0, "reason": "nothing_missing"}),
    }
    sent = mails(runtime.database)
    assert set(sent) == {"officer@torino.example"}
    assert "/desk/c/world-refugee-day-2027/torino" in sent["officer@torino.example"].body
    assert reminded(runtime.database) == [("torino", "contributions", None)]


def test_a_number_on_the_line_says_what_is_little(runtime: Runtime, world: World) -> None:
    line = PlannedStep(
        StepName.REMIND, StepScope.EACH_CITY, offset_days=-7, condition=StepCondition.FEWER_THAN, condition_count=5
    )
    campaign_id = with_line(runtime.database, world, line, {"torino": 4, "betio": 5})
    run_at(runtime, BETIO_AT, TORINO_AT)
    assert outcomes(runtime.database, campaign_id) == {
        "torino": ("done", None, {"mails": 1, "points": "contributions"}),
        "betio": ("skipped", "condition_not_met", None),
    }


def test_a_reminder_whose_day_is_over_is_left_out(runtime: Runtime, world: World) -> None:
    campaign_id = with_line(runtime.database, world, REMIND, {"torino": 0})
    run_at(runtime, TORINO_AT + DAY)
    assert outcomes(runtime.database, campaign_id) == {"torino": ("skipped", "moment_over", None)}
    assert mails(runtime.database) == {}


def test_the_step_leaves_out_a_city_that_somebody_has_just_reminded(server: Server, world: World, clock: Clock) -> None:
    campaign_id = with_line(server.runtime.database, world, REMIND, {"torino": 0})
    clock.now = TORINO_AT - timedelta(hours=1)
    server.signed_in(world.manager.email).post(f"{PAGE}/remind", data=ticked("torino"))
    run_at(server.runtime, TORINO_AT)
    assert outcomes(server.runtime.database, campaign_id) == {"torino": ("done", None, {"mails": 0, "reason": "just_reminded"})}
    assert len(mails(server.runtime.database)) == 1


def test_the_step_says_before_what_it_will_do(database: Database, world: World) -> None:
    campaign_id = with_line(database, world, REMIND, {"torino": 0})
    with database.reading() as session:
        campaign, city = session.get_one(Campaign, campaign_id), world.cities["torino"]
        place = session.scalars(select(CampaignCity)).one()
        step = DueStep(
            run_id=1,
            action="remind",
            scope=StepScope.EACH_CITY,
            offset_days=-7,
            campaign=campaign,
            campaign_city=place,
            city=city,
            chapter=None,
            due_at=TORINO_AT,
            condition=StepCondition.FEWER_THAN,
            condition_count=2,
            base_url=BASE_URL,
            keep_originals_days=365,
        )
        said_of_it = Remind().preview(step, translator("en"))
    assert said_of_it == "Torino: if fewer than 2 contributions have come in by then, a mail says what is missing"


def test_everybody_concerned_is_told_when_the_day_moves(database: Database, world: World, campaign_id: int) -> None:
    with database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        assert planned_day_move(session, campaign, IN_A_WEEK, now=NOON).people_count == 3
        move_day(session, campaign, IN_A_WEEK, actor=world.manager, now=NOON, base_url=BASE_URL)
    sent = mails(database, "day_moved")
    assert set(sent) == {f"officer@{slug}.example" for slug in world.cities}
    mail = sent["officer@betio.example"]
    assert mail.subject == "Our Home: the day is now Sunday, 27 June 2027"
    assert "is now Sunday, 27 June 2027; before it was Sunday, 20 June 2027." in mail.body
    assert f"{BASE_URL}/desk/campaigns/world-refugee-day-2027" in mail.html
    assert "dimanche 27 juin 2027" in sent["officer@torino.example"].body


def test_who_prepares_a_campaign_is_told_as_well_and_of_each_move(database: Database, world: World) -> None:
    with database.writing() as session:
        campaign = world.planned(session)
        begin_preparation(session, campaign, actor=world.manager, now=NOON)
        invite(session, campaign, cities=[world.cities["betio"]], actor=world.manager, now=NOON, base_url=BASE_URL)
        member = factories.person(session, world.network, email="member@voices.example", city=world.cities["torino"])
        session.add(WorkingGroupMember(campaign_id=campaign.id, person_id=member.id, added_at=NOON))
        session.flush()
        for day_on, minute in ((IN_A_WEEK, 0), (campaign.day_on, 1), (IN_A_WEEK, 2)):
            now = NOON + timedelta(minutes=minute)
            move_day(session, campaign, day_on, actor=world.manager, now=now, base_url=BASE_URL)
        told = session.execute(select(Person.email).join(Mail, Mail.person_id == Person.id).where(Mail.reason == "day_moved"))
        assert sorted(told.scalars()) == ["member@voices.example"] * 3 + ["officer@betio.example"] * 3


def test_before_the_day_moves_one_sees_how_many_are_told(server: Server, manager: httpx.Client) -> None:
    page = said(manager.get("/desk/campaigns/world-refugee-day-2027/timeline/day", params={"day_on": "2027-06-27"}))
    assert "3 people get a mail that says so." in page
    manager.post("/desk/campaigns/world-refugee-day-2027/timeline/day", data={"day_on": "2027-06-27"})
    assert len(mails(server.runtime.database, "day_moved")) == 3
