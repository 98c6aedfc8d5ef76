"""A resident with a small phone: the form filled in by a real browser, with and without JavaScript, and looked at by axe."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy import select

from app.demo.draw import draw
from app.enums import SubmissionState
from app.models import Submission
from app.submissions.service import move
from app.worker.registry import job_registry
from app.worker.runner import Worker
from tests import factories
from tests.conftest import Server

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def collecting(server: Server) -> Server:
    """A campaign that collects in Bergen."""
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network)
        factories.taking_part(session, factories.campaign(session, network), city)
    return server


def a_phone(browser: Browser, server: Server, *, scripts: bool = True, dark: bool = False) -> BrowserContext:
    """A phone of 360 px that has never been here."""
    return browser.new_context(
        base_url=server.url,
        viewport=PHONE,
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
    )


def is_as_wide_as_the_phone(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"])


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds wrong, by rule, with the elements."""
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def test_a_story_goes_from_a_phone_to_the_wall(collecting: Server, chromium: Browser, tmp_path: Path) -> None:
    server = collecting
    with a_phone(chromium, server) as phone:
        page = phone.new_page()
        page.goto("/c/our-home/bergen/share")
        assert is_as_wide_as_the_phone(page)
        assert violations(page) == []

        page.get_by_role("button", name="Send").click()  # nothing is filled in yet
        expect(page.get_by_role("alert")).to_be_visible()
        assert violations(page) == []

        page.get_by_label("Your story").fill("Here the rain taught me the names of my neighbours.")
        page.locator("input[type=file]").set_input_files(draw("harbour", "photo", tmp_path, seed=1))
        page.get_by_label("Your name, as we may show it").fill("أمل")
        for name in ("adult", "consent_campaign_pages", "consent_collage"):
            page.locator(f"input[name={name}][value=yes]").check()
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/r/*")
        assert is_as_wide_as_the_phone(page)
        assert violations(page) == []
        receipt = page.url

        Worker(server.runtime, job_registry()).run_until_idle(60)
        page.goto(receipt)
        picture = page.locator("main img:not(.placeholder)").first
        expect(picture).to_be_visible()
        picture.scroll_into_view_if_needed()
        picture.evaluate("image => image.decode()")  # waits until it has come and can be drawn
        assert picture.evaluate("image => image.naturalWidth") == 640

        with server.runtime.database.writing() as session:
            submission = session.scalars(select(Submission)).one()
            move(session, submission, SubmissionState.APPROVED, actor_id=None, now=server.runtime.now())
        page.goto("/c/our-home")
        expect(page.get_by_text("Here the rain taught me")).to_be_visible()
        assert is_as_wide_as_the_phone(page)
        assert violations(page) == []


def test_the_form_and_the_receipt_work_without_javascript(collecting: Server, chromium: Browser, tmp_path: Path) -> None:
    with a_phone(chromium, collecting, scripts=False) as phone:
        page = phone.new_page()
        page.goto("/c/our-home/bergen/share")
        page.locator("textarea[name=text]").fill("Two words: open doors.")
        page.locator("input[type=file]").set_input_files(draw("bowls", "photo", tmp_path, seed=2))
        page.locator("input[name=adult][value=yes]").check()
        page.get_by_role("button", name="Send").click()  # the consent is missing: the photo must not be asked for again
        expect(page.get_by_text("Your file is already here")).to_be_visible()
        expect(page.locator("textarea[name=text]")).to_have_value("Two words: open doors.")
        page.locator("input[name=consent_campaign_pages][value=yes]").check()
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/r/*")
        page.get_by_role("link", name="Withdraw my story").click()
        page.locator("main form button").click()
        assert page.get_by_text("Two words: open doors.").count() == 0
        with collecting.runtime.database.reading() as session:
            assert session.scalars(select(Submission.state)).one() is SubmissionState.WITHDRAWN


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "path", ["/", "/c/our-home", "/c/our-home/bergen", "/desk/sign-in", "/privacy", "/accessibility", "/nowhere"]
)
def test_a_public_page_fits_a_phone_and_can_be_read_by_everyone(
    collecting: Server,
    chromium: Browser,
    path: str,
    dark: bool,  # noqa: FBT001 - pytest hands it in
) -> None:
    with a_phone(chromium, collecting, dark=dark) as phone:
        page = phone.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path)
        assert is_as_wide_as_the_phone(page)
        assert violations(page) == []
        assert [url for url in asked if not url.startswith(collecting.url)] == []  # nothing comes from elsewhere
