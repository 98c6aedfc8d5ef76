"""The way of a contribution in words, as its receipt tells it."""

from datetime import datetime

from app.enums import SubmissionState
from app.models import Submission
from app.submissions.contexts import Moment
from app.submissions.queries import Place
from app.web.i18n import Translator, _
from app.words import Chosen

S = SubmissionState
DONE, NOW, NEXT = "done", "now", "next"
RECEIVED = _("It has arrived")
PREPARING, PREPARED, NOT_PREPARED = _("It is being prepared"), _("It is prepared"), _("It could not be prepared")
LOOKING, KEEPER_LOOKING = _("A person in your city looks at it"), _("A person of “%(keeper)s” looks at it")
APPROVED, REJECTED = _("A person looked at it and said yes"), _("A person looked at it: it cannot be shown")
SHOWN, WILL_SHOW, NOT_SHOWN = _("It is shown on the campaign's pages"), _("It is shown"), _("It is not shown, as you chose")


def timeline(submission: Submission, place: Place, speech: Translator, *, keeper: Chosen | None, is_shown: bool) -> list[Moment]:
    """What has happened, what happens now and what is still to come; without a keeper, the city's own people look at it."""
    zone = place.city.time_zone

    def moment(label: str, state: str, at: datetime | None = None) -> Moment:
        said = speech.at_time(at, zone) if at else None
        return Moment(speech.gettext(label), said, state)

    def looking(state: str) -> Moment:
        if keeper is None:
            return moment(LOOKING, state)
        return Moment(speech.gettext(KEEPER_LOOKING) % {"keeper": keeper.text}, None, state)

    received = moment(RECEIVED, DONE, submission.received_at)
    prepared = moment(PREPARED, DONE, submission.prepared_at)
    ends = {
        S.RECEIVED: [moment(PREPARING, NOW), looking(NEXT), moment(WILL_SHOW, NEXT)],
        S.FAILED: [moment(NOT_PREPARED, NOW)],
        S.PENDING: [prepared, looking(NOW), moment(WILL_SHOW, NEXT)],
        S.REJECTED: [prepared, moment(REJECTED, NOW, submission.decided_at)],
        S.APPROVED: [prepared, moment(APPROVED, DONE, submission.decided_at), moment(SHOWN if is_shown else NOT_SHOWN, NOW)],
        S.WITHDRAWN: [],
    }
    return [received, *ends[submission.state]]
