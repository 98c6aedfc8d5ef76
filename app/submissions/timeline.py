"""The way of a contribution in words, as its receipt tells it."""

from datetime import datetime

from app.enums import SubmissionState
from app.models import Submission
from app.submissions.contexts import Moment
from app.submissions.queries import Place
from app.web.i18n import Translator, _

S = SubmissionState
DONE, NOW, NEXT = "done", "now", "next"
RECEIVED = _("It has arrived")
PREPARING, PREPARED, NOT_PREPARED = _("It is being prepared"), _("It is prepared"), _("It could not be prepared")
LOOKING = _("A person in your city looks at it")
APPROVED, REJECTED = _("A person looked at it and said yes"), _("A person looked at it: it cannot be shown")
SHOWN, WILL_SHOW, NOT_SHOWN = _("It is shown on the campaign's pages"), _("It is shown"), _("It is not shown, as you chose")


def timeline(submission: Submission, place: Place, speech: Translator, *, is_shown: bool) -> list[Moment]:
    """What has happened, what happens now and what is still to come."""
    zone = place.city.time_zone

    def moment(label: str, state: str, at: datetime | None = None) -> Moment:
        said = speech.at_time(at, zone) if at else None
        return Moment(speech.gettext(label), said, state)

    received = moment(RECEIVED, DONE, submission.received_at)
    prepared = moment(PREPARED, DONE, submission.prepared_at)
    ends = {
        S.RECEIVED: [moment(PREPARING, NOW), moment(LOOKING, NEXT), moment(WILL_SHOW, NEXT)],
        S.FAILED: [moment(NOT_PREPARED, NOW)],
        S.PENDING: [prepared, moment(LOOKING, NOW), moment(WILL_SHOW, NEXT)],
        S.REJECTED: [prepared, moment(REJECTED, NOW, submission.decided_at)],
        S.APPROVED: [prepared, moment(APPROVED, DONE, submission.decided_at), moment(SHOWN if is_shown else NOT_SHOWN, NOW)],
        S.WITHDRAWN: [],
    }
    return [received, *ends[submission.state]]
