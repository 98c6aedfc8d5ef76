"""One shape for every refusal: kind + stable code + parameters; its sentence is written in the reader's language, later."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

MOST_NAMED = 12  # more names in one sentence nobody reads


class ErrorKind(StrEnum):
    """What sort of refusal it is; the web maps each kind to one HTTP status, the command line to one exit code."""

    INVALID = "invalid"  # what was sent cannot be taken as it is
    SIGN_IN = "sign_in"  # nobody is signed in
    FORBIDDEN = "forbidden"  # somebody is, and may not
    NOT_FOUND = "not_found"  # it is not there, or not for these eyes
    CONFLICT = "conflict"  # it was possible a moment ago
    GONE = "gone"  # it was there and has been taken back or used up
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"  # ours to mend


class Refused(Exception):  # noqa: N818 - named for what the person meets, not for the machine
    """A rule said no; `code` is stable in page, JSON and job, `params` fill the sentence."""

    def __init__(self, code: str, /, *, kind: ErrorKind = ErrorKind.INVALID, field: str | None = None, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.kind = kind
        self.field = field
        self.params: dict[str, Any] = params


class RefusedFields(Refused):
    """Several fields of one form were refused; all of them are said at once, so that nobody mends them one by one."""

    def __init__(self, refusals: list[Refused]) -> None:
        super().__init__("form.refused", count=len(refusals))
        self.refusals = refusals


class NotFound(Refused):
    """It is not there, or not for the person who asks; both look the same from outside."""

    def __init__(self, code: str = "not_found", /, **params: Any) -> None:
        super().__init__(code, kind=ErrorKind.NOT_FOUND, **params)


class Unknown(Exception):  # noqa: N818 - what was asked for is
    """A name on the command line that stands for nothing; says what there is, the most alike first where that is much."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        there = list(known)
        named = there
        if len(there) > MOST_NAMED:
            alike = sorted(there, key=lambda each: -SequenceMatcher(None, name, each).ratio())
            named = [*alike[:MOST_NAMED], f"and {len(there) - MOST_NAMED} more"]
        super().__init__(f"There is no {what} {name}. There is: {', '.join(named) or 'none yet'}.")
