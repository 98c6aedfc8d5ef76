"""Stop is obeyed: whenever it is pressed, in whatever step, and what stood before stands on."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import jobs
from app.assembly import film, service, workshop
from app.assembly.queries import production_at
from app.assembly.service import hold
from app.assembly.works import Making, making_of
from app.assembly.workshop import CancelledError, Place, Telling
from app.enums import ArtefactKind, JobState, ProductionKind, SubmissionKind
from app.jobs import JobRun
from app.models import Artefact, Campaign, Job, Production
from app.runtime import Runtime
from app.worker.registry import job_registry
from media_pipeline.limits import ChildLimits
from media_pipeline.process import run_limited
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import run_jobs, with_picture

FILM = ProductionKind.CITY_FILM
Act = Callable[[Session, Production], Any]


class Interrupted(JobRun):
    """A job during which somebody does something right before its result is written."""

    act: Act
    place: Place

    @contextmanager
    def finishing(self) -> Iterator[Session]:
        """The act first, once."""
        act, self.act = self.act, lambda _session, _production: None
        with self.runtime.database.writing() as session:
            act(session, at(session, self.place))
        with super().finishing() as session:
            yield session


def at(session: Session, place: Place) -> Production:
    found = production_at(session, place.campaign_id, place.city_id, place.kind)
    assert found is not None
    return found


@pytest.fixture
def place(runtime: Runtime, scene: Scene, tmp_path: Path) -> Place:
    """A city's film that somebody asked for, of one photo."""
    with runtime.database.writing() as session:
        photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO, text="")
        with_picture(session, runtime, photo, tmp_path, "red")
    ask(runtime, place := Place(FILM, scene.campaign.id, scene.bergen.id))
    return place


@pytest.fixture
def stop(runtime: Runtime, scene: Scene) -> Act:
    """Somebody presses Stop."""
    with runtime.database.writing() as session:
        who = factories.person(session, factories.network(session, "others")).id

    def press(session: Session, production: Production) -> None:
        service.cancel(session, production, actor_id=who, network_id=scene.campaign.network_id, now=runtime.now())

    return press


def ask(runtime: Runtime, place: Place) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, place.campaign_id)
        service.request(session, campaign, place.kind, city_id=place.city_id, now=runtime.now())


def make(runtime: Runtime, place: Place, act: Act) -> None:
    """Run its job; right before the end, somebody does this."""
    with runtime.database.writing() as session:
        job = session.scalars(select(Job).where(Job.state == JobState.QUEUED)).one()
        claimed = jobs.claim(session, job.id, worker="w", now=runtime.now(), lease=timedelta(minutes=1))
        assert claimed is not None
        run = Interrupted(runtime, claimed.id, claimed.payload, "w", claimed.attempts)
    run.act, run.place = act, place
    job_registry()[claimed.kind].handler(run)


def seen(runtime: Runtime, place: Place) -> tuple[int, Making, list[JobState]]:
    """Which version stands, what the desk says of the making, and the jobs."""
    with runtime.database.reading() as session:
        states = list(session.scalars(select(Job.state).order_by(Job.id)))
        production = at(session, place)
        return production.version, making_of(session, production, now=runtime.now()), states


def share_done(runtime: Runtime, place: Place) -> float:
    with runtime.database.reading() as session:
        return at(session, place).share_done


def segments(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return len(session.scalars(select(Artefact.id).where(Artefact.kind == ArtefactKind.SEGMENT)).all())


@pytest.mark.media
@pytest.mark.usefixtures("quick_films")
def test_a_stop_in_the_last_second_is_obeyed_and_what_was_made_is_kept_for_the_next_time(
    runtime: Runtime, place: Place, stop: Act
) -> None:
    make(runtime, place, stop)
    assert seen(runtime, place) == (0, Making.CANCELLED, [JobState.DONE])
    assert segments(runtime) == 3
    ask(runtime, place)
    run_jobs(runtime)
    assert seen(runtime, place) == (1, Making.NOT_ASKED, [JobState.DONE] * 2)


@pytest.mark.media
@pytest.mark.usefixtures("quick_films")
def test_who_has_it_stop_and_asks_again_while_it_runs_gets_what_is_being_made_and_then_what_was_asked_for(
    runtime: Runtime, place: Place, stop: Act
) -> None:
    def stop_and_ask(session: Session, production: Production) -> None:
        stop(session, production)
        service.request(session, session.get_one(Campaign, place.campaign_id), FILM, city_id=place.city_id, now=runtime.now())

    make(runtime, place, stop_and_ask)
    assert seen(runtime, place) == (1, Making.WAITING, [JobState.DONE, JobState.QUEUED])
    run_jobs(runtime)
    assert seen(runtime, place) == (1, Making.NOT_ASKED, [JobState.DONE] * 2)


def test_a_step_that_takes_long_and_tells_nothing_is_ended_too(
    runtime: Runtime, place: Place, stop: Act, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def encode_for_a_minute(*_: object, **__: object) -> None:
        with runtime.database.writing() as session:
            production = at(session, place)
            assert making_of(session, production, now=runtime.now()) is Making.UNDER_WAY
            stop(session, production)
            assert making_of(session, production, now=runtime.now()) is Making.STOPPING
        run_limited([shutil.which("sleep") or "", "60"], limits=ChildLimits(90, 90, 2**30, 2**20), cwd=tmp_path)

    monkeypatch.setattr(film, "make_reel", encode_for_a_minute)
    monkeypatch.setattr(workshop, "TOLD_EVERY_S", 0.0)
    began = time.monotonic()
    make(runtime, place, lambda _session, _production: None)
    assert time.monotonic() - began < 20
    assert seen(runtime, place) == (0, Making.CANCELLED, [JobState.DONE])


def test_while_somebody_else_writes_it_waits_for_nobody_asks_all_the_same_and_tells_later(
    runtime: Runtime, place: Place, stop: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "TOLD_EVERY_S", 0.0)
    telling = Telling(runtime, place)
    telling(0.0)
    with runtime.database.writing() as session:
        hold(session, at(session, place))
        telling(0.4)
    assert share_done(runtime, place) == 0.0
    telling.ask()
    assert share_done(runtime, place) == 0.4
    with runtime.database.writing() as session:
        stop(session, at(session, place))
    with runtime.database.writing() as session:
        hold(session, at(session, place))
        with pytest.raises(CancelledError):
            telling.ask()


def test_nothing_is_written_while_it_gets_no_further(runtime: Runtime, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "TOLD_EVERY_S", 0.0)
    written, write = list[float](), runtime.database.writing_at_once
    telling = Telling(runtime, place)

    def counted() -> AbstractContextManager[Session]:
        written.append(share)
        return write()

    monkeypatch.setattr(runtime.database, "writing_at_once", counted)
    for share in (0.0, 0.0, 0.005, 0.02, 0.02, 0.025, 1.0):
        telling(share)
    assert written == [0.0, 0.02, 1.0]
    assert share_done(runtime, place) == 1.0


def test_what_was_stopped_is_not_told_as_failed_and_a_second_stop_changes_nothing(
    runtime: Runtime, place: Place, stop: Act
) -> None:
    for _ in range(2):
        with runtime.database.writing() as session:
            stop(session, at(session, place))
    with runtime.database.writing() as session:
        stopped_at = at(session, place).cancelled_at
        give_up = job_registry()[service.job_name(FILM)].on_give_up
        assert give_up is not None
        give_up(session, {"campaign_id": place.campaign_id, "city_id": place.city_id}, runtime.now() + timedelta(hours=1))
    assert seen(runtime, place) == (0, Making.CANCELLED, [JobState.QUEUED])
    run_jobs(runtime)
    assert seen(runtime, place) == (0, Making.CANCELLED, [JobState.DONE])
    with runtime.database.reading() as session:
        assert at(session, place).cancelled_at == stopped_at
