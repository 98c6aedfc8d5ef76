"""A step that fails waits longer each time and is given up; one whose moment is over is left out; the others go on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.plan import StepName
from app.campaigns.queries import runs_of
from app.campaigns.service import run_due_steps
from app.campaigns.steps import DueStep, Outcome
from app.db.session import Database
from app.enums import StepState
from app.errors import Refused
from app.models import AuditRow, StepRun
from app.runtime import Runtime
from tests.campaigns.conftest import World
from tests.campaigns.test_steps import DAY, MINUTE, SECOND, TORINO, Broken, Noted, opened, outcomes, registry


def film_of(database: Database, campaign_id: int) -> StepRun:
    """The first film in the time-line."""
    with database.reading() as session:
        return next(each.run for each in runs_of(session, campaign_id) if each.step.action == StepName.BUILD_CITY_FILM.value)


def test_a_step_that_goes_on_failing_waits_longer_each_time_and_is_given_up_with_the_reason(
    runtime: Runtime, world: World
) -> None:
    campaign_id = opened(runtime.database, world, "torino")
    broken = registry(film=Broken(StepName.BUILD_CITY_FILM.value))
    waited, tried_at = [], []
    for minutes in range(90):
        now = TORINO + minutes * MINUTE
        before = film_of(runtime.database, campaign_id).attempts
        run_due_steps(runtime, broken, now=now)
        run = film_of(runtime.database, campaign_id)
        if run.attempts > before:
            tried_at.append(minutes)
            waited.append(run.retry_at and (run.retry_at - now) // MINUTE)
    assert (tried_at, waited) == ([0, 1, 6, 21, 81], [1, 5, 15, 60, None])
    run = film_of(runtime.database, campaign_id)
    assert (run.state, run.reason_code, run.failure_code, run.attempts) == (StepState.FAILED, "given_up", "RuntimeError", 5)
    with runtime.database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.act == "step.failed")).one()
    assert (row.subject_id, row.codes["reason"], row.codes["attempts"]) == (run.id, "RuntimeError", 5)


@dataclass
class Refusing(Broken):
    """An action that refuses."""

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:  # noqa: ARG002 - it always says no
        raise Refused("campaign.not_open")


def test_a_refusal_is_kept_by_its_code(runtime: Runtime, world: World) -> None:
    campaign_id = opened(runtime.database, world, "torino")
    run_due_steps(runtime, registry(film=Refusing(StepName.BUILD_CITY_FILM.value)), now=TORINO)
    assert film_of(runtime.database, campaign_id).failure_code == "campaign.not_open"


def test_a_step_whose_moment_is_over_after_an_outage_is_skipped_with_the_reason_and_the_rest_is_done(
    runtime: Runtime, world: World
) -> None:
    campaign_id = opened(runtime.database, world, "torino")
    card = Noted(StepName.BUILD_CITY_FILM.value, expires_after=DAY)
    assert run_due_steps(runtime, registry(film=card), now=TORINO + DAY) == 7
    assert [at for _action, _city, at in card.seen] == [TORINO + DAY]
    assert [(action, state, reason) for action, state, reason in outcomes(runtime.database, campaign_id) if reason] == [
        ("build_city_film", "skipped", "moment_over")
    ]
    with runtime.database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.act == "step.skipped")).one()
    assert (row.codes["step"], row.codes["reason"]) == ("build_city_film", "moment_over")


def test_a_step_is_still_done_in_the_last_second_in_which_it_makes_sense(runtime: Runtime, world: World) -> None:
    opened(runtime.database, world, "torino")
    card = Noted(StepName.BUILD_CITY_FILM.value, expires_after=DAY)
    run_due_steps(runtime, registry(film=card), now=TORINO + DAY - SECOND)
    assert [at for _action, _city, at in card.seen] == [TORINO]
