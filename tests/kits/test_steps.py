"""The steps that hand out kits: what they write, to whom, and what they leave out."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import delete, select

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.campaigns.plan import StepName
from app.campaigns.service import run_due_steps
from app.enums import RoleName, StepScope, StepState
from app.kits.toolkit import TOOLKITS_DIR
from app.kits.versions import Parts, publish
from app.models import Campaign, CampaignCity, City, KitVersion, Mail, StepRun, TimelineStep
from app.runtime import Runtime
from app.words import Words
from app.worker.registry import step_registry
from tests import factories
from tests.conftest import Clock, Server

OFFICER = "officer@lyon.example"
CARDS = "/desk/c/our-home/lyon/cards"
EIGHT_IN_LYON = datetime(2027, 6, 13, 6, tzinfo=UTC)  # a week before the day


@dataclass(frozen=True)
class World:
    """An open campaign with Lyon, and a city where nobody is at the desk."""

    manager: Actor


@pytest.fixture
def world(runtime: Runtime) -> World:
    with runtime.database.writing() as session:
        network = factories.network(session)
        manager = actor_of(session, factories.person(session, network, RoleName.MANAGER))
        campaign = factories.campaign(session, network)
        for slug, zone in (("lyon", "Europe/Paris"), ("silent", "Europe/Oslo")):
            city = factories.city(session, network, slug, time_zone=zone)
            factories.taking_part(session, campaign, city)
            if slug == "lyon":
                factories.person(session, network, city=city, language="fr")
    assert manager is not None
    return World(manager)


def plan(runtime: Runtime, action: StepName, *, days: int, due_at: datetime) -> None:
    """A line with a run in each city, all due at one instant."""
    with runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        step = TimelineStep(campaign_id=campaign.id, position=days + 100, action=action.value, offset_days=days)
        step.scope, step.local_time = StepScope.EACH_CITY, time(8)
        session.add(step)
        session.flush()
        for place in session.scalars(select(CampaignCity)):
            session.add(StepRun(step_id=step.id, campaign_city_id=place.id, due_at=due_at, state=StepState.PLANNED))


def outcomes(runtime: Runtime, now: datetime) -> dict[str, object]:
    """Do what is due; what became of it in each city."""
    run_due_steps(runtime, step_registry(), now=now)
    with runtime.database.reading() as session:
        found = session.execute(
            select(City.slug, StepRun.outcome)
            .join(CampaignCity, CampaignCity.city_id == City.id)
            .join(StepRun, StepRun.campaign_city_id == CampaignCity.id)
            .where(StepRun.state == StepState.DONE)
        )
        return {row[0]: row[1] for row in found}


def mails(runtime: Runtime) -> list[tuple[str, str]]:
    with runtime.database.reading() as session:
        return [(row.reason, row.body) for row in session.scalars(select(Mail).order_by(Mail.id))]


@pytest.mark.usefixtures("world")
def test_officers_hear_that_the_kit_is_ready_in_their_language_and_with_a_link(runtime: Runtime) -> None:
    plan(runtime, StepName.SEND_TOOLKITS, days=-7, due_at=EIGHT_IN_LYON)
    assert outcomes(runtime, EIGHT_IN_LYON) == {
        "lyon": {"mails": 1, "version": 1},
        "silent": {"mails": 0, "reason": "nobody_at_desk", "version": 1},
    }
    [(reason, body)] = mails(runtime)
    assert (reason, "http://127.0.0.1/desk/c/our-home/lyon/kit" in body) == ("kit_ready", True)
    assert "Bonjour" in body


def test_a_step_never_publishes_and_whoever_publishes_later_tells_the_cities(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        session.execute(delete(KitVersion))
    plan(runtime, StepName.SEND_TOOLKITS, days=-7, due_at=EIGHT_IN_LYON)
    nothing = {"mails": 0, "reason": "no_version"}
    assert outcomes(runtime, EIGHT_IN_LYON) == {"lyon": nothing, "silent": nothing}
    assert mails(runtime) == []
    with runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        parts, note = Parts(campaign.toolkit_slug, TOOLKITS_DIR), Words.one("en", "")
        factories.checked(session, runtime, campaign, parts.root)
        publish(session, runtime, campaign, parts=parts, note=note, embargoed=(), actor=world.manager, now=EIGHT_IN_LYON)
    assert [reason for reason, _body in mails(runtime)] == ["kit_ready"]


@pytest.mark.usefixtures("world")
def test_a_kit_that_is_late_is_not_promised_for_a_moment_that_is_past(server: Server, clock: Clock) -> None:
    with server.runtime.database.writing() as session:
        session.execute(delete(KitVersion))
    plan(server.runtime, StepName.SEND_TOOLKITS, days=-7, due_at=EIGHT_IN_LYON)
    with server.signed_in(OFFICER) as browser:
        clock.now = EIGHT_IN_LYON - timedelta(minutes=1)
        assert "it is handed out at 13 June 2027, 08:00" in browser.get("/desk/c/our-home/lyon/kit").text
        clock.now = EIGHT_IN_LYON
        late = browser.get("/desk/c/our-home/lyon/kit").text
        outcomes(server.runtime, EIGHT_IN_LYON)  # it finds nothing to hand out
        assert [
            "it should be here since 13 June 2027, 08:00" in page
            for page in (late, browser.get("/desk/c/our-home/lyon/kit").text)
        ] == [True] * 2


@pytest.mark.usefixtures("world")
def test_the_card_of_the_day_stands_on_the_city_s_page_with_its_text(server: Server, clock: Clock) -> None:
    runtime = server.runtime
    with server.signed_in(OFFICER) as browser:
        clock.now = EIGHT_IN_LYON - timedelta(minutes=1)
        plan(runtime, StepName.COUNTDOWN_CARD, days=-7, due_at=EIGHT_IN_LYON)
        assert "countdown/days-07" not in browser.get(CARDS).text
        clock.now = EIGHT_IN_LYON
        assert outcomes(runtime, clock.now)["lyon"] == {"days_left": 7, "mails": 0}
        page = browser.get(CARDS).text
        assert "/desk/c/our-home/lyon/kit/countdown/days-07.en.png?small=true" in page
        assert "#OurHome" in page
        clock.advance(timedelta(days=1))
        assert "countdown/days-0" not in browser.get(CARDS).text


@pytest.mark.usefixtures("world")
def test_whoever_wishes_gets_the_card_by_mail_until_they_wish_it_no_more(server: Server, clock: Clock) -> None:
    runtime = server.runtime
    with server.signed_in(OFFICER) as browser:
        for _again in range(2):
            assert browser.post(CARDS, data={"wish": "yes"}).status_code == 303
        plan(runtime, StepName.COUNTDOWN_CARD, days=-7, due_at=EIGHT_IN_LYON)
        assert outcomes(runtime, EIGHT_IN_LYON)["lyon"] == {"days_left": 7, "mails": 1}
        assert browser.post(CARDS, data={}).status_code == 303
        clock.now = EIGHT_IN_LYON + timedelta(days=1)
        plan(runtime, StepName.COUNTDOWN_CARD, days=-6, due_at=clock.now)
        outcomes(runtime, clock.now)
    [(reason, body)] = mails(runtime)
    assert (reason, f"http://127.0.0.1{CARDS}" in body) == ("card_of_the_day", True)


@pytest.mark.usefixtures("world")
def test_a_card_under_embargo_is_not_put_out(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        session.scalars(select(KitVersion)).one().embargoed = ["countdown", "day"]
    plan(runtime, StepName.COUNTDOWN_CARD, days=-7, due_at=EIGHT_IN_LYON)
    assert outcomes(runtime, EIGHT_IN_LYON)["lyon"] == {"mails": 0, "reason": "under_embargo"}
    day_begins = datetime(2027, 6, 19, 22, tzinfo=UTC)
    plan(runtime, StepName.COUNTDOWN_CARD, days=0, due_at=day_begins)
    run_due_steps(runtime, step_registry(), now=day_begins)
    with runtime.database.reading() as session:
        place = select(CampaignCity.id).join(City, City.id == CampaignCity.city_id).where(City.slug == "lyon")
        last = select(StepRun).where(StepRun.campaign_city_id == place.scalar_subquery()).order_by(StepRun.id.desc())
        run = session.scalars(last).first()
        assert run is not None
        assert run.outcome == {"days_left": 0, "mails": 0}
