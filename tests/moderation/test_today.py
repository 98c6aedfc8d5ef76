"""What the manager's first page says of things that did not work by themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.campaigns.plan import StepName
from app.campaigns.rules import MIDNIGHT
from app.enums import MailState, StepScope, StepState
from app.models import Campaign, Mail, Network, Person, StepRun, TimelineStep
from tests.conftest import Server
from tests.moderation.conftest import MANAGER, OFFICER_OF_BERGEN, World

MAIL = "A mail may not have arrived."


def test_a_step_that_was_given_up_is_said_to_the_manager_with_the_way_to_mend_it(server: Server, world: World) -> None:
    with server.runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign).where(Campaign.slug == world.campaign_slug)).one()
        line = TimelineStep(
            campaign_id=campaign.id,
            position=90,
            action=StepName.BUILD_COLLAGE.value,
            scope=StepScope.LAST_CITY,
            offset_days=1,
            local_time=MIDNIGHT,
        )
        session.add(line)
        session.flush()
        title = campaign.title.texts["en"]
        session.add(StepRun(step_id=line.id, campaign_city_id=None, due_at=server.runtime.now(), state=StepState.FAILED))
    with server.signed_in(MANAGER) as browser:
        page = browser.get("/desk").text
    assert f"A step of “{title}” could not be done." in page
    assert f"/desk/campaigns/{world.campaign_slug}/timeline" in page
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        assert "could not be done" not in browser.get("/desk").text


@pytest.mark.usefixtures("world")
def test_mails_that_may_not_have_arrived_are_said_for_a_week(server: Server) -> None:
    now = server.runtime.now()
    with server.runtime.database.writing() as session:
        network, person = session.scalars(select(Network)).one(), session.scalars(select(Person)).first()
        assert person is not None
        for number, age in enumerate((timedelta(days=1), timedelta(days=30))):
            mail = Mail(
                idempotency_key=f"test:{number}",
                message_id=f"<{number}@test>",
                network_id=network.id,
                person_id=person.id,
                reason="sign_in",
                subject="Hello",
                body="",
                html="",
                state=MailState.UNKNOWN,
                created_at=now - age,
            )
            session.add(mail)
    with server.signed_in(MANAGER) as browser:
        assert MAIL in browser.get("/desk").text
