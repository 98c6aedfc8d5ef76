import wave
from pathlib import Path

import av
import pytest
from PIL import Image, ImageOps, ImageStat

from app.demo.draw import draw
from app.demo.scenes import SCENES
from app.demo.sounds import SOUNDS


def test_there_are_at_least_ten_scenes_and_the_sounds() -> None:
    assert len(SCENES) == 14
    assert set(SOUNDS) == {"bell", "rain", "murmur", "crickets"}


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_drawn_with_light_and_dark(scene: str, tmp_path: Path) -> None:
    with Image.open(draw(scene, "photo", tmp_path, seed=4)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (2000, 1500))
        assert ImageStat.Stat(picture.convert("L")).stddev[0] > 20


def test_portraits_are_stored_lying_and_stand_up_by_their_orientation(tmp_path: Path) -> None:
    with Image.open(draw("tree", "photo", tmp_path, seed=1)) as picture:
        assert picture.size == (2000, 1500)
        upright = ImageOps.exif_transpose(picture)
    assert upright.size == (1500, 2000)
    sky, ground = upright.getpixel((1450, 10)), upright.getpixel((1450, 1990))
    assert isinstance(sky, tuple)
    assert isinstance(ground, tuple)
    assert sum(sky) > sum(ground)


def test_panoramas_are_wide(tmp_path: Path) -> None:
    with Image.open(draw("lake", "photo", tmp_path, seed=3)) as picture:
        assert picture.size == (2600, 1100)


def test_the_same_seed_draws_the_same_and_another_seed_another(tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    first = draw("hills", "photo", tmp_path, seed=0).read_bytes()
    assert draw("hills", "photo", again, seed=0).read_bytes() == first
    assert draw("hills", "photo", again, seed=2).read_bytes() != first


@pytest.mark.media
@pytest.mark.parametrize(("seed", "size", "length_s"), [(0, (1280, 720), 5), (1, (720, 1280), 6)])
def test_clips_move_and_sound(seed: int, size: tuple[int, int], length_s: int, tmp_path: Path) -> None:
    with av.open(str(draw("kites", "clip", tmp_path, seed=seed))) as clip:
        film, sound = clip.streams.video[0], clip.streams.audio[0]
        assert (film.codec.name, film.width, film.height) == ("h264", *size)
        assert film.average_rate == 30
        assert sound.codec.name == "aac"
        assert clip.duration is not None
        assert clip.duration / av.time_base == pytest.approx(length_s, abs=0.1)
        pictures = [frame.to_ndarray(format="gray") for frame in clip.decode(film)]
    assert len(pictures) == length_s * 30
    assert abs(pictures[0].astype(int) - pictures[len(pictures) // 2]).max() > 60


@pytest.mark.media
@pytest.mark.parametrize("scene", SOUNDS)
def test_sounds_are_seven_seconds_and_heard(scene: str, tmp_path: Path) -> None:
    with wave.open(str(draw(scene, "sound", tmp_path, seed=0))) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (48_000, 7 * 48_000)
        samples = memoryview(sound.readframes(sound.getnframes())).cast("h")
    assert max(samples) > 10_000 or min(samples) < -10_000


@pytest.mark.media
def test_sounds_also_come_as_phones_record_them(tmp_path: Path) -> None:
    target = draw("rain", "sound", tmp_path, seed=1)
    assert target.suffix == ".m4a"
    with av.open(str(target)) as sound:
        assert sound.streams.audio[0].codec.name == "aac"
        assert sound.duration is not None
        assert sound.duration / av.time_base == pytest.approx(7, abs=0.1)
