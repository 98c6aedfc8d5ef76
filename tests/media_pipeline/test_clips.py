"""Clips as phones send them become masters that are alike in everything but their content."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from media_pipeline import Box, Kind, Normalised, Overlay, normalise, probe

pytestmark = pytest.mark.media

MASTER = {
    "rate": 30.0,
    "codecs": ("h264", "aac"),
    "profile": "High",
    "pixels": "yuv420p",
    "sound": (48_000, "stereo"),
    "metadata": {},
}
RealFile = Callable[[str], Path]
Streams = Callable[[Path], dict[str, Any]]
Ffmpeg = Callable[..., None]


def test_a_clip_becomes_every_format_with_poster_preview_and_tile(clip: Path, streams: Streams, tmp_path: Path) -> None:
    seen: list[float] = []
    made = normalise(clip, tmp_path, formats=["square", "story", "wide"], on_progress=seen.append)
    assert [(one.format, one.role, one.path, one.width_px, one.height_px) for one in made.renditions] == [
        ("square", "main", "square.mp4", 1080, 1080),
        ("story", "main", "story.mp4", 1080, 1920),
        ("wide", "main", "wide.mp4", 1920, 1080),
        ("square", "poster", "poster.jpg", 1080, 1080),
        ("square", "preview", "preview.webp", 640, 640),
        ("tile", "tile", "tile.jpg", 512, 512),
    ]
    assert (made.kind, made.trimmed, made.repaired) == (Kind.VIDEO, False, None)
    for one in made.renditions[:3]:
        assert streams(tmp_path / one.path) == {**MASTER, "size": (one.width_px, one.height_px)}
        assert one.duration_s == pytest.approx(2.0, abs=0.04)
        assert b"SECRET" not in (tmp_path / one.path).read_bytes()
        assert b"+48.85" not in (tmp_path / one.path).read_bytes()
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_colours_and_sides_stay_what_they_were(clip: Path, tmp_path: Path) -> None:
    normalise(clip, tmp_path, formats=["wide"])
    frame = _frame(tmp_path / "wide.mp4")
    assert _is_near(frame[540, 300], (255, 0, 0))
    assert _is_near(frame[540, 1600], (0, 0, 255))


def test_a_master_can_be_played_from_its_first_bytes(clip: Path, tmp_path: Path) -> None:
    normalise(clip, tmp_path, formats=["square"])
    content = (tmp_path / "square.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_rotated_clip_comes_out_upright(real: RealFile, tmp_path: Path) -> None:
    made = normalise(real("decord__video_90.mov"), tmp_path, formats=["story"])
    assert (made.source.rotation_deg, made.source.width_px, made.source.height_px) == (-90, 320, 568)
    frame = _frame(tmp_path / "story.mp4")
    # a keyboard: its rows lie level when it is upright, so brightness changes more from row to row than from side to side
    grey = frame.mean(axis=2)
    assert np.abs(np.diff(grey.mean(axis=1))).mean() > np.abs(np.diff(grey.mean(axis=0))).mean()


def test_a_drawn_clip_that_is_turned_by_its_matrix_shows_the_right_side_up(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    turned = tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", "90", "-i", str(clip), "-c", "copy", str(turned))
    made = normalise(turned, tmp_path / "out", formats=["square"])
    assert (made.source.width_px, made.source.height_px) == (240, 320)
    frame = _frame(tmp_path / "out" / "square.mp4")
    assert _is_near(frame[900, 540], (255, 0, 0))  # left turned a quarter to the left is below
    assert _is_near(frame[180, 540], (0, 0, 255))


def test_wide_pixels_become_square_ones(real: RealFile) -> None:
    facts = probe(real("rails__video_with_rectangular_samples.mp4"))
    assert (facts.width_px, facts.height_px) == (1920, 1080)


def test_the_first_frame_tells_about_high_dynamic_range_not_the_header(real: RealFile) -> None:
    assert probe(real("torchcodec__nasa_13013_hdr.mp4")).is_hdr


def test_an_hdr_phone_clip_comes_out_in_standard_range_without_its_place(
    real: RealFile, streams: Streams, tmp_path: Path
) -> None:
    source = real("media__dolbyVision-hdr.MOV")
    assert b"ISO6709" in source.read_bytes()
    made = normalise(source, tmp_path, formats=["square"])
    assert (made.source.is_hdr, made.source.rotation_deg) == (True, -90)
    assert streams(tmp_path / "square.mp4") == {**MASTER, "size": (1080, 1080)}
    assert b"ISO6709" not in (tmp_path / "square.mp4").read_bytes()
    with av.open(str(tmp_path / "square.mp4")) as film:
        frame = next(film.decode(video=0))
        assert (int(frame.color_trc), int(frame.color_primaries), int(frame.colorspace)) == (1, 1, 1)
    sky = _frame(tmp_path / "square.mp4")[200, 540]
    assert 150 < sky.mean() < 250  # bright, and not burnt out


@pytest.mark.parametrize(
    "name",
    [
        "media__sample_android_slow_motion.mp4",
        "media__bbb_176x144_128kbps_15fps_h263.3gp",
        "torchcodec__testsrc2_odd_height_and_width_444.mp4",
        "media__h265_bframes.mp4",
    ],
)
def test_odd_phone_clips_come_out_alike(name: str, real: RealFile, streams: Streams, tmp_path: Path) -> None:
    made = normalise(real(name), tmp_path, formats=["square"])
    assert streams(tmp_path / "square.mp4") == {**MASTER, "size": (1080, 1080)}
    assert made.renditions[0].duration_s == pytest.approx(made.source.duration_s, abs=0.05)


def test_a_clip_without_sound_gets_a_silent_track(real: RealFile, streams: Streams, tmp_path: Path) -> None:
    made = normalise(real("rails__video_without_audio_stream.mp4"), tmp_path, formats=["square"], max_clip_s=1)
    assert (made.source.has_audio, made.renditions[0].loudness_lufs) == (False, None)
    assert streams(tmp_path / "square.mp4")["sound"] == (48_000, "stereo")


def test_the_first_part_of_a_longer_clip_is_kept_and_said(clip: Path, tmp_path: Path) -> None:
    made = normalise(clip, tmp_path, formats=["square"], max_clip_s=0.8)
    assert (made.trimmed, made.source.duration_s) == (True, 2.0)
    assert made.renditions[0].duration_s == pytest.approx(0.8, abs=0.02)


def test_a_clips_loudness_is_what_networks_expect(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    for volume, name in [("0.2", "quiet"), ("0.9", "loud")]:
        source = tmp_path / f"{name}.mp4"
        sound = f"anoisesrc=color=pink:amplitude={volume}:duration=4:seed=7"
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=160x120:r=30:d=4", "-f", "lavfi", "-i", sound, "-pix_fmt", "yuv420p", str(source))
        made = normalise(source, tmp_path / name, formats=["square"])
        assert made.renditions[0].loudness_lufs == pytest.approx(-14, abs=1)


def test_a_clip_whose_pictures_begin_late_is_still_in_step(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """A flash and a beep at the same moment, in a variable rate, with the picture's track beginning half a second late."""
    source = tmp_path / "late.mkv"
    flash = "color=c=black:s=160x120:r=30:d=3,drawbox=c=white:t=fill:enable='gte(t,2)'"
    uneven = "select='not(mod(n,3))+gte(n,45)*mod(n,2)',setpts=PTS"
    beep = "aevalsrc='if(gte(t,2),0.5*sin(2*PI*880*t),0)':s=44100:d=3"
    graph = f"{flash},{uneven},trim=start=0.5[v]"
    ffmpeg(
        "-f", "lavfi", "-i", beep, "-filter_complex", graph, "-map", "[v]", "-map", "0:a", "-fps_mode", "passthrough", str(source)
    )
    normalise(source, tmp_path / "out", formats=["square"])
    flash_s, beep_s = _flash_and_beep(tmp_path / "out" / "square.mp4")
    assert beep_s - flash_s == pytest.approx(0, abs=0.04)


def test_a_frame_lies_on_the_film_and_its_poster_but_not_on_the_tile(clip: Path, tmp_path: Path) -> None:
    overlay = Image.new("RGBA", (1080, 1080), (0, 0, 0, 0))
    overlay.paste((0, 255, 0, 255), (0, 1000, 1080, 1080))
    overlay.save(tmp_path / "frame.png")
    window = Overlay(tmp_path / "frame.png", Box(0, 0, 1080, 1000))
    normalise(clip, tmp_path / "out", formats=["square"], overlays={"square": window})
    with Image.open(tmp_path / "out" / "poster.jpg") as poster, Image.open(tmp_path / "out" / "tile.jpg") as tile:
        posters, tiles = np.asarray(poster), np.asarray(tile)
    for picture in (_frame(tmp_path / "out" / "square.mp4"), posters):
        assert _is_near(picture[1040, 540], (0, 255, 0))
        assert _is_near(picture[500, 100], (255, 0, 0))
    assert _is_near(tiles[500, 100], (255, 0, 0))


def test_the_poster_is_not_black_when_the_clip_begins_so(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = tmp_path / "fade.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=320x240:r=30:d=2,fade=in:d=1.5", "-pix_fmt", "yuv420p", str(source))
    normalise(source, tmp_path / "out", formats=["square"])
    with Image.open(tmp_path / "out" / "poster.jpg") as poster:
        assert np.asarray(poster).mean() > 60


def test_a_film_that_holds_only_sound_is_a_sound(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = tmp_path / "voice.webm"
    ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "libopus", str(source))
    made: Normalised = normalise(source, tmp_path / "out", formats=["square"])
    assert (made.kind, made.source.media_type, [one.path for one in made.renditions]) == (Kind.AUDIO, "audio/webm", ["audio.m4a"])


def _frame(path: Path) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    with av.open(str(path)) as film:
        return np.asarray(next(film.decode(video=0)).to_ndarray(format="rgb24"), dtype=np.uint8)


def _is_near(pixel: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", wanted: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - wanted).max() <= 14)  # what 8 bits of YUV and the encoder leave of a colour


def _flash_and_beep(path: Path) -> tuple[float, float]:
    with av.open(str(path)) as film:
        flash_s = next(frame.time or 0.0 for frame in film.decode(video=0) if frame.to_ndarray(format="gray")[540, 540] > 128)
    with av.open(str(path)) as film:
        for frame in film.decode(audio=0):
            loud = np.flatnonzero(np.abs(frame.to_ndarray()[0]) > 0.05)
            if loud.size:
                return flash_s, (frame.time or 0.0) + float(loud[0]) / 48_000
    raise AssertionError("no beep")
