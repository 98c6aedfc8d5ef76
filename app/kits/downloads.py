"""Files on their way to a browser."""

from pathlib import PurePosixPath
from typing import IO
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse

from app.kits.archive import chunks_of
from app.web.headers import document_policy

MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


def archive_answer(file: IO[bytes], file_name: str) -> Response:
    """A ZIP, streamed from its open file, which is closed (and so gone) at the end."""
    size_bytes = file.seek(0, 2)
    file.seek(0)
    headers = {"Content-Length": str(size_bytes), "Content-Disposition": attachment(file_name)}
    return StreamingResponse(chunks_of(file), media_type="application/zip", headers=headers)


def small_file(content: bytes, file_name: str, *, as_download: bool) -> Response:
    """A file made on the spot, shown or kept under its name."""
    headers = {"Content-Disposition": attachment(file_name) if as_download else f'inline; filename="{file_name}"'}
    suffix = PurePosixPath(file_name).suffix
    if suffix == ".html":
        headers["Content-Security-Policy"] = document_policy(content)
    return Response(content, media_type=MEDIA_TYPES[suffix], headers=headers)


def attachment(file_name: str) -> str:
    """The header that has a file kept under this name."""
    return f"attachment; filename*=UTF-8''{quote(file_name)}"
