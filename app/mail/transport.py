"""Hands one message over, to a mail server or into a folder, and says exactly how far that went."""

import logging
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from app.enums import MailTrouble
from app.settings import Settings

SMTP_TIMEOUT_S = 30
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message with its envelope, and the name of the file it becomes where there is no server."""

    message: EmailMessage
    sender: str
    recipient: str
    file_name: str
    is_waited_for: bool


class NotTakenError(Exception):
    """It surely did not go out; `is_final` when the server will say the same the next time."""

    def __init__(self, trouble: MailTrouble, detail: str, *, is_final: bool) -> None:
        super().__init__(trouble.value, detail)
        self.trouble, self.detail, self.is_final = trouble, detail, is_final


class UnclearError(Exception):
    """The connection broke after the data had begun: nobody here knows whether it arrived."""


def hand_over(settings: Settings, outgoing: Outgoing, data_begin: Callable[[], None]) -> None:
    """Return once the message has been taken; `data_begin` is called right before its data go out.

    Raises NotTakenError when it surely did not go out, UnclearError when nobody can know.
    """
    if settings.smtp_url:
        _by_smtp(urlsplit(settings.smtp_url), outgoing, data_begin)
    else:
        _as_file(settings, outgoing, data_begin)


def _as_file(settings: Settings, outgoing: Outgoing, data_begin: Callable[[], None]) -> None:
    target, data = settings.mail_dir / outgoing.file_name, outgoing.message.as_bytes()
    data_begin()
    try:
        settings.mail_dir.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:  # half a file is nobody's mail, and is written over
        raise NotTakenError(MailTrouble.UNREACHABLE, str(error), is_final=False) from error
    text = outgoing.message.get_body(("plain",))
    lines = text.get_content().splitlines() if text is not None else []
    link = next((line for line in lines if line.startswith("http")), "")
    level = logging.INFO if outgoing.is_waited_for else logging.DEBUG
    logger.log(level, "no mail server is set; the mail for %s is in %s: %s", outgoing.recipient, target, link)


def _by_smtp(url: SplitResult, outgoing: Outgoing, data_begin: Callable[[], None]) -> None:
    data = outgoing.message.as_bytes()
    # what goes wrong before the envelope is about the way to the server and not about this mail: it is tried again whatever it is
    try:
        server = _connected(url)
    except (OSError, smtplib.SMTPException) as error:
        raise NotTakenError(MailTrouble.UNREACHABLE, str(error), is_final=False) from error
    try:
        _envelope(server, outgoing)
        data_begin()
        try:
            code, answer = server.data(data)
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise UnclearError(str(error)) from error
        if code != 250:
            raise _refusal(code, answer)
    finally:
        with suppress(
            OSError, smtplib.SMTPException
        ):  # the server has answered for the mail; how it says good-bye changes nothing
            server.quit()


def _connected(url: SplitResult) -> smtplib.SMTP:
    host, context = url.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, url.port or 465, timeout=SMTP_TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=SMTP_TIMEOUT_S)
    try:
        server.ehlo_or_helo_if_needed()
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _envelope(server: smtplib.SMTP, outgoing: Outgoing) -> None:
    options = [] if outgoing.recipient.isascii() else ["SMTPUTF8"]
    if options and not server.has_extn("smtputf8"):
        raise NotTakenError(MailTrouble.REFUSED, "the server has no SMTPUTF8 for this address", is_final=True)
    try:
        code, answer = server.mail(outgoing.sender, options)
        if code == 250:
            code, answer = server.rcpt(outgoing.recipient)
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise NotTakenError(MailTrouble.UNREACHABLE, str(error), is_final=False) from error
    if code not in {250, 251}:
        raise _refusal(code, answer)


def _refusal(code: int, answer: bytes | str) -> NotTakenError:
    said = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    detail = " ".join(f"{code} {said}".split())
    return NotTakenError(MailTrouble.REFUSED, detail, is_final=code >= 500)
