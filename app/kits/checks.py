"""The gate for any toolkit of a network: asked for here, done by a job in `check_tasks`, forgotten when nothing stands on it.

The same twice is one row.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import CompoundSelect, select
from sqlalchemy.orm import Session

from app import derivation
from app.enums import CheckState
from app.errors import Refused
from app.jobs import enqueue
from app.kits.drawing import engine
from app.kits.lint import rules_sha256
from app.kits.lint_findings import Finding
from app.kits.lint_samples import extreme_cities, languages_of
from app.kits.snapshots import files_sha256, keep_snapshot
from app.kits.toolkit import load_toolkit
from app.models import Artefact, City, KitPublication, KitVersion, KitVersionChapter, Network, ToolkitCheck, ToolkitVariant
from app.network.queries import cities_of
from app.runtime import Runtime
from app.words import Words

JOB = "toolkits.check"
KEPT_FOR = timedelta(days=30)  # what nobody points at any more; asked again it is checked again
# A network that has no city yet is checked with these: a short name and a long one.
STAND_INS = ("Ely", "Llanfair Pwllgwyngyll")


def ask_for_check(session: Session, runtime: Runtime, *, network_id: int, slug: str, root: Path, now: datetime) -> ToolkitCheck:
    """Have the toolkit in this root checked as it is now, with the names of the network's cities; it is frozen for that.

    What was checked already, or waits for it, is the same row; one that could not be checked is tried again.
    """
    check, is_new = _row_of(session, runtime, network_id, slug, root, now)
    if is_new or check.state is CheckState.FAILED:
        check.state, check.asked_at, check.ended_at = CheckState.WAITING, now, None
        check.done_count = check.drawing_count = 0
        check.findings = []
        session.flush()
        enqueue_part(session, check.id, now=now)
    return check


def enqueue_part(session: Session, check_id: int, *, now: datetime) -> None:
    """The next part of the work, after what waits already."""
    enqueue(session, JOB, {"check_id": check_id}, unique_key=f"{JOB}:{check_id}", now=now)


def vouch_for(session: Session, runtime: Runtime, *, network_id: int, slug: str, root: Path, now: datetime) -> ToolkitCheck:
    """Keep that this toolkit was checked elsewhere with the names of these cities, and nothing was found.

    For the demo, with whose cities the toolkits that ship are checked before they ship.
    """
    check, _is_new = _row_of(session, runtime, network_id, slug, root, now)
    check.state, check.ended_at, check.findings = CheckState.CLEAN, now, []
    session.flush()
    return check


def clean_check(session: Session, *, network_id: int, slug: str, root: Path) -> ToolkitCheck | None:
    """The row that says that nothing is wrong in this toolkit as it is now; None where nobody has found that out."""
    check = _known(session, _key(session, network_id, slug, root, files_sha256(slug, root)))
    return check if check is not None and check.state is CheckState.CLEAN else None


def findings_of_check(check: ToolkitCheck) -> list[Finding]:
    """What the check found, or has found so far."""
    names = ("code", "toolkit", "file", "template", "format", "language", "params")
    return [Finding(**{name: each[name] for name in names}) for each in check.findings]


def as_rows(findings: Sequence[Finding], address: str = "") -> list[dict[str, Any]]:
    """The form in which findings stand in the row; `address` is the drawing's while the check goes on."""
    return [
        {
            "code": each.code,
            "toolkit": each.toolkit,
            "file": each.file,
            "template": each.template,
            "format": each.format,
            "language": each.language,
            "params": _plain(each.params),
            **({"address": address} if address else {}),
        }
        for each in findings
    ]


def cities_for_checking(session: Session, network_id: int) -> list[City]:
    """The network's cities; before there is any, two names that no row has."""
    return cities_of(session, network_id) or [
        City(
            slug=name.lower().replace(" ", "-"),
            names=Words.one("en", name),
            country="GB",
            time_zone="Europe/London",
            languages=["en"],
            latitude=0.0,
            longitude=0.0,
            is_elsewhere=False,
        )
        for name in STAND_INS
    ]


def lock_network(session: Session, network_id: int) -> None:
    """Let one transaction at a time ask for checks or end one: none of them misses what another is about to say."""
    session.get_one(Network, network_id, with_for_update={"key_share": True})


def forget_old(runtime: Runtime) -> int:
    """Forget the checks that ended long ago and that nothing stands on, with what was frozen for them; how many."""
    before = runtime.now() - KEPT_FOR
    with runtime.database.reading() as session:
        old = [(check.id, check.network_id) for check in _unused(session, before)]
    forgotten = 0
    for check_id, network_id in old:
        with runtime.database.writing() as session:
            lock_network(session, network_id)  # nobody is about to ask for it, or to publish what it found clean
            check = next((each for each in _unused(session, before) if each.id == check_id), None)
            if check is not None:
                derivation.hold(session, check.artefact_id)
                session.delete(check)
                session.flush()
                if not _is_needed(session, check.artefact_id):
                    derivation.erase(session, runtime.storage, [check.artefact_id])
                forgotten += 1
    return forgotten


def _unused(session: Session, before: datetime) -> list[ToolkitCheck]:
    """Those that ended before, of no number of a variant, of nothing that waits to be published, of no version."""
    waited_for = {check_id for check_ids in session.scalars(select(KitPublication.check_ids)) for check_id in check_ids}
    query = select(ToolkitCheck).where(
        ToolkitCheck.ended_at < before,
        ToolkitCheck.state != CheckState.WAITING,
        ToolkitCheck.id.not_in(select(ToolkitVariant.check_id).where(ToolkitVariant.check_id.is_not(None))),
        ToolkitCheck.artefact_id.not_in(_published()),
    )
    return [check for check in session.scalars(query.order_by(ToolkitCheck.id)) if check.id not in waited_for]


def _published() -> CompoundSelect[Any]:
    """The files of all versions and of their parts."""
    of_versions = select(KitVersion.artefact_id).where(KitVersion.artefact_id.is_not(None))
    return of_versions.union_all(select(KitVersionChapter.artefact_id))


def _is_needed(session: Session, artefact_id: int) -> bool:
    """Whether a version, or another check, is of the same files."""
    others = select(ToolkitCheck.id).where(ToolkitCheck.artefact_id == artefact_id)
    published = select(Artefact.id).where(Artefact.id == artefact_id, Artefact.id.in_(_published()))
    return any(session.scalar(query.limit(1)) is not None for query in (others, published))


def _row_of(
    session: Session, runtime: Runtime, network_id: int, slug: str, root: Path, now: datetime
) -> tuple[ToolkitCheck, bool]:
    """The row of a toolkit as it is, and whether it was made just now."""
    lock_network(session, network_id)
    sha256 = files_sha256(slug, root)
    key = _key(session, network_id, slug, root, sha256)
    held = _known(session, key)
    if held is not None:
        return held, False
    folder = runtime.settings.incoming_dir
    artefact, _sha256 = keep_snapshot(session, runtime.storage, slug, root=root, folder=folder, now=now)
    check = ToolkitCheck(
        key=key,
        network_id=network_id,
        toolkit_slug=slug,
        artefact_id=artefact.id,
        files_sha256=sha256,
        state=CheckState.WAITING,
        done_count=0,
        drawing_count=0,
        findings=[],
        asked_at=now,
    )
    session.add(check)
    session.flush()
    return check, True


def _known(session: Session, key: str) -> ToolkitCheck | None:
    query = select(ToolkitCheck).where(ToolkitCheck.key == key)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _key(session: Session, network_id: int, slug: str, root: Path, sha256: str) -> str:
    """The hash of all that decides what the gate finds: the files, the cities that are drawn, by what, and what is measured."""
    cities = _drawn_cities(cities_for_checking(session, network_id), slug, root)
    made_of = [network_id, slug, sha256, cities, engine(), rules_sha256()]
    return hashlib.sha256(json.dumps(made_of, ensure_ascii=False).encode()).hexdigest()


def _drawn_cities(cities: Sequence[City], slug: str, root: Path) -> list[list[Any]]:
    """What the drawings say of the cities with the shortest and the longest name; nothing where none will be drawn."""
    try:
        languages = languages_of(load_toolkit(slug, root))
    except Refused:
        return []
    drawn = {city.slug: city for language in languages for city in extreme_cities(cities, language)}
    return [[each, city.names.texts, city.names.source, city.languages] for each, city in sorted(drawn.items())]


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """The figures as JSON can hold them."""
    return {key: value if isinstance(value, int | float | str | None) else str(value) for key, value in params.items()}
