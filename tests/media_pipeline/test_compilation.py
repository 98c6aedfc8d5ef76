"""Films from masters: segments that join without encoding, and sound that stays with its picture."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from media_pipeline import commands
from media_pipeline.compilation import card_segment, clip_segment, join, photo_segment
from media_pipeline.errors import ToolFailed
from media_pipeline.segment_graph import Panel

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Callable[..., None]) -> Path:
    """Two seconds, black and silent; white and loud from the first second on."""
    path = tmp_path_factory.mktemp("master") / "master.mp4"
    flash = "color=c=black:s=1080x1080:r=30:d=2,drawbox=c=white:t=fill:enable='gte(n,30)'"
    beep = "aevalsrc='if(gte(t,1),0.3*sin(2*PI*1000*t),0)':s=48000:d=2"
    encode = (*commands.MASTER_PICTURE, *commands.MASTER_SOUND, *commands.MOVIE_FILE)
    ffmpeg("-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", beep, *encode, str(path))
    return path


def test_sound_stays_with_its_picture_over_many_joins(master: Path, tmp_path: Path) -> None:
    segment, film = tmp_path / "segment.mp4", tmp_path / "film.mp4"
    clip_segment(master, segment, format="square", duration_s=None)
    made = join([segment] * 12, film)
    assert made.duration_s == pytest.approx(12 * 64 / 30, abs=0.001)
    flashes, beeps = _starts_s(film)
    assert len(flashes) == len(beeps) == 12
    offsets_ms = [(beep - flash) * 1000 for flash, beep in zip(flashes, beeps, strict=True)]
    assert max(map(abs, offsets_ms)) < 15
    assert max(offsets_ms) - min(offsets_ms) < 1


def test_a_card_a_photo_and_a_clip_become_one_film(master: Path, tmp_path: Path) -> None:
    for name, size, colour in [("card.png", (1080, 1080), "#204060"), ("photo.jpg", (1200, 800), "#c08020")]:
        Image.new("RGB", size, colour).save(tmp_path / name, quality=95)
    third = Image.new("RGBA", (1080, 1080), (0, 0, 0, 0))
    third.paste((0, 200, 0, 255), (0, 900, 1080, 1000))
    third.save(tmp_path / "third.png")
    parts = [tmp_path / f"{name}.mp4" for name in ("card", "photo", "clip")]
    card_segment(tmp_path / "card.png", parts[0], format="square", duration_s=1.6, fade_out=False)
    photo_segment(tmp_path / "photo.jpg", parts[1], format="square", duration_s=1, panels=[Panel(tmp_path / "third.png")])
    clip_segment(master, parts[2], format="square", duration_s=1.1, panels=[Panel(tmp_path / "third.png")])
    seen: list[float] = []
    made = join(parts, tmp_path / "film.mp4", on_progress=seen.append)
    assert (made.format, made.width_px, made.height_px) == ("square", 1080, 1080)
    assert made.duration_s == pytest.approx((48 + 32 + 32) / 30, abs=0.001)
    with av.open(str(tmp_path / "film.mp4")) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) == 112
    assert frames[0].mean() < 5  # the card fades in from black
    assert _is_near(frames[24][500, 500], (0x20, 0x40, 0x60))
    assert _is_near(frames[47][500, 500], (0x20, 0x40, 0x60))
    assert _is_near(frames[60][500, 500], (0xC0, 0x80, 0x20))
    assert _is_near(frames[60][950, 500], (0, 200, 0))
    assert _is_near(frames[90][950, 500], (0, 200, 0))
    content = (tmp_path / "film.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_photo_moves_gently_and_never_jumps_beneath_a_frame_that_stands_still(tmp_path: Path) -> None:
    line = Image.new("L", (1080, 1080), 0)
    line.paste(255, (200, 0, 204, 1080))
    line.save(tmp_path / "line.png")
    frame = Image.new("RGBA", (1080, 1080))
    frame.paste((0, 0, 0, 255), (0, 900, 1080, 1080))
    frame.paste((255, 255, 255, 255), (200, 900, 204, 1080))
    frame.save(tmp_path / "frame.png")
    panels = [Panel(tmp_path / "frame.png")]
    photo_segment(tmp_path / "line.png", tmp_path / "s.mp4", format="square", duration_s=3.2, panels=panels)
    with av.open(str(tmp_path / "s.mp4")) as film:
        shown = [frame.to_ndarray(format="gray")[[540, 1000]].astype(float) for frame in film.decode(video=0)]
    centres, still = (np.array([(rows[at] * np.arange(1080)).sum() / rows[at].sum() for rows in shown]) for at in (0, 1))
    assert 5 < centres[0] - centres[-1] < 30
    assert -np.diff(centres).min() < 0.6
    assert still == pytest.approx(201.5, abs=0.2)


def test_what_is_not_alike_is_not_joined(master: Path, tmp_path: Path) -> None:
    Image.new("RGB", (1920, 1080)).save(tmp_path / "card.png")
    clip_segment(master, tmp_path / "clip.mp4", format="square", duration_s=1)
    photo_segment(tmp_path / "card.png", tmp_path / "wide.mp4", format="wide", duration_s=0.5)
    with pytest.raises(ToolFailed) as failed:
        join([tmp_path / "clip.mp4", tmp_path / "wide.mp4"], tmp_path / "film.mp4")
    assert failed.value.params["tool"] == "join"
    assert not (tmp_path / "film.mp4").exists()


def _starts_s(film: Path) -> tuple[list[float], list[float]]:
    """When the picture turns white and when the sound begins, each time."""
    with av.open(str(film)) as opened:
        white = [(frame.time or 0.0, frame.to_ndarray(format="gray")[540, 540] > 128) for frame in opened.decode(video=0)]
    flashes = [at for (at, now), (_, before) in zip(white[1:], white, strict=False) if now and not before]
    with av.open(str(film)) as opened:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in opened.decode(audio=0)])
    loud = np.flatnonzero(np.abs(samples) > 0.03)
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-48_000) > 4800)]
    return flashes, [float(at) / 48_000 for at in starts]


def _is_near(pixel: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", wanted: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - wanted).max() <= 10)
