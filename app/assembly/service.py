"""Asks for works and takes finished ones in: each in the transaction of its caller."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.assembly.queries import all_agree, cards_in, not_joined, production_at, stands_whole
from app.assembly.rules import rebuild_is_due
from app.assembly.versions import clear_away, forget_files, forget_versions, is_used, let_go
from app.db.first import found_or_first
from app.derivation import Made, erase, keep
from app.enums import HELD_IN_THIS_ORDER, JobState, ProductionKind
from app.jobs import enqueue
from app.models import Campaign, CampaignCity, Job, Production, ProductionFile, ProductionVersion
from app.storage import Storage

OF_EACH_CITY = frozenset({ProductionKind.CITY_FILM})
FOLLOWED_BY = {ProductionKind.POSTER: ProductionKind.BOOKLET}  # its last page


class ChangedMeanwhileError(Exception):
    """Somebody withdrew while it was being made; what was made is thrown away."""


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """Another file of a work beside its main one."""

    name: str  # stands in its address
    made: Made
    language: str | None = None
    width_px: int | None = None
    height_px: int | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A work as it came out of the workshop; nothing of it is known yet."""

    main: Made
    poster: Made | None
    parts: Sequence[int]
    width_px: int
    height_px: int
    duration_s: float | None
    files: Sequence[FinishedFile] = ()
    contributions: int | None = None  # None: its parts; more where some are in it already, whose agreement need not be asked


def job_name(kind: ProductionKind) -> str:
    """The job that makes works of this kind."""
    return f"assembly.{kind.value}"


def request(
    session: Session,
    campaign: Campaign,
    kind: ProductionKind,
    *,
    now: datetime,
    city_id: int | None = None,
    final: bool = False,
) -> Production:
    """Have a work made, whatever the phase; `final` closes it to what is decided later."""
    production = stand(session, campaign, city_id, kind, now=now, final=final)
    production.asked_at = production.asked_at or now
    production.cancelled_at = production.failed_at = production.failure_code = production.failure_params = None
    session.flush()
    payload = {"campaign_id": campaign.id} | ({} if city_id is None else {"city_id": city_id})
    enqueue(session, job_name(kind), payload, unique_key=_unique_key(production), now=now)
    return production


def _unique_key(production: Production) -> str:
    places = (production.campaign_id, production.city_id)
    return ":".join([job_name(production.kind), *(str(each) for each in places if each is not None)])


def let_in_what_came_later(
    session: Session, campaign_id: int, city_id: int | None, kind: ProductionKind, *, now: datetime
) -> None:
    """A final work is closed anew at this moment, because somebody who runs the service has it made again by hand."""
    production = production_at(session, campaign_id, city_id, kind)
    if production is not None and production.final_at is not None:
        production.final_at = now


def request_what_changed(session: Session, storage: Storage, campaign_id: int, city_id: int, *, now: datetime) -> None:
    """After an approval or a withdrawal in a city: have anew what the rules say, and forget versions that nobody may keep."""
    campaign = session.get_one(Campaign, campaign_id)
    city_phase = session.scalar(
        select(CampaignCity.phase).where(CampaignCity.campaign_id == campaign_id, CampaignCity.city_id == city_id)
    )
    every: list[Production] = []
    for kind in HELD_IN_THIS_ORDER:
        place, phase = (city_id, city_phase) if kind in OF_EACH_CITY else (None, campaign.phase)
        standing = production_at(session, campaign_id, place, kind)
        if standing is not None:
            hold(session, standing)
            every.append(standing)
        if rebuild_is_due(
            kind,
            phase=phase,
            exists=standing is not None and standing.version > 0,  # a row with nothing but a preview is no work yet
            is_final=standing is not None and standing.final_at is not None,
            is_whole=standing is not None and stands_whole(session, standing.id),
        ):
            request(session, campaign, kind, city_id=place, now=now)
    for standing in every:
        forget_versions(session, storage, standing, now=now)
        forget_files(session, storage, standing, now=now)


def cancel(session: Session, production: Production, *, actor_id: int, network_id: int, now: datetime) -> None:
    """Have the making stop, where that can be; what stood before stands on, also when it is taken in at this moment."""
    hold(session, production)
    if production.asked_at is None or not can_be_stopped(session, production):
        return
    production.cancelled_at, production.asked_at, production.begun_at = now, None, None
    session.flush()
    _record(session, network_id, production, "production.cancelled", now, actor_id=actor_id)


def can_be_stopped(session: Session, production: Production) -> bool:
    """Whether the making may end early: not that of a zoomable collage in which the pixels of somebody who left are still."""
    is_left = production.version > 0 and not stands_whole(session, production.id)
    return not (production.kind is ProductionKind.ZOOMABLE_COLLAGE and is_left)


def settle(session: Session, production: Production) -> None:
    """It is made; it is waited for still where somebody asked again meanwhile."""
    production.asked_at, production.begun_at = asked_again_at(session, production), None
    production.cancelled_at = production.failed_at = production.failure_code = production.failure_params = None
    production.share_done = 0.0
    session.flush()


def asked_again_at(session: Session, production: Production) -> datetime | None:
    """When somebody asked for it while it was being made."""
    waiting = select(Job.created_at).where(Job.unique_key == _unique_key(production), Job.state == JobState.QUEUED)
    return session.scalar(waiting)


def take_in(
    session: Session,
    storage: Storage,
    campaign: Campaign,
    city_id: int | None,
    kind: ProductionKind,
    finished: Finished | None,
    *,
    now: datetime,
) -> Production:
    """Put the finished work where the old one stood, which becomes a version; None: there is nothing left to show.

    Raises ChangedMeanwhileError when not everybody in it agrees any more.
    """
    if finished is not None and not all_agree(session, finished.parts, kind):
        raise ChangedMeanwhileError
    production = stand(session, campaign, city_id, kind, now=now, final=False)
    if kind in FOLLOWED_BY:  # what shows it is as old as it was
        follower = production_at(session, campaign.id, city_id, FOLLOWED_BY[kind])
        if follower is not None and follower.version:
            request(session, campaign, FOLLOWED_BY[kind], city_id=city_id, now=now)
    replaced = let_go(session, production)
    made = keep(session, storage, finished.main, now=now) if finished else None
    poster = keep(session, storage, finished.poster, now=now) if finished and finished.poster else None
    production.artefact_id = made.id if made else None
    production.poster_artefact_id = poster.id if poster else None
    production.width_px = finished.width_px if finished else None
    production.height_px = finished.height_px if finished else None
    production.duration_s = finished.duration_s if finished else None
    known = finished.contributions if finished else 0
    production.contributions = len(set(finished.parts)) if finished and known is None else known or 0
    production.version += 1
    production.built_at = now
    settle(session, production)
    kept = {production.artefact_id, production.poster_artefact_id}
    for file in finished.files if finished else ():
        artefact = keep(session, storage, file.made, now=now)
        session.add(
            ProductionFile(
                production_id=production.id,
                name=file.name,
                artefact_id=artefact.id,
                language=file.language,
                width_px=file.width_px,
                height_px=file.height_px,
                duration_s=file.duration_s,
            )
        )
        kept.add(artefact.id)
    session.flush()
    forget_versions(session, storage, production, now=now)
    clear_away(session, storage, [each for each in replaced if each not in kept], now=now)
    facts = {"version": production.version, "contributions": production.contributions}
    _record(session, campaign.network_id, production, "production.built", now, **facts)
    return production


def put_beside(
    session: Session, storage: Storage, production: Production, file: FinishedFile, parts: Sequence[int], *, now: datetime
) -> None:
    """Put one more file beside a work, in the place of an earlier one of that name; ChangedMeanwhileError as in `take_in`."""
    if not all_agree(session, parts, production.kind):
        raise ChangedMeanwhileError
    artefact = keep(session, storage, file.made, now=now)
    where = (ProductionFile.production_id == production.id, ProductionFile.name == file.name)
    row = session.scalar(select(ProductionFile).where(*where))
    replaced = [] if row is None or row.artefact_id == artefact.id else [row.artefact_id]
    if row is None:
        row = ProductionFile(production_id=production.id, name=file.name)
        session.add(row)
    row.artefact_id, row.language = artefact.id, file.language
    row.width_px, row.height_px, row.duration_s = file.width_px, file.height_px, file.duration_s
    session.flush()
    clear_away(session, storage, replaced, now=now)


def take_down(session: Session, storage: Storage, production: Production) -> None:
    """Show nothing of it any more, nor any earlier version; what people sent stays cut for the one that is made anew."""
    files = let_go(session, production)
    versions = session.scalars(select(ProductionVersion).where(ProductionVersion.production_id == production.id)).all()
    files += [version.artefact_id for version in versions]
    for version in versions:
        session.delete(version)
    production.artefact_id = production.poster_artefact_id = None
    session.flush()
    unused = [each for each in dict.fromkeys(files) if not is_used(session, each)]
    beside_cards, cards = cards_in(session, unused)
    erase(session, storage, unused)
    for segments in (beside_cards, cards):  # a transition shows what it stands beside
        erase(session, storage, not_joined(session, segments))


def keep_segment(session: Session, storage: Storage, made: Made, kind: ProductionKind, *, now: datetime) -> int:
    """Make a segment known as soon as it is there, so that it is never made twice; ChangedMeanwhileError as in `take_in`."""
    if not all_agree(session, [*made.owners, *made.parts], kind):
        raise ChangedMeanwhileError
    return keep(session, storage, made, now=now).id


def stand(
    session: Session, campaign: Campaign, city_id: int | None, kind: ProductionKind, *, now: datetime, final: bool
) -> Production:
    """The row at this place; from then on it is kept up to date. Nobody else changes it until this transaction ends."""
    production = found_or_first(
        session,
        lambda: production_at(session, campaign.id, city_id, kind),
        lambda: Production(
            public_id=secrets.token_urlsafe(12),
            campaign_id=campaign.id,
            city_id=city_id,
            kind=kind,
            version=0,
            contributions=0,
            share_done=0.0,
            built_at=now,
        ),
    )
    hold(session, production)
    if final and production.final_at is None:
        production.final_at = now
    session.flush()
    return production


def hold(session: Session, production: Production) -> None:
    """See what others changed, and let nobody else change it until this transaction ends."""
    session.flush()
    session.refresh(production, with_for_update=True)


def _record(
    session: Session,
    network_id: int,
    production: Production,
    act: str,
    now: datetime,
    *,
    actor_id: int | None = None,
    **facts: int,
) -> None:
    audit.record(
        session,
        network_id=network_id,
        act=act,
        subject_kind="production",
        subject_id=production.id,
        at=now,
        actor_id=actor_id,
        **facts,
    )
