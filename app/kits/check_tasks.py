"""The work of a check: a toolkit is drawn and measured in parts short enough to let other work through.

What was clean is remembered by its content, and what was not by the row, so that a part begins where the last one stopped.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.enums import CheckState
from app.jobs import JobKind, JobRun
from app.kits.checks import JOB, as_rows, cities_for_checking, enqueue_part, findings_of_check, lock_network
from app.kits.lint import check_toolkit
from app.kits.lint_findings import Finding
from app.kits.publications import publish_ready
from app.kits.snapshots import unpacked
from app.models import Artefact, ToolkitCheck
from app.runtime import Runtime

PART_S = 60.0  # after it other work has its turn
TELL_EVERY_S = 4.0  # how often the row says how far it is


class TurnIsOverError(Exception):
    """The part of the work that one job does is done."""


class Progress:
    """What a check has looked at so far, told to its row every few seconds."""

    def __init__(self, runtime: Runtime, check: ToolkitCheck, until_s: float) -> None:
        self._runtime, self._check_id, self._until_s = runtime, check.id, until_s
        self._found: dict[str, list[Finding]] = {}
        for each, row in zip(findings_of_check(check), check.findings, strict=True):
            self._found.setdefault(row["address"], []).append(each)
        self._done_count = self._drawing_count = 0
        self._told_s = 0.0

    def known(self, address: str) -> Sequence[Finding]:
        """What an earlier part found."""
        return self._found.get(address, ())

    def counted(self, done_count: int, drawing_count: int) -> None:
        """How much of it is done, and how much there is."""
        self._done_count, self._drawing_count = done_count, drawing_count
        self._tell()

    def looked_at(self, address: str, findings: Sequence[Finding]) -> None:
        """One more; raises TurnIsOverError when the next is for the next part."""
        self._done_count += 1
        if findings:
            self._found[address] = list(findings)
        is_over = time.monotonic() >= self._until_s and self._done_count < self._drawing_count
        if is_over or time.monotonic() - self._told_s >= TELL_EVERY_S:
            self._tell()
        if is_over:
            raise TurnIsOverError

    def _tell(self) -> None:
        self._told_s = time.monotonic()
        with self._runtime.database.writing() as session:
            check = _waiting(session, self._check_id)
            if check is not None:
                check.done_count, check.drawing_count = self._done_count, self._drawing_count
                check.findings = [row for address, found in self._found.items() for row in as_rows(found, address)]


def check(run: JobRun, *, part_s: float = PART_S) -> None:
    """Look at a frozen toolkit for a while; what is left then is another job.

    What waited to be published for this check alone is published in the commit that says that it is clean.
    """
    runtime, check_id = run.runtime, int(run.payload["check_id"])
    until_s = time.monotonic() + part_s
    with runtime.database.reading() as session:
        row = session.get(ToolkitCheck, check_id)
        if row is None or row.state is not CheckState.WAITING:
            return
        key = session.get_one(Artefact, row.artefact_id).storage_key
        cities = cities_for_checking(session, row.network_id)
    root = unpacked(runtime.storage, key, row.files_sha256, folder=runtime.settings.frozen_toolkits_dir)
    remembered = runtime.settings.kits_dir / "checked"
    try:
        report = check_toolkit(row.toolkit_slug, root, cities=cities, checked=remembered, watch=Progress(runtime, row, until_s))
    except TurnIsOverError:
        with run.finishing() as session:
            enqueue_part(session, check_id, now=runtime.now())
        return
    with run.finishing() as session:
        lock_network(session, row.network_id)
        done = _waiting(session, check_id)
        if done is None:
            return
        done.state = CheckState.FAULTY if report.findings else CheckState.CLEAN
        done.findings, done.ended_at = as_rows(report.findings), runtime.now()
        done.done_count = done.drawing_count
        if not report.findings:
            publish_ready(session, runtime, check_id=check_id, now=runtime.now())


def _waiting(session: Session, check_id: int) -> ToolkitCheck | None:
    """The row while it is to be checked, locked."""
    check = session.get(ToolkitCheck, check_id, with_for_update=True, populate_existing=True)
    return check if check is not None and check.state is CheckState.WAITING else None


def _give_up(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    check = _waiting(session, int(payload["check_id"]))
    if check is not None:
        check.state, check.ended_at = CheckState.FAILED, now


KINDS = [JobKind(JOB, check, on_give_up=_give_up)]
