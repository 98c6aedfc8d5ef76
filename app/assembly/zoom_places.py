"""Who has which place in a zoomable collage. Nobody's pixels are in its tiles without a row here.

A row is written before the picture, and goes after it: a tile is shown while everybody who has a row beneath it agrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.assembly.queries import agreed, decided_by, left_places, production_at
from app.assembly.service import ChangedMeanwhileError, request
from app.assembly.zoom_rules import Beneath, Field, beneath
from app.enums import PUBLIC, ProductionKind, SubmissionKind
from app.models import Artefact, Campaign, CollagePlace, Production, ProductionFile, Rendition, Submission

KIND = ProductionKind.ZOOMABLE_COLLAGE
TILE_PX = 512
PYRAMID = "pyramid-"  # begins the name of the file that says in which folder the tiles are


@dataclass(frozen=True, slots=True)
class Hangable:
    """A contribution that may have a place, with the picture that is shown there."""

    submission_id: int
    public_id: str
    city_id: int
    kind: SubmissionKind
    received_at: datetime
    sha256: str
    storage_key: str
    is_tile: bool  # and need not be drawn as one


@dataclass(frozen=True, slots=True)
class Standing:
    """A zoomable collage that everybody may look into."""

    production_id: int
    public_id: str
    campaign_id: int
    field: Field
    generation: str  # its folder; another one when it is built anew
    contributions: int

    @property
    def deepest(self) -> int:
        """The level whose tiles are the contributions."""
        return (max(self.field.columns, self.field.rows) * TILE_PX - 1).bit_length()


def generation_of(session: Session, campaign_id: int) -> str | None:
    """The folder in which the tiles of the campaign's collage are."""
    production = production_at(session, campaign_id, None, KIND)
    if production is None:
        return None
    named = select(ProductionFile.name).where(
        ProductionFile.production_id == production.id, ProductionFile.name.startswith(PYRAMID)
    )
    name = session.scalar(named)
    return name.removeprefix(PYRAMID) if name else None


def places_of(session: Session, campaign_id: int) -> dict[int, int]:
    """The place of every contribution that has one, or is about to have it."""
    rows = session.execute(
        select(CollagePlace.submission_id, CollagePlace.place)
        .where(CollagePlace.campaign_id == campaign_id)
        .order_by(CollagePlace.place)
    )
    return {row.submission_id: row.place for row in rows}


def hangable(session: Session, campaign_id: int, *, decided_until: datetime | None) -> list[Hangable]:
    """The contributions that may hang in it now; `decided_until` keeps out what was decided later."""
    # ten thousand at a time: the columns that are needed, and no more
    query = (
        select(
            Submission.id,
            Submission.public_id,
            Submission.city_id,
            Submission.kind,
            Submission.received_at,
            Artefact.sha256,
            Artefact.storage_key,
            and_(Artefact.media_type == "image/jpeg", Rendition.width_px == TILE_PX, Rendition.height_px == TILE_PX),
        )
        .join(Rendition, Rendition.submission_id == Submission.id)
        .join(Artefact, Artefact.id == Rendition.artefact_id)
        .where(Submission.campaign_id == campaign_id, agreed(KIND), Rendition.role == "tile")
        .order_by(Submission.id, Rendition.id.desc())
    )
    if decided_until is not None:
        query = query.where(decided_by(KIND, decided_until))
    found = {row[0]: Hangable(*row) for row in session.execute(query)}
    return list(found.values())


def set_places(session: Session, campaign_id: int, before: Mapping[int, int], places: Mapping[int, int]) -> None:
    """Have exactly these, contribution to place, where those before are known; nothing is written of who stays.

    Raises ChangedMeanwhileError where another making was quicker, which has a folder of its own.
    """
    of_campaign = CollagePlace.campaign_id == campaign_id
    left = [submission_id for submission_id, place in before.items() if places.get(submission_id) != place]
    if left:
        those = of_campaign if len(left) == len(before) else and_(of_campaign, CollagePlace.submission_id.in_(left))
        session.execute(delete(CollagePlace).where(those), execution_options={"synchronize_session": False})
    new = [
        {"campaign_id": campaign_id, "place": place, "submission_id": submission_id}
        for submission_id, place in places.items()
        if before.get(submission_id) != place
    ]
    if new:
        try:
            session.connection().execute(insert(CollagePlace), new)
        except IntegrityError as taken:
            raise ChangedMeanwhileError from taken


def nobody_left(session: Session, campaign_id: int) -> bool:
    """Whether everybody who has a place agrees at this moment."""
    return not session.scalar(select(or_(*(each.exists() for each in left_places(campaign_id)))))


def request_unfinished_leaving(session: Session, campaign_id: int | None = None, *, now: datetime) -> None:
    """Ask again for every collage, or this one, in which somebody who left has a place: a making that was given up, or that they
    overtook, must not keep their pixels.
    """
    left = or_(*(each.correlate(Campaign).exists() for each in left_places(Campaign.id)))
    asked = left if campaign_id is None else and_(Campaign.id == campaign_id, left)
    for campaign in session.scalars(select(Campaign).where(asked).order_by(Campaign.id)).all():
        request(session, campaign, KIND, now=now)


def collage_by_id(session: Session, public_id: str) -> Standing | None:
    """The collage behind an address, if its campaign is public; whether somebody left it is asked of each tile."""
    return _standing(session, Production.public_id == public_id)


def collage_in(session: Session, campaign_id: int) -> Standing | None:
    """The campaign's collage."""
    return _standing(session, Production.campaign_id == campaign_id)


def may_be_seen(session: Session, collage: Standing, level: int, x: int, y: int) -> bool:
    """Whether there is such a tile, and everybody of whom it shows something agrees at this moment."""
    if not 0 <= level <= collage.deepest:
        return False
    shown = beneath(collage.field, collage.deepest - level, x, y)
    if shown.is_empty:
        return False
    left = (each.where(_is_beneath(collage, shown)).exists() for each in left_places(collage.campaign_id))
    return not session.scalar(select(or_(*left)))


def _is_beneath(collage: Standing, shown: Beneath) -> ColumnElement[bool]:
    columns = collage.field.columns
    return and_(
        CollagePlace.place >= shown.rows.start * columns,
        CollagePlace.place < shown.rows.stop * columns,
        CollagePlace.place % columns >= shown.columns.start,
        CollagePlace.place % columns < shown.columns.stop,
    )


def _standing(session: Session, where: ColumnElement[bool]) -> Standing | None:
    query = (
        select(Production, ProductionFile.name)
        .join(Campaign, Campaign.id == Production.campaign_id)
        .join(ProductionFile, ProductionFile.production_id == Production.id)
        .where(
            where,
            Production.kind == KIND,
            Production.artefact_id.is_not(None),
            ProductionFile.name.startswith(PYRAMID),
            Campaign.status.in_(PUBLIC),
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    production, name = row
    if production.width_px is None or production.height_px is None:
        return None
    return Standing(
        production_id=production.id,
        public_id=production.public_id,
        campaign_id=production.campaign_id,
        field=Field(production.width_px // TILE_PX, production.height_px // TILE_PX),
        generation=name.removeprefix(PYRAMID),
        contributions=production.contributions,
    )
