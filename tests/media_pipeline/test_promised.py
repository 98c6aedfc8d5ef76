"""What files say of their own length, and how much of it there is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from media_pipeline import MediaError, probe
from media_pipeline.ffmpeg import share_not_decoded
from media_pipeline.probe import is_too_much_lost
from media_pipeline.promised import is_whole_matroska, mp3_frames_named, mp3_junk_bytes, ogg_share_torn

pytestmark = pytest.mark.media
Ffmpeg = Callable[..., None]
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=5")
PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=4", "-c:v", "libvpx", "-deadline", "realtime")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Callable[..., Path]:
    """Make a sound of five seconds in a container."""
    folder = tmp_path_factory.mktemp("sounds")

    def make(name: str, *how: str) -> Path:
        if not (folder / name).exists():
            ffmpeg(*TONE, *how, str(folder / name))
        return folder / name

    return make


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> bytes:
    """Four seconds of WebM."""
    path = tmp_path_factory.mktemp("films") / "whole.webm"
    ffmpeg(*PICTURE, str(path))
    return path.read_bytes()


def _code(source: Path) -> str | None:
    try:
        probe(source)
    except MediaError as refused:
        return refused.code
    return None


@pytest.mark.parametrize("name", ["voice.mp3", "voice.ogg", "voice.opus", "voice.flac", "voice.wav", "voice.m4a"])
def test_a_sound_that_lost_its_end_is_refused(name: str, sound: Callable[..., Path], tmp_path: Path) -> None:
    whole = sound(name)
    cut = tmp_path / name
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 8 // 10])
    assert (_code(whole), _code(cut)) == (None, "media.corrupt")


def test_a_sound_without_any_length_is_as_long_as_what_came(sound: Callable[..., Path], tmp_path: Path) -> None:
    whole = sound("constant.mp3", "-b:a", "64k", "-write_xing", "0")
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert (mp3_frames_named(cut), round(probe(cut).duration_s or 0, 1)) == (0, 2.5)


def test_an_mp3_says_how_many_frames_follow(sound: Callable[..., Path]) -> None:
    # 5 s of 44,100 samples, 1,152 a frame, and one for what the encoder puts before
    assert mp3_frames_named(sound("voice.mp3")) == 193


@pytest.mark.parametrize(
    ("packet", "junk_bytes"),
    [
        (b"\xff\xfb\x90\x64" + bytes(413), 0),  # 128 kbit/s at 44.1 kHz: 417 bytes
        (b"\xff\xfb\x92\x64" + bytes(414), 0),  # padded by one
        (b"\xff\xfb\x90\x64" + bytes(513), 100),
        (b"\xff\xf3\x40\x64" + bytes(140), 40),  # MPEG 2, 32 kbit/s at 22.05 kHz: 104 bytes
        (bytes(300), 300),
        (b"\xff\xfd\x90\x64" + bytes(900), 0),  # layer II is not judged
    ],
)
def test_what_sticks_to_a_frame_is_counted(packet: bytes, junk_bytes: int) -> None:
    assert mp3_junk_bytes(packet) == junk_bytes


def test_an_mp3_overwritten_in_its_middle_is_refused(sound: Callable[..., Path], tmp_path: Path) -> None:
    whole = sound("constant.mp3", "-b:a", "64k", "-write_xing", "0").read_bytes()
    damaged = tmp_path / "damaged.mp3"
    damaged.write_bytes(whole[:20_000] + bytes(4000) + whole[24_000:])
    assert _code(damaged) == "media.corrupt"


def test_the_torn_part_of_an_ogg_is_counted_in_pages(sound: Callable[..., Path], tmp_path: Path) -> None:
    whole = sound("voice.opus").read_bytes()
    page = whole.rindex(b"OggS")
    torn = tmp_path / "torn.opus"
    torn.write_bytes(whole[: page + 100])
    assert (ogg_share_torn(sound("voice.opus")), round(ogg_share_torn(torn), 6)) == (0.0, round(100 / (page + 100), 6))


def test_a_film_that_was_cut_is_not_whole(film: bytes, tmp_path: Path) -> None:
    cut = tmp_path / "cut.webm"
    cut.write_bytes(film[: len(film) // 2])
    assert (is_whole_matroska(cut, len(film) // 2), _code(cut)) == (False, "media.corrupt")


def test_a_film_overwritten_in_its_middle_is_refused(film: bytes, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.webm"
    damaged.write_bytes(film[: len(film) // 4] + bytes(len(film) // 2) + film[len(film) * 3 // 4 :])
    assert _code(damaged) == "media.corrupt"


def test_a_whole_film_is_as_long_as_its_frames_whatever_its_header_says(film: bytes, tmp_path: Path) -> None:
    lying = tmp_path / "lying.webm"
    at = film.index(b"\x44\x89\x88") + 3  # the element Duration, a double of milliseconds
    lying.write_bytes(film[:at] + b"\x41\x22\x4f\x80\0\0\0\0" + film[at + 8 :])
    assert probe(lying).duration_s == 4.0


def test_a_picture_that_was_patched_counts_as_not_decoded() -> None:
    closing = "[verbose]   Input stream #0:{} ({}): {} packets read (1 bytes); 90 frames decoded; {} decode errors; \n"
    patched = "[vist#0:0/h264 @ 0x1] [dec:h264 @ 0x2] [warning] corrupt decoded frame\n"
    said = (
        2 * patched
        + "    Last message repeated 2 times\n"
        + closing.format(0, "video", 100, 1)
        + closing.format(1, "audio", 200, 6)
    )
    assert share_not_decoded(said) == 0.05


@pytest.mark.parametrize(
    ("lost_s", "share", "too_much"),
    [
        (0.6, 0.001, True),  # more than half a second, however long it was
        (0.3, 0.03, True),
        (0.3, 0.01, False),
        (0.023, 0.008, False),  # a packet of a voice note of three seconds
        (0.09, 0.03, False),  # not measurable to a frame
        (0.09, 0.6, True),  # however short it was
    ],
)
def test_little_may_be_lost_by_time_and_by_share(lost_s: float, share: float, too_much: bool) -> None:  # noqa: FBT001 -- a column
    assert is_too_much_lost(lost_s, share) is too_much
