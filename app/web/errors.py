"""A refusal as page or JSON: one table from kind to status, the same code in both."""

import logging
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from psycopg.errors import NumericValueOutOfRange
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from app.errors import ErrorKind, NotFound, Refused, RefusedFields
from app.web.headers import add_security_headers
from app.web.i18n import SOURCE_LANGUAGE, Translator
from app.web.templating import render

STATUS = {
    ErrorKind.INVALID: 422,
    ErrorKind.SIGN_IN: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.GONE: 410,
    ErrorKind.TOO_LARGE: 413,
    ErrorKind.TOO_MANY: 429,
    ErrorKind.UNAVAILABLE: 503,
}
CODE_OF_STATUS = {404: "not_found", 405: "method_not_allowed"}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What a form shows beside a field, and in the summary that links to it."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The context of the error page."""

    status: int
    code: str
    sentences: list[str]


def field_errors(refused: Refused, speech: Translator) -> list[FieldError]:
    """The refusals of a form as its template shows them."""
    refusals = refused.refusals if isinstance(refused, RefusedFields) else [refused]
    return [FieldError(each.field or "form", speech.refusal(each)) for each in refusals]


def wants_json(request: Request) -> bool:
    """Whether the asker is a program."""
    return request.url.path.startswith("/api/")


def _json(refused: Refused, speech: Translator, status: int) -> JSONResponse:
    def body(each: Refused) -> dict[str, Any]:
        return {"code": each.code, "message": speech.refusal(each), "params": each.params, "field": each.field}

    refusals = refused.refusals if isinstance(refused, RefusedFields) else []
    return JSONResponse({"error": body(refused) | {"fields": [body(each) for each in refusals]}}, status_code=status)


def answer(request: Request, refused: Refused) -> Response:
    """The answer that says no; whoever has to sign in for a page is sent there and comes back."""
    speech = Translator(getattr(request.state, "language", SOURCE_LANGUAGE))
    status = STATUS[refused.kind]
    if wants_json(request):
        return _json(refused, speech, status)
    if refused.kind is ErrorKind.SIGN_IN and request.method == "GET":
        return RedirectResponse("/desk/sign-in", status_code=303)
    sentences = [each.sentence for each in field_errors(refused, speech)]
    return render(request, "error.html", ErrorPage(status, refused.code, sentences), status=status)


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of the app one of ours."""
    _install_database_errors(app)

    @app.exception_handler(Refused)
    def _refused(request: Request, refused: Refused) -> Response:
        return answer(request, refused)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return answer(
            request, Refused("request.invalid", where=".".join(str(part) for part in first["loc"]), found=first["type"])
        )

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, Refused):  # while a JSON body was read
            return answer(request, error.__cause__)
        if error.status_code == 404:
            return answer(request, NotFound())
        refused = Refused(CODE_OF_STATUS.get(error.status_code, "request.refused"), status=error.status_code)
        speech = Translator(request.state.language)
        if wants_json(request):
            return _json(refused, speech, error.status_code)
        return render(
            request,
            "error.html",
            ErrorPage(error.status_code, refused.code, [speech.refusal(refused)]),
            status=error.status_code,
        )

    @app.exception_handler(Exception)
    def _unexpected(request: Request, error: Exception) -> Response:
        logger.error("unexpected error at %s", request.url.path, exc_info=error)
        response = answer(request, Refused("unexpected", kind=ErrorKind.UNAVAILABLE))
        add_security_headers(response.headers)  # this one is answered outside of every middleware
        return response


def _install_database_errors(app: FastAPI) -> None:
    @app.exception_handler(OverflowError)
    def _no_id(request: Request, error: OverflowError) -> Response:
        """A number that is larger than any id: SQLite does not even look for it."""
        if "SQLite INTEGER" not in str(error):
            raise error
        return answer(request, NotFound())

    @app.exception_handler(DataError)
    def _unfit(request: Request, error: DataError) -> Response:
        """What no column of PostgreSQL can hold: a number that is larger than any id, or a NUL in an address."""
        if isinstance(error.orig, NumericValueOutOfRange):
            return answer(request, NotFound())
        logger.warning("%s was given what the database cannot hold: %s", request.url.path, type(error.orig).__name__)
        return answer(request, Refused("request.invalid", where="request", found="characters"))
