"""moviepy composes from masters and never sees an upload: it squashes rotated clips and loses step on a variable rate."""

import ast
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import media_pipeline
from media_pipeline import Kind
from media_pipeline.compilation import card_segment
from media_pipeline.normalise import normalise

pytestmark = pytest.mark.media
PACKAGE = Path(media_pipeline.__file__).parent


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command lines of all processes that are started."""
    lines: list[str] = []
    real = subprocess.Popen

    def start(command: list[str], *arguments: Any, **options: Any) -> Any:
        lines.append(" ".join(command))
        return real(command, *arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    return lines


def test_only_the_maker_of_cards_knows_it() -> None:
    knowing = [path.name for path in PACKAGE.rglob("*.py") if "moviepy" in _imported(path)]
    assert knowing == ["card_child.py"]


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize(
    ("name", "upright"), [("rails__rotated_video.mp4", (480, 640)), ("media__sample_android_slow_motion.mp4", None)]
)
def test_a_rotated_and_a_variable_rate_clip_pass_it_by(
    name: str, upright: tuple[int, int] | None, real: Callable[[str], Path], started: list[str], tmp_path: Path
) -> None:
    made = normalise(real(name), tmp_path, formats=["square"], max_clip_s=1)
    assert made.kind is Kind.VIDEO
    assert upright in {None, (made.source.width_px, made.source.height_px)}
    assert (len(started) > 2, [line for line in started if "card_child" in line]) == (True, [])


def test_it_makes_the_cards(started: list[str], tmp_path: Path) -> None:
    Image.new("RGB", (1080, 1080), "#336699").save(tmp_path / "card.png")
    card_segment(tmp_path / "card.png", tmp_path / "card.mp4", format="square", duration_s=0.5)
    assert len([line for line in started if "card_child" in line]) == 1
