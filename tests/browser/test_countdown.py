"""The countdown in a real browser whose clock is set: across a local midnight, on our pages and framed by another site."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from app.enums import CountsTo, Phase
from tests import factories
from tests.conftest import Clock, Server, serve_app

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 360, "height": 740}
MIDNIGHT = datetime(2027, 6, 19, 14, 30, tzinfo=UTC)  # in Adelaide, half an hour off the full hour
LAUNCH = datetime(2027, 5, 22, 14, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLACES = ("/c/our-home?city=adelaide", "/c/our-home/adelaide", "/c/our-home/adelaide/countdown")


@pytest.fixture
def south(server: Server, clock: Clock) -> Server:
    """A campaign that counts to its launch in Adelaide and Bergen; nobody has begun yet."""
    clock.now = MIDNIGHT - MINUTE
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network, phase=Phase.PRE_DAY)
        campaign.counts_to = CountsTo.LAUNCH
        for slug, zone in (("adelaide", "Australia/Adelaide"), ("bergen", "Europe/Oslo")):
            city = factories.city(session, network, slug, time_zone=zone)
            factories.taking_part(session, campaign, city).collection_opened_at = None
    return server


def a_phone(browser: Browser, server: Server, at: datetime, *, scripts: bool = True) -> BrowserContext:
    """A phone whose own clock says this, and then goes on only as the test lets it."""
    phone = browser.new_context(
        base_url=server.url, viewport=PHONE, java_script_enabled=scripts, locale="en-GB", reduced_motion="reduce"
    )
    if scripts:
        phone.clock.install(time=at)
        phone.clock.pause_at(at)
    return phone


def left(page: Page) -> str:
    """What the countdown says, with plain spaces."""
    return " ".join(page.locator("[data-left]").inner_text().split())


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("wrong_by", [timedelta(0), timedelta(hours=5), timedelta(hours=-7)], ids=["right", "fast", "slow"])
def test_the_day_comes_at_the_citys_midnight_whatever_the_phones_clock_says(
    south: Server, chromium: Browser, path: str, wrong_by: timedelta
) -> None:
    with a_phone(chromium, south, MIDNIGHT - MINUTE + wrong_by) as phone:
        page = phone.new_page()
        page.goto(path)
        words = page.get_by_text("until the day in Adelaide")
        assert left(page) == "1 minute"
        expect(words).to_be_visible()
        phone.clock.run_for(59_000)
        assert left(page) == "1 minute"
        phone.clock.run_for(1_000)
        assert left(page) == "Today is the day in Adelaide"
        expect(words).to_be_hidden()
        phone.clock.run_for(24 * 3_600_000 - 1_000)
        assert left(page) == "Today is the day in Adelaide"
        phone.clock.run_for(1_000)
        assert left(page) == "The day was on Sunday, 20 June 2027"


def test_after_its_launch_a_page_counts_to_the_day(south: Server, chromium: Browser, clock: Clock) -> None:
    clock.now = LAUNCH - MINUTE
    with a_phone(chromium, south, clock.now) as phone:
        page = phone.new_page()
        page.goto("/c/our-home/adelaide")
        launch, day = page.get_by_text("until we begin in Adelaide"), page.get_by_text("until the day in Adelaide")
        assert left(page) == "1 minute"
        expect(launch).to_be_visible()
        expect(day).to_be_hidden()
        phone.clock.run_for(60_000)
        assert left(page) == "28 days 0 hours 0 minutes"
        expect(launch).to_be_hidden()
        expect(day).to_be_visible()


def test_midnight_rolls_along_the_strip_while_the_page_is_open(south: Server, chromium: Browser) -> None:
    with a_phone(chromium, south, MIDNIGHT - MINUTE) as phone:
        page = phone.new_page()
        page.goto("/c/our-home")
        strip = page.locator("[data-strip]")
        said = strip.locator("p.lead")
        expect(said).to_have_text("The day has not begun anywhere yet. Next it begins in Adelaide.")
        assert strip.locator(".strip-begun").count() == 0
        phone.clock.run_for(60_000)
        expect(said).to_have_text("The day has begun in 1 of 2 cities. Next it begins in Bergen.")
        expect(strip.locator(".strip-begun .visually-hidden")).to_have_text("Adelaide: begun")
        phone.clock.run_for(int(timedelta(hours=7, minutes=30).total_seconds() * 1000))  # midnight in Bergen, 22:00 UTC
        expect(said).to_have_text("The day has begun in every city.")
        assert strip.locator(".strip-begun").count() == 2


@pytest.fixture
def city_web_site(south: Server) -> Iterator[str]:
    """A site of somebody else, on another origin, that frames one of our pages."""
    site = FastAPI()

    @site.get("/{path:path}")
    def front(path: str) -> HTMLResponse:
        frame = f'<iframe src="{south.url}/{path}" title="Our Home · Adelaide" width="100%" height="280"></iframe>'
        return HTMLResponse(f"<!doctype html><html lang=en><title>City</title><h1>City</h1>{frame}</html>")

    for url in serve_app(site):
        yield url.replace("127.0.0.1", "localhost")


def test_another_site_frames_the_countdown_and_keeps_nothing(south: Server, chromium: Browser, city_web_site: str) -> None:
    with a_phone(chromium, south, MIDNIGHT - MINUTE + timedelta(hours=9)) as phone:
        page = phone.new_page()
        page.goto(f"{city_web_site}/c/our-home/adelaide/countdown")
        framed = page.frame_locator("iframe")
        expect(framed.locator("[data-left]")).to_have_text("1 minute")
        phone.clock.run_for(60_000)
        expect(framed.locator("[data-left]")).to_have_text("Today is the day in Adelaide")
        assert phone.cookies() == []
        link = framed.get_by_role("link")
        assert (link.get_attribute("href"), link.get_attribute("target")) == ("http://127.0.0.1/c/our-home/adelaide", "_top")


def test_another_site_frames_nothing_else(south: Server, chromium: Browser, city_web_site: str) -> None:
    assert south.url
    with chromium.new_context() as visitor:
        page = visitor.new_page()
        with page.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
            page.goto(f"{city_web_site}/c/our-home/adelaide")


@pytest.mark.parametrize("language", ["en", "ar", "ta"])
def test_the_embed_fits_a_narrow_column_and_can_be_read_by_everyone(south: Server, chromium: Browser, language: str) -> None:
    assert south.runtime.now() == MIDNIGHT - MINUTE
    with chromium.new_context(base_url=south.url, viewport={"width": 240, "height": 280}) as column:
        page = column.new_page()
        page.goto(f"/c/our-home/adelaide/countdown?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") == 240
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_without_a_script_the_date_is_shown(south: Server, chromium: Browser) -> None:
    with a_phone(chromium, south, MIDNIGHT, scripts=False) as phone:
        page = phone.new_page()
        page.goto("/c/our-home/adelaide/countdown")
        assert left(page) == "Less than a day to go"
        expect(page.get_by_text("until the day in Adelaide: Sunday, 20 June 2027")).to_be_visible()
