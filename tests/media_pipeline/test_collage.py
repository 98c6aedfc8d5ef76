"""The poster collage."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from media_pipeline import Box
from media_pipeline.collage import compose_collage, layout_grid


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 2000), width_px=st.integers(900, 4000), height_px=st.integers(900, 4000))
def test_tiles_fill_the_field_without_holes_or_overlaps(count: int, width_px: int, height_px: int) -> None:
    gap_px = 4
    boxes = layout_grid(count, width_px, height_px, gap_px)
    assert len(boxes) == count
    rows: dict[int, list[Box]] = {}
    for box in boxes:
        rows.setdefault(box.y_px, []).append(box)
    below = 0
    for top_px, row in sorted(rows.items()):
        assert top_px == below + gap_px
        right = 0
        for box in row:
            assert box.x_px == right + gap_px
            right = box.x_px + box.width_px
        assert right + gap_px == width_px
        below = top_px + min(box.height_px for box in row)
        assert len({box.height_px for box in row}) == 1
    assert below + gap_px == height_px
    assert max(map(len, rows.values())) - min(map(len, rows.values())) <= 1


@pytest.mark.parametrize("count", [20, 100, 145, 997, 1500])
def test_many_tiles_are_nearly_square(count: int) -> None:
    aspects = [box.width_px / box.height_px for box in layout_grid(count, 2480, 3000, 4)]
    assert 0.7 < min(aspects) <= max(aspects) < 1.45


def test_four_tiles_in_a_square_field_are_two_by_two() -> None:
    assert layout_grid(4, 1000, 1000, 0) == [
        Box(0, 0, 500, 500),
        Box(500, 0, 500, 500),
        Box(0, 500, 500, 500),
        Box(500, 500, 500, 500),
    ]


def test_a_collage_shows_every_tile_under_its_header_and_is_the_same_every_time(tmp_path: Path) -> None:
    colours = ["#ff0000", "#00ff00", "#0000ff", "#ffff00"]
    tiles = []
    for number, colour in enumerate(colours):
        tiles.append(tmp_path / f"{number}.jpg")
        Image.new("RGB", (512, 512), colour).save(tiles[-1])
    header = tmp_path / "header.png"
    Image.new("RGBA", (400, 100), "#102030ff").save(header)
    made, again = (
        compose_collage(tiles, tmp_path / name, width_px=400, height_px=500, header=header, header_height_px=100, gap_px=0)
        for name in ("a.jpg", "b.jpg")
    )
    assert (made.width_px, made.height_px, made.sha256) == (400, 500, again.sha256)
    with Image.open(tmp_path / "a.jpg") as poster:
        assert set(poster.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "icc_profile"}
        places = [(200, 50), (100, 200), (300, 200), (100, 400), (300, 400)]
        seen = [poster.convert("RGB").getpixel(at) for at in places]
    wanted = [ImageColor.getrgb(colour) for colour in ["#102030", *colours]]
    assert [_distance(pixel, colour) <= 4 for pixel, colour in zip(seen, wanted, strict=True)] == [True] * 5


def _distance(pixel: object, colour: tuple[int, ...]) -> int:
    assert isinstance(pixel, tuple)
    return max(abs(int(own) - other) for own, other in zip(pixel, colour, strict=True))
