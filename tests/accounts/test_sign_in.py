"""Sign-in by link: single-use, short-lived, spent by a press and not by a look."""

from datetime import timedelta

from sqlalchemy import select

from app.accounts.service import make_sign_in_link, person_by_email
from app.enums import RoleName
from app.models import Mail, Person, SignInLink
from app.runtime import Runtime
from app.worker.registry import job_registry
from app.worker.runner import Worker
from tests import factories
from tests.conftest import Clock, Server


def a_manager(runtime: Runtime) -> str:
    with runtime.database.writing() as session:
        return factories.person(session, factories.network(session), RoleName.MANAGER).email


def link_for(runtime: Runtime, email: str) -> str:
    with runtime.database.writing() as session:
        person = person_by_email(session, email)
        assert person is not None
        return make_sign_in_link(session, person, now=runtime.now(), lifetime=timedelta(minutes=30))


def test_opening_a_link_spends_nothing_and_pressing_the_button_spends_it_once(server: Server) -> None:
    token = link_for(server.runtime, a_manager(server.runtime))
    with server.client() as scanner:
        assert [scanner.get(f"/sign-in/{token}").status_code for _ in range(2)] == [200, 200]
        assert scanner.get("/desk").headers["location"] == "/desk/sign-in"
    with server.client() as browser:
        assert browser.post(f"/sign-in/{token}").status_code == 303
        assert browser.get("/desk").status_code == 200
    with server.client() as late:
        assert late.post(f"/sign-in/{token}").status_code == 410
        assert late.get(f"/sign-in/{token}").status_code == 410


def test_a_link_is_good_for_a_short_while(server: Server, clock: Clock) -> None:
    token = link_for(server.runtime, a_manager(server.runtime))
    clock.advance(timedelta(minutes=31))
    with server.client() as browser:
        assert browser.post(f"/sign-in/{token}").status_code == 410


def test_only_hashes_of_tokens_are_kept(server: Server) -> None:
    token = link_for(server.runtime, a_manager(server.runtime))
    with server.runtime.database.reading() as session:
        assert session.scalars(select(SignInLink.token_sha256)).one() != token


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(server: Server) -> None:
    token = link_for(server.runtime, a_manager(server.runtime))
    with server.client() as browser:
        cookie = browser.post(f"/sign-in/{token}").headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))


def test_signing_out_ends_the_session_on_the_server(server: Server) -> None:
    with server.signed_in(a_manager(server.runtime)) as browser:
        cookies = dict(browser.cookies)
        assert browser.post("/sign-out").status_code == 303
        with server.client(cookies=cookies) as thief:
            assert thief.get("/desk").status_code == 303


def test_an_address_gets_the_same_answer_whether_it_is_known(server: Server) -> None:
    email = a_manager(server.runtime)
    with server.client() as browser:
        known = browser.post("/desk/sign-in", data={"email": email}).text
        unknown = browser.post("/desk/sign-in", data={"email": "x" * (len(email) - 8) + "@y.zzzzz"}).text
    assert known.replace(email, "ADDRESS") == unknown.replace("x" * (len(email) - 8) + "@y.zzzzz", "ADDRESS")


def test_a_link_comes_by_mail_once_a_minute_and_signs_in(server: Server) -> None:
    email = a_manager(server.runtime)
    with server.client() as browser:
        for _ in range(3):
            browser.post("/desk/sign-in", data={"email": email.upper()})
        Worker(server.runtime, job_registry()).run_until_idle(20)
        mails = list(server.runtime.settings.mail_dir.iterdir())
        assert len(mails) == 1
        text = mails[0].read_text().replace("=\n", "")
        token = text.split("/sign-in/")[1].split()[0]
        assert browser.post(f"/sign-in/{token}").status_code == 303
    with server.runtime.database.reading() as session:
        assert session.scalars(select(Mail.body)).all() == [""]  # what signs in is not kept


def test_somebody_who_has_no_role_left_gets_no_link(server: Server) -> None:
    with server.runtime.database.writing() as session:
        session.add(Person(email="former@city.example", name="Former", language="en"))
    with server.client() as browser:
        answer = browser.post("/desk/sign-in", data={"email": "former@city.example"})
    assert "Look in your mailbox" in answer.text
    with server.runtime.database.reading() as session:
        assert session.scalars(select(Mail)).all() == []


def test_somebody_without_a_role_is_told_so(server: Server) -> None:
    with server.client() as browser:
        answer = browser.post("/desk/sign-in", data={"email": "not an address"})
        assert answer.status_code == 422
        assert "not an address" in answer.text
