"""What may be approved, what a rejection needs, what may be taken away: pure."""

from collections.abc import Collection

from app.enums import Purpose, RejectionReason, SubmissionKind, SubmissionState, Verdict
from app.errors import ErrorKind, Refused

SPOKEN_KINDS = frozenset({SubmissionKind.CLIP, SubmissionKind.SOUND})
MAX_NOTE_CHARS = 600


def check_words(kind: SubmissionKind, *, spoken_words: str, no_speech: bool) -> None:
    """Refuses `moderation.words_needed`: a clip or sound is shown only with what is said in it, or the mark that nothing is."""
    if kind in SPOKEN_KINDS and not spoken_words and not no_speech:
        raise Refused("moderation.words_needed", field="spoken_words")


def check_reason(verdict: Verdict, reason: RejectionReason | None) -> None:
    """Refuses `moderation.reason_needed`: nobody is turned away without being told why."""
    if verdict is Verdict.REJECT and reason is None:
        raise Refused("moderation.reason_needed", field="reason")


def state_after(verdict: Verdict) -> SubmissionState:
    """Where a decision moves a contribution."""
    return SubmissionState.APPROVED if verdict is Verdict.APPROVE else SubmissionState.REJECTED


def check_may_leave(state: SubmissionState, agreed: Collection[Purpose]) -> None:
    """Refuses to hand out files: `moderation.not_approved`, `moderation.no_social_consent`."""
    if state is not SubmissionState.APPROVED:
        raise Refused("moderation.not_approved", kind=ErrorKind.FORBIDDEN)
    if Purpose.NETWORK_ACCOUNTS not in agreed:
        raise Refused("moderation.no_social_consent", kind=ErrorKind.FORBIDDEN)
