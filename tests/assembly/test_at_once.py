"""Two who ask for the first time at the same moment get one row, and neither is told that something went wrong."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.assembly.collage_plan import choose_layout
from app.assembly.joint_plan import note_opened
from app.assembly.service import request
from app.db.first import found_or_first
from app.enums import ProductionKind
from app.kits.toolkit import load_toolkit
from app.models import Campaign, CollagePlan, Job, JointFilmPlan, Production
from app.runtime import Runtime
from tests.assembly.conftest import Scene

Act = Callable[[Session, Campaign, Runtime], Any]


def ask_for(kind: ProductionKind, *, of_city: bool = False) -> Act:
    def act(session: Session, campaign: Campaign, runtime: Runtime) -> None:
        city_id = 1 if of_city else None
        request(session, campaign, kind, city_id=city_id, now=runtime.now())

    return act


def choose_columns(session: Session, campaign: Campaign, runtime: Runtime) -> None:
    toolkit = load_toolkit("world-refugee-day")
    choose_layout(session, campaign, toolkit, toolkit.collages[-1].name, actor_id=None, now=runtime.now())


def note(session: Session, campaign: Campaign, runtime: Runtime) -> None:
    note_opened(session, campaign.id, 1, now=runtime.now())


@pytest.mark.parametrize(
    ("act", "row"),
    [
        (ask_for(ProductionKind.COLLAGE), Production),
        (ask_for(ProductionKind.CITY_FILM, of_city=True), Production),
        (choose_columns, CollagePlan),
        (note, JointFilmPlan),
    ],
)
def test_two_at_once_get_one_row(act: Act, row: type[Any], runtime: Runtime, scene: Scene) -> None:
    first_wrote, went_wrong = threading.Event(), list[BaseException]()

    def first() -> None:
        with runtime.database.writing() as session:
            act(session, session.get_one(Campaign, scene.campaign.id), runtime)
            session.flush()
            first_wrote.set()
            threading.Event().wait(0.3)  # the second comes before this is committed

    def second() -> None:
        assert first_wrote.wait(10)
        try:
            with runtime.database.writing() as session:
                act(session, session.get_one(Campaign, scene.campaign.id), runtime)
        except BaseException as error:  # noqa: BLE001 - told by the test
            went_wrong.append(error)

    threads = [threading.Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert went_wrong == []
    with runtime.database.reading() as session:
        count = session.scalar(select(func.count()).select_from(row))
        jobs = session.scalar(select(func.count()).select_from(Job))
    assert (count, jobs) == (1, 1 if row is Production else 0)


def test_who_looked_before_the_other_wrote_finds_that_row_and_keeps_what_was_done_before(runtime: Runtime, scene: Scene) -> None:
    looked = list[int]()
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        written = request(session, campaign, ProductionKind.COLLAGE, now=runtime.now())

        def find() -> Production | None:
            looked.append(1)
            return written if len(looked) > 1 else None

        def first() -> Production:
            same = ("campaign_id", "kind", "version", "contributions", "share_done", "built_at")
            return Production(public_id="another", city_id=None, **{name: getattr(written, name) for name in same})

        assert found_or_first(session, find, first) is written
    with runtime.database.reading() as session:
        assert session.scalars(select(Production.public_id)).all() == [written.public_id]
        assert session.scalar(select(func.count()).select_from(Job)) == 1
