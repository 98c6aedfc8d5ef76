"""The rules of contributions, as pure functions."""

import itertools

import pytest

from app.enums import Purpose, SubmissionKind
from app.enums import SubmissionState as S
from app.errors import Refused
from app.submissions import rules

ALLOWED = {
    (S.RECEIVED, S.PENDING),
    (S.RECEIVED, S.FAILED),
    (S.PENDING, S.APPROVED),
    (S.PENDING, S.REJECTED),
    (S.APPROVED, S.REJECTED),
    (S.REJECTED, S.APPROVED),
    *((state, S.WITHDRAWN) for state in S if state is not S.WITHDRAWN),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(S, 2)))
def test_a_submission_moves_only_along_the_table(before: S, after: S) -> None:
    if (before, after) in ALLOWED:
        rules.check_move(before, after)
        return
    with pytest.raises(Refused) as refused:
        rules.check_move(before, after)
    assert refused.value.code == "submission.no_such_move"


def test_nothing_leaves_withdrawn() -> None:
    assert rules.TRANSITIONS[S.WITHDRAWN] == frozenset()


def test_only_moves_to_and_from_approved_change_the_wall() -> None:
    changing = {pair for pair in ALLOWED if rules.changes_the_wall(*pair)}
    assert changing == {
        (S.PENDING, S.APPROVED),
        (S.APPROVED, S.REJECTED),
        (S.REJECTED, S.APPROVED),
        (S.APPROVED, S.WITHDRAWN),
    }


@pytest.mark.parametrize(
    ("kind", "allowed", "code"),
    [
        (SubmissionKind.CLIP, ["text", "photo"], "upload.clip_but_photo"),
        (SubmissionKind.PHOTO, ["clip", "sound"], "upload.photo_but_clip_sound"),
        (SubmissionKind.SOUND, ["text"], "upload.words_only"),
        (SubmissionKind.TEXT, ["photo"], "submission.file_needed"),
    ],
)
def test_a_kind_that_is_not_taken_is_named_with_those_that_are(kind: SubmissionKind, allowed: list[str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.check_kind(kind, allowed)
    assert refused.value.code == code


def test_a_text_may_be_exactly_as_long_as_allowed() -> None:
    rules.check_text("é" * 10, limit_chars=10)
    with pytest.raises(Refused) as refused:
        rules.check_text("é" * 11, limit_chars=10)
    assert refused.value.params == {"limit_chars": 10, "actual_chars": 11}


def test_the_campaign_pages_are_the_least_that_is_agreed_to() -> None:
    rules.check_purposes({Purpose.CAMPAIGN_PAGES})
    with pytest.raises(Refused) as refused:
        rules.check_purposes({Purpose.COLLAGE, Purpose.PRESS})
    assert refused.value.code == "consent.pages_needed"
