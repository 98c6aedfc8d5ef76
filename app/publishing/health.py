"""What machines ask: does the process live, can it do its work, where may a crawler go."""

import tempfile

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError

from app.db.migrate import current_revision, newest_revision
from app.runtime import Runtime
from app.web.deps import RuntimeDep

router = APIRouter(include_in_schema=False)
# receipts are private, the desk is for those who sign in
ROBOTS = "User-agent: *\nDisallow: /r/\nDisallow: /desk\nDisallow: /sign-in\nDisallow: /api/\n"


@router.get("/healthz")
def healthz() -> PlainTextResponse:
    """The process lives."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def readyz(runtime: RuntimeDep) -> JSONResponse:
    """Whether the database is the one this code expects and files can be written; 503 when not."""
    checks = {"database": _database(runtime), "storage": _storage(runtime)}
    ready = all(state == "ok" for state in checks.values())
    return JSONResponse({"ready": ready, **checks}, status_code=200 if ready else 503)


def _database(runtime: Runtime) -> str:
    try:
        current = current_revision(runtime.database.engine)
    except SQLAlchemyError:
        return "unreachable"
    return "ok" if current == newest_revision() else "needs_migration"


def _storage(runtime: Runtime) -> str:
    try:
        with tempfile.NamedTemporaryFile(dir=runtime.settings.incoming_dir, prefix=".ready-") as file:
            file.write(b"ready")
    except OSError:
        return "not_writable"
    return "ok"


@router.get("/robots.txt")
def robots() -> PlainTextResponse:
    """Where a crawler may go."""
    return PlainTextResponse(ROBOTS)
