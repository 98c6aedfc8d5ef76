"""Sounds as phones record them become one kind of file at the loudness of speech."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from media_pipeline import Kind, Limits, normalise
from media_pipeline.captions import read_captions
from media_pipeline.ffmpeg import binary
from media_pipeline.sound import (
    HIGHEST_PEAK_DBTP,
    SOUND_LUFS,
    Loudness,
    first_gain,
    measure,
    parse_loudness,
    parse_speech,
    within,
)  # fmt: skip

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


SPEECH = "(sin(2*PI*140*t)+0.6*sin(2*PI*700*t))*(0.5+0.5*sin(2*PI*3.1*t))"


@pytest.mark.parametrize(
    ("name", "sound", "reason"),
    [
        ("silence.wav", "anullsrc=d=4", "silent"),
        ("moment.wav", "aevalsrc='0.9*sin(2*PI*500*t)':s=48000:d=0.1", "too_short"),
        ("whisper.wav", f"aevalsrc='0.003*{SPEECH}':s=48000:d=4", "too_quiet"),
        ("taps.wav", "aevalsrc='0.95*(random(0)*2-1)*exp(-200*mod(t,1))':s=44100:d=4", "peaks"),
        ("voice.wav", f"aevalsrc='0.1*{SPEECH}':s=48000:d=4", None),
        ("telephone.amr", f"aevalsrc='0.2*{SPEECH}':s=8000:d=4", None),
        ("bursts.flac", "aevalsrc='0.8*sin(2*PI*1000*t)*lt(mod(t,2),0.2)':s=48000:d=5", None),
        ("claps.wav", "aevalsrc='0.9*sin(2*PI*900*t)*exp(-60*mod(t,0.5))':s=48000:d=4", None),
        ("overdriven.wav", "anoisesrc=color=white:amplitude=1:duration=4:seed=2,volume=12dB", None),
        ("quiet_mono.wav", f"aevalsrc='0.03*{SPEECH}':s=48000:d=4", None),
    ],
)
def test_a_sound_is_at_its_target_or_says_why(name: str, sound: str, reason: str | None, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = tmp_path / name
    narrow = ("-c:a", "libopencore_amrnb", "-b:a", "12.2k") if name.endswith("amr") else ()
    ffmpeg("-f", "lavfi", "-i", sound, *narrow, str(source))
    [made] = normalise(source, tmp_path / "out", formats=["audio"]).renditions
    assert made.loudness_reason == reason
    assert made.true_peak_dbtp is None or made.true_peak_dbtp <= HIGHEST_PEAK_DBTP
    if reason is None:
        assert made.loudness_lufs == pytest.approx(SOUND_LUFS, abs=1)


def test_a_mono_voice_is_as_loud_as_one_of_its_channels_counted_twice(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc='0.1*{SPEECH}':s=44100:d=4", str(tmp_path / "voice.wav"))
    [made] = normalise(tmp_path / "voice.wav", tmp_path / "out", formats=["audio"]).renditions
    counted_twice = ("-af", "pan=mono|c0=c0,ebur128=peak=true:framelog=quiet:dualmono=true", "-f", "null", "-")
    command = [binary(), "-nostdin", "-hide_banner", "-i", str(tmp_path / "out" / "audio.m4a"), *counted_twice]
    measured = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert parse_loudness(measured.stderr).integrated_lufs == pytest.approx(made.loudness_lufs, abs=0.11)


def test_what_is_kept_of_a_sound_begins_where_it_was_asked(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "aevalsrc='0.4*sin(2*PI*880*t)*gte(t,2.5)':s=44100:d=5", str(tmp_path / "beep.mp3"))
    made = normalise(tmp_path / "beep.mp3", tmp_path / "out", formats=["audio"], start_s=2, max_clip_s=1.5)
    assert made.trimmed
    assert made.renditions[0].duration_s == pytest.approx(1.5, abs=0.03)
    with av.open(str(tmp_path / "out" / "audio.m4a")) as opened:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in opened.decode(audio=0)])
    assert np.flatnonzero(np.abs(samples) > 0.02)[0] / 48_000 == pytest.approx(0.5, abs=0.04)


def test_a_transcript_is_spread_over_the_speech_that_is_heard(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    talk = f"aevalsrc='0.2*{SPEECH}*(between(t,1,3)+between(t,5,7))':s=48000:d=8"
    ffmpeg("-f", "lavfi", "-i", talk, str(tmp_path / "voice.wav"))
    words = read_captions("This is what was said to begin with. That is what was said to end it.", language="en")
    made = normalise(tmp_path / "voice.wav", tmp_path / "out", formats=["audio"], captions=words)
    assert [one.role for one in made.renditions] == ["main", "captions"]
    first, second = read_captions((tmp_path / "out" / "captions.vtt").read_text("utf-8"), language="en").cues
    assert (first.text, second.text) == ("This is what was said to begin with.", "That is what was said to end it.")
    assert [first.start_s, first.end_s, second.start_s, second.end_s] == pytest.approx([1, 3, 5, 7], abs=0.2)


def test_pauses_are_told_by_how_loud_the_voice_is() -> None:
    said = (
        "[silencedetect@30 @ 0x1] [info] silence_start: 0\n[silencedetect@40 @ 0x2] [info] silence_start: 1.5\n"
        "[silencedetect@40 @ 0x2] [info] silence_end: 2 | silence_duration: 0.5\n"
        "[silencedetect@40 @ 0x2] [info] silence_start: 4\n"
    )
    assert parse_speech(said, Loudness(-26.0, -9.0), 5.0) == ((0.0, 1.5), (2.0, 4.0))
    assert parse_speech(said, Loudness(-17.0, -9.0), 5.0) == ()
    assert parse_speech("", Loudness(-17.0, -9.0), 5.0) == ((0.0, 5.0),)
    assert within(((0.0, 1.5), (2.0, 4.0)), start_s=1.0, duration_s=2.0) == ((0.0, 0.5), (1.0, 2.0))


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
