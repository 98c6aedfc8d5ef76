"""The poster for print and for screens."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from PIL import Image

from media_pipeline import Box, MediaError
from media_pipeline.bands import JpegBands, PngBands
from media_pipeline.colours import srgb_profile
from media_pipeline.mosaic import grid
from media_pipeline.poster import A1, A2, Placed, Poster, Screen, Sheet, make_poster, make_screens
from media_pipeline.workspace import sha256_of

# two bands high, 543x732 px
SMALL = Sheet(40, 56)
BACKGROUND = (244, 239, 230)


def texture(width_px: int, height_px: int) -> Image.Image:
    drawn = np.random.default_rng(5)
    coarse = Image.fromarray(drawn.integers(0, 255, (height_px // 6, width_px // 6, 3), dtype=np.uint8))
    return coarse.resize((width_px, height_px), Image.Resampling.BICUBIC)


def colour_of(number: int) -> tuple[int, int, int]:
    return 40 + 35 * (number % 6), 40 + 27 * (number // 6), 90


def small_poster(folder: Path) -> Poster:
    """40 tiles of plain colours under a header with a clear half."""
    tiles = []
    for number, box in enumerate(grid(40, 463 / 490, gap=0.05).boxes(Box(40, 200, 463, 490))):
        Image.new("RGB", (64, 64), colour_of(number)).save(folder / f"{number}.jpg", quality=95)
        tiles.append(Placed(folder / f"{number}.jpg", box))
    header = Image.new("RGBA", (543, 180), (10, 30, 90, 255))
    header.paste((0, 0, 0, 0), (272, 0, 543, 180))
    header.save(folder / "header.png")
    return Poster(
        SMALL,
        tiles,
        [Placed(folder / "header.png", Box(0, 0, 543, 180))],
        background="#f4efe6",
        title="شوارعنا",
        alt="40 faces",
        words=["Our streets", "13 أيار"],
        language="ar",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a poster was made once."""
    made = tmp_path_factory.mktemp("poster")
    make_poster(small_poster(made), made / "made")
    return made / "made"


def test_sheets_have_bleed_on_every_side() -> None:
    assert [(sheet.width_px, sheet.height_px, sheet.bleed_px) for sheet in (A1, A2)] == [(7087, 10004, 36), (5031, 7087, 36)]


def test_bands_make_the_same_picture_as_a_whole(tmp_path: Path) -> None:
    picture = texture(203, 171)
    with JpegBands(tmp_path / "bands.jpg", 203, 171, 16, 300) as jpeg, PngBands(tmp_path / "bands.png", 203, 171, 300) as png:
        for top in range(0, 171, 16):
            band = picture.crop((0, top, 203, min(top + 16, 171)))
            jpeg.add(band)
            png.add(band)
    whole = io.BytesIO()
    picture.save(whole, "JPEG", quality=93, subsampling="4:2:0")
    with Image.open(tmp_path / "bands.jpg") as banded, Image.open(whole) as expected:
        assert banded.tobytes() == expected.tobytes()
        assert (banded.info["dpi"], banded.info["icc_profile"]) == ((300, 300), srgb_profile())
    with Image.open(tmp_path / "bands.png") as banded:
        assert banded.tobytes() == picture.tobytes()
        assert tuple(round(dots) for dots in banded.info["dpi"]) == (300, 300)
        assert banded.info["icc_profile"] == srgb_profile()


def test_a_poster_has_every_tile_in_its_box_and_is_the_same_every_time(folder: Path, tmp_path: Path) -> None:
    poster = small_poster(tmp_path)
    told: list[float] = []
    made = make_poster(poster, tmp_path / "again", on_progress=told.append)
    assert told == [0.63, 0.9, 1.0]
    assert [(one.path, one.width_px, one.height_px) for one in made] == [
        ("poster.jpg", 543, 732),
        ("poster.png", 543, 732),
        ("poster.pdf", 543, 732),
        ("screen.jpg", 471, 660),
    ]
    for one in made:
        assert sha256_of(folder / one.path) == one.sha256
    with Image.open(folder / "poster.png") as opened:
        for number, placed in enumerate(poster.tiles):
            box = placed.box
            middle = opened.getpixel((box.x_px + box.width_px // 2, box.y_px + box.height_px // 2))
            corner = opened.getpixel((box.x_px, box.y_px))
            for shown in (middle, corner):
                assert shown == pytest.approx(colour_of(number), abs=3)
        assert [opened.getpixel(at) for at in ((100, 90), (400, 90), (5, 725))] == [(10, 30, 90), BACKGROUND, BACKGROUND]


def test_the_pdf_holds_the_very_jpeg_and_says_where_it_is_cut_and_what_it_shows(folder: Path) -> None:
    read = pypdf.PdfReader(folder / "poster.pdf", strict=True)
    page = read.pages[0]
    points = 72 / 25.4
    assert [float(page.trimbox.width), float(page.trimbox.height)] == pytest.approx([40 * points, 56 * points], abs=0.001)
    assert page.bleedbox == page.mediabox
    assert float(page.mediabox.width) == pytest.approx(543 * 72 / 300)
    resources: Any = page["/Resources"]
    picture = resources["/XObject"]["/Poster"]
    assert picture._data == (folder / "poster.jpg").read_bytes()
    assert picture["/ColorSpace"][1].get_object().get_data() == srgb_profile()
    root: Any = read.trailer["/Root"]
    assert root["/StructTreeRoot"]["/K"][0]["/Alt"] == "40 faces"
    assert (root["/Lang"], read.metadata and read.metadata.title) == ("ar", "شوارعنا")


def test_the_words_in_the_pdf_can_be_searched_and_are_parts_of_what_is_read_out(folder: Path) -> None:
    read = pypdf.PdfReader(folder / "poster.pdf", strict=True)
    root: Any = read.trailer["/Root"]
    assert [part["/S"] for part in root["/StructTreeRoot"]["/K"]] == ["/Figure", "/P", "/P"]
    assert read.pages[0].extract_text().splitlines()[0] == "Our streets"
    drawn = read.pages[0].get_contents()
    assert drawn is not None
    arabic = "13 أيار".encode("utf-16-be").hex()
    assert f"/P <</MCID 2 /ActualText <FEFF{arabic}>>> BDC" in drawn.get_data().decode()


def test_screens_are_drawn_each_in_its_own_size_without_anything_for_print(tmp_path: Path) -> None:
    poster = small_poster(tmp_path)
    wide = replace(poster, sheet=Sheet.of_pixels(600, 315))
    made = make_screens([Screen("link_card", wide, 20_000), Screen("screen", poster)], tmp_path / "made")
    assert [(one.path, one.width_px, one.height_px) for one in made] == [("link_card.jpg", 600, 315), ("screen.jpg", 543, 732)]
    assert sorted(file.name for file in (tmp_path / "made").iterdir()) == ["link_card.jpg", "screen.jpg"]
    assert made[0].size_bytes <= 20_000
    with Image.open(tmp_path / "made" / "link_card.jpg") as opened:
        assert opened.size == (600, 315)
        assert opened.getpixel((100, 90)) == pytest.approx((10, 30, 90), abs=3)


def test_a_tile_that_is_not_there_or_cannot_be_read_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    poster = small_poster(tmp_path)
    (tmp_path / "17.jpg").write_bytes(b"no picture")
    with pytest.raises(MediaError) as refused:
        make_poster(poster, tmp_path / "made")
    assert (refused.value.code, refused.value.params) == ("media.corrupt", {"file": "17.jpg"})
    (tmp_path / "17.jpg").unlink()
    with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path / "17.jpg"))):
        make_poster(poster, tmp_path / "made")
    assert list((tmp_path / "made").iterdir()) == []
