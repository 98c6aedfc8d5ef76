"""Mails: once for each reason and person, over a real SMTP server; what became of one is never guessed."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from app import mail
from app.doctor import examine
from app.enums import MailState, MailTrouble, RoleName
from app.jobs import JobRegistry
from app.mail import Written, note_bounce
from app.mail.delivery import WAITS
from app.models import Job, Mail, Network, Person
from app.runtime import Runtime
from app.words import Words
from app.worker.runner import Worker
from tests import factories
from tests.conftest import Clock

WRITTEN = Written(subject="Вітаємо", text="Come and join.\n", html="<p>Come and join.</p>\n")


@dataclass
class Mailbox:
    """A mail server that keeps what it is given, or refuses it."""

    offered: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    answer: str = "250 OK"
    answer_to: dict[str, str] = field(default_factory=dict)
    good_bye: str = "221 Bye"
    hangs_up_after: str = ""

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - the library's name
        if self.hangs_up_after == "RCPT":
            server.transport.abort()
        answer = self.answer_to.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.offered.append(envelope.content)
        if self.hangs_up_after == "DATA":
            server.transport.abort()
        if self.answer.startswith("250"):
            self.received.append(envelope.content)
        return self.answer

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        return self.good_bye

    def read(self) -> list[EmailMessage]:
        """What arrived, as a mail program reads it."""
        return [message_from_bytes(each, policy=default) for each in self.received]


class KilledError(BaseException):
    """Stands for the end of the process."""


@contextmanager
def mail_server(runtime: Runtime, box: Mailbox, port: int, *, utf8: bool = True) -> Iterator[None]:
    controller = Controller(box, hostname="127.0.0.1", port=port, enable_SMTPUTF8=utf8)
    controller.start()
    runtime.settings.smtp_url = f"smtp://127.0.0.1:{port}"
    yield
    controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@pytest.fixture
def mailbox(runtime: Runtime) -> Iterator[Mailbox]:
    """A real SMTP server that the settings name."""
    box = Mailbox()
    with mail_server(runtime, box, free_port()):
        yield box


def send_one(
    runtime: Runtime,
    *,
    email: str = "manager@network.example",
    written: Written = WRITTEN,
    reason: str = "invitation",
    good_for: timedelta | None = None,
) -> None:
    with runtime.database.writing() as session:
        network = session.scalars(select(Network)).first() or factories.network(session)
        person = session.scalar(select(Person).where(Person.email == email))
        person = person or factories.person(session, network, RoleName.MANAGER, email=email)
        mail.send(
            session,
            network_id=network.id,
            person=person,
            reason=reason,
            written=written,
            idempotency_key=f"{reason}:1:{person.id}",
            now=runtime.now(),
            not_after=runtime.now() + good_for if good_for else None,
        )


def work(runtime: Runtime) -> None:
    registry = JobRegistry()
    for kind in mail.KINDS:
        registry.register(kind)
    Worker(runtime, registry).run_until_idle(20)


def rows(runtime: Runtime) -> list[tuple[MailState, str]]:
    with runtime.database.reading() as session:
        return [(row.state, row.body) for row in session.scalars(select(Mail).order_by(Mail.id))]


def trouble(runtime: Runtime) -> tuple[MailTrouble | None, str | None]:
    with runtime.database.reading() as session:
        row = session.scalars(select(Mail)).one()
        return row.trouble, row.error_detail


def test_a_mail_for_one_reason_goes_out_once(runtime: Runtime, mailbox: Mailbox) -> None:
    for _ in range(3):
        send_one(runtime)
        work(runtime)
    (message,) = mailbox.read()
    assert message["To"] == "manager@network.example"
    assert str(message["Message-ID"]).endswith("@polyphony>")
    assert rows(runtime) == [(MailState.SENT, "")]


def test_a_mail_comes_from_the_network_and_answers_go_there(runtime: Runtime, mailbox: Mailbox) -> None:
    runtime.settings.mail_from = "Somebody <post@service.example>"
    send_one(runtime)
    with runtime.database.writing() as session:
        session.scalars(select(Network)).one().names = Words.one("it", "Città, «voci» & Überall")
    work(runtime)
    (message,) = mailbox.read()
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Città, «voci» & Überall", "post@service.example")
    assert (message["Reply-To"], message["Subject"]) == ("privacy@voices.example", "Вітаємо")


def test_a_mail_is_the_same_words_twice_as_text_and_as_html(runtime: Runtime, mailbox: Mailbox) -> None:
    send_one(runtime, written=Written("Subject", "مرحبا بكم\n", "<p>مرحبا بكم</p>\n"))
    work(runtime)
    (message,) = mailbox.read()
    assert message.get_content_type() == "multipart/alternative"
    assert [(part.get_content_type(), part.get_content().strip()) for part in message.iter_parts()] == [
        ("text/plain", "مرحبا بكم"),
        ("text/html", "<p>مرحبا بكم</p>"),
    ]
    assert mailbox.received[0].isascii()


def test_a_line_end_in_a_name_or_a_subject_makes_no_header(runtime: Runtime, mailbox: Mailbox) -> None:
    send_one(runtime, written=Written("Hello\r\nBcc: all@cities.example", "Text\n", ""))
    with runtime.database.writing() as session:
        session.scalars(select(Network)).one().names = Words.one("en", "Cities\r\nBcc: all@cities.example\r\n\r\nof Voices")
    work(runtime)
    (message,) = mailbox.read()
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: all@cities.example"
    assert message["From"].addresses[0].display_name == "Cities Bcc: all@cities.example of Voices"


@pytest.mark.parametrize("killed_in", ["mail", "data"])
def test_a_kill_before_the_data_sends_it_later_and_a_kill_after_them_leaves_it_unknown(
    runtime: Runtime, mailbox: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch, killed_in: str
) -> None:
    send_one(runtime)
    whole = getattr(smtplib.SMTP, killed_in)

    def cut_short(server: smtplib.SMTP, *given: Any) -> None:
        whole(server, *given)
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(smtplib.SMTP, killed_in, cut_short)
        with pytest.raises(KilledError):
            work(runtime)
    clock.advance(timedelta(minutes=2))  # the lease of the killed worker runs out
    work(runtime)
    assert len(mailbox.received) == 1
    assert rows(runtime) == [(MailState.SENT, "") if killed_in == "mail" else (MailState.UNKNOWN, WRITTEN.text)]


def test_a_mail_whose_sender_was_killed_is_unknown_and_not_sent_again(runtime: Runtime, mailbox: Mailbox) -> None:
    send_one(runtime)
    with runtime.database.writing() as session:  # as a kill leaves it between the attempt and its outcome
        session.scalars(select(Mail)).one().state = MailState.SENDING
    work(runtime)
    assert mailbox.received == []
    assert rows(runtime) == [(MailState.UNKNOWN, WRITTEN.text)]
    outcomes = next(finding for finding in examine(runtime.settings) if finding.subject == "outcomes")
    assert not outcomes.is_good
    assert "unknown: mail 1 (invitation) to manager@network.example" in outcomes.found
    assert "/desk/mails" in outcomes.advice


def test_a_mail_that_the_server_does_not_take_yet_is_tried_again_with_the_same_id(
    runtime: Runtime, mailbox: Mailbox, clock: Clock
) -> None:
    mailbox.answer = "450 not now"
    send_one(runtime)
    work(runtime)
    assert rows(runtime) == [(MailState.QUEUED, WRITTEN.text)]
    assert trouble(runtime) == (MailTrouble.REFUSED, "450 not now")
    mailbox.answer = "250 OK"
    clock.advance(WAITS[0])
    work(runtime)
    assert len({message_from_bytes(each)["Message-ID"] for each in mailbox.offered}) == 1
    assert (len(mailbox.offered), len(mailbox.received)) == (2, 1)
    assert rows(runtime) == [(MailState.SENT, "")]
    assert trouble(runtime) == (None, None)


def test_the_waits_grow_and_then_the_mail_is_given_up_and_its_text_kept(runtime: Runtime, mailbox: Mailbox, clock: Clock) -> None:
    mailbox.answer_to["manager@network.example"] = "451 grey"
    send_one(runtime)
    waited = []
    for _ in WAITS:
        work(runtime)
        with runtime.database.reading() as session:
            waited.append(session.scalars(select(Job.run_after)).one() - clock.now)
        clock.advance(waited[-1])
    assert rows(runtime) == [(MailState.QUEUED, WRITTEN.text)]
    work(runtime)
    assert waited == sorted(WAITS)
    assert rows(runtime) == [(MailState.FAILED, WRITTEN.text)]
    assert trouble(runtime) == (MailTrouble.REFUSED, "451 grey")


def test_a_refusal_is_final_at_once_and_takes_nobody_elses_mail_with_it(runtime: Runtime, mailbox: Mailbox) -> None:
    mailbox.answer_to["gone@city.example"] = "550 5.1.1 no such person"
    send_one(runtime, email="gone@city.example")
    send_one(runtime, email="here@city.example")
    work(runtime)
    assert [message["To"] for message in mailbox.read()] == ["here@city.example"]
    assert rows(runtime) == [(MailState.FAILED, WRITTEN.text), (MailState.SENT, "")]
    with runtime.database.reading() as session:
        first = session.get_one(Mail, 1)
        assert (first.trouble, first.error_detail) == (MailTrouble.REFUSED, "550 5.1.1 no such person")


def test_a_server_that_is_away_is_asked_again(runtime: Runtime, clock: Clock) -> None:
    port = free_port()
    runtime.settings.smtp_url = f"smtp://127.0.0.1:{port}"
    send_one(runtime)
    work(runtime)
    assert rows(runtime) == [(MailState.QUEUED, WRITTEN.text)]
    assert trouble(runtime)[0] is MailTrouble.UNREACHABLE
    box = Mailbox()
    clock.advance(WAITS[0])
    with mail_server(runtime, box, port):
        work(runtime)
    assert len(box.received) == 1
    assert rows(runtime) == [(MailState.SENT, "")]


@pytest.mark.parametrize(("moment", "state"), [("RCPT", MailState.QUEUED), ("DATA", MailState.UNKNOWN)])
def test_a_connection_that_breaks_leaves_a_doubt_only_once_the_data_had_begun(
    runtime: Runtime, mailbox: Mailbox, moment: str, state: MailState
) -> None:
    mailbox.hangs_up_after = moment
    send_one(runtime)
    work(runtime)
    assert rows(runtime) == [(state, WRITTEN.text)]


def test_a_server_that_says_an_odd_good_bye_has_the_mail_all_the_same(runtime: Runtime, mailbox: Mailbox) -> None:
    mailbox.good_bye = "500 what"
    send_one(runtime)
    work(runtime)
    assert rows(runtime) == [(MailState.SENT, "")]


def test_a_mail_that_is_of_no_use_any_more_is_not_sent_and_not_kept(runtime: Runtime, mailbox: Mailbox, clock: Clock) -> None:
    mailbox.answer = "450 not now"
    send_one(runtime, good_for=timedelta(minutes=1), reason="sign_in")
    work(runtime)
    mailbox.answer = "250 OK"
    clock.advance(timedelta(minutes=2))
    work(runtime)
    assert mailbox.received == []
    assert rows(runtime) == [(MailState.FAILED, "")]
    assert trouble(runtime) == (MailTrouble.TOO_LATE, "450 not now")


@pytest.mark.parametrize(
    ("email", "utf8", "taken"),
    [("amt@köln.example", False, "amt@xn--kln-sna.example"), ("höfe@köln.example", True, "höfe@xn--kln-sna.example")],
)
def test_an_address_in_letters_of_its_own_is_written_to(runtime: Runtime, email: str, utf8: bool, taken: str) -> None:  # noqa: FBT001
    box = Mailbox()
    with mail_server(runtime, box, free_port(), utf8=utf8):
        send_one(runtime, email=email)
        work(runtime)
    assert [message["To"] for message in box.read()] == [taken]
    assert rows(runtime) == [(MailState.SENT, "")]


def test_an_address_that_the_server_cannot_write_is_said(runtime: Runtime) -> None:
    with mail_server(runtime, Mailbox(), free_port(), utf8=False):
        send_one(runtime, email="höfe@city.example")
        work(runtime)
    assert rows(runtime) == [(MailState.FAILED, WRITTEN.text)]
    assert trouble(runtime) == (MailTrouble.REFUSED, "the server has no SMTPUTF8 for this address")


def test_a_mail_sent_again_by_hand_carries_the_same_id(runtime: Runtime, mailbox: Mailbox) -> None:
    mailbox.hangs_up_after = "DATA"
    send_one(runtime)
    work(runtime)
    mailbox.hangs_up_after = ""
    with runtime.database.writing() as session:
        row = session.scalars(select(Mail)).one()
        mail.resend(session, row.id, network_id=row.network_id, actor_id=row.person_id, now=runtime.now())
    work(runtime)
    assert len({message_from_bytes(each)["Message-ID"] for each in mailbox.offered}) == 1
    assert len(mailbox.offered) == 2
    assert rows(runtime) == [(MailState.SENT, "")]


def report(sent: EmailMessage, *, action: str = "failed", whole: bool = True, status: str = "5.1.1") -> bytes:
    """What a mail server sends back, as RFC 3464 has it (the form that Postfix writes)."""
    returned = sent.as_bytes() if whole else sent.as_bytes().split(b"\n\n")[0] + b"\n"
    kind = b"message/rfc822" if whole else b"text/rfc822-headers"
    return (
        b"From: MAILER-DAEMON@mx.example\nTo: polyphony@localhost\nSubject: Undelivered Mail Returned to Sender\n"
        b'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="cut"\n\n'
        b"--cut\nContent-Type: text/plain; charset=us-ascii\n\nI'm sorry to have to inform you ...\n\n"
        b"--cut\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        + f"Final-Recipient: rfc822; officer@torino.example\nAction: {action}\nStatus: {status}\n".encode()
        + b"Diagnostic-Code: smtp; 550 5.1.1 <officer@torino.example>: no such\n    mailbox\n\n"
        b"--cut\nContent-Type: " + kind + b"\n\n" + returned + b"\n--cut--\n"
    )


def only(runtime: Runtime) -> Mail:
    with runtime.database.reading() as session:
        return session.scalars(select(Mail)).one()


def bounced(runtime: Runtime, raw: bytes) -> int | None:
    with runtime.database.writing() as session:
        found = note_bounce(session, raw, now=runtime.now())
        return found.id if found else None


@pytest.mark.parametrize("whole", [True, False])
def test_a_mail_that_comes_back_is_shown_as_not_arrived_with_what_the_server_said(
    runtime: Runtime,
    mailbox: Mailbox,
    whole: bool,  # noqa: FBT001
) -> None:
    send_one(runtime)
    work(runtime)
    [sent] = mailbox.read()
    mail_id = bounced(runtime, report(sent, whole=whole))
    assert (only(runtime).id, only(runtime).state) == (mail_id, MailState.FAILED)
    assert trouble(runtime) == (MailTrouble.BOUNCED, "550 5.1.1 <officer@torino.example>: no such mailbox")
    assert bounced(runtime, report(sent, whole=whole)) is None  # the same report again


def test_a_delay_an_answer_and_a_report_of_somebody_elses_mail_change_nothing(runtime: Runtime, mailbox: Mailbox) -> None:
    send_one(runtime)
    work(runtime)
    [sent] = mailbox.read()
    answer = EmailMessage()
    answer["From"], answer["Subject"], answer["In-Reply-To"] = "officer@torino.example", "Out of office", sent["Message-ID"]
    answer.set_content("I am away until Monday.")
    strange = EmailMessage()
    strange["Message-ID"] = "<someone-else@mx.example>"
    strange.set_content("Hello.")
    for raw in (report(sent, action="delayed", status="4.4.1"), answer.as_bytes(), report(strange), b"", b"\xff\x00 no mail"):
        assert bounced(runtime, raw) is None
    assert only(runtime).state is MailState.SENT
