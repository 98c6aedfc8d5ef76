"""What everybody sees of a campaign is that of its published version, whatever its toolkit becomes afterwards."""

import re
from html import unescape

import httpx
import pytest
from sqlalchemy import select

from app.models import Campaign, Network
from app.moderation.handover import handover_of
from app.moderation.queries import Contribution
from app.runtime import Runtime
from app.variants import Scope
from tests import factories
from tests.conftest import Server
from tests.publishing.conftest import Scene
from tests.toolkits import OTHER_COLOURS, OTHER_WORDS, SLUG, freeze, lay_own

SHOWN = (
    "/c/our-home/brand.css",
    "/c/our-home/kobe/brand.css",
    "/brands.css",
    "/c/our-home/card.png",
    "/c/our-home/kobe/card.png",
    "/c/our-home/kobe/countdown.png",
)


@pytest.fixture
def campaign(scene: Scene, runtime: Runtime) -> Campaign:
    """With one version, of the toolkit as it ships."""
    with runtime.database.writing() as session:
        found = session.get_one(Campaign, scene.campaign.id)
        found.toolkit_slug = SLUG
        freeze(session, runtime, found)
    return found


def frame_in(browser: httpx.Client) -> tuple[str, bytes]:
    found = re.search(r'<img data-frame src="([^"]+)"', browser.get("/c/our-home/kobe/frame").text)
    assert found
    picture = browser.get(unescape(found.group(1)))
    assert picture.headers["cache-control"] == "public, max-age=31536000"
    return found.group(1), picture.content


def seen(server: Server) -> dict[str, object]:
    """All that is drawn in the campaign's look, by address."""
    with server.client() as browser:
        return {**{path: browser.get(path).content for path in SHOWN}, "frame": frame_in(browser)}


def test_pages_keep_the_look_that_was_published_until_another_one_is(
    server: Server, runtime: Runtime, campaign: Campaign
) -> None:
    before = seen(server)
    with runtime.database.writing() as session:
        lay_own(session, runtime, Scope(campaign.network_id), OTHER_COLOURS)
    assert seen(server) == before
    with runtime.database.writing() as session:
        freeze(session, runtime, campaign)
    after = seen(server)
    assert {path for path in before if after[path] != before[path]} == set(before)


def test_other_words_leave_the_address_of_the_frame_as_it_was(server: Server, runtime: Runtime, campaign: Campaign) -> None:
    before = seen(server)
    with runtime.database.writing() as session:
        lay_own(session, runtime, Scope(campaign.network_id), OTHER_WORDS)
        freeze(session, runtime, campaign)
    assert seen(server) == before


def test_the_post_of_a_contribution_is_written_from_the_published_version(
    runtime: Runtime, campaign: Campaign, scene: Scene
) -> None:
    def post() -> str:
        with runtime.database.reading() as session:
            return handover_of(session, runtime, Contribution(sent, campaign, scene.bergen)).posts["mastodon"]

    with runtime.database.writing() as session:
        sent = factories.submission(session, campaign, scene.bergen, text="A door of my own.")
    before = post()
    with runtime.database.writing() as session:
        lay_own(session, runtime, Scope(campaign.network_id), OTHER_WORDS)
    assert post() == before
    with runtime.database.writing() as session:
        freeze(session, runtime, campaign)
    assert post() == "Amal says: A door of my own. #OurHome http://127.0.0.1/c/our-home/bergen"


@pytest.mark.usefixtures("campaign")
def test_a_campaign_whose_toolkit_cannot_be_loaded_leaves_the_others_their_colours(server: Server, runtime: Runtime) -> None:
    with server.client() as browser:
        before = browser.get("/brands.css").text
        with runtime.database.writing() as session:
            network = session.scalars(select(Network)).one()
            factories.campaign(session, network, slug="our-river", toolkit_slug="gone")
        assert browser.get("/brands.css").text == before
    assert ".brand-our-home" in before
