"""Looks at a file that has arrived: its size, its first bytes, whether the campaign takes its kind. Nothing is decoded."""

from collections.abc import Collection
from pathlib import Path

from app.derivation import file_sha256
from app.enums import SubmissionKind
from app.errors import ErrorKind, Refused
from app.submissions import rules
from app.submissions.service import IncomingFile
from app.web.uploads import ReceivedFile
from media_pipeline.errors import MediaError
from media_pipeline.sniff import HEAD_BYTES, sniff
from media_pipeline.types import Kind

_KINDS = {Kind.PHOTO: SubmissionKind.PHOTO, Kind.VIDEO: SubmissionKind.CLIP, Kind.AUDIO: SubmissionKind.SOUND}
_IN_WORDS = {
    "text": "upload.is_text",
    "office": "upload.is_office",
    "unknown": "upload.is_unknown",
}  # others are named as they are


def recognise(file: ReceivedFile, allowed: Collection[str]) -> IncomingFile:
    """The file as it may be received; refuses `upload.too_large`, `upload.is_*`, `upload.*_but_*`, `media.empty`."""
    if file.is_too_large:
        raise Refused(
            "upload.too_large",
            kind=ErrorKind.TOO_LARGE,
            field="file",
            limit_bytes=file.max_bytes,
            actual_bytes=file.size_bytes,
        )
    return _recognised(file.path, file.head, file.size_bytes, file.sha256, allowed)


def recognise_path(path: Path, allowed: Collection[str]) -> IncomingFile:
    """The same for a file that is already on the disk; it is used up when it is received."""
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    return _recognised(path, head, path.stat().st_size, file_sha256(path), allowed)


def _recognised(path: Path, head: bytes, size_bytes: int, sha256: str, allowed: Collection[str]) -> IncomingFile:
    try:
        sniffed = sniff(head)
    except MediaError as error:
        found = str(error.params.get("found", ""))
        if error.code != "media.unknown_type":
            raise Refused(error.code, field="file") from error
        if found in _IN_WORDS:
            raise Refused(_IN_WORDS[found], field="file") from error
        raise Refused("upload.is_other", field="file", found=found.upper()) from error
    kind = _KINDS[sniffed.kind]
    rules.check_kind(kind, allowed)
    return IncomingFile(path, kind, sniffed.media_type, size_bytes, sha256)
