"""`polyphony film` and `polyphony collage`: what they say, to whom and with which exit code."""

import sys
from collections.abc import Callable

import pytest

from app import cli
from app.assembly import commands
from app.assembly.workshop import Built, Progress
from app.enums import CampaignStatus
from app.errors import ErrorKind, Refused
from app.models import Network
from app.runtime import Runtime
from media_pipeline.errors import MediaError, ToolFailed
from tests import factories
from tests.assembly.conftest import Scene

Run = Callable[..., tuple[int, list[str], list[str]]]


@pytest.fixture
def run(runtime: Runtime, scene: Scene, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command as somebody types it: exit code, what it said, what it said of failures."""
    monkeypatch.setattr(cli, "get_settings", lambda: runtime.settings)
    monkeypatch.setattr(cli, "_ready", lambda _settings: runtime)
    assert scene.campaign.slug == "our-home"

    def run(*arguments: str) -> tuple[int, list[str], list[str]]:
        monkeypatch.setattr(sys, "argv", ["polyphony", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out.splitlines(), said.err.splitlines()

    return run


def raising(error: BaseException) -> Callable[..., Built]:
    def build(*_: object, **__: object) -> Built:
        raise error

    return build


def test_a_name_that_stands_for_nothing_ends_with_2_and_says_what_there_is(run: Run, runtime: Runtime, scene: Scene) -> None:
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        factories.campaign(session, network, slug="planned", status=CampaignStatus.DRAFT)
    campaign = "There is no open or closed campaign their-home. There is: our-home."
    city = "There is no city in this campaign berge. There is: bergen, kobe, oslo."
    assert run("film", "their-home") == (2, [], [campaign])
    assert run("collage", "their-home") == (2, [], [campaign])
    assert run("film", "our-home", "berge") == (2, [], [city])


def test_where_nothing_is_approved_it_says_so_and_ends_with_1(run: Run) -> None:
    assert run("film", "our-home", "bergen") == (1, ["Film of bergen: nothing is approved for it yet."], [])
    assert run("film", "our-home", "--cities") == (1, ["No city has anything approved for a film yet."], [])
    assert run("collage", "our-home", "--print") == (1, ["Poster of our-home: nothing is approved for it yet."], [])


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (
            Refused("campaign.city_not_in", kind=ErrorKind.CONFLICT, city="bergen"),
            3,
            "This city does not take part in the campaign. [campaign.city_not_in]",
        ),
        (
            ToolFailed("tool.timeout", {"allowed_s": 60}),
            3,
            "Our own tool did not finish within 60 seconds. Please try again. [tool.timeout]",
        ),
        (
            KeyboardInterrupt(),
            130,
            "Stopped. What stood before stands on; the parts of films that are made already are kept for the next time.",
        ),
    ],
)
def test_what_went_wrong_is_said_in_a_sentence(
    error: BaseException, code: int, sentence: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "build_city_film", raising(error))
    assert run("film", "our-home", "bergen") == (code, [], [sentence])


def test_a_zoomable_collage_that_is_stopped_is_not_said_to_stand_as_it_stood(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "build_zoomable_collage", raising(KeyboardInterrupt()))
    said = "Stopped. What stood before stands on, but for the zoomable collage, whose places change one by one."
    assert run("collage", "our-home") == (130, [], [said])


def test_where_the_film_of_one_city_fails_those_of_the_others_are_made(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(_runtime: Runtime, _campaign_id: int, city_id: int, *, progress: Progress) -> Built:
        if city_id == 1:
            raise MediaError("typeset.missing_glyph", {"characters": "☃"})
        progress(0.04)
        progress(0.5)
        return Built("abc", 1, 14.2, anew=True)

    monkeypatch.setattr(commands, "filmed_cities", lambda _session, _campaign_id: [("bergen", 1), ("kobe", 2)])
    monkeypatch.setattr(commands, "build_city_film", build)
    said = [
        "Film of bergen: These characters cannot be drawn: ☃. [typeset.missing_glyph]",
        "  kobe: 50 %",
        "Film of kobe: 1 contribution, 14 s (made): http://127.0.0.1/media/productions/abc",
    ]
    assert run("film", "our-home", "--cities") == (1, said, [])
