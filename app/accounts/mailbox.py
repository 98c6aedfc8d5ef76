"""How the mailbox at the desk says what became of a mail."""

from datetime import datetime

from app.accounts.contexts import MailLine
from app.enums import MailState, MailTrouble
from app.mail.outbox import may_be_resent
from app.mail.queries import Posted
from app.models import Mail
from app.web.i18n import Translator, _, translator

STATES = {
    MailState.QUEUED: _("Waiting"),
    MailState.SENDING: _("Being sent"),
    MailState.SENT: _("Sent"),
    MailState.FAILED: _("Not sent"),
    MailState.UNKNOWN: _("Unknown"),
}
MARKS = {
    MailState.QUEUED: "due",
    MailState.SENDING: "due",
    MailState.SENT: "done",
    MailState.FAILED: "missing",
    MailState.UNKNOWN: "missing",
}
REASONS = {
    "sign_in": _("Link to sign in"),
    "invitation": _("Invitation"),
    "brief_opened": _("Brief to be read"),
    "brief_fixed": _("Brief fixed"),
    "figures": _("Three numbers"),
    "thanks": _("Thanks"),
    "report": _("Report"),
    "reminder": _("Reminder"),
    "day_moved": _("Another day"),
    "kit_ready": _("Kit ready"),
    "kit_changed": _("Kit changed"),
    "card_of_the_day": _("Card of the day"),
    "spotlight": _("In the spotlight"),
}
_WAITING = {
    MailTrouble.REFUSED: _("The mail server does not take it yet: “%(said)s”."),
    MailTrouble.UNREACHABLE: _("The mail server was not reached: “%(said)s”."),
}
_FAILED = {
    MailTrouble.REFUSED: _("The mail server refused it: “%(said)s”."),
    MailTrouble.UNREACHABLE: _("The mail server was not reached: “%(said)s”."),
    MailTrouble.TOO_LATE: _("It could not be sent while it was of use."),
    MailTrouble.BOUNCED: _("It came back: “%(said)s”. Correct the address in the network's table."),
}
_GIVEN_UP = _("It was given up after several attempts.")
_UNKNOWN = _(
    "The connection or the service stopped while it was handed over, so it may have arrived. "
    "Ask the person before you send it again."
)
_NOT_KEPT = _("Its text is not kept: a new link comes from the page to sign in.")


def reason_label(reason: str, speech: Translator) -> str:
    """What a mail was written for."""
    return speech.gettext(REASONS[reason]) if reason in REASONS else reason


def line(posted: Posted, speech: Translator) -> MailLine:
    """One mail as the mailbox shows it; never what is in it."""
    mail, person = posted.mail, posted.person
    return MailLine(
        name=person.name,
        email=person.email,
        subject=mail.subject,
        language=translator(person.language).language,
        reason=reason_label(mail.reason, speech),
        written=said_at(mail.created_at, speech),
        state=speech.gettext(STATES[mail.state]),
        mark=MARKS[mail.state],
        details=_details(posted, speech),
        resend_href=f"/desk/mails/{mail.id}/resend" if may_be_resent(mail) else None,
    )


def said_at(instant: datetime, speech: Translator) -> str:
    """An instant of the service itself, which has no city."""
    return speech.gettext(_("%(time)s UTC")) % {"time": speech.at_time(instant, "UTC")}


def _details(posted: Posted, speech: Translator) -> list[str]:
    mail = posted.mail
    if mail.state is MailState.SENT and mail.sent_at is not None:
        return [said_at(mail.sent_at, speech)]
    if mail.state is MailState.QUEUED:
        return _why(mail, _WAITING, speech) + _next_try(posted, speech)
    if mail.state is MailState.FAILED:
        why = _why(mail, _FAILED, speech) or [speech.gettext(_GIVEN_UP)]
        is_link = not mail.body and mail.trouble is not MailTrouble.BOUNCED
        return why + ([speech.gettext(_NOT_KEPT)] if is_link else [])
    return [speech.gettext(_UNKNOWN)] if mail.state is MailState.UNKNOWN else []


def _why(mail: Mail, sentences: dict[MailTrouble, str], speech: Translator) -> list[str]:
    if mail.trouble not in sentences:
        return []
    return [speech.gettext(sentences[mail.trouble]) % {"said": mail.error_detail or ""}]


def _next_try(posted: Posted, speech: Translator) -> list[str]:
    if posted.waiting is None or not posted.waiting.attempts:
        return []
    sentence = speech.ngettext(
        "Tried once; again at %(time)s.", "Tried %(num)s times; again at %(time)s.", posted.waiting.attempts
    )
    number = speech.number(posted.waiting.attempts)
    return [sentence % {"num": number, "time": said_at(posted.waiting.run_after, speech)}]
