"""What surrounds every page: its language, its origin, its headers."""

import pytest

from app.enums import RoleName
from tests import factories
from tests.conftest import Server


def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(server: Server) -> None:
    with server.client() as browser:
        policy = browser.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_a_request_that_another_site_started_changes_nothing(server: Server, headers: dict[str, str]) -> None:
    with server.runtime.database.writing() as session:
        email = factories.person(session, factories.network(session), RoleName.MANAGER).email
    with server.signed_in(email) as browser:
        answer = browser.post("/sign-out", headers=headers)
        assert answer.status_code == 403
        assert "cross_site" in answer.text
        assert browser.get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("fr-CA,fr;q=0.9,en;q=0.5", "fr"), ("en;q=0.4, fr;q=0.8", "fr"), ("xx", "en"), ("ar;q=x", "en")],
)
def test_a_page_speaks_the_language_that_the_browser_prefers(server: Server, wanted: str, language: str) -> None:
    with server.client() as browser:
        assert f'<html lang="{language}"' in browser.get("/desk/sign-in", headers={"Accept-Language": wanted}).text


def test_a_chosen_language_is_remembered(server: Server) -> None:
    with server.client() as browser:
        browser.get("/desk/sign-in?lang=fr")
        assert '<html lang="fr"' in browser.get("/desk/sign-in", headers={"Accept-Language": "en"}).text


def test_an_unknown_address_is_a_page_for_people_and_json_for_programs(server: Server) -> None:
    with server.client() as browser:
        page, answer = browser.get("/nowhere"), browser.get("/api/v1/nowhere")
    assert (page.status_code, answer.status_code) == (404, 404)
    assert page.headers["content-type"].startswith("text/html")
    assert answer.json()["error"]["code"] == "not_found"


def test_static_files_are_kept_by_their_version_and_only_by_it(server: Server) -> None:
    with server.client() as browser:
        assert browser.get("/static/polyphony.css?v=abc").headers["cache-control"] == "public, max-age=31536000, immutable"
        assert browser.get("/static/polyphony.css").headers["cache-control"] == "no-cache"
