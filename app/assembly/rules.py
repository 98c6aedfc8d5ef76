"""What collages and films have in common: in which order contributions come, and when a work is made anew."""

from collections.abc import Iterable
from datetime import datetime
from itertools import zip_longest
from typing import Protocol, TypeVar

from app.enums import Phase, ProductionKind, SubmissionKind

GROW_ON_THE_DAY = frozenset({ProductionKind.COLLAGE, ProductionKind.ZOOMABLE_COLLAGE, ProductionKind.CITY_FILM})
SET_IN_WORDS = frozenset({SubmissionKind.TEXT, SubmissionKind.SOUND})  # a card stands for them: nothing may be cut from it
KINDS_IN_TURN = (SubmissionKind.PHOTO, SubmissionKind.CLIP, SubmissionKind.TEXT, SubmissionKind.SOUND)


class Contribution(Protocol):
    """What the choice looks at."""

    @property
    def submission_id(self) -> int: ...
    @property
    def city_id(self) -> int: ...
    @property
    def kind(self) -> SubmissionKind: ...
    @property
    def received_at(self) -> datetime: ...


C = TypeVar("C", bound=Contribution)


def in_turn(contributions: Iterable[C]) -> list[C]:
    """Faces, places and words in turn, each kind oldest first; the same for the same contributions in any order."""
    oldest_first = sorted(contributions, key=lambda each: (each.received_at, each.submission_id))
    queues = [[each for each in oldest_first if each.kind is kind] for kind in KINDS_IN_TURN]
    return [each for turn in zip_longest(*queues) for each in turn if each is not None]


def rebuild_is_due(kind: ProductionKind, *, phase: Phase | None, exists: bool, is_final: bool, is_whole: bool) -> bool:
    """Whether an approval or a withdrawal makes it anew.

    On the day every change does, in what grows that day. Otherwise, and once it is final, only what is no longer agreed to does,
    by leaving it.
    """
    if phase is Phase.DAY and not is_final and kind in GROW_ON_THE_DAY:
        return True
    return exists and not is_whole
