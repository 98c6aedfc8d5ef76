"""A campaign on its day, with voices in two cities, and a counter of questions to the database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from app.enums import Phase
from app.models import Campaign, City
from app.runtime import Runtime
from tests import factories
from tests.conftest import Clock


@dataclass(frozen=True)
class Scene:
    """The campaign and its cities."""

    campaign: Campaign
    bergen: City
    kobe: City


@pytest.fixture
def scene(runtime: Runtime, clock: Clock) -> Scene:
    """The morning of the day in Bergen, its evening in Kobe."""
    clock.now = datetime(2027, 6, 20, 9, 0, tzinfo=UTC)
    with runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network, phase=Phase.DAY)
        bergen = factories.city(session, network, "bergen")
        kobe = factories.city(session, network, "kobe", name="神戸", time_zone="Asia/Tokyo", country="JP", languages=("ja", "en"))
        for city in (bergen, kobe):
            factories.taking_part(session, campaign, city, phase=Phase.DAY)
    return Scene(campaign, bergen, kobe)


Counted = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def counted(runtime: Runtime) -> Counted:
    """Collects the SELECTs that are sent while a block runs."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        found: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith(("SELECT", "WITH")):
                found.append(statement)

        event.listen(runtime.database.engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(runtime.database.engine, "before_cursor_execute", note)

    return collect
