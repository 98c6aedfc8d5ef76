"""Pictures of every kind in the profile frame: lying on their side, very large, transparent, and what is no picture at all."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.frame_page import BLUE, GREEN, PAGE, RED, WHITE, Place, a_phone, colour_at, placed, put_in, saved, violations
from tests.conftest import SHARED_MEDIA, Server

pytestmark = pytest.mark.browser
FIRST_IS_READ_LAST = """
const decode = HTMLImageElement.prototype.decode;
HTMLImageElement.prototype.decode = async function () {
  if (this.src.startsWith("blob:") && !window.readTheFirst) {
    await new Promise((read) => { window.readTheFirst = async () => read(); });
  }
  return decode.call(this);
};
"""


def test_a_phones_photo_stands_upright_and_is_saved_with_the_frame_over_it(
    beirut: Server, chromium: Browser, quarters: Path, tmp_path: Path
) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        put_in(page, quarters)
        upright = saved(page, tmp_path)
        assert [colour_at(upright, *at) for at in ((300, 200), (780, 200), (300, 700), (780, 700))] == [RED, GREEN, BLUE, WHITE]
        ring = [colour_at(upright, *at) for at in ((30, 540), (1049, 540), (540, 1050))]
        assert len(set(ring)) == 1
        corners = [colour_at(upright, *at) for at in ((9, 9), (1070, 9), (9, 1070), (1070, 1070))]
        assert len(set(corners)) == 1  # what networks cut away is the campaign's, not the picture's
        assert corners[0] not in (RED, GREEN, BLUE, WHITE)
        assert ring[0] not in (RED, GREEN, BLUE, WHITE)
        page.get_by_role("button", name="Quarter turn right").click()
        turned = saved(page, tmp_path)
        assert [colour_at(turned, *at) for at in ((300, 200), (780, 200), (300, 700), (780, 700))] == [BLUE, RED, WHITE, GREEN]


@pytest.mark.parametrize(
    ("name", "upright_size"), [("exif-orientation-examples__Portrait_6.jpg", (1200, 1800)), ("rocket.jpg", (640, 427))]
)
def test_real_photos_of_phones_and_cameras_go_in(
    beirut: Server, chromium: Browser, name: str, upright_size: tuple[int, int]
) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        put_in(page, SHARED_MEDIA / name)
        # how far it can be moved tells its shape: an upright photo more up and down than across
        most = [int(page.locator(f"[data-slider={slider}]").get_attribute("max") or 0) for slider in ("across", "down")]
        assert (most[0] < most[1]) == (upright_size[0] < upright_size[1])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("media__sample_MP.heic", "is a HEIC photo, which your browser cannot read. Make a screenshot of it and choose that"),
        (
            "rails__audio.mp3",
            "Your browser cannot read “rails__audio.mp3”. Choose a photo in JPEG, PNG or WebP, or a smaller one.",
        ),
        ("words.jpg", "Your browser cannot read “words.jpg”. Choose a photo in JPEG, PNG or WebP, or a smaller one."),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_what_to_do(
    beirut: Server, chromium: Browser, quarters: Path, tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "words.jpg").write_text("No picture, whatever its name says.\n")
    wrong_file = tmp_path / name if name == "words.jpg" else SHARED_MEDIA / name
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        chooser, wrong = page.get_by_label("Your picture", exact=True), page.locator("[data-wrong]")
        chooser.set_input_files(wrong_file)
        expect(wrong).to_contain_text(said)
        expect(page.locator("[data-canvas]")).to_be_hidden()
        assert violations(page) == []
        put_in(page, quarters)
        expect(wrong).to_be_empty()
        chooser.set_input_files(wrong_file)
        expect(wrong).to_contain_text(said)
        expect(page.locator("[data-canvas]")).to_be_visible()  # the one before is still there,
        expect(page.locator("[data-file-names]")).to_be_empty()  # and no other name beneath it


def test_a_very_large_picture_goes_in(beirut: Server, chromium: Browser, tmp_path: Path) -> None:
    Image.new("1", (12_000, 8_400), 1).save(tmp_path / "poster.png")  # 100 megapixels
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        put_in(page, tmp_path / "poster.png")
        assert colour_at(saved(page, tmp_path), 300, 200) == WHITE


def test_of_two_pictures_the_last_one_chosen_stays_even_when_the_first_is_read_later(
    beirut: Server, chromium: Browser, quarters: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (400, 400), BLUE).save(tmp_path / "slow.png")
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.add_init_script(FIRST_IS_READ_LAST)
        page.goto(PAGE)
        page.get_by_label("Your picture", exact=True).set_input_files(tmp_path / "slow.png")
        expect(page.get_by_role("status")).to_have_text("The picture is being opened.")
        put_in(page, quarters)
        page.evaluate("readTheFirst().then(() => new Promise((done) => setTimeout(done, 200)))")
        assert colour_at(saved(page, tmp_path), 300, 200) == RED


def test_a_transparent_picture_lies_on_white(beirut: Server, chromium: Browser, tmp_path: Path) -> None:
    drawn = Image.new("RGBA", (800, 800))
    drawn.paste((*BLUE, 255), (300, 100, 500, 700))
    drawn.save(tmp_path / "drawing.png")
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        put_in(page, tmp_path / "drawing.png")
        file = saved(page, tmp_path)
        assert [colour_at(file, *at) for at in ((540, 400), (250, 400))] == [BLUE, WHITE]


def test_the_same_picture_can_be_chosen_again(beirut: Server, chromium: Browser, quarters: Path) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.goto(PAGE)
        for _ in range(2):
            with page.expect_file_chooser() as chooser:
                page.get_by_label("Your picture", exact=True).click()
            chooser.value.set_files(quarters)
            expect(page.get_by_role("status")).to_contain_text("Your picture is in the frame.")
            assert placed(page) == Place(100, 0, 0, 0)
            page.locator("[data-canvas]").press("ArrowRight")
            assert placed(page) == Place(100, 0, 11, 0)


def test_a_frame_that_did_not_arrive_is_told(beirut: Server, chromium: Browser, quarters: Path) -> None:
    with a_phone(chromium, beirut) as phone:
        page = phone.new_page()
        page.route("**/frame.png*", lambda route: route.abort())
        page.goto(PAGE)
        page.get_by_label("Your picture", exact=True).set_input_files(quarters)
        expect(page.locator("[data-wrong]")).to_have_text("The frame did not arrive. Load this page again.")
        expect(page.get_by_role("button", name="Save the picture")).to_be_hidden()
