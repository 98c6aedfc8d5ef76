"""The page of the profile frame as a test uses it: what it does there, what it then sees and gets."""

from pathlib import Path
from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.conftest import Server

PHONE: ViewportSize = {"width": 360, "height": 740}
PAGE = "/c/our-home/beirut/frame"
RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 160, 60), (30, 60, 200), (255, 255, 255)


class Place(NamedTuple):
    """What the sliders say of the picture."""

    size: int
    turn: int
    across: int
    down: int


def a_phone(
    browser: Browser, server: Server, *, scripts: bool = True, dark: bool = False, viewport: ViewportSize = PHONE
) -> BrowserContext:
    """A phone that has never been here."""
    return browser.new_context(
        base_url=server.url,
        viewport=viewport,
        java_script_enabled=scripts,
        locale="en-GB",
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )


def put_in(page: Page, picture: Path) -> Locator:
    """Choose a picture; the canvas that then shows it in the frame."""
    page.get_by_label("Your picture", exact=True).set_input_files(picture)
    expect(page.get_by_role("status")).to_have_text("Your picture is in the frame. Move it until it sits well, then save it.")
    return page.locator("[data-canvas]")


def placed(page: Page) -> Place:
    """Where the picture is after the next time the browser draws."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return Place(*(int(page.locator(f"[data-slider={name}]").input_value()) for name in ("zoom", "turn", "across", "down")))


def saved(page: Page, tmp_path: Path) -> Image.Image:
    """The file that "Save" hands over."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the picture").click()
    name = download.value.suggested_filename
    assert name == "our-home-beirut-ar.jpg"
    expect(page.get_by_role("status")).to_contain_text(f"Saved as {name}, 1080 × 1080 pixels.")
    download.value.save_as(tmp_path / name)
    with Image.open(tmp_path / name) as opened:
        assert (opened.format, opened.size, dict(opened.getexif())) == ("JPEG", (1080, 1080), {})
        return opened.convert("RGB")


def colour_at(picture: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    """The one of the photo's colours that is nearest, or what is there."""
    found = picture.getpixel((x, y))
    assert isinstance(found, tuple)
    seen = (int(found[0]), int(found[1]), int(found[2]))
    near = (each for each in (RED, GREEN, BLUE, WHITE) if max(abs(a - b) for a, b in zip(each, seen, strict=True)) < 30)
    return next(near, seen)


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds wrong, by rule, with the elements."""
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
