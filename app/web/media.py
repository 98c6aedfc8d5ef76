"""Sends a stored file to a browser: whole or in part, asked for anew each time, never under a name that could outlive its row."""

import re
from collections.abc import Iterator

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from app.errors import NotFound
from app.storage import Storage

NO_CACHE = "private, no-cache"  # kept by the browser, yet asked about before every use
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def serve_file(
    request: Request,
    storage: Storage,
    *,
    key: str,
    media_type: str,
    size_bytes: int,
    tag: str,
    file_name: str | None = None,
    cache_control: str = NO_CACHE,
) -> Response:
    """The file, or the range of it that is asked for, or 304 when the browser has it; `tag` names these very bytes.

    `file_name` makes it a download. A row without its file is `media.missing`.
    """
    etag = f'"{tag}"'
    headers = {"ETag": etag, "Cache-Control": cache_control, "Accept-Ranges": "bytes"}
    if file_name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    if _has_it(request, etag):
        return Response(status_code=304, headers=headers)
    part = _range(request, etag, size_bytes)
    if part is not None and not part:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size_bytes}"})
    first, length = (part.start, len(part)) if part else (0, size_bytes)
    headers["Content-Length"] = str(length)
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size_bytes}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    return StreamingResponse(_opened(storage, key, first, length), status_code=status, headers=headers, media_type=media_type)


def serve_captions(webvtt: str | None, *, cache_control: str = NO_CACHE, file_name: str | None = None) -> Response:
    """What is said, for a player; `file_name` makes it a download. Where nothing was written down it is `media.missing`."""
    if webvtt is None:
        raise NotFound("media.missing")
    headers = {"Cache-Control": cache_control}
    if file_name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return Response(webvtt, media_type="text/vtt", headers=headers)


def _opened(storage: Storage, key: str, start: int, length: int) -> Iterator[bytes]:
    try:
        return storage.open_range(key, start, length)
    except FileNotFoundError as error:
        raise NotFound("media.missing") from error


def _has_it(request: Request, etag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return any(each.strip().removeprefix("W/") in {etag, "*"} for each in known.split(","))


def _range(request: Request, etag: str, size_bytes: int) -> range | None:
    """The bytes asked for; None for all of them, empty when there are none such. Several ranges at once are answered with all."""
    asked = request.headers.get("range")
    if asked is None or request.headers.get("if-range", etag) != etag:
        return None
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size_bytes - int(last)), size_bytes)
    return range(int(first), min(int(last) + 1 if last else size_bytes, size_bytes))
