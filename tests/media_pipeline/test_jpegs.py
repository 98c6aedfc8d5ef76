"""JPEGs are decoded to the same pixels as by Pillow, and damage is told apart from what is only written about the picture."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, JpegImagePlugin

from media_pipeline import integrity, jpegs

NOISE = Image.fromarray(np.random.default_rng(7).normal(128, 60, (211, 325, 3)).clip(0, 255).astype(np.uint8))
FIRST_TABLE = b"\xff\xdb"


def _saved(image: Image.Image = NOISE, **options: Any) -> bytes:
    held = io.BytesIO()
    image.save(held, "JPEG", **options)
    return held.getvalue()


def _pixels(image: Image.Image | None) -> tuple[str, tuple[int, int], bytes]:
    assert image is not None
    return image.mode, image.size, image.tobytes()


def _opened(content: bytes, folder: Path, draft: tuple[int, int] | None = None) -> JpegImagePlugin.JpegImageFile:
    path = folder / "photo.jpg"
    path.write_bytes(content)
    opened = Image.open(path)
    assert isinstance(opened, JpegImagePlugin.JpegImageFile)
    if draft is not None:
        opened.draft(None, draft)
    return opened


@pytest.mark.parametrize("draft", [None, (162, 105), (80, 50), (40, 20), (1, 1)])
@pytest.mark.parametrize(
    "options",
    [
        *({"subsampling": sampling} for sampling in ("4:4:4", "4:2:2", "4:2:0", "4:1:1")),
        *({"progressive": True}, {"keep_rgb": True}, {"restart_marker_blocks": 3}, {"quality": 5}),
    ],
)
def test_the_pixels_are_those_of_pillow(options: dict[str, Any], draft: tuple[int, int] | None, tmp_path: Path) -> None:
    content = _saved(**options)
    with _opened(content, tmp_path, draft) as opened, _opened(content, tmp_path, draft) as by_pillow:
        assert _pixels(jpegs.decoded(opened)) == _pixels(by_pillow)


@pytest.mark.parametrize("draft", [None, (40, 20)])
def test_grey_stays_grey(draft: tuple[int, int] | None, tmp_path: Path) -> None:
    content = _saved(NOISE.convert("L"))
    with _opened(content, tmp_path, draft) as opened, _opened(content, tmp_path, draft) as by_pillow:
        assert _pixels(jpegs.decoded(opened)) == _pixels(by_pillow)


def test_inks_are_left_to_pillow(tmp_path: Path) -> None:
    with _opened(_saved(NOISE.convert("CMYK")), tmp_path) as opened:
        assert jpegs.decoded(opened) is None


def test_what_is_written_beside_a_picture_does_not_make_it_broken(tmp_path: Path) -> None:
    whole = _saved()
    tables, frame = whole.index(FIRST_TABLE), whole.index(b"\xff\xc0")
    stray = b"some maker's words, and a marker \xff\xd0"
    profile_after_its_time = b"\xff\xe2\0\x12ICC_PROFILE\0\x05\x01\0\0"
    for content in (whole[:tables] + stray + whole[tables:], whole[:frame] + profile_after_its_time + whole[frame:]):
        with _opened(content, tmp_path) as opened:
            assert _pixels(jpegs.decoded(opened)) == _pixels(Image.open(io.BytesIO(whole)))


@pytest.mark.parametrize("padding", [b"abc", bytes(200), b"\x55" * 31])
def test_padding_before_the_end_mark_is_nobodys_loss(padding: bytes, tmp_path: Path) -> None:
    with _opened(_saved()[:-2] + padding + b"\xff\xd9", tmp_path) as opened:
        assert jpegs.decoded(opened) is None  # Pillow shows it


def test_data_that_is_left_over_was_read_out_of_step(tmp_path: Path) -> None:
    whole = _saved()
    with _opened(whole[:-2] + whole[-500:], tmp_path) as opened, pytest.raises(ValueError, match="extraneous"):
        jpegs.decoded(opened)


def test_a_decoder_needs_the_tables_the_frame_and_the_scans_alone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    told = _saved(exif=exif, comment=b"SECRET-COMMENT")
    bare = integrity.without_metadata(told + b"and more")
    assert (bare, b"SECRET" in told) == (_saved(), True)
