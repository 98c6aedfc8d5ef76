"""A private folder in which one upload is worked on, alone."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from media_pipeline.errors import MediaError
from media_pipeline.sniff import HEAD_BYTES, Sniffed, sniff


@contextmanager
def private_folder(beside: Path) -> Iterator[Path]:
    """A folder of our own inside `beside`, on the same file system so that results move out in one step."""
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".work-", dir=beside) as name:
        yield Path(name).resolve()


def isolate(source: Path, folder: Path) -> tuple[Path, Sniffed]:
    """Put the upload alone into `folder`, under a name made from what it is and nothing the sender chose."""
    with source.open("rb") as opened:
        sniffed = sniff(opened.read(HEAD_BYTES))
    alone = folder / f"source.{sniffed.extension}"
    try:
        os.link(source.resolve(), alone)  # a name more costs nothing, and no tool writes to its input
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, alone)
    return alone, sniffed


def size_of(source: Path) -> int:
    """Size in bytes; a file without any is refused."""
    size_bytes = source.stat().st_size
    if not size_bytes:
        raise MediaError("media.empty")
    return size_bytes


def sha256_of(path: Path) -> str:
    """The content address of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
