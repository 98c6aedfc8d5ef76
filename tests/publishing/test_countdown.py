"""The countdown: what it goes to, as pages, embeds and pictures tell it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from app.enums import CampaignStatus, CountsTo, Phase
from app.kits.sources import Source
from app.kits.toolkit import TOOLKITS_DIR, load_toolkit
from app.models import Campaign, CampaignCity, City, Network
from app.publishing import looks
from app.publishing.countdown_views import picture_words
from app.publishing.places import first_to_begin, world_strip
from app.publishing.queries import MemberCity, cities_of
from app.publishing.rules import date_changes_at, days_left, goals_ahead
from app.runtime import Runtime
from app.web.i18n import translator
from app.words import Words
from tests import factories
from tests.conftest import Clock, Server
from tests.publishing.conftest import Scene

THE_EMBED = "/c/our-home/kobe/countdown"
SMALLEST_PAGE_BYTES = 20_000


def counted_to(html: str) -> list[str]:
    """The words of each moment that the page counts to; one that is hidden in brackets."""
    found = re.findall(r'<p class="countdown-where" data-until="[^"]+"( hidden)?>(.*?)</p>', html)
    return [f"[{unescape(words)}]" if hidden else unescape(words) for hidden, words in found]


def left(html: str) -> str:
    """What the server says without a script."""
    found = re.search(r'<p class="countdown-left" data-left>(.*?)</p>', html)
    assert found
    return unescape(found.group(1))


def count_to_the_launch(runtime: Runtime, scene: Scene) -> None:
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).counts_to = CountsTo.LAUNCH
        for part in session.scalars(select(CampaignCity)):
            part.collection_opened_at = None


def test_a_launch_is_counted_to_until_it_has_come_and_then_the_day() -> None:
    opens_at, begins_at = datetime(2027, 5, 22, 22, tzinfo=UTC), datetime(2027, 6, 19, 22, tzinfo=UTC)
    second = timedelta(seconds=1)

    def ahead(counts_to: CountsTo, now: datetime, *, has_opened: bool = False) -> list[CountsTo]:
        goals = goals_ahead(counts_to, opens_at=opens_at, has_opened=has_opened, begins_at=begins_at, now=now)
        return [goal for goal, _ in goals]

    assert ahead(CountsTo.LAUNCH, opens_at - second) == [CountsTo.LAUNCH, CountsTo.DAY]
    assert ahead(CountsTo.LAUNCH, opens_at - second, has_opened=True) == [CountsTo.DAY]  # somebody opened it by hand
    assert ahead(CountsTo.LAUNCH, opens_at) == [CountsTo.DAY]
    assert ahead(CountsTo.DAY, opens_at - second) == [CountsTo.DAY]
    assert ahead(CountsTo.LAUNCH, begins_at) == []


@pytest.mark.parametrize(
    ("zone", "now", "days"),
    [
        ("Asia/Kolkata", datetime(2027, 6, 18, 18, 29, tzinfo=UTC), 2),
        ("Asia/Kolkata", datetime(2027, 6, 18, 18, 30, tzinfo=UTC), 1),
        ("Pacific/Kiritimati", datetime(2027, 6, 18, 9, 59, tzinfo=UTC), 2),
        ("Pacific/Kiritimati", datetime(2027, 6, 18, 10, 0, tzinfo=UTC), 1),
    ],
)
def test_a_day_less_is_left_from_the_citys_own_midnight(zone: str, now: datetime, days: int) -> None:
    begins_at = {"Asia/Kolkata": datetime(2027, 6, 19, 18, 30, tzinfo=UTC)}.get(zone, datetime(2027, 6, 19, 10, tzinfo=UTC))
    assert days_left(begins_at, zone, now) == days
    until_then = date_changes_at(zone, now) - now
    assert until_then == (timedelta(minutes=1) if days == 2 else timedelta(days=1))


def test_a_page_says_what_it_counts_to_and_what_comes_then(server: Server, scene: Scene, runtime: Runtime, clock: Clock) -> None:
    count_to_the_launch(runtime, scene)
    to_the_launch = "until we begin in Bergen: Sunday, 23 May 2027"
    to_the_day = "until the day in Bergen: Sunday, 20 June 2027"
    seen = {}
    with server.client() as client:
        for now in (
            datetime(2027, 5, 20, 12, tzinfo=UTC),
            datetime(2027, 5, 22, 21, 59, tzinfo=UTC),
            datetime(2027, 5, 22, 22, 0, tzinfo=UTC),
            datetime(2027, 6, 19, 22, 0, tzinfo=UTC),
            datetime(2027, 6, 20, 22, 0, tzinfo=UTC),
        ):
            clock.now = now
            page = client.get("/c/our-home/bergen/countdown").text
            seen[now.strftime("%d.%m. %H:%M")] = (left(page), counted_to(page))
            shown = client.get("/c/our-home/bergen").text
            if "data-countdown" in shown:  # the city's page leaves it out when the day is over
                assert (left(shown), counted_to(shown)) == (left(page), counted_to(page))
    assert seen == {
        "20.05. 12:00": ("3 days to go", [to_the_launch, f"[{to_the_day}]"]),
        "22.05. 21:59": ("Less than a day to go", [to_the_launch, f"[{to_the_day}]"]),
        "22.05. 22:00": ("28 days to go", [to_the_day]),
        "19.06. 22:00": ("Today is the day in Bergen", []),
        "20.06. 22:00": ("The day was on Sunday, 20 June 2027", []),
    }


def test_a_city_that_has_begun_early_counts_to_the_day(server: Server, scene: Scene, runtime: Runtime, clock: Clock) -> None:
    count_to_the_launch(runtime, scene)
    clock.now = datetime(2027, 5, 20, 12, tzinfo=UTC)
    with runtime.database.writing() as session:
        part = session.scalars(select(CampaignCity).where(CampaignCity.city_id == scene.bergen.id)).one()
        part.collection_opened_at = clock.now - timedelta(hours=1)
    with server.client() as client:
        assert counted_to(client.get("/c/our-home/bergen").text) == ["until the day in Bergen: Sunday, 20 June 2027"]


def test_an_embed_is_small_keeps_nothing_and_may_be_framed_by_anybody(server: Server, scene: Scene, clock: Clock) -> None:
    clock.now = datetime(2027, 6, 17, 16, 0, tzinfo=UTC)
    assert scene.campaign.slug == "our-home"
    with server.client() as client:
        page = client.get(f"{THE_EMBED}?lang=fr")
        parts = re.findall(r'<(?:link rel="stylesheet" href|script [^>]*src|img [^>]*src)="([^"]+)"', page.text)
        answers = [client.get(unescape(part)) for part in parts]
        assert dict(client.cookies) == {}
    assert len(parts) == 3
    assert [answer.status_code for answer in (page, *answers)] == [200] * 4
    assert sum(len(answer.content) for answer in (page, *answers)) < SMALLEST_PAGE_BYTES
    assert [answer.headers.get("set-cookie") for answer in (page, *answers)] == [None] * 4
    policy = page.headers["content-security-policy"]
    assert "; frame-ancestors *;" in policy
    assert "default-src 'none'" in policy
    assert "x-frame-options" not in page.headers


@pytest.mark.parametrize("path", ["/", "/c/our-home", "/c/our-home/kobe", "/c/our-home/kobe/share", "/c/nothing/kobe/countdown"])
def test_no_other_page_may_be_framed(server: Server, scene: Scene, path: str) -> None:
    assert scene.campaign.slug == "our-home"
    with server.client() as client:
        assert "frame-ancestors 'none'" in client.get(path).headers["content-security-policy"]


@pytest.mark.parametrize(
    ("query", "language", "said"),
    [
        ("", "ja", ("3 日後", ["2027年6月20日日曜日 · 神戸"])),
        ("?lang=fr", "fr", None),
        ("?lang=ar", "ar", ("خلال 3 أيام", ["الأحد، 20 يونيو 2027 · 神戸"])),
        ("?lang=en", "en", ("3 days to go", ["until the day in Kobe: Sunday, 20 June 2027"])),
        ("?lang=xx", "ja", ("3 日後", ["2027年6月20日日曜日 · 神戸"])),
        ("?lang=%22%3E%3Cscript", "ja", ("3 日後", ["2027年6月20日日曜日 · 神戸"])),
    ],
)
def test_an_embed_speaks_the_citys_language_or_the_one_asked_for(
    server: Server, scene: Scene, clock: Clock, query: str, language: str, said: tuple[str, list[str]] | None
) -> None:
    clock.now = datetime(2027, 6, 17, 12, 0, tzinfo=UTC)
    assert scene.campaign.slug == "our-home"
    with server.client() as client:
        page = client.get(f"{THE_EMBED}{query}").text
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert said is None or (left(page), counted_to(page)) == said


def test_an_embed_opens_the_citys_page_in_the_whole_window(server: Server, scene: Scene) -> None:
    assert scene.campaign.slug == "our-home"
    with server.client() as client:
        page = client.get(THE_EMBED).text
    assert re.findall(r"<a [^>]+>", page) == ['<a href="http://127.0.0.1/c/our-home/kobe" target="_top" rel="noopener">']


def test_an_officer_finds_lines_to_copy_that_frame_the_embed(server: Server, scene: Scene, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        factories.person(session, network, city=session.get_one(City, scene.kobe.id))
    page = server.signed_in("officer@kobe.example").get("/desk/c/our-home/kobe").text
    lines = re.search(r'<textarea id="countdown-lines"[^>]* readonly[^>]*>(.*?)</textarea>', page)
    assert lines
    frame = re.fullmatch(
        r'<iframe src="http://127.0.0.1([^"]+)" title="Our Home · 神戸" [^>]+></iframe>', unescape(lines.group(1))
    )
    assert frame
    with server.client() as client:
        assert (frame.group(1), client.get(frame.group(1)).status_code) == (THE_EMBED, 200)


def test_a_link_is_shown_with_todays_count_until_the_day(server: Server, scene: Scene, clock: Clock) -> None:
    assert scene.campaign.slug == "our-home"
    addresses = []
    with server.client() as client:
        for now in (
            datetime(2027, 6, 18, 14, 59, tzinfo=UTC),  # a minute before midnight in Kobe
            datetime(2027, 6, 18, 15, 0, tzinfo=UTC),
            datetime(2027, 6, 19, 15, 0, tzinfo=UTC),
        ):
            clock.now = now
            pages = [client.get(path).text for path in ("/c/our-home/kobe", THE_EMBED)]
            found = {unescape(each) for page in pages for each in re.findall(r'"og:image" content="([^"]+)"', page)}
            assert len(found) == 1
            addresses += [each.removeprefix("http://127.0.0.1/c/our-home/kobe") for each in found]
    assert addresses == ["/countdown.png?lang=ja&left=2", "/countdown.png?lang=ja&left=1", "/card.png"]


def test_the_picture_is_kept_by_nobody_beyond_midnight(server: Server, scene: Scene, clock: Clock) -> None:
    assert scene.campaign.slug == "our-home"
    kept = []
    with server.client() as client:
        for now in (datetime(2027, 6, 18, 9, 0, tzinfo=UTC), datetime(2027, 6, 18, 14, 58, 30, tzinfo=UTC)):
            clock.now = now
            answer = client.get("/c/our-home/kobe/countdown.png?lang=fr")
            assert (answer.status_code, answer.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")
            assert "set-cookie" not in answer.headers
            assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
            kept.append(answer.headers["cache-control"])
    assert kept == ["public, max-age=3600", "public, max-age=90"]


def member(scene: Scene, runtime: Runtime, slug: str) -> MemberCity:
    with runtime.database.reading() as session:
        return next(each for each in cities_of(session, [scene.campaign.id])[scene.campaign.id] if each.slug == slug)


def test_the_picture_says_one_thing_in_one_language(scene: Scene, runtime: Runtime) -> None:
    campaign, kobe = scene.campaign, member(scene, runtime, "kobe")
    campaign.message = Words("en", {"en": "Home", "fr": "Chez nous", "ar": "بيتنا", "ja": "ふるさと"})
    before, on_the_day = datetime(2027, 6, 8, 12, tzinfo=UTC), datetime(2027, 6, 20, 2, tzinfo=UTC)

    def said(asked: str | None, now: datetime) -> tuple[str, str, str, str]:
        words = picture_words(campaign, kobe, asked, now)
        source = Source(campaign.toolkit_slug, TOOLKITS_DIR)
        looks.link_card(source, words.language, words.large, words.message, words.beneath)  # it can be drawn
        return words.language, words.large, words.message, words.beneath

    assert said(None, before) == ("ja", "12 日後", "ふるさと", "神戸\n2027年6月20日")
    assert said("en", before) == ("en", "12 days to go", "Home", "Kobe\n20 June 2027")
    assert said("ar", before) == ("ar", "خلال 12 يومًا", "بيتنا", "神戸\n20 يونيو 2027")
    assert said("uk", before) == said(None, before)  # the campaign has no message in it
    assert said("en", on_the_day) == ("en", "Kobe", "Home", "20 June 2027")


def test_the_longest_words_of_a_picture_can_still_be_drawn(scene: Scene, runtime: Runtime) -> None:
    campaign, kobe = scene.campaign, member(scene, runtime, "kobe")
    now = datetime(2027, 6, 8, 12, tzinfo=UTC)
    for language in load_toolkit(campaign.toolkit_slug).messages:
        campaign.message = Words(
            language, {language: "Many voices that stay different and sound together, on one and the same day"}
        )
        words = picture_words(campaign, kobe, language, now)
        drawn = looks.link_card(Source(campaign.toolkit_slug, TOOLKITS_DIR), language, words.large, words.message, words.beneath)
        assert drawn[:4] == b"\x89PNG"


@pytest.mark.parametrize("status", [CampaignStatus.DRAFT, CampaignStatus.PREPARING])
def test_nothing_is_counted_for_what_nobody_knows_of_yet(
    server: Server, scene: Scene, runtime: Runtime, status: CampaignStatus
) -> None:
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).status = status
    with server.client() as client:
        answers = [client.get(f"{THE_EMBED}{rest}") for rest in ("", ".png", ".png?lang=fr")]
    assert [(answer.status_code, answer.headers.get("set-cookie")) for answer in answers] == [(404, None)] * 3


def test_the_strip_knows_cities_alone_and_says_where_midnight_comes_next(scene: Scene, runtime: Runtime) -> None:
    bergen, kobe = member(scene, runtime, "bergen"), member(scene, runtime, "kobe")
    adelaide = replace(bergen, id=7, slug="adelaide", names=Words("en", {"en": "Adelaide"}), time_zone="Australia/Adelaide")
    other = replace(bergen, id=8, slug="other", time_zone="Pacific/Kiritimati", is_elsewhere=True)
    cities = [adelaide, bergen, kobe, other]
    assert first_to_begin(scene.campaign, cities) == adelaide
    seen = []
    for now in (
        datetime(2027, 6, 19, 14, 29, tzinfo=UTC),  # midnight in Adelaide is at 14:30, in Kobe at 15:00, in Bergen at 22:00
        datetime(2027, 6, 19, 14, 30, tzinfo=UTC),
        datetime(2027, 6, 19, 22, 0, tzinfo=UTC),
    ):
        strip = world_strip(scene.campaign, cities, now, translator("en"))
        assert strip is not None
        seen.append((strip.begun_count, strip.city_count, strip.next_label))
    assert seen == [(0, 3, "Adelaide"), (1, 3, "Kobe"), (3, 3, None)]


def test_the_network_page_says_in_words_how_far_the_day_has_come(server: Server, scene: Scene, clock: Clock) -> None:
    clock.now = datetime(2027, 6, 19, 16, 0, tzinfo=UTC)
    assert scene.campaign.phase is Phase.DAY
    with server.client() as client:
        home, campaign = client.get("/").text, client.get("/c/our-home").text
    for page in (home, campaign):
        assert "The day has begun in 1 of 2 cities." in page
        assert "The day is going from city to city." in page
    assert "Next it begins in Bergen." in campaign
