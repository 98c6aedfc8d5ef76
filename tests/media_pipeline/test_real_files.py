"""Every real file at hand, from phones and cameras nobody here held: what it is told to be, and what becomes of it."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from PIL import Image

from media_pipeline import Kind, MediaError, Normalised, normalise

pytestmark = pytest.mark.media
RealFile = Callable[[str], Path]
Facts = tuple[str, int | None, int | None, int, bool, float | None]

# kind, width and height upright, clockwise turn, high dynamic range, seconds; looked at, one by one
GOOD: dict[str, Facts] = {
    "chelsea.png": ("photo", 451, 300, 0, False, None),
    "decord__video_90.mov": ("video", 320, 568, 90, False, 0.1),
    "exif-orientation-examples__Portrait_6.jpg": ("photo", 1200, 1800, 90, False, None),
    "file-type__fixture.wav": ("audio", None, None, 0, False, 1.225),
    "frozenpond.mpo": ("photo", 640, 480, 0, False, None),
    "hopper_orientation_6.jpg": ("photo", 128, 128, 90, False, None),
    "image-size__sample.heic": ("photo", 123, 456, 0, False, None),
    "learning-area__bear.ogg": ("audio", None, None, 0, False, 6.235),
    "libavif__colors_hdr_p3.avif": ("photo", 200, 200, 0, True, None),
    "libavif__paris_exif_orientation_5.jpg": ("photo", 302, 403, 90, False, None),
    "libavif__paris_icc_exif_xmp.avif": ("photo", 403, 302, 0, False, None),
    "libavif__seine_sdr_gainmap_srgb.jpg": ("photo", 400, 300, 0, False, None),
    "media__bbb_176x144_128kbps_15fps_h263.3gp": ("video", 176, 144, 0, False, 1.0),
    "media__bbb_1ch_8kHz_aac_lc.m4a": ("audio", None, None, 0, False, 3.072),
    "media__bear-vp9-odd-dimensions.webm": ("video", 161, 121, 0, False, 1.001),
    "media__bear.opus": ("audio", None, None, 0, False, 2.74),
    "media__dolbyVision-hdr.MOV": ("video", 720, 1280, 90, True, 0.133),
    "media__h265_bframes.mp4": ("video", 854, 480, 0, False, 1.0),
    "media__sample_MP.heic": ("photo", 1080, 1920, 0, False, None),
    "media__sample_android_slow_motion.mp4": ("video", 1280, 720, 0, False, 0.525),
    "pil_sample_cmyk.jpg": ("photo", 100, 100, 0, False, None),
    "pillow_heif__zPug_3.heic": ("photo", 64, 64, 0, False, None),
    "rails__audio.mp3": ("audio", None, None, 0, False, 0.889),
    "rails__rotated_video.mp4": ("video", 480, 640, 90, False, 5.228),
    "rails__video_with_rectangular_samples.mp4": ("video", 1920, 1080, 0, False, 5.229),
    "rails__video_without_audio_stream.mp4": ("video", 640, 480, 0, False, 5.002),
    "rocket.jpg": ("photo", 640, 427, 0, False, None),
    "test-assets__portrait-orientation-6.jpg": ("photo", 840, 700, 90, False, None),
    "torchcodec__gradient_rotated.heic": ("photo", 720, 1280, 0, False, None),
    "torchcodec__nasa_13013_hdr.mp4": ("video", 320, 180, 0, True, 13.0),
    "torchcodec__testsrc2_odd_height_and_width_444.mp4": ("video", 321, 241, 0, False, 1.0),
}
REFUSED = {
    "decompression_bomb.gif": "media.too_many_pixels",
    "truncated_jpeg.jpg": "media.corrupt",
    "ultrahdr.jpg": "media.corrupt",
}
SHAPES = {"square": (1080, 1080), "tile": (512, 512), "audio": (None, None)}
_OF_EVERY_MP4 = {"major_brand", "minor_version", "compatible_brands"}


@pytest.mark.parametrize("name", list(GOOD))
def test_a_good_file_is_told_for_what_it_is_and_comes_out_clean(name: str, real: RealFile, tmp_path: Path) -> None:
    made = normalise(real(name), tmp_path, max_clip_s=0.5)
    source = made.source
    facts = (source.kind.value, source.width_px, source.height_px, source.rotation_deg, source.is_hdr, source.duration_s)
    assert facts == GOOD[name]
    assert (made.trimmed, made.lost_s) == ((source.duration_s or 0) > 0.55, None)
    _check_files(made, tmp_path)


def _check_files(made: Normalised, folder: Path) -> None:
    main = "audio" if made.kind is Kind.AUDIO else "square"
    assert {path.name for path in folder.iterdir()} == {one.path for one in made.renditions}
    for one in made.renditions:
        content = (folder / one.path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one.size_bytes, one.sha256)
        if one.role in {"main", "tile"}:
            assert (one.width_px, one.height_px) == SHAPES[main if one.role == "main" else "tile"]
        if one.media_type.startswith("image/"):
            with Image.open(folder / one.path) as picture:
                assert (picture.size, set(picture.info) & {"exif", "xmp", "comment"}) == ((one.width_px, one.height_px), set())
        else:
            with av.open(str(folder / one.path)) as film:
                assert set(film.metadata) <= _OF_EVERY_MP4
                assert one.duration_s == pytest.approx(min(made.source.duration_s or 0, 0.5), abs=0.06)


@pytest.mark.parametrize(("name", "code"), list(REFUSED.items()))
def test_a_bad_file_is_refused_by_its_code_and_leaves_nothing(name: str, code: str, real: RealFile, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        normalise(real(name), tmp_path)
    assert (refused.value.code, list(tmp_path.iterdir())) == (code, [])


def test_no_real_file_is_left_out(real: RealFile) -> None:
    folder = real("rocket.jpg").parent
    assert {path.name for path in folder.iterdir() if path.suffix != ".md"} == GOOD.keys() | REFUSED.keys()
