"""Public files: the row is asked every time, so that nothing is reachable a moment longer than it may be."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.assembly.works import WorkFile
from app.enums import Purpose
from app.errors import NotFound
from app.models import Submission
from app.publishing import queries, works_queries
from app.publishing.queries import Served
from app.runtime import Runtime
from app.submissions.captions import webvtt_of
from app.submissions.queries import visible
from app.web.deps import RuntimeDep
from app.web.media import serve_captions, serve_file

router = APIRouter(include_in_schema=False)
Download = Annotated[str, Query()]
CACHE_CONTROL = "no-cache"  # may be kept, and is asked about before every use


@router.api_route("/media/productions/{public_id}", methods=["GET", "HEAD"])
def production(public_id: str, request: Request, runtime: RuntimeDep, download: Download = "") -> Response:
    """A collage or a film, while everybody in it agrees."""
    with runtime.database.reading() as session:
        found = works_queries.media_of_work(session, public_id)
    return _work(request, runtime, found, as_download=bool(download))


@router.api_route("/media/productions/{public_id}/poster", methods=["GET", "HEAD"])
def production_poster(public_id: str, request: Request, runtime: RuntimeDep) -> Response:
    """A film's still picture, or the small copy of a collage."""
    with runtime.database.reading() as session:
        found = works_queries.media_of_work(session, public_id, poster=True)
    return _work(request, runtime, found)


@router.api_route("/media/productions/{public_id}/{name}", methods=["GET", "HEAD"])
def production_file(public_id: str, name: str, request: Request, runtime: RuntimeDep, download: Download = "") -> Response:
    """Another file of it: another shape of a film, its captions, a poster for print; never the desk's preview."""
    with runtime.database.reading() as session:
        found = works_queries.media_of_file(session, public_id, name)
    return _work(request, runtime, found, as_download=bool(download))


@router.api_route("/media/{public_id}/captions.vtt", methods=["GET", "HEAD"])
def voice_captions(public_id: str, runtime: RuntimeDep) -> Response:
    """What is said in a contribution, for players."""
    with runtime.database.reading() as session:
        text = webvtt_of(session, Submission.public_id == public_id, visible(Purpose.CAMPAIGN_PAGES))
    return serve_captions(text, cache_control=CACHE_CONTROL)


@router.api_route("/media/{public_id}/{name}", methods=["GET", "HEAD"])
def voice(public_id: str, name: str, request: Request, runtime: RuntimeDep) -> Response:
    """A contribution's prepared file; `name` is its format and its role, as in `square-main`."""
    format_name, _, role = name.rpartition("-")
    with runtime.database.reading() as session:
        found = queries.media_of_voice(session, public_id, format_name, role)
    return _answer(request, runtime, found)


def _work(request: Request, runtime: Runtime, found: WorkFile | None, *, as_download: bool = False) -> Response:
    """A work or a file of one; with `?download` under a name that says what it is."""
    if found is None:
        raise NotFound("media.missing")
    return serve_file(
        request,
        runtime.storage,
        key=found.storage_key,
        media_type=found.media_type,
        size_bytes=found.size_bytes,
        tag=found.sha256,
        file_name=found.file_name if as_download else None,
        cache_control=CACHE_CONTROL,
    )


def _answer(request: Request, runtime: Runtime, found: Served | None) -> Response:
    """The file; hidden, unknown and never public look the same."""
    if found is None:
        raise NotFound("media.missing")
    return serve_file(
        request,
        runtime.storage,
        key=found.storage_key,
        media_type=found.media_type,
        size_bytes=found.size_bytes,
        tag=found.sha256,
        cache_control=CACHE_CONTROL,
    )
