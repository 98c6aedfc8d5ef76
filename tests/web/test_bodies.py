"""What is sent to the service: how much of it is read, and what is left of it."""

from collections.abc import Iterator

import httpx
import pytest

from app.enums import RoleName
from app.main import create_app
from app.runtime import Runtime
from app.web.headers import SECURITY_HEADERS
from app.web.middleware import MAX_FORM_BYTES
from tests import factories
from tests.conftest import Server, serve_app

SHARE = "/c/our-home/bergen/share"
MULTIPART = {"Content-Type": "multipart/form-data; boundary=X"}
PART = b'--X\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n'


@pytest.fixture
def browser(server: Server) -> httpx.Client:
    """Somebody before the form of Bergen."""
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network)
        factories.taking_part(session, factories.campaign(session, network), city)
    return server.client()


def incoming(server: Server) -> list[str]:
    return [path.name for path in server.runtime.settings.incoming_dir.iterdir()]


def endlessly(chunk: bytes, total_bytes: int) -> Iterator[bytes]:
    """A body that does not say how long it is."""
    for _ in range(total_bytes // len(chunk)):
        yield chunk


@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data; boundary=X"])
def test_a_body_that_is_held_in_memory_is_read_up_to_a_megabyte_and_no_further(server: Server, media_type: str) -> None:
    address, headers = "/api/v1/desk/contributions/x/decision", {"Content-Type": media_type}
    with server.client() as program:
        answer = program.post(address, content=endlessly(b"x" * 100_000, 20 * MAX_FORM_BYTES), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "upload.too_large"
    assert answer.json()["error"]["params"]["actual_bytes"] < 2 * MAX_FORM_BYTES


def test_a_form_that_stops_in_the_middle_is_refused_and_leaves_nothing(server: Server, browser: httpx.Client) -> None:
    whole = PART % (b"photo.jpg", b"half a photo")
    answer = browser.post(SHARE, content=whole.rstrip(b"\r\n"), headers=MULTIPART)
    assert (answer.status_code, incoming(server)) == (422, [])
    assert "form.broken" in answer.text


@pytest.mark.parametrize("name", [b"photo.jpg", b""])
def test_a_resident_sends_one_file_and_no_disk_is_filled_with_more(server: Server, browser: httpx.Client, name: bytes) -> None:
    answer = browser.post(SHARE, content=2 * (PART % (name, b"some bytes")) + b"--X--\r\n", headers=MULTIPART)
    assert (answer.status_code, incoming(server)) == (429, [])
    assert "upload.too_many_files" in answer.text


@pytest.mark.parametrize(
    "address", ["/c/%00", "/c/our-home?language=%00", "/media/%00/square-main", "/api/v1/campaigns/%00", "/sign-in/%00"]
)
def test_a_letter_that_no_database_keeps_is_an_address_that_finds_nothing(browser: httpx.Client, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code < 500
    assert answer.headers["content-security-policy"] == SECURITY_HEADERS["Content-Security-Policy"]


def test_such_a_letter_in_a_form_is_left_out(server: Server) -> None:
    with server.runtime.database.writing() as session:
        factories.person(session, factories.network(session), RoleName.MANAGER, email="ana@voices.example")
    with server.client() as browser:
        assert browser.post("/desk/sign-in", data={"email": "ana\0@voices.example"}).status_code == 200
    with server.runtime.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM sign_in_link").scalar() == 1


def test_the_page_that_says_something_broke_keeps_to_itself_too(runtime: Runtime) -> None:
    app = create_app(runtime)

    @app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError

    for url in serve_app(app):
        answer = httpx.get(f"{url}/broken")
        assert answer.status_code == 503
        assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
