"""Hostile and broken films, made from a small whole one."""

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

from tests.media_samples.boxes import box, boxes, changed, full, with_size
from tests.media_samples.expected import OTHER_HALF, Samples
from tests.media_samples.playlists import FTYP

_TEN_HOURS = 36_000


def films(whole: bytes, matroska: bytes, neighbour: Path, port: int) -> Samples:
    """`whole` is an MP4 of 0.4 seconds with picture, sound and its index at the end, `matroska` the same in a WebM."""
    index = next(content for name, content in boxes(whole) if name == b"moov")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("inside.html", OTHER_HALF)
    dolby = box(b"dvcC", bytes([1, 0, 5 << 1]) + bytes(21))
    return {
        "only_a_head.mp4": FTYP,
        "no_index.mp4": FTYP + box(b"mdat", bytes(5000)),
        "noise.mp4": FTYP + random.Random(1).randbytes(10_000),  # noqa: S311 -- noise
        "only_an_index.mp4": FTYP + box(b"moov", index),
        "half.mp4": whole[: len(whole) // 2],
        "half.webm": matroska[: len(matroska) // 2],
        "overwritten.mp4": _overwritten(whole),
        "profile_5.mp4": whole + box(b"free", dolby),
        "archive_behind.mp4": whole + archive.getvalue(),
        "page_inside.mp4": whole + box(b"free", b"<script>" + OTHER_HALF + b"</script>"),
        **_lying_durations(whole),
        **_wrong_boxes(whole),
        **_memory_bombs(whole, index),
        **_outside_references(whole, neighbour, port),
    }


def _overwritten(whole: bytes) -> bytes:
    start = whole.index(b"mdat") + 4
    data_bytes = int.from_bytes(whole[start - 8 : start - 4], "big") - 8
    at = start + data_bytes // 3
    return whole[:at] + bytes(data_bytes // 2) + whole[at + data_bytes // 2 :]


def _lying_durations(whole: bytes) -> Samples:
    """What a header says counts for nothing where every frame is there; a frame that is told to last for hours does last."""

    def header(seconds: int) -> bytes:
        # the version 0 of mvhd: times of creation and change, ticks a second, duration
        return changed(whole, b"mvhd", lambda told: told[:12] + struct.pack(">II", 1000, seconds * 1000) + told[20:])

    hours_between = changed(
        whole, b"stts", lambda told: told[:8] + struct.pack(">II", struct.unpack(">I", told[8:12])[0], 1 << 30)
    )
    return {
        "header_says_ten_hours.mp4": header(_TEN_HOURS),
        "header_says_nothing.mp4": header(0),
        "header_says_forever.mp4": header((1 << 32) // 1000),
        "track_says_ten_hours.mp4": changed(whole, b"mdhd", lambda told: told[:16] + b"\x7f\xff\xff\xff" + told[20:]),
        "hours_between_frames.mp4": hours_between,
    }


def _wrong_boxes(whole: bytes) -> Samples:
    sizes: Samples = {
        f"{name.decode()}_of_{size:x}.mp4": with_size(whole, name, size)
        for name in (b"moov", b"stbl", b"stsd")
        for size in (0, 7, 0xFFFF_FFFF)
    }
    without: Samples = {
        f"without_{name.decode()}.mp4": whole.replace(name, b"free") for name in (b"stsz", b"stco", b"stsc", b"stts", b"avcC")
    }
    deep = b""
    for _ in range(3000):
        deep = box(b"trak", deep)
    return {**sizes, **without, "deep.mp4": FTYP + box(b"moov", deep)}


def _memory_bombs(whole: bytes, index: bytes) -> Samples:
    """Small files whose tables promise hundreds of millions of samples."""
    billions = 0x7FFF_FFF0
    compressed = box(b"dcom", b"zlib") + box(b"cmvd", struct.pack(">I", 0x7FFF_FFFF) + zlib.compress(bytes(1 << 20)))
    run = box(b"tfhd", bytes([0, 2, 0, 0]) + struct.pack(">I", 1)) + box(b"trun", bytes(4) + struct.pack(">I", 0x0FFF_FFFF))
    extends = box(b"mvex", box(b"trex", full(1, 1, 1, 0, 0)))
    fragmented = (
        FTYP + box(b"moov", index + extends) + box(b"moof", box(b"mfhd", full(1)) + box(b"traf", run)) + box(b"mdat", b"")
    )
    return {
        "sizes_for_billions.mp4": changed(whole, b"stsz", lambda _: full(1, billions)),
        "sizes_not_there.mp4": changed(whole, b"stsz", lambda _: full(0, billions)),
        "times_for_billions.mp4": changed(whole, b"stts", lambda _: full(1, billions, 1)),
        "offsets_not_there.mp4": changed(whole, b"stco", lambda _: full(billions)),
        "compressed_index.mp4": FTYP + box(b"moov", box(b"cmov", compressed)),
        "fragment_of_millions.mp4": fragmented,
    }


def _outside_references(whole: bytes, neighbour: Path, port: int) -> Samples:
    """Tracks that say their data lies elsewhere: ours is read from the file itself or not at all."""

    def elsewhere(name: bytes, content: bytes) -> bytes:
        return changed(whole, b"dref", lambda _: full(1) + box(name, bytes(4) + content))

    path = str(neighbour).encode()
    alias = struct.pack(">II", 0, 0x0002_0000 | 150) + bytes(142) + struct.pack(">HH", 18, len(path)) + path + b"\xff\xff\0\0"
    return {
        "data_in_a_file.mov": elsewhere(b"url ", b"file://" + path + b"\0"),
        "data_at_an_address.mov": elsewhere(b"url ", f"http://127.0.0.1:{port}/\0".encode()),
        "data_by_alias.mov": elsewhere(b"alis", alias),
    }
