"""The derivation graph: which file was made from what, who owns it, and what must go when somebody leaves."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, text
from sqlalchemy.orm import Session

from app.enums import ArtefactKind, EdgeRole
from app.models import Artefact, Derivation
from app.storage import Storage

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file, before it is known: its facts and everything it was made from."""

    path: Path
    kind: ArtefactKind
    media_type: str
    spec: dict[str, Any]  # all that made it, apart from its sources' bytes
    owners: Sequence[int] = ()  # submissions, any one of which keeps it
    parts: Sequence[int] = ()  # submissions, every one of which is in it
    sources: Sequence[int] = ()  # artefacts it was made from
    sha256: str = field(default="")

    def digest(self) -> str:
        """The hash of its bytes."""
        return self.sha256 or file_sha256(self.path)


def file_sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def spec_sha256(spec: dict[str, Any]) -> str:
    """The hash of a recipe; the order of its keys does not matter."""
    return hashlib.sha256(json.dumps(spec, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def keep(session: Session, storage: Storage, made: Made, *, now: datetime) -> Artefact:
    """Store the file, then make it and its edges known in this transaction; equal bytes by an equal recipe are one file."""
    sha256, recipe = made.digest(), spec_sha256(made.spec)
    _lock_bytes(session, sha256)
    artefact = session.scalar(select(Artefact).where(Artefact.sha256 == sha256, Artefact.spec_sha256 == recipe))
    key = (
        f"{made.kind.value}/{sha256[:2]}/{sha256}-{recipe[:16]}{made.path.suffix.lower()}"
        if artefact is None
        else artefact.storage_key
    )
    size_bytes = made.path.stat().st_size
    if not storage.exists(key):
        storage.put(key, made.path)
    if artefact is None:
        artefact = Artefact(
            sha256=sha256,
            spec_sha256=recipe,
            kind=made.kind,
            media_type=made.media_type,
            storage_key=key,
            size_bytes=size_bytes,
            created_at=now,
        )
        session.add(artefact)
        session.flush()
    _add_edges(session, artefact.id, made)
    return artefact


def _add_edges(session: Session, artefact_id: int, made: Made) -> None:
    sources = select(Derivation.source_artefact_id, Derivation.source_submission_id)
    rows = session.execute(sources.where(Derivation.artefact_id == artefact_id))
    known = {(row.source_artefact_id, row.source_submission_id) for row in rows}
    wanted: list[tuple[int | None, int | None, EdgeRole]] = [
        *((None, submission_id, EdgeRole.OWNER) for submission_id in made.owners),
        *((None, submission_id, EdgeRole.PART) for submission_id in made.parts),
        *((source_id, None, EdgeRole.PART) for source_id in made.sources),
    ]
    new: list[dict[str, Any]] = []
    for source_artefact_id, source_submission_id, role in wanted:
        if (source_artefact_id, source_submission_id) not in known:
            known.add((source_artefact_id, source_submission_id))
            edge = {"source_artefact_id": source_artefact_id, "source_submission_id": source_submission_id, "role": role}
            new.append({"artefact_id": artefact_id, **edge})
    if new:
        session.execute(insert(Derivation), new)  # a collage has ten thousand


def sources_of(session: Session, artefact_id: int) -> tuple[set[int], set[int]]:
    """Everything an artefact was made from, at any distance: (artefact ids, submission ids)."""
    artefacts, submissions, front = set[int](), set[int](), {artefact_id}
    while front:
        rows = session.scalars(select(Derivation).where(Derivation.artefact_id.in_(front))).all()
        submissions |= {row.source_submission_id for row in rows if row.source_submission_id is not None}
        front = {row.source_artefact_id for row in rows if row.source_artefact_id is not None} - artefacts
        artefacts |= front
    return artefacts, submissions


def derived_from(session: Session, submission_id: int) -> set[int]:
    """Every artefact that a submission is in, at any distance."""
    direct = select(Derivation.artefact_id).where(Derivation.source_submission_id == submission_id)
    found = set(session.scalars(direct))
    front = set(found)
    while front:
        front = set(session.scalars(select(Derivation.artefact_id).where(Derivation.source_artefact_id.in_(front)))) - found
        found |= front
    return found


def disown(session: Session, submission_id: int) -> list[int]:
    """Take a submission out of the graph; the artefacts that fall with it, leaves first.

    An artefact falls when the submission was a part of it, when its last owner left, or when something it was made from falls.
    """
    edges = session.scalars(select(Derivation).where(Derivation.source_submission_id == submission_id)).all()
    held = select(Artefact.sha256).where(Artefact.id.in_([edge.artefact_id for edge in edges])).order_by(Artefact.sha256)
    for sha256 in session.scalars(held).all():
        _lock_bytes(session, sha256)  # before asking for other owners: somebody may be about to become one
    falling: list[int] = []
    for edge in edges:
        others = exists().where(
            Derivation.artefact_id == edge.artefact_id,
            Derivation.role == EdgeRole.OWNER,
            Derivation.source_submission_id.is_not(None),
            Derivation.source_submission_id != submission_id,
        )
        if edge.role == EdgeRole.PART or not session.scalar(select(others)):
            falling.append(edge.artefact_id)
    session.execute(delete(Derivation).where(Derivation.source_submission_id == submission_id))
    return _with_dependants(session, falling)


def let_go(session: Session, artefact_id: int, submission_ids: Sequence[int]) -> bool:
    """Take these submissions off a file that they need no longer; whether nobody owns it now, so that it can be erased.

    What was made of it for them is kept by its own owners from then on, and no longer falls with it.
    """
    _lock_bytes(session, session.get_one(Artefact, artefact_id).sha256)  # somebody may be about to become an owner
    theirs = select(Derivation.artefact_id).where(
        Derivation.source_submission_id.in_(submission_ids), Derivation.role == EdgeRole.OWNER
    )
    session.execute(
        delete(Derivation).where(Derivation.source_artefact_id == artefact_id, Derivation.artefact_id.in_(theirs)),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        delete(Derivation).where(Derivation.artefact_id == artefact_id, Derivation.source_submission_id.in_(submission_ids)),
        execution_options={"synchronize_session": False},
    )
    return owner_count(session, artefact_id) == 0


def _with_dependants(session: Session, artefact_ids: Iterable[int]) -> list[int]:
    found = list(dict.fromkeys(artefact_ids))
    front = list(found)
    while front:
        nearest = session.scalars(select(Derivation.artefact_id).where(Derivation.source_artefact_id.in_(front)))
        front = [artefact_id for artefact_id in dict.fromkeys(nearest) if artefact_id not in found]
        found.extend(front)
    return found[::-1]


def hold(session: Session, artefact_id: int) -> None:
    """Let nobody keep or erase the same bytes until this transaction ends; who else needs the file is asked after this."""
    _lock_bytes(session, session.get_one(Artefact, artefact_id).sha256)


def erase(session: Session, storage: Storage, artefact_ids: Sequence[int]) -> None:
    """Forget these artefacts and remove their files; whoever points at them has let go before."""
    in_order = select(Artefact).where(Artefact.id.in_(artefact_ids)).order_by(Artefact.sha256, Artefact.id)
    for artefact in session.scalars(in_order).all():
        _lock_bytes(session, artefact.sha256)
        session.execute(
            delete(Derivation).where((Derivation.artefact_id == artefact.id) | (Derivation.source_artefact_id == artefact.id))
        )
        session.delete(artefact)
        session.flush()
        storage.delete(artefact.storage_key)


def _lock_bytes(session: Session, sha256: str) -> None:
    """Let one transaction at a time keep or erase the same bytes; SQLite's write lock already does."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(sha256[:15], 16)})


@dataclass(frozen=True, slots=True)
class SanityReport:
    """What rows and files say of each other."""

    missing_files: list[str]
    stray_files: list[str]


def compare_rows_and_files(session: Session, storage: Storage) -> SanityReport:
    """Rows without a file, and files without a row (a stray may be an upload whose commit never came)."""
    known, stored = set(session.scalars(select(Artefact.storage_key))), set(storage.keys())
    return SanityReport(sorted(known - stored), sorted(stored - known))


def remove_stray(session: Session, storage: Storage, key: str) -> bool:
    """Remove a file that no row knows, such as an upload whose commit never came; whether it was one.

    Its bytes are held first, so that a file whose row is about to be committed is waited for and left alone.
    """
    sha256 = key.rpartition("/")[2].partition("-")[0]
    if not _SHA256.fullmatch(sha256):  # not named by `keep`: somebody else's, who knows what it is
        return False
    _lock_bytes(session, sha256)
    if session.scalar(select(Artefact.id).where(Artefact.storage_key == key)) is not None:
        return False
    storage.delete(key)
    return True


def owner_count(session: Session, artefact_id: int) -> int:
    """How many submissions own this file."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Derivation)
            .where(Derivation.artefact_id == artefact_id, Derivation.role == EdgeRole.OWNER)
        )
        or 0
    )
