"""What was made once in a folder is not made again, and only while it still is what was asked for."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from media_pipeline import Kind, Normalised, Overlay
from media_pipeline.normalise import normalise

Make = Callable[..., Normalised]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Normalise a plain picture into one folder, with a record."""
    source = tmp_path / "photo.png"
    Image.new("RGB", (400, 300), "#336699").save(source)

    def run(**asked: Any) -> Normalised:
        return normalise(asked.pop("source", source), tmp_path / "out", keep_record=True, **asked)

    return run


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The processes that are started, in which alone anything is decoded."""
    commands: list[list[str]] = []
    real = subprocess.Popen

    def start(command: list[str], *arguments: Any, **options: Any) -> Any:
        commands.append(command)
        return real(command, *arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    return commands


def test_the_same_rendition_asked_for_again_decodes_nothing(make: Make, started: list[list[str]]) -> None:
    first = make(formats=["square", "story"])
    once = len(started)
    assert (make(formats=["square", "story"]), len(started)) == (first, once)


def test_one_of_the_formats_made_before_is_there_alone(make: Make, started: list[list[str]]) -> None:
    make(formats=["square", "story"])
    once = len(started)
    again = make(formats=["story"])
    assert ([one.path for one in again.renditions], len(started)) == (["story.jpg", "preview.webp", "tile.jpg"], once)


@pytest.mark.parametrize("changed", [{"background": "#000000"}, {"focus": (0.1, 0.1)}, {"formats": ["square", "portrait"]}])
def test_another_wish_is_made_anew(changed: dict[str, Any], make: Make, started: list[list[str]]) -> None:
    make(formats=["square"])
    once = len(started)
    make(**{"formats": ["square"], **changed})
    assert len(started) > once


def test_another_frame_is_made_anew_and_the_same_one_is_not(make: Make, started: list[list[str]], tmp_path: Path) -> None:
    frame = tmp_path / "frame.png"
    asked = {"formats": ["square"], "overlays": {"square": Overlay(frame)}}
    Image.new("RGBA", (1080, 1080), "#ff000080").save(frame)
    make(**asked)
    once = len(started)
    make(**asked)
    assert len(started) == once
    Image.new("RGBA", (1080, 1080), "#00ff0080").save(frame)
    make(**asked)
    assert len(started) > once


def test_a_frame_can_be_drawn_once_the_kind_is_known(make: Make, started: list[list[str]], tmp_path: Path) -> None:
    asked: list[tuple[Kind, list[str]]] = []

    def draw(kind: Kind, names: list[str]) -> dict[str, Overlay]:
        asked.append((kind, names))
        Image.new("RGBA", (1080, 1080), "#ff000080").save(tmp_path / "drawn.png")
        return {"square": Overlay(tmp_path / "drawn.png")}

    first = make(overlays=draw)
    once = len(started)
    assert (make(overlays=draw), len(started), asked) == (first, once, [(Kind.PHOTO, ["square"])] * 2)


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"other")])
def test_a_file_that_was_changed_or_taken_away_is_made_again(spoil: Callable[[Path], object], make: Make, tmp_path: Path) -> None:
    first = make(formats=["square"])
    spoil(tmp_path / "out" / "square.jpg")
    assert make(formats=["square"]) == first
    assert (tmp_path / "out" / "square.jpg").stat().st_size == first.renditions[0].size_bytes


def test_another_file_never_gets_what_was_made_of_the_first(make: Make, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    Image.new("RGB", (400, 300), "#993300").save(other)
    first = make(formats=["square"])
    second = make(formats=["square"], source=other)
    assert first.renditions[0].sha256 != second.renditions[0].sha256
    assert make(formats=["square"]) == first
