"""Who has which place in a zoomable collage. Nobody's pixels are in its tiles without a row here.

A row is written before the picture, and goes after it: a tile is shown while everybody who has a row beneath it agrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, insert, not_, select
from sqlalchemy.orm import Session

from app.assembly.queries import agreed, production_at
from app.assembly.service import request
from app.assembly.zoom_rules import Beneath, Field, beneath
from app.enums import PUBLIC, ProductionKind
from app.models import Campaign, CollagePlace, Production, ProductionFile, Submission

KIND = ProductionKind.ZOOMABLE_COLLAGE
TILE_PX = 512
PYRAMID = "pyramid-"  # begins the name of the file that says in which folder the tiles are


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


def set_places(session: Session, campaign_id: int, places: Mapping[int, int]) -> None:
    """Have exactly these: contribution to place."""
    before = places_of(session, campaign_id)
    left = [submission_id for submission_id, place in before.items() if places.get(submission_id) != place]
    session.execute(delete(CollagePlace).where(CollagePlace.campaign_id == campaign_id, CollagePlace.submission_id.in_(left)))
    new = [
        {"campaign_id": campaign_id, "place": place, "submission_id": submission_id}
        for submission_id, place in places.items()
        if before.get(submission_id) != place
    ]
    if new:
        session.execute(insert(CollagePlace), new)
    session.flush()


def request_unfinished_leaving(session: Session, *, now: datetime) -> None:
    """Ask again for every collage in which somebody who left has a place: a making that was given up must not keep pixels."""
    left = (
        select(CollagePlace.campaign_id).join(Submission, Submission.id == CollagePlace.submission_id).where(not_(agreed(KIND)))
    )
    for campaign in session.scalars(select(Campaign).where(Campaign.id.in_(left)).order_by(Campaign.id)).all():
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
    return not shown.is_empty and session.scalar(_left(collage, shown)) is None


def _left(collage: Standing, shown: Beneath) -> Select[int]:
    """Somebody among these places who does not agree; the places of their rows lie together, so that few are looked at."""
    columns = collage.field.columns
    return (
        select(CollagePlace.place)
        .join(Submission, Submission.id == CollagePlace.submission_id)
        .where(
            CollagePlace.campaign_id == collage.campaign_id,
            CollagePlace.place >= shown.rows.start * columns + shown.columns.start,
            CollagePlace.place < (shown.rows.stop - 1) * columns + shown.columns.stop,
            CollagePlace.place % columns >= shown.columns.start,
            CollagePlace.place % columns < shown.columns.stop,
            not_(agreed(KIND)),
        )
        .limit(1)
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
