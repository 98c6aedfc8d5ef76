"""Sign in by a link, sign out."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app import mail
from app.accounts.contexts import SignInLinkPage, SignInPage
from app.accounts.deps import SESSION_COOKIE, MaybeActor
from app.accounts.queries import actor_of
from app.accounts.service import (
    asked_just_now,
    link_is_good,
    make_sign_in_link,
    person_by_email,
    sign_out,
    spend_link,
    token_sha256,
)
from app.errors import ErrorKind, Refused, RefusedFields
from app.models import Network
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import field_errors
from app.web.i18n import _, translator
from app.web.letters import Letter, write_letter
from app.web.templating import render

router = APIRouter(include_in_schema=False)
MAIL_SUBJECT = _("Your link to sign in to Polyphony")
MAIL_OPENING = _("here is your link to sign in to Polyphony. It works once, for %(minutes)s minutes:")
MAIL_CLOSING = _("If you did not ask for it, you need do nothing.")


@router.get("/desk/sign-in")
def ask_for_address(request: Request, actor: MaybeActor) -> Response:
    """The form for an address."""
    if actor is not None:
        return RedirectResponse("/desk", status_code=303)
    return render(request, "accounts/sign_in.html", SignInPage())


@router.post("/desk/sign-in")
def mail_link(
    request: Request, session: WriteSession, fields: FieldsDep, runtime: RuntimeDep, now: Now, speech: Speech
) -> Response:
    """Mail a link; the answer is the same whether the address is known, so that nobody can ask who works here."""
    email = fields.text("email", max_chars=254)
    if email and "@" not in email:
        fields.refuse("email", "sign_in.not_an_address")
    try:
        fields.refuse_if_wrong()
    except RefusedFields as refused:
        page = SignInPage(email=fields.raw("email"), errors=field_errors(refused, speech))
        return render(request, "accounts/sign_in.html", page, status=422)
    person = person_by_email(session, email)
    known = actor_of(session, person) if person is not None else None  # whoever has no role left could not come in
    if person is not None and known is not None and not asked_just_now(session, person, now=now):
        minutes = runtime.settings.sign_in_link_minutes
        token = make_sign_in_link(session, person, now=now, lifetime=timedelta(minutes=minutes))
        words = translator(person.language)
        letter = Letter(
            name=person.name,
            opening=words.gettext(MAIL_OPENING) % {"minutes": words.number(minutes)},
            about=None,
            act=words.gettext(_("Sign in")),
            link=f"{runtime.settings.resolved_base_url}/sign-in/{token}",
            closing=words.gettext(MAIL_CLOSING),
        )
        names = session.get_one(Network, known.network_id).names
        subject = words.gettext(MAIL_SUBJECT)
        mail.send(
            session,
            network_id=known.network_id,
            person=person,
            reason="sign_in",
            written=write_letter(letter, subject=subject, network_names=names, language=person.language),
            idempotency_key=f"sign_in:{token_sha256(token)}",
            now=now,
            not_after=now + timedelta(minutes=minutes),
        )
    return render(
        request, "accounts/sign_in.html", SignInPage(email=email, sent=True, mails_are_files=not runtime.settings.smtp_url)
    )


@router.get("/sign-in/{token}")
def show_button(request: Request, token: str, session: ReadSession, now: Now) -> Response:
    """One button; opening the link spends nothing."""
    if not link_is_good(session, token, now=now):
        raise Refused("sign_in.link_used_up", kind=ErrorKind.GONE)
    return render(request, "accounts/sign_in_link.html", SignInLinkPage(token))


@router.post("/sign-in/{token}")
def sign_in(token: str, session: WriteSession, runtime: RuntimeDep, now: Now) -> Response:
    """Spend the link and open a session."""
    lifetime = timedelta(days=runtime.settings.session_days)
    cookie = spend_link(session, token, now=now, lifetime=lifetime)
    answer = RedirectResponse("/desk", status_code=303)
    answer.set_cookie(
        SESSION_COOKIE,
        cookie,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=runtime.settings.cookies_are_secure,
        path="/",
    )
    return answer


@router.post("/sign-out")
def end_session(request: Request, session: WriteSession, now: Now) -> Response:
    """Sign out here."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie:
        sign_out(session, cookie, now=now)
    answer = RedirectResponse("/", status_code=303)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer
