"""What is taken back is gone at once, and its files soon after."""

import json
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import select

from app import derivation
from app.consent.queries import purposes_of
from app.derivation import Made
from app.enums import ArtefactKind, EdgeRole, ProductionKind, Purpose, SubmissionState
from app.errors import Refused
from app.models import Artefact, AuditRow, Derivation, Job, Production, Rendition, Submission
from app.runtime import Runtime
from app.submissions import service
from app.submissions.queries import visible
from tests.submissions.conftest import Form, count, decide, files_in, only_submission, photo

RunJobs = Callable[[], None]
SECRETS = ("Amal of the harbour", "My very own words", "A red boat", "What was said")


def send_secret(browser: httpx.Client) -> str:
    """A story with everything that must be gone later; the address of its receipt."""
    return (
        Form(browser)
        .send(file=photo(), name=SECRETS[0], text=SECRETS[1], alt_text=SECRETS[2], spoken_words=SECRETS[3])
        .headers["location"]
    )


def test_the_page_says_what_will_happen_before_anything_does(browser: httpx.Client, runtime: Runtime) -> None:
    receipt = send_secret(browser)
    assert "It cannot be undone" in browser.get(f"{receipt}/withdraw").text
    assert only_submission(runtime).state is SubmissionState.RECEIVED


def test_after_withdrawal_the_receipt_and_the_rows_say_nothing_of_it(
    browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs
) -> None:
    receipt = send_secret(browser)
    run_jobs()
    submission = only_submission(runtime)
    decide(runtime, submission, SubmissionState.APPROVED)
    assert SECRETS[1] in browser.get(receipt).text
    assert browser.post(f"{receipt}/withdraw").headers["location"] == receipt
    page = browser.get(receipt)
    assert "Your story is withdrawn" in page.text
    for secret in SECRETS:
        assert secret not in page.text
    assert browser.get(f"{receipt}/media/square-main").status_code == 404
    with runtime.database.reading() as session:
        row = json.dumps([str(value) for value in session.execute(select(Submission.__table__)).one()])
        assert [secret for secret in SECRETS if secret in row] == []
        assert session.scalars(select(Submission.id).where(visible(Purpose.CAMPAIGN_PAGES))).all() == []
        assert purposes_of(session, submission.id) == set()
        kinds = set(session.scalars(select(Job.kind).where(Job.state == "queued")))
        assert kinds == {"submission.erase", "assembly.rebuild"}


def test_the_audit_trail_holds_codes_and_no_words(browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs) -> None:
    receipt = send_secret(browser)
    run_jobs()
    browser.post(f"{receipt}/withdraw")
    with runtime.database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.subject_kind == "submission").order_by(AuditRow.id)).all()
        assert [row.act for row in rows] == ["submission.received", "submission.pending", "submission.withdrawn"]
        assert [secret for secret in SECRETS if secret in json.dumps([row.codes for row in rows])] == []


def test_its_files_are_erased(browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs) -> None:
    receipt = send_secret(browser)
    run_jobs()
    assert len(files_in(runtime.settings.files_dir)) == 7
    browser.post(f"{receipt}/withdraw")
    run_jobs()
    assert files_in(runtime.settings.files_dir) == []
    assert [count(runtime, model) for model in (Artefact, Derivation, Rendition)] == [0, 0, 0]
    assert only_submission(runtime).erased_at == runtime.now()
    assert "Its files are erased as well" in browser.get(receipt).text


def test_equal_files_of_two_people_stay_until_the_last_of_them_goes(
    browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs
) -> None:
    first = Form(browser).send(file=photo(), name="Amal").headers["location"]
    second = Form(browser).send(file=photo(), name="Bo").headers["location"]
    with runtime.database.reading() as session:
        original = session.scalars(select(Artefact)).one()
        assert derivation.owner_count(session, original.id) == 2
    run_jobs()
    browser.post(f"{first}/withdraw")
    run_jobs()
    assert runtime.storage.exists(original.storage_key)
    assert browser.get(f"{second}/media/square-main").status_code == 200
    assert browser.get(f"{second}/media/story-main").status_code == 200
    browser.post(f"{second}/withdraw")
    run_jobs()
    assert files_in(runtime.settings.files_dir) == []


def test_a_collage_that_it_was_part_of_falls_with_it(browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs) -> None:
    receipt = send_secret(browser)
    run_jobs()
    submission = only_submission(runtime)
    picture = runtime.settings.incoming_dir / "collage.jpg"
    picture.write_bytes(photo()[1])
    with runtime.database.writing() as session:
        made = Made(picture, ArtefactKind.COLLAGE, "image/jpeg", {"collage": 1}, parts=[submission.id])
        artefact = derivation.keep(session, runtime.storage, made, now=runtime.now())
        production = Production(
            public_id="collage",
            campaign_id=submission.campaign_id,
            city_id=None,
            kind=ProductionKind.COLLAGE,
            version=1,
            artefact_id=artefact.id,
            contributions=1,
            built_at=runtime.now(),
        )
        session.add(production)
    browser.post(f"{receipt}/withdraw")
    run_jobs()
    with runtime.database.reading() as session:
        assert session.scalars(select(Production)).one().artefact_id is None
        assert session.scalar(select(Derivation).where(Derivation.role == EdgeRole.PART)) is None
    assert files_in(runtime.settings.files_dir) == []


def test_withdrawing_twice_is_withdrawing_once(browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs) -> None:
    receipt = send_secret(browser)
    assert [browser.post(f"{receipt}/withdraw").status_code for _ in range(2)] == [303, 303]
    run_jobs()
    run_jobs()
    assert only_submission(runtime).state is SubmissionState.WITHDRAWN
    assert browser.get(f"{receipt}/withdraw").headers["location"] == receipt


def test_nobody_agrees_to_anything_after_withdrawal(browser: httpx.Client, runtime: Runtime) -> None:
    receipt = send_secret(browser)
    browser.post(f"{receipt}/withdraw")
    assert browser.post(f"{receipt}/purposes", data={"consent_campaign_pages": "yes"}).status_code == 410
    submission = only_submission(runtime)
    with pytest.raises(Refused):
        decide(runtime, submission, SubmissionState.APPROVED)


def test_a_change_of_mind_is_audited_and_has_the_wall_built_again(
    browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs
) -> None:
    send_secret(browser)
    run_jobs()
    submission = only_submission(runtime)
    for state in (SubmissionState.APPROVED, SubmissionState.APPROVED, SubmissionState.REJECTED):
        decide(runtime, submission, state)
    with runtime.database.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
        assert [row.codes.get("before") for row in rows] == [None, "received", "pending", "approved"]
        jobs = session.scalars(select(Job).where(Job.kind == "assembly.rebuild")).all()
        assert [job.payload for job in jobs] == [{"campaign_id": submission.campaign_id, "city_id": submission.city_id}]


def test_no_words_are_written_to_what_is_gone(browser: httpx.Client, runtime: Runtime) -> None:
    receipt = send_secret(browser)
    browser.post(f"{receipt}/withdraw")
    submission = only_submission(runtime)
    with runtime.database.writing() as session, pytest.raises(Refused) as refused:  # noqa: PT012 - the row belongs to the session
        row = session.get_one(Submission, submission.id)
        service.correct_words(session, row, spoken_words="Again", no_speech=False, actor_id=1, now=runtime.now())
    assert refused.value.code == "submission.withdrawn"
