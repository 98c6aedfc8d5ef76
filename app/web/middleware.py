"""Around every request: its language, its origin, and the headers that keep a page to itself."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import ErrorKind, Refused
from app.web.errors import answer
from app.web.headers import add_security_headers
from app.web.i18n import negotiate, page_languages

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LANGUAGE_COOKIE = "language"
YEAR_S = 365 * 24 * 3600
MAX_FORM_BYTES = 1_000_000


class SecurityHeaders:
    """Adds the headers to every answer that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_security_headers(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, with_headers)


class SmallBodies:
    """Stops reading a body at a megabyte, unless the endpoint takes files (`state.may_be_large`): others hold it in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state, received_bytes = scope.setdefault("state", {}), 0

        async def counted() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > MAX_FORM_BYTES and not state.get("may_be_large", False):
                raise Refused(
                    "upload.too_large", kind=ErrorKind.TOO_LARGE, limit_bytes=MAX_FORM_BYTES, actual_bytes=received_bytes
                )
            return message

        await self._app(scope, counted, send)


class SameOriginOnly:
    """Refuses state-changing requests that another site started: by Sec-Fetch-Site, else by Origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and self._is_foreign(scope):
            response = answer(Request(scope), Refused("cross_site", kind=ErrorKind.FORBIDDEN))
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    @staticmethod
    def _is_foreign(scope: Scope) -> bool:
        headers = Headers(scope=scope)
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in {"same-origin", "none"}
        origin = headers.get("origin")
        if origin is None:
            return False  # no browser sends neither; a command-line client carries no one's cookie by accident
        return urlsplit(origin).netloc != headers.get("host")


class PageLanguage:
    """Finds the language of a page: asked for by `?lang=` (and remembered, mostly), by cookie, by the browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        asked = QueryParams(scope["query_string"]).get("lang")
        cookie = cookie_parser(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
        wanted = [tag for tag in (asked, cookie) if tag] + _accepted(headers.get("accept-language", ""))
        state = {"wanted_languages": wanted, "spoken_languages": page_languages(), "language": negotiate(wanted)}
        scope.setdefault("state", {}).update(state)  # a page of residents says while it answers that it speaks more
        if asked and asked != cookie and scope["method"] == "GET":
            await self._remember(scope, receive, send, asked)
            return
        await self._app(scope, receive, send)

    async def _remember(self, scope: Scope, receive: Receive, send: Send, language: str) -> None:
        async def with_cookie(message: Message) -> None:
            keeps = not scope["state"].get("sets_no_cookie", False)  # an embed on another site says so while it answers
            keeps = keeps and language in scope["state"]["spoken_languages"]
            if message["type"] == "http.response.start" and keeps:
                cookie = f"{LANGUAGE_COOKIE}={language}; Path=/; Max-Age={YEAR_S}; SameSite=Lax"
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self._app(scope, receive, with_cookie)


def _accepted(header: str) -> list[str]:
    """Languages of an Accept-Language header, most wanted first."""
    weighted: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            weight = 0.0
        if tag and tag != "*":
            weighted.append((-weight, tag))
    return [tag for _, tag in sorted(weighted, key=lambda pair: pair[0])]
