"""Files by key: put, open a range, delete, list. Rows hold keys, never paths."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

CHUNK_BYTES = 1 << 16


class Storage(Protocol):
    """Where files live; local now, anything with keys later."""

    def put(self, key: str, source: Path) -> None:
        """Keep the bytes of `source` under `key`, whole or not at all; `source` is used up."""
        ...

    def open_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes in chunks; FileNotFoundError when there is no such key."""
        ...

    def delete(self, key: str) -> None:
        """Remove it; removing what is not there is no error."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the key is there."""
        ...

    def keys(self) -> Iterator[str]:
        """Every key."""
        ...

    def fetched(self, key: str, workspace: Path) -> Path:
        """A file of its own in `workspace` with these bytes, for tools that need a path."""
        ...

    def lent(self, key: str, path: Path) -> None:
        """Put the file at this path to be read only: what is written there may reach the stored file."""
        ...


class LocalStorage:
    """Files in a folder; a key is its path below it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _path(self, key: str) -> Path:
        path = (self._root / key).resolve()
        if not path.is_relative_to(self._root.resolve()):
            raise ValueError(key)
        return path

    def put(self, key: str, source: Path) -> None:
        """Keep the file; on the same disk this is a rename, made durable before it is told."""
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file:
            os.fsync(file.fileno())
        try:
            source.replace(target)
        except OSError:  # another disk: copy beside it first, so that a half copy never has the name
            beside = target.with_name(f".{target.name}.{os.getpid()}")
            with source.open("rb") as read, beside.open("wb") as write:
                shutil.copyfileobj(read, write)
                write.flush()
                os.fsync(write.fileno())
            beside.replace(target)
            source.unlink()
        with _directory(target.parent) as descriptor:
            os.fsync(descriptor)

    def open_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes in chunks; the file is opened at once, so that a missing one is known before an answer begins."""
        chunks = _chunks(self._path(key), start, length)
        next(chunks)
        return chunks

    def delete(self, key: str) -> None:
        """Remove the file."""
        self._path(key).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return self._path(key).is_file()

    def keys(self) -> Iterator[str]:
        """Every file's key, in order; a copy still under way is not one yet."""
        if self._root.is_dir():
            for path in sorted(self._root.rglob("*")):
                if path.is_file() and not path.name.startswith("."):
                    yield path.relative_to(self._root).as_posix()

    def fetched(self, key: str, workspace: Path) -> Path:
        """A copy in the workspace; tools never see the stored file itself."""
        target = workspace / Path(key).name
        shutil.copyfile(self._path(key), target)
        return target

    def lent(self, key: str, path: Path) -> None:
        """The stored file under a second name; a copy where the disk is another one."""
        try:
            os.link(self._path(key), path)
        except FileNotFoundError:
            raise
        except OSError:
            shutil.copyfile(self._path(key), path)


def _chunks(path: Path, start: int, length: int | None) -> Iterator[bytes]:
    """Nothing first, with the file open: an answer that nobody waits for any more then closes it."""
    with path.open("rb") as file:
        file.seek(start)
        yield b""
        left = length
        while left is None or left > 0:
            chunk = file.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left))
            if not chunk:
                return
            if left is not None:
                left -= len(chunk)
            yield chunk


@contextmanager
def _directory(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
