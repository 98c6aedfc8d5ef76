"""Where collages and films are made: a private folder, and another try when somebody withdraws meanwhile."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from app.assembly.service import ChangedMeanwhileError
from app.errors import ErrorKind, Refused
from app.runtime import Runtime

TRIES = 4
Finishing = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[float], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Built:
    """What stands there now; `anew` is false when nothing had changed."""

    public_id: str
    contributions: int
    duration_s: float | None
    anew: bool


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
