"""Whoever changes several works holds them in one order, and before any bytes: nobody waits for each other."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import derivation, jobs
from app.assembly import service, steps, versions
from app.assembly.service import Finished, request_what_changed, stand, take_in
from app.campaigns.steps import DueStep, StepAction
from app.derivation import Made
from app.enums import HELD_IN_THIS_ORDER, ArtefactKind, ProductionKind, StepScope, SubmissionKind
from app.jobs import JobRun
from app.models import Campaign, Job, Production, ProductionFile, Submission
from app.runtime import Runtime
from app.submissions import service as submissions
from app.submissions import tasks
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import draw

JOINT = (ProductionKind.JOINT_FILM_SHORT, ProductionKind.JOINT_FILM)
Act = Callable[[], None]


class Meeting:
    """Where two wait for each other, once; not for long, as one may be waiting for what the other holds."""

    def __init__(self) -> None:
        self._both = threading.Barrier(2)

    def wait(self) -> None:
        with suppress(threading.BrokenBarrierError):
            self._both.wait(0.3)


def together(*acts: Act) -> list[BaseException]:
    """What went wrong while they were done at once."""
    wrong = list[BaseException]()

    def tried(act: Act) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told by the test
            wrong.append(error)

    threads = [threading.Thread(target=tried, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return wrong


def due(session: Session, runtime: Runtime, scene: Scene) -> DueStep:
    """A step once the day is over."""
    campaign = session.get_one(Campaign, scene.campaign.id)
    return DueStep(1, "", StepScope.LAST_CITY, 1, campaign, None, None, None, runtime.now(), None, None, "", 0)


def works(runtime: Runtime, scene: Scene, *kinds: ProductionKind) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        for kind in kinds:
            stand(session, campaign, None, kind, now=runtime.now(), final=False).version = 1


def test_every_kind_has_its_turn() -> None:
    assert sorted(HELD_IN_THIS_ORDER) == sorted(ProductionKind)


@pytest.mark.parametrize("action", [steps.BuildCollage(), steps.BuildJointFilm()])
def test_a_step_asks_for_its_works_in_that_order(
    action: StepAction, runtime: Runtime, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    works(runtime, scene, ProductionKind.BOOKLET, ProductionKind.HIGHLIGHTS)
    asked: list[ProductionKind] = []
    monkeypatch.setattr(steps, "request", lambda _session, _campaign, kind, **_: asked.append(kind))
    with runtime.database.writing() as session:
        action.run(session, due(session, runtime, scene), runtime.now())
    assert len(asked) > 1
    assert asked == sorted(asked, key=HELD_IN_THIS_ORDER.index)


def test_a_step_and_an_approval_that_ask_for_both_films_at_once_both_succeed(
    runtime: Runtime, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    works(runtime, scene, *JOINT)
    meeting, hold = Meeting(), service.hold

    def held(session: Session, production: Production) -> None:
        hold(session, production)
        if production.kind in JOINT:
            meeting.wait()

    def step() -> None:
        with runtime.database.writing() as session:
            steps.BuildJointFilm().run(session, due(session, runtime, scene), runtime.now())

    def approval() -> None:
        with runtime.database.writing() as session:
            request_what_changed(session, runtime.storage, scene.campaign.id, scene.bergen.id, now=runtime.now())

    monkeypatch.setattr(service, "hold", held)
    assert together(step, approval) == []


def test_a_film_is_taken_in_while_somebody_who_left_is_erased(
    runtime: Runtime, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def film(name: str, colour: str, *parts: int) -> Finished:
        path = draw(tmp_path / f"{name}.jpg", colour)
        made = Made(path=path, kind=ArtefactKind.FILM, media_type="image/jpeg", spec={"film": name}, parts=parts)
        return Finished(made, None, parts, 1, 1, 1.0)

    def take(session: Session, finished: Finished) -> None:
        campaign = session.get_one(Campaign, scene.campaign.id)
        take_in(session, runtime.storage, campaign, scene.bergen.id, ProductionKind.CITY_FILM, finished, now=runtime.now())

    with runtime.database.writing() as session:
        leaving, staying = (
            factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.TEXT, text=text).id for text in "ab"
        )
        take(session, film("of both", "red", leaving, staying))
    with runtime.database.writing() as session:
        submissions.withdraw(session, session.get_one(Submission, leaving), actor_id=None, now=runtime.now())
        job = session.scalars(select(Job).where(Job.kind == submissions.ERASE)).one()
        jobs.claim(session, job.id, worker="w", now=runtime.now(), lease=timedelta(minutes=5))
        run = JobRun(runtime, job.id, job.payload, "w", 1)
    meeting, disown, forget = Meeting(), derivation.disown, versions.forget_versions

    def disowned(session: Session, submission_id: int) -> list[int]:
        fallen = disown(session, submission_id)
        meeting.wait()
        return fallen

    def forgotten(*where: Any, **when: Any) -> None:
        meeting.wait()
        forget(*where, **when)

    def rebuilt() -> None:
        with runtime.database.writing() as session:
            take(session, film("of one", "green", staying))

    monkeypatch.setattr(derivation, "disown", disowned)
    monkeypatch.setattr(service, "forget_versions", forgotten)
    assert together(lambda: tasks.erase(run), rebuilt) == []
    with runtime.database.reading() as session:
        assert derivation.derived_from(session, leaving) == set()
        production = session.scalars(select(Production)).one()
        assert derivation.derived_from(session, staying) == {production.artefact_id}
        assert session.scalars(select(ProductionFile)).all() == []
        assert derivation.compare_rows_and_files(session, runtime.storage) == derivation.SanityReport([], [])
