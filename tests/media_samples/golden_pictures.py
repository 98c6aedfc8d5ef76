"""Pictures that were looked at and found right; `python -m tests.media_samples.golden_pictures` draws them anew, to look at.

They are kept at half their size: large enough to see a letter out of its place, small enough to keep.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw

from media_pipeline import Captions, Cue, Kind
from media_pipeline.ffmpeg import binary
from media_pipeline.frames import overlays_for
from media_pipeline.normalise import normalise

GOLDEN = Path(__file__).with_name("golden")
FRAME = Path(__file__).resolve().parents[2] / "toolkits" / "world-refugee-day" / "templates" / "frame.toml"
ARABIC = "حين وصلنا كان الجيران قد أعدّوا لنا الشاي (2024)"
TAMIL = "எங்கள் வீட்டின் கதவு எப்போதும் திறந்தே இருக்கும்"
CHINESE = "我们在这座城市里找到了家，也找到了朋友。"
Draw = Callable[[Path], Image.Image]


def scene(width_px: int, height_px: int) -> Image.Image:
    """A drawn street: sky, houses of plain colours, a sun; every part of it can be told from the others."""
    image = Image.linear_gradient("L").resize((width_px, height_px))
    image = Image.merge(
        "RGB", (image.point(lambda v: 90 + v // 3), image.point(lambda v: 140 + v // 4), image.point(lambda v: 235 - v // 3))
    )
    draw = ImageDraw.Draw(image)
    unit = min(width_px, height_px) / 100
    draw.ellipse((70 * unit, 8 * unit, 88 * unit, 26 * unit), fill="#ffd27a")
    walls = ("#b5523b", "#e8c39e", "#5b7b6f", "#d9d2c5", "#38506b", "#c98f4e", "#7d4e57", "#a9b7a0")
    across = width_px / len(walls)
    for number, colour in enumerate(walls):
        top = height_px - (28 + 9 * (number * 5 % 4)) * unit
        draw.rectangle((number * across, top, (number + 1) * across, height_px), fill=colour)
        for floor in range(3):
            left, window = number * across + across * 0.3, top + (5 + 8 * floor) * unit
            draw.rectangle((left, window, left + across * 0.4, window + 4 * unit), fill="#fff4d6")
    return image


def _photo(size: tuple[int, int], name: str, caption: str, language: str, frame: Path | None = None) -> Draw:
    def draw(folder: Path) -> Image.Image:
        source = folder / "photo.jpg"
        scene(*size).save(source, quality=95)
        slots = {"caption": caption, "city": "طرابلس" if language == "ar" else "Bergen", "hashtag": "#مكان_آمن"}
        overlays = overlays_for(
            frame, folder, kind=Kind.PHOTO, formats=[name], slots=slots, language=language, background="#ffffff"
        )
        normalise(source, folder / "out", formats=[name], overlays=overlays)
        return _halved(folder / "out" / f"{name}.jpg")

    return draw


def _clip(name: str, words: str, language: str) -> Draw:
    def draw(folder: Path) -> Image.Image:
        still, source = folder / "still.png", folder / "clip.mp4"
        scene(1280, 720).save(still)
        _ffmpeg("-loop", "1", "-t", "2", "-i", str(still), "-pix_fmt", "yuv420p", "-r", "30", str(source))
        slots = {"city": "طرابلس", "hashtag": "#مكان_آمن"}
        overlays = overlays_for(FRAME, folder, kind=Kind.VIDEO, formats=[name], slots=slots, language="ar", background="#ffffff")
        captions = Captions(language, (Cue(0.2, 1.8, words),), burned_in=True)
        normalise(source, folder / "out", formats=[name], overlays=overlays, captions=captions)
        return _frame(folder / "out" / f"{name}.mp4", folder)

    return draw


def _audiogram(name: str, caption: str, language: str) -> Draw:
    def draw(folder: Path) -> Image.Image:
        source = folder / "voice.wav"
        voice = "aevalsrc='0.5*sin(2*PI*180*t)*(0.4+0.6*abs(sin(2*PI*1.3*t)))*(1+0.4*sin(2*PI*7*t))':d=3:s=48000"
        _ffmpeg("-f", "lavfi", "-i", voice, str(source))
        slots = {"caption": caption, "name": "Amina"}
        overlays = overlays_for(
            None, folder, kind=Kind.AUDIO, formats=[name], slots=slots, language=language, background="#f6f3ec"
        )
        normalise(source, folder / "out", formats=[name], overlays=overlays, background="#f6f3ec")
        return _frame(folder / "out" / f"{name}.mp4", folder)

    return draw


def _frame(film: Path, folder: Path) -> Image.Image:
    _ffmpeg("-ss", "1", "-i", str(film), "-frames:v", "1", str(folder / "frame.png"))
    return _halved(folder / "frame.png")


def _halved(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB").reduce(2)


def _ffmpeg(*arguments: str) -> None:
    subprocess.run([binary(), "-nostdin", "-loglevel", "error", "-y", *arguments], check=True, timeout=60)


CASES: Mapping[str, Draw] = {
    "photo-arabic-frame-square": _photo((1600, 1200), "square", ARABIC, "ar", FRAME),
    "photo-tamil-caption-story": _photo((1200, 1600), "story", TAMIL, "ta"),
    "photo-chinese-caption-landscape": _photo((1600, 1200), "landscape", CHINESE, "zh"),
    "photo-upright-in-a-link-card": _photo((900, 1600), "link_card", "", "en"),
    "clip-arabic-words-story": _clip("story", ARABIC, "ar"),
    "clip-tamil-words-square": _clip("square", TAMIL, "ta"),
    "audiogram-chinese-square": _audiogram("audiogram_square", CHINESE, "zh"),
    "audiogram-arabic-story": _audiogram("audiogram_story", ARABIC, "ar"),
}


def main() -> None:
    """Draw all of them, or those that are named."""
    for name in sys.argv[1:] or CASES:
        with TemporaryDirectory() as folder:
            CASES[name](Path(folder)).save(GOLDEN / f"{name}.webp", quality=82)


if __name__ == "__main__":
    main()
