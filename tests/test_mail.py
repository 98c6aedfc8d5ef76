"""Mails: once for each reason and person, over a real SMTP server; what became of one is never guessed."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from app import mail
from app.doctor import examine
from app.enums import MailState, RoleName
from app.jobs import JobRegistry
from app.models import Mail, Person
from app.runtime import Runtime
from app.worker.runner import Worker
from tests import factories
from tests.conftest import Clock


@dataclass
class Mailbox:
    """A mail server that keeps what it is given, or refuses it."""

    received: list[bytes] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if self.answer.startswith("250"):
            self.received.append(envelope.content)
        return self.answer


@pytest.fixture
def mailbox(runtime: Runtime) -> Iterator[Mailbox]:
    """A real SMTP server that the settings name."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    runtime.settings.smtp_url = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()


def send_one(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        person = session.scalars(select(Person)).first() or factories.person(
            session, factories.network(session), RoleName.MANAGER
        )
        mail.send(
            session,
            person=person,
            reason="invitation",
            subject="Вітаємо",
            body="Come and join.\n",
            idempotency_key="invitation:1",
            now=runtime.now(),
        )


def work(runtime: Runtime) -> None:
    registry = JobRegistry()
    for kind in mail.KINDS:
        registry.register(kind)
    Worker(runtime, registry).run_until_idle(20)


def rows(runtime: Runtime) -> list[tuple[MailState, str]]:
    with runtime.database.reading() as session:
        return [(row.state, row.body) for row in session.scalars(select(Mail))]


def test_a_mail_for_one_reason_goes_out_once(runtime: Runtime, mailbox: Mailbox) -> None:
    for _ in range(3):
        send_one(runtime)
        work(runtime)
    message = message_from_bytes(mailbox.received[0])
    assert len(mailbox.received) == 1
    assert message["To"] == "manager@network.example"
    assert str(message["Message-ID"]).endswith("@polyphony>")
    assert rows(runtime) == [(MailState.SENT, "")]


def test_a_mail_whose_sender_was_killed_is_unknown_and_not_sent_again(runtime: Runtime, mailbox: Mailbox) -> None:
    send_one(runtime)
    with runtime.database.writing() as session:  # as a kill leaves it between the attempt and its outcome
        session.scalars(select(Mail)).one().state = MailState.SENDING
    work(runtime)
    assert mailbox.received == []
    assert rows(runtime) == [(MailState.UNKNOWN, "")]
    outcomes = next(finding for finding in examine(runtime.settings) if finding.subject == "outcomes")
    assert not outcomes.is_good
    assert "unknown: mail 1 (invitation) to manager@network.example" in outcomes.found


def test_a_mail_that_the_server_refuses_is_tried_again_and_then_shown_as_failed(
    runtime: Runtime, mailbox: Mailbox, clock: Clock
) -> None:
    mailbox.answer = "450 not now"
    send_one(runtime)
    work(runtime)
    mailbox.answer = "250 OK"
    clock.now = clock.now.replace(hour=23)
    work(runtime)
    assert len(mailbox.received) == 1
    assert rows(runtime) == [(MailState.SENT, "")]
