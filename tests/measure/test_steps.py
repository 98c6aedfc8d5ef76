"""What the steps do: ask for figures, thank, hand out reports."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from app.accounts.mailbox import REASONS
from app.campaigns.plan import StepName
from app.campaigns.tick import run_due_steps
from app.enums import FiguresMoment, RoleName, StepScope, StepState, SubmissionState
from app.measure.steps import ACTIONS
from app.models import AudienceFigures, CampaignCity, City, Mail, Person, StepRun, Submission, TimelineStep
from app.runtime import Runtime
from app.web.i18n import translator
from app.worker.registry import step_registry
from tests import factories
from tests.conftest import Clock
from tests.measure.conftest import BASE_URL, OFFICER_OF_BERGEN, OFFICER_OF_LYON, World, due

ACTION = {action.name: action for action in ACTIONS}
ASKS = {
    StepName.ASK_FIGURES_BEFORE: FiguresMoment.BEFORE,
    StepName.ASK_FIGURES_ON: FiguresMoment.ON,
    StepName.ASK_FIGURES_AFTER: FiguresMoment.AFTER,
}


def mails(runtime: Runtime) -> list[tuple[str, str]]:
    """(address, reason) of every mail."""
    with runtime.database.reading() as session:
        query = select(Person.email, Mail.reason).join(Mail, Mail.person_id == Person.id).order_by(Mail.id)
        return [(email, reason) for email, reason in session.execute(query)]


def run(runtime: Runtime, world: World, action: StepName, **where: object) -> dict[str, str | int]:
    """Do a step as the tick does, in a transaction of its own."""
    step = due(world, action, **where)  # type: ignore[arg-type]
    with runtime.database.writing() as session:
        for row in (step.campaign, step.campaign_city, step.city, step.chapter):
            if row is not None:
                session.add(row)
        return ACTION[action.value].run(session, step, runtime.now())


@pytest.mark.parametrize("action", ASKS)
def test_a_city_is_asked_by_a_mail_with_a_link_of_its_own(action: StepName, world: World, runtime: Runtime) -> None:
    outcome = run(runtime, world, action, city=world.bergen, place=world.in_bergen)

    moment = ASKS[action]
    assert outcome == {"people": 1, "asked": 1}
    assert mails(runtime) == [(OFFICER_OF_BERGEN, "figures")]
    with runtime.database.reading() as session:
        row, mail = session.scalars(select(AudienceFigures)).one(), session.scalars(select(Mail)).one()
    assert (row.campaign_city_id, row.moment, row.asked_at, row.answered_at) == (world.in_bergen.id, moment, runtime.now(), None)
    assert f"{BASE_URL}/figures/" in mail.body
    assert f"{BASE_URL}/figures/" in mail.html
    assert "Our Home" in mail.subject
    assert "Bergen" in mail.body


def test_asked_twice_is_asked_once_and_the_answer_stays(world: World, runtime: Runtime) -> None:
    run(runtime, world, StepName.ASK_FIGURES_ON, city=world.bergen, place=world.in_bergen)
    with runtime.database.writing() as session:
        session.scalars(select(AudienceFigures)).one().followers = 700

    run(runtime, world, StepName.ASK_FIGURES_ON, city=world.bergen, place=world.in_bergen)

    assert mails(runtime) == [(OFFICER_OF_BERGEN, "figures")]
    with runtime.database.reading() as session:
        assert [row.followers for row in session.scalars(select(AudienceFigures))] == [700]


def test_how_it_was_before_the_day_is_not_asked_once_the_day_has_begun_there(
    world: World, runtime: Runtime, clock: Clock
) -> None:
    clock.now = clock.now.replace(day=19, hour=22, minute=30)  # in Bergen and Lyon it is the 20th

    outcome = run(runtime, world, StepName.ASK_FIGURES_BEFORE, city=world.bergen, place=world.in_bergen)

    assert (outcome, mails(runtime)) == ({"people": 0, "asked": 0}, [])


def test_another_place_is_never_asked(world: World, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        session.get_one(City, world.bergen.id).is_elsewhere = True
    world.bergen.is_elsewhere = True

    outcome = run(runtime, world, StepName.ASK_FIGURES_ON, city=world.bergen, place=world.in_bergen)

    assert (outcome, mails(runtime)) == ({"people": 0, "asked": 0}, [])


def test_a_city_without_an_officer_is_on_record_as_asked_and_nobody_is_written_to(world: World, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        oslo = factories.city(session, world.network, "oslo")
        place = factories.taking_part(session, world.campaign, oslo)

    outcome = run(runtime, world, StepName.ASK_FIGURES_ON, city=oslo, place=place)

    assert (outcome, mails(runtime)) == ({"people": 0, "asked": 1}, [])


def test_a_city_is_thanked_with_what_it_brought(world: World, runtime: Runtime, clock: Clock) -> None:
    outcome = run(runtime, world, StepName.THANK_CONTRIBUTORS, city=world.bergen, place=world.in_bergen)

    assert (outcome, mails(runtime)) == ({"contributions": 3, "people": 1}, [(OFFICER_OF_BERGEN, "thanks")])
    with runtime.database.reading() as session:
        mail = session.scalars(select(Mail)).one()
        assert session.get_one(CampaignCity, world.in_bergen.id).thanked_at == clock.now
    assert "3 contributions came from Bergen (1 in words, 2 photos) in 2 languages." in mail.body
    assert f"{BASE_URL}/c/our-home/bergen" in mail.body


def test_a_city_is_thanked_at_one_moment_however_often_it_is_thanked(world: World, runtime: Runtime, clock: Clock) -> None:
    first = clock.now
    run(runtime, world, StepName.THANK_CONTRIBUTORS, city=world.bergen, place=world.in_bergen)
    clock.advance(timedelta(days=1))
    run(runtime, world, StepName.THANK_CONTRIBUTORS, city=world.bergen, place=world.in_bergen)

    with runtime.database.reading() as session:
        assert session.get_one(CampaignCity, world.in_bergen.id).thanked_at == first
    assert mails(runtime) == [(OFFICER_OF_BERGEN, "thanks")]


def test_where_nobody_contributed_nobody_is_thanked_and_the_outcome_says_so(world: World, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        for row in session.scalars(select(Submission).where(Submission.city_id == world.lyon.id)):
            row.state = SubmissionState.WITHDRAWN

    outcome = run(runtime, world, StepName.THANK_CONTRIBUTORS, city=world.lyon, place=world.in_lyon)

    assert (outcome, mails(runtime)) == ({"contributions": 0, "people": 0}, [])
    with runtime.database.reading() as session:
        assert session.get_one(CampaignCity, world.in_lyon.id).thanked_at is None


def test_a_report_goes_to_the_city_in_its_officers_language(world: World, runtime: Runtime) -> None:
    outcome = run(runtime, world, StepName.REPORT_DUE, city=world.lyon, place=world.in_lyon)

    assert (outcome, mails(runtime)) == ({"people": 1}, [(OFFICER_OF_LYON, "report")])
    with runtime.database.reading() as session:
        mail = session.scalars(select(Mail)).one()
    assert f"{BASE_URL}/desk/c/our-home/lyon/report" in mail.body
    assert "Notre maison" in mail.subject


def test_a_report_goes_to_the_chapters_coordinators_and_to_the_networks_managers(world: World, runtime: Runtime) -> None:
    chapter = run(runtime, world, StepName.REPORT_DUE, chapter=world.north, run_id=2)
    network = run(runtime, world, StepName.REPORT_DUE, run_id=3)

    assert (chapter, network) == ({"people": 1}, {"people": 1})
    assert mails(runtime) == [("coordinator@north.example", "report"), ("manager@network.example", "report")]
    with runtime.database.reading() as session:
        bodies = list(session.scalars(select(Mail.body).order_by(Mail.id)))
    assert [f"{BASE_URL}/desk/campaigns/our-home/report" in body for body in bodies] == [True, True]
    assert ["North" in body for body in bodies] == [True, False]


def test_every_step_says_beforehand_what_it_will_do(world: World) -> None:
    speech = translator("en")
    said = [ACTION[name.value].preview(due(world, name, city=world.bergen, place=world.in_bergen), speech) for name in ASKS]
    said += [
        ACTION["thank_contributors"].preview(
            due(world, StepName.THANK_CONTRIBUTORS, city=world.bergen, place=world.in_bergen), speech
        ),
        ACTION["report_due"].preview(due(world, StepName.REPORT_DUE, city=world.bergen, place=world.in_bergen), speech),
        ACTION["report_due"].preview(due(world, StepName.REPORT_DUE, chapter=world.north), speech),
        ACTION["report_due"].preview(due(world, StepName.REPORT_DUE), speech),
    ]
    assert said == [
        "Bergen: its officers are asked for three numbers, as they are before the day",
        "Bergen: its officers are asked for three numbers about the day",
        "Bergen: its officers are asked for three numbers, as they are after the day",
        "Bergen: everybody who sent something is thanked on their receipt, its officers by mail",
        "Bergen: its officers get the link to its report",
        "North: its coordinators get the link to the report of its cities",
        "The network's managers get the link to the report of all cities",
    ]


def test_the_actions_are_known_to_the_worker_and_their_mails_to_the_mailbox() -> None:
    known = {action.name for action in step_registry()}
    assert {action.name for action in ACTIONS} <= known
    assert {"figures", "thanks", "report"} <= REASONS.keys()


def test_only_officers_are_asked(world: World, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        factories.person(session, world.network, RoleName.COORDINATOR, chapter=world.north, email="second@north.example")

    run(runtime, world, StepName.ASK_FIGURES_ON, city=world.bergen, place=world.in_bergen)

    assert mails(runtime) == [(OFFICER_OF_BERGEN, "figures")]


def test_the_tick_does_them_when_their_moment_has_come(world: World, runtime: Runtime, clock: Clock) -> None:
    with runtime.database.writing() as session:
        line = TimelineStep(
            campaign_id=world.campaign.id,
            position=0,
            action=StepName.ASK_FIGURES_BEFORE.value,
            scope=StepScope.EACH_CITY,
            offset_days=-19,
            local_time=time(9, 0),
        )
        session.add(line)
        session.flush()
        due_at = clock.now - timedelta(hours=1)
        row = StepRun(step_id=line.id, campaign_city_id=world.in_bergen.id, due_at=due_at, state=StepState.PLANNED)
        session.add(row)

    assert run_due_steps(runtime, step_registry(), now=runtime.now()) == 1

    with runtime.database.reading() as session:
        done, mail = session.scalars(select(StepRun)).one(), session.scalars(select(Mail)).one()
    assert (done.state, done.outcome) == (StepState.DONE, {"people": 1, "asked": 1})
    assert f"{runtime.settings.resolved_base_url}/figures/" in mail.body
