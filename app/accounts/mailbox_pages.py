"""The mailbox at the desk: what became of every mail of the network, and a second try where nobody can know."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from app import mail
from app.accounts import mailbox
from app.accounts.contexts import MailboxPage, ResendPage
from app.accounts.deps import CurrentActor, require
from app.accounts.desk import desk_nav
from app.enums import MailState, Permission
from app.errors import ErrorKind, NotFound, Refused
from app.mail.message import sender_address
from app.mail.queries import mail_of, mails_of, reasons_of
from app.web.deps import Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.templating import render

LAST_PAGE = 100_000
MailId = Annotated[int, Path(ge=1, le=2**31 - 1)]

router = APIRouter(include_in_schema=False)


@router.get("/desk/mails")
def all_mails(
    request: Request,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    runtime: RuntimeDep,
    state: str = "",
    reason: str = "",
    page: int = 1,
    resent: str = "",
) -> Response:
    """Every mail of the network, by state and reason."""
    require(actor, Permission.MANAGE_NETWORK)
    number = min(max(page, 1), LAST_PAGE)
    reasons = reasons_of(session, actor.network_id)
    wanted_state = MailState(state) if state in set(MailState) else None
    wanted_reason = reason if reason in reasons else None
    posted, has_more = mails_of(session, actor.network_id, state=wanted_state, reason=wanted_reason, page=number)
    chosen = {key: value for key, value in (("state", wanted_state), ("reason", wanted_reason)) if value}
    return render(
        request,
        "accounts/mails.html",
        MailboxPage(
            desk_nav=desk_nav(actor, speech, "mails"),
            lines=[mailbox.line(each, speech) for each in posted],
            states=[(each.value, speech.gettext(label)) for each, label in mailbox.STATES.items()],
            reasons=sorted(((each, mailbox.reason_label(each, speech)) for each in reasons), key=lambda pair: pair[1].casefold()),
            state=wanted_state or "",
            reason=wanted_reason or "",
            was_resent=bool(resent),
            bounces_to=sender_address(runtime.settings) if runtime.settings.smtp_url else None,
            later_href=f"/desk/mails?{urlencode(chosen | {'page': number - 1})}" if number > 1 else None,
            earlier_href=f"/desk/mails?{urlencode(chosen | {'page': number + 1})}" if has_more else None,
        ),
    )


@router.get("/desk/mails/{mail_id}/resend")
def ask_before_resending(
    request: Request, mail_id: MailId, actor: CurrentActor, session: ReadSession, speech: Speech
) -> Response:
    """What is known of a mail, and one button that sends it again."""
    require(actor, Permission.MANAGE_NETWORK)
    posted = mail_of(session, actor.network_id, mail_id)
    if posted is None:
        raise NotFound("mail.missing")
    line = mailbox.line(posted, speech)
    if line.resend_href is None:
        raise Refused("mail.not_to_be_resent", kind=ErrorKind.CONFLICT)
    return render(request, "accounts/mail_resend.html", ResendPage(desk_nav(actor, speech, "mails"), line))


@router.post("/desk/mails/{mail_id}/resend")
def resend(mail_id: MailId, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Send it again."""
    require(actor, Permission.MANAGE_NETWORK)
    mail.resend(session, mail_id, network_id=actor.network_id, actor_id=actor.person_id, now=now)
    return RedirectResponse("/desk/mails?resent=1", status_code=303)
