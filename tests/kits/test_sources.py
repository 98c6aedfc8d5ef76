"""What a campaign is drawn and written from, for each city and before anything is published."""

from app.enums import CampaignStatus
from app.kits.loading import toolkit_at
from app.kits.sources import Source, campaign_root, campaign_roots, city_roots
from app.kits.toolkit import TOOLKITS_DIR
from app.runtime import Runtime
from app.variants import Scope
from tests import factories
from tests.toolkits import OTHER_COLOURS, SLUG, freeze, lay_own

OURS, OTHERS = "#b23a1c", "#1c4bb2"


def test_a_city_has_its_chapters_own_part_of_the_version_and_all_others_the_common_one(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        network = factories.network(session)
        bergen, kobe = (factories.city(session, network, slug) for slug in ("bergen", "kobe"))
        chapter = factories.chapter(session, network, cities=[bergen])
        campaign = factories.campaign(session, network, toolkit_slug=SLUG)
        lay_own(session, runtime, Scope(network.id, chapter.id), OTHER_COLOURS)
        freeze(session, runtime, campaign, chapter)
    with runtime.database.reading() as session:
        own, of_bergen, of_kobe = (campaign_root(session, runtime, campaign, city) for city in (None, bergen, kobe))
        assert (of_bergen.toolkit.palette["accent"], own.toolkit.palette["accent"], of_kobe) == (OTHERS, OURS, own)
        roots = city_roots(session, runtime, campaign, [bergen.id, kobe.id])
        assert roots == {None: own, bergen.id: of_bergen, kobe.id: of_kobe}
        assert campaign_roots(session, runtime, [campaign]) == {campaign.id: own}


def test_before_anything_is_published_a_campaign_is_seen_as_the_toolkit_of_its_network_or_chapter_stands(
    runtime: Runtime,
) -> None:
    with runtime.database.writing() as session:
        network = factories.network(session)
        chapter = factories.chapter(session, network)
        of_network, of_chapter = (
            factories.campaign(session, network, slug=slug, status=CampaignStatus.DRAFT, toolkit_slug=SLUG) for slug in "ab"
        )
        of_chapter.chapter_id = chapter.id
        assert campaign_root(session, runtime, of_network) == Source(SLUG, TOOLKITS_DIR)
        lay_own(session, runtime, Scope(network.id, chapter.id), OTHER_COLOURS)
        found = [campaign_root(session, runtime, each).toolkit.palette["accent"] for each in (of_network, of_chapter)]
    assert found == [OURS, OTHERS]


def test_a_toolkit_is_read_once_and_not_for_each_page() -> None:
    assert toolkit_at(SLUG, TOOLKITS_DIR) is toolkit_at(SLUG, TOOLKITS_DIR)
