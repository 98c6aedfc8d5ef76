"""What is said and written in a city's film, each with its translation into one language and who answers for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.assembly.queries import agreed
from app.assembly.translations import remove_translation, words_of, words_sha256, write_translation
from app.enums import ProductionKind
from app.errors import ErrorKind, Refused, RefusedFields
from app.kits.queries import DeskPlace
from app.models import Person, Submission, Translation


@dataclass(frozen=True, slots=True)
class SaidWords:
    """The words of one contribution, and their translation as it is written down."""

    submission: Submission
    words: str
    translation: Translation | None
    confirmed_by: str | None

    @property
    def mark(self) -> str:
        """By which a form knows the words that it showed."""
        return words_sha256(self.words)[:16]

    @property
    def is_outdated(self) -> bool:
        """Whether the words were changed since somebody translated them."""
        return self.translation is not None and self.translation.original_sha256 != words_sha256(self.words)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed beneath the words of one contribution."""

    text: str
    mark: str  # of the words that stood above it


def words_in_film(session: Session, place: DeskPlace, language: str) -> list[SaidWords]:
    """All that may be in the city's film now and has words, the oldest first."""
    into = and_(Translation.submission_id == Submission.id, Translation.language == language)
    query = (
        select(Submission, Translation, Person.name)
        .outerjoin(Translation, into)
        .outerjoin(Person, Person.id == Translation.confirmed_by_id)
        .where(
            Submission.campaign_id == place.campaign.id,
            Submission.city_id == place.city.id,
            agreed(ProductionKind.CITY_FILM),
        )
        .order_by(Submission.received_at, Submission.id)
    )
    found = [SaidWords(row[0], words_of(row[0]), row[1], row[2]) for row in session.execute(query)]
    return [each for each in found if each.words]


def save_words(
    session: Session,
    place: DeskPlace,
    language: str,
    typed: Mapping[str, Typed],
    *,
    confirmed: str | None,
    person_id: int,
    now: datetime,
) -> int:
    """Write down what was typed, by public id, where it differs, and `confirmed` also where it does not; how many that were.

    Nothing is written when anything is refused: each refusal stands at its field, named by the public id.
    """
    saved, refusals = 0, list[Refused]()
    for said in words_in_film(session, place, language):
        public_id = said.submission.public_id
        if public_id not in typed:
            continue
        try:
            saved += _save(
                session, said, language, typed[public_id], is_confirmed=public_id == confirmed, person_id=person_id, now=now
            )
        except Refused as refused:
            refusals.append(Refused(refused.code, kind=refused.kind, field=public_id, **refused.params))
    if refusals:
        raise RefusedFields(refusals)
    return saved


def _save(
    session: Session, said: SaidWords, language: str, typed: Typed, *, is_confirmed: bool, person_id: int, now: datetime
) -> int:
    known = said.translation.text if said.translation else ""
    if typed.text == known and not (is_confirmed and known):
        return 0
    if not typed.text:
        return int(remove_translation(session, said.submission, language, person_id=person_id, now=now))
    if typed.mark != said.mark:
        raise Refused("translation.words_changed", kind=ErrorKind.CONFLICT)
    write_translation(session, said.submission, language, typed.text, person_id=person_id, now=now)
    return 1
