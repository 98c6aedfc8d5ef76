"""What a city's officers decided about its film: its order, its pins, what is left out, its length, shapes, captions and music.

What is decided changes the film when it is made the next time; every act has its opposite.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.assembly.film_rules import AS_THEY_CAME, FILM_S, SHORT_FILM_S, Arrangement
from app.assembly.queries import agreed
from app.enums import ProductionKind
from app.errors import NotFound, Refused, RefusedFields
from app.models import Campaign, CampaignCity, City, FilmArrangement, Submission

LENGTHS_S: tuple[int | None, ...] = (round(SHORT_FILM_S), round(FILM_S), None)  # None: as long as it takes
EARLIER, LATER = -1, 1


@dataclass(frozen=True, slots=True)
class FilmChoice:
    """How a city wants its film."""

    arrangement: Arrangement = AS_THEY_CAME
    budget_s: float | None = FILM_S  # None: as long as it takes
    formats: tuple[str, ...] = ()  # shapes beside the film's own
    captions_language: str | None = None  # of translations under the original words; None: these alone
    with_music: bool = False


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """What an officer can choose for the whole film."""

    budget_s: int | None = round(FILM_S)
    formats: tuple[str, ...] = ()
    captions_language: str | None = None
    with_music: bool = False


@dataclass(frozen=True, slots=True)
class FilmOffer:
    """Between what a city can choose."""

    formats: Sequence[str]  # beside the film's own
    languages: Sequence[str]  # into which captions can be translated
    has_music: bool  # its kit has a bed


def film_choice(session: Session, campaign_id: int, city_id: int) -> FilmChoice:
    """What was decided, or how films are without a decision."""
    row = arrangement_row(session, campaign_id, city_id)
    if row is None:
        return FilmChoice()
    return FilmChoice(_arrangement(row), row.budget_s, tuple(row.formats), row.captions_language, row.with_music)


def arrangement_row(session: Session, campaign_id: int, city_id: int) -> FilmArrangement | None:
    """The row of a city, if anybody decided anything."""
    where = (FilmArrangement.campaign_id == campaign_id, FilmArrangement.city_id == city_id)
    return session.scalar(select(FilmArrangement).where(*where))


# What an act changes; each is given the arrangement and the film as it would be by it, and leaves a valid one.


def with_pin(arrangement: Arrangement, shown: Sequence[int], submission_id: int) -> Arrangement:
    """It keeps its place whatever comes; what was not in the film comes in at its end, before others."""
    place = shown.index(submission_id) + 1 if submission_id in shown else len(shown) + 1
    return replace(
        arrangement,
        pinned={**arrangement.pinned, submission_id: place},
        dropped=arrangement.dropped - {submission_id},
    )


def without_pin(arrangement: Arrangement, submission_id: int) -> Arrangement:
    """It stands where it comes."""
    pinned = {each: place for each, place in arrangement.pinned.items() if each != submission_id}
    return replace(arrangement, pinned=pinned)


def with_move(arrangement: Arrangement, shown: Sequence[int], submission_id: int, by: int) -> Arrangement:
    """One place earlier or later; what is not pinned goes past what is. At the end of the film it stays where it is."""
    other = neighbour(arrangement, shown, submission_id, by)
    if other is None:
        return arrangement
    order = list(shown)
    here, there = order.index(submission_id), order.index(other)
    order[here], order[there] = order[there], order[here]
    pinned = arrangement.pinned
    if submission_id in pinned:
        # by where they really are: two can be pinned to one place, or behind the end
        pinned = {each: order.index(each) + 1 if each in order else place for each, place in pinned.items()}
    left = [each for each in arrangement.order if each not in shown]
    return replace(arrangement, order=(*order, *left), pinned=pinned)


def neighbour(arrangement: Arrangement, shown: Sequence[int], submission_id: int, by: int) -> int | None:
    """With which shot it changes places when it goes earlier or later; None at the end."""
    if submission_id not in shown:
        return None
    here = shown.index(submission_id)
    others = shown[here + 1 :] if by == LATER else shown[:here][::-1]
    if submission_id in arrangement.pinned:
        return others[0] if others else None
    return next((each for each in others if each not in arrangement.pinned), None)


def with_drop(arrangement: Arrangement, submission_id: int) -> Arrangement:
    """It is not in the film; put back, it stands where it stood."""
    return replace(arrangement, dropped=arrangement.dropped | {submission_id})


def without_drop(arrangement: Arrangement, submission_id: int) -> Arrangement:
    """It may be in the film again."""
    return replace(arrangement, dropped=arrangement.dropped - {submission_id})


# The acts, each in the transaction of its caller; `shown` are the shots of the film as they would be now.


def pin(
    session: Session, campaign: Campaign, city: City, public_id: str, shown: Sequence[int], *, actor_id: int | None, now: datetime
) -> None:
    """Have a contribution keep its place in the film; one for which there was no room comes in."""
    row = _row_for_change(session, campaign, city, now=now)
    submission_id = _in_film(session, campaign, city, public_id)
    _write(session, campaign, row, with_pin(_arrangement(row), shown, submission_id), actor_id=actor_id, now=now)
    _record(session, campaign, row, "pin", submission_id)


def unpin(session: Session, campaign: Campaign, city: City, public_id: str, *, actor_id: int | None, now: datetime) -> None:
    """Have it stand where it comes again."""
    row = _row_for_change(session, campaign, city, now=now)
    submission_id = _of_city(session, campaign, city, public_id)
    _write(session, campaign, row, without_pin(_arrangement(row), submission_id), actor_id=actor_id, now=now)
    _record(session, campaign, row, "unpin", submission_id)


def move(
    session: Session,
    campaign: Campaign,
    city: City,
    public_id: str,
    shown: Sequence[int],
    *,
    by: int,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Have it come one place earlier or later."""
    row = _row_for_change(session, campaign, city, now=now)
    submission_id = _in_film(session, campaign, city, public_id)
    _write(session, campaign, row, with_move(_arrangement(row), shown, submission_id, by), actor_id=actor_id, now=now)
    _record(session, campaign, row, "earlier" if by == EARLIER else "later", submission_id)


def drop(session: Session, campaign: Campaign, city: City, public_id: str, *, actor_id: int | None, now: datetime) -> None:
    """Leave it out; it stays on the pages."""
    row = _row_for_change(session, campaign, city, now=now)
    submission_id = _in_film(session, campaign, city, public_id)
    _write(session, campaign, row, with_drop(_arrangement(row), submission_id), actor_id=actor_id, now=now)
    _record(session, campaign, row, "drop", submission_id)


def put_back(session: Session, campaign: Campaign, city: City, public_id: str, *, actor_id: int | None, now: datetime) -> None:
    """Take it in again."""
    row = _row_for_change(session, campaign, city, now=now)
    submission_id = _of_city(session, campaign, city, public_id)
    _write(session, campaign, row, without_drop(_arrangement(row), submission_id), actor_id=actor_id, now=now)
    _record(session, campaign, row, "put_back", submission_id)


def reset(session: Session, campaign: Campaign, city: City, *, actor_id: int | None, now: datetime) -> None:
    """Everything as it comes; length, shapes, captions and music stay as they were chosen."""
    row = _row_for_change(session, campaign, city, now=now)
    _write(session, campaign, row, AS_THEY_CAME, actor_id=actor_id, now=now)
    _record(session, campaign, row, "reset")


def set_options(
    session: Session,
    campaign: Campaign,
    city: City,
    options: FilmOptions,
    offer: FilmOffer,
    *,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Choose length, further shapes, captions and music; what is not on offer is `form.not_a_choice` at its field."""
    wrong = {
        "length": options.budget_s not in LENGTHS_S,
        "shapes": not set(options.formats) <= set(offer.formats),
        "captions": options.captions_language is not None and options.captions_language not in offer.languages,
        "music": options.with_music and not offer.has_music,
    }
    if any(wrong.values()):
        raise RefusedFields([Refused("form.not_a_choice", field=field) for field, is_wrong in wrong.items() if is_wrong])
    row = _row_for_change(session, campaign, city, now=now)
    row.budget_s, row.captions_language, row.with_music = options.budget_s, options.captions_language, options.with_music
    row.formats = [name for name in offer.formats if name in options.formats]
    row.changed_at, row.changed_by_id = now, actor_id
    session.flush()
    _record(session, campaign, row, "options")


def _arrangement(row: FilmArrangement) -> Arrangement:
    pinned = {int(submission_id): place for submission_id, place in row.pinned.items()}
    return Arrangement(tuple(row.order), pinned, frozenset(row.dropped))


def _row_for_change(session: Session, campaign: Campaign, city: City, *, now: datetime) -> FilmArrangement:
    """The city's row, the first time a new one; nobody else changes it until this transaction ends."""
    place = (CampaignCity.campaign_id == campaign.id, CampaignCity.city_id == city.id)
    session.execute(select(CampaignCity.id).where(*place).with_for_update())
    row = arrangement_row(session, campaign.id, city.id)
    if row is None:
        row = FilmArrangement(
            campaign_id=campaign.id,
            city_id=city.id,
            order=[],
            pinned={},
            dropped=[],
            budget_s=round(FILM_S),
            formats=[],
            with_music=False,
            changed_at=now,
        )
        session.add(row)
        session.flush()
    return row


def _write(
    session: Session, campaign: Campaign, row: FilmArrangement, arrangement: Arrangement, *, actor_id: int | None, now: datetime
) -> None:
    """Write it down without those who are in this campaign's city no more."""
    ids = {*arrangement.order, *arrangement.pinned, *arrangement.dropped}
    here = (Submission.campaign_id == campaign.id, Submission.city_id == row.city_id, Submission.id.in_(ids))
    known = set(session.scalars(select(Submission.id).where(*here)))
    row.order = [each for each in arrangement.order if each in known]
    row.pinned = {str(each): place for each, place in arrangement.pinned.items() if each in known}
    row.dropped = sorted(arrangement.dropped & known)
    row.changed_at, row.changed_by_id = now, actor_id
    session.flush()


def _of_city(session: Session, campaign: Campaign, city: City, public_id: str) -> int:
    """A contribution of this city in this campaign; `submission.unknown` for every other."""
    where = (Submission.public_id == public_id, Submission.campaign_id == campaign.id, Submission.city_id == city.id)
    submission_id = session.scalar(select(Submission.id).where(*where))
    if submission_id is None:
        raise NotFound("submission.unknown")
    return submission_id


def _in_film(session: Session, campaign: Campaign, city: City, public_id: str) -> int:
    """The same, and it may be in the film now."""
    submission_id = _of_city(session, campaign, city, public_id)
    where = (Submission.id == submission_id, agreed(ProductionKind.CITY_FILM))
    if session.scalar(select(Submission.id).where(*where)) is None:
        raise NotFound("submission.unknown")
    return submission_id


def _record(session: Session, campaign: Campaign, row: FilmArrangement, change: str, submission_id: int | None = None) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act="film.arranged",
        subject_kind="film_arrangement",
        subject_id=row.id,
        at=row.changed_at,
        actor_id=row.changed_by_id,
        change=change,
        submission_id=submission_id,
    )
