"""Hostile and broken files, made here: each gets its exact code, costs nothing but itself, and reads no other file."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from media_pipeline import Kind, Limits, MediaError, normalise, probe
from media_pipeline.formats import formats_for
from media_pipeline.sniff import sniff

pytestmark = pytest.mark.media
FTYP = struct.pack(">I", 24) + b"ftypisom" + bytes(4) + b"isommp41"
HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nneighbour.mp4\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile neighbour.mp4\n"


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _png_of(width_px: int, height_px: int) -> bytes:
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(100))) + _chunk(b"IEND", b"")


def _photo(kind: str, folder: Path) -> bytes:
    path = folder / f"whole.{kind}"
    Image.effect_noise((300, 300), 80).convert("RGB").save(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, clip: Path, ffmpeg: Callable[..., None]) -> Path:
    """The folder of hostile files, with a neighbour's upload in it."""
    folder = tmp_path_factory.mktemp("hostile")
    whole = clip.read_bytes()
    (folder / "neighbour.mp4").write_bytes(whole)
    voice = folder / "voice.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=d=2", str(voice))
    many = folder / "many_streams.mp4"
    ffmpeg("-f", "lavfi", "-i", "sine=d=0.2", *["-map", "0:a"] * 40, "-c:a", "aac", str(many))
    dolby = struct.pack(">I", 32) + b"dvcC" + bytes([1, 0, 5 << 1]) + bytes(21)
    middle = len(whole) * 2 // 3
    files = {
        "empty.jpg": b"",
        "playlist.mp4": HLS,
        "concat.mp4": CONCAT,
        "playlist_in_mp4.mp4": FTYP + HLS,
        "concat_in_mp3.mp3": b"ID3\x04\0\0\0\0\0\0" + CONCAT,
        "page.jpg": b"<html><script>alert(1)</script></html>",
        "program.mp4": b"\x7fELF" + bytes(200),
        "bomb.png": _png_of(60_000, 60_000),
        "missing_pixels.png": _png_of(300, 300),
        "half.jpg": _photo("jpg", folder)[:4000],
        "half.png": _photo("png", folder)[:20_000],
        "half.webp": _photo("webp", folder)[:4000],
        "half.gif": _photo("gif", folder)[:20_000],
        "half.avif": _photo("avif", folder)[:4000],
        "half.tif": _photo("tif", folder)[:20_000],
        "half.mp4": whole[: len(whole) * 6 // 10],
        "no_index.mp4": FTYP + struct.pack(">I", 5008) + b"mdat" + bytes(5000),
        "noise.mp4": FTYP + bytes(range(256)) * 40,
        "half.wav": voice.read_bytes()[:90_000],
        "profile_5.mp4": whole + struct.pack(">I", 40) + b"free" + dolby,
        "overwritten.mp4": whole[:middle] + bytes(len(whole) // 4) + whole[middle + len(whole) // 4 :],
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("empty.jpg", "media.empty"),
        ("playlist.mp4", "media.unknown_type"),
        ("concat.mp4", "media.unknown_type"),
        ("playlist_in_mp4.mp4", "media.corrupt"),
        ("concat_in_mp3.mp3", "media.corrupt"),
        ("page.jpg", "media.unknown_type"),
        ("program.mp4", "media.unknown_type"),
        ("bomb.png", "media.too_many_pixels"),
        ("missing_pixels.png", "media.corrupt"),
        ("half.jpg", "media.corrupt"),
        ("half.png", "media.corrupt"),
        ("half.webp", "media.corrupt"),
        ("half.gif", "media.corrupt"),
        ("half.avif", "media.corrupt"),
        ("half.tif", "media.corrupt"),
        ("half.mp4", "media.corrupt"),
        ("no_index.mp4", "media.corrupt"),
        ("noise.mp4", "media.corrupt"),
        ("half.wav", "media.corrupt"),
        ("many_streams.mp4", "media.too_many_streams"),
        ("profile_5.mp4", "media.unsupported"),
        ("overwritten.mp4", "media.corrupt"),
    ],
)
def test_a_hostile_file_gets_its_code_and_leaves_nothing_behind(name: str, code: str, hostile: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        _normalise(hostile / name, tmp_path)
    assert (refused.value.code, list(tmp_path.iterdir())) == (code, [])


@pytest.mark.parametrize(("name", "code"), [("truncated_jpeg.jpg", "media.corrupt"), ("ultrahdr.jpg", "media.corrupt")])
def test_real_broken_photos_are_refused(name: str, code: str, real: Callable[[str], Path], tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        _normalise(real(name), tmp_path)
    assert refused.value.code == code


def test_a_real_bomb_is_refused_with_both_numbers(real: Callable[[str], Path], tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        _normalise(real("decompression_bomb.gif"), tmp_path)
    assert refused.value.code == "media.too_many_pixels"
    assert refused.value.params == {"found": 4_364_696_535, "allowed": 200_000_000}


def test_a_lying_extension_changes_nothing(clip: Path, tmp_path: Path) -> None:
    lying = tmp_path / "portrait.jpg"
    lying.write_bytes(clip.read_bytes())
    assert (probe(lying).kind, probe(lying).media_type) == (Kind.VIDEO, "video/mp4")


def test_what_lasts_too_long_is_refused_with_both_numbers(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        normalise(clip, tmp_path, formats=["square"], limits=Limits(max_duration_s=1.5))
    assert (refused.value.code, refused.value.params) == ("media.too_long", {"found_s": 2.0, "allowed_s": 1.5})


def test_a_tool_that_does_not_finish_is_our_failure(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as failed:
        normalise(clip, tmp_path, formats=["square"], limits=Limits(wall_s=0.01))
    assert (failed.value.code, list(tmp_path.iterdir())) == ("tool.timeout", [])


def test_a_photo_that_needs_too_much_memory_costs_only_itself(tmp_path: Path) -> None:
    source = tmp_path / "large.png"
    Image.new("RGB", (9000, 9000)).save(source)
    with pytest.raises(MediaError) as refused:
        normalise(source, tmp_path / "out", formats=["square"], limits=Limits(memory_bytes=120 * 1024 * 1024))
    assert refused.value.code == "media.too_heavy"


def _normalise(source: Path, outdir: Path) -> None:
    with source.open("rb") as opened:
        kind = sniff(opened.read(4096)).kind
    normalise(source, outdir, formats=formats_for(kind, ["square"]))
