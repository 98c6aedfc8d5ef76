"""A campaign on its day in three cities."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.enums import Phase
from app.models import Campaign, City
from app.runtime import Runtime
from tests import factories
from tests.assembly.works import small_clip
from tests.conftest import Clock


@dataclass(frozen=True)
class Scene:
    """The campaign and its cities, none of which has anything yet."""

    campaign: Campaign
    bergen: City
    kobe: City
    oslo: City


@pytest.fixture
def scene(runtime: Runtime, clock: Clock) -> Scene:
    """The day itself, everywhere."""
    clock.now = datetime(2027, 6, 20, 9, 0, tzinfo=UTC)
    with runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network, phase=Phase.DAY)
        bergen = factories.city(session, network, "bergen")
        kobe = factories.city(session, network, "kobe", name="神戸", time_zone="Asia/Tokyo", country="JP", languages=("ja", "en"))
        oslo = factories.city(session, network, "oslo")
        for city in (bergen, kobe, oslo):
            factories.taking_part(session, campaign, city, phase=Phase.DAY)
    return Scene(campaign, bergen, kobe, oslo)


@pytest.fixture(scope="session")
def clip_master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small master clip."""
    return small_clip(tmp_path_factory.mktemp("clip"))
