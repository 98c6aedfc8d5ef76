"""In which order contributions come, and when a work is made anew: the pure rules."""

from app.assembly.collage_rules import chosen_for_collage
from app.assembly.rules import in_turn, rebuild_is_due
from app.enums import Phase, ProductionKind
from tests.assembly.networks import K, Sent, ids


def test_faces_places_and_words_come_in_turn_oldest_first() -> None:
    sent = [Sent(1, kind=K.TEXT), Sent(2), Sent(3), Sent(4), Sent(5, kind=K.CLIP), Sent(6, kind=K.TEXT)]
    assert ids(in_turn(sent)) == [2, 5, 1, 3, 6, 4]


def test_the_order_does_not_depend_on_how_the_rows_came() -> None:
    sent = [Sent(number, city_id=number % 3, kind=list(K)[number % 4]) for number in range(1, 20)]
    assert in_turn(sent) == in_turn(sent[::-1])
    assert chosen_for_collage(sent, at_most=9) == chosen_for_collage(sent[::-1], at_most=9)


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
        name: rebuild_is_due(ProductionKind.CITY_FILM, phase=phase, exists=exists, is_final=final, is_whole=whole)
        for name, (phase, exists, final, whole, _) in cases.items()
    }
    assert found == {name: expected for name, (*_, expected) in cases.items()}


def test_what_does_not_grow_on_the_day_is_made_anew_only_to_let_somebody_out() -> None:
    kinds = [ProductionKind.JOINT_FILM, ProductionKind.POSTER, ProductionKind.BOOKLET, ProductionKind.HIGHLIGHTS]
    for is_whole in (True, False):
        found = {rebuild_is_due(kind, phase=Phase.DAY, exists=True, is_final=False, is_whole=is_whole) for kind in kinds}
        assert found == {not is_whole}
