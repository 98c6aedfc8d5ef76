"""What could be one of the best moments, and what is; state and consent are asked in the same SELECT."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.consent.queries import covers
from app.enums import Purpose, SubmissionKind
from app.models import Campaign, City, Highlight, Rendition, Submission
from app.submissions.queries import visible

ON_A_PAGE = 24
SMALL_ROLES = ("preview", "poster")  # those that pages show, the fittest first


@dataclass(frozen=True, slots=True)
class Shown:
    """A contribution that may be shown on the campaign's pages now, as the desk chooses among them."""

    submission: Submission
    city: City
    position: int | None  # among the best moments; None: it is not one of them
    may_be_filmed: bool
    preview: tuple[str, str] | None  # format and role of its small picture


def shown(
    session: Session, campaign: Campaign, *, city_slug: str = "", kind: SubmissionKind | None = None, page: int = 1
) -> tuple[list[Shown], int]:
    """A page of all that could be chosen, the oldest first, and how many there are in all."""
    wanted = _shown(campaign)
    if city_slug:
        wanted = wanted.where(City.slug == city_slug)
    if kind is not None:
        wanted = wanted.where(Submission.kind == kind)
    total = session.scalar(wanted.with_only_columns(func.count(Submission.id), maintain_column_froms=True)) or 0
    query = wanted.order_by(Submission.received_at, Submission.id)
    return _read(session, query.offset((page - 1) * ON_A_PAGE).limit(ON_A_PAGE)), total


def chosen(session: Session, campaign: Campaign) -> list[Shown]:
    """The best moments that may be shown now, in their order."""
    query = _shown(campaign).where(Highlight.id.is_not(None))
    return _read(session, query.order_by(Highlight.position, Highlight.id))


def chosen_to_film(session: Session, campaign_id: int) -> list[int]:
    """The submissions chosen, in their order; what of them may be in the film is asked where the film is made."""
    query = select(Highlight.submission_id).where(Highlight.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(Highlight.position, Highlight.id)))


def places_shown(session: Session, campaign: Campaign) -> list[City]:
    """The cities of which something could be chosen, by slug."""
    ids = _shown(campaign).with_only_columns(Submission.city_id, maintain_column_froms=True)
    return list(session.scalars(select(City).where(City.id.in_(ids)).order_by(City.slug)))


def _shown(campaign: Campaign) -> Select[Submission, City, int | None, bool]:
    chosen_here = (Highlight.submission_id == Submission.id) & (Highlight.campaign_id == campaign.id)
    return (
        select(Submission, City, Highlight.position, covers(Purpose.JOINT_FILM))
        .join(City, City.id == Submission.city_id)
        .outerjoin(Highlight, chosen_here)
        .where(Submission.campaign_id == campaign.id, visible(Purpose.CAMPAIGN_PAGES))
    )


def _read(session: Session, query: Select[Submission, City, int | None, bool]) -> list[Shown]:
    rows = session.execute(query).all()
    previews = _previews(session, [submission.id for submission, *_ in rows])
    return [
        Shown(submission, city, position, bool(may_be_filmed), previews.get(submission.id))
        for submission, city, position, may_be_filmed in rows
    ]


def _previews(session: Session, submission_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    query = select(Rendition).where(Rendition.submission_id.in_(submission_ids), Rendition.role.in_(SMALL_ROLES))
    found: dict[int, tuple[str, str]] = {}
    for row in sorted(session.scalars(query.order_by(Rendition.id)), key=lambda each: SMALL_ROLES.index(each.role)):
        found.setdefault(row.submission_id, (row.format, row.role))
    return found
