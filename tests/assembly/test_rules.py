"""What goes into a collage and a film: the pure rules."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.assembly.collage import touching
from app.assembly.rules import (
    CARD_S,
    FILM_S,
    STEP_S,
    chosen_for_collage,
    collage_size,
    cut,
    hung,
    in_turn,
    makes_a_film,
    rebuild_is_due,
    seconds_on_screen,
)
from app.enums import Phase, SubmissionKind
from media_pipeline.collage import layout_grid

K = SubmissionKind
START = datetime(2027, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sent:
    """A contribution, sent so many minutes after the start as its number says."""

    submission_id: int
    city_id: int = 1
    kind: SubmissionKind = K.PHOTO

    @property
    def received_at(self) -> datetime:
        return START + timedelta(minutes=self.submission_id)


def ids(contributions: list[Sent]) -> list[int]:
    return [each.submission_id for each in contributions]


def test_faces_places_and_words_come_in_turn_oldest_first() -> None:
    sent = [Sent(1, kind=K.TEXT), Sent(2), Sent(3), Sent(4), Sent(5, kind=K.CLIP), Sent(6, kind=K.TEXT)]
    assert ids(in_turn(sent)) == [2, 5, 1, 3, 6, 4]


def test_the_order_does_not_depend_on_how_the_rows_came() -> None:
    sent = [Sent(number, city_id=number % 3, kind=list(K)[number % 4]) for number in range(1, 20)]
    assert in_turn(sent) == in_turn(sent[::-1])
    assert chosen_for_collage(sent, at_most=9) == chosen_for_collage(sent[::-1], at_most=9)


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


def test_a_film_has_room_for_whole_steps_only() -> None:
    clip = seconds_on_screen(K.CLIP, duration_s=3.9, characters=0)
    words = seconds_on_screen(K.TEXT, duration_s=None, characters=100)
    photo = seconds_on_screen(K.PHOTO, duration_s=None, characters=0)
    assert [round(seconds / STEP_S, 6) for seconds in (clip, words, photo)] == [7, 13, 8]


def test_a_long_clip_is_seen_for_its_first_seconds_and_long_words_are_not_for_ever() -> None:
    assert seconds_on_screen(K.CLIP, duration_s=10, characters=0) == 12 * STEP_S
    assert seconds_on_screen(K.TEXT, duration_s=None, characters=6000) == 16 * STEP_S


def test_a_film_ends_within_what_every_network_takes() -> None:
    shots = cut([(Sent(number), 5.0) for number in range(100)])
    assert sum(shot.seconds for shot in shots) + 2 * CARD_S <= FILM_S
    assert len(shots) == 26


def test_words_alone_make_no_film() -> None:
    assert (makes_a_film([K.TEXT, K.SOUND]), makes_a_film([K.TEXT, K.PHOTO]), makes_a_film([])) == (False, True, False)


def test_on_the_day_every_change_builds_anew_and_afterwards_only_what_must_leave() -> None:
    cases = {
        "before the day, nothing stands": (Phase.PRE_DAY, False, False, False, False),
        "before the day, built by hand, something left": (Phase.PRE_DAY, True, False, False, True),
        "the day": (Phase.DAY, False, False, False, True),
        "the day, all agree": (Phase.DAY, True, False, True, True),
        "after, all agree": (Phase.POST_DAY, True, False, True, False),
        "after, something left": (Phase.POST_DAY, True, False, False, True),
        "final, all agree": (Phase.POST_DAY, True, True, True, False),
        "final, something left": (Phase.POST_DAY, True, True, False, True),
        "final in one city while the campaign's day goes on": (Phase.DAY, True, True, True, False),
        "draft": (None, False, False, False, False),
    }
    found = {
        name: rebuild_is_due(phase=phase, exists=exists, is_final=final, is_whole=whole)
        for name, (phase, exists, final, whole, _) in cases.items()
    }
    assert found == {name: expected for name, (*_, expected) in cases.items()}
