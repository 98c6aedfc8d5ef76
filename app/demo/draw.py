"""Draws and sounds the samples of the demo network, so that its pages have life without showing anybody's picture."""

import random
import subprocess
import tempfile
import wave
import zlib
from pathlib import Path
from typing import Literal

import imageio_ffmpeg
import numpy as np
from PIL import Image

from app.demo.figures import sample_mark
from app.demo.paper import Sheet, lay
from app.demo.scenes import SCENES
from app.demo.sounds import SAMPLE_RATE_HZ, SOUNDS, Samples, chords

Kind = Literal["photo", "clip", "sound"]

PHOTO_SIZES = ((2000, 1500), (1500, 2000), (2000, 1500), (2600, 1100))
CLIP_SIZES = ((1280, 720), (720, 1280))
CLIP_LENGTHS_S = (5, 6, 7, 8)
SOUND_LENGTH_S = 7
DRAWN_PER_S = 15  # as drawn films are shot, each drawing standing for two of the 30 pictures a second
EXIF_ORIENTATION = 0x0112
EXIF_TURN_CLOCKWISE = 6
TIMEOUT_S = 60


def draw(scene: str, kind: Kind, target_dir: Path, *, seed: int) -> Path:
    """Make the media file of one sample and return it; the same arguments give the same picture and sound.

    The seed also chooses the shape: photos are landscape, portrait (stored lying, with an EXIF orientation) or
    panorama, clips wide or portrait and 5 to 8 s long, sounds WAV or M4A.
    """
    rng = random.Random(zlib.crc32(f"{scene}/{kind}/{seed}".encode()))  # noqa: S311 - a drawing, not a secret
    target = target_dir / f"{scene}-{seed}"
    if kind == "photo":
        return _photo(scene, target.with_suffix(".jpg"), PHOTO_SIZES[seed % len(PHOTO_SIZES)], rng)
    if kind == "clip":
        size, length_s = CLIP_SIZES[seed % len(CLIP_SIZES)], CLIP_LENGTHS_S[seed % len(CLIP_LENGTHS_S)]
        return _clip(scene, target.with_suffix(".mp4"), size, length_s, rng)
    return _sound(SOUNDS[scene](SOUND_LENGTH_S, _noise(rng)), target.with_suffix(".m4a" if seed % 2 else ".wav"))


def _draw_sheet(scene: str, size: tuple[int, int], rng: random.Random) -> Sheet:
    sheet = Sheet(*size, rng)
    SCENES[scene](sheet)
    sample_mark(sheet)
    return sheet


def _photo(scene: str, target: Path, size: tuple[int, int], rng: random.Random) -> Path:
    picture, exif = _draw_sheet(scene, size, rng).still(), Image.Exif()
    if size[1] > size[0]:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[EXIF_ORIENTATION] = EXIF_TURN_CLOCKWISE
    picture.save(target, quality=90, exif=exif)
    return target


def _clip(scene: str, target: Path, size: tuple[int, int], length_s: int, rng: random.Random) -> Path:
    ground, pieces = _draw_sheet(scene, size, rng).flatten()
    count = length_s * DRAWN_PER_S
    with tempfile.TemporaryDirectory() as folder:
        sound, film = Path(folder, "sound.wav"), Path(folder, "film.rgb")
        _write_wav(chords(length_s, _noise(rng)), sound)
        with film.open("wb") as frames:
            for number in range(count):
                picture = ground.copy()
                for piece in pieces:
                    lay(picture, piece, number / count)
                frames.write(picture.tobytes())
        _ffmpeg(
            *(
                "-f",
                "rawvideo",
                "-pix_fmt",
                "rgb24",
                "-s",
                f"{size[0]}x{size[1]}",
                "-r",
                str(DRAWN_PER_S),
                "-i",
                str(film),
            ),
            *(
                "-i",
                str(sound),
                "-r",
                "30",
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-crf",
                "21",
                "-pix_fmt",
                "yuv420p",
            ),
            *("-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", "-t", str(length_s), str(target)),
        )
    return target


def _sound(samples: Samples, target: Path) -> Path:
    if target.suffix == ".wav":
        _write_wav(samples, target)
        return target
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "sound.wav")
        _write_wav(samples, plain)
        _ffmpeg("-i", str(plain), "-c:a", "aac", "-b:a", "128k", str(target))
    return target


def _noise(rng: random.Random) -> np.random.Generator:
    return np.random.default_rng(rng.randrange(2**32))


def _write_wav(samples: Samples, target: Path) -> None:
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes((samples * 32767).astype("<i2").tobytes())


def _ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", "-bitexact", *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_S)
