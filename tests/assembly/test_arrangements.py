"""What an officer decides about a film: whatever is done in whatever order, the film stays whole and every act can be undone."""

from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.assembly import arrangements
from app.assembly.arrangements import EARLIER, LATER, FilmChoice, FilmOffer, FilmOptions, film_choice, neighbour
from app.assembly.film_rules import AS_THEY_CAME, FILM_S, SHORT_FILM_S, Arrangement, Candidate, city_film
from app.enums import Purpose, SubmissionKind, SubmissionState
from app.errors import NotFound, RefusedFields
from app.models import AuditRow, FilmArrangement, Network
from app.runtime import Runtime
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.networks import K, candidate

KINDS = [K.PHOTO, K.CLIP, K.TEXT, K.SOUND, K.PHOTO, K.PHOTO, K.TEXT, K.CLIP]
EVERY = [candidate(number, kind) for number, kind in enumerate(KINDS, start=1)]
ACTS = st.lists(
    st.tuples(st.sampled_from(["pin", "unpin", "earlier", "later", "drop", "put_back"]), st.integers(1, 8)), max_size=20
)
OFFER = FilmOffer(formats=["story", "wide"], languages=["en", "fr"], has_music=False)


def shots(arrangement: Arrangement, budget_s: float | None = None, candidates: list[Candidate] = EVERY) -> list[int]:
    return [shot.submission_id for shot in city_film(candidates, arrangement=arrangement, budget_s=budget_s).shots]


def after(arrangement: Arrangement, act: str, submission_id: int, budget_s: float | None) -> Arrangement:
    """The arrangement after one act, as the page does it."""
    now_shown = shots(arrangement, budget_s)
    by: dict[str, Any] = {
        "pin": lambda: arrangements.with_pin(arrangement, now_shown, submission_id),
        "unpin": lambda: arrangements.without_pin(arrangement, submission_id),
        "earlier": lambda: arrangements.with_move(arrangement, now_shown, submission_id, EARLIER),
        "later": lambda: arrangements.with_move(arrangement, now_shown, submission_id, LATER),
        "drop": lambda: arrangements.with_drop(arrangement, submission_id),
        "put_back": lambda: arrangements.without_drop(arrangement, submission_id),
    }
    changed: Arrangement = by[act]()
    return changed


@settings(max_examples=60, deadline=None)
@given(acts=ACTS, budget_s=st.sampled_from([SHORT_FILM_S, FILM_S, None]))
def test_after_any_acts_everybody_is_in_the_film_left_out_or_dropped_and_a_move_swaps_two_that_are_seen(
    acts: list[tuple[str, int]], budget_s: float | None
) -> None:
    arrangement = AS_THEY_CAME
    for act, submission_id in acts:
        before, other = shots(arrangement, budget_s), None
        if act in {"earlier", "later"}:
            other = neighbour(arrangement, before, submission_id, EARLIER if act == "earlier" else LATER)
        arrangement = after(arrangement, act, submission_id, budget_s)
        if other is not None:
            swapped = {submission_id: other, other: submission_id}
            assert shots(arrangement, budget_s) == [swapped.get(each, each) for each in before]
    film = city_film(EVERY, arrangement=arrangement, budget_s=budget_s)
    found = [*(shot.submission_id for shot in film.shots), *film.left_out, *film.dropped]
    assert sorted(found) == list(range(1, 9))
    assert len(set(arrangement.order)) == len(arrangement.order)
    assert min(arrangement.pinned.values(), default=1) >= 1


@settings(max_examples=30, deadline=None)
@given(acts=ACTS, submission_id=st.integers(1, 8))
def test_every_act_has_its_opposite(acts: list[tuple[str, int]], submission_id: int) -> None:
    arrangement = AS_THEY_CAME
    for act, each in acts:
        arrangement = after(arrangement, act, each, None)
    arrangement = arrangements.without_drop(arrangement, submission_id)
    for act, opposite in (("drop", "put_back"), ("earlier", "later"), ("later", "earlier")):
        there = after(arrangement, act, submission_id, None)
        if there != arrangement:
            assert shots(after(there, opposite, submission_id, None)) == shots(arrangement)
    if submission_id not in arrangement.pinned:
        pinned = after(arrangement, "pin", submission_id, None)
        assert shots(after(pinned, "unpin", submission_id, None)) == shots(arrangement)


def test_what_found_no_room_is_taken_in_at_the_end_by_a_pin() -> None:
    full = [candidate(number, K.PHOTO) for number in range(1, 21)]
    before = shots(AS_THEY_CAME, SHORT_FILM_S, full)
    pinned = arrangements.with_pin(AS_THEY_CAME, before, 20)
    assert (20 in before, shots(pinned, SHORT_FILM_S, full)) == (False, [*before[:-1], 20])


def test_what_is_decided_is_written_down_with_who_decided_it_and_read_again(runtime: Runtime, scene: Scene) -> None:
    now, place = runtime.now(), (scene.campaign, scene.bergen)
    with runtime.database.writing() as session:
        officer = factories.person(session, session.get_one(Network, scene.bergen.network_id), city=scene.bergen)
        who: dict[str, Any] = {"actor_id": officer.id, "now": now}
        one, two, three = (
            factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO) for _number in range(3)
        )
        shown = [one.id, two.id, three.id]
        arrangements.pin(session, *place, three.public_id, shown, **who)
        arrangements.move(session, *place, one.public_id, shown, by=LATER, **who)
        arrangements.drop(session, *place, two.public_id, **who)
        arrangements.set_options(session, *place, FilmOptions(60, ("wide",), "fr"), OFFER, **who)
        order = (two.id, one.id, three.id)
        wanted = FilmChoice(Arrangement(order, {three.id: 3}, frozenset({two.id})), 60, ("wide",), "fr", with_music=False)
        assert film_choice(session, scene.campaign.id, scene.bergen.id) == wanted
        arrangements.put_back(session, *place, two.public_id, **who)
        arrangements.unpin(session, *place, three.public_id, **who)
        assert film_choice(session, scene.campaign.id, scene.bergen.id).arrangement == Arrangement(order)
        arrangements.reset(session, *place, **who)
        assert film_choice(session, scene.campaign.id, scene.bergen.id) == FilmChoice(AS_THEY_CAME, 60, ("wide",), "fr")
        assert film_choice(session, scene.campaign.id, scene.oslo.id) == FilmChoice()
        row = session.scalars(select(FilmArrangement)).one()
        rows = session.scalars(select(AuditRow).where(AuditRow.act == "film.arranged").order_by(AuditRow.id)).all()
        assert (row.changed_at, row.changed_by_id) == (now, officer.id)
        assert [each.codes["change"] for each in rows] == ["pin", "later", "drop", "options", "put_back", "unpin", "reset"]
        assert {each.actor_id for each in rows} == {officer.id}


def test_only_what_may_be_in_this_citys_film_can_be_put_in_order(runtime: Runtime, scene: Scene) -> None:
    place, who = (scene.campaign, scene.bergen), dict[str, Any](actor_id=None, now=runtime.now())
    acts = [
        partial(arrangements.pin, shown=[], **who),
        partial(arrangements.move, shown=[], by=LATER, **who),
        partial(arrangements.drop, **who),
    ]
    with runtime.database.writing() as session:
        other_city = factories.submission(session, scene.campaign, scene.oslo, kind=SubmissionKind.PHOTO)
        waiting = factories.submission(session, scene.campaign, scene.bergen, state=SubmissionState.PENDING)
        no_film = factories.submission(session, scene.campaign, scene.bergen, consents=[Purpose.CAMPAIGN_PAGES])
        for public_id in ("unknown", other_city.public_id, waiting.public_id, no_film.public_id):
            for act in acts:
                with pytest.raises(NotFound, match=r"submission\.unknown"):
                    act(session, *place, public_id)
        assert film_choice(session, scene.campaign.id, scene.bergen.id) == FilmChoice()


def test_what_is_not_on_offer_is_refused_at_its_field(runtime: Runtime, scene: Scene) -> None:
    wrong = FilmOptions(61, ("square",), "de", with_music=True)
    with runtime.database.writing() as session, pytest.raises(RefusedFields) as refused:
        arrangements.set_options(session, scene.campaign, scene.bergen, wrong, OFFER, actor_id=None, now=runtime.now())
    assert [(each.field, each.code) for each in refused.value.refusals] == [
        (field, "form.not_a_choice") for field in ("length", "shapes", "captions", "music")
    ]
