"""The headers that keep a page to itself."""

import base64
import hashlib
import re
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
EMBED_SECURITY_POLICY = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
# of a page that works with somebody's own picture: it can read it, and open no connection and send no form with it
PICTURE_STAYS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'none'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cache-Control": "no-cache",
}


_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def document_policy(page: bytes) -> str:
    """The policy of a page that brings its own style, to be opened from a disk as well: just that style, and our pictures."""
    digests = (base64.b64encode(hashlib.sha256(style).digest()).decode() for style in _STYLE.findall(page))
    styles = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
    return f"default-src 'none'; style-src {styles}; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"


def look_again(request: Request, response: Response, *, after_s: int) -> Response:
    """Have the browser ask for the page anew after so long.

    The address is told, without what stands behind `#`: where it is not, browsers jump on the page instead of asking for it.
    """
    query = f"?{request.url.query}" if request.url.query else ""
    response.headers["Refresh"] = f"{after_s}; url={quote(request.url.path)}{query}"
    return response


def add_security_headers(headers: MutableHeaders) -> None:
    """Add each that the answer did not set itself."""
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
