"""Somebody zooms from the whole collage to a face, finds their own tile with a receipt and opens it by keyboard."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect
from sqlalchemy import select

from app.assembly.zoom import build_zoomable_collage
from app.enums import Phase, SubmissionKind
from app.models import CollagePlace, Submission
from app.publishing.zoom_views import has_viewer
from app.submissions import service
from tests import factories
from tests.assembly.works import with_picture
from tests.browser.frame_page import PHONE, a_phone, violations
from tests.conftest import Server

pytestmark = pytest.mark.browser
PAGE = "/c/our-home/collage"
TOKEN = "a-receipt-of-amal-that-nobody-guesses"  # noqa: S105 - of a test
PEOPLE = ("Bo", "Eva", "Ines", "Amal", "Juan", "Zoe")
BEFORE_THE_FIRST_ZOOM_BYTES = 300_000


@pytest.fixture
def gallery(server: Server, tmp_path: Path) -> Server:
    """Six people in two cities hang in a collage of three columns and two rows."""
    if not has_viewer():
        pytest.skip("OpenSeadragon is not here: `make assets` fetches it")
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network, phase=Phase.DAY)
        cities = [factories.city(session, network, slug) for slug in ("bergen", "oslo")]
        for city in cities:
            factories.taking_part(session, campaign, city, phase=Phase.DAY)
        for at, name in enumerate(PEOPLE):
            token = TOKEN if name == "Amal" else None
            city, said = cities[at % 2], f"Home is where {name} sings"
            kind = SubmissionKind.PHOTO
            made = factories.submission(session, campaign, city, kind=kind, name=name, text=said, token=token)
            with_picture(session, server.runtime, made, tmp_path, ("red", "green", "blue", "sand")[at % 4])
        campaign_id = campaign.id
    build_zoomable_collage(server.runtime, campaign_id)
    return server


def stage(page: Page) -> Locator:
    return page.get_by_role("application", name="The collage as a picture")


def said(page: Page) -> Locator:
    return page.locator("[data-said]")


def test_one_finds_ones_own_tile_with_a_receipt_and_opens_it_by_keyboard(gallery: Server, chromium: Browser) -> None:
    with a_phone(chromium, gallery) as phone:
        page = phone.new_page()
        asked: list[Request] = []
        phone.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright takes no method of a list
        page.goto(PAGE)
        page.get_by_label("Find mine").fill(f"{gallery.url}/r/{TOKEN}")
        page.get_by_label("Find mine").press("Enter")
        expect(said(page)).to_contain_text("Amal, Oslo: Home is where Amal sings")
        expect(stage(page)).to_be_focused()
        page.keyboard.press("Enter")
        words = page.get_by_role("dialog")
        expect(words).to_contain_text("Home is where Amal sings")
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(words).to_be_hidden()
        expect(stage(page)).to_be_focused()
        assert [request.url for request in asked if TOKEN in request.url] == []


def test_the_arrows_go_from_one_to_the_next_and_stop_at_the_edge(gallery: Server, chromium: Browser) -> None:
    with a_phone(chromium, gallery) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        stage(page).focus()
        for key, where in (
            ("ArrowDown", "Row 2, column 2"),
            ("ArrowRight", "Row 2, column 3"),
            ("ArrowRight", "Row 2, column 3"),
            ("ArrowUp", "Row 1, column 3"),
            ("Home", "Row 1, column 1"),
        ):
            page.keyboard.press(key)
            expect(said(page)).to_contain_text(where)
        page.keyboard.press("0")
        expect(said(page)).to_have_text("The whole collage")


def test_the_keys_pass_over_places_that_nobody_has(gallery: Server, chromium: Browser) -> None:
    for place in (1, 4):  # the middle of both rows
        leave(gallery, place)
    with a_phone(chromium, gallery) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        stage(page).focus()
        for key, where in (
            ("ArrowDown", "Row 2, column 1"),  # the nearest to the middle
            ("ArrowRight", "Row 2, column 3"),
            ("ArrowLeft", "Row 2, column 1"),
            ("End", "Row 2, column 3"),
            ("PageUp", "Row 1, column 3"),
            ("Home", "Row 1, column 1"),
            ("PageDown", "Row 2, column 1"),
        ):
            page.keyboard.press(key)
            expect(said(page)).to_contain_text(where)
            expect(said(page)).to_contain_text("Home is where")


def leave(gallery: Server, place: int) -> None:
    """Whoever is there takes the story back, and the collage is changed."""
    runtime = gallery.runtime
    with runtime.database.writing() as session:
        hung = session.scalars(select(CollagePlace).where(CollagePlace.place == place)).one()
        service.withdraw(session, session.get_one(Submission, hung.submission_id), actor_id=None, now=runtime.now())
        campaign_id = hung.campaign_id
    build_zoomable_collage(runtime, campaign_id)


def test_a_tap_comes_closer_to_a_face_and_opens_its_words(gallery: Server, chromium: Browser) -> None:
    with a_phone(chromium, gallery) as phone:
        page = phone.new_page()
        page.goto(PAGE, wait_until="networkidle")
        tiles: list[str] = []
        page.on("response", lambda answer: tiles.append(answer.url) if "/media/collages/" in answer.url else None)
        for _ in range(4):
            page.get_by_role("button", name="Closer").click()
        page.wait_for_function("document.querySelector('[data-stage]').dataset.level === '11'")
        assert any("/11/" in url for url in tiles)
        stage(page).click()
        expect(page.get_by_role("dialog")).to_contain_text("Home is where")
        page.get_by_role("button", name="Close", exact=True).click()
        expect(page.get_by_role("dialog")).to_be_hidden()


def test_it_is_light_and_everyone_can_read_it(gallery: Server, chromium: Browser) -> None:
    with a_phone(chromium, gallery, viewport={"width": 1280, "height": 900}) as desk:
        page = desk.new_page()
        session = desk.new_cdp_session(page)
        session.send("Network.enable")
        sizes: list[int] = []
        complaints: list[str] = []
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(PAGE, wait_until="networkidle")
        expect(page.locator("[data-stage] canvas").first).to_be_visible()
        assert (sum(sizes) < BEFORE_THE_FIRST_ZOOM_BYTES, complaints) == (True, [])
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert violations(page) == []
    with a_phone(chromium, gallery, dark=True) as phone:
        page = phone.new_page()
        for address in (f"{PAGE}?view=list", f"{PAGE}?city=oslo"):
            page.goto(address)
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_without_a_script_the_list_is_there_and_finds_the_same(gallery: Server, chromium: Browser) -> None:
    with a_phone(chromium, gallery, scripts=False) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        listed = page.locator("#list").inner_text()
        assert [listed.count(f"Home is where {name} sings") for name in PEOPLE] == [1] * 6
        page.get_by_label("Find mine").fill(TOKEN)
        page.get_by_role("button", name="Find", exact=True).click()
        expect(page.locator("#found")).to_contain_text("Home is where Amal sings")


def test_a_receipt_of_nothing_is_said_where_one_looks_and_what_was_typed_stays(gallery: Server, chromium: Browser) -> None:
    for scripts, address in ((True, PAGE), (False, PAGE), (True, f"{PAGE}?view=list")):
        with a_phone(chromium, gallery, scripts=scripts) as phone:
            page = phone.new_page()
            page.goto(address)
            page.get_by_label("Find mine").fill("https://example.org/r/of-nobody-at-all")
            page.get_by_role("button", name="Find", exact=True).click()
            expect(page).to_have_title(re.compile("^Please look again · The collage of"))
            summary = page.get_by_role("alert", name="One thing needs another look")
            expect(summary).to_be_in_viewport(ratio=1)
            if scripts:
                expect(summary).to_be_focused()
                assert violations(page) == []
            summary.get_by_role("link", name="There is no receipt under this address.").click()
            field = page.get_by_label("Find mine")
            expect(field).to_be_in_viewport()
            expect(field).to_have_value("https://example.org/r/of-nobody-at-all")
            expect(field).to_have_accessible_description(re.compile("There is no receipt under this address."))


def test_the_stage_is_as_wide_to_high_as_the_picture(gallery: Server, chromium: Browser) -> None:
    with a_phone(chromium, gallery) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        expect(stage(page)).to_be_visible()
        box = page.locator(".zoom-stage").bounding_box()
    assert box is not None
    assert [round(box[each]) for each in ("x", "width", "height")] == [0, 360, 240]


@pytest.mark.parametrize("missing", ["**/openseadragon*", "**/media/collages/**"])
def test_where_the_picture_does_not_arrive_the_list_takes_its_place(gallery: Server, chromium: Browser, missing: str) -> None:
    with a_phone(chromium, gallery) as phone:
        page = phone.new_page()
        page.route(missing, lambda route: route.abort())
        page.goto(PAGE)
        expect(page.get_by_role("alert")).to_contain_text("The picture did not arrive. The same stands below as a list")
        listed = page.get_by_role("region", name="The collage as a list")
        expect(listed).to_contain_text("Home is where Amal sings")
        expect(page.locator("[data-stage]")).to_be_hidden()
        expect(page.get_by_role("button", name="Closer")).to_be_hidden()
        assert violations(page) == []


def test_on_paper_stand_the_picture_and_the_list(gallery: Server, chromium: Browser) -> None:
    with a_phone(chromium, gallery) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        expect(stage(page)).to_be_visible()
        listed = page.locator("#list")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        expect(listed).to_be_hidden()
        page.emulate_media(media="print")
        expect(listed).to_contain_text("Home is where Amal sings")
        shown = (page.locator("[data-stage] canvas").first, page.locator(".collage-foot"))
        hidden = (page.get_by_role("button", name="Closer"), page.get_by_label("Find mine"))
        assert [each.is_visible() for each in (*shown, *hidden)] == [True, True, False, False]
