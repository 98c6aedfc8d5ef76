"""The two cuts of a joint film, and that they are fair: the pure rules."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assembly.film_rules import CARD_STEPS, Arrangement, Shot
from app.assembly.joint_rules import (
    GUEST_STEPS,
    SHOT_LEAST_STEPS,
    Cell,
    CityPart,
    Material,
    filled,
    in_rotation,
    length_within,
    short_cut,
    whole_cut,
)
from app.errors import Refused
from tests.assembly.networks import K, Network, candidate, networks


def materials(network: Network) -> list[Material]:
    """Every seventh city is left out by choice."""
    return [Material(city_id, own, is_card_only=city_id % 7 == 0) for city_id, own in network.sent().items()]


def empty(cities: int) -> list[Material]:
    return [Material(city_id) for city_id in range(1, cities + 1)]


def test_a_short_cut_holds_any_network_of_up_to_400_cities_within_a_minute() -> None:
    network = empty(400)
    for cities in range(1, 401):
        cut = short_cut(network[:cities])
        sizes = [len(page) for page in cut.pages]
        assert cut.steps == 2 * CARD_STEPS + 1 + len(cut.pages) * (cut.page_steps + 1)
        assert cut.seconds <= 60
        assert 3 <= cut.page_steps <= 12
        assert max(sizes) == cut.cells <= 20
        assert max(sizes) - min(sizes) <= 1
        assert [cell.city_id for page in cut.pages for cell in page] == list(range(1, cities + 1))


def test_the_145_cities_of_a_network_are_seen_on_eight_pages_of_about_six_seconds() -> None:
    cut = short_cut(empty(145))
    assert (len(cut.pages), cut.cells, cut.page_steps, cut.steps) == (8, 19, 11, 109)


def test_few_cities_are_seen_larger_and_not_longer() -> None:
    found = {cities: (len(cut.pages), cut.cells, cut.page_steps) for cities in (1, 3, 12) for cut in [short_cut(empty(cities))]}
    assert found == {1: (1, 1, 12), 3: (3, 1, 12), 12: (6, 2, 12)}


def test_a_network_too_large_for_a_minute_is_told_the_limit() -> None:
    assert len(short_cut(empty(480)).pages) == 24
    with pytest.raises(Refused) as refused:
        short_cut(empty(481))
    assert refused.value.code == "film.too_many_cities"
    assert refused.value.params == {"cities": 481, "at_most": 480, "budget_s": 60, "needed_s": 61}
    assert len(short_cut(empty(481), budget_s=61).pages) == 25


def test_a_cell_shows_what_is_seen_best_when_it_is_small_or_what_is_pinned_or_the_name() -> None:
    sent = [candidate(1, K.TEXT), candidate(2), candidate(3, K.CLIP)]
    cities = [
        Material(1, sent),
        Material(2, sent, Arrangement(pinned={2: 1})),
        Material(3, sent, Arrangement(dropped=frozenset({3}))),
        Material(4, sent, is_card_only=True),
        Material(5),
    ]
    cells = [cell for page in short_cut(cities).pages for cell in page]
    assert cells == [Cell(1, 3), Cell(2, 2), Cell(3, 2), Cell(4, None), Cell(5, None)]


def test_145_cities_have_equal_time_in_eight_minutes() -> None:
    cut = whole_cut([Material(city_id, [candidate(city_id)]) for city_id in range(1, 146)])
    assert (cut.city_steps, cut.steps, round(cut.seconds, 1)) == (5, 883, 470.9)


def test_a_whole_film_is_not_stretched_beyond_what_its_middle_city_can_fill() -> None:
    sent = [candidate(number) for number in range(1, 30)]
    cut = whole_cut([Material(1, sent[:1]), Material(2, sent[:3]), Material(3, sent)])
    assert cut.city_steps == 8 + 1 + 8
    assert [len(part.shots) for part in cut.cities] == [1, 3, 3]


def test_a_citys_time_is_one_photo_two_four_or_eight_so_that_it_rarely_changes() -> None:
    assert [length_within(steps) for steps in (0, 7, 8, 16, 17, 34, 35, 70, 71)] == [4, 4, 8, 8, 17, 17, 35, 35, 71]
    assert [length_within(steps, transition_steps=0) for steps in (15, 16, 31, 32)] == [8, 16, 16, 32]


def test_a_photo_withdrawn_from_the_middle_city_leaves_the_time_of_all_as_it_is() -> None:
    sent = [candidate(number) for number in range(1, 10)]
    before = [Material(city_id, sent[:photos]) for city_id, photos in enumerate((1, 1, 2, 3, 3, 4, 5, 7, 9), start=1)]
    after = [Material(5, sent[:2]) if city.city_id == 5 else city for city in before]
    cuts = [whole_cut(cities) for cities in (before, after)]
    assert [cut.city_steps for cut in cuts] == [17, 17]
    assert [now.city_id for then, now in zip(*(cut.cities for cut in cuts), strict=True) if then != now] == [5]


@settings(max_examples=12, deadline=None)
@given(networks(cities=20), st.sampled_from([240.0, 480.0, 1200.0]), st.randoms())
def test_who_leaves_changes_the_time_of_the_other_cities_only_from_one_whole_length_to_another(
    network: Network, budget_s: float, chance: Random
) -> None:
    cities = materials(network)
    before = whole_cut(cities, budget_s=budget_s)
    most = whole_cut(
        [Material(city.city_id, [candidate(1, K.TEXT, steps=10_000)]) for city in cities], budget_s=budget_s
    ).city_steps
    for at, city in enumerate(cities):
        if not city.shown():
            continue
        gone = chance.choice(city.shown())
        left = Material(city.city_id, [each for each in city.candidates if each is not gone])
        after = whole_cut([*cities[:at], left, *cities[at + 1 :]], budget_s=budget_s)
        assert after.city_steps in {before.city_steps, most, *(length_within(steps) for steps in range(most + 1))}
        if after.city_steps == before.city_steps:
            others = [part for part in before.cities if part.city_id != city.city_id]
            assert [part for part in after.cities if part.city_id != city.city_id] == others


def test_a_network_too_large_for_its_minutes_is_told_how_many_it_needs() -> None:
    with pytest.raises(Refused) as refused:
        whole_cut(empty(400), guests=[1, 2])
    assert refused.value.code == "film.too_many_cities"
    assert refused.value.params == {"cities": 400, "at_most": 172, "budget_s": 480, "needed_s": 1088}
    assert whole_cut(empty(400), guests=[1, 2], budget_s=1088).city_steps == SHOT_LEAST_STEPS


def test_a_citys_time_is_filled_by_as_many_as_can_be_seen() -> None:
    clip, photo, words = candidate(1, K.CLIP, steps=5), candidate(2), candidate(3, K.TEXT, steps=9)
    found = [
        filled(Material(7, sent), steps) for sent, steps in (([clip, photo, words], 19), ([clip, photo, words], 5), ([words], 5))
    ]
    assert found == [
        CityPart(7, (Shot(2, 4), Shot(1, 4), Shot(3, 9)), 0),
        CityPart(7, (Shot(2, 5),), 0),
        CityPart(7, (Shot(3, 5),), 0),
    ]


def test_each_is_seen_as_long_as_it_takes_before_any_is_seen_longer() -> None:
    part = filled(Material(7, [candidate(1), candidate(2, K.TEXT, steps=9)]), 20)
    assert part == CityPart(7, (Shot(1, 9), Shot(2, 10)), 0)


def test_a_short_clip_is_followed_by_the_citys_card_or_stands_still_for_a_moment() -> None:
    clip = candidate(1, K.CLIP, steps=3)
    assert filled(Material(7, [clip]), 8) == CityPart(7, (Shot(1, 3),), 4)
    assert filled(Material(7, [clip]), 7) == CityPart(7, (Shot(1, 7),), 0)


def test_a_city_without_anything_or_left_out_by_choice_has_its_card_for_the_same_time() -> None:
    cut = whole_cut([Material(1, [candidate(1)]), Material(2), Material(3, [candidate(3)], is_card_only=True)])
    assert cut.cities == (CityPart(1, (Shot(1, 8),), 0), CityPart(2, (), 8), CityPart(3, (), 8))


@settings(max_examples=12, deadline=None)
@given(networks(), st.lists(st.integers(1, 140), max_size=12), st.sampled_from([700.0, 1200.0, 3600.0]))
def test_every_city_has_the_same_time_to_the_frame_and_so_has_every_guest(
    network: Network, guests: list[int], budget_s: float
) -> None:
    cities = materials(network)
    cut = whole_cut(cities, guests=guests, budget_s=budget_s)
    assert [part.city_id for part in cut.cities] == [city.city_id for city in cities]
    assert {part.steps() for part in cut.cities} == {cut.city_steps}
    parts = [CARD_STEPS, *[cut.guest_steps] * len(guests), *[cut.city_steps] * len(cities), CARD_STEPS]
    assert cut.steps == sum(parts) + len(parts) - 1
    assert cut.seconds <= budget_s


def test_guests_are_seen_until_the_longest_of_what_they_say_is_read() -> None:
    lengths = {longest: whole_cut(empty(1), guests=[20, longest]).guest_steps for longest in (20, 96, 97, 140)}
    assert lengths == {20: GUEST_STEPS, 96: 12, 97: 13, 140: 18}


@settings(max_examples=12, deadline=None)
@given(networks(cities=40), st.integers(SHOT_LEAST_STEPS, 120), st.integers(0, 2))
def test_a_citys_time_is_whole_whatever_it_sent_and_fair_to_its_people(
    network: Network, steps: int, transition_steps: int
) -> None:
    for city in materials(network):
        part = filled(city, steps, transition_steps=transition_steps)
        sender = {each.submission_id: each.sender for each in city.candidates}
        have = Counter(sender[shot.submission_id] for shot in part.shots)
        assert part.steps(transition_steps=transition_steps) == steps
        assert bool(part.shots) == bool(city.shown())
        if part.shots and len(have) < len({each.sender for each in city.shown()}):
            assert max(have.values()) == 1
        assert part.card_steps == 0 or part.card_steps >= SHOT_LEAST_STEPS


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(1, 500), min_size=1, max_size=60))
def test_every_city_comes_first_once_and_stands_at_every_place_once_before_any_does_twice(city_ids: set[int]) -> None:
    opened: list[int] = []
    orders = []
    for _ in city_ids:
        orders.append(in_rotation(city_ids, opened=opened))
        opened.append(orders[-1][0])
    assert opened == sorted(city_ids)
    assert [sorted(place) for place in zip(*orders, strict=True)] == [sorted(city_ids)] * len(city_ids)
    assert in_rotation(city_ids, opened=opened)[0] == opened[0]


def test_a_city_that_joins_later_comes_first_once_and_then_waits_like_the_others() -> None:
    opened: list[int] = []
    for campaign in range(8):
        city_ids = {1, 2, 4} if campaign < 4 else {1, 2, 3, 4}
        opened.append(in_rotation(city_ids, opened=opened)[0])
    assert opened == [1, 2, 4, 1, 3, 2, 4, 1]


def test_nobody_takes_part_and_nothing_is_cut() -> None:
    assert (in_rotation([], opened=[1]), short_cut([]).steps, whole_cut([]).steps) == ([], 0, 0)
