"""Works as the desk knows them: how far the making is, and files that everybody in them still agrees to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app import audit
from app.accounts.actor import Actor
from app.accounts.queries import cities_where
from app.assembly.queries import is_whole
from app.assembly.service import job_name, let_in_what_came_later, request
from app.campaigns.access import managed_where
from app.enums import CampaignStatus, JobState, Permission, ProductionKind
from app.errors import NotFound
from app.models import (
    Artefact,
    Campaign,
    CampaignCity,
    City,
    Job,
    Production,
    ProductionFile,
    ProductionVersion,
    Rendition,
    Submission,
)

MAIN, POSTER = "main", "poster"
PREVIEW = "preview"  # a film in low quality for the desk; never public
PICTURE_ROLES = ("preview", "poster", "tile")  # from the fittest to the least fit
KNOWN_AFTER_SHARE, KNOWN_AFTER_S = 0.05, 5.0  # from less the rest cannot be told
_FACTS = (
    Production.kind,
    Campaign.slug,
    City.slug,
    Artefact.sha256,
    Artefact.storage_key,
    Artefact.media_type,
    Artefact.size_bytes,
)
OF_FILE = (
    Production.version,
    ProductionFile.name,
    ProductionFile.language,
    ProductionFile.width_px,
    ProductionFile.height_px,
    ProductionFile.duration_s,
)


class Making(StrEnum):
    """Where the making of a work stands."""

    NOT_ASKED = "not_asked"  # for another one; what stands, stands
    WAITING = "waiting"  # for a worker, or for its turn
    SILENT = "silent"  # its worker has gone; another takes over when there is one
    UNDER_WAY = "under_way"
    STOPPING = "stopping"  # somebody had it stop, and its worker is about to notice
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def goes_on(self) -> bool:
        """Whether something of it comes by itself."""
        return self in {Making.WAITING, Making.SILENT, Making.UNDER_WAY}


@dataclass(frozen=True, slots=True)
class WorkFile:
    """A file of a work that may be sent out now, with all that its name and its line say."""

    kind: ProductionKind
    campaign_slug: str
    city_slug: str | None
    sha256: str
    storage_key: str
    media_type: str
    size_bytes: int
    version: int
    name: str  # main, poster, or that of another file
    language: str | None = None
    width_px: int | None = None
    height_px: int | None = None
    duration_s: float | None = None

    @property
    def file_name(self) -> str:
        """How a download is called."""
        place = f"{self.campaign_slug}-{self.city_slug}" if self.city_slug else self.campaign_slug
        name = "" if self.name == MAIN else f"-{self.name.partition('.')[0]}"
        suffix = self.storage_key.rpartition(".")[2]
        return f"{place}-{self.kind.value.replace('_', '-')}{name}-v{self.version}.{suffix}"


def own_work_for(session: Session, actor: Actor, public_id: str) -> Production:
    """The work, for whoever answers for it: a city's for those who moderate there, a campaign's for whoever runs it.

    Outside and absent look the same (`work.unknown`).
    """
    of_campaign = and_(Production.city_id.is_(None), managed_where(actor))
    return _found(session, Production.public_id == public_id, or_(_in_their_city(actor, Permission.MODERATE), of_campaign))


def desk_file(session: Session, actor: Actor, public_id: str, name: str) -> WorkFile:
    """A file of a work that this person may see, while everybody in it agrees; NotFound `media.missing`."""
    seen = (Production.public_id == public_id, _seen_by(actor))
    if name in {MAIN, POSTER}:
        artefact_id = Production.artefact_id if name == MAIN else Production.poster_artefact_id
        return _one(files_where(session, artefact_id, (Production.version, literal(name)), *seen))
    return _one(files_where(session, ProductionFile.artefact_id, OF_FILE, *seen, ProductionFile.name == name))


def desk_version(session: Session, actor: Actor, public_id: str, number: int) -> WorkFile:
    """An earlier version, while everybody in it agrees; NotFound `media.missing`."""
    where = (Production.public_id == public_id, _seen_by(actor), ProductionVersion.number == number)
    return _one(files_where(session, ProductionVersion.artefact_id, (ProductionVersion.number, literal(MAIN)), *where))


def files_of(session: Session, production_id: int) -> list[WorkFile]:
    """The other files of a work in which everybody agrees now, by name."""
    found = files_where(session, ProductionFile.artefact_id, OF_FILE, Production.id == production_id)
    return sorted(found, key=lambda file: file.name)


def main_file(session: Session, production_id: int) -> WorkFile | None:
    """What stands, while everybody in it agrees."""
    more = (Production.version, literal(MAIN))
    found = files_where(session, Production.artefact_id, more, Production.id == production_id)
    return found[0] if found else None


def have_made(
    session: Session, campaign: Campaign, kind: ProductionKind, *, city_id: int | None = None, actor_id: int, now: datetime
) -> Production:
    """Somebody at the desk asks for a work; a final one is closed anew at this moment, with all that is approved by now."""
    let_in_what_came_later(session, campaign.id, city_id, kind, now=now)
    production = request(session, campaign, kind, city_id=city_id, now=now)
    audit.record(
        session,
        network_id=campaign.network_id,
        act="production.requested",
        subject_kind="production",
        subject_id=production.id,
        at=now,
        actor_id=actor_id,
    )
    return production


def pictures_of(session: Session, submission_ids: Iterable[int]) -> dict[int, str]:
    """Where the desk has a small picture of each contribution that has one."""
    query = (
        select(Submission.id, Submission.public_id, Rendition.format, Rendition.role)
        .join(Rendition, Rendition.submission_id == Submission.id)
        .where(Submission.id.in_(list(submission_ids)), Rendition.role.in_(PICTURE_ROLES))
        .order_by(Rendition.id)
    )
    found: dict[int, str] = {}
    for submission_id, public_id, format_name, role in sorted(
        session.execute(query), key=lambda row: PICTURE_ROLES.index(row[3])
    ):
        found.setdefault(submission_id, f"/desk/media/{public_id}/{format_name}-{role}")
    return found


def making_of(session: Session, production: Production | None, *, now: datetime) -> Making:
    """Where the making of it stands at this moment."""
    if production is None:
        return Making.NOT_ASKED
    if production.asked_at is None and production.failed_at is not None:
        return Making.FAILED
    if production.asked_at is None and production.cancelled_at is None:
        return Making.NOT_ASKED
    at_work = select(Job).where(Job.kind == job_name(production.kind), Job.state == JobState.RUNNING).order_by(Job.id)
    job = next((job for job in session.scalars(at_work) if _is_of(job, production)), None)
    is_silent = job is not None and job.lease_until is not None and job.lease_until < now
    if production.asked_at is None:
        return Making.CANCELLED if job is None or is_silent else Making.STOPPING
    if job is None or production.begun_at is None:
        return Making.WAITING
    return Making.SILENT if is_silent else Making.UNDER_WAY


def remaining_s(production: Production, *, now: datetime) -> float | None:
    """How long the making takes still at its pace so far; None while that says too little."""
    return None if production.begun_at is None else left_s(production.share_done, (now - production.begun_at).total_seconds())


def left_s(share: float, spent_s: float) -> float | None:
    """How long the rest takes at the pace of this share; None while that says too little."""
    return spent_s * (1 - share) / share if share >= KNOWN_AFTER_SHARE and spent_s >= KNOWN_AFTER_S else None


def _is_of(job: Job, production: Production) -> bool:
    return (job.payload["campaign_id"], job.payload.get("city_id")) == (production.campaign_id, production.city_id)


def _found(session: Session, *where: ColumnElement[bool]) -> Production:
    query = select(Production).join(Campaign, Campaign.id == Production.campaign_id)
    production = session.scalar(query.outerjoin(City, City.id == Production.city_id).where(*where))
    if production is None:
        raise NotFound("work.unknown")
    return production


def files_where(
    session: Session,
    artefact_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    more: Sequence[SQLColumnExpression[Any]],
    *where: ColumnElement[bool],
) -> list[WorkFile]:
    """Files in this column; `more` is what `WorkFile` says from the version on. Consent is asked in the same SELECT."""
    query = (
        select(*_FACTS, *more)
        .select_from(Production)
        .join(Campaign, Campaign.id == Production.campaign_id)
        .outerjoin(City, City.id == Production.city_id)
    )
    if artefact_id.class_ is not Production:
        query = query.join(artefact_id.class_, artefact_id.class_.production_id == Production.id)
    # nobody is looked up behind a poster: it shows what its film shows
    whole = is_whole() if artefact_id is Production.poster_artefact_id else is_whole(artefact_id)
    query = query.join(Artefact, Artefact.id == artefact_id).where(*where, whole)
    return [WorkFile(*row) for row in session.execute(query)]


def _one(found: Sequence[WorkFile]) -> WorkFile:
    if not found:
        raise NotFound("media.missing")
    return found[0]


def _in_their_city(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    not_planned = or_(Campaign.status != CampaignStatus.DRAFT, managed_where(actor))
    return and_(Production.city_id.is_not(None), cities_where(actor, permission), not_planned)


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """Over `Production`, `Campaign` and `City`: a work of their city, or of a campaign that is theirs or their city's."""
    their_cities = select(City.id).where(cities_where(actor, Permission.DOWNLOAD)).correlate(None)
    taking_part = select(CampaignCity.id).where(CampaignCity.campaign_id == Campaign.id, CampaignCity.city_id.in_(their_cities))
    of_campaign = or_(managed_where(actor), and_(Campaign.status != CampaignStatus.DRAFT, taking_part.exists()))
    return or_(_in_their_city(actor, Permission.DOWNLOAD), and_(Production.city_id.is_(None), of_campaign))
