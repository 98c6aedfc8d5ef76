"""The private page of one contribution."""

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import select

from app.consent.queries import purposes_of
from app.enums import Purpose, RejectionReason, SubmissionState, Verdict
from app.models import Decision, Job, Person, Submission
from app.runtime import Runtime
from app.submissions.queries import visible
from tests.submissions.conftest import Form, decide, only_submission, photo

RunJobs = Callable[[], None]


@pytest.fixture
def receipt(browser: httpx.Client) -> str:
    """The address of the receipt of a photo that has just been sent."""
    return Form(browser).send(file=photo(), text="My photo").headers["location"]


def test_it_keeps_to_itself(browser: httpx.Client, receipt: str) -> None:
    headers = browser.get(receipt).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert headers["referrer-policy"] == "strict-origin"


def test_it_looks_again_by_itself_only_while_it_is_being_prepared(browser: httpx.Client, receipt: str, run_jobs: RunJobs) -> None:
    assert browser.get(receipt).headers["refresh"] == f"5; url={receipt}"
    assert "refresh" not in browser.get(f"{receipt}?wait=no").headers
    run_jobs()
    page = browser.get(receipt)
    assert "refresh" not in page.headers
    assert f'{receipt}/media/own-preview"' in page.text


def test_its_link_can_be_kept(browser: httpx.Client, runtime: Runtime, receipt: str) -> None:
    page = browser.get(receipt).text
    assert f'value="{runtime.settings.resolved_base_url}{receipt}"' in page
    assert "mailto:?subject=" in page


def test_it_serves_prepared_files_in_parts_and_never_the_original(browser: httpx.Client, receipt: str, run_jobs: RunJobs) -> None:
    assert browser.get(f"{receipt}/media/square-main").status_code == 404
    run_jobs()
    whole = browser.get(f"{receipt}/media/square-main")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "image/jpeg")
    assert whole.headers["cache-control"] == "private, no-cache"
    part = browser.get(f"{receipt}/media/square-main", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    assert browser.get(f"{receipt}/media/square-main", headers={"Range": "bytes=-5"}).content == whole.content[-5:]
    assert browser.get(f"{receipt}/media/square-main", headers={"Range": "bytes=99999999-"}).status_code == 416
    again = browser.get(f"{receipt}/media/square-main", headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = browser.head(f"{receipt}/media/square-main")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(whole.content)), b"")
    for name in ("original-main", "original", "square-original", "../../x-main"):
        assert browser.get(f"{receipt}/media/{name}").status_code == 404


def test_a_wrong_token_finds_nothing(browser: httpx.Client, receipt: str) -> None:
    for address in (f"{receipt}x", "/r/x", f"{receipt}x/withdraw", f"{receipt}x/media/square-main"):
        assert browser.get(address).status_code == 404


def test_a_rejection_says_why_and_offers_another_try(
    browser: httpx.Client, runtime: Runtime, receipt: str, run_jobs: RunJobs
) -> None:
    run_jobs()
    submission = only_submission(runtime)
    with runtime.database.writing() as session:
        person = session.scalars(select(Person)).first()
        assert person is not None
        decision = Decision(
            submission_id=submission.id,
            person_id=person.id,
            verdict=Verdict.REJECT,
            reason=RejectionReason.QUALITY,
            note="It is too dark, please try by day.",
            decided_at=runtime.now(),
        )
        session.add(decision)
    decide(runtime, submission, SubmissionState.REJECTED)
    page = browser.get(receipt).text
    assert "Your story cannot be shown" in page
    assert "It is too dark, please try by day." in page


def test_a_purpose_switched_off_holds_with_that_very_answer(
    browser: httpx.Client, runtime: Runtime, receipt: str, run_jobs: RunJobs
) -> None:
    run_jobs()
    submission = only_submission(runtime)
    decide(runtime, submission, SubmissionState.APPROVED)
    shown = select(Submission.id).where(visible(Purpose.CAMPAIGN_PAGES))
    with runtime.database.reading() as session:
        assert session.scalars(shown).all() == [submission.id]
    assert browser.post(f"{receipt}/purposes", data={"consent_campaign_pages": "no"}).status_code == 303
    with runtime.database.reading() as session:
        assert session.scalars(shown).all() == []
        assert purposes_of(session, submission.id) == {Purpose.COLLAGE}
    page = browser.get(receipt).text
    assert "It is not shown, as you chose" in page
    browser.post(f"{receipt}/purposes", data={"consent_campaign_pages": "yes"})
    with runtime.database.reading() as session:
        assert session.scalars(shown).all() == [submission.id]


def test_the_collage_is_built_again_when_somebody_leaves_it(browser: httpx.Client, runtime: Runtime, receipt: str) -> None:
    browser.post(f"{receipt}/purposes", data={"consent_press": "yes"})
    assert rebuilds(runtime) == 0
    browser.post(f"{receipt}/purposes", data={"consent_collage": "no"})
    assert rebuilds(runtime) == 1


def rebuilds(runtime: Runtime) -> int:
    """How many rebuilds wait."""
    with runtime.database.reading() as session:
        return len(session.scalars(select(Job).where(Job.kind == "assembly.rebuild")).all())


@pytest.mark.parametrize("header", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
def test_another_site_cannot_withdraw_for_somebody(
    browser: httpx.Client, runtime: Runtime, receipt: str, header: dict[str, str]
) -> None:
    assert browser.post(f"{receipt}/withdraw", headers=header).status_code == 403
    assert only_submission(runtime).state is SubmissionState.RECEIVED
