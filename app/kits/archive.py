"""ZIP files: written to a file without a name, so that nothing is left however a download ends; equal content is equal bytes."""

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK_BYTES = 1 << 16
# a ZIP's own clock starts here; the true time of making would make every ZIP another file
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PACKED_ALREADY = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp4", ".m4a", ".mp3", ".ogg", ".pdf"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a ZIP, as chunks of bytes that are read when its turn comes."""

    path: str
    chunks: Iterable[bytes]


def text_entry(path: str, text: str) -> Entry:
    """A text as UTF-8 with the line ends that every editor knows."""
    return Entry(path, [text.strip().replace("\n", "\r\n").encode() + b"\r\n"])


def write_archive(entries: Iterable[Entry], *, folder: Path) -> IO[bytes]:
    """The whole ZIP as an open file at its beginning; it has no name and is gone when it is closed."""
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it outlives this function, and is closed by whoever sends it
    try:
        with zipfile.ZipFile(file, "w") as archive:
            for entry in entries:
                _add(archive, entry)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _add(archive: zipfile.ZipFile, entry: Entry) -> None:
    info = zipfile.ZipInfo(entry.path, _NO_TIME)
    info.create_system = 3
    info.external_attr = 0o644 << 16
    packed = Path(entry.path).suffix in _PACKED_ALREADY
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as target:
        for chunk in entry.chunks:
            target.write(chunk)


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes from where the file stands; it is closed at the end, also when nobody reads that far."""
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
