"""What is said travels beside the film: to the player at the desk, and to whoever takes the film away."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from app.enums import SubmissionKind
from app.models import Rendition, Submission
from app.runtime import Runtime
from tests.conftest import Server
from tests.moderation.conftest import OFFICER_OF_BERGEN, OFFICER_OF_LYON, World

EXPECTED = "WEBVTT\n\n00:00:00.000 --> 00:00:04.000\nThe gates open at nine\n"


@pytest.fixture
def clip(runtime: Runtime, world: World) -> str:
    """An approved clip of Bergen in which somebody speaks."""
    with runtime.database.writing() as session:
        row = session.scalars(select(Submission).where(Submission.public_id == world.ids["approved of bergen"])).one()
        row.kind, row.spoken_words = SubmissionKind.CLIP, "The gates open at nine"
        for rendition in session.scalars(select(Rendition).where(Rendition.submission_id == row.id, Rendition.role == "main")):
            rendition.duration_s = 4.0
        return row.public_id


def test_the_player_at_the_desk_shows_what_is_said(server: Server, clip: str) -> None:
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        assert f'src="/desk/media/{clip}/captions.vtt"' in browser.get(f"/desk/contributions/{clip}").text
        assert browser.get(f"/desk/media/{clip}/captions.vtt").text == EXPECTED


def test_captions_are_taken_away_with_the_film(server: Server, clip: str) -> None:
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        taken = browser.get(f"/desk/contributions/{clip}/files/captions.vtt")
        whole = ZipFile(BytesIO(browser.get(f"/desk/contributions/{clip}/all.zip").content))
    [name] = [name for name in whole.namelist() if name.endswith("/captions.vtt")]
    assert taken.text == EXPECTED
    assert taken.headers["content-disposition"].endswith('-captions.vtt"')
    assert whole.read(name).decode() == EXPECTED.replace("\n", "\r\n")


def test_the_captions_of_another_city_are_not_there(server: Server, clip: str) -> None:
    with server.signed_in(OFFICER_OF_LYON) as browser:
        asked = [f"/desk/media/{clip}/captions.vtt", f"/desk/contributions/{clip}/files/captions.vtt"]
        assert [browser.get(address).status_code for address in asked] == [404, 404]
    with server.client() as stranger:
        assert stranger.get(f"/desk/media/{clip}/captions.vtt").headers["location"] == "/desk/sign-in"


def test_nothing_written_down_means_no_captions(server: Server, world: World) -> None:
    approved = world.ids["approved of bergen"]
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        assert "captions.vtt" not in browser.get(f"/desk/contributions/{approved}").text
        assert browser.get(f"/desk/contributions/{approved}/files/captions.vtt").status_code == 404
