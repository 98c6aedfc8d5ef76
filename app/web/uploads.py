"""Reads a multipart form as it arrives: files to disk in chunks with a running hash and cap, fields kept in any case."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from app.errors import ErrorKind, Refused

HEAD_BYTES = 4096  # enough for every magic number we look for
MAX_FIELD_BYTES = 64_000
MAX_FIELDS = 400
DRAIN_FACTOR = 4  # a form whose file is too large is still read up to so many times the cap, so that its words are not lost


@dataclass(slots=True)
class ReceivedFile:
    """One file of a form, on disk under a name of ours; nothing of it has been decoded."""

    field_name: str
    file_name: str
    path: Path
    max_bytes: int
    size_bytes: int = 0
    head: bytes = b""
    sha256: str = ""
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256, repr=False)
    _sink: BinaryIO | None = field(default=None, repr=False)

    @property
    def is_too_large(self) -> bool:
        """Its bytes went over the cap; what was over it was not kept."""
        return self.size_bytes > self.max_bytes

    def write(self, data: bytes) -> None:
        """Take one chunk."""
        self.size_bytes += len(data)
        if self.is_too_large:
            return
        if len(self.head) < HEAD_BYTES:
            self.head += data[: HEAD_BYTES - len(self.head)]
        self._hash.update(data)
        if self._sink is None:
            self._sink = self.path.open("wb")
        self._sink.write(data)

    def close(self) -> None:
        """No more bytes will come."""
        if self._sink is not None:
            self._sink.close()
            self._sink = None
        self.sha256 = self._hash.hexdigest()

    def discard(self) -> None:
        """Remove it from the disk unless it was kept (renamed away)."""
        self.close()
        self.path.unlink(missing_ok=True)


@dataclass(slots=True)
class ReceivedForm:
    """Fields and files as they came; an input left empty is not a file."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[ReceivedFile] = field(default_factory=list)

    def discard(self) -> None:
        """Remove every file that nobody kept."""
        for file in self.files:
            file.discard()


class _Builder:
    """Turns the parser's callbacks into fields and files."""

    def __init__(self, incoming_dir: Path, max_file_bytes: int, max_files: int) -> None:
        self.form = ReceivedForm()
        self.has_ended = False
        self._incoming_dir = incoming_dir
        self._max_file_bytes = max_file_bytes
        self._max_files = max_files
        self._header_name = b""
        self._header_value = b""
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._file: ReceivedFile | None = None
        self._value = bytearray()

    def callbacks(self) -> Mapping[str, object]:
        """By the parser's names."""
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value_data,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _part_begin(self) -> None:
        self._headers, self._file, self._value = {}, None, bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_value_data(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _headers_finished(self) -> None:
        _disposition, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            return
        if len(self.form.files) >= self._max_files and options[b"filename"]:
            raise Refused("upload.too_many_files", kind=ErrorKind.TOO_MANY, limit=self._max_files)
        path = self._incoming_dir / secrets.token_hex(16)
        file_name = options[b"filename"].decode("utf-8", "replace")
        self._file = ReceivedFile(self._name, file_name, path, self._max_file_bytes)

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > MAX_FIELD_BYTES:
            raise Refused("form.field_too_long", field=self._name, limit_bytes=MAX_FIELD_BYTES)

    def _part_end(self) -> None:
        if self._file is not None:
            self._file.close()
            if len(self.form.files) >= self._max_files and self._file.size_bytes:  # bytes without a file name
                raise Refused("upload.too_many_files", kind=ErrorKind.TOO_MANY, limit=self._max_files)
            if self._file.file_name or self._file.size_bytes:
                if self._file.size_bytes == 0:
                    self._file.path.touch()
                self.form.files.append(self._file)
            self._file = None
            return
        values = self.form.fields.setdefault(self._name, [])
        values.append(self._value.decode("utf-8", "replace"))
        if sum(len(each) for each in self.form.fields.values()) > MAX_FIELDS:
            raise Refused("form.too_many_fields", kind=ErrorKind.TOO_MANY, limit=MAX_FIELDS)

    def _end(self) -> None:
        self.has_ended = True

    def discard(self) -> None:
        """The form could not be read."""
        if self._file is not None:
            self._file.discard()
        self.form.discard()


async def read_multipart(request: Request, *, incoming_dir: Path, max_file_bytes: int, max_files: int) -> ReceivedForm:
    """The whole form; of a file over the cap the further bytes are thrown away while the fields are still read.

    Refuses `upload.too_large` when the request goes far beyond what its files may weigh, `form.broken` when it is no form.
    """
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    if media_type != b"multipart/form-data" or b"boundary" not in options:
        raise Refused("form.broken")
    drain_bytes = DRAIN_FACTOR * max_file_bytes * max(1, min(max_files, 4))
    builder = _Builder(incoming_dir, max_file_bytes, max_files)
    received_bytes = 0
    try:
        parser = MultipartParser(options[b"boundary"], builder.callbacks())  # type: ignore[arg-type]
        async for chunk in request.stream():
            received_bytes += len(chunk)
            _refuse_flood(received_bytes, drain_bytes, max_file_bytes)
            parser.write(chunk)
        parser.finalize()
    except (FormParserError, ClientDisconnect) as error:
        builder.discard()
        raise Refused("form.broken") from error
    except BaseException:  # a refusal or a full disk: nothing stays on it
        builder.discard()
        raise
    if not builder.has_ended:  # the parser lets a form pass that stops in the middle
        builder.discard()
        raise Refused("form.broken")
    return builder.form


def _refuse_flood(received_bytes: int, drain_bytes: int, max_file_bytes: int) -> None:
    if received_bytes > drain_bytes:
        raise Refused("upload.too_large", kind=ErrorKind.TOO_LARGE, limit_bytes=max_file_bytes, actual_bytes=received_bytes)
