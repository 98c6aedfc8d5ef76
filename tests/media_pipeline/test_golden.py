"""What was looked at and found right still looks so: frames, captions in three scripts, audiograms."""

from pathlib import Path

import pytest
from PIL import Image

from tests.bench.likeness import ssim
from tests.media_samples.golden_pictures import CASES, GOLDEN

pytestmark = pytest.mark.media
# the same picture by another encoder's rounding has 0.99; a line that breaks elsewhere has less than 0.97
ALIKE = 0.98


@pytest.mark.parametrize("name", list(CASES))
def test_it_looks_as_it_did_when_it_was_found_right(name: str, tmp_path: Path) -> None:
    drawn = CASES[name](tmp_path)
    with Image.open(GOLDEN / f"{name}.webp") as golden:
        assert drawn.size == golden.size
        likeness = ssim(drawn, golden.convert("RGB"))
    if likeness < ALIKE:
        drawn.save(tmp_path / f"{name}.png")
    assert likeness >= ALIKE, f"{likeness:.3f}: look at {tmp_path / name}.png"


def test_another_picture_is_not_taken_for_the_same() -> None:
    with (
        Image.open(GOLDEN / "audiogram-chinese-square.webp") as one,
        Image.open(GOLDEN / "clip-tamil-words-square.webp") as other,
    ):
        assert ssim(one.convert("RGB"), other.convert("RGB")) < ALIKE
