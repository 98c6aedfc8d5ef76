"""Pictures on canvases: tuned to be quick, and to the eye what the plain way would have given."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from media_pipeline import Box, Overlay, normalise, pictures
from media_pipeline.colours import srgb_profile
from media_pipeline.geometry import place
from tests.bench.likeness import ssim

SQUARE, STORY = Box(0, 0, 1080, 1080), Box(0, 0, 1080, 1920)


@pytest.fixture(scope="module")
def scene() -> Image.Image:
    """A picture of 2400 x 1800 with soft areas, edges and some grain."""
    drawn = np.random.default_rng(7)
    soft = Image.fromarray(drawn.integers(0, 255, (18, 24, 3), dtype=np.uint8)).resize((2400, 1800), Image.Resampling.BICUBIC)
    for left in range(100, 2300, 220):
        soft.paste((left % 256, 40, 200), (left, left // 2, left + 60, left // 2 + 500))
    grain = drawn.normal(0, 2, (1800, 2400, 3))
    return Image.fromarray(np.clip(np.asarray(soft) + grain, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("name", ["square", "portrait", "story", "landscape", "link_card"])
def test_a_photo_looks_as_if_it_had_been_decoded_whole_and_scaled_once_by_the_best_filter(
    name: str, scene: Image.Image, tmp_path: Path
) -> None:
    scene.save(tmp_path / "photo.jpg", quality=92)
    [made, *_] = normalise(tmp_path / "photo.jpg", tmp_path / "out", formats=[name]).renditions
    canvas = Box(0, 0, made.width_px or 0, made.height_px or 0)
    placed = place(*scene.size, canvas)
    with Image.open(tmp_path / "photo.jpg") as opened:
        plain = opened.resize((placed.width_px, placed.height_px), Image.Resampling.LANCZOS)
    if placed.covers:
        left, top, width, height = 0, 0, canvas.width_px, canvas.height_px
        plain = plain.crop((placed.left_px, placed.top_px, placed.left_px + width, placed.top_px + height))
    else:
        left, top, width, height = placed.left_px, placed.top_px, placed.width_px, placed.height_px
    with Image.open(tmp_path / "out" / made.path) as tuned:
        assert ssim(tuned.crop((left, top, left + width, top + height)), plain) >= 0.97


def test_behind_a_whole_picture_lies_a_dark_blurred_copy_of_it_without_seams(scene: Image.Image) -> None:
    filled = pictures.fill(scene, STORY)
    placed = place(*scene.size, STORY)
    covered = pictures.fill(scene, STORY, always_cover=True).filter(ImageFilter.GaussianBlur(48)).point(lambda value: value * 0.8)
    above = (0, 0, 1080, placed.top_px)
    assert _mean_difference(filled.crop(above), covered.crop(above)) < 6
    below = (0, placed.top_px + placed.height_px, 1080, 1920)
    assert _mean_difference(filled.crop(below), covered.crop(below)) < 6


def test_formats_that_show_parts_of_one_size_get_the_same_pixels_as_each_alone(scene: Image.Image) -> None:
    upright = scene.transpose(Image.Transpose.ROTATE_90)
    shared = pictures.Sizes(upright, [(1080, 1440)])
    portrait = pictures.fill(shared, Box(0, 0, 1080, 1350))
    square = pictures.fill(shared, SQUARE)
    assert ssim(square, pictures.fill(upright, SQUARE)) > 0.999
    offset = place(1080, 1440, SQUARE).top_px - place(1080, 1440, Box(0, 0, 1080, 1350)).top_px
    assert square.crop((0, 0, 1080, 1000)).tobytes() == portrait.crop((0, offset, 1080, offset + 1000)).tobytes()


def test_an_overlay_is_laid_where_it_is_not_clear(scene: Image.Image) -> None:
    overlay = Image.new("RGBA", (1080, 1080), (0, 0, 0, 0))
    overlay.paste((255, 0, 0, 128), (300, 900, 700, 1000))
    below = pictures.compose(scene, SQUARE, background="#ffffff")
    wanted = below.copy()
    wanted.paste(overlay, (0, 0), overlay)
    assert pictures.compose(scene, SQUARE, background="#ffffff", overlay=overlay).tobytes() == wanted.tobytes()
    clear = Image.new("RGBA", (1080, 1080), (0, 0, 0, 0))
    assert pictures.compose(scene, SQUARE, background="#ffffff", overlay=clear).tobytes() == below.tobytes()


def test_a_frame_without_alpha_mode_is_a_frame_all_the_same(scene: Image.Image, tmp_path: Path) -> None:
    scene.save(tmp_path / "photo.jpg")
    frame = Image.new("P", (1080, 1080), 1)
    frame.putpalette([0, 0, 0, 255, 0, 255])
    frame.paste(0, (0, 0, 1080, 900))
    frame.save(tmp_path / "frame.png", transparency=0)
    normalise(tmp_path / "photo.jpg", tmp_path / "out", formats=["square"], overlays={"square": Overlay(tmp_path / "frame.png")})
    with Image.open(tmp_path / "out" / "square.jpg") as made:
        red, green, blue = made.getpixel((500, 1000))  # type: ignore[misc]
    assert (red > 250, green < 5, blue > 250) == (True, True, True)


def test_a_jpeg_carries_its_profile_and_nothing_that_the_picture_brought_along(tmp_path: Path) -> None:
    picture = Image.new("RGB", (64, 64), "#336699")
    picture.info.update(comment=b"SECRET", exif=b"Exif\0\0SECRET", xmp=b"SECRET", icc_profile=b"SECRET", dpi=(72, 72))
    pictures.save_jpeg(picture, tmp_path / "made.jpg")
    content = (tmp_path / "made.jpg").read_bytes()
    assert (b"SECRET" in content, srgb_profile() in content) == (False, True)


def test_a_jpeg_has_the_best_quality_that_its_bytes_allow(scene: Image.Image, tmp_path: Path) -> None:
    sizes = []
    for at_most_bytes in (10_000_000, 1_000_000, 500_000):
        pictures.save_jpeg(scene, tmp_path / "made.jpg", at_most_bytes=at_most_bytes)
        sizes.append((tmp_path / "made.jpg").stat().st_size)
        assert sizes[-1] <= at_most_bytes
    assert sizes == sorted(sizes, reverse=True)


def test_a_preview_brings_a_tiny_copy_of_itself_as_an_address(tmp_path: Path) -> None:
    Image.linear_gradient("L").resize((1200, 900)).convert("RGB").save(tmp_path / "photo.jpg")
    made = normalise(tmp_path / "photo.jpg", tmp_path / "out", formats=["square"])
    [placeholder] = [one.placeholder for one in made.renditions if one.role == "preview"]
    assert [one.placeholder for one in made.renditions if one.role != "preview"] == [None, None]
    head, _, content = (placeholder or "").partition(",")
    assert head == "data:image/webp;base64"
    assert len(placeholder or "") < 400
    with Image.open(io.BytesIO(base64.b64decode(content))) as tiny, Image.open(tmp_path / "out" / "preview.webp") as preview:
        assert (tiny.format, tiny.size) == ("WEBP", (20, 15))
        assert _mean_difference(tiny.resize(preview.size).convert("RGB"), preview.convert("RGB")) < 8


@pytest.mark.parametrize("size", [(1, 1), (2000, 3), (3, 2000)])
def test_the_smallest_pictures_and_ribbons_have_every_part_of_the_family(size: tuple[int, int], tmp_path: Path) -> None:
    Image.new("RGB", size, "#336699").save(tmp_path / "photo.png")
    made = normalise(tmp_path / "photo.png", tmp_path / "out", formats=["square", "story", "link_card", "profile"])
    assert [one.role for one in made.renditions] == ["main"] * 4 + ["preview", "tile"]
    for one in made.renditions:
        with Image.open(tmp_path / "out" / one.path) as picture:
            assert picture.size == (one.width_px, one.height_px)


def _mean_difference(one: Image.Image, other: Image.Image) -> float:
    first, second = (np.asarray(picture.convert("RGB"), dtype=np.float64) for picture in (one, other))
    return float(np.abs(first - second).mean())
