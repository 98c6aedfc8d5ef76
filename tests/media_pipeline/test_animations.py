"""Moving pictures become clips that keep their time and their colours; a single frame stays a photo."""

import struct
from pathlib import Path

import av
import pytest
from PIL import Image

from media_pipeline import Kind, Limits, MediaError, animation, normalise
from media_pipeline.sniff import sniff

pytestmark = pytest.mark.media
COLOURS = ("#ff0000", "#00ff00", "#0000ff")
LOSSLESS: dict[str, dict[str, object]] = {
    "webp": {"lossless": True},
    "avif": {"quality": 100, "subsampling": "4:4:4"},
    "gif": {},
    "png": {},
}
EACH_KIND = pytest.mark.parametrize("kind", ["gif", "png", "webp", "avif"])


def _animation(path: Path, frames: list[Image.Image], delays_ms: list[int], **options: object) -> Path:
    saved = {
        **LOSSLESS[path.suffix[1:]],
        "save_all": True,
        "append_images": frames[1:],
        "duration": delays_ms,
        "loop": 0,
        **options,
    }
    frames[0].save(path, **saved)  # type: ignore[arg-type]
    return path


def _three(path: Path, delays_ms: list[int]) -> Path:
    return _animation(path, [Image.new("RGB", (64, 48), colour) for colour in COLOURS], delays_ms)


def _gif_of(width_px: int, height_px: int, frames: int, *, delay_cs: int = 10) -> bytes:
    """A frame costs 23 bytes: a point in the corner of a canvas of any size."""
    head = b"GIF89a" + struct.pack("<HHBBB", width_px, height_px, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    control = b"\x21\xf9\x04\0" + struct.pack("<H", delay_cs) + b"\0\0"
    point = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return head + (control + point) * frames + b";"


def _unfold(source: Path, folder: Path, *, background: str = "#ffffff", limits: Limits | None = None) -> Path | None:
    folder.mkdir(exist_ok=True)
    made = animation.unfold(source, sniff(source.read_bytes()), folder, background=background, limits=limits or Limits())
    return None if made is None else made.film


def _seen(film: Path | None) -> list[tuple[int, str]]:
    """When each new picture of a film begins, in ms, and what colour its middle has."""
    assert film is not None
    seen: list[tuple[int, str]] = []
    with av.open(str(film), format="matroska") as container:
        for frame in container.decode(video=0):
            pixel = frame.to_ndarray(format="rgb24")[frame.height // 2, frame.width // 2]
            colour = "#" + "".join(f"{round(int(value) / 15) * 15:02x}" for value in pixel)
            if not seen or seen[-1][1] != colour:
                seen.append((round((frame.time or 0) * 1000), colour))
    return seen


def _lasts_s(film: Path | None) -> float:
    assert film is not None
    with av.open(str(film), format="matroska") as container:
        return round((container.duration or 0) / av.time_base, 2)


@EACH_KIND
def test_frames_keep_their_times_and_their_colours(kind: str, tmp_path: Path) -> None:
    film = _unfold(_three(tmp_path / f"moving.{kind}", [1000, 500, 2000]), tmp_path / "work")
    assert (_seen(film), _lasts_s(film)) == ([(0, "#ff0000"), (1000, "#00ff00"), (1500, "#0000ff")], 3.5)


@EACH_KIND
def test_a_single_frame_is_a_photo(kind: str, tmp_path: Path) -> None:
    still = tmp_path / f"still.{kind}"
    Image.new("RGB", (64, 48), "#ff0000").save(still)
    assert _unfold(still, tmp_path / "work") is None


def test_it_can_be_asked_for_in_the_shapes_of_clips_and_of_photos(tmp_path: Path) -> None:
    moving = _three(tmp_path / "moving.gif", [1000, 1000, 1000])
    for asked in ("wide", "landscape"):
        made = normalise(moving, tmp_path / asked, formats=[asked])
        assert [(one.format, one.width_px) for one in made.renditions if one.role == "main"] == [("wide", 1920)]


def test_a_short_one_is_repeated_in_whole_rounds_until_networks_take_it(tmp_path: Path) -> None:
    film = _unfold(_three(tmp_path / "short.png", [400, 400, 200]), tmp_path / "work")
    starts = [start_ms + offset_ms for start_ms in (0, 1000, 2000) for offset_ms in (0, 400, 800)]
    assert (_seen(film), _lasts_s(film)) == ([*zip(starts, COLOURS * 3, strict=True)], 3.0)


@pytest.mark.parametrize(("delay_ms", "shown_ms"), [(0, 100), (10, 100), (20, 20), (50, 50)])
def test_a_delay_that_no_screen_keeps_is_what_browsers_make_of_it(delay_ms: int, shown_ms: int, tmp_path: Path) -> None:
    film = _unfold(_three(tmp_path / "fast.gif", [delay_ms] * 3), tmp_path / "work")
    assert [start_ms for start_ms, _ in _seen(film)][:3] == [0, shown_ms, 2 * shown_ms]


@pytest.mark.parametrize("kind", ["gif", "png", "webp", "avif"])
def test_what_is_transparent_in_a_frame_shows_the_background(kind: str, tmp_path: Path) -> None:
    left, right = Image.new("RGBA", (64, 48), (0, 0, 0, 0)), Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    left.paste("#ff0000", (0, 0, 40, 48))
    right.paste("#ff0000", (0, 0, 8, 48))
    right.paste("#ff0000", (40, 0, 64, 48))
    moving = _animation(tmp_path / f"sticker.{kind}", [left, right], [2000, 2000], disposal=2)
    assert _seen(_unfold(moving, tmp_path / "work", background="#3c69a5")) == [(0, "#ff0000"), (2000, "#3c69a5")]


def test_a_gif_that_only_writes_what_changes_is_put_together(tmp_path: Path) -> None:
    whole = Image.new("RGB", (64, 48), "#ff0000")
    changed = whole.copy()
    changed.paste("#0000ff", (24, 16, 40, 32))
    moving = _animation(tmp_path / "part.gif", [whole, changed, whole], [1000, 1000, 1000])
    assert _seen(_unfold(moving, tmp_path / "work")) == [(0, "#ff0000"), (1000, "#0000ff"), (2000, "#ff0000")]


def test_the_picture_for_those_who_cannot_play_it_is_not_shown(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("#ffffff", "#ff0000", "#0000ff")]
    moving = _animation(tmp_path / "default.png", frames, [2000, 2000, 2000], default_image=True)
    assert [colour for _, colour in _seen(_unfold(moving, tmp_path / "work"))] == ["#ff0000", "#0000ff"]


@EACH_KIND
def test_a_moving_picture_that_is_cut_off_is_refused(kind: str, tmp_path: Path) -> None:
    frames = [Image.effect_noise((64, 48), 90).convert("RGB") for _ in range(6)]
    whole = _animation(tmp_path / f"whole.{kind}", frames, [100] * 6).read_bytes()
    cut = tmp_path / f"cut.{kind}"
    codes = []
    for share in (0.5, 0.8, 0.97):
        cut.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(MediaError) as refused:
            _unfold(cut, tmp_path / "work")
        codes.append(refused.value.code)
    assert codes == ["media.corrupt"] * 3


@pytest.mark.parametrize(
    ("content", "code", "params"),
    [
        (_gif_of(2000, 2000, 20_000), "media.too_many_pixels", {"found": 80_000_000_000, "allowed": 2_000_000_000}),
        (_gif_of(60_000, 60_000, 2), "media.too_many_pixels", {"found": 3_600_000_000, "allowed": 200_000_000}),
        (_gif_of(8, 8, 20_000), "media.too_long", {"found_s": 2000.0, "allowed_s": 600}),
        (_gif_of(8, 8, 3, delay_cs=65_535), "media.too_long", {"found_s": 1966.0, "allowed_s": 600}),
    ],
)
def test_too_much_is_refused_with_both_numbers(content: bytes, code: str, params: dict[str, float], tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.gif"
    bomb.write_bytes(content)
    with pytest.raises(MediaError) as refused:
        _unfold(bomb, tmp_path / "work")
    assert (refused.value.code, refused.value.params) == (code, params)


@pytest.mark.parametrize("size", [(1, 1), (101, 67)])
def test_a_moving_picture_of_any_size_becomes_a_clip(size: tuple[int, int], tmp_path: Path) -> None:
    moving = _animation(tmp_path / "moving.gif", [Image.new("RGB", size, colour) for colour in COLOURS[:2]], [300, 300])
    made = normalise(moving, tmp_path / "out", formats=["square"])
    assert (made.kind, made.source.media_type, made.source.width_px, made.source.height_px) == (Kind.VIDEO, "image/gif", *size)
    assert [(one.path, one.width_px, one.height_px) for one in made.renditions if one.role == "main"] == [
        ("square.mp4", 1080, 1080)
    ]


def test_pure_colours_come_through_to_the_master(tmp_path: Path) -> None:
    parts = [Image.new("RGB", (90, 90), "#ffffff") for _ in range(2)]
    for image in parts:
        for number, colour in enumerate(COLOURS):
            image.paste(colour, (30 * number, 0, 30 * number + 30, 90))
    parts[1].paste("#000000", (0, 80, 90, 90))
    normalise(_animation(tmp_path / "colours.png", parts, [1500, 1500]), tmp_path / "out", formats=["square"])
    with av.open(str(tmp_path / "out" / "square.mp4")) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="rgb24")
    seen = [[int(value) for value in shown[400, across]] for across in (180, 540, 900)]
    wanted = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert max(abs(a - b) for one, other in zip(seen, wanted, strict=True) for a, b in zip(one, other, strict=True)) <= 4
