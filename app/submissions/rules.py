"""Which way a submission may go, which kind it is, and what is too much: pure."""

from collections.abc import Collection, Mapping

from app.enums import Purpose, SubmissionKind, SubmissionState
from app.errors import ErrorKind, Refused

S = SubmissionState
TRANSITIONS: Mapping[SubmissionState, frozenset[SubmissionState]] = {
    S.RECEIVED: frozenset({S.PENDING, S.FAILED, S.WITHDRAWN}),
    S.PENDING: frozenset({S.APPROVED, S.REJECTED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.REJECTED, S.WITHDRAWN}),  # a change of mind
    S.REJECTED: frozenset({S.APPROVED, S.WITHDRAWN}),
    S.FAILED: frozenset({S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
}

MAX_NAME_CHARS = 120
MAX_ALT_CHARS = 1000
MAX_CREDIT_CHARS = 200
MAX_SPOKEN_CHARS = 8000  # ten minutes of quick speech
MAX_CONSENT_NOTE_CHARS = 2000


def check_move(now_in: SubmissionState, to: SubmissionState) -> None:
    """Refuses `submission.no_such_move` when the way is closed."""
    if to not in TRANSITIONS[now_in]:
        raise Refused("submission.no_such_move", kind=ErrorKind.CONFLICT, now_in=now_in.value, to=to.value)


def changes_the_wall(before: SubmissionState, after: SubmissionState) -> bool:
    """Whether what is assembled from approved contributions must be built again."""
    return (before is S.APPROVED) != (after is S.APPROVED)


def check_kind(kind: SubmissionKind, allowed: Collection[str]) -> None:
    """Refuses a file of a kind that the campaign does not take, and words alone where a file is asked for.

    `upload.{found}_but_{allowed...}` names what was found and what may come instead, so that each is one whole sentence.
    """
    if kind.value in allowed:
        return
    if kind is SubmissionKind.TEXT:
        raise Refused("submission.file_needed", field="file")
    others = [each.value for each in (SubmissionKind.PHOTO, SubmissionKind.CLIP, SubmissionKind.SOUND) if each.value in allowed]
    if not others:
        raise Refused("upload.words_only", field="file")
    code = f"upload.{kind.value}_but_{'_'.join(others)}"
    raise Refused(code, field="file")


def check_something_to_say(text: str, *, has_file: bool) -> None:
    """Refuses `submission.nothing_to_say` when there is neither a word nor a file."""
    if not text and not has_file:
        raise Refused("submission.nothing_to_say", field="text")


def check_text(text: str, *, limit_chars: int) -> None:
    """Refuses `submission.text_too_long` with both numbers."""
    if len(text) > limit_chars:
        raise Refused("submission.text_too_long", field="text", limit_chars=limit_chars, actual_chars=len(text))


def check_purposes(purposes: Collection[Purpose]) -> None:
    """Refuses `consent.pages_needed`: what may not even stand on the campaign's pages, nobody could look at."""
    if Purpose.CAMPAIGN_PAGES not in purposes:
        raise Refused("consent.pages_needed", field="consent_campaign_pages")
