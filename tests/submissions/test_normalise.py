"""The worker prepares what was sent: real photos, clips and sounds become the shared formats."""

import io
import logging
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import select, update

from app import derivation, jobs
from app.enums import ArtefactKind, EdgeRole, JobState, Purpose, SubmissionKind, SubmissionOrigin, SubmissionState
from app.jobs import JobRun
from app.models import Artefact, Campaign, Derivation, Job, Rendition, Submission
from app.runtime import Runtime
from app.submissions import preparing, queries, service, tasks
from app.submissions.intake import recognise_path
from app.submissions.service import Contribution
from app.variants import Scope
from media_pipeline.errors import ToolFailed
from tests.conftest import Clock
from tests.submissions.conftest import Form, Scene, count, files_in, only_submission, photo
from tests.toolkits import OTHER_COLOURS, SLUG, freeze, lay_own

RunJobs = Callable[[], None]


def send_file(runtime: Runtime, scene: Scene, source: Path, **words: str) -> Submission:
    """Receive a file as the form does."""
    path = runtime.settings.incoming_dir / source.name
    shutil.copyfile(source, path)
    with runtime.database.writing() as session:
        receipt = service.receive(
            session,
            runtime.storage,
            campaign=scene.campaign,
            city=scene.city,
            origin=SubmissionOrigin.RESIDENT,
            contribution=Contribution(language="en", **words),
            file=recognise_path(path, scene.campaign.kinds),
            purposes={Purpose.CAMPAIGN_PAGES},
            wording_language="en",
            now=runtime.now(),
        )
        return receipt.submission


def shapes(runtime: Runtime) -> dict[tuple[str, str], tuple[int | None, int | None]]:
    """The renditions of the only submission by format and role, with their sizes."""
    with runtime.database.reading() as session:
        return {(row.format, row.role): (row.width_px, row.height_px) for row in session.scalars(select(Rendition))}


def pixels(runtime: Runtime, format_name: str, role: str) -> Image.Image:
    """A rendition, decoded."""
    with runtime.database.reading() as session:
        submission = session.scalars(select(Submission)).one()
        file = queries.rendition_at(session, submission.id, format_name, role)
    assert file is not None
    return Image.open(io.BytesIO(b"".join(runtime.storage.open_range(file.artefact.storage_key))))


@pytest.mark.media
def test_a_photo_comes_in_every_format_of_the_campaign_and_loses_its_metadata(
    browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs
) -> None:
    Form(browser).send(file=photo(), text="My photo")
    run_jobs()
    assert only_submission(runtime).state is SubmissionState.PENDING
    assert shapes(runtime) == {
        ("square", "main"): (1080, 1080),
        ("own", "preview"): (640, 498),
        ("story", "main"): (1080, 1920),
        ("landscape", "main"): (1200, 675),
        ("profile", "main"): (1080, 1080),
        ("tile", "tile"): (512, 512),
    }
    with runtime.database.reading() as session:
        for artefact in session.scalars(select(Artefact).where(Artefact.kind != ArtefactKind.ORIGINAL)):
            content = b"".join(runtime.storage.open_range(artefact.storage_key))
            assert b"SecretPhone" not in content
            assert derivation.sources_of(session, artefact.id)[1] == {only_submission(runtime).id}
    assert files_in(runtime.settings.data_dir / "work") == []


@pytest.mark.media
def test_every_rendition_hangs_on_the_original_and_on_its_person(
    browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs
) -> None:
    Form(browser).send(file=photo())
    run_jobs()
    submission = only_submission(runtime)
    with runtime.database.reading() as session:
        original = queries.original_of(session, submission.id)
        assert original is not None
        for file in queries.renditions_of(session, submission.id):
            edges = session.scalars(select(Derivation).where(Derivation.artefact_id == file.artefact.id)).all()
            found = {(edge.source_artefact_id, edge.source_submission_id, edge.role) for edge in edges}
            assert found == {(original.id, None, EdgeRole.PART), (None, submission.id, EdgeRole.OWNER)}
        assert derivation.derived_from(session, submission.id) == {row.id for row in session.scalars(select(Artefact))}


@pytest.mark.media
def test_words_alone_travel_as_a_card(browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs) -> None:
    Form(browser).send()
    run_jobs()
    assert only_submission(runtime).state is SubmissionState.PENDING
    assert shapes(runtime) == {
        ("square", "main"): (1080, 1080),
        ("square", "preview"): (640, 640),
        ("story", "main"): (1080, 1920),
        ("landscape", "main"): (1200, 675),
        ("tile", "tile"): (512, 512),
    }
    colours = pixels(runtime, "square", "main").convert("RGB").getcolors(1_000_000)
    assert colours is not None
    assert len(colours) > 50


@pytest.mark.media
def test_a_card_is_drawn_with_the_published_version_and_stays_when_another_one_is_published(
    browser: httpx.Client, runtime: Runtime, scene: Scene, run_jobs: RunJobs
) -> None:
    def tiles() -> list[str]:
        with runtime.database.reading() as session:
            query = select(Artefact.sha256).join(Rendition, Rendition.artefact_id == Artefact.id).order_by(Rendition.id)
            return list(session.scalars(query.where(Rendition.role == "tile")))

    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        campaign.toolkit_slug, campaign.formats = SLUG, ["square"]
        freeze(session, runtime, campaign)
        lay_own(session, runtime, Scope(campaign.network_id), OTHER_COLOURS)
    for _before in range(2):
        Form(browser).send()
        run_jobs()
    with runtime.database.writing() as session:
        freeze(session, runtime, campaign)
    Form(browser).send()
    run_jobs()
    first, again, of_the_next = tiles()
    assert (again == first, of_the_next == first) == (True, False)


@pytest.mark.media
def test_words_that_no_font_has_stay_words(
    browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs, caplog: pytest.LogCaptureFixture
) -> None:
    Form(browser).send(text="\U000101d0 is from the Phaistos disc")
    with caplog.at_level(logging.WARNING):
        run_jobs()
    submission = only_submission(runtime)
    assert submission.state is SubmissionState.PENDING
    assert shapes(runtime) == {}
    assert "Phaistos" not in caplog.text  # the log holds codes, never words


@pytest.mark.media
def test_a_name_that_no_font_has_does_not_cost_the_photo_its_frame(
    browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs
) -> None:
    Form(browser).send(file=photo(), text="", name="\U000101d0\U000101d1")
    run_jobs()
    assert only_submission(runtime).state is SubmissionState.PENDING
    framed = pixels(runtime, "square", "main").convert("RGB")
    assert framed.getpixel((20, 1060)) != (0, 128, 128)  # the band of the frame, not the photo


@pytest.mark.media
def test_a_clip_over_the_length_is_kept_in_part(runtime: Runtime, scene: Scene, run_jobs: RunJobs, shared_media: Path) -> None:
    with runtime.database.writing() as session:
        session.execute(update(Campaign).values(max_clip_s=1, formats=["square"]))
    send_file(runtime, scene, shared_media / "rails__rotated_video.mp4", name="Amal")
    run_jobs()
    submission = only_submission(runtime)
    assert (submission.state, submission.kind, submission.trimmed) == (SubmissionState.PENDING, SubmissionKind.CLIP, True)
    assert submission.duration_s is not None
    assert submission.duration_s > 1
    with runtime.database.reading() as session:
        main = queries.rendition_at(session, submission.id, "square", "main")
    assert main is not None
    assert (main.rendition.width_px, main.rendition.height_px) == (1080, 1080)
    assert main.rendition.duration_s == pytest.approx(1, abs=0.1)
    assert main.artefact.media_type == "video/mp4"
    assert ("square", "poster") in shapes(runtime)


@pytest.mark.media
def test_a_sound_comes_with_a_card_that_stands_for_it(
    runtime: Runtime, scene: Scene, run_jobs: RunJobs, shared_media: Path
) -> None:
    send_file(runtime, scene, shared_media / "rails__audio.mp3", name="Amal", spoken_words="La la la")
    run_jobs()
    submission = only_submission(runtime)
    assert (submission.state, submission.kind) == (SubmissionState.PENDING, SubmissionKind.SOUND)
    assert shapes(runtime) == {
        ("audio", "main"): (None, None),
        ("audiogram_square", "main"): (1080, 1080),
        ("audiogram_story", "main"): (1080, 1920),
        ("square", "poster"): (1080, 1080),
        ("square", "preview"): (640, 640),
        ("tile", "tile"): (512, 512),
    }


def blinking() -> tuple[str, bytes, str]:
    """A picture that moves: half a second red, half a second blue."""
    written = io.BytesIO()
    first, second = (Image.new("RGB", (320, 240), colour) for colour in ("red", "blue"))
    first.save(written, "GIF", save_all=True, append_images=[second], duration=500, loop=0)
    return "blinking.gif", written.getvalue(), "image/gif"


@pytest.mark.media
@pytest.mark.parametrize(
    ("kinds", "kind", "main"),
    [
        (["photo", "clip"], SubmissionKind.CLIP, "video/mp4"),
        (["photo"], SubmissionKind.PHOTO, "image/jpeg"),
    ],
)
def test_a_picture_that_moves_is_a_clip_where_clips_are_taken_and_else_a_photo(
    kinds: list[str], kind: SubmissionKind, main: str, browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs
) -> None:
    with runtime.database.writing() as session:
        session.execute(update(Campaign).values(kinds=kinds, formats=["square"]))
    Form(browser).send(file=blinking())
    run_jobs()
    submission = only_submission(runtime)
    assert (submission.state, submission.kind) == (SubmissionState.PENDING, kind)
    with runtime.database.reading() as session:
        file = queries.rendition_at(session, submission.id, "square", "main")
    assert file is not None
    assert file.artefact.media_type == main


@pytest.mark.media
def test_it_is_kept_when_somebody_speaks_and_a_tiny_picture_for_the_page(
    runtime: Runtime, scene: Scene, run_jobs: RunJobs, shared_media: Path
) -> None:
    with runtime.database.writing() as session:
        session.execute(update(Campaign).values(formats=["square"]))
    send_file(runtime, scene, shared_media / "rails__rotated_video.mp4")
    run_jobs()
    submission = only_submission(runtime)
    spans = [(0 <= begin_s < end_s <= 5.3) for begin_s, end_s in submission.speech_s]
    assert (spans != [], set(spans), submission.lost_s) == (True, {True}, None)
    with runtime.database.reading() as session:
        preview = queries.rendition_at(session, submission.id, "square", "preview")
    assert preview is not None
    assert str(preview.rendition.placeholder).startswith("data:image/webp;base64,")


@pytest.mark.media
def test_a_film_without_a_picture_is_a_sound(
    runtime: Runtime, scene: Scene, run_jobs: RunJobs, shared_media: Path, tmp_path: Path
) -> None:
    renamed = tmp_path / "voice.mp4"
    content = (shared_media / "media__bbb_1ch_8kHz_aac_lc.m4a").read_bytes()
    renamed.write_bytes(content.replace(b"ftypM4A ", b"ftypisom", 1))
    submission = send_file(runtime, scene, renamed)
    assert submission.kind is SubmissionKind.CLIP
    run_jobs()
    assert only_submission(runtime).kind is SubmissionKind.SOUND
    assert only_submission(runtime).state is SubmissionState.PENDING


@pytest.mark.media
def test_a_broken_file_fails_with_a_reason(browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs) -> None:
    name, content, media_type = photo()
    Form(browser).send(file=(name, content[: len(content) // 3], media_type))
    run_jobs()
    submission = only_submission(runtime)
    assert (submission.state, submission.failure_code) == (SubmissionState.FAILED, "media.corrupt")
    assert shapes(runtime) == {}


@pytest.mark.media
def test_a_clip_over_the_hard_cap_fails_with_both_numbers(
    runtime: Runtime, scene: Scene, run_jobs: RunJobs, shared_media: Path
) -> None:
    runtime.settings.max_duration_s = 2
    send_file(runtime, scene, shared_media / "rails__rotated_video.mp4")
    run_jobs()
    submission = only_submission(runtime)
    assert (submission.state, submission.failure_code) == (SubmissionState.FAILED, "media.too_long")
    assert submission.failure_params is not None
    assert submission.failure_params["allowed_s"] == 2
    assert submission.failure_params["found_s"] > 2


@pytest.mark.media
def test_what_was_withdrawn_meanwhile_gets_no_files(
    browser: httpx.Client, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, run_jobs: RunJobs
) -> None:
    Form(browser).send(file=photo())

    def withdrawn_while_working(*given: object) -> object:
        prepared = preparing.prepare(*given)  # type: ignore[arg-type]
        with runtime.database.writing() as session:
            row = session.scalars(select(Submission)).one()
            service.withdraw(session, row, actor_id=None, now=runtime.now())
        return prepared

    monkeypatch.setattr(tasks, "prepare", withdrawn_while_working)
    run_jobs()
    assert only_submission(runtime).state is SubmissionState.WITHDRAWN
    assert count(runtime, Rendition) == 0
    run_jobs()
    assert (files_in(runtime.settings.files_dir), files_in(runtime.settings.data_dir / "work")) == ([], [])


@pytest.mark.media
def test_the_same_work_done_again_changes_nothing(browser: httpx.Client, runtime: Runtime, run_jobs: RunJobs) -> None:
    Form(browser).send(file=photo())
    run_jobs()
    before = (count(runtime, Artefact), count(runtime, Rendition), files_in(runtime.settings.files_dir))
    submission = only_submission(runtime)
    with runtime.database.writing() as session:
        payload = {"submission_id": submission.id}
        jobs.enqueue(session, service.NORMALISE, payload, unique_key="again", now=runtime.now())
    run_jobs()
    assert (count(runtime, Artefact), count(runtime, Rendition), files_in(runtime.settings.files_dir)) == before


def test_a_killed_attempt_leaves_nothing_to_the_next(browser: httpx.Client, runtime: Runtime) -> None:
    Form(browser).send()
    with runtime.database.writing() as session:
        job = session.scalars(select(Job)).one()
        jobs.claim(session, job.id, worker="one", now=runtime.now(), lease=timedelta(minutes=1))
    left_behind = runtime.settings.data_dir / "work" / f"job-{job.id}-1"
    left_behind.mkdir(parents=True)
    (left_behind / "half.jpg").write_bytes(b"half")
    tasks.normalise(JobRun(runtime, job.id, job.payload, "one", attempt=2))
    assert files_in(runtime.settings.data_dir / "work") == []
    assert only_submission(runtime).state is SubmissionState.PENDING


def test_work_that_never_succeeds_is_said_to_its_person(
    browser: httpx.Client, runtime: Runtime, clock: Clock, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = Form(browser).send(file=photo()).headers["location"]

    def broken_tool(*_given: object) -> None:
        raise ToolFailed("tool.failed", {"tool": "photo", "said": "no memory"})

    monkeypatch.setattr(tasks, "prepare", broken_tool)
    for _ in range(tasks.KINDS[0].max_attempts):
        run_jobs()
        clock.advance(timedelta(hours=1))
    assert only_submission(runtime).state is SubmissionState.FAILED
    assert only_submission(runtime).failure_code == "media.gave_up"
    with runtime.database.reading() as session:
        assert session.scalars(select(Job)).one().state is JobState.FAILED
    page = browser.get(receipt)
    assert "We could not prepare your file" in page.text
    assert "/c/our-home/bergen/share" in page.text
