"""The mailbox at the desk: what became of every mail, never what is in it, and a second try by hand."""

import ast
import importlib
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from app import mail
from app.accounts.mailbox import REASONS
from app.enums import MailState, MailTrouble, RoleName
from app.mail import Written
from app.mail.queries import PAGE_LENGTH
from app.models import AuditRow, Job, Mail, Network
from app.runtime import Runtime
from tests import factories
from tests.conftest import Server

APP = Path(__file__).resolve().parents[2] / "app"


@pytest.fixture
def manager(server: Server) -> httpx.Client:
    with server.runtime.database.writing() as session:
        person = factories.person(session, factories.network(session), RoleName.MANAGER)
    return server.signed_in(person.email)


def posted(
    runtime: Runtime,
    state: MailState,
    *,
    slug: str = "bergen",
    reason: str = "invitation",
    network_slug: str = "voices",
    trouble: MailTrouble | None = None,
    detail: str | None = None,
    body: str = "SECRET WORDS\n",
) -> int:
    """A mail to the officer of this city, as its delivery left it."""
    with runtime.database.writing() as session:
        network = session.scalar(select(Network).where(Network.slug == network_slug)) or factories.network(session, network_slug)
        person = factories.person(session, network, city=factories.city(session, network, slug))
        written = Written(subject=f"About {slug}", text=body, html="<p>SECRET WORDS</p>")
        mail.send(
            session,
            network_id=network.id,
            person=person,
            reason=reason,
            written=written,
            idempotency_key=f"{reason}:{person.id}",
            now=runtime.now(),
        )
        row = session.scalars(select(Mail).order_by(Mail.id.desc())).first()
        assert row is not None
        row.state, row.trouble, row.error_detail, row.body = state, trouble, detail, body
        if state is MailState.SENT:
            row.sent_at = runtime.now() + timedelta(minutes=1)
        session.execute(update(Job).values(state="done"))
        return row.id


def said(page: httpx.Response) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_an_empty_mailbox_says_what_will_be_here(manager: httpx.Client) -> None:
    assert "No mail yet" in said(manager.get("/desk/mails"))


def test_every_state_is_said_in_words_the_newest_first(server: Server, manager: httpx.Client) -> None:
    posted(server.runtime, MailState.SENT, slug="torino", body="")
    posted(server.runtime, MailState.QUEUED, slug="lyon", trouble=MailTrouble.REFUSED, detail="450 later")
    posted(server.runtime, MailState.FAILED, slug="kyiv", trouble=MailTrouble.REFUSED, detail="550 no <such> person")
    posted(server.runtime, MailState.UNKNOWN, slug="dakar", trouble=MailTrouble.BROKEN_OFF)
    page = manager.get("/desk/mails")
    words = said(page)
    assert [words.index(f"About {slug}") for slug in ("dakar", "kyiv", "lyon", "torino")] == sorted(
        words.index(f"About {slug}") for slug in ("torino", "lyon", "kyiv", "dakar")
    )
    assert (
        "Officer of torino officer@torino.example About torino Invitation 1 June 2027, 12:00 UTC Sent 1 June 2027, 12:01 UTC"
        in words
    )
    assert "The mail server does not take it yet: “450 later”." in words
    posted(server.runtime, MailState.FAILED, slug="turku", trouble=MailTrouble.BOUNCED, detail="550 no mailbox", body="")
    words = said(manager.get("/desk/mails"))
    assert "It came back: “550 no mailbox”. Correct the address in the network's table." in words
    assert "Its text is not kept" not in words
    assert "The mail server refused it: “550 no <such> person”." in words
    assert "it may have arrived. Ask the person before you send it again." in words
    assert page.text.count("/resend") == 2
    assert "SECRET" not in page.text


def test_the_mailbox_is_filtered_by_state_and_reason(server: Server, manager: httpx.Client) -> None:
    posted(server.runtime, MailState.SENT, slug="torino")
    posted(server.runtime, MailState.FAILED, slug="lyon")
    posted(server.runtime, MailState.FAILED, slug="kyiv", reason="sign_in", body="")

    def shown(query: str) -> list[str]:
        return re.findall(r"About (\w+)</bdi>", manager.get(f"/desk/mails?{query}").text)

    assert shown("state=failed") == ["kyiv", "lyon"]
    assert shown("state=failed&reason=invitation") == ["lyon"]
    assert shown("reason=sign_in") == ["kyiv"]
    assert shown("state=odd&reason=odd&page=0") == ["kyiv", "lyon", "torino"]
    assert "No such mail" in said(manager.get("/desk/mails?state=unknown"))


def test_a_long_mailbox_has_pages(server: Server, manager: httpx.Client) -> None:
    for number in range(PAGE_LENGTH + 1):
        posted(server.runtime, MailState.FAILED, slug=f"c{number}")
    first, second = manager.get("/desk/mails?state=failed"), manager.get("/desk/mails?state=failed&page=2")
    assert [page.text.count("/resend") for page in (first, second)] == [PAGE_LENGTH, 1]
    assert 'href="/desk/mails?state=failed&amp;page=2" rel="next"' in first.text
    assert 'href="/desk/mails?state=failed&amp;page=1" rel="prev"' in second.text
    assert manager.get(f"/desk/mails?page={10**30}").status_code == 200


def test_a_failed_mail_is_sent_again_after_a_question_and_leaves_a_trail(server: Server, manager: httpx.Client) -> None:
    number = posted(server.runtime, MailState.UNKNOWN, slug="torino", trouble=MailTrouble.BROKEN_OFF)
    question = manager.get(f"/desk/mails/{number}/resend")
    assert "Send this mail again? To whom Officer of torino officer@torino.example" in said(question)
    assert "SECRET" not in question.text
    answer = manager.post(f"/desk/mails/{number}/resend")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/mails?resent=1")
    assert "It goes out again" in said(manager.get(answer.headers["location"]))
    with server.runtime.database.reading() as session:
        row = session.get_one(Mail, number)
        assert (row.state, row.trouble) == (MailState.QUEUED, None)
        assert session.scalars(select(Job.unique_key).where(Job.state == "queued")).all() == [f"mail.deliver:{number}"]
        trail = session.scalars(select(AuditRow).where(AuditRow.act == "mail.resent")).one()
        assert (trail.subject_id, trail.codes) == (number, {"was": "unknown", "person": row.person_id})
    assert manager.post(f"/desk/mails/{number}/resend").status_code == 409  # twice is once


@pytest.mark.parametrize(
    ("state", "body"), [(MailState.SENT, ""), (MailState.QUEUED, "x"), (MailState.SENDING, "x"), (MailState.FAILED, "")]
)
def test_what_may_still_arrive_or_is_not_kept_is_not_sent_again(
    server: Server, manager: httpx.Client, state: MailState, body: str
) -> None:
    number = posted(server.runtime, state, reason="sign_in", body=body)
    assert manager.get(f"/desk/mails/{number}/resend").status_code == 409
    assert manager.post(f"/desk/mails/{number}/resend").status_code == 409


def test_the_mails_of_another_network_are_not_there(server: Server, manager: httpx.Client) -> None:
    number = posted(server.runtime, MailState.FAILED, network_slug="others")
    assert "No mail yet" in said(manager.get("/desk/mails"))
    assert manager.get(f"/desk/mails/{number}/resend").status_code == 404
    assert manager.post(f"/desk/mails/{number}/resend").status_code == 404


def test_the_mailbox_is_the_managers(server: Server, manager: httpx.Client) -> None:
    number = posted(server.runtime, MailState.FAILED, slug="torino")
    officer = server.signed_in("officer@torino.example")
    assert officer.get("/desk/mails").status_code == 403
    assert officer.post(f"/desk/mails/{number}/resend").status_code == 403
    assert ("/desk/mails" in officer.get("/desk").text, "/desk/mails" in manager.get("/desk").text) == (False, True)


def test_every_reason_to_write_has_a_name_in_the_mailbox() -> None:
    reasons = set()
    for path in APP.glob("**/*.py"):
        tree = ast.parse(path.read_text())
        calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and ast.unparse(each.func) == "mail.send"]
        for value in [each.value for call in calls for each in call.keywords if each.arg == "reason"]:
            module = importlib.import_module(".".join(path.relative_to(APP.parent).with_suffix("").parts))
            reasons.add(getattr(module, value.id) if isinstance(value, ast.Name) else ast.literal_eval(value))
    assert reasons == set(REASONS)
