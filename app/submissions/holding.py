"""A file that came with a form that could not be taken yet, kept for an hour so that nobody sends it again; no row knows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from os import utime
from pathlib import Path
from secrets import token_urlsafe

from app.derivation import file_sha256
from app.submissions.tokens import is_form_token, sha256_hex
from app.web.uploads import HEAD_BYTES, ReceivedFile

SWEEP = "submission.sweep_held"
HELD_FOR = timedelta(hours=1)
_PREFIX = "held-"


@dataclass(frozen=True, slots=True)
class Held:
    """What the form carries along in hidden fields, and shows."""

    token: str
    file_name: str
    size_bytes: int


def hold(file: ReceivedFile, *, incoming_dir: Path, place: str, now: datetime) -> Held:
    """Keep the file under a name that only the form knows, good at this place only."""
    token = token_urlsafe(32)
    path = _path(incoming_dir, place, token)
    file.path.replace(path)
    utime(path, (now.timestamp(), now.timestamp()))
    return Held(token, file.file_name, file.size_bytes)


def held_file(
    token: str, file_name: str, *, incoming_dir: Path, place: str, max_bytes: int, now: datetime
) -> ReceivedFile | None:
    """The file that is held under this token at this place; None when it is not, or no longer."""
    if not is_form_token(token):
        return None
    path = _path(incoming_dir, place, token)
    if not path.is_file() or _is_over(path, now):
        return None
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    size_bytes = path.stat().st_size
    return ReceivedFile("file", file_name, path, max_bytes, size_bytes=size_bytes, head=head, sha256=file_sha256(path))


def sweep(incoming_dir: Path, *, now: datetime) -> None:
    """Remove what was held for too long."""
    for path in incoming_dir.glob(f"{_PREFIX}*"):
        if _is_over(path, now):
            path.unlink(missing_ok=True)


def _path(incoming_dir: Path, place: str, token: str) -> Path:
    return incoming_dir / (_PREFIX + sha256_hex(f"{place}:{token}"))


def _is_over(path: Path, now: datetime) -> bool:
    try:
        held_at_s = path.stat().st_mtime
    except FileNotFoundError:  # sent meanwhile
        return False
    return now.timestamp() - held_at_s >= HELD_FOR.total_seconds()
