"""An officer sends the city's own files."""

import httpx
import pytest
from sqlalchemy import select

from app.enums import Purpose, SubmissionKind, SubmissionOrigin, SubmissionState
from app.models import Consent, ConsentWording, Submission
from app.runtime import Runtime
from tests.conftest import Server
from tests.submissions.conftest import Scene, count, files_in, photo, value_of

UPLOAD = "/desk/c/our-home/bergen/upload"
API = "/api/v1/campaigns/our-home/cities/bergen/contributions"
GOOD = {
    "text": "At the harbour",
    "credit": "City of Bergen",
    "alt_text": "People at a table",
    "language": "nb",
    "consent_note": "All four, in writing",
    "consent_campaign_pages": "yes",
    "consent_network_accounts": "yes",
}


@pytest.fixture
def officer(server: Server, scene: Scene) -> httpx.Client:  # noqa: ARG001 - there must be somebody to sign in
    """The officer of Bergen, signed in."""
    client = server.signed_in("officer@bergen.example")
    client.headers["Accept-Language"] = "en"
    return client


def test_several_files_become_a_submission_each(officer: httpx.Client, runtime: Runtime) -> None:
    files = [("files", photo(colour, name=f"{colour}.jpg")) for colour in ("red", "green", "blue")]
    answer = officer.post(UPLOAD, data=GOOD, files=files)
    assert answer.status_code == 303
    assert "3 files were received" in officer.get(answer.headers["location"]).text
    with runtime.database.reading() as session:
        rows = session.scalars(select(Submission)).all()
        assert {row.origin for row in rows} == {SubmissionOrigin.CITY}
        assert {(row.text, row.credit, row.consent_note, row.language, row.name) for row in rows} == {
            ("At the harbour", "City of Bergen", "All four, in writing", "nb", None)
        }
        assert all(row.uploader_id for row in rows)
        consents = session.scalars(select(Consent)).all()
        assert {consent.purpose for consent in consents} == {Purpose.CAMPAIGN_PAGES, Purpose.NETWORK_ACCOUNTS}
        assert len(consents) == 6
        wordings = session.scalars(select(ConsentWording.text)).all()
        assert "The people in it agree that it is shown on the pages of this campaign." in wordings


def test_a_bad_file_is_named_and_the_others_are_taken(officer: httpx.Client, runtime: Runtime) -> None:
    files = [("files", photo(name="good.jpg")), ("files", ("bad<1>.pdf", b"%PDF-1.7", "image/jpeg"))]
    answer = officer.post(UPLOAD, data=GOOD, files=files)
    assert answer.status_code == 200
    assert "good.jpg" in answer.text
    assert "bad&lt;1&gt;.pdf" in answer.text
    assert count(runtime, Submission) == 1
    assert files_in(runtime.settings.incoming_dir) == []


def test_the_same_sending_twice_is_received_once(officer: httpx.Client, runtime: Runtime) -> None:
    token = value_of(officer.get(UPLOAD).text, "form_token")
    files = [("files", photo("red", name="a.jpg")), ("files", photo("blue", name="b.jpg"))]
    for _ in range(2):
        assert officer.post(UPLOAD, data=GOOD | {"form_token": token}, files=files).status_code == 303
    assert count(runtime, Submission) == 2


def test_without_whose_consent_nothing_is_taken(officer: httpx.Client, runtime: Runtime) -> None:
    answer = officer.post(UPLOAD, data=GOOD | {"consent_note": ""}, files=[("files", photo())])
    assert answer.status_code == 422
    assert 'href="#field-consent_note"' in answer.text
    assert "City of Bergen" in answer.text
    assert count(runtime, Submission) == 0


def test_another_citys_officer_sees_no_such_city(
    server: Server,
    scene: Scene,  # noqa: ARG001 - there must be something to see
    runtime: Runtime,
) -> None:
    oslo, nobody = server.signed_in("officer@oslo.example"), server.client()
    assert oslo.get(UPLOAD).status_code == 404
    assert oslo.post(UPLOAD, data=GOOD, files=[("files", photo())]).status_code == 404
    assert oslo.post(API, data=GOOD, files=[("files", photo())]).status_code == 404
    assert oslo.get(f"{API}/mine").status_code == 404
    assert nobody.get(UPLOAD).status_code == 303
    assert nobody.post(UPLOAD, data=GOOD, files=[("files", photo())]).status_code == 401
    assert nobody.post(API, data=GOOD, files=[("files", photo())]).json()["error"]["code"] == "sign_in.needed"
    assert (count(runtime, Submission), files_in(runtime.settings.incoming_dir)) == (0, [])


def test_a_program_uploads_and_reads_what_became_of_it(officer: httpx.Client) -> None:
    files = [("files", photo(name="good.jpg")), ("files", ("bad.pdf", b"%PDF-1.7", "image/jpeg"))]
    answer = officer.post(API, data=GOOD, files=files)
    assert answer.status_code == 201
    body = answer.json()
    assert [(each["kind"], each["state"], each["text"]) for each in body["items"]] == [
        (SubmissionKind.PHOTO.value, SubmissionState.RECEIVED.value, "At the harbour")
    ]
    assert [(each["file_name"], each["code"]) for each in body["refused"]] == [("bad.pdf", "upload.is_other")]
    assert body["next"] is None
    assert officer.get(f"{API}/mine").json() == {"items": body["items"], "next": None}


def test_a_program_that_leaves_something_out_is_told_all_of_it(officer: httpx.Client) -> None:
    answer = officer.post(API, data={"language": "tlh"}, files=[("files", photo())])
    assert answer.status_code == 422
    fields = {each["field"]: each["code"] for each in answer.json()["error"]["fields"]}
    assert fields == {
        "language": "form.not_a_choice",
        "consent_note": "upload.consent_note_needed",
        "consent_campaign_pages": "upload.pages_needed",
    }
