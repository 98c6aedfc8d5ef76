"""What phones send, drawn here once and kept: a photo and clips with the statistics of natural pictures."""

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from media_pipeline.ffmpeg import binary

Pixels = NDArray[np.float32]

_WIDTH_PX, _HEIGHT_PX = 4000, 3000  # 12 MP, 4:3: what most phones write
_PHONE_QUALITY = 92
_LEAVES = 1800
_FALL = 1.15  # of amplitude over frequency; lenses and noise filters leave less of the finest detail than nature's 1.0
_SOFT_PX = 120
CLIP_S = 20
_SHORT_S = 4
# a hand that is not quite still, and a slow turn to the side
_HAND = "crop={w}:{h}:x='(iw-ow)*(0.5+0.42*sin(t*0.31)+0.004*sin(t*9))':y='(ih-oh)*(0.5+0.3*sin(t*0.23+1)+0.004*sin(t*7))'"
_GRAIN = "noise=alls=5:allf=t"


def photo(folder: Path) -> Path:
    """A 12 MP JPEG of quality 92 and 4:2:0, about 4 MB."""
    return _once(folder / "photo.jpg", lambda target: _scene(1).save(target, "JPEG", quality=_PHONE_QUALITY, subsampling="4:2:0"))


def upright_photo(folder: Path) -> Path:
    """The same from a phone held upright: the sensor's picture lies, and the metadata says that it must be turned."""

    def turn(target: Path) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        _scene(1).save(target, "JPEG", quality=_PHONE_QUALITY, subsampling="4:2:0", exif=exif)

    return _once(folder / "upright_photo.jpg", turn)


def clip(folder: Path) -> Path:
    """20 s of 1080p at 30 frames a second with sound, 17 Mbit/s: what a phone makes by default."""
    codec = ("-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-b:v", "17M", "-maxrate", "20M", "-bufsize", "17M")
    return _once(
        folder / "clip.mp4", lambda target: _film(folder, target, 1920, 1080, 30, CLIP_S, ("-pix_fmt", "yuv420p", *codec))
    )


def clip_4k60(folder: Path) -> Path:
    """A few seconds of 4K at 60 frames a second, standard range, 60 Mbit/s."""
    codec = ("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-b:v", "60M")
    return _once(folder / "clip_4k60.mp4", lambda target: _film(folder, target, 3840, 2160, 60, _SHORT_S, codec))


def clip_4k60_hdr(folder: Path) -> Path:
    """The same in HEVC, 10 bit, HLG and BT.2020, as phones write high dynamic range."""
    colours = "colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"
    codec = ("-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast", "-b:v", "50M", "-tag:v", "hvc1")
    tags = ("-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc")
    said = (*codec, "-x265-params", f"log-level=error:{colours}", *tags)
    return _once(folder / "clip_4k60_hdr.mp4", lambda target: _film(folder, target, 3840, 2160, 60, _SHORT_S, said))


def frames(folder: Path, sizes: dict[str, tuple[int, int]]) -> dict[str, Path]:
    """Finished overlays: a band with words and a badge at the foot, its upper side soft; the rest is clear."""
    made = {}
    for name, size in sizes.items():
        made[name] = _once(folder / f"{name}.png", partial(_save_frame, size))
    return made


def tiles(folder: Path, count: int) -> list[Path]:
    """Squares as they are kept of photos, 90 kB each: parts of a scene, each in a light of its own."""
    made = [folder / f"{number}.jpg" for number in range(count)]
    if all(target.is_file() for target in made):
        return made
    scene, drawn = _scene(1), np.random.default_rng(7)
    for target in made:
        side = int(drawn.integers(700, 1500))
        left, top = int(drawn.integers(0, _WIDTH_PX - side)), int(drawn.integers(0, _HEIGHT_PX - side))
        part = scene.resize((512, 512), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side), reducing_gap=1.5)
        lit = np.asarray(part) * (0.6 + 0.8 * drawn.random(3, dtype=np.float32))
        shown = Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))
        _once(target, partial(shown.save, format="JPEG", quality=93))
    return made


def _once(target: Path, make: Callable[[Path], None]) -> Path:
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f"unfinished_{target.name}")
        make(unfinished)
        unfinished.replace(target)
    return target


def _film(folder: Path, target: Path, width_px: int, height_px: int, rate: int, length_s: int, codec: tuple[str, ...]) -> None:
    """Move a window of the film's size over the scene, with fresh grain in each frame and a voice-like sound."""
    scene = _once(folder / "scene.png", lambda path: _scene(2).save(path, compress_level=1))
    # as large as the window may roam: a quarter more than the film
    wide = f"scale={width_px * 5 // 4}:-2:flags=bicubic:out_color_matrix=bt709:out_range=limited,format=yuv420p"
    picture = f"{wide},loop=-1:1,fps={rate},{_HAND.format(w=width_px, h=height_px)},{_GRAIN}"
    tones = "sin(2*PI*180*t)+0.5*sin(2*PI*360*t+2*sin(2*PI*3*t))+0.25*sin(2*PI*1240*t)"
    voice = f"aevalsrc='0.2*(0.6+0.4*sin(2*PI*0.7*t))*({tones})':s=48000"
    said = [binary(), "-nostdin", "-loglevel", "error", "-y", "-i", str(scene), "-f", "lavfi", "-i", voice]
    said += ["-filter_complex", f"[0:v]{picture}[v]", "-map", "[v]", "-map", "1:a", "-t", str(length_s), *codec]
    subprocess.run([*said, "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", str(target)], check=True)


def _scene(seed: int) -> Image.Image:
    """Dead leaves (discs of power-law sizes that cover each other) with a texture near 1/f and the noise of a sensor.

    Both have the spectrum and the edges of natural pictures (Lee, Mumford, Huang 2001), which decoders and encoders live on.
    """
    drawn = np.random.default_rng(seed)
    texture = _one_over_f(drawn)
    scene = np.full((_HEIGHT_PX, _WIDTH_PX, 3), 120, dtype=np.float32)
    for radius in np.minimum(30 * np.power(drawn.random(_LEAVES), -0.55), 900):
        across, down = drawn.integers(0, _WIDTH_PX), drawn.integers(0, _HEIGHT_PX)
        reach = int(radius)
        top, bottom, left, right = (
            max(down - reach, 0),
            min(down + reach, _HEIGHT_PX),
            max(across - reach, 0),
            min(across + reach, _WIDTH_PX),
        )
        rows, columns = np.ogrid[top:bottom, left:right]
        inside = (rows - down) ** 2 + (columns - across) ** 2 < radius**2
        colour = drawn.normal(120, 48) + drawn.normal(0, 18, 3)
        scene[top:bottom, left:right][inside] = colour
    scene += texture[..., np.newaxis] * np.array([20, 19, 17], dtype=np.float32)
    scene += drawn.normal(0, 1.6, scene.shape).astype(np.float32)
    return Image.fromarray(np.clip(scene, 0, 255).astype(np.uint8))


def _one_over_f(drawn: np.random.Generator) -> Pixels:
    down, across = np.fft.fftfreq(_HEIGHT_PX)[:, np.newaxis], np.fft.rfftfreq(_WIDTH_PX)[np.newaxis, :]
    strength = np.power(np.maximum(np.hypot(down, across), 1 / _WIDTH_PX), -_FALL)
    phases = np.exp(2j * np.pi * drawn.random(strength.shape))
    texture = np.fft.irfft2(strength * phases, s=(_HEIGHT_PX, _WIDTH_PX))
    return np.asarray(texture / texture.std(), dtype=np.float32)


def _save_frame(size: tuple[int, int], target: Path) -> None:
    _frame(*size).save(target)


def _frame(width_px: int, height_px: int) -> Image.Image:
    frame = Image.new("RGBA", (width_px, height_px), (0, 0, 0, 0))
    band_top = height_px - height_px // 4
    for step in range(_SOFT_PX):
        frame.paste(
            (0xB3, 0x12, 0x4D, 255 * step // _SOFT_PX), (0, band_top - _SOFT_PX + step, width_px, band_top - _SOFT_PX + step + 1)
        )
    frame.paste((0xB3, 0x12, 0x4D, 255), (0, band_top, width_px, height_px))
    words = ImageDraw.Draw(frame)
    for line, text in enumerate(("What we plant today", "grows in every street")):
        words.text((60, band_top + 30 + line * 62), text, fill="#ffffff", font=ImageFont.load_default(52))
    words.ellipse((width_px - 160, height_px - 160, width_px - 40, height_px - 40), fill="#ffffff")
    return frame
