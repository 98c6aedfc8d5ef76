"""The resident's form, through the real server with JavaScript off."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event, select

from app.enums import CampaignStatus, Purpose, SubmissionKind, SubmissionState
from app.models import Artefact, Campaign, CampaignCity, Consent, ConsentWording, Derivation, Job, Network, Submission
from app.runtime import Runtime
from app.settings import Settings
from tests import factories
from tests.conftest import Clock, Server
from tests.submissions.conftest import Form, Scene, count, files_in, only_submission, photo, reader, value_of


def test_a_few_lines_and_a_photo_arrive_whole(browser: httpx.Client, runtime: Runtime) -> None:
    answer = Form(browser).send(file=photo(), text="Line one\r\nLine two", alt_text="A golden ball")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/r/")
    submission = only_submission(runtime)
    assert (submission.kind, submission.state) == (SubmissionKind.PHOTO, SubmissionState.RECEIVED)
    assert (submission.text, submission.name, submission.alt_text) == ("Line one\nLine two", "Amal", "A golden ball")
    assert submission.original_media_type == "image/jpeg"
    with runtime.database.reading() as session:
        artefact = session.scalars(select(Artefact)).one()
        assert b"".join(runtime.storage.open_range(artefact.storage_key)) == photo()[1]
        agreed = {row.purpose: row.wording_sha256 for row in session.scalars(select(Consent))}
        assert agreed.keys() == {Purpose.CAMPAIGN_PAGES, Purpose.COLLAGE}
        wording = session.get_one(ConsentWording, agreed[Purpose.CAMPAIGN_PAGES])
        assert wording.text == "My story may be shown on the pages of this campaign."
        jobs = session.scalars(select(Job)).all()
        assert [(job.kind, job.payload) for job in jobs] == [("submission.normalise", {"submission_id": submission.id})]
    assert files_in(runtime.settings.incoming_dir) == []


def test_words_alone_are_enough(browser: httpx.Client, runtime: Runtime) -> None:
    assert Form(browser).send(name="").status_code == 303
    assert (only_submission(runtime).kind, only_submission(runtime).name) == (SubmissionKind.TEXT, None)


def test_the_receipt_token_is_known_to_nobody_but_its_person(browser: httpx.Client, runtime: Runtime) -> None:
    token = Form(browser).send().headers["location"].removeprefix("/r/")
    with runtime.database.reading() as session:
        row = session.execute(select(Submission.__table__)).one()
    assert token not in str(row)
    assert len(token) == 43


def test_a_form_sent_twice_is_received_once(browser: httpx.Client, runtime: Runtime) -> None:
    form = Form(browser)
    first, second = form.send(file=photo()), form.send(file=photo())
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert (count(runtime, Submission), count(runtime, Job), count(runtime, Derivation)) == (1, 1, 1)
    assert files_in(runtime.settings.incoming_dir) == []


def test_a_double_click_at_the_same_moment_lands_on_one_receipt(browser: httpx.Client, runtime: Runtime) -> None:
    form = Form(browser)
    with ThreadPoolExecutor(4) as threads:
        answers = [each.result() for each in [threads.submit(form.send, file=photo()) for _ in range(4)]]
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, answers[0].headers["location"])}
    assert (count(runtime, Submission), count(runtime, Job), count(runtime, Consent)) == (1, 1, 2)
    assert files_in(runtime.settings.incoming_dir) == []


def test_two_forms_with_the_same_words_are_two_stories(browser: httpx.Client, runtime: Runtime) -> None:
    first, second = Form(browser).send(), Form(browser).send()
    assert first.headers["location"] != second.headers["location"]
    assert count(runtime, Submission) == 2


def test_who_is_under_18_leaves_nothing_behind(browser: httpx.Client, runtime: Runtime) -> None:
    answer = Form(browser).send(file=photo(), adult="no")
    assert answer.status_code == 200
    assert "guardian" in answer.text
    assert [count(runtime, model) for model in (Submission, Consent, Artefact, Job)] == [0, 0, 0, 0]
    assert files_in(runtime.settings.incoming_dir) == []
    assert files_in(runtime.settings.files_dir) == []


def test_who_turns_out_to_be_under_18_takes_the_held_file_along(browser: httpx.Client, runtime: Runtime) -> None:
    form = Form(browser)
    page = form.send(file=photo(), adult="").text
    assert len(files_in(runtime.settings.incoming_dir)) == 1
    form.send(adult="no", held_file=value_of(page, "held_file"), held_name="me.jpg")
    assert files_in(runtime.settings.incoming_dir) == []


def test_a_wrong_answer_costs_nobody_their_words_or_their_file(browser: httpx.Client, runtime: Runtime) -> None:
    form = Form(browser)
    page = form.send(file=photo(name="grandma.jpg"), consent_campaign_pages="no", text="Keep <these> words", name="Zoë")
    assert page.status_code == 422
    assert "Keep &lt;these&gt; words" in page.text
    assert 'value="Zoë"' in page.text
    assert "grandma.jpg" in page.text
    assert 'href="#field-consent_campaign_pages"' in page.text
    assert count(runtime, Submission) == 0
    mended = form.send(
        held_file=value_of(page.text, "held_file"), held_name=value_of(page.text, "held_name"), text="Keep <these> words"
    )
    assert mended.status_code == 303
    assert only_submission(runtime).kind is SubmissionKind.PHOTO
    with runtime.database.reading() as session:
        artefact = session.scalars(select(Artefact)).one()
    assert b"".join(runtime.storage.open_range(artefact.storage_key)) == photo()[1]
    assert files_in(runtime.settings.incoming_dir) == []


def test_a_held_file_can_be_left_out(browser: httpx.Client, runtime: Runtime) -> None:
    form = Form(browser)
    page = form.send(file=photo(), adult="").text
    assert form.send(held_file=value_of(page, "held_file"), drop_held="yes").status_code == 303
    assert only_submission(runtime).kind is SubmissionKind.TEXT
    assert files_in(runtime.settings.incoming_dir) == []


def test_a_held_file_is_there_for_an_hour_and_then_asked_for_again(browser: httpx.Client, runtime: Runtime, clock: Clock) -> None:
    form = Form(browser)
    held = value_of(form.send(file=photo(), adult="").text, "held_file")
    clock.advance(timedelta(hours=1, seconds=1))
    page = form.send(held_file=held, held_name="me.jpg")
    assert page.status_code == 422
    assert 'href="#field-file"' in page.text
    assert count(runtime, Submission) == 0


def test_what_was_held_for_nobody_is_swept(
    browser: httpx.Client, runtime: Runtime, clock: Clock, run_jobs: Callable[[], None]
) -> None:
    Form(browser).send(file=photo(), adult="")
    assert len(files_in(runtime.settings.incoming_dir)) == 1
    clock.advance(timedelta(hours=1, minutes=2))
    run_jobs()
    assert files_in(runtime.settings.incoming_dir) == []


def test_a_held_file_belongs_to_its_place(browser: httpx.Client, runtime: Runtime, scene: Scene) -> None:
    with runtime.database.writing() as session:
        other = factories.city(session, session.get_one(Network, scene.city.network_id), "voss")
        factories.taking_part(session, scene.campaign, other)
    held = value_of(Form(browser).send(file=photo(), adult="").text, "held_file")
    page = Form(browser, "/c/our-home/voss/share").send(held_file=held, held_name="me.jpg")
    assert page.status_code == 422
    assert count(runtime, Submission) == 0


@pytest.mark.parametrize(
    ("file", "field"),
    [
        (("holiday.mp4", b"#EXTM3U\n/etc/passwd\n", "video/mp4"), "file"),
        (("cv.jpg", b"%PDF-1.7 not a picture", "image/jpeg"), "file"),
        (("empty.jpg", b"", "image/jpeg"), "file"),
    ],
)
def test_a_file_that_is_no_photo_film_or_sound_is_refused(
    browser: httpx.Client, runtime: Runtime, file: tuple[str, bytes, str], field: str
) -> None:
    answer = Form(browser).send(file=file)
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    assert (count(runtime, Submission), files_in(runtime.settings.incoming_dir)) == (0, [])


def test_a_kind_that_the_campaign_does_not_take_is_refused(browser: httpx.Client, runtime: Runtime, scene: Scene) -> None:
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).kinds = ["text", "clip"]
    assert Form(browser).send(file=photo()).status_code == 422
    assert count(runtime, Submission) == 0


def test_words_over_the_limit_come_back_whole(browser: httpx.Client, runtime: Runtime) -> None:
    answer = Form(browser).send(text="x" * 601)
    assert answer.status_code == 422
    assert "x" * 601 in answer.text
    assert count(runtime, Submission) == 0


def test_an_empty_form_is_refused(browser: httpx.Client) -> None:
    answer = Form(browser).send(text="  ")
    assert answer.status_code == 422
    assert 'href="#field-text"' in answer.text


def test_empty_lines_leave_no_hole_in_the_wall(browser: httpx.Client, runtime: Runtime) -> None:
    Form(browser).send(text="One\r\n\r\n \r\n\r\nTwo\r\nThree")
    assert only_submission(runtime).text == "One\n\nTwo\nThree"


def test_control_characters_do_not_reach_the_database(browser: httpx.Client, runtime: Runtime) -> None:
    assert Form(browser).send(text="a\x00b\x1bc").status_code == 303
    assert only_submission(runtime).text == "abc"


class TestSmallCap:
    """A service that takes files up to 20 kB."""

    @pytest.fixture
    def settings(self, database_url: str, tmp_path: Path) -> Settings:
        """The cap is set low, so that a small file is too large."""
        return Settings(data_dir=tmp_path / "data", database_url=database_url, max_upload_bytes=20_000)

    def test_a_file_over_the_cap_is_refused_with_both_numbers_and_the_words_stay(
        self, browser: httpx.Client, runtime: Runtime
    ) -> None:
        large = ("big.jpg", photo()[1] + b"\0" * 30_000, "image/jpeg")
        answer = Form(browser).send(file=large, text="My words stay")
        assert answer.status_code == 422
        assert "20 kB" in answer.text
        assert f"{round(len(large[1]) / 1000)} kB" in answer.text
        assert "My words stay" in answer.text
        assert (count(runtime, Submission), files_in(runtime.settings.incoming_dir)) == (0, [])


def test_a_commit_that_fails_is_not_answered_with_a_receipt(browser: httpx.Client, runtime: Runtime) -> None:
    form = Form(browser)

    def fail(_connection: object) -> None:
        raise RuntimeError("the disk is full")

    event.listen(runtime.database.engine, "commit", fail)
    try:
        answer = form.send(file=photo())
    finally:
        event.remove(runtime.database.engine, "commit", fail)
    assert answer.status_code == 503
    assert [count(runtime, model) for model in (Submission, Consent, Artefact, Job)] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": CampaignStatus.DRAFT}, "This campaign is not open yet"),
        ({"status": CampaignStatus.CLOSED, "closed_at": datetime(2027, 5, 30, tzinfo=UTC)}, "The collection is over"),
        ({"collection_opened_at": None, "day_on": date(2027, 8, 1)}, "It opens in Bergen on: <strong>4 July 2027"),
        ({"collection_opened_at": None}, "You can soon tell your story here"),  # its moment has come, and the step is held
        ({"collection_closed_at": datetime(2027, 5, 30, tzinfo=UTC)}, "It ended in Bergen on: <strong>30 May 2027"),
    ],
)
def test_where_nothing_can_be_sent_a_page_says_why(
    server: Server, runtime: Runtime, scene: Scene, changes: dict[str, object], said: str
) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        place = session.scalars(select(CampaignCity)).one()
        for name, value in changes.items():
            setattr(place if name.startswith("collection_") else campaign, name, value)
    client = reader(server, "en")
    page = client.get(scene.share)
    assert (page.status_code, said in page.text) == (200, True)
    sent = client.post(scene.share, data={"adult": "yes", "text": "x"}, files={"file": ("", b"")})
    assert (sent.status_code, said in sent.text) == (409, True)
    assert count(runtime, Submission) == 0


def test_a_city_that_has_not_joined_takes_nothing(server: Server, runtime: Runtime, scene: Scene) -> None:
    with runtime.database.writing() as session:
        session.scalars(select(CampaignCity)).one().joined_at = None
    client = reader(server, "en")
    assert "does not take part yet" in client.get(scene.share).text
    assert "does not take part yet" in client.get("/c/our-home/oslo/share").text
    assert client.get("/c/our-home/nowhere/share").status_code == 404
    assert client.get("/c/nothing/bergen/share").status_code == 404


def test_the_form_speaks_the_language_of_its_reader(server: Server, scene: Scene) -> None:
    client = reader(server, "fr")
    page = client.get(scene.share).text
    assert "Que veut dire la sécurité pour vous ?" in page
    assert "Mon histoire peut être montrée" in page
    assert '<option value="fr" selected>' in page
