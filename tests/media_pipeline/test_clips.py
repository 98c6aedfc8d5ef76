"""Clips as phones send them become masters that are alike in everything but their content."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from media_pipeline import Box, Captions, Cue, Kind, MediaError, Normalised, Overlay, normalise, probe

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
    assert (made.kind, made.trimmed, made.lost_s) == (Kind.VIDEO, False, None)
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
    assert (made.source.rotation_deg, made.source.width_px, made.source.height_px) == (90, 320, 568)
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
    assert (made.source.is_hdr, made.source.rotation_deg) == (True, 90)
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


@pytest.mark.parametrize(("name", "start_s"), [("uneven.mp4", 0.0), ("uneven.mkv", 1.1), ("even.ts", 2.7), ("even.avi", 2.7)])
def test_flashes_and_beeps_stay_together_wherever_the_kept_part_begins(
    name: str, start_s: float, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    now = "(between(t,0.5,0.8)+between(t,1.9,2.2)+between(t,3.5,3.8))"
    rate = "" if name.startswith("even") else ",select='not(mod(n,5))+gte(n,50)*not(mod(n,2))'"
    flash = f"color=c=black:s=160x120:r=30:d=5,drawbox=c=white:t=fill:enable='{now}'{rate}[v]"
    beep = f"aevalsrc='0.4*sin(2*PI*880*t)*{now}':s=44100:d=5"
    source = tmp_path / name
    encoded = ("-fps_mode", "passthrough", "-bf", "0", "-c:a", "aac" if name.endswith("mp4") else "ac3")
    ffmpeg("-f", "lavfi", "-i", beep, "-filter_complex", flash, "-map", "[v]", "-map", "0:a", *encoded, str(source))
    normalise(source, tmp_path / "out", formats=["square"], start_s=start_s, max_clip_s=2.5)
    flash_s, beep_s = _flash_and_beep(tmp_path / "out" / "square.mp4")
    first_s = next(at for at in (0.5, 1.9, 3.5) if at >= start_s) - start_s
    assert beep_s == pytest.approx(first_s, abs=0.04)
    assert flash_s == pytest.approx(first_s, abs=0.04)


def test_a_start_beyond_the_end_is_the_callers_mistake(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lies outside"):
        normalise(clip, tmp_path, formats=["square"], start_s=2.5)


def test_what_is_said_travels_beside_the_clip_by_the_clock_of_what_is_kept(clip: Path, tmp_path: Path) -> None:
    cues = (Cue(0.2, 0.6, "before"), Cue(0.8, 1.3, "<hello> & welcome"), Cue(1.6, 3.0, "the end"))
    made = normalise(clip, tmp_path, formats=["square"], captions=Captions("en", cues), start_s=1.0, max_clip_s=0.9)
    words = made.renditions[-1]
    assert (words.format, words.role, words.path, words.media_type) == ("captions", "captions", "captions.vtt", "text/vtt")
    assert (words.width_px, words.duration_s, words.loudness_lufs) == (None, None, None)
    assert (tmp_path / "captions.vtt").read_text(encoding="utf-8") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.300\n&lt;hello&gt; &amp; welcome\n\n00:00:00.600 --> 00:00:00.900\nthe end\n"
    )


def test_burned_in_words_stand_in_the_window_while_they_are_said_and_leave_the_poster_alone(clip: Path, tmp_path: Path) -> None:
    overlay = Image.new("RGBA", (1080, 1920), (0, 0, 0, 0))
    overlay.paste((0, 255, 0, 255), (0, 1340, 1080, 1920))
    overlay.save(tmp_path / "frame.png")
    framed = {"story": Overlay(tmp_path / "frame.png", Box(0, 0, 1080, 1340))}
    words = Captions("ar", (Cue(0.5, 1.0, "كل سبت أعرف الجميع في السوق"),), burned_in=True)
    normalise(clip, tmp_path / "out", formats=["story"], overlays=framed, captions=words)
    frames = _frames(tmp_path / "out" / "story.mp4")
    silent, said = frames[8].astype(int), frames[20].astype(int)
    changed = np.argwhere(np.abs(said - silent).max(axis=2) > 60)
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert 1100 < top < bottom < 1340  # at the foot of the window, above the frame's band
    assert left + right == pytest.approx(1080, abs=6)  # in the middle
    assert said[bottom - 6, 400].max() < 90  # the dark panel
    assert np.abs(frames[40].astype(int) - silent).max() < 30
    with Image.open(tmp_path / "out" / "poster.jpg") as poster:
        assert np.asarray(poster)[bottom - 6, 400].max() > 120


def test_burned_in_words_go_to_the_head_where_the_frame_has_its_own_at_the_foot(clip: Path, tmp_path: Path) -> None:
    overlay = Image.new("RGBA", (1080, 1080), (0, 0, 0, 0))
    overlay.paste((0, 255, 0, 255), (60, 900, 500, 1000))
    overlay.save(tmp_path / "frame.png")
    words = Captions("zh", (Cue(0.5, 1.0, "每个星期六，我在市场上"),), burned_in=True)
    normalise(clip, tmp_path / "out", formats=["square"], overlays={"square": Overlay(tmp_path / "frame.png")}, captions=words)
    frames = _frames(tmp_path / "out" / "square.mp4")
    changed = np.argwhere(np.abs(frames[20].astype(int) - frames[8]).max(axis=2) > 60)
    assert changed.max(axis=0)[0] < 300


def test_a_character_that_nobody_can_draw_is_refused_and_makes_nothing(clip: Path, tmp_path: Path) -> None:
    words = Captions("en", (Cue(0.5, 1.0, "a\ue000b"),), burned_in=True)
    with pytest.raises(MediaError) as refused:
        normalise(clip, tmp_path / "out", formats=["square"], captions=words)
    assert (refused.value.code, refused.value.params) == ("typeset.missing_glyph", {"characters": "\ue000", "slot": "cue"})
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "made_by", "size"),
    [
        ("interlaced.ts", ("-vf", "scale=720:576,setsar=16/15", "-c:v", "mpeg2video", "-flags", "+ilme+ildct"), (768, 576)),
        ("camera.avi", ("-c:v", "mjpeg", "-pix_fmt", "yuvj422p", "-c:a", "pcm_s16le"), (320, 240)),
        (
            "phone.3gp",
            ("-vf", "scale=176:144", "-c:v", "h263", "-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1"),
            (192, 144),
        ),
        ("studio.mov", ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s24le"), (320, 240)),
        ("fast.mp4", ("-r", "60", "-pix_fmt", "yuv420p"), (320, 240)),
        ("moment.mkv", ("-frames:v", "1", "-t", "0.04"), (320, 240)),
        ("wide_pixels.mp4", ("-vf", "setsar=4/3", "-pix_fmt", "yuv420p"), (427, 240)),
    ],
)
def test_cameras_of_every_kind_come_out_alike(
    name: str, made_by: tuple[str, ...], size: tuple[int, int], clip: Path, ffmpeg: Ffmpeg, streams: Streams, tmp_path: Path
) -> None:
    source = tmp_path / name
    ffmpeg("-i", str(clip), "-t", "1", *made_by, str(source))
    made = normalise(source, tmp_path / "out", formats=["square"])
    assert (made.source.width_px, made.source.height_px) == size
    assert streams(tmp_path / "out" / "square.mp4") == {**MASTER, "size": (1080, 1080)}
    assert made.renditions[0].duration_s == pytest.approx(made.source.duration_s, abs=0.05)
    frame = _frames(tmp_path / "out" / "square.mp4")[0]
    assert np.abs(frame[540, 300].astype(int) - (255, 0, 0)).max() < 40
    assert np.abs(frame[540, 780].astype(int) - (0, 0, 255)).max() < 40


def test_of_several_sounds_the_default_one_is_heard_and_the_cover_is_not_the_film(
    clip: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    source = tmp_path / "many.mp4"
    cover, quiet = ("-f", "lavfi", "-i", "color=c=lime:s=64x64:d=0.04"), ("-f", "lavfi", "-i", "anullsrc=d=2")
    chosen = ("-disposition:a:0", "0", "-disposition:a:1", "default", "-disposition:v:1", "attached_pic")
    maps = ("-map", "0:v", "-map", "2:a", "-map", "0:a", "-map", "1:v", "-c:v:1", "mjpeg", "-pix_fmt:v:1", "yuvj420p")
    ffmpeg("-i", str(clip), *cover, *quiet, *maps, *chosen, str(source))
    made = normalise(source, tmp_path / "out", formats=["square"])
    assert made.renditions[0].loudness_lufs is not None
    assert _is_near(_frames(tmp_path / "out" / "square.mp4")[0][540, 300], (255, 0, 0))


def test_a_clip_without_sound_says_that_it_is_silent(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = tmp_path / "mute.mp4"
    ffmpeg("-i", str(clip), "-an", "-c", "copy", str(source))
    [film, *_] = normalise(source, tmp_path / "out", formats=["square"]).renditions
    assert (film.loudness_lufs, film.true_peak_dbtp, film.loudness_reason) == (None, None, "silent")


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
    assert (made.kind, made.source.media_type, made.renditions[0].role) == (Kind.AUDIO, "audio/webm", "main")


def _frame(path: Path) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    with av.open(str(path)) as film:
        return np.asarray(next(film.decode(video=0)).to_ndarray(format="rgb24"), dtype=np.uint8)


def _frames(path: Path) -> "list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]":
    with av.open(str(path)) as film:
        return [np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8) for frame in film.decode(video=0)]


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
