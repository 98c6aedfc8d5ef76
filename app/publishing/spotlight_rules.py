"""Which contribution stands for a city in its spotlight: pure, and the same for the same contributions in any order."""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.enums import SubmissionOrigin

ORIGINS_IN_TURN = (SubmissionOrigin.RESIDENT, SubmissionOrigin.CITY, SubmissionOrigin.SAMPLE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contribution that may be shown now."""

    submission_id: int
    public_id: str
    origin: SubmissionOrigin
    decided_at: datetime
    place: int | None  # among the campaign's best moments; None: it is not one of them
    may_be_posted: bool  # its person agrees to the accounts of the city and the network


def in_order(candidates: Iterable[Candidate], *, turn_at: datetime | None) -> list[Candidate]:
    """Who is put forward first, who next where that one cannot be shown.

    What was chosen as a best moment goes before all. Then by lot: everybody has the same chance, neither the first nor the
    loudest a better one; residents before what the city sent itself, and before those who do not wish to be on social networks,
    because page and picture are to show the same. What is decided after the turn (none: it is still to come) changes nothing.
    """

    def place(each: Candidate) -> tuple[float, bool, int, bool, str]:
        came_later = turn_at is not None and each.decided_at > turn_at
        best = math.inf if each.place is None else each.place
        return best, came_later, ORIGINS_IN_TURN.index(each.origin), not each.may_be_posted, lot(each.public_id)

    return sorted(candidates, key=place)


def lot(public_id: str) -> str:
    """A draw that nobody can bend: the random name of a contribution is given before anybody looks at it."""
    return hashlib.sha256(f"spotlight:{public_id}".encode()).hexdigest()
