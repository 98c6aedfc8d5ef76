"""Networks of any size out of one number, quickly: what cities sent, by which people, of which kinds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

from hypothesis import strategies as st

from app.assembly.film_rules import Candidate
from app.enums import SubmissionKind

K = SubmissionKind
START = datetime(2027, 6, 1, tzinfo=UTC)
LENGTHS = {K.PHOTO: (8,), K.CLIP: (1, 3, 5, 8, 12), K.TEXT: (8, 11, 16), K.SOUND: (2, 9, 16)}


@dataclass(frozen=True)
class Sent:
    """A contribution, sent so many minutes after the start as its number says."""

    submission_id: int
    city_id: int = 1
    kind: SubmissionKind = K.PHOTO

    @property
    def received_at(self) -> datetime:
        return START + timedelta(minutes=self.submission_id)


def ids(contributions: Sequence[Sent] | Sequence[Candidate]) -> list[int]:
    """Their numbers, in order."""
    return [each.submission_id for each in contributions]


def candidate(
    number: int, kind: SubmissionKind = K.PHOTO, *, sender: str | None = None, steps: int | None = None, city_id: int = 1
) -> Candidate:
    """A contribution, sent so many minutes after the start as its number says, by a person of its own unless one is named."""
    length = LENGTHS[kind][-1] if steps is None else steps
    return Candidate(number, city_id, kind, START + timedelta(minutes=number), sender or f"person {number}", length)


@dataclass(frozen=True)
class Network:
    """So many cities, each with up to so many contributions of so few people."""

    seed: int
    cities: int
    most: int

    def sent(self) -> dict[int, list[Candidate]]:
        """What each city has; some have nothing."""
        return {city_id: self.sent_by(city_id) for city_id in range(1, self.cities + 1)}

    def sent_by(self, city_id: int) -> list[Candidate]:
        """What one city has."""
        people = 1 + self._any(city_id) % 12
        found = []
        for at in range(self._any(city_id, 1) % (self.most + 1)):
            any_number = self._any(city_id, at, 2)
            kind = list(K)[any_number % 4]
            steps = LENGTHS[kind][any_number // 4 % len(LENGTHS[kind])]
            sender = f"person {any_number // 64 % people}"
            found.append(
                candidate(city_id * 1000 + any_number // 4096 % 7 + at * 7, kind, sender=sender, steps=steps, city_id=city_id)
            )
        return found

    def _any(self, *numbers: int) -> int:
        return crc32(repr((self.seed, *numbers)).encode())


def networks(*, cities: int = 200, most: int = 60) -> st.SearchStrategy[Network]:
    """Any network up to this size."""
    return st.builds(Network, st.integers(0, 10**6), st.integers(1, cities), st.integers(0, most))
