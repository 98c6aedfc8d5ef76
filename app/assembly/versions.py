"""What becomes of the files of a work that are replaced: versions that are kept, and what is cleared away."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.assembly.queries import is_whole, unused_segments, versions_of
from app.derivation import erase
from app.models import Derivation, Production, ProductionFile, ProductionVersion
from app.runtime import Runtime
from app.storage import Storage

KEEP_UNUSED_SEGMENTS = timedelta(days=1)  # a film that is being made now has kept some that are in no film yet


def let_go(session: Session, production: Production) -> list[int]:
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


def forget_versions(session: Session, storage: Storage, production: Production, *, now: datetime) -> None:
    """Versions in which somebody no longer agrees, or that stand again; of equal ones all but the latest."""
    agreed = [each for each in versions_of(session, production.id) if each.artefact_id != production.artefact_id]
    kept: list[ProductionVersion] = []
    known = set[int]()
    for version in agreed:
        if version.artefact_id not in known:
            kept.append(version)
            known.add(version.artefact_id)
    every = session.scalars(select(ProductionVersion).where(ProductionVersion.production_id == production.id)).all()
    gone = [version for version in every if version not in kept]
    for version in gone:
        session.delete(version)
    session.flush()
    clear_away(session, storage, [version.artefact_id for version in gone if version.artefact_id not in known], now=now)


def forget_files(session: Session, storage: Storage, production: Production, *, now: datetime) -> None:
    """Files beside it in which somebody no longer agrees, such as a preview of what was never made."""
    files = select(ProductionFile).join(Production).where(Production.id == production.id)
    gone = session.scalars(files.where(~is_whole(ProductionFile.artefact_id))).all()
    for file in gone:
        session.delete(file)
    session.flush()
    clear_away(session, storage, [file.artefact_id for file in gone], now=now)


def sweep_segments(runtime: Runtime) -> None:
    """Erase the segments that have been in no film for long: of films that were taken down, or were never finished."""
    with runtime.database.writing() as session:
        unused = unused_segments(session, [], older_than=runtime.now() - KEEP_UNUSED_SEGMENTS)
        erase(session, runtime.storage, unused)


def clear_away(session: Session, storage: Storage, artefact_ids: Sequence[int], *, now: datetime) -> None:
    """Erase files that nothing stands on any more, and the segments that are in no film any more."""
    unused = [each for each in dict.fromkeys(artefact_ids) if not is_used(session, each)]
    segments = session.scalars(
        select(Derivation.source_artefact_id).where(
            Derivation.artefact_id.in_(unused), Derivation.source_artefact_id.is_not(None)
        )
    ).all()
    erase(session, storage, unused)
    candidates = [each for each in segments if each is not None]
    erase(session, storage, unused_segments(session, candidates, older_than=now - KEEP_UNUSED_SEGMENTS))


def is_used(session: Session, artefact_id: int) -> bool:
    """Whether a work, a file of one or a version is this file: equal bytes are one."""
    works = or_(Production.artefact_id == artefact_id, Production.poster_artefact_id == artefact_id)
    return (
        session.scalar(select(Production.id).where(works).limit(1)) is not None
        or session.scalar(select(ProductionFile.id).where(ProductionFile.artefact_id == artefact_id).limit(1)) is not None
        or session.scalar(select(ProductionVersion.id).where(ProductionVersion.artefact_id == artefact_id).limit(1)) is not None
    )
