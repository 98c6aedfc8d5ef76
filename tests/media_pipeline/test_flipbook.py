"""Pictures one after the other as film and GIF."""

from pathlib import Path

import av
import pytest
from PIL import Image, ImageSequence, ImageStat

from media_pipeline.flipbook import FRAMES_PER_SECOND, LAST_S, PICTURES_PER_SECOND, film, gif

COLOURS = ["#b23a1c", "#14585f", "#12263a", "#f2b58c"]


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.png" for number in range(len(COLOURS))]
    for path, colour in zip(paths, COLOURS, strict=True):
        Image.new("RGB", (1081, 1080), colour).save(path)
    return paths


def colour_of(picture: Image.Image) -> tuple[int, ...]:
    return tuple(round(value / 48) for value in ImageStat.Stat(picture.convert("RGB")).mean)


def test_the_film_shows_each_picture_as_long_and_the_last_one_longer(pictures: list[Path], tmp_path: Path) -> None:
    film(pictures, tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as opened:
        stream = opened.streams.video[0]
        context = stream.codec_context
        assert (len(opened.streams), context.name, context.pix_fmt, context.width, context.height) == (
            1,
            "h264",
            "yuv420p",
            1080,
            1080,
        )
        frames = [frame.to_image() for frame in opened.decode(stream)]  # type: ignore[no-untyped-call]
    each = FRAMES_PER_SECOND // PICTURES_PER_SECOND
    assert len(frames) == len(COLOURS) * each + LAST_S * FRAMES_PER_SECOND
    shown = [frames[number * each + each // 2] for number in range(len(COLOURS))] + [frames[-1]]
    assert [colour_of(frame) for frame in shown] == [
        colour_of(Image.new("RGB", (1, 1), colour)) for colour in [*COLOURS, COLOURS[-1]]
    ]


def test_the_gif_shows_them_too(pictures: list[Path], tmp_path: Path) -> None:
    gif(pictures, tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as opened:
        assert (opened.width, opened.info["loop"]) == (540, 0)
        seen = [(frame.info["duration"], colour_of(frame)) for frame in ImageSequence.Iterator(opened)]
    assert seen == [
        (duration_ms, colour_of(Image.new("RGB", (1, 1), colour)))
        for duration_ms, colour in zip((500, 500, 500, 3000), COLOURS, strict=True)
    ]


def test_the_same_pictures_give_the_same_bytes(pictures: list[Path], tmp_path: Path) -> None:
    for make, suffix in ((film, "mp4"), (gif, "gif")):
        made = []
        for number in range(2):
            make(pictures, tmp_path / f"{number}.{suffix}")
            made.append((tmp_path / f"{number}.{suffix}").read_bytes())
        assert made[0] == made[1]
