"""The profile frame: what it says in which language, how long it may be kept, and what its page may not do."""

import re
from html import unescape
from io import BytesIO

import httpx
import pytest
from PIL import Image

from app.campaigns.elsewhere import take_part_from_elsewhere
from app.enums import CampaignStatus
from app.errors import NotFound
from app.kits.sources import Source
from app.kits.toolkit import TOOLKITS_DIR
from app.models import Campaign, Network
from app.publishing import looks
from app.publishing.frame_contexts import FrameWords
from app.publishing.frame_views import draw, frame_languages, frame_words, version_of
from app.publishing.queries import MemberCity, cities_of
from app.runtime import Runtime
from app.words import Words
from tests import factories
from tests.conftest import Server
from tests.publishing.conftest import Scene

MESSAGES = Words("en", {"en": "Our home", "fr": "Chez nous", "ja": "ふるさと", "ar": "بيتنا"})
PAGES = ("/c/our-home/frame", "/c/our-home/kobe/frame")
PICTURES = ("/c/our-home/frame.png", "/c/our-home/kobe/frame.png")


@pytest.fixture
def kobe(scene: Scene, runtime: Runtime) -> MemberCity:
    """A city that speaks Japanese first, in a campaign of English and French with a message in four languages."""
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        campaign.message, campaign.languages = MESSAGES, ["en", "fr"]
    scene.campaign.message = MESSAGES
    with runtime.database.reading() as session:
        return next(each for each in cities_of(session, [scene.campaign.id])[scene.campaign.id] if each.slug == "kobe")


def address_of_the_frame(page: str) -> str:
    found = re.search(r'<img data-frame src="([^"]+)"', page)
    assert found
    return unescape(found.group(1))


def opacity(picture: Image.Image, x: int, y: int) -> int:
    pixel = picture.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return int(pixel[3])


def test_a_citys_frame_speaks_its_own_language_first(scene: Scene, kobe: MemberCity) -> None:
    campaign = scene.campaign
    assert frame_languages(campaign, kobe) == ("ja", "en", "fr")
    assert frame_languages(campaign, None) == ("en", "fr")
    in_japanese = FrameWords("ja", "ふるさと", frame_words(campaign, kobe, "en", "en").hashtag, "神戸")
    assert frame_words(campaign, kobe, None, "fr") == in_japanese
    assert frame_words(campaign, kobe, "ar", "fr") == in_japanese  # neither the city nor the campaign speaks it
    assert frame_words(campaign, kobe, "fr-CA", "en").message == "Chez nous"
    assert frame_words(campaign, kobe, "en", "fr").city == "Kobe"


def test_the_campaigns_frame_speaks_the_readers_language_and_names_no_city(scene: Scene, kobe: MemberCity) -> None:
    assert kobe.slug == "kobe"
    said = [frame_words(scene.campaign, None, asked, reader) for asked, reader in ((None, "fr"), (None, "uk"), ("fr", "en"))]
    assert [(words.language, words.message, words.city) for words in said] == [
        ("fr", "Chez nous", None),
        ("en", "Our home", None),
        ("fr", "Chez nous", None),
    ]


def test_a_campaign_without_a_message_in_any_wanted_language_uses_the_one_it_has(scene: Scene, kobe: MemberCity) -> None:
    scene.campaign.message = Words("uk", {"uk": "Наш дім"})
    assert frame_words(scene.campaign, kobe, None, "en").message == "Наш дім"


@pytest.mark.parametrize("path", PAGES)
def test_the_page_may_connect_to_nothing(server: Server, kobe: MemberCity, path: str) -> None:
    assert kobe.slug == "kobe"
    with server.client() as client:
        page = client.get(path)
        policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
        parts = [page, *(client.get(unescape(each)) for each in re.findall(r'(?:href|src)="(/(?:static|c)/[^"]+)"', page.text))]
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' blob:",
        "connect-src": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert [each.status_code for each in parts] == [200] * len(parts)
    assert "<form" not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_the_page_offers_the_frame_alone_and_its_other_languages(server: Server, kobe: MemberCity, path: str) -> None:
    assert kobe.slug == "kobe"
    with server.client() as client:
        page = client.get(path).text
        shown = address_of_the_frame(page)
        download = re.search(r'<a [^>]*href="([^"]+)" download="([^"]+)"', page)
        others = [unescape(each) for each in re.findall(r'<a href="([^"]+\?words=[^"]+)"', page)]
        answers = [client.get(other) for other in others]
    language = "ja" if "kobe" in path else "en"
    name = f"our-home-kobe-{language}.png" if "kobe" in path else f"our-home-{language}.png"
    assert download
    assert (unescape(download.group(1)), download.group(2)) == (shown, name)
    assert others == [f"{path}?words={tag}" for tag in (("en", "fr") if "kobe" in path else ("fr",))]
    seen = [re.search(r"lang=(\w+)", address_of_the_frame(answer.text)) for answer in answers]
    assert [found and f"{path}?words={found.group(1)}" for found in seen] == others
    assert [answer.headers.get("set-cookie") for answer in answers] == [None] * len(answers)


@pytest.mark.parametrize("path", PAGES)
def test_the_frame_is_transparent_where_the_picture_goes_and_nothing_but_the_corners_is_cut(
    server: Server, kobe: MemberCity, path: str
) -> None:
    assert kobe.slug == "kobe"
    with server.client() as client:
        answer = client.get(address_of_the_frame(client.get(path).text))
    with Image.open(BytesIO(answer.content)) as opened:
        picture = opened.convert("RGBA")
    assert (answer.headers["content-type"], picture.size) == ("image/png", (1080, 1080))
    assert [opacity(picture, x, y) for x, y in ((540, 400), (5, 5), (1074, 1074))] == [0, 0, 0]
    assert [opacity(picture, x, y) for x, y in ((30, 540), (1049, 540), (540, 1050))] == [255, 255, 255]


@pytest.mark.parametrize("path", PAGES)
def test_the_page_leads_to_the_frame_of_every_city_and_of_none(server: Server, kobe: MemberCity, path: str) -> None:
    assert kobe.slug == "kobe"
    with server.client() as client:
        links = re.findall(r'<a href="(/c/[^"?]+/frame)"', client.get(path).text)
        assert [client.get(link).status_code for link in links] == [200] * len(links)
    assert [link for link in links if link != "/c/our-home/frame"] == ["/c/our-home/kobe/frame", "/c/our-home/bergen/frame"]
    assert ("/c/our-home/frame" in links) == (path != "/c/our-home/frame")


@pytest.mark.parametrize("path", PAGES)
def test_a_link_to_the_page_is_shown_with_the_campaigns_picture(server: Server, kobe: MemberCity, path: str) -> None:
    assert kobe.slug == "kobe"
    with server.client() as client:
        said = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]+)">', client.get(path).text))
        card = client.get(said["image"].removeprefix("http://127.0.0.1"))
    assert (said["title"], said["url"]) == ("Put the frame around your picture", f"http://127.0.0.1{path}")
    assert (card.status_code, card.headers["content-type"]) == (200, "image/png")


def test_a_campaign_that_is_over_keeps_its_frame_and_asks_for_no_story(server: Server, scene: Scene, runtime: Runtime) -> None:
    with server.client() as client:
        before = client.get("/c/our-home/kobe/frame")
        with runtime.database.writing() as session:
            session.get_one(Campaign, scene.campaign.id).status = CampaignStatus.CLOSED
        after = client.get("/c/our-home/kobe/frame")
    assert [(answer.status_code, "/c/our-home/kobe/share" in answer.text) for answer in (before, after)] == [
        (200, True),
        (200, False),
    ]


@pytest.mark.parametrize("path", PICTURES)
def test_the_frame_is_kept_long_under_its_version_alone(
    server: Server, scene: Scene, kobe: MemberCity, runtime: Runtime, path: str
) -> None:
    assert kobe.slug == "kobe"
    page = path.removesuffix(".png")

    def kept(answer: httpx.Response) -> str:
        assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)
        return str(answer.headers["cache-control"])

    with server.client() as client:
        first = address_of_the_frame(client.get(page).text)
        assert [kept(client.get(each)) for each in (first, path, f"{path}?lang=fr&v=wrong")] == [
            "public, max-age=31536000",
            "public, max-age=3600",
            "public, max-age=3600",
        ]
        with runtime.database.writing() as session:
            changed = {tag: f"{text} 2" for tag, text in MESSAGES.texts.items()}
            session.get_one(Campaign, scene.campaign.id).message = Words("en", changed)
        second = address_of_the_frame(client.get(page).text)
        assert second != first
        assert [kept(client.get(each)) for each in (first, second)] == ["public, max-age=3600", "public, max-age=31536000"]


def test_every_word_of_the_frame_is_in_its_version(scene: Scene) -> None:
    words = FrameWords("en", "Our home", "#OurHome", "Kobe")
    others = [
        FrameWords("fr", "Our home", "#OurHome", "Kobe"),
        FrameWords("en", "Your home", "#OurHome", "Kobe"),
        FrameWords("en", "Our home", "#YourHome", "Kobe"),
        FrameWords("en", "Our home", "#OurHome", None),
    ]
    assert len({version_of(Source(scene.campaign.toolkit_slug, TOOLKITS_DIR), each) for each in (words, *others)}) == 5


def test_a_name_that_does_not_fit_is_left_out(scene: Scene) -> None:
    source = Source(scene.campaign.toolkit_slug, TOOLKITS_DIR)
    with_it, without = (looks.profile_frame(source, "en", "Our home", "#OurHome", name) for name in ("Kobe", None))
    too_long = FrameWords("en", "Our home", "#OurHome", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 4)
    assert with_it != without
    assert draw(source, too_long) == without
    with pytest.raises(NotFound):
        looks.profile_frame(source, "en", "Our home " * 200, "#OurHome", "Kobe")


@pytest.mark.parametrize("status", [CampaignStatus.DRAFT, CampaignStatus.PREPARING])
def test_a_campaign_that_is_not_public_has_no_frame(
    server: Server, scene: Scene, runtime: Runtime, status: CampaignStatus
) -> None:
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).status = status
    with server.client() as client:
        assert [client.get(path).status_code for path in (*PAGES, *PICTURES)] == [404] * 4


def test_other_places_and_cities_that_are_not_here_have_no_frame(server: Server, scene: Scene, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        campaign.collects_elsewhere = True
        assert take_part_from_elsewhere(session, campaign, now=runtime.now())
        factories.city(session, session.get_one(Network, campaign.network_id), "quito")
    with server.client() as client:
        paths = [f"/c/our-home/{slug}/frame{ending}" for slug in ("elsewhere", "quito", "nowhere") for ending in ("", ".png")]
        assert [client.get(path).status_code for path in paths] == [404] * 6
        assert client.get("/c/our-home/elsewhere").status_code == 200


def test_the_campaign_and_its_cities_lead_to_their_frame(server: Server, scene: Scene) -> None:
    assert scene.campaign.slug == "our-home"
    pages = ("/c/our-home", "/c/our-home?city=kobe", "/c/our-home/bergen")
    with server.client() as client:
        links = [re.findall(r'href="(?:http://127\.0\.0\.1)?(/[^"]+/frame)"', client.get(path).text) for path in pages]
        assert [client.get(link).status_code for found in links for link in found] == [200] * 3
    assert links == [["/c/our-home/frame"], ["/c/our-home/kobe/frame"], ["/c/our-home/bergen/frame"]]
