"""What a city's film is made of, how long, and in which order: the pure rules."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assembly.film_rules import (
    CARD_STEPS,
    FILM_S,
    SHORT_FILM_S,
    STEP_S,
    Arrangement,
    CityFilm,
    city_film,
    makes_a_film,
    steps_on_screen,
    steps_within,
)
from tests.assembly.networks import K, Network, candidate, ids, networks

BUDGETS = st.sampled_from([SHORT_FILM_S, FILM_S, None])


def shown(film: CityFilm) -> list[int]:
    return [shot.submission_id for shot in film.shots]


def test_a_film_has_room_for_whole_steps_only() -> None:
    clip = steps_on_screen(K.CLIP, duration_s=3.9, characters=0)
    words = steps_on_screen(K.TEXT, duration_s=None, characters=100)
    photo = steps_on_screen(K.PHOTO, duration_s=None, characters=0)
    assert (clip, words, photo) == (7, 13, 8)


def test_a_measured_length_that_was_rounded_down_loses_no_step() -> None:
    assert [steps_on_screen(K.CLIP, duration_s=round(steps * STEP_S, 3), characters=0) for steps in range(1, 13)] == list(
        range(1, 13)
    )


def test_a_long_clip_is_seen_for_its_first_seconds_and_long_words_are_not_for_ever() -> None:
    assert steps_on_screen(K.CLIP, duration_s=10, characters=0) == 12
    assert steps_on_screen(K.SOUND, duration_s=90, characters=0) == 16
    assert steps_on_screen(K.TEXT, duration_s=None, characters=6000) == 16


def test_the_budgets_are_the_whole_steps_that_end_within_them() -> None:
    assert (steps_within(60), steps_within(140), steps_within(480)) == (112, 262, 900)


def test_words_alone_make_no_film() -> None:
    assert (makes_a_film([K.TEXT, K.SOUND]), makes_a_film([K.TEXT, K.PHOTO]), makes_a_film([])) == (False, True, False)
    assert city_film([candidate(1, K.TEXT), candidate(2, K.SOUND)]) == CityFilm((), (1, 2), (), 0)


def test_cards_and_transitions_count_in_the_length() -> None:
    film = city_film([candidate(1), candidate(2, K.SOUND, steps=9)])
    assert (shown(film), film.steps) == ([1, 2], CARD_STEPS + 1 + 8 + 1 + 9 + 1 + CARD_STEPS)


def test_a_person_who_sent_much_waits_until_everybody_else_is_in_the_film() -> None:
    sent = [candidate(number, sender="busy") for number in range(1, 20)] + [candidate(number) for number in range(30, 35)]
    film = city_film(sent, budget_s=SHORT_FILM_S)
    assert shown(film) == [1, 2, 3, 4, 5, 6, 30, 31, 32, 33, 34]
    assert film.left_out == tuple(range(7, 20))


def test_a_pin_holds_its_place_a_drop_leaves_and_the_rest_comes_in_turn() -> None:
    sent = [candidate(1), candidate(2, K.CLIP), candidate(3, K.TEXT), candidate(4), candidate(5, K.TEXT), candidate(6)]
    film = city_film(sent, arrangement=Arrangement(pinned={5: 1, 1: 99, 6: 3}, dropped=frozenset({2})))
    assert (shown(film), film.dropped) == ([5, 4, 6, 3, 1], (2,))


def test_of_two_pins_at_one_place_the_older_stands_there_and_the_other_next() -> None:
    film = city_film([candidate(number) for number in range(1, 6)], arrangement=Arrangement(pinned={5: 2, 4: 2}))
    assert shown(film) == [1, 4, 5, 2, 3]


def test_what_is_pinned_is_in_a_full_film_and_counts_for_the_person_who_sent_it() -> None:
    sent = [candidate(number, sender="one") for number in range(1, 9)] + [candidate(number) for number in range(20, 40)]
    film = city_film(sent, arrangement=Arrangement(pinned={7: 1, 8: 2}), budget_s=SHORT_FILM_S)
    assert shown(film) == [7, 8, *range(20, 29)]


def test_what_came_after_the_officer_put_the_film_in_order_stands_behind_it() -> None:
    arrangement = Arrangement(order=(3, 1, 99, 2))
    film = city_film(
        [candidate(1), candidate(2), candidate(3), candidate(4, K.TEXT), candidate(5, K.CLIP)], arrangement=arrangement
    )
    assert shown(film) == [3, 1, 2, 5, 4]


@settings(max_examples=40, deadline=None)
@given(networks(cities=1), BUDGETS)
def test_a_film_is_within_its_budget_and_names_everybody_who_is_not_in_it(network: Network, budget_s: float | None) -> None:
    sent = network.sent_by(1)
    film = city_film(sent, budget_s=budget_s)
    assert film == city_film(sent[::-1], budget_s=budget_s)
    assert sorted([*shown(film), *film.left_out]) == sorted(ids(sent))
    assert budget_s is None or film.seconds <= budget_s
    if budget_s is None and makes_a_film(each.kind for each in sent):
        assert film.left_out == ()


@settings(max_examples=40, deadline=None)
@given(networks(cities=1))
def test_nobody_has_two_more_in_a_film_than_somebody_who_waits(network: Network) -> None:
    sent = network.sent_by(1)
    sender = {each.submission_id: each.sender for each in sent}
    film = city_film(sent, budget_s=SHORT_FILM_S)
    have = Counter(sender[submission_id] for submission_id in shown(film))
    fewest = min((have[sender[submission_id]] for submission_id in film.left_out), default=len(sent))
    assert max(have.values(), default=0) <= fewest + 1


@settings(max_examples=40, deadline=None)
@given(networks(cities=1), st.data())
def test_an_order_made_by_hand_survives_what_comes_and_goes(network: Network, data: st.DataObject) -> None:
    sent = network.sent_by(1)
    known = data.draw(st.sets(st.sampled_from(ids(sent)))) if sent else set()
    gone = data.draw(st.sets(st.sampled_from(sorted(known)))) if known else set()
    order = data.draw(st.permutations(sorted(known)))
    film = city_film(
        [each for each in sent if each.submission_id not in gone], arrangement=Arrangement(order=order), budget_s=None
    )
    if film.shots:
        expected = [submission_id for submission_id in order if submission_id not in gone]
        assert shown(film)[: len(expected)] == expected


@settings(max_examples=40, deadline=None)
@given(networks(cities=1), st.data())
def test_pins_stand_where_they_were_put_and_dropped_ones_nowhere(network: Network, data: st.DataObject) -> None:
    sent = [candidate(1), *network.sent_by(1)]
    dropped = data.draw(st.frozensets(st.sampled_from(ids(sent)[1:]), max_size=5)) if len(sent) > 1 else frozenset()
    left = [submission_id for submission_id in ids(sent) if submission_id not in dropped]
    places = data.draw(st.lists(st.integers(1, len(left)), unique=True, max_size=5))
    pinned = dict(zip(data.draw(st.permutations(left)), places, strict=False))
    film = city_film(sent, arrangement=Arrangement(pinned=pinned, dropped=dropped), budget_s=None)
    assert {submission_id: shown(film).index(submission_id) + 1 for submission_id in pinned} == pinned
    assert set(film.dropped) == dropped
    assert sorted(shown(film)) == sorted(left)


def test_pins_beyond_the_end_stand_at_the_end_in_their_order() -> None:
    film = city_film([candidate(1), candidate(2), candidate(3)], arrangement=Arrangement(pinned={1: 99, 2: 3}))
    assert shown(film) == [3, 2, 1]


def test_what_a_person_sent_is_told_by_the_sender_alone() -> None:
    sent = [candidate(number) for number in range(1, 30)]
    one_person = [replace(each, sender="one") for each in sent]
    assert shown(city_film(sent, budget_s=SHORT_FILM_S)) == shown(city_film(one_person, budget_s=SHORT_FILM_S))
