"""What goes into a collage, and whether it is fair: the pure rules."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assembly.collage import touching
from app.assembly.collage_rules import CityShare, chosen_for_collage, collage_fairness, collage_size, hung
from media_pipeline.collage import layout_grid
from tests.assembly.networks import Network, Sent, ids, networks


def test_every_city_that_has_any_gets_a_tile_and_the_others_share_what_is_left() -> None:
    sent = [Sent(number, city_id=1) for number in range(1, 20)] + [Sent(30, city_id=2), Sent(31, city_id=3), Sent(32, city_id=3)]
    chosen = chosen_for_collage(sent, at_most=6)
    assert sorted(each.city_id for each in chosen) == [1, 1, 1, 2, 3, 3]


def test_no_city_is_left_out_even_when_there_are_more_cities_than_tiles() -> None:
    chosen = chosen_for_collage([Sent(number, city_id=number) for number in range(1, 11)], at_most=4)
    assert sorted(each.city_id for each in chosen) == list(range(1, 11))


def test_neighbours_beside_and_above_come_from_different_cities() -> None:
    sent = [Sent(number, city_id=number % 5) for number in range(1, 26)]
    boxes = layout_grid(25, 2600, 2600, 8)
    neighbours = touching(boxes)
    hanging = hung(sent, neighbours)
    clashes = [
        at for at, touched in enumerate(neighbours) if any(hanging[at].city_id == hanging[other].city_id for other in touched)
    ]
    assert clashes == []


@given(st.lists(st.integers(min_value=1, max_value=6), min_size=1, max_size=40))
def test_everything_chosen_hangs_exactly_once(city_ids: list[int]) -> None:
    sent = [Sent(number, city_id=city_id) for number, city_id in enumerate(city_ids)]
    size = collage_size(len(sent))
    boxes = layout_grid(len(sent), size.width_px, size.height_px - size.header_height_px, 8)
    assert sorted(ids(hung(sent, touching(boxes)))) == list(range(len(sent)))


def test_a_few_tiles_make_a_small_collage_and_many_a_large_one() -> None:
    assert [collage_size(tiles).width_px for tiles in (1, 4, 9, 25, 1200)] == [1048, 1048, 1568, 2400, 2400]


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
