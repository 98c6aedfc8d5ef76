"""What could go into a collage or a film, and what stands there now; state and consent are asked in the same SELECT."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select
from sqlalchemy.orm import Session

from app.enums import PUBLIC, ArtefactKind, EdgeRole, ProductionKind, Purpose, SubmissionKind
from app.errors import NotFound
from app.models import Artefact, Campaign, CampaignCity, City, Derivation, Production, Rendition, Submission
from app.submissions.queries import visible

PURPOSE_OF = {ProductionKind.COLLAGE: Purpose.COLLAGE, ProductionKind.CITY_FILM: Purpose.CITY_FILM}


@dataclass(frozen=True, slots=True)
class Piece:
    """A contribution with the prepared file of it that goes in."""

    submission_id: int
    city_id: int
    kind: SubmissionKind
    received_at: datetime
    text: str
    spoken_words: str
    language: str
    name: str | None
    artefact_id: int
    sha256: str
    storage_key: str
    duration_s: float | None


def pieces(
    session: Session,
    campaign_id: int,
    kind: ProductionKind,
    *,
    city_id: int | None = None,
    format_name: str | None = None,
    decided_until: datetime | None = None,
) -> list[Piece]:
    """The contributions that may be in it now: for a collage by their tile, for a film by their master in this format or another.

    `decided_until` keeps out what was decided later: a final work takes nothing new.
    """
    wanted = Rendition.role == "tile" if kind is ProductionKind.COLLAGE else Rendition.role == "main"
    columns = (
        Submission.id,
        Submission.city_id,
        Submission.kind,
        Submission.received_at,
        Submission.text,
        Submission.spoken_words,
        Submission.language,
        Submission.name,
        Artefact.id,
        Artefact.sha256,
        Artefact.storage_key,
        Rendition.duration_s,
    )
    query = (
        select(*columns)
        .join(Rendition, Rendition.submission_id == Submission.id)
        .join(Artefact, Artefact.id == Rendition.artefact_id)
        .where(Submission.campaign_id == campaign_id, visible(PURPOSE_OF[kind]), wanted)
        .order_by(Submission.id, case((Rendition.format == format_name, 0), else_=1), Rendition.id)
    )
    if city_id is not None:
        query = query.where(Submission.city_id == city_id)
    if decided_until is not None:
        query = query.where(func.coalesce(Submission.decided_at, Submission.received_at) <= decided_until)
    found: dict[int, Piece] = {}
    for row in session.execute(query):
        facts: Sequence[Any] = tuple(row)
        found.setdefault(facts[0], Piece(*facts))
    return list(found.values())


def production_at(session: Session, campaign_id: int, city_id: int | None, kind: ProductionKind) -> Production | None:
    """The collage or film that stands there."""
    place = Production.city_id.is_(None) if city_id is None else Production.city_id == city_id
    return session.scalar(select(Production).where(Production.campaign_id == campaign_id, Production.kind == kind, place))


def is_whole() -> ColumnElement[bool]:
    """Over `Production`: its file is there and nobody in it has withdrawn from its purpose or been taken down."""
    part = (Derivation.artefact_id == Production.artefact_id, Derivation.role == EdgeRole.PART)
    hidden = or_(
        false(),
        *(and_(Production.kind == kind, not_(visible(purpose))) for kind, purpose in PURPOSE_OF.items()),
    )
    taken_back = (
        select(Derivation.id)
        .join(Submission, Submission.id == Derivation.source_submission_id)
        .where(*part, hidden)
        .correlate(Production)
        .exists()
    )
    return and_(Production.artefact_id.is_not(None), ~taken_back)


def stands_whole(session: Session, production_id: int) -> bool:
    """Whether it can be shown as it is."""
    return session.scalar(select(Production.id).where(Production.id == production_id, is_whole())) is not None


def all_agree(session: Session, submission_ids: Iterable[int], purpose: Purpose) -> bool:
    """Whether each of them may be used for this now; none can withdraw before this transaction ends."""
    wanted = set(submission_ids)
    held = select(Submission.id).where(Submission.id.in_(wanted), visible(purpose)).with_for_update(read=True, of=Submission)
    return set(session.scalars(held)) == wanted


def kept_segment(session: Session, recipe_sha256: str) -> Artefact | None:
    """A segment that was made by this recipe before."""
    return session.scalar(
        select(Artefact).where(Artefact.spec_sha256 == recipe_sha256, Artefact.kind == ArtefactKind.SEGMENT).order_by(Artefact.id)
    )


def unused_segments(session: Session, artefact_ids: Iterable[int], *, older_than: datetime) -> list[int]:
    """Segments that are in no film any more: of these, and any that were left behind before."""
    used = select(Derivation.id).where(Derivation.source_artefact_id == Artefact.id).exists()
    left = or_(Artefact.id.in_(list(artefact_ids)), Artefact.created_at < older_than)
    return list(session.scalars(select(Artefact.id).where(Artefact.kind == ArtefactKind.SEGMENT, left, ~used)))


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
