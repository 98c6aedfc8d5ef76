"""Works at the desk: their files, to those who may see them, and stopping what is being made."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.deps import CurrentActor
from app.assembly import service, works
from app.assembly.works import WorkFile
from app.assembly.works_views import WorkView
from app.models import Campaign
from app.runtime import Runtime
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, WriteSession
from app.web.headers import look_again
from app.web.media import serve_file

router = APIRouter(prefix="/desk/works/{public_id}", include_in_schema=False)
Download = Annotated[str, Query()]


@router.post("/cancel")
def cancel(public_id: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now) -> Response:
    """Have the making stop; what stood before stands on. `back` is the page to go back to."""
    production = works.own_work_for(session, actor, public_id)
    network_id = session.get_one(Campaign, production.campaign_id).network_id
    service.cancel(session, production, actor_id=actor.person_id, network_id=network_id, now=now)
    return RedirectResponse(desk_address(fields.raw("back")), status_code=303)


@router.api_route("/versions/{number}", methods=["GET", "HEAD"])
def version(
    request: Request,
    public_id: str,
    number: int,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
    download: Download = "",
) -> Response:
    """An earlier version, kept while everybody in it agrees."""
    return _sent(request, runtime, works.desk_version(session, actor, public_id, number), as_download=bool(download))


@router.api_route("/{name}", methods=["GET", "HEAD"])
def file(
    request: Request,
    public_id: str,
    name: str,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
    download: Download = "",
) -> Response:
    """The work itself (`main`), its poster, another file of it, its preview."""
    return _sent(request, runtime, works.desk_file(session, actor, public_id, name), as_download=bool(download))


def looking_again(request: Request, response: Response, *views: WorkView) -> Response:
    """The page, which looks again by itself while one of its works is being made."""
    waits = [view.reload_s for view in views if view.reloads]
    return look_again(request, response, after_s=min(waits)) if waits else response


def desk_address(wanted: str) -> str:
    """A page of the desk, for an answer that leads back there; anything else leads to the desk's first page."""
    return wanted if wanted.startswith("/desk/") and "\\" not in wanted and wanted.isprintable() else "/desk"


def _sent(request: Request, runtime: Runtime, found: WorkFile, *, as_download: bool) -> Response:
    return serve_file(
        request,
        runtime.storage,
        key=found.storage_key,
        media_type=found.media_type,
        size_bytes=found.size_bytes,
        tag=found.sha256,
        file_name=found.file_name if as_download else None,
    )
