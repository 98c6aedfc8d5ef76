"""Small films to look at, masters of another shape, clips that are held, and words that come and go."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from media_pipeline import commands
from media_pipeline.compilation import clip_segment, join, voice_segment
from media_pipeline.movie_index import read_index
from media_pipeline.preview_graph import RATE
from media_pipeline.previews import Shown, preview
from media_pipeline.segment_graph import Panel

pytestmark = pytest.mark.media
Pixels = NDArray[np.uint8]
GREEN, RED = (0x20, 0x80, 0x40), (200, 0, 0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Callable[..., None]) -> Path:
    """A green clip of half a second with a tone, its sound alone, and a red panel."""
    folder = tmp_path_factory.mktemp("previews")
    picture = "color=c=0x208040:s=1080x1080:r=30:d=0.5,scale=out_color_matrix=bt709:out_range=limited"
    tone = "sine=f=440:r=48000:d=0.5"
    sources = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone)
    ffmpeg(*sources, *commands.MASTER_PICTURE, *commands.MASTER_SOUND, *commands.MOVIE_FILE, str(folder / "clip.mp4"))
    ffmpeg("-f", "lavfi", "-i", tone, *commands.MASTER_SOUND, *commands.SOUND_FILE, str(folder / "sound.m4a"))
    panel = Image.new("RGBA", (1080, 1080))
    panel.paste((*RED, 255), (0, 800, 1080, 1000))
    panel.save(folder / "panel.png")
    Image.new("RGB", (1080, 1080), "#c0a020").save(folder / "card.png")
    return folder


def test_a_clip_that_is_held_stands_in_silence_and_words_come_and_go(made: Path, tmp_path: Path) -> None:
    panels = [Panel(made / "panel.png", 0.2, 0.4)]
    target = tmp_path / "held.mp4"
    clip_segment(made / "clip.mp4", target, format="square", duration_s=32 / 30, panels=panels, hold=True)
    clip_segment(made / "clip.mp4", tmp_path / "plain.mp4", format="square", duration_s=32 / 30)
    index, plain = read_index(target), read_index(tmp_path / "plain.mp4")
    assert (index.picture.packets, plain.picture.packets) == (32, 16)
    assert index.sound.packets == 50
    frames = _frames(target)
    shown = [number for number, frame in enumerate(frames) if _near(frame[900, 540], RED)]
    assert shown == list(range(6, 12))
    assert all(_near(frame[300, 540], GREEN) for frame in frames)
    samples = _samples(target)
    assert np.abs(samples[4800:9600]).max() > 0.02
    assert np.abs(samples[30_000:]).max() < 0.001
    assert join([target, tmp_path / "plain.mp4"], tmp_path / "film.mp4").duration_s == pytest.approx(48 / 30, abs=0.001)


def test_a_clip_of_another_shape_stands_whole_before_a_dark_copy_of_itself_or_on_a_ground(made: Path, tmp_path: Path) -> None:
    target = tmp_path / "wide.mp4"
    clip_segment(made / "clip.mp4", target, format="wide", duration_s=0.5)
    [first, *_] = _frames(target)
    assert first.shape == (1080, 1920, 3)
    assert _near(first[540, 960], GREEN)
    assert first[540, 100].mean() == pytest.approx(0.8 * np.mean(GREEN), abs=12)
    clip_segment(made / "clip.mp4", target, format="wide", duration_s=0.5, background="#b3124d")
    [first, *_] = _frames(target)
    assert _near(first[540, 960], GREEN)
    assert _near(first[540, 100], (0xB3, 0x12, 0x4D), 4)


def test_a_sound_without_a_picture_is_heard_under_a_card(made: Path, tmp_path: Path) -> None:
    target = tmp_path / "voice.mp4"
    voice_segment(made / "card.png", made / "sound.m4a", target, format="square", duration_s=32 / 30, sound_s=0.5)
    assert read_index(target).picture.packets == 32
    assert _near(_frames(target)[20][540, 540], (0xC0, 0xA0, 0x20))
    samples = _samples(target)
    assert (np.abs(samples[4800:9600]).max() > 0.02, np.abs(samples[30_000:]).max() < 0.001) == (True, True)


def test_a_preview_shows_every_shot_for_as_long_as_the_film_will(made: Path, tmp_path: Path) -> None:
    card, clip = Shown(16 / 30, picture=made / "card.png"), Shown(32 / 30, film=made / "clip.mp4")
    voice = Shown(16 / 30, picture=made / "card.png", sound=made / "sound.m4a")
    worded = Shown(16 / 30, film=made / "clip.mp4", panels=[Panel(made / "panel.png")])
    told: list[float] = []
    shots = [card, clip, voice, worded, *[card] * 5]  # more than one ffmpeg has open at a time
    duration_s = preview(shots, tmp_path / "preview.mp4", format="square", on_progress=told.append)
    assert duration_s == pytest.approx(160 / 30, abs=0.001)
    index = read_index(tmp_path / "preview.mp4")
    assert (index.picture.width_px, index.picture.height_px, index.picture.packets) == (360, 360, 80)
    assert index.sound.duration_s == pytest.approx(160 / 30, abs=0.001)
    frames = _frames(tmp_path / "preview.mp4")
    seen = [frames[round(at * RATE)] for at in (0.2, 1.2, 1.8, 2.4, 5.2)]
    assert [_near(frame[100, 180], (0xC0, 0xA0, 0x20), 24) for frame in seen] == [True, False, True, False, True]
    assert [_near(frame[300, 180], RED, 40) for frame in seen] == [False, False, False, True, False]
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert [path.name for path in tmp_path.iterdir()] == ["preview.mp4"]


def _frames(film: Path) -> list[Pixels]:
    with av.open(str(film)) as opened:
        return [frame.to_ndarray(format="rgb24").astype(np.uint8) for frame in opened.decode(video=0)]


def _samples(film: Path) -> NDArray[np.float32]:
    with av.open(str(film)) as opened:
        return np.concatenate([frame.to_ndarray()[0] for frame in opened.decode(audio=0)])


def _near(pixel: Pixels, wanted: tuple[int, int, int], allowed: int = 14) -> bool:
    return bool(np.abs(pixel.astype(int) - wanted).max() <= allowed)
