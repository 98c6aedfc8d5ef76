"""Music under a film: the picture stays as it is, the voices stay where they are, and the music makes room for them."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from media_pipeline import commands
from media_pipeline.errors import MediaError
from media_pipeline.music import with_music
from media_pipeline.music_graph import DUCKED_DB, ducked, envelope
from media_pipeline.segment_graph import SEGMENT_SOUND

Samples = NDArray[np.float32]

_HZ = 48_000
_FLASHES, _SAMPLES = (32, 128), 160 * 1600
_VOICE_HZ, _BED_HZ = 1000, 250


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Callable[..., None]) -> Path:
    """Black and silent; white and loud for the second half of a second twice, near its beginning and near its end."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    frames = "+".join(f"between(n,{first},{first + 15})" for first in _FLASHES)
    flash = f"color=c=black:s=1080x1080:r=30,drawbox=c=white:t=fill:enable='{frames}'"
    beep = (
        f"aevalsrc='0.5*sin(2*PI*{_VOICE_HZ}*t)*({frames.replace('n,', 'floor(n/1600),')})':s=48000,atrim=end_sample={_SAMPLES}"
    )
    encode = (*commands.MASTER_PICTURE, "-frames:v", "160", *SEGMENT_SOUND, *commands.MOVIE_FILE)
    ffmpeg("-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", beep, *encode, str(path))
    return path


def test_music_keeps_the_picture_the_loudness_and_the_moments(film: Path, ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", f"sine=f={_BED_HZ}:r=44100:d=2", str(tmp_path / "bed.wav"))
    voices = [(first / 30, (first + 16) / 30) for first in _FLASHES]
    made = with_music(film, tmp_path / "bed.wav", tmp_path / "music.mp4", voices=voices)
    assert made.duration_s == 5.333
    assert made.loudness_lufs == pytest.approx(-14, abs=1)
    assert made.loudness_reason is None
    assert made.true_peak_dbtp is not None
    assert made.true_peak_dbtp <= -1
    assert _packets(tmp_path / "music.mp4") == _packets(film)
    before, after = _samples(film), _samples(tmp_path / "music.mp4")
    assert len(before) == len(after) == _SAMPLES
    for begin_s, _ in voices:  # by counted samples
        assert _begins_s(after, near_s=begin_s) == pytest.approx(begin_s, abs=0.04)
    alone, under = (_level_db(after, _BED_HZ, at_s) for at_s in (3.6, voices[0][0] + 0.25))
    assert alone - under == pytest.approx(-DUCKED_DB, abs=2)
    # the bed begins again and again between the two: never a gap
    assert min(_level_db(after, _BED_HZ, at_s) for at_s in np.arange(2.85, 3.7, 0.05)) > alone - 4


def test_a_bed_without_sound_is_refused(film: Path, tmp_path: Path) -> None:
    (tmp_path / "bed.mp3").write_bytes(b"no music")
    with pytest.raises(MediaError) as refused:
        with_music(film, tmp_path / "bed.mp3", tmp_path / "music.mp4", voices=[])
    assert refused.value.code == "media.unknown_type"
    assert [path.name for path in tmp_path.iterdir()] == ["bed.mp3"]


def test_music_stays_down_between_two_sentences_and_comes_back_between_two_people() -> None:
    assert ducked([(5, 6), (1, 2), (3, 4), (9, 20), (30, 31)], 12) == [(1, 6), (9, 12)]
    gains = envelope([(1, 6), (9, 20)], 12)
    assert (len(gains), gains[0], gains[7500]) == (12_000, 1.0, 1.0)
    assert {gains[1000], gains[5999], gains[11_999]} == {0.1}
    assert max(abs(a - b) for a, b in pairwise(gains)) < 0.01


def _packets(film: Path) -> list[tuple[int | None, int | None, bytes]]:
    with av.open(str(film)) as opened:
        return [(packet.pts, packet.dts, bytes(packet)) for packet in opened.demux(video=0)]


def _samples(film: Path) -> Samples:
    with av.open(str(film)) as opened:
        assert opened.streams.audio[0].start_time == 0
        return np.concatenate([frame.to_ndarray()[0] for frame in opened.decode(audio=0)]).astype(np.float32)


def _level_db(samples: Samples, hz: int, at_s: float, *, window_s: float = 0.04) -> float:
    part = samples[round(at_s * _HZ) : round((at_s + window_s) * _HZ)]
    turning = np.exp(-2j * np.pi * hz * np.arange(len(part)) / _HZ)
    return float(20 * np.log10(np.abs((part * turning).mean()) + 1e-9))


def _begins_s(samples: Samples, *, near_s: float) -> float:
    times = np.arange(near_s - 0.3, near_s + 0.3, 0.002)
    return float(next(at_s for at_s in times if _level_db(samples, _VOICE_HZ, at_s, window_s=0.008) > -24))
