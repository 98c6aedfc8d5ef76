"""Where the tiles of a poster stand."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from media_pipeline import Box
from media_pipeline.mosaic import Layout, columns, ellipse, grid, heart, in_shape

FRAME_WITH_A_HOLE = [[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)], [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]]
Arranged = Callable[..., Layout]


def in_a_heart(count: int, field: Box, *, gap_px: int = 0, mirrored: bool = False) -> Layout:
    return in_shape(count, field, [heart()], gap_px=gap_px, mirrored=mirrored)


def in_a_frame(count: int, field: Box, *, gap_px: int = 0, mirrored: bool = False) -> Layout:
    return in_shape(count, field, FRAME_WITH_A_HOLE, gap_px=gap_px, mirrored=mirrored)


def overlap(boxes: Sequence[Box]) -> bool:
    """Whether any two do, found from left to right."""
    left_to_right = sorted(boxes, key=lambda box: box.x_px)
    for number, box in enumerate(left_to_right):
        for other in left_to_right[number + 1 :]:
            if other.x_px >= box.x_px + box.width_px:
                break
            if other.y_px < box.y_px + box.height_px and box.y_px < other.y_px + other.height_px:
                return True
    return False


@pytest.mark.parametrize("arranged", [grid, columns, in_a_heart, in_a_frame])
@settings(max_examples=15, deadline=None)
@given(
    count=st.integers(1, 150),
    width_px=st.integers(300, 3000),
    height_px=st.integers(300, 3000),
    gap_px=st.integers(0, 6),
    mirrored=st.booleans(),
)
def test_every_tile_has_a_place_of_its_own_of_the_same_size_in_reading_order(
    arranged: Arranged, *, count: int, width_px: int, height_px: int, gap_px: int, mirrored: bool
) -> None:
    field = Box(35, 700, width_px, height_px)
    assume(0.2 < width_px / height_px < 5)
    layout = arranged(count, field, gap_px=gap_px, mirrored=mirrored)
    boxes = [*layout.tiles, *layout.spare]
    assert len(layout.tiles) == count
    for lengths in ({box.width_px for box in boxes}, {box.height_px for box in boxes}):
        assert 1 <= min(lengths) <= max(lengths) <= min(lengths) + 1
    assert min(box.x_px for box in boxes) >= field.x_px
    assert min(box.y_px for box in boxes) >= field.y_px
    assert max(box.x_px + box.width_px for box in boxes) <= field.x_px + width_px
    assert max(box.y_px + box.height_px for box in boxes) <= field.y_px + height_px
    assert not overlap(boxes)
    read = [(box.y_px, -box.x_px if mirrored else box.x_px) for box in layout.tiles]
    assert read == sorted(read)
    assert arranged(count, field, gap_px=gap_px, mirrored=mirrored) == layout


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 2000), width_px=st.integers(400, 4000), height_px=st.integers(400, 4000))
def test_the_cells_of_a_grid_are_the_largest_squares_and_less_than_a_row_is_spare(
    count: int, width_px: int, height_px: int
) -> None:
    layout = grid(count, Box(0, 0, width_px, height_px))
    cells = [*layout.tiles, *layout.spare]
    sides = [side for box in cells for side in (box.width_px, box.height_px)]
    largest = max(min(width_px / across, height_px / -(-count // across)) for across in range(1, count + 1))
    assert largest - 1 < min(sides) <= max(sides) < largest + 1
    assert len(layout.spare) < len(cells) / len({box.y_px for box in cells})


@pytest.mark.parametrize(("count", "width_px", "side_px"), [(1, 2000, 1000), (2, 1000, 500), (3, 3000, 1000)])
def test_a_few_tiles_leave_room_rather_than_lose_a_part_of_their_pictures(count: int, width_px: int, side_px: int) -> None:
    assert {(box.width_px, box.height_px) for box in grid(count, Box(0, 0, width_px, 1000)).tiles} == {(side_px, side_px)}


@pytest.mark.parametrize("count", [20, 100, 145, 997, 1500, 10_000])
def test_many_tiles_fill_nearly_the_whole_field(count: int) -> None:
    for arranged in (grid, columns):
        tiles = arranged(count, Box(0, 0, 6800, 8000)).tiles
        assert sum(box.width_px * box.height_px for box in tiles) > 0.8 * 6800 * 8000


def test_a_gap_stands_between_tiles_and_not_around_them() -> None:
    assert grid(4, Box(10, 20, 104, 104), gap_px=4) == Layout(
        (Box(10, 20, 50, 50), Box(64, 20, 50, 50), Box(10, 74, 50, 50), Box(64, 74, 50, 50))
    )


def test_mirrored_the_first_tile_is_at_the_right_and_the_free_place_at_the_left() -> None:
    assert grid(3, Box(0, 0, 100, 100), mirrored=True) == Layout(
        (Box(50, 0, 50, 50), Box(0, 0, 50, 50), Box(50, 50, 50, 50)), (Box(0, 50, 50, 50),)
    )


def test_shorter_columns_begin_half_a_tile_lower() -> None:
    assert columns(5, Box(0, 0, 90, 60)).tiles == (
        Box(30, 0, 30, 30),
        Box(60, 0, 30, 30),
        Box(0, 15, 30, 30),
        Box(30, 30, 30, 30),
        Box(60, 30, 30, 30),
    )


def test_a_tile_stands_where_its_middle_lies_in_the_shape() -> None:
    field = Box(0, 0, 1000, 1000)
    for box in in_shape(200, field, [ellipse()]).tiles:
        across, down = box.x_px + box.width_px / 2 - 500, box.y_px + box.height_px / 2 - 500
        assert across**2 + down**2 <= 500**2
    for box in in_a_frame(60, field).tiles:
        across, down = box.x_px + box.width_px / 2, box.y_px + box.height_px / 2
        assert not (250 < across < 750 and 250 < down < 750)


def test_a_mirrored_shape_is_the_same_shape_read_from_the_right() -> None:
    field = Box(0, 0, 900, 700)
    usual, mirrored = in_a_heart(77, field), in_a_heart(77, field, mirrored=True)
    assert set(mirrored.tiles) == set(usual.tiles)
    for earlier, later in pairwise(mirrored.tiles):
        assert (earlier.y_px, -earlier.x_px) < (later.y_px, -later.x_px)


@pytest.mark.parametrize("arranged", [grid, columns, in_a_heart])
def test_more_tiles_than_pixels_find_no_room_and_no_tiles_need_none(arranged: Arranged) -> None:
    assert arranged(0, Box(0, 0, 10, 10)) == Layout(())
    with pytest.raises(ValueError, match="101 tiles find no room in a field of 10x10 px"):
        arranged(101, Box(0, 0, 10, 10))
