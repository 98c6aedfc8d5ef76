"""What is drawn is measured: inside its box, in every script, the same bytes each time, or refused."""

import importlib
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import pypdf
import pytest
from PIL import Image, ImageChops

from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.types import Box
from media_pipeline.typeset import Rendered, load_template, render

PALETTE = {"paper": "#ffffff", "ink": "#000000", "accent": "#b00000"}
HEAD = """
name = "piece"
description = "A piece."
{ground}
[formats.square]
width_px = 600
height_px = 400
[formats.a6]
width_mm = 105
height_mm = 148
"""
WORDS = """
[[layers]]
kind = "stack"
over = "paper"
start = 10
width = 80
top = 20
height = 40
rows = [{ slot = "words", size = 12, min_size = 4, max_lines = 8, hyphenate = true }]
"""
BOX = (40, 80, 360, 240)  # of WORDS in `square`, in pixels, left to right


def draw(
    folder: Path,
    slots: Mapping[str, str],
    *,
    layers: str = WORDS,
    language: str = "en",
    ground: str = 'background = "paper"',
    target: str = "piece.png",
    page: str = "square",
) -> Rendered:
    path = folder / "piece.toml"
    path.write_text(HEAD.format(ground=ground) + layers, "utf-8")
    return render(
        load_template(path), format=page, slots=slots, palette=PALETTE, language=language, target=folder / target, artwork=folder
    )


def ink(rendered: Rendered) -> tuple[int, int, int, int]:
    """The pixels that are not paper, as (left, top, right, bottom)."""
    with Image.open(rendered.path) as picture:
        found = ImageChops.invert(picture.convert("L")).getbbox()
    assert found is not None
    return found


def inside(found: tuple[int, int, int, int], box: tuple[int, int, int, int], slack: int = 2) -> bool:
    return found[0] >= box[0] - slack and found[1] >= box[1] - slack and found[2] <= box[2] + slack and found[3] <= box[3] + slack


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Many voices, one city, and a rather long sentence after it."),
        ("de", "Donaudampfschifffahrtsgesellschaftskapitänsmütze"),
        ("ta", "சனிக்கிழமைகளில் சந்தையில் அனைவரையும் பெயர் சொல்லி அழைப்பேன்"),
        ("zh", "每个星期六，我在市场上叫得出每个人的名字。"),
        ("hi", "हर शनिवार बाज़ार में मैं सबको नाम से जानता हूँ"),
        ("th", "ทุกวันเสาร์ที่ตลาดฉันรู้จักทุกคน"),
        ("uk", "Щосуботи на ринку я знаю всіх на ім’я"),
        ("el", "Λευκωσία: κάθε Σάββατο στην αγορά"),
        ("am", "ቅዳሜ ገበያ ላይ ሁሉንም በስማቸው አውቃቸዋለሁ"),
    ],
)
def test_words_of_every_script_stay_inside_their_box_and_begin_at_its_start(tmp_path: Path, language: str, words: str) -> None:
    rendered = draw(tmp_path, {"words": words}, language=language)
    found = ink(rendered)
    assert inside(found, BOX)
    assert found[0] - BOX[0] < 12


def test_arabic_begins_at_the_right_edge_of_the_mirrored_box(tmp_path: Path) -> None:
    found = ink(draw(tmp_path, {"words": "كل سبت أعرف الجميع في السوق"}, language="ar"))
    mirrored = (600 - BOX[2], BOX[1], 600 - BOX[0], BOX[3])
    assert inside(found, mirrored)
    assert mirrored[2] - found[2] < 12


def test_what_is_said_about_the_words_is_where_they_are(tmp_path: Path) -> None:
    rendered = draw(tmp_path, {"words": "Hamburg"})
    (words,) = rendered.words
    found = ink(rendered)
    assert (words.slot, words.lines, words.size) == ("words", 1, 48)
    assert abs(words.x - found[0]) < 6
    assert abs(words.x + words.width - found[2]) < 6


def test_long_words_shrink_a_little_then_are_hyphenated_before_everything_is_small(tmp_path: Path) -> None:
    with_hyphens = draw(tmp_path, {"words": "Bundesverfassungsgerichtspräsidentin"}, language="de").words[0]
    without = draw(
        tmp_path,
        {"words": "Bundesverfassungsgerichtspräsidentin"},
        language="de",
        layers=WORDS.replace("hyphenate = true", "hyphenate = false"),
    ).words[0]
    assert (with_hyphens.lines, with_hyphens.size > 45) == (3, True)
    assert (without.lines, without.size < 20) == (1, True)


def test_words_that_cannot_be_parted_never_run_out_of_their_box(tmp_path: Path) -> None:
    assert inside(ink(draw(tmp_path, {"words": "https://example.org/aaaaaaaaaaaaaaa und Gerichtspräsident"}, language="de")), BOX)


@pytest.mark.parametrize("words", ["word " * 400, "x" * 200, "字" * 900])
def test_words_that_do_not_fit_at_the_smallest_size_are_refused(tmp_path: Path, words: str) -> None:
    with pytest.raises(MediaError) as refused:
        draw(tmp_path, {"words": words})
    assert (refused.value.code, refused.value.params) == ("typeset.overflow", {"slot": "words"})
    assert not (tmp_path / "piece.png").exists()


def test_a_character_without_a_glyph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        draw(tmp_path, {"words": "a\ue000b\U00013000"})
    assert (refused.value.code, refused.value.params) == (
        "typeset.missing_glyph",
        {"characters": "\ue000\U00013000", "slot": "words"},
    )


@pytest.mark.parametrize("slots", [{}, {"words": " \u202e "}])
def test_an_empty_slot_that_must_be_filled_is_refused(tmp_path: Path, slots: dict[str, str]) -> None:
    with pytest.raises(MediaError) as refused:
        draw(tmp_path, slots)
    assert (refused.value.code, refused.value.params) == ("typeset.missing_slot", {"slot": "words"})


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        draw(tmp_path, {"words": "a"}, page="cube")
    assert (refused.value.code, refused.value.params) == ("typeset.unknown_format", {"format": "cube"})


@pytest.mark.parametrize(
    "words",
    ['#read("/etc/passwd")', "#panic()", "*bold* $x$ `c` @ref <l> = h", '"]; #import "@x"', "\\u{41} // c", "{city} [a] --- ~"],
)
def test_markup_in_a_slot_prints_literally(tmp_path: Path, words: str) -> None:
    rendered = draw(tmp_path, {"words": words}, target="piece.pdf", layers=WORDS.replace("size = 12", "size = 5"))
    printed = pypdf.PdfReader(rendered.path).pages[0].extract_text()
    assert "".join(printed.split()) == "".join(words.split())


def test_the_same_words_give_the_same_bytes_as_picture_and_as_print(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        made.append([draw(folder, {"words": "Λευκωσία"}, target=f"piece.{kind}").path.read_bytes() for kind in ("png", "pdf")])
        draw(folder, {"words": "between"})
    assert made[0] == made[1]


def test_a_transparent_piece_is_clear_where_nothing_is_drawn_and_says_its_window(tmp_path: Path) -> None:
    ground = "transparent = true"
    rendered = draw(tmp_path, {"words": "Hello"}, ground=ground, layers=WORDS)
    with Image.open(rendered.path) as picture:
        assert (picture.mode, picture.size) == ("RGBA", (600, 400))
        assert picture.getpixel((590, 390)) == (0, 0, 0, 0)
    path = tmp_path / "piece.toml"
    path.write_text(path.read_text("utf-8").replace("height_px = 400", "height_px = 400\nwindow = [0, 10, 600, 300]"), "utf-8")
    framed = render(
        load_template(path), format="square", slots={"words": "a"}, palette=PALETTE, language="en", target=tmp_path / "b.png"
    )
    assert framed.window == Box(0, 10, 600, 300)


def test_print_has_its_size_in_millimetres_on_one_page(tmp_path: Path) -> None:
    rendered = draw(tmp_path, {"words": "one\n\ntwo"}, target="piece.pdf", page="a6")
    pages = pypdf.PdfReader(rendered.path).pages
    assert len(pages) == 1
    assert [round(float(side) * 25.4 / 72) for side in (pages[0].mediabox.width, pages[0].mediabox.height)] == [105, 148]


PICTURE = '[[layers]]\nkind = "picture"\nsource = "mark.svg"\nstart = 0\nwidth = 50\ntop = 0\nheight = 50\nmirror = true\n'
HALF = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="1" height="2" fill="var(--accent, #00ff00)"/></svg>'
)


@pytest.mark.parametrize(("language", "box"), [("en", (0, 0, 100, 200)), ("ar", (500, 0, 600, 200))])
def test_artwork_takes_the_palettes_colour_and_turns_round_with_the_language(
    tmp_path: Path, language: str, box: tuple[int, ...]
) -> None:
    (tmp_path / "mark.svg").write_text(HALF, "utf-8")
    rendered = draw(tmp_path, {}, layers=PICTURE, language=language)
    assert ink(rendered) == box
    with Image.open(rendered.path) as picture:
        assert picture.convert("RGB").getpixel((box[0] + 50, 100)) == (0xB0, 0, 0)


def test_artwork_that_is_covering_and_turned_round_still_fills_its_box(tmp_path: Path) -> None:
    (tmp_path / "mark.svg").write_text(HALF.replace('width="1"', 'width="2"'), "utf-8")
    covering = PICTURE.replace("height = 50", 'height = 20\nfit = "cover"')
    assert ink(draw(tmp_path, {}, layers=covering, language="ar")) == (400, 0, 600, 80)


def test_artwork_that_is_missing_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        draw(tmp_path, {}, layers=PICTURE)
    assert (refused.value.code, refused.value.params) == ("typeset.missing_artwork", {"file": "mark.svg"})
    Image.new("1", (7000, 2)).save(tmp_path / "mark.png")
    with pytest.raises(MediaError) as heavy:
        draw(tmp_path, {}, layers=PICTURE.replace(".svg", ".png"))
    assert heavy.value.code == "typeset.bad_artwork"


@pytest.mark.parametrize(
    "inside_svg",
    ["<rect", '<image width="9" height="9" href="file:///etc/hostname"/>', '<image width="9" height="9" href="main.typ"/>'],
)
def test_artwork_that_is_broken_or_points_elsewhere_is_our_tools_failure_and_makes_no_file(
    tmp_path: Path, inside_svg: str
) -> None:
    (tmp_path / "mark.svg").write_text(HALF.replace("<rect", inside_svg + "<rect"), "utf-8")
    with pytest.raises(ToolFailed) as failed:
        draw(tmp_path, {}, layers=PICTURE)
    assert failed.value.code == "tool.failed"
    assert not (tmp_path / "piece.png").exists()


def test_a_panel_hugs_its_words(tmp_path: Path) -> None:
    panel = WORDS.replace('over = "paper"', 'fill = "accent"\nhug = true\npadding = 2').replace(
        "max_lines = 8", 'max_lines = 1, color = "paper"'
    )
    short, long = (ink(draw(tmp_path, {"words": words}, layers=panel)) for words in ("Io", "Montpellier"))
    assert short[0] == long[0] == BOX[0] - 8
    assert short[2] < long[2] <= BOX[2] + 8


def test_a_qr_code_is_drawn_from_its_slot_and_vanishes_without_it(tmp_path: Path) -> None:
    code = '[[layers]]\nkind = "qr"\nslot = "qr"\noptional = true\nend = 0\nwidth = 50\ntop = 0\nheight = 50\n' + WORDS
    with_code = ink(draw(tmp_path, {"qr": "https://example.org/share", "words": "a"}, layers=code))
    assert (with_code[1] < 20, with_code[2] > 580) == (True, True)
    assert inside(ink(draw(tmp_path, {"words": "a"}, layers=code)), BOX)


def test_threads_that_come_first_at_the_same_moment_share_one_press(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def slowly(process_id: int) -> int:
        time.sleep(0.02)  # long enough for the others to come
        made.append(process_id)
        return process_id

    printing = importlib.import_module("media_pipeline.typeset.render")
    monkeypatch.setattr(printing, "_press_of", lru_cache(maxsize=1)(slowly))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _thread: printing._press(), range(4)))
    assert len(made) == 1
