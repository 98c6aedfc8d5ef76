"""What goes into a collage, and whether it is fair: the pure rules."""

from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assembly.collage import OTHERS, SCREEN
from app.assembly.collage_layout import HEAD, Rooms, field_box, rooms_on, tile_boxes, touching
from app.assembly.collage_rules import CityShare, chosen_for_collage, collage_fairness, hung
from app.assembly.collage_views import SKETCH
from app.kits.toolkit import Toolkit, load_toolkit
from app.kits.toolkit_files import CollageField, CollageLayout
from media_pipeline.mosaic import grid
from media_pipeline.poster import A1, A2, Sheet
from media_pipeline.types import Box
from tests.assembly.networks import Network, Sent, ids, networks


def test_every_city_that_has_any_gets_a_tile_and_the_others_share_what_is_left() -> None:
    sent = [Sent(number, city_id=1) for number in range(1, 20)] + [Sent(30, city_id=2), Sent(31, city_id=3), Sent(32, city_id=3)]
    chosen = chosen_for_collage(sent, at_most=6)
    assert sorted(each.city_id for each in chosen) == [1, 1, 1, 2, 3, 3]


def test_no_city_is_left_out_even_when_there_are_more_cities_than_tiles() -> None:
    chosen = chosen_for_collage([Sent(number, city_id=number) for number in range(1, 11)], at_most=4)
    assert sorted(each.city_id for each in chosen) == list(range(1, 11))


@cache
def toolkit() -> Toolkit:
    return load_toolkit("world-refugee-day")


def layout_called(name: str) -> CollageLayout:
    return toolkit().collage_layout(name)


def rooms(layout: CollageLayout, sheet: Sheet, *, mirrored: bool = False) -> Rooms:
    return rooms_on(layout, sheet, lambda name: toolkit().template(name).formats, mirrored=mirrored)


def boxes(layout: CollageLayout, sheet: Sheet, count: int, *, mirrored: bool = False) -> list[Box]:
    return tile_boxes(layout, rooms(layout, sheet, mirrored=mirrored), count, mirrored=mirrored)


def neighbours(layout: CollageLayout, count: int) -> list[list[int]]:
    return touching(boxes(layout, SCREEN, count))


def test_a_tile_touches_those_beside_and_above_it_and_not_those_at_its_corners() -> None:
    assert touching(grid(6, 1.5, gap=0.1).boxes(Box(0, 0, 320, 210))) == [[], [0], [1], [0], [1, 3], [2, 4]]
    layout = layout_called("columns")
    assert max(len(touched) for touched in neighbours(layout, 60)) == 3  # above, and two halves at one side


@pytest.mark.parametrize("name", ["grid", "columns", "heart", "circle"])
@pytest.mark.parametrize("count", [1, 5, 14, 60])
def test_the_sketch_at_the_desk_the_screen_and_both_papers_show_the_same_neighbours(name: str, count: int) -> None:
    layout = layout_called(name)
    seen = [touching(boxes(layout, sheet, count)) for sheet in (SKETCH, SCREEN, A2, A1)]
    assert seen == [seen[0]] * 4


@pytest.mark.parametrize("name", ["grid", "columns", "heart", "circle"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_in_what_networks_show_tiles_and_words_have_rooms_of_their_own(name: str, *, mirrored: bool) -> None:
    for shape in OTHERS.values():
        sheet = Sheet.of_pixels(shape.width_px, shape.height_px)
        found = rooms(layout_called(name), sheet, mirrored=mirrored)
        (words,) = [each.box for each in found.words]
        tiles = tile_boxes(layout_called(name), found, 14, mirrored=mirrored)
        is_wide = shape.width_px > shape.height_px
        first, last = min(box.x_px for box in tiles), max(box.x_px + box.width_px for box in tiles)
        if is_wide:
            assert (words.height_px, words.x_px) == (sheet.height_px, sheet.width_px - words.width_px if mirrored else 0)
            assert last <= words.x_px if mirrored else first >= words.width_px
        else:
            assert (words.width_px, words.x_px, words.y_px) == (sheet.width_px, 0, 0)
            assert min(box.y_px for box in tiles) >= words.height_px
        assert 0 <= first < last <= sheet.width_px
        foot = 0.8 if shape.name == "story" else 1  # below it networks lay their buttons
        assert max(box.y_px + box.height_px for box in tiles) <= foot * sheet.height_px
        covered = sum(box.width_px * box.height_px for box in tiles)
        assert covered > 0.15 * sheet.width_px * sheet.height_px


def test_a_template_without_a_format_for_a_shape_is_drawn_above_the_tiles_as_on_paper() -> None:
    header = toolkit().template("collage_header").formats
    for shape in OTHERS.values():
        sheet = Sheet.of_pixels(shape.width_px, shape.height_px)
        found = rooms_on(layout_called("grid"), sheet, lambda _name: {"collage": header["collage"]}, mirrored=False)
        (words,) = found.words
        top = round(0.14 * sheet.height_px) if shape.name == "story" else 0  # there networks lay the name of the account
        assert (words.format, words.box) == ("collage", Box(0, top, sheet.width_px, round(sheet.width_px * 420 / 2400)))
        assert found.tiles.y_px > words.box.y_px + words.box.height_px
    assert HEAD in header


@pytest.mark.parametrize("name", ["grid", "columns", "heart", "circle"])
def test_neighbours_come_from_different_cities_in_every_layout(name: str) -> None:
    sent = [Sent(number, city_id=number % 9) for number in range(1, 73)]
    touched = neighbours(layout_called(name), len(sent))
    hanging = hung(sent, touched)
    clashes = [at for at, others in enumerate(touched) if hanging[at].city_id in {hanging[other].city_id for other in others}]
    assert clashes == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=6), min_size=1, max_size=40), st.sampled_from(["grid", "columns", "heart"]))
def test_everything_chosen_hangs_exactly_once(city_ids: list[int], name: str) -> None:
    sent = [Sent(number, city_id=city_id) for number, city_id in enumerate(city_ids)]
    layout = layout_called(name)
    assert sorted(ids(hung(sent, neighbours(layout, len(sent))))) == list(range(len(sent)))


@pytest.mark.parametrize("name", ["grid", "columns", "heart", "circle"])
def test_where_the_language_runs_from_the_right_so_do_the_tiles(name: str) -> None:
    layout = layout_called(name)
    usual, mirrored = (boxes(layout, A1, 30, mirrored=each) for each in (False, True))
    assert sum(box.x_px for box in usual[:2]) <= sum(box.x_px for box in mirrored[:2])
    assert {(box.y_px, box.width_px) for box in usual} == {(box.y_px, box.width_px) for box in mirrored}


def test_a_field_as_wide_as_the_sheet_reaches_into_the_bleed_and_others_stay_within_the_cut() -> None:
    wide = CollageField(template="collage_header", format="collage", width=100, height=12.4)
    assert field_box(wide, (2400, 420), A1, mirrored=False) == Box(0, 0, 7087, 1240)
    foot = wide.model_copy(update={"top": 87.6})
    assert field_box(foot, (2400, 420), A1, mirrored=False) == Box(0, 10004 - 1240, 7087, 1240)
    half = wide.model_copy(update={"width": 50, "top": 10})
    at_start, at_end = (field_box(half, (2400, 420), A1, mirrored=mirrored) for mirrored in (False, True))
    assert (at_start.x_px, at_end.x_px + at_end.width_px) == (36, 7087 - 36)


def test_the_figures_beside_a_collage_say_what_each_city_sent_and_shows() -> None:
    sent = [Sent(number, city_id=1) for number in range(1, 20)] + [Sent(30, city_id=2), Sent(31, city_id=3), Sent(32, city_id=3)]
    figures = collage_fairness(sent, chosen_for_collage(sent, at_most=6))
    assert figures.cities == (CityShare(1, 19, 3, 0.5), CityShare(3, 2, 2, 2 / 6), CityShare(2, 1, 1, 1 / 6))
    assert (figures.sent, figures.shown, figures.left_out, figures.fair_tiles) == (22, 6, 16, 3)
    assert (figures.largest, figures.smallest) == (figures.cities[0], figures.cities[2])


def test_a_collage_of_nothing_has_figures_too() -> None:
    figures = collage_fairness([], [])
    assert (figures.cities, figures.shown, figures.largest, figures.smallest, figures.is_fair) == ((), 0, None, None, True)


def test_a_collage_that_favours_a_city_is_called_unfair() -> None:
    sent = [Sent(number, city_id=number % 2) for number in range(20)]
    favoured = [each for each in sent if each.city_id == 1] + sent[:2]
    assert collage_fairness(sent, favoured).is_fair is False


@settings(max_examples=20, deadline=None)
@given(networks(), st.integers(1, 1500))
def test_when_more_came_than_fit_no_city_has_more_than_its_fair_share_and_none_is_missing(network: Network, at_most: int) -> None:
    of_city = network.sent()
    sent = [each for own in of_city.values() for each in own]
    chosen = chosen_for_collage(sent, at_most=at_most)
    figures = collage_fairness(sent, chosen)
    cities = [city_id for city_id, own in of_city.items() if own]
    assert len(chosen) == len(set(ids(chosen))) == min(len(sent), max(at_most, len(cities)))
    assert set(Counter(each.city_id for each in chosen)) == set(cities)
    assert [city.city_id for city in figures.cities if city.shown < min(city.sent, figures.fair_tiles)] == []
    assert figures.is_fair
    assert abs(sum(city.share for city in figures.cities) - bool(chosen)) < 1e-9
