"""The zoomable collage: a pyramid in which one contribution is one tile of the deepest level."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import pyvips
from PIL import Image

from media_pipeline import deepzoom
from media_pipeline.deepzoom import HalfBuilt, Tile, build, change, differing, opened

BACKGROUND = "#103c5a"


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> list[Tile]:
    """16 contributions of a colour each, with a corner that shows which way is up."""
    folder = tmp_path_factory.mktemp("tiles")
    made = []
    for number in range(16):
        picture = Image.new("RGB", (512, 512), colour_of(number))
        picture.paste((255, 255, 255), (0, 0, 128, 128))
        picture.save(folder / f"{number}.jpg", quality=93)
        made.append(Tile(f"id-{number}", folder / f"{number}.jpg"))
    return made


def colour_of(number: int) -> tuple[int, int, int]:
    return 15 * number, 240 - 15 * number, 100


def shown(folder: Path, level: int, at_px: tuple[int, int]) -> tuple[int, ...]:
    x_px, y_px = at_px
    with Image.open(folder / f"collage_files/{level}/{x_px // 512}_{y_px // 512}.jpg") as tile:
        colour = tile.getpixel((x_px % 512, y_px % 512))
    assert isinstance(colour, tuple)
    return colour


def test_each_contribution_is_one_tile_of_the_deepest_level_not_encoded_again(tiles: list[Tile], tmp_path: Path) -> None:
    pyramid = build(tiles[:13], tmp_path / "p", columns=5, background=BACKGROUND)
    assert (pyramid.deepest, pyramid.rows, pyramid.free()) == (12, 3, [13, 14])
    for at, tile in enumerate(tiles[:13]):
        assert (tmp_path / f"p/collage_files/12/{at % 5}_{at // 5}.jpg").samefile(tile.picture)
    assert opened(tmp_path / "p") == pyramid
    size = ET.parse(tmp_path / "p/collage.dzi").getroot()[0]  # noqa: S314 -- our own file
    assert size.attrib == {"Width": "2560", "Height": "1536"}


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (5, 1), (13, 5)])
def test_the_tiles_are_those_that_libvips_makes_of_a_picture_of_the_same_size(
    tiles: list[Tile], tmp_path: Path, count: int, columns: int
) -> None:
    pyramid = build(tiles[:count], tmp_path / "p", columns=columns, background=BACKGROUND)
    whole = pyvips.Image.black(columns * 512, pyramid.rows * 512, bands=3)
    whole.dzsave(str(tmp_path / "vips"), tile_size=512, overlap=0, suffix=".jpg")
    assert sizes(tmp_path / "p/collage_files") == sizes(tmp_path / "vips_files")


def sizes(folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for path in folder.rglob("*.jpg"):
        with Image.open(path) as tile:
            found[str(path.relative_to(folder))] = tile.size
    return found


def test_every_level_shows_the_whole_at_half_the_size_of_the_next(tiles: list[Tile], tmp_path: Path) -> None:
    build(tiles[:13], tmp_path / "p", columns=5, background=BACKGROUND)
    for level in (12, 11, 10, 9, 8):
        one_px = 512 >> (12 - level)
        for at in range(13):
            middle = (at % 5 * one_px + one_px // 2, at // 5 * one_px + one_px * 3 // 4)
            assert shown(tmp_path / "p", level, middle) == pytest.approx(colour_of(at), abs=8)
            corner = (at % 5 * one_px + one_px // 16, at // 5 * one_px + one_px // 16)
            assert shown(tmp_path / "p", level, corner) == pytest.approx((255, 255, 255), abs=24)
        free = (4 * one_px + one_px // 2, 2 * one_px + one_px // 2)
        assert shown(tmp_path / "p", level, free) == pytest.approx((0x10, 0x3C, 0x5A), abs=4)


def test_a_change_rewrites_what_lies_above_one_place_and_equals_building_anew(tiles: list[Tile], tmp_path: Path) -> None:
    build(tiles[:13], tmp_path / "p", columns=5, background=BACKGROUND)
    rewritten = change(tmp_path / "p", {7: None})
    assert rewritten[:4] == [f"collage_files/{name}.jpg" for name in ("12/2_1", "11/1_0", "10/0_0", "9/0_0")]
    assert rewritten[-2:] == ["collage_files/0/0_0.jpg", "index.json"]
    assert len(rewritten) == 14
    together = change(tmp_path / "p", {13: tiles[14], 3: tiles[15]})
    assert sorted(together) == sorted(set(together))  # what lies above both is written once
    now: list[Tile | None] = [*tiles[:13], tiles[14]]
    now[7], now[3] = None, tiles[15]
    anew = build(now, tmp_path / "anew", columns=5, background=BACKGROUND)
    assert differing(tmp_path / "p", tmp_path / "anew") == []
    assert opened(tmp_path / "p") == anew
    assert differing(tmp_path / "p", build_of(tiles[:3], tmp_path / "other"))[-1] == "index.json"


def build_of(tiles: list[Tile], folder: Path) -> Path:
    build(tiles, folder, columns=2, background=BACKGROUND)
    return folder


def test_nothing_of_a_withdrawn_picture_is_left(tiles: list[Tile], tmp_path: Path) -> None:
    folder = build_of(tiles[:4], tmp_path / "p")
    change(folder, {2: None})
    assert not [path for path in tmp_path.rglob("*.jpg") if path.samefile(tiles[2].picture)]
    assert shown(folder, 9, (128, 384)) == pytest.approx((0x10, 0x3C, 0x5A), abs=4)
    assert json.loads((folder / "index.json").read_text(encoding="utf-8"))["ids"] == ["id-0", "id-1", None, "id-3"]


def test_a_half_built_pyramid_is_never_taken_for_whole(tiles: list[Tile], tmp_path: Path) -> None:
    folder = build_of(tiles[:4], tmp_path / "p")
    before = opened(folder)

    def cut_off(_part: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        build(tiles, folder, columns=4, background=BACKGROUND, on_progress=cut_off)
    assert opened(folder) == before
    with pytest.raises(InterruptedError):
        build(tiles, tmp_path / "new", columns=4, background=BACKGROUND, on_progress=cut_off)
    with pytest.raises(HalfBuilt):
        opened(tmp_path / "new")
    with pytest.raises(HalfBuilt):
        change(tmp_path / "new", {0: None})


def test_a_place_whose_change_was_cut_off_is_emptied_until_it_is_asked_for_again(
    tiles: list[Tile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = build_of(tiles[:4], tmp_path / "p")
    with monkeypatch.context() as patched:
        patched.setattr(deepzoom, "_write_index", lambda *_: (_ for _ in ()).throw(InterruptedError))
        with pytest.raises(InterruptedError):
            change(folder, {1: tiles[9]})
    change(folder, {2: None})
    build([tiles[0], None, None, tiles[3]], tmp_path / "emptied", columns=2, background=BACKGROUND)
    assert differing(folder, tmp_path / "emptied") == []
    change(folder, {1: tiles[9]})
    assert opened(folder).ids == ("id-0", "id-9", None, "id-3")


def test_only_squares_of_our_size_that_are_there_find_a_place(tiles: list[Tile], tmp_path: Path) -> None:
    Image.new("RGB", (400, 512)).save(tmp_path / "narrow.jpg")
    narrow, missing = Tile("narrow", tmp_path / "narrow.jpg"), Tile("missing", tmp_path / "missing.jpg")
    folder = build_of(tiles[:4], tmp_path / "p")
    for attempt in (lambda tile: change(folder, {0: tile}), lambda tile: build_of([tile], tmp_path / "q")):
        with pytest.raises(FileNotFoundError, match=r"missing\.jpg"):
            attempt(missing)
    with pytest.raises(ValueError, match=r"narrow\.jpg is no JPEG of 512x512 px"):
        change(folder, {0: narrow})
    with pytest.raises(ValueError, match=r"0_0\.jpg is no JPEG of 512x512 px"):
        build([narrow, *tiles[:3]], tmp_path / "q", columns=2, background=BACKGROUND)
    with pytest.raises(IndexError, match="place 4 of 4"):
        change(folder, {4: tiles[5]})
    assert opened(folder).ids == ("id-0", "id-1", "id-2", "id-3")
