"""A resident puts the profile frame around a picture, by finger, mouse and keyboard, and the picture stays in the browser."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Request, ViewportSize, expect

from tests.browser.frame_page import (
    BLUE,
    GREEN,
    PAGE,
    PHONE,
    RED,
    WHITE,
    Place,
    a_phone,
    colour_at,
    placed,
    put_in,
    saved,
    violations,
)
from tests.conftest import SHARED_MEDIA, Server

pytestmark = pytest.mark.browser
SMALL: ViewportSize = {"width": 320, "height": 568}
A_BUSY_MACHINE_MS = 20_000  # the browser writes a JPEG when it has nothing else to do
HEIC = SHARED_MEDIA / "media__sample_MP.heic"
A_PHONE_TO_SHARE_WITH = """
navigator.canShare = (what) => what.files.length === 1;
navigator.share = async (what) => {
  document.body.dataset.shared = what.files.map((file) => `${file.name} ${file.type} ${file.size > 20_000}`).join();
};
"""
TOUCH = """(canvas, [kind, fingers]) => {
  const box = canvas.getBoundingClientRect();
  fingers.forEach(([x, y], id) => canvas.dispatchEvent(new PointerEvent(kind, {
    pointerId: id + 1, pointerType: "touch", bubbles: true, clientX: box.x + x * box.width, clientY: box.y + y * box.height,
  })));
}"""


def test_the_picture_never_leaves_the_browser(beirut: Server, chromium: Browser, quarters: Path, tmp_path: Path) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        asked: list[Request] = []
        phone.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright takes no method of a list
        page.add_init_script(A_PHONE_TO_SHARE_WITH)
        page.goto(PAGE, wait_until="networkidle")
        needed = [request for request in asked if request.url.startswith(beirut.url)]
        assert {(request.method, request.post_data_buffer) for request in needed} == {("GET", None)}
        assert needed == asked

        asked.clear()
        phone.set_offline(offline=True)  # and it needs nothing more
        canvas = put_in(page, quarters)
        canvas.press("ArrowUp")
        page.get_by_role("button", name="Quarter turn right").click()
        saved(page, tmp_path)
        page.get_by_role("button", name="Share it").click()
        expect(page.locator("[data-shared]")).to_be_attached(timeout=A_BUSY_MACHINE_MS)
        page.get_by_label("Your picture", exact=True).set_input_files(HEIC)
        expect(page.get_by_role("alert").filter(has_text="HEIC")).to_be_visible()
        assert [(request.method, request.url) for request in asked if not request.url.startswith("blob:")] == []
        assert [request.post_data_buffer for request in asked if request.post_data_buffer] == []
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


@pytest.mark.parametrize(
    "attempt",
    [
        "fetch('/take', {method: 'POST', body: 'picture'})",
        "fetch('/take?picture')",
        "(async () => { const way = new XMLHttpRequest(); way.open('POST', '/take'); way.send('picture'); })()",
        "(async () => { new WebSocket('ws://' + location.host); })()",
        "(async () => { navigator.sendBeacon('/take', 'picture'); })()",
    ],
)
def test_the_pages_own_policy_refuses_every_connection(beirut: Server, chromium: Browser, attempt: str) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE, wait_until="networkidle")
        blocked = "new Promise((done) => addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective)))"
        assert page.evaluate(f"() => {{ const found = {blocked}; ({attempt}).catch(() => 0); return found; }}") == "connect-src"


def test_no_form_of_the_page_can_be_sent(beirut: Server, chromium: Browser) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE, wait_until="networkidle")
        with page.expect_console_message(lambda message: "form-action 'none'" in message.text):
            page.evaluate(
                "const form = document.createElement('form'); form.method = 'post'; form.action = '/take';"
                "document.body.append(form); form.submit()"
            )


def test_everything_can_be_done_by_keyboard_alone(beirut: Server, chromium: Browser, quarters: Path) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        put_in(page, quarters)
        page.locator("[data-canvas]").focus()
        heard = []
        for key in ("+", "+", "-", "+", "ArrowUp", "Shift+ArrowLeft"):
            page.keyboard.press(key)
            heard.append(page.get_by_role("status").text_content())
        assert heard == ["Size: 105%", "Size: 110%", "Size: 105%", "Size: 110%", "Up and down: -1%", "Left and right: -5%"]
        assert placed(page) == Place(110, 0, -54, -11)
        passed = []
        for _ in range(9):
            page.keyboard.press("Tab")
            passed.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
            for key in ("ArrowRight", "ArrowRight") if passed[-1].startswith("frame-") else ():
                page.keyboard.press(key)
        assert passed == [
            "field-picture",
            "frame-zoom",
            "frame-turn",
            "frame-across",
            "frame-down",
            "Quarter turn left",
            "Quarter turn right",
            "Start again",
            "Save the picture",
        ]
        moved = placed(page)
        assert (moved.size, moved.turn) == (112, 2)
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        assert download.value.suggested_filename == "our-home-beirut-ar.jpg"
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        assert placed(page) == Place(100, 0, 0, 0)


def test_one_finger_moves_and_two_size_and_turn(beirut: Server, chromium: Browser, quarters: Path) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        canvas = put_in(page, quarters)
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100 + box["height"] / 10, steps=4)
        page.mouse.up()
        assert placed(page) == Place(100, 0, 0, 108)
        page.get_by_role("button", name="Start again").click()

        canvas.evaluate("canvas => { canvas.setPointerCapture = () => {}; }")  # these fingers are not the system's

        def touch(kind: str, *fingers: tuple[float, float]) -> None:
            canvas.evaluate(TOUCH, [kind, fingers])

        touch("pointerdown", (0.4, 0.4), (0.6, 0.4))
        touch("pointermove", (0.3, 0.4), (0.7, 0.4))
        assert placed(page)[:2] == (200, 0)
        touch("pointermove", (0.3, 0.35), (0.7, 0.45))
        touch("pointermove", (0.5, 0.2), (0.5, 0.6))
        touch("pointerup", (0.5, 0.2), (0.5, 0.6))
        assert placed(page).turn > 45
        touch("pointermove", (0.1, 0.2), (0.9, 0.6))  # they have left the glass
        assert placed(page) == placed(page)


def test_the_wheel_sizes_only_a_picture_that_was_touched(beirut: Server, chromium: Browser, quarters: Path) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        canvas = put_in(page, quarters)
        canvas.hover()
        page.mouse.wheel(0, -200)
        assert placed(page).size == 100
        canvas.focus()
        canvas.hover()
        page.mouse.wheel(0, -200)
        expect(page.locator("[data-slider=zoom]")).to_have_value("149")


def test_a_large_picture_fills_the_frame_wherever_it_is_pushed(
    beirut: Server, chromium: Browser, quarters: Path, tmp_path: Path
) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        canvas = put_in(page, quarters)
        page.get_by_label("Turn", exact=True).fill("45")
        for _ in range(40):
            canvas.press("Shift+ArrowDown")
        pushed = saved(page, tmp_path)
        inside = [colour_at(pushed, *at) for at in ((540, 80), (120, 417), (960, 417), (200, 740), (880, 740))]
        assert set(inside) <= {RED, GREEN, BLUE, WHITE}


def test_the_file_is_shown_as_a_square_and_as_networks_cut_it(beirut: Server, chromium: Browser, quarters: Path) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        put_in(page, quarters)
        small = "all => all.map((each) => [...each.getContext('2d').getImageData(80, 60, 1, 1).data].slice(0, 3))"
        shown = page.locator("[data-result]").evaluate_all(small)
        assert [all(abs(a - b) < 30 for a, b in zip(each, RED, strict=True)) for each in shown] == [True, True]
        assert [page.get_by_role("img", name=name, exact=True).count() for name in ("The file", "As networks show it")] == [1, 1]


def test_the_picture_is_shared_as_a_file_where_phones_can(beirut: Server, chromium: Browser, quarters: Path) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        put_in(page, quarters)
        expect(page.get_by_role("button", name="Share it")).to_be_hidden()  # this browser cannot
        page.add_init_script(A_PHONE_TO_SHARE_WITH)
        page.reload()
        put_in(page, quarters)
        page.get_by_role("button", name="Share it").click()
        shared = "our-home-beirut-ar.jpg image/jpeg true"
        expect(page.locator("body")).to_have_attribute("data-shared", shared, timeout=A_BUSY_MACHINE_MS)


def test_without_a_script_the_frame_can_be_downloaded(beirut: Server, chromium: Browser, tmp_path: Path) -> None:
    with a_phone(chromium, beirut, scripts=False) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        expect(page.locator("noscript p")).to_be_visible()
        expect(page.get_by_label("Your picture", exact=True)).to_be_hidden()
        expect(page.get_by_role("button", name="Save the picture")).to_be_hidden()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the frame (PNG)").click()
        assert download.value.suggested_filename == "our-home-beirut-ar.png"
        download.value.save_as(tmp_path / "frame.png")
    with Image.open(tmp_path / "frame.png") as frame:
        assert (frame.format, frame.size) == ("PNG", (1080, 1080))


@pytest.mark.parametrize(
    ("viewport", "dark", "direction"),
    [(PHONE, False, "ltr"), (PHONE, True, "rtl"), (SMALL, False, "rtl"), ({"width": 1280, "height": 900}, True, "ltr")],
    ids=["phone", "dark, from the right", "small, from the right", "desk, dark"],
)
def test_the_page_fits_and_can_be_read_by_everyone(
    beirut: Server,
    chromium: Browser,
    quarters: Path,
    viewport: ViewportSize,
    dark: bool,  # noqa: FBT001 - pytest hands it in
    direction: str,
) -> None:
    with a_phone(chromium, beirut, dark=dark, viewport=viewport) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        page.evaluate("direction => { document.documentElement.dir = direction; }", direction)
        assert violations(page) == []
        canvas = put_in(page, quarters)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
        targets = page.locator("[data-tools] :is(input, button):visible")
        assert [each for each in (target.bounding_box() for target in targets.all()) if not each or each["height"] < 44] == []
        canvas.press("ArrowRight")
        assert placed(page).across == 11  # to the right, whichever way the page is read
