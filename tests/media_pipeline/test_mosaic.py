"""Where the tiles of a poster stand."""

from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from media_pipeline import Box
from media_pipeline.mosaic import Arrangement, columns, ellipse, grid, heart, in_shape

FRAME_WITH_A_HOLE = [[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)], [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]]
Arranged = Callable[..., Arrangement]


def in_a_heart(count: int, aspect: float, *, gap: float = 0, mirrored: bool = False) -> Arrangement:
    return in_shape(count, aspect, [heart()], gap=gap, mirrored=mirrored)


def in_a_circle(count: int, aspect: float, *, gap: float = 0, mirrored: bool = False) -> Arrangement:
    return in_shape(count, aspect, [ellipse()], gap=gap, mirrored=mirrored)


def in_a_frame(count: int, aspect: float, *, gap: float = 0, mirrored: bool = False) -> Arrangement:
    return in_shape(count, aspect, FRAME_WITH_A_HOLE, gap=gap, mirrored=mirrored)


def rows(arrangement: Arrangement) -> list[int]:
    """How many tiles stand in each."""
    return [len(list(row)) for _, row in groupby(arrangement.places, key=lambda place: place[1])]


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


@pytest.mark.parametrize("arranged", [grid, columns, in_a_heart, in_a_circle, in_a_frame])
@settings(max_examples=15, deadline=None)
@given(
    count=st.integers(1, 150),
    width_px=st.integers(300, 3000),
    height_px=st.integers(300, 3000),
    gap=st.floats(0, 0.2),
    mirrored=st.booleans(),
)
def test_every_tile_has_a_place_of_its_own_of_the_same_size_in_the_field_in_reading_order(
    arranged: Arranged, *, count: int, width_px: int, height_px: int, gap: float, mirrored: bool
) -> None:
    field = Box(35, 700, width_px, height_px)
    assume(0.2 < width_px / height_px < 5)
    arrangement = arranged(count, width_px / height_px, gap=gap, mirrored=mirrored)
    boxes = arrangement.boxes(field)
    assert len(boxes) == len(set(arrangement.places)) == count
    (side_px,) = {side for box in boxes for side in (box.width_px, box.height_px)}
    assert side_px >= 1
    assert min(box.x_px for box in boxes) >= field.x_px
    assert min(box.y_px for box in boxes) >= field.y_px
    assert max(box.x_px for box in boxes) + side_px <= field.x_px + width_px
    assert max(box.y_px for box in boxes) + side_px <= field.y_px + height_px
    assert not overlap(boxes)
    read = [(y, -x if mirrored else x) for x, y in arrangement.places]
    assert read == sorted(read)
    assert arranged(count, width_px / height_px, gap=gap, mirrored=mirrored) == arrangement


@pytest.mark.parametrize("arranged", [grid, columns, in_a_heart, in_a_circle])
@pytest.mark.parametrize("aspect", [0.785, 0.9985])
def test_left_and_right_are_alike_whatever_the_number(arranged: Arranged, aspect: float) -> None:
    for count in (*range(1, 31), 77, 120, 199):
        places = set(arranged(count, aspect, gap=0.04).places)
        last = max(x for x, _ in places)
        assert {(last - x, y) for x, y in places} == places


def test_shapes_of_a_few_tiles_can_be_recognised() -> None:
    assert rows(in_a_circle(14, 1)) == [3, 4, 4, 3]
    assert rows(in_a_circle(12, 1)) == [2, 4, 4, 2]
    assert rows(in_a_heart(14, 1)) == [4, 4, 4, 2]
    assert rows(in_a_heart(30, 1)) == [4, 6, 7, 6, 4, 2, 1]


@pytest.mark.parametrize("count", [1, 5, 14, 60, 300])
def test_the_same_tiles_stand_side_by_side_however_many_pixels_there_are(count: int) -> None:
    for arranged in (grid, columns, in_a_heart, in_a_circle):
        arrangement = arranged(count, 0.785, gap=0.04)
        for width_px in (157, 785, 1571, 6451):
            boxes = arrangement.boxes(Box(0, 0, width_px, round(width_px / 0.785)))
            read = [(box.y_px, box.x_px) for box in boxes]
            assert read == sorted(read)
            assert [len(list(row)) for _, row in groupby(boxes, key=lambda box: box.y_px)] == rows(arrangement)


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 2000), width_px=st.integers(400, 4000), height_px=st.integers(400, 4000))
def test_the_tiles_of_a_grid_are_the_largest_squares_and_only_the_last_row_is_short(
    count: int, width_px: int, height_px: int
) -> None:
    arrangement = grid(count, width_px / height_px)
    side_px = arrangement.boxes(Box(0, 0, width_px, height_px))[0].width_px
    largest = max(min(width_px / across, height_px / -(-count // across)) for across in range(1, count + 1))
    assert largest - 1 <= side_px <= largest
    assert set(rows(arrangement)[:-1]) <= {max(rows(arrangement))}


@pytest.mark.parametrize(("count", "width_px", "side_px"), [(1, 2000, 1000), (2, 1000, 500), (3, 3000, 1000)])
def test_a_few_tiles_leave_room_rather_than_lose_a_part_of_their_pictures(count: int, width_px: int, side_px: int) -> None:
    boxes = grid(count, width_px / 1000).boxes(Box(0, 0, width_px, 1000))
    assert {(box.width_px, box.height_px) for box in boxes} == {(side_px, side_px)}


@pytest.mark.parametrize("count", [20, 100, 145, 997, 1500, 10_000])
def test_many_tiles_fill_nearly_the_whole_field(count: int) -> None:
    for arranged, share in ((grid, 0.8), (columns, 0.68)):
        tiles = arranged(count, 0.85).boxes(Box(0, 0, 6800, 8000))
        assert sum(box.width_px * box.height_px for box in tiles) > share * 6800 * 8000


def test_a_gap_stands_between_tiles_and_not_around_them() -> None:
    assert grid(4, 1, gap=0.08).boxes(Box(10, 20, 104, 104)) == [
        Box(10, 20, 50, 50),
        Box(64, 20, 50, 50),
        Box(10, 74, 50, 50),
        Box(64, 74, 50, 50),
    ]


def test_a_short_last_row_stands_in_the_middle_and_mirrored_the_first_tile_is_at_the_right() -> None:
    assert grid(3, 1).boxes(Box(0, 0, 100, 100)) == [Box(0, 0, 50, 50), Box(50, 0, 50, 50), Box(25, 50, 50, 50)]
    assert grid(3, 1, mirrored=True).boxes(Box(0, 0, 100, 100)) == [Box(50, 0, 50, 50), Box(0, 0, 50, 50), Box(25, 50, 50, 50)]


def test_shorter_columns_begin_half_a_tile_lower() -> None:
    assert columns(5, 1.5).boxes(Box(0, 0, 90, 60)) == [
        Box(0, 0, 30, 30),
        Box(60, 0, 30, 30),
        Box(30, 15, 30, 30),
        Box(0, 30, 30, 30),
        Box(60, 30, 30, 30),
    ]


def test_a_tile_stands_where_its_middle_lies_in_the_shape() -> None:
    for box in in_a_circle(200, 1).boxes(Box(0, 0, 1000, 1000)):
        across, down = box.x_px + box.width_px / 2 - 500, box.y_px + box.height_px / 2 - 500
        assert across**2 + down**2 <= 500**2
    for box in in_a_frame(60, 1).boxes(Box(0, 0, 1000, 1000)):
        across, down = box.x_px + box.width_px / 2, box.y_px + box.height_px / 2
        assert not (300 < across < 700 and 300 < down < 700)


def test_a_mirrored_shape_is_the_same_shape_read_from_the_right() -> None:
    leaning = [(0.0, 0.0), (0.6, 0.0), (1.0, 1.0), (0.4, 1.0)]
    usual, mirrored = (in_shape(77, 1.3, [leaning], mirrored=each) for each in (False, True))
    assert set(mirrored.places) == set(usual.places)
    for earlier, later in pairwise(mirrored.places):
        assert (earlier[1], -earlier[0]) < (later[1], -later[0])


@pytest.mark.parametrize("arranged", [grid, columns, in_a_heart])
def test_more_tiles_than_pixels_find_no_room_and_no_tiles_need_none(arranged: Arranged) -> None:
    assert arranged(0, 1).boxes(Box(0, 0, 10, 10)) == []
    with pytest.raises(ValueError, match="101 tiles find no room in a field of 10x10 px"):
        arranged(101, 1).boxes(Box(0, 0, 10, 10))


def test_a_shape_without_an_inside_has_no_room() -> None:
    with pytest.raises(ValueError, match="3 tiles find no room in the shape"):
        in_shape(3, 1, [[(0.0, 0.5), (1.0, 0.5)]])
