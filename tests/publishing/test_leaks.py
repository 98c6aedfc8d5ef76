"""Nothing unapproved, unagreed or withdrawn is reachable at any public address; a withdrawal hides before any job runs."""

from pathlib import Path

import httpx
import pytest

from app.assembly.collage import build_collage
from app.assembly.film import build_city_film
from app.enums import ProductionKind, Purpose, SubmissionKind, SubmissionState
from app.models import Submission
from app.publishing.queries import shown_productions
from app.runtime import Runtime
from app.submissions import service
from tests import factories
from tests.assembly.works import add_file, draw, run_jobs, with_picture
from tests.conftest import Server
from tests.publishing.conftest import Scene

PAGES = (
    "/",
    "/c/our-home",
    "/c/our-home?city=bergen&from=bergen&language=en",
    "/c/our-home/bergen",
    "/api/v1/campaigns/our-home",
    "/api/v1/campaigns/our-home/contributions",
    "/api/v1/campaigns/our-home/contributions?city=bergen&language=en",
)
MEDIA = ("square-main", "square-preview", "tile-tile", "original-original", "square-original", "-", "main", "square-poster")
SECRET = "Nobody but my moderator may read this"  # noqa: S105 - words, not a key


def photo(runtime: Runtime, scene: Scene, folder: Path, **facts: object) -> Submission:
    with runtime.database.writing() as session:
        submission = factories.submission(
            session,
            scene.campaign,
            scene.bergen,
            kind=SubmissionKind.PHOTO,
            text=SECRET,
            name="Zarifa",
            **facts,  # type: ignore[arg-type]
        )
        with_picture(session, runtime, submission, folder, "red")
        original = draw(folder / f"original-{submission.id}.jpg", "sand", size=(500, 500))
        add_file(session, runtime, submission, original, role="original", format_name="original")
    return submission


def reachable(client: httpx.Client, submission: Submission) -> list[str]:
    """The public addresses at which something of it is to be had."""
    marks = (SECRET, "Zarifa", submission.public_id)
    pages = [page for page in PAGES if any(mark in client.get(page).text for mark in marks)]
    media = [name for name in MEDIA if client.get(f"/media/{submission.public_id}/{name}").status_code != 404]
    return pages + media


ON_THE_PAGES = list(PAGES[1:4]) + list(PAGES[5:]) + ["square-main", "square-preview"]


def test_an_approved_photo_is_seen_on_the_pages_and_never_its_original_or_its_tile(
    server: Server, scene: Scene, tmp_path: Path
) -> None:
    submission = photo(server.runtime, scene, tmp_path)
    with server.client() as client:
        assert reachable(client, submission) == ON_THE_PAGES


@pytest.mark.parametrize("state", [state for state in SubmissionState if state is not SubmissionState.APPROVED])
def test_what_is_not_approved_is_nowhere(server: Server, scene: Scene, tmp_path: Path, state: SubmissionState) -> None:
    submission = photo(server.runtime, scene, tmp_path, state=state)
    with server.client() as client:
        assert reachable(client, submission) == []


def test_what_was_not_agreed_to_for_the_pages_is_nowhere(server: Server, scene: Scene, tmp_path: Path) -> None:
    others = [purpose for purpose in Purpose if purpose is not Purpose.CAMPAIGN_PAGES]
    submission = photo(server.runtime, scene, tmp_path, consents=others)
    with server.client() as client:
        assert reachable(client, submission) == []


def test_a_withdrawal_hides_at_once_before_any_job_has_run(server: Server, scene: Scene, tmp_path: Path) -> None:
    submission = photo(server.runtime, scene, tmp_path)
    with server.client() as client:
        tag = client.get(f"/media/{submission.public_id}/square-main").headers["etag"]
        withdraw(server.runtime, submission)
        assert reachable(client, submission) == []
        again = client.get(f"/media/{submission.public_id}/square-main", headers={"If-None-Match": tag})
        assert again.status_code == 404


def test_a_consent_that_ends_hides_at_once(server: Server, scene: Scene, tmp_path: Path) -> None:
    submission = photo(server.runtime, scene, tmp_path)
    with server.runtime.database.writing() as session:
        row = session.get_one(Submission, submission.id)
        service.switch_purpose(session, row, Purpose.CAMPAIGN_PAGES, agreed=False, language="en", now=server.runtime.now())
    with server.client() as client:
        assert reachable(client, submission) == []


def test_what_is_said_in_a_clip_is_reachable_as_long_as_the_clip_and_as_it_is_written_now(
    server: Server, scene: Scene, tmp_path: Path
) -> None:
    with server.runtime.database.writing() as session:
        clip = factories.submission(
            session, scene.campaign, scene.bergen, kind=SubmissionKind.CLIP, text="", spoken_words=SECRET, language="en"
        )
        clip.speech_s = [[0.5, 3.5]]
        film = draw(tmp_path / "film.jpg", "red")
        add_file(session, server.runtime, clip, film, role="main", format_name="square", media_type="video/mp4", duration_s=4.0)
    address = f"/media/{clip.public_id}/captions.vtt"
    with server.client() as client:
        assert f'<track kind="captions" src="{address}" srclang="en"' in client.get("/c/our-home/bergen").text
        answer = client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/vtt; charset=utf-8")
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.text == f"WEBVTT\n\n00:00:00.500 --> 00:00:03.500\n{SECRET}\n"
        with server.runtime.database.writing() as session:
            session.get_one(Submission, clip.id).spoken_words = "Corrected since"
        assert "Corrected since" in client.get(address).text
        withdraw(server.runtime, clip)
        assert client.get(address).status_code == 404


def test_what_is_said_in_a_clip_that_waits_is_nowhere(server: Server, scene: Scene, tmp_path: Path) -> None:
    with server.runtime.database.writing() as session:
        clip = factories.submission(
            session,
            scene.campaign,
            scene.bergen,
            kind=SubmissionKind.CLIP,
            state=SubmissionState.PENDING,
            spoken_words=SECRET,
        )
        film = draw(tmp_path / "film.jpg", "red")
        add_file(session, server.runtime, clip, film, role="main", format_name="square", media_type="video/mp4", duration_s=4.0)
    with server.client() as client:
        assert client.get(f"/media/{clip.public_id}/captions.vtt").status_code == 404


@pytest.mark.usefixtures("quick_films")
def test_collage_and_film_hide_at_once_and_come_back_without_the_one_who_left(
    server: Server, scene: Scene, tmp_path: Path
) -> None:
    runtime = server.runtime
    leaving = photo(runtime, scene, tmp_path)
    photo(runtime, scene, tmp_path)
    build_collage(runtime, scene.campaign.id)
    build_city_film(runtime, scene.campaign.id, scene.bergen.id)
    collage, film = address(runtime, scene, ProductionKind.COLLAGE), address(runtime, scene, ProductionKind.CITY_FILM)
    with server.client() as client:
        addresses = (collage, f"{collage}/poster", film, f"{film}/poster")
        assert [client.get(each).status_code for each in addresses] == [200] * 4
        assert collage in client.get("/c/our-home").text
        assert film in client.get("/c/our-home/bergen").text
        withdraw(runtime, leaving)
        assert [client.get(each).status_code for each in addresses] == [404] * 4
        assert "The collage is being made anew" in client.get("/c/our-home").text
        assert "The film is being made anew" in client.get("/c/our-home/bergen").text
        run_jobs(runtime)
        assert [client.get(each).status_code for each in addresses] == [200] * 4
        assert "What is on it: 1 contribution" in client.get("/c/our-home").text


@pytest.mark.usefixtures("quick_films")
def test_a_film_asks_for_its_own_consent_and_not_for_another(server: Server, scene: Scene, tmp_path: Path) -> None:
    runtime = server.runtime
    leaving = photo(runtime, scene, tmp_path)
    build_collage(runtime, scene.campaign.id)
    build_city_film(runtime, scene.campaign.id, scene.bergen.id)
    with runtime.database.writing() as session:
        row = session.get_one(Submission, leaving.id)
        service.switch_purpose(session, row, Purpose.CITY_FILM, agreed=False, language="en", now=runtime.now())
    with server.client() as client:
        kinds = (ProductionKind.COLLAGE, ProductionKind.CITY_FILM)
        assert [client.get(address(runtime, scene, kind)).status_code for kind in kinds] == [200, 404]


def address(runtime: Runtime, scene: Scene, kind: ProductionKind) -> str:
    with runtime.database.reading() as session:
        shown = shown_productions(session, scene.campaign.id, kind)
    place = None if kind is ProductionKind.COLLAGE else scene.bergen.id
    return f"/media/productions/{shown[place].public_id}"


def withdraw(runtime: Runtime, submission: Submission) -> None:
    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, submission.id), actor_id=None, now=runtime.now())
