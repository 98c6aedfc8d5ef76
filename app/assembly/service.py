"""Asks for works and takes finished ones in: each in the transaction of its caller."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import audit
from app.assembly.queries import (
    all_agree,
    cards_in,
    is_whole,
    not_joined,
    production_at,
    stands_whole,
    unused_segments,
    versions_of,
)
from app.assembly.rules import rebuild_is_due
from app.derivation import Made, erase, keep
from app.enums import JobState, ProductionKind
from app.jobs import enqueue
from app.models import Campaign, CampaignCity, Derivation, Job, Production, ProductionFile, ProductionVersion
from app.runtime import Runtime
from app.storage import Storage

KEEP_UNUSED_SEGMENTS = timedelta(days=1)  # a film that is being made now has kept some that are in no film yet
# On the day a city approves dozens of times, and each is a version: the latest are kept, and every one made for good.
KEPT_VERSIONS = 10
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
    for kind in ProductionKind:
        place, phase = (city_id, city_phase) if kind in OF_EACH_CITY else (None, campaign.phase)
        standing = production_at(session, campaign_id, place, kind)
        if rebuild_is_due(
            kind,
            phase=phase,
            exists=standing is not None and standing.version > 0,  # a row with nothing but a preview is no work yet
            is_final=standing is not None and standing.final_at is not None,
            is_whole=standing is not None and stands_whole(session, standing.id),
        ):
            request(session, campaign, kind, city_id=place, now=now)
        if standing is not None:
            _forget_versions(session, storage, standing, now=now)
            _forget_files(session, storage, standing, now=now)


def cancel(session: Session, production: Production, *, actor_id: int, network_id: int, now: datetime) -> None:
    """Have the making stop, where that can be; what stood before stands on."""
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
    again = select(Job.created_at).where(Job.unique_key == _unique_key(production), Job.state == JobState.QUEUED)
    production.asked_at, production.begun_at = session.scalar(again), None
    production.cancelled_at = production.failed_at = production.failure_code = production.failure_params = None
    production.share_done = 0.0
    session.flush()


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
    replaced = _let_go(session, production)
    made = keep(session, storage, finished.main, now=now) if finished else None
    poster = keep(session, storage, finished.poster, now=now) if finished and finished.poster else None
    production.artefact_id = made.id if made else None
    production.poster_artefact_id = poster.id if poster else None
    production.width_px = finished.width_px if finished else None
    production.height_px = finished.height_px if finished else None
    production.duration_s = finished.duration_s if finished else None
    production.contributions = len(set(finished.parts)) if finished else 0
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
    _forget_versions(session, storage, production, now=now)
    _clear_away(session, storage, [each for each in replaced if each not in kept], now=now)
    if kind in FOLLOWED_BY:  # what shows it is as old as it was
        follower = production_at(session, campaign.id, city_id, FOLLOWED_BY[kind])
        if follower is not None and follower.version:
            request(session, campaign, FOLLOWED_BY[kind], city_id=city_id, now=now)
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
    _clear_away(session, storage, replaced, now=now)


def take_down(session: Session, storage: Storage, production: Production) -> None:
    """Show nothing of it any more, nor any earlier version; what people sent stays cut for the one that is made anew."""
    files = _let_go(session, production)
    versions = session.scalars(select(ProductionVersion).where(ProductionVersion.production_id == production.id)).all()
    files += [version.artefact_id for version in versions]
    for version in versions:
        session.delete(version)
    production.artefact_id = production.poster_artefact_id = None
    session.flush()
    unused = [each for each in dict.fromkeys(files) if not _is_used(session, each)]
    beside_cards, cards = cards_in(session, unused)
    erase(session, storage, unused)
    for segments in (beside_cards, cards):  # a transition shows what it stands beside
        erase(session, storage, not_joined(session, segments))


def keep_segment(session: Session, storage: Storage, made: Made, kind: ProductionKind, *, now: datetime) -> int:
    """Make a segment known as soon as it is there, so that it is never made twice; ChangedMeanwhileError as in `take_in`."""
    if not all_agree(session, [*made.owners, *made.parts], kind):
        raise ChangedMeanwhileError
    return keep(session, storage, made, now=now).id


def _let_go(session: Session, production: Production) -> list[int]:
    """The old main file becomes a version; the other old files, which are let go of, are returned."""
    if production.artefact_id is not None:
        session.add(
            ProductionVersion(
                production_id=production.id,
                number=production.version,
                artefact_id=production.artefact_id,
                contributions=production.contributions,
                duration_s=production.duration_s,
                was_final=production.final_at is not None,
                built_at=production.built_at,
            )
        )
    files = session.scalars(select(ProductionFile).where(ProductionFile.production_id == production.id)).all()
    replaced = [file.artefact_id for file in files]
    for file in files:
        session.delete(file)
    if production.poster_artefact_id is not None:
        replaced.append(production.poster_artefact_id)
    session.flush()
    return replaced


def _forget_versions(session: Session, storage: Storage, production: Production, *, now: datetime) -> None:
    """Versions in which somebody no longer agrees, that stand again, or that are older than what is kept."""
    agreed = [each for each in versions_of(session, production.id) if each.artefact_id != production.artefact_id]
    kept: list[ProductionVersion] = []
    known = set[int]()
    for version in agreed:
        if version.artefact_id not in known and (version.was_final or len(kept) < KEPT_VERSIONS):
            kept.append(version)
            known.add(version.artefact_id)
    every = session.scalars(select(ProductionVersion).where(ProductionVersion.production_id == production.id)).all()
    gone = [version for version in every if version not in kept]
    for version in gone:
        session.delete(version)
    session.flush()
    _clear_away(session, storage, [version.artefact_id for version in gone if version.artefact_id not in known], now=now)


def _forget_files(session: Session, storage: Storage, production: Production, *, now: datetime) -> None:
    """Files beside it in which somebody no longer agrees, such as a preview of what was never made."""
    files = select(ProductionFile).join(Production).where(Production.id == production.id)
    gone = session.scalars(files.where(~is_whole(ProductionFile.artefact_id))).all()
    for file in gone:
        session.delete(file)
    session.flush()
    _clear_away(session, storage, [file.artefact_id for file in gone], now=now)


def sweep_segments(runtime: Runtime) -> None:
    """Erase the segments that have been in no film for long: of films that were taken down, or were never finished."""
    with runtime.database.writing() as session:
        unused = unused_segments(session, [], older_than=runtime.now() - KEEP_UNUSED_SEGMENTS)
        erase(session, runtime.storage, unused)


def _clear_away(session: Session, storage: Storage, artefact_ids: Sequence[int], *, now: datetime) -> None:
    """Erase files that nothing stands on any more, and the segments that are in no film any more."""
    unused = [each for each in dict.fromkeys(artefact_ids) if not _is_used(session, each)]
    segments = session.scalars(
        select(Derivation.source_artefact_id).where(
            Derivation.artefact_id.in_(unused), Derivation.source_artefact_id.is_not(None)
        )
    ).all()
    erase(session, storage, unused)
    candidates = [each for each in segments if each is not None]
    erase(session, storage, unused_segments(session, candidates, older_than=now - KEEP_UNUSED_SEGMENTS))


def _is_used(session: Session, artefact_id: int) -> bool:
    """Whether a work, a file of one or a version is this file: equal bytes are one."""
    works = or_(Production.artefact_id == artefact_id, Production.poster_artefact_id == artefact_id)
    return (
        session.scalar(select(Production.id).where(works).limit(1)) is not None
        or session.scalar(select(ProductionFile.id).where(ProductionFile.artefact_id == artefact_id).limit(1)) is not None
        or session.scalar(select(ProductionVersion.id).where(ProductionVersion.artefact_id == artefact_id).limit(1)) is not None
    )


def stand(
    session: Session, campaign: Campaign, city_id: int | None, kind: ProductionKind, *, now: datetime, final: bool
) -> Production:
    """The row at this place; from then on it is kept up to date."""
    production = production_at(session, campaign.id, city_id, kind)
    if production is None:
        production = Production(
            public_id=secrets.token_urlsafe(12),
            campaign_id=campaign.id,
            city_id=city_id,
            kind=kind,
            version=0,
            contributions=0,
            share_done=0.0,
            built_at=now,
        )
        session.add(production)
    if final and production.final_at is None:
        production.final_at = now
    session.flush()
    return production


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
