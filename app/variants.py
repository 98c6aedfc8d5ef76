"""What a network and its chapters have of their own in toolkits, laid over those that ship: rows, and folders to load from.

A variant holds only what is different from the toolkit beneath it, so that an upgrade of what ships reaches everybody who has not
changed that very thing. A folder is named by the hash of all that it is made of: made once on each machine, never changed.
"""

import hashlib
import os
import shutil
import time
import tomllib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import tomli_w
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.derivation import file_sha256
from app.enums import CheckState
from app.models import Artefact, Person, ToolkitCheck, ToolkitVariant
from app.runtime import Runtime

TOOLKITS_DIR = Path(__file__).resolve().parents[1] / "toolkits"
BASE = "base"  # what every toolkit can use and none needs to copy
_IN_USE_NOTED_EVERY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose toolkits: the network's, or those of one of its chapters."""

    network_id: int
    chapter_id: int | None = None


# --- rows


def working_variant(session: Session, scope: Scope, slug: str) -> ToolkitVariant | None:
    """What is changed next: the newest, whatever the gate says of it."""
    query = select(ToolkitVariant).where(_of(scope), ToolkitVariant.toolkit_slug == slug)
    return session.scalars(query.order_by(ToolkitVariant.number.desc()).limit(1)).first()


def standing_variant(session: Session, scope: Scope, slug: str) -> ToolkitVariant | None:
    """What is used: the newest that the gate let through; None also when nothing in that one is different."""
    query = _clean().where(_of(scope), ToolkitVariant.toolkit_slug == slug)
    newest = session.scalars(query.order_by(ToolkitVariant.number.desc()).limit(1)).first()
    return newest if newest is not None and newest.artefact_id is not None else None


def chapters_with_own(session: Session, network_id: int, slug: str) -> frozenset[int]:
    """The chapters in which something of their own stands."""
    of_chapters = (ToolkitVariant.network_id == network_id, ToolkitVariant.chapter_id.is_not(None))
    query = _clean().where(*of_chapters, ToolkitVariant.toolkit_slug == slug).order_by(ToolkitVariant.number)
    newest = {variant.chapter_id: variant.artefact_id for variant in session.scalars(query)}
    return frozenset(chapter_id for chapter_id, held in newest.items() if chapter_id is not None and held is not None)


def variants_of(session: Session, scope: Scope, slug: str) -> list[tuple[ToolkitVariant, ToolkitCheck | None, Person | None]]:
    """All of them with what the gate found and who made each, the newest first."""
    query = (
        select(ToolkitVariant, ToolkitCheck, Person)
        .outerjoin(ToolkitCheck, ToolkitCheck.id == ToolkitVariant.check_id)
        .outerjoin(Person, Person.id == ToolkitVariant.made_by_id)
        .where(_of(scope), ToolkitVariant.toolkit_slug == slug)
        .order_by(ToolkitVariant.number.desc())
    )
    return [(variant, check, person) for variant, check, person in session.execute(query)]


def _of(scope: Scope) -> ColumnElement[bool]:
    chapter = ToolkitVariant.chapter_id
    whose = chapter.is_(None) if scope.chapter_id is None else chapter == scope.chapter_id
    return (ToolkitVariant.network_id == scope.network_id) & whose


def _clean() -> Select[ToolkitVariant]:
    """Variants that the gate let through, and those in which nothing is different from what passed it already."""
    passed = or_(ToolkitVariant.check_id.is_(None), ToolkitCheck.state == CheckState.CLEAN)
    return select(ToolkitVariant).outerjoin(ToolkitCheck, ToolkitCheck.id == ToolkitVariant.check_id).where(passed)


def _standing(session: Session, scope: Scope) -> list[ToolkitVariant]:
    """The standing variants of a scope that hold anything, one of a toolkit, by slug."""
    clean = _clean().where(_of(scope)).subquery()
    newest = select(func.max(clean.c.number), clean.c.toolkit_slug).group_by(clean.c.toolkit_slug).subquery()
    query = (
        select(ToolkitVariant)
        .join(newest, (newest.c[0] == ToolkitVariant.number) & (newest.c[1] == ToolkitVariant.toolkit_slug))
        .where(_of(scope), ToolkitVariant.artefact_id.is_not(None))
        .order_by(ToolkitVariant.toolkit_slug)
    )
    return list(session.scalars(query))


# --- folders to load from


def toolkits_root(session: Session, runtime: Runtime, scope: Scope) -> Path:
    """All toolkits as the scope has them standing: `TOOLKITS_DIR` itself when nobody has anything of their own."""
    return _laid_over(session, runtime, beneath_root(session, runtime, scope), _standing(session, scope))


def beneath_root(session: Session, runtime: Runtime, scope: Scope) -> Path:
    """What the scope's own variants are laid over: beneath a chapter's the network's, beneath the network's what ships."""
    if scope.chapter_id is None:
        return TOOLKITS_DIR
    return toolkits_root(session, runtime, Scope(scope.network_id))


def working_root(session: Session, runtime: Runtime, scope: Scope, slug: str) -> Path:
    """All toolkits beneath the scope, with what it works on in this one."""
    beneath, variant = beneath_root(session, runtime, scope), working_variant(session, scope, slug)
    return beneath if variant is None else root_with(session, runtime, beneath, slug, variant)


def root_with(session: Session, runtime: Runtime, beneath: Path, slug: str, variant: ToolkitVariant) -> Path:
    """A root with one variant laid over it; the root itself where that holds nothing."""
    if variant.toolkit_slug != slug:
        raise ValueError(variant.toolkit_slug)
    return _laid_over(session, runtime, beneath, [variant])


def _laid_over(session: Session, runtime: Runtime, beneath: Path, variants: Iterable[ToolkitVariant]) -> Path:
    held = [each for each in variants if each.artefact_id is not None]
    if not held:
        return beneath
    folder = runtime.settings.frozen_toolkits_dir
    lines = [_identity(beneath, folder), *(f"{each.files_sha256}  {each.toolkit_slug}" for each in held)]
    target = folder / hashlib.sha256("\n".join(lines).encode()).hexdigest()
    if note_use(target):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(dir=folder, prefix="."))
    try:
        made = work / "root"
        copy_root(beneath, made)
        for each in held:
            key = session.get_one(Artefact, each.artefact_id).storage_key
            lay_over(made / each.toolkit_slug, packed_files(runtime.storage.fetched(key, work)))
        move_into_place(made, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def variant_files(session: Session, runtime: Runtime, variant: ToolkitVariant) -> dict[str, bytes]:
    """What a variant holds, by path below the toolkit's folder."""
    if variant.artefact_id is None:
        return {}
    folder = runtime.settings.frozen_toolkits_dir
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(dir=folder, prefix="."))
    try:
        return packed_files(runtime.storage.fetched(session.get_one(Artefact, variant.artefact_id).storage_key, work))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def packed_files(packed: Path) -> dict[str, bytes]:
    """The files of a ZIP that we wrote."""
    with zipfile.ZipFile(packed) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of one toolkit, by path below its folder; empty where there is none."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _plain_files(folder)}


def copy_root(root: Path, target: Path, only: Sequence[str] = ()) -> None:
    """Copy all toolkits with their base, or only these folders; what editors leave behind stays."""
    for path in _plain_files(root):
        relative = path.relative_to(root)
        if len(relative.parts) > 1 and (not only or relative.parts[0] in only):
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / relative)


def lay_over(folder: Path, files: Mapping[str, bytes]) -> None:
    """Lay files over a toolkit's folder; differences whose toolkit ships no longer make no toolkit of their own."""
    is_whole = "slug" in parsed(files["toolkit.toml"]) if "toolkit.toml" in files else False
    if not is_whole and not (folder / "toolkit.toml").is_file():
        return
    for name, content in lay_over_files(files_of(folder), files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def note_use(root: Path) -> bool:
    """Whether this folder is there; from now on it is in use, and not cleared away for as long as such folders are kept."""
    try:
        if time.time() - root.stat().st_mtime > _IN_USE_NOTED_EVERY_S:
            os.utime(root)
    except FileNotFoundError:
        return False
    return True


def move_into_place(made: Path, target: Path) -> None:
    """Give a finished folder its name, whole or not at all; somebody who was faster made the same."""
    try:
        made.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _plain_files(root: Path) -> list[Path]:
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    return [path for path in found if not any(part.startswith((".", "_")) for part in path.relative_to(root).parts)]


def _identity(root: Path, folder: Path) -> str:
    """What a root is made of: a folder of ours is named by it, any other is read again whenever a file in it changed."""
    if root.parent == folder:
        return root.name
    facts = [(path.relative_to(root).as_posix(), path.stat()) for path in _plain_files(root)]
    return _content_sha256(root, tuple((name, told.st_mtime_ns, told.st_size) for name, told in facts))


@lru_cache(maxsize=16)
def _content_sha256(root: Path, facts: tuple[tuple[str, int, int], ...]) -> str:
    lines = [f"{file_sha256(root / name)}  {name}" for name, _changed, _size in facts]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


# --- files over files


def is_laid_by_key(name: str) -> bool:
    """Whether of this file single keys can be different; any other is replaced as a whole."""
    return name in {"toolkit.toml", "campaign.toml"} or (name.startswith("texts/") and name.endswith(".toml"))


def parsed(content: bytes) -> dict[str, Any]:
    """What stands in a TOML file; raises TOMLDecodeError, UnicodeDecodeError."""
    return tomllib.loads(content.decode("utf-8"))


def written(values: Mapping[str, Any]) -> bytes:
    """A TOML file with these values, equal for equal ones in the same order."""
    return tomli_w.dumps(values, multiline_strings=True, indent=2).encode()


def lay_over_files(beneath: Mapping[str, bytes], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A toolkit's files with others laid over them."""
    return {**beneath, **{name: merged(name, beneath.get(name), content) for name, content in files.items()}}


def merged(name: str, beneath: bytes | None, over: bytes) -> bytes:
    """One file laid over another: tables by key, arrays and values whole; bytes that say it all already are kept."""
    if beneath is None or not is_laid_by_key(name):
        return over
    lower, upper = parsed(beneath), parsed(over)
    both = _merged_tables(lower, upper, whole=whole_tables(name))
    if both == lower:
        return beneath
    return over if both == upper else written(both)


def whole_tables(name: str) -> frozenset[str]:
    """The tables of a file that are replaced as one: without a reader a text is a draft, and leaving it out says so."""
    return frozenset({"meta"}) if name.startswith("texts/") else frozenset()


def _merged_tables(lower: Mapping[str, Any], upper: Mapping[str, Any], whole: frozenset[str] = frozenset()) -> dict[str, Any]:
    both = dict(lower)
    for key, value in upper.items():
        below = lower.get(key)
        is_deeper = isinstance(value, dict) and isinstance(below, dict) and key not in whole
        both[key] = _merged_tables(below, value) if is_deeper and below is not None else value
    return both
