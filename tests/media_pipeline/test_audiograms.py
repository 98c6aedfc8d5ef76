"""A voice as a film: the card stands still, the wave moves with the voice, the words are said under it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from media_pipeline import Box, Captions, Cue, Overlay, normalise
from media_pipeline.audiogram import levels, wave_of
from media_pipeline.compilation import clip_segment, join
from media_pipeline.formats import FORMATS
from media_pipeline.own_pieces import default_caption, default_card, ink_on
from media_pipeline.types import Kind

pytestmark = pytest.mark.media
Streams = Callable[[Path], dict[str, Any]]


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Callable[..., None]) -> Path:
    """Three seconds and a half: silence, then a loud tone from two seconds on."""
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    ffmpeg("-f", "lavfi", "-i", "aevalsrc='0.3*sin(2*PI*300*t)*gte(t,2)':s=48000:d=3.5", str(path))
    return path


def test_an_audiogram_is_a_master_like_every_other_and_brings_the_pictures_of_a_clip(
    voice: Path, clip: Path, streams: Streams, tmp_path: Path
) -> None:
    made = normalise(voice, tmp_path / "out", formats=["audio", "audiogram_square"], background="#14585f")
    assert [(one.format, one.role, one.path, one.width_px, one.height_px) for one in made.renditions] == [
        ("audio", "main", "audio.m4a", None, None),
        ("audiogram_square", "main", "audiogram_square.mp4", 1080, 1080),
        ("audiogram_square", "poster", "poster.jpg", 1080, 1080),
        ("audiogram_square", "preview", "preview.webp", 640, 640),
        ("tile", "tile", "tile.jpg", 512, 512),
    ]
    assert [one.loudness_lufs for one in made.renditions[:2]] == [pytest.approx(-16, abs=1), pytest.approx(-14, abs=1)]
    film = tmp_path / "out" / "audiogram_square.mp4"
    normalise(clip, tmp_path / "clip", formats=["square"])
    assert streams(film) == streams(tmp_path / "clip" / "square.mp4")
    assert made.renditions[1].duration_s == pytest.approx(3.5, abs=0.02)
    segments = [tmp_path / "voice.mp4", tmp_path / "clip.mp4"]
    for master, segment in zip([film, tmp_path / "clip" / "square.mp4"], segments, strict=True):
        clip_segment(master, segment, format="square", duration_s=1)
    assert join(segments, tmp_path / "film.mp4").duration_s == pytest.approx(64 / 30, abs=0.01)


def test_the_wave_moves_in_its_window_in_its_ink_and_the_card_stands_still(voice: Path, tmp_path: Path) -> None:
    Image.new("RGB", (1080, 1920), "#204060").save(tmp_path / "card.png")
    card = Overlay(tmp_path / "card.png", Box(100, 800, 880, 300), "#f0c040")
    normalise(voice, tmp_path / "out", formats=["audiogram_story"], overlays={"audiogram_story": card})
    frames = _frames(tmp_path / "out" / "audiogram_story.mp4")
    quiet, loud = _drawn(frames[5]), _drawn(frames[90])
    assert quiet[2] - quiet[0] == pytest.approx(12, abs=4)
    assert loud[2] - loud[0] == pytest.approx(290, abs=12)
    assert loud[0] + loud[2] == pytest.approx(2 * 950, abs=6)
    assert 100 <= loud[1] < loud[3] < 980
    assert np.abs(frames[90][950, 540 - 2 : 540 + 2].astype(int) - (0xF0, 0xC0, 0x40)).max() < 16
    assert np.abs(frames[90][:790].astype(int) - (0x20, 0x40, 0x60)).max() < 8
    with Image.open(tmp_path / "out" / "poster.jpg") as poster:
        assert np.abs(np.asarray(poster)[950, 540].astype(int) - (0xF0, 0xC0, 0x40)).max() < 16


def test_words_are_said_under_the_wave_inside_the_window(voice: Path, tmp_path: Path) -> None:
    Image.new("RGB", (1080, 1080), "#ffffff").save(tmp_path / "card.png")
    card = Overlay(tmp_path / "card.png", Box(90, 400, 900, 400), "#000000")
    words = Captions("ta", (Cue(0.2, 0.4, "ஒவ்வொரு சனிக்கிழமையும் சந்தையில்"),), burned_in=True)
    made = normalise(voice, tmp_path / "out", formats=["audiogram_square"], overlays={"audiogram_square": card}, captions=words)
    assert [one.role for one in made.renditions] == ["main", "poster", "preview", "tile", "captions"]
    frames = _frames(tmp_path / "out" / "audiogram_square.mp4")
    said = np.argwhere(np.abs(frames[9].astype(int) - frames[1]).max(axis=2) > 100)
    assert said.min(axis=0)[0] > 580
    assert said.max(axis=0)[0] < 800
    assert np.abs(frames[15].astype(int) - frames[1]).max() < 40


def test_bars_are_as_tall_as_the_voice_is_loud_around_them() -> None:
    silent = levels(None, frames=3, bars=5)
    assert (silent.shape, float(silent.max())) == ((3, 5), 0.0)
    wave = wave_of(None, Box(90, 410, 900, 400), frames=2)
    assert (wave.heights.shape, wave.area.width_px % 2, wave.area.height_px % 2) == ((2, 41), 0, 0)
    assert wave.area.y_px + wave.area.height_px / 2 == pytest.approx(610, abs=2)


def test_a_clipping_or_tiny_window_still_has_a_wave() -> None:
    wave = wave_of(None, Box(3, 3, 30, 10), frames=1)
    assert (wave.area.width_px <= 30, wave.area.height_px <= 10, wave.heights.shape[1] >= 1) == (True, True, True)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_our_own_card_leaves_its_window_free_for_the_wave(language: str, tmp_path: Path) -> None:
    for name in ("audiogram_square", "audiogram_story"):
        card = default_card(
            name, "Every Saturday", "Ana", language=language, background="#f2b58c", target=tmp_path / f"{name}.png"
        )
        assert card.window is not None
        box = (card.window.x_px, card.window.y_px)
        with Image.open(card.picture) as opened:
            window = opened.convert("RGB").crop((*box, box[0] + card.window.width_px, box[1] + card.window.height_px))
            assert window.getextrema() == ((0xF2, 0xF2), (0xB5, 0xB5), (0x8C, 0x8C))
            assert np.asarray(opened.convert("L")).min() < 60
    assert [ink_on(ground) for ground in ("#ffffff", "#f2b58c", "#14585f", "#000000")] == [
        "#14181d",
        "#14181d",
        "#ffffff",
        "#ffffff",
    ]


def test_our_own_caption_fits_every_shape_of_photos_and_clips_and_keeps_a_storys_foot_free(tmp_path: Path) -> None:
    for shape in {**FORMATS[Kind.PHOTO], **FORMATS[Kind.VIDEO]}.values():
        made = default_caption(shape.name, "A long day on the market, with everyone.", language="en", target=tmp_path / "c.png")
        with Image.open(made.picture) as opened:
            assert opened.size == (shape.width_px, shape.height_px)
            ink = opened.getchannel("A").getbbox()
        assert ink is not None
        assert ink[3] <= shape.height_px * (0.8 if shape.name == "story" else 1)


def _frames(path: Path) -> "list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]":
    with av.open(str(path)) as film:
        return [np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8) for frame in film.decode(video=0)]


def _drawn(frame: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> tuple[int, int, int, int]:
    """Top, left, bottom and right of what is not the card."""
    (top, left), (bottom, right) = (
        edge(np.argwhere(np.abs(frame.astype(int) - frame[10, 10]).max(axis=2) > 60)) for edge in (_low, _high)
    )
    return top, left, bottom, right


def _low(places: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]") -> tuple[int, int]:
    return int(places[:, 0].min()), int(places[:, 1].min())


def _high(places: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]") -> tuple[int, int]:
    return int(places[:, 0].max()), int(places[:, 1].max())
