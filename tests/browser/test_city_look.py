"""An officer types, and the three pieces change beneath the words; nothing is sent to be kept."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from app.derivation import compare_rows_and_files
from tests import factories
from tests.conftest import Server

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 360, "height": 740}
A_BUSY_MACHINE_MS = 20_000
PAGE = "/desk/cities/bergen/look"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><path d="M0 0h90v30z" fill="#205080"/></svg>'


@pytest.fixture
def bergen(server: Server) -> Server:
    """A city of two scripts that takes part in a campaign."""
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network, languages=("nb", "ar"))
        factories.taking_part(session, factories.campaign(session, network), city)
        factories.person(session, network, city=city)
    return server


def signed_in(browser: Browser, server: Server) -> BrowserContext:
    """The officer's phone."""
    phone = browser.new_context(base_url=server.url, viewport=PHONE, locale="en-GB", reduced_motion="reduce")
    for cookie in server.signed_in("officer@bergen.example").cookies.jar:
        phone.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": server.url}])
    return phone


def shown(page: Page) -> list[str]:
    """The addresses of the three pieces, once all of them are drawn."""
    expect(page.locator("[data-waiting]")).to_have_count(0, timeout=A_BUSY_MACHINE_MS)
    page.wait_for_load_state("networkidle")
    drawn = page.evaluate("[...document.querySelectorAll('[data-piece]')].map((each) => each.complete && each.naturalWidth > 0)")
    assert drawn == [True, True, True]
    return [str(each.get_attribute("src")) for each in page.locator("[data-piece]").all()]


def test_the_pieces_follow_what_is_typed_without_a_send(bergen: Server, chromium: Browser, tmp_path: Path) -> None:
    crest = tmp_path / "crest.svg"
    crest.write_text(SVG, "utf-8")
    with signed_in(chromium, bergen) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        assert len(shown(page)) == 3
        posted: list[str] = []
        page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
        page.get_by_label("Arabic").fill("برغن")
        page.get_by_label("Its second colour").check()
        expect(page.locator("[data-piece=banner]")).to_have_attribute("src", re.compile("language=ar.*accent=second"))
        assert (len(shown(page)), page.get_by_label("Language of the pieces").input_value(), posted) == (3, "ar", [])
        page.get_by_label("Logo file").set_input_files(crest)
        expect(page.get_by_text("The logo you just chose is on the pieces")).to_be_visible(timeout=A_BUSY_MACHINE_MS)
        assert (len(shown(page)), page.get_by_label("Arabic").input_value()) == (3, "برغن")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    with bergen.runtime.database.reading() as session:
        report = compare_rows_and_files(session, bergen.runtime.storage)
    assert (report.stray_files, list(bergen.runtime.storage.keys())) == ([], [])
