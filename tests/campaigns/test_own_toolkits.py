"""A toolkit of the network's own, or of a chapter's, is one that campaigns and days can be made with."""

from collections.abc import Mapping

import httpx
import pytest
from sqlalchemy import select

from app.enums import RoleName
from app.models import Campaign, Chapter, InternationalDay
from app.variants import TOOLKITS_DIR, Scope, files_of
from tests import factories
from tests.campaigns.conftest import World
from tests.conftest import Server
from tests.e2e.pages import form_on, send
from tests.toolkits import SLUG, lay_own

NEW, DAYS = "/desk/campaigns/new?day=world-refugee-day", "/desk/calendar/days"
RIVER = "our-river-day"


@pytest.fixture
def chapter(server: Server, world: World) -> Chapter:
    with server.runtime.database.writing() as session:
        row = factories.chapter(session, world.network, "islands", [world.cities["betio"]])
        factories.person(session, world.network, RoleName.COORDINATOR, chapter=row)
    return row


def river_day() -> Mapping[str, str]:
    """A whole toolkit for a day that none of those that ship is for."""
    files = {name: content.decode() for name, content in files_of(TOOLKITS_DIR / SLUG).items()}
    renamed = files["toolkit.toml"].replace(f'slug = "{SLUG}"', f'slug = "{RIVER}"').replace("Our city, our voices", "River Day")
    return files | {"toolkit.toml": renamed}


def kept(client: httpx.Client, address: str, **typed: str) -> int:
    return send(
        client, page := client.get(address), form_on(page, having="toolkit_slug"), files=None, named=None, **typed
    ).status_code


def test_a_campaign_and_a_yearly_day_are_made_with_the_networks_own_toolkit(server: Server, world: World) -> None:
    with server.runtime.database.writing() as session:
        lay_own(session, server.runtime, Scope(world.network.id), river_day(), RIVER)
    manager = server.signed_in(world.manager.email)
    assert kept(manager, f"{NEW}&toolkit={RIVER}") == 303
    assert (
        f'<option value="{RIVER}" selected>River Day</option>' in manager.get("/desk/campaigns/world-refugee-day-2027/edit").text
    )
    assert kept(manager, f"{DAYS}/new", **{"name-en": "Our river", "month": "5", "day": "3", "toolkit_slug": RIVER}) == 303
    with server.runtime.database.reading() as session:
        days = select(InternationalDay.toolkit_slug).where(InternationalDay.slug == "our-river")
        assert [session.scalars(select(Campaign.toolkit_slug)).one(), session.scalars(days).one()] == [RIVER, RIVER]


def test_a_chapters_own_toolkit_is_for_campaigns_of_that_chapter(server: Server, world: World, chapter: Chapter) -> None:
    with server.runtime.database.writing() as session:
        lay_own(session, server.runtime, Scope(world.network.id, chapter.id), river_day(), RIVER)
    manager, coordinator = server.signed_in(world.manager.email), server.signed_in("coordinator@islands.example")
    assert [kept(manager, NEW, toolkit_slug=RIVER, chapter=whose) for whose in ("", "islands")] == [422, 303]
    assert kept(coordinator, f"{NEW}&toolkit={RIVER}") == 303
    assert manager.get(f"{DAYS}/new").text.count(RIVER) == 0


def test_one_that_cannot_be_read_any_more_keeps_nobody_from_choosing_another(server: Server, world: World) -> None:
    with server.runtime.database.writing() as session:
        files = {**river_day(), "campaign.toml": "[[step]]\n"}
        lay_own(session, server.runtime, Scope(world.network.id), files, RIVER)
    manager = server.signed_in(world.manager.email)
    assert RIVER not in manager.get(f"{DAYS}/new").text
    assert kept(manager, NEW) == 303
