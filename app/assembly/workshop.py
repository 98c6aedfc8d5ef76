"""Where works are made: a private folder, progress that others can read, and another try when somebody withdraws meanwhile."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from app.assembly.queries import production_at, stands_whole
from app.assembly.service import ChangedMeanwhileError, Finished, settle, take_in
from app.derivation import spec_sha256
from app.enums import ProductionKind
from app.errors import ErrorKind, Refused
from app.models import Artefact, Campaign, Production
from app.runtime import Runtime

TRIES = 4
TOLD_EVERY_S = 1.0
Finishing = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[float], None]  # of a part of 1; raises CancelledError when somebody had it stop
T = TypeVar("T")


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
    """A folder on the disk of the stored files, so that keeping a result is a rename."""
    runtime.settings.incoming_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".assembly-", dir=runtime.settings.incoming_dir) as folder:
        yield Path(folder)


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


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """The progress of a part of the work, by that of the whole."""
    return lambda share: progress(start + (end - start) * share)


def telling(runtime: Runtime, place: Place) -> Progress:
    """Writes how far it is into the row of the work, about once a second, and asks there whether to go on."""
    told_at = 0.0

    def tell(share: float) -> None:
        nonlocal told_at
        if told_at and time.monotonic() - told_at < TOLD_EVERY_S:
            return
        with runtime.database.writing() as session:
            row = production_at(session, place.campaign_id, place.city_id, place.kind)
            if row is not None:
                if row.cancelled_at is not None:
                    raise CancelledError
                if not told_at or row.begun_at is None:  # a worker before this one may have been killed
                    row.begun_at = runtime.now()
                row.share_done = max(0.0, min(1.0, share))
        told_at = time.monotonic()

    return tell
