"""Sounds as phones record them become one kind of file at the loudness of speech."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from media_pipeline import Kind, Limits, normalise
from media_pipeline.sound import HIGHEST_PEAK_DBTP, SOUND_LUFS, Loudness, first_gain, measure, parse_loudness

pytestmark = pytest.mark.media
RealFile = Callable[[str], Path]
Ffmpeg = Callable[..., None]


@pytest.mark.parametrize(
    ("name", "media_type", "duration_s"),
    [
        ("media__bbb_1ch_8kHz_aac_lc.m4a", "audio/mp4", 3.07),
        ("learning-area__bear.ogg", "audio/ogg", 6.23),
        ("media__bear.opus", "audio/ogg", 2.74),
        ("rails__audio.mp3", "audio/mpeg", 0.89),
        ("file-type__fixture.wav", "audio/wav", 1.23),
    ],
)
def test_real_sounds_become_aac_without_metadata(
    name: str, media_type: str, duration_s: float, real: RealFile, tmp_path: Path
) -> None:
    made = normalise(real(name), tmp_path, formats=["audio"])
    [sound] = made.renditions
    assert (made.kind, made.source.media_type) == (Kind.AUDIO, media_type)
    assert (sound.format, sound.role, sound.path, sound.width_px) == ("audio", "main", "audio.m4a", None)
    assert sound.duration_s == pytest.approx(duration_s, abs=0.03)
    with av.open(str(tmp_path / "audio.m4a")) as opened:
        stream = opened.streams.audio[0]
        assert (stream.codec_context.name, stream.sample_rate, stream.layout.name) == ("aac", 48_000, "stereo")
        assert set(opened.metadata) == {"major_brand", "minor_version", "compatible_brands"}


def test_real_speech_is_brought_to_its_loudness(real: RealFile, tmp_path: Path) -> None:
    [sound] = normalise(real("learning-area__bear.ogg"), tmp_path, formats=["audio"]).renditions
    assert sound.loudness_lufs == pytest.approx(SOUND_LUFS, abs=1)


@pytest.mark.parametrize(("channels", "amplitude"), [("mono", "0.1"), ("mono", "1"), ("stereo", "0.3"), ("5.1", "0.1")])
def test_quiet_and_loud_sounds_of_any_layout_meet_loudness_and_peak(
    channels: str, amplitude: str, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    source = tmp_path / "source.flac"
    noise = f"anoisesrc=color=brown:amplitude={amplitude}:duration=4:seed=3,aformat=channel_layouts={channels}"
    ffmpeg("-f", "lavfi", "-i", noise, str(source))
    normalise(source, tmp_path / "out", formats=["audio"])
    heard = measure(tmp_path / "out" / "audio.m4a", limits=Limits(), duration_s=4)
    assert heard.integrated_lufs == pytest.approx(SOUND_LUFS, abs=1)
    assert heard.peak_dbtp is not None
    assert heard.peak_dbtp <= HIGHEST_PEAK_DBTP


def test_clapping_hands_do_not_clip(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = tmp_path / "claps.wav"
    claps = "aevalsrc='0.9*sin(2*PI*900*t)*exp(-60*mod(t,0.5))':s=48000:d=5"
    ffmpeg("-f", "lavfi", "-i", claps, str(source))
    normalise(source, tmp_path / "out", formats=["audio"])
    heard = measure(tmp_path / "out" / "audio.m4a", limits=Limits(), duration_s=5)
    assert heard.peak_dbtp is not None
    assert heard.peak_dbtp <= HIGHEST_PEAK_DBTP


def test_silence_stays_silent_and_has_no_loudness(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = tmp_path / "silence.wav"
    ffmpeg("-f", "lavfi", "-i", "anullsrc=d=1", str(source))
    [sound] = normalise(source, tmp_path / "out", formats=["audio"]).renditions
    assert sound.loudness_lufs is None


def test_the_picture_on_a_record_sleeve_is_no_film(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = tmp_path / "song.m4a"
    cover = ("-f", "lavfi", "-i", "color=c=red:s=64x64:d=0.04")
    ffmpeg(
        "-f",
        "lavfi",
        "-i",
        "sine=d=1",
        *cover,
        "-c:v",
        "mjpeg",
        "-pix_fmt",
        "yuvj420p",
        "-disposition:v",
        "attached_pic",
        str(source),
    )
    assert normalise(source, tmp_path / "out", formats=["audio"]).kind is Kind.AUDIO


def test_the_gain_is_bounded_and_silence_gets_none() -> None:
    assert [first_gain(Loudness(lufs, -20), -16) for lufs in (-26.0, -6.0, -60.0, None)] == [10.0, -10.0, 20.0, 0.0]


def test_the_closing_summary_is_read() -> None:
    summary = "  Integrated loudness:\n    I:         -23.4 LUFS\n  True peak:\n    Peak:       -3.2 dBFS\n"
    assert parse_loudness(summary) == Loudness(-23.4, -3.2)
    assert parse_loudness("    I:         -70.0 LUFS\n    Peak:       -inf dBFS\n") == Loudness(None, None)
