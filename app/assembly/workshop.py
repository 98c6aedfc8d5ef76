"""Where works are made: a private folder, progress that others can read, and another try when somebody withdraws meanwhile."""

import fcntl
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.assembly.queries import production_at, stands_whole
from app.assembly.service import ChangedMeanwhileError, Finished, hold, settle, take_in
from app.derivation import spec_sha256
from app.enums import ProductionKind
from app.errors import ErrorKind, Refused
from app.models import Artefact, Campaign, Production
from app.runtime import Runtime

TRIES = 4
TOLD_EVERY_S, TOLD_EVERY_SHARE = 1.0, 0.01
FOLDER, LOCK = ".assembly-", ".lock"
Finishing = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[float], None]  # of a part of 1; raises CancelledError when somebody had it stop
T = TypeVar("T")
logger = logging.getLogger(__name__)


class CancelledError(Exception):
    """Somebody had the making stop."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a work stands: a campaign, or a city in it."""

    kind: ProductionKind
    campaign_id: int
    city_id: int | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """What stands there now; `anew` is false when nothing had changed."""

    public_id: str
    contributions: int
    duration_s: float | None
    anew: bool


class Plan(Protocol):
    """All that a work is made of."""

    @property
    def campaign(self) -> Campaign: ...
    @property
    def recipe(self) -> dict[str, Any]: ...  # equal: the work is the same
    @property
    def is_empty(self) -> bool: ...  # there is nothing to show


P = TypeVar("P", bound=Plan)


def build(
    runtime: Runtime,
    place: Place,
    plan_of: Callable[[], P],
    make: Callable[[P, Path, Progress], Finished],
    *,
    finishing: Finishing | None = None,
    progress: Progress | None = None,
) -> Built:
    """Make a work of what may be in it now and put it where the old one stood; what stands as planned is left alone.

    `plan_of` reads, `make` works in the folder without a transaction; the rest ends in the transaction of `finishing`.
    """
    finish, told = finishing or runtime.database.writing, progress or (lambda _share: None)
    return until_unchanged(lambda: _build(runtime, place, plan_of, make, finish, told))


def _build(
    runtime: Runtime,
    place: Place,
    plan_of: Callable[[], P],
    make: Callable[[P, Path, Progress], Finished],
    finishing: Finishing,
    progress: Progress,
) -> Built:
    plan = plan_of()
    with runtime.database.reading() as session:
        standing = _standing_as(session, place, plan.recipe)
    if standing is not None:
        with finishing() as session:
            settle(session, session.get_one(Production, standing.id))
        return _built(standing, anew=False)
    with private_folder(runtime) as folder:
        finished = None if plan.is_empty else make(plan, folder, progress)
        with finishing() as session:
            made = take_in(session, runtime.storage, plan.campaign, place.city_id, place.kind, finished, now=runtime.now())
    return _built(made, anew=True)


def _standing_as(session: Session, place: Place, recipe: dict[str, Any]) -> Production | None:
    production = production_at(session, place.campaign_id, place.city_id, place.kind)
    if production is None or production.artefact_id is None or not stands_whole(session, production.id):
        return None
    same = session.get_one(Artefact, production.artefact_id).spec_sha256 == spec_sha256(recipe)
    return production if same else None


def _built(production: Production, *, anew: bool) -> Built:
    return Built(production.public_id, production.contributions, production.duration_s, anew=anew)


@contextmanager
def private_folder(runtime: Runtime) -> Iterator[Path]:
    """A folder on the disk of the stored files, so that keeping a result is a rename; held, so that no sweep takes it."""
    runtime.settings.incoming_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=FOLDER, dir=runtime.settings.incoming_dir) as name:
        folder = Path(name)
        with (folder / f"{LOCK}.new").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            (folder / f"{LOCK}.new").rename(folder / LOCK)  # whoever sees it sees it locked
            yield folder


def sweep_private_folders(runtime: Runtime) -> None:
    """Remove the folders of processes that ended in the middle: originals and bare pictures are in them."""
    for lock in runtime.settings.incoming_dir.glob(f"{FOLDER}*/{LOCK}"):
        with suppress(FileNotFoundError, BlockingIOError), lock.open("r+") as held:  # it has ended meanwhile, or is at work
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
            logger.info("removed what a making that was cut off left behind: %s", lock.parent.name)


def until_unchanged(make: Callable[[], T]) -> T:
    """Make it of what is agreed to now; when that changed on the way (a file may be erased already), begin again."""
    for left in reversed(range(TRIES)):
        try:
            return make()
        except (ChangedMeanwhileError, FileNotFoundError) as changed:
            if not left:
                raise Refused("assembly.changing", kind=ErrorKind.UNAVAILABLE) from changed
    raise AssertionError  # the last try returns or raises


def unless_changed(finishing: Finishing, is_same: Callable[[Session], bool]) -> Finishing:
    """End in that transaction, unless what no contribution is, such as a quote, was changed or taken back meanwhile."""

    @contextmanager
    def checked() -> Iterator[Session]:
        with finishing() as session:
            if not is_same(session):
                raise ChangedMeanwhileError
            yield session

    return checked


def unless_stopped(finishing: Finishing, place: Place) -> Finishing:
    """End in that transaction, unless somebody had the making stop before; raises CancelledError then."""

    @contextmanager
    def checked() -> Iterator[Session]:
        with finishing() as session:
            row = production_at(session, place.campaign_id, place.city_id, place.kind)
            if row is not None:
                hold(session, row)  # who has it stop from now on comes too late
                if row.cancelled_at is not None:
                    raise CancelledError
            yield session

    return checked


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """The progress of a part of the work, by that of the whole."""
    return lambda share: progress(start + (end - start) * share)


class Telling:
    """Writes how far it is into the row of the work, and asks there about once a second whether to go on.

    It waits for nobody: a child process may be watched meanwhile. What cannot be told now is told the next time.
    """

    def __init__(self, runtime: Runtime, place: Place) -> None:
        self._runtime, self._place = runtime, place
        self._share, self._asked_at = 0.0, 0.0
        self._told: float | None = None  # the share that the row says

    def __call__(self, share: float) -> None:
        """So much of it is done."""
        self._share = max(0.0, min(1.0, share))
        self.ask()

    def ask(self) -> None:
        """It is at work still; raises CancelledError when somebody had it stop."""
        if self._asked_at and time.monotonic() - self._asked_at < TOLD_EVERY_S:
            return
        try:
            self._look()
        except OperationalError as away:
            logger.warning("%s cannot ask whether to go on, and tries again: %s", self._place.kind.value, away.orig)
        self._asked_at = time.monotonic()

    def _look(self) -> None:
        with self._runtime.database.reading() as session:
            row = production_at(session, self._place.campaign_id, self._place.city_id, self._place.kind)
        if row is None:
            return
        if row.cancelled_at is not None:
            raise CancelledError
        begins = self._told is None or row.begun_at is None  # a worker before this one may have been killed
        if begins or abs(self._share - (self._told or 0.0)) >= TOLD_EVERY_SHARE:
            self._tell(row.id, begins=begins)

    def _tell(self, production_id: int, *, begins: bool) -> None:
        told = {"share_done": self._share} | ({"begun_at": self._runtime.now()} if begins else {})
        unless_stopped = (Production.id == production_id, Production.cancelled_at.is_(None))
        try:
            with self._runtime.database.writing_at_once() as session:
                session.execute(update(Production).where(*unless_stopped).values(told))
        except OperationalError as busy:  # somebody else writes: usual, and told the next time
            logger.debug("%s cannot tell how far it is: %s", self._place.kind.value, busy.orig)
        else:
            self._told = self._share
