"""What could go into a collage or a film, and what stands there now; state and consent are asked in the same SELECT."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, exists, false, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.enums import PUBLIC, ArtefactKind, EdgeRole, ProductionKind, Purpose, SubmissionKind, SubmissionState
from app.errors import NotFound
from app.models import (
    Artefact,
    Campaign,
    CampaignCity,
    City,
    CollagePlace,
    Consent,
    Derivation,
    Production,
    ProductionFile,
    ProductionVersion,
    Rendition,
    Submission,
)
from app.submissions.queries import visible

# what everybody in a work has agreed to
PURPOSES_OF: Mapping[ProductionKind, tuple[Purpose, ...]] = {
    ProductionKind.COLLAGE: (Purpose.COLLAGE,),
    ProductionKind.POSTER: (Purpose.COLLAGE, Purpose.PRINT),
    ProductionKind.ZOOMABLE_COLLAGE: (Purpose.COLLAGE,),
    ProductionKind.CITY_FILM: (Purpose.CITY_FILM,),
    ProductionKind.JOINT_FILM: (Purpose.JOINT_FILM,),
    ProductionKind.JOINT_FILM_SHORT: (Purpose.JOINT_FILM,),
    ProductionKind.HIGHLIGHTS: (Purpose.JOINT_FILM,),
    ProductionKind.BOOKLET: (Purpose.COLLAGE, Purpose.PRINT),  # the collage stands in it
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A contribution with the prepared file of it that goes in."""

    submission_id: int
    public_id: str
    city_id: int
    kind: SubmissionKind
    received_at: datetime
    text: str
    spoken_words: str
    speech_s: Sequence[Sequence[float]]  # when somebody speaks: begin and end
    language: str
    name: str | None
    alt_text: str
    artefact_id: int
    sha256: str
    storage_key: str
    duration_s: float | None
    format_name: str  # of the file


def pieces(
    session: Session,
    campaign_id: int,
    kind: ProductionKind,
    *,
    city_id: int | None = None,
    role: str = "main",
    format_name: str | None = None,
    decided_until: datetime | None = None,
) -> list[Piece]:
    """The contributions that may be in it now, each with its file in this role, in this format or another.

    `decided_until` keeps out what was decided later, at the desk or by the person: a final work takes nothing new.
    """
    columns = (
        Submission.id,
        Submission.public_id,
        Submission.city_id,
        Submission.kind,
        Submission.received_at,
        Submission.text,
        Submission.spoken_words,
        Submission.speech_s,
        Submission.language,
        Submission.name,
        Submission.alt_text,
        Artefact.id,
        Artefact.sha256,
        Artefact.storage_key,
        Rendition.duration_s,
        Rendition.format,
    )
    query = (
        select(*columns)
        .join(Rendition, Rendition.submission_id == Submission.id)
        .join(Artefact, Artefact.id == Rendition.artefact_id)
        .where(Submission.campaign_id == campaign_id, agreed(kind), Rendition.role == role)
        .order_by(Submission.id, _nearest(format_name), Rendition.id)
    )
    if city_id is not None:
        query = query.where(Submission.city_id == city_id)
    if decided_until is not None:
        query = query.where(decided_by(kind, decided_until))
    found: dict[int, Piece] = {}
    for row in session.execute(query):
        facts: Sequence[Any] = tuple(row)
        found.setdefault(facts[0], Piece(*facts))
    return list(found.values())


def is_anything_for(session: Session, campaign_id: int, kind: ProductionKind, *, role: str) -> bool:
    """Whether there is any contribution that may be in it now and has a file in this role."""
    query = (
        select(Submission.id)
        .join(Rendition, Rendition.submission_id == Submission.id)
        .where(Submission.campaign_id == campaign_id, agreed(kind), Rendition.role == role)
    )
    return session.scalar(query.limit(1)) is not None


def _nearest(format_name: str | None) -> ColumnElement[int]:
    """The shape itself first, under whatever name a kind has it; a sound rather as any film than as a sound."""
    same = {format_name, f"audiogram_{format_name}", *({"landscape"} if format_name == "wide" else ())}
    return case((Rendition.format.in_(same), 0), (Rendition.format.startswith("audiogram_"), 1), else_=2)


def production_at(session: Session, campaign_id: int, city_id: int | None, kind: ProductionKind) -> Production | None:
    """The collage or film that stands there."""
    place = Production.city_id.is_(None) if city_id is None else Production.city_id == city_id
    return session.scalar(select(Production).where(Production.campaign_id == campaign_id, Production.kind == kind, place))


def agreed(kind: ProductionKind) -> ColumnElement[bool]:
    """The condition on `Submission` under which it may be in a work of this kind at this moment."""
    return and_(*(visible(purpose) for purpose in PURPOSES_OF[kind]))


def decided_by(kind: ProductionKind, moment: datetime) -> ColumnElement[bool]:
    """The condition on `Submission` that it was approved for a work of this kind, and agreed to, at this moment already."""
    given = (
        exists().where(Consent.submission_id == Submission.id, Consent.purpose == purpose, Consent.given_at <= moment)
        for purpose in PURPOSES_OF[kind]
    )
    return and_(func.coalesce(Submission.decided_at, Submission.received_at) <= moment, *given)


def is_whole(
    artefact_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None] = Production.artefact_id,
) -> ColumnElement[bool]:
    """Over `Production`: its file is there and nobody in it has withdrawn from its purpose or been taken down.

    Another file or version of the work is asked for by its own column. In a zoomable collage is whoever has a place.
    """
    part = (Derivation.artefact_id == artefact_id, Derivation.role == EdgeRole.PART)
    hidden = or_(false(), *(and_(Production.kind == kind, not_(agreed(kind))) for kind in PURPOSES_OF))
    taken_back = (
        select(Derivation.id)
        .join(Submission, Submission.id == Derivation.source_submission_id)
        .where(*part, hidden)
        .correlate(Production, artefact_id.class_)
        .exists()
    )
    whole = and_(artefact_id.is_not(None), ~taken_back)
    if artefact_id is not Production.artefact_id:  # that which says where the tiles of a zoomable collage are shows nobody
        return whole
    left = or_(*(each.correlate(Production).exists() for each in left_places(Production.campaign_id)))
    return and_(whole, or_(Production.kind != ProductionKind.ZOOMABLE_COLLAGE, ~left))


def left_places(campaign_id: SQLColumnExpression[int] | int) -> tuple[Select[int], Select[int]]:
    """Places in a zoomable collage of those who do not agree: that are not approved any more, and that ended their yes.

    Nobody has a place who never said yes, and no answer is ever deleted.
    """
    # `+ 0`: no index leads there, so that every engine begins with these few and not with all places
    not_shown = [state for state in SubmissionState if state is not SubmissionState.APPROVED]
    taken_down = (
        select(CollagePlace.place)
        .join(Submission, CollagePlace.submission_id == Submission.id + 0)
        .where(Submission.campaign_id == campaign_id, Submission.state.in_(not_shown))
    )
    ended = (
        select(CollagePlace.place)
        .join(Consent, CollagePlace.submission_id == Consent.submission_id + 0)
        .where(
            Consent.purpose.in_(PURPOSES_OF[ProductionKind.ZOOMABLE_COLLAGE]),
            Consent.ended_at.is_not(None),
            CollagePlace.campaign_id + 0 == campaign_id,
        )
    )
    return taken_down, ended


def stands_whole(session: Session, production_id: int) -> bool:
    """Whether it can be shown as it is."""
    return session.scalar(select(Production.id).where(Production.id == production_id, is_whole())) is not None


def all_agree(session: Session, submission_ids: Iterable[int], kind: ProductionKind) -> bool:
    """Whether each of them may be in such a work now; none can withdraw before this transaction ends."""
    wanted = set(submission_ids)
    held = select(Submission.id).where(Submission.id.in_(wanted), agreed(kind)).with_for_update(read=True, of=Submission)
    return set(session.scalars(held)) == wanted


def versions_of(session: Session, production_id: int) -> list[ProductionVersion]:
    """The versions that others replaced and in which everybody agrees still, the newest first."""
    query = (
        select(ProductionVersion)
        .join(Production, Production.id == ProductionVersion.production_id)
        .where(Production.id == production_id, is_whole(ProductionVersion.artefact_id))
        .order_by(ProductionVersion.number.desc())
    )
    return list(session.scalars(query))


def kept_segment(session: Session, recipe_sha256: str) -> Artefact | None:
    """A segment that was made by this recipe before."""
    return session.scalar(
        select(Artefact).where(Artefact.spec_sha256 == recipe_sha256, Artefact.kind == ArtefactKind.SEGMENT).order_by(Artefact.id)
    )


def kept_recipes(session: Session, recipes_sha256: Iterable[str]) -> set[str]:
    """Those of these recipes by which a segment is kept."""
    where = (Artefact.spec_sha256.in_(list(recipes_sha256)), Artefact.kind == ArtefactKind.SEGMENT)
    return set(session.scalars(select(Artefact.spec_sha256).where(*where)))


def unused_segments(session: Session, artefact_ids: Iterable[int], *, older_than: datetime) -> list[int]:
    """Segments that are in no film any more: of these, and any that were left behind before. A preview is kept for itself.

    None while a work is being made or waits: when somebody leaves, the others' segments are in no film until it is joined again.
    """
    if session.scalar(select(Production.id).where(Production.asked_at > older_than).limit(1)) is not None:
        return []
    left = or_(Artefact.id.in_(list(artefact_ids)), Artefact.created_at < older_than)
    return list(session.scalars(select(Artefact.id).where(Artefact.kind == ArtefactKind.SEGMENT, left, ~_is_joined())))


def not_joined(session: Session, artefact_ids: Iterable[int]) -> list[int]:
    """Those of these segments that nothing is made of."""
    wanted = (Artefact.id.in_(list(artefact_ids)), Artefact.kind == ArtefactKind.SEGMENT)
    return list(session.scalars(select(Artefact.id).where(*wanted, ~_is_joined())))


def cards_in(session: Session, film_ids: Iterable[int]) -> tuple[set[int], set[int]]:
    """Of the segments that films are joined from: those beside cards of ours, and these cards, which no contribution owns."""
    of_films = (Derivation.artefact_id.in_(list(film_ids)), Derivation.source_artefact_id.is_not(None))
    joined = set(session.scalars(select(Derivation.source_artefact_id).where(*of_films)))
    edges = session.scalars(select(Derivation).where(Derivation.artefact_id.in_(joined))).all()
    owned = {edge.artefact_id for edge in edges if edge.source_submission_id is not None}
    transitions = {edge.artefact_id for edge in edges if edge.source_artefact_id in joined}
    cards = {each for each in joined - owned - transitions if each is not None}
    return {edge.artefact_id for edge in edges if edge.source_artefact_id in cards}, cards


def _is_joined() -> ColumnElement[bool]:
    joined = select(Derivation.id).where(Derivation.source_artefact_id == Artefact.id).exists()
    return or_(joined, select(ProductionFile.id).where(ProductionFile.artefact_id == Artefact.id).exists())


def public_campaign(session: Session, slug: str) -> Campaign:
    """A campaign that is no draft; NotFound `campaign.unknown`."""
    where = (Campaign.slug == slug, Campaign.status.in_(PUBLIC))
    campaign = session.scalars(select(Campaign).where(*where).order_by(Campaign.network_id).limit(1)).one_or_none()
    if campaign is None:
        raise NotFound("campaign.unknown", campaign=slug)
    return campaign


def filmed_cities(session: Session, campaign_id: int) -> list[tuple[str, int]]:
    """Slug and id of every city that takes part and has something approved that makes a film, by slug."""
    approved = select(Submission.id).where(
        Submission.campaign_id == campaign_id,
        Submission.city_id == City.id,
        Submission.kind.in_([SubmissionKind.PHOTO, SubmissionKind.CLIP]),
        visible(Purpose.CITY_FILM),
    )
    taking_part = (CampaignCity.campaign_id == campaign_id, CampaignCity.joined_at.is_not(None), approved.exists())
    query = select(City.slug, City.id).join(CampaignCity, CampaignCity.city_id == City.id).where(*taking_part)
    return [(slug, city_id) for slug, city_id in session.execute(query.order_by(City.slug))]
