"""Hostile and broken sounds, made byte by byte."""

import struct

from tests.media_samples.expected import OTHER_HALF, Samples

MIB = 1024 * 1024


def sounds(mp3: bytes, ogg: bytes, flac: bytes) -> Samples:
    """Each given sound lasts two seconds; the MP3 begins with its first frame and says how many follow."""
    return {
        "only_a_head.mp3": b"ID3\x04\0\0\0\0\0\0",
        "only_a_head.amr": b"#!AMR\n",
        "only_a_head.flac": b"fLaC",
        "half.mp3": mp3[: len(mp3) // 2],
        "half.flac": flac[: len(flac) // 2],
        "half.wav": _wav(2 * 48_000)[:60_000],
        "tag_of_256_mib.mp3": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + mp3,
        "page_in_tag.mp3": _tag(b"TXXX", b"\0\0<script>" + OTHER_HALF) + mp3,
        "silence_of_zeros.mp3": b"\xff\xfb\x90\x64" + bytes(2 * MIB),
        "picture_of_16_mib.flac": _with_picture(flac, 16 * MIB - 1, b"\xff\xd8" + bytes(1000)),
        "heavy_picture.flac": _with_picture(flac, 4 * MIB, bytes(4 * MIB)),
        "endless_headers.ogg": _endless_headers(ogg),
        "says_4_gb.wav": _wav(48_000, says_bytes=0xFFFF_FFFF),  # what a recorder writes that cannot go back
        "says_3_gb.wav": _wav(48_000, says_bytes=0xC000_0000),
        "65535_channels.wav": _wav(48_000, channels=65_535),
        "no_channels.wav": _wav(48_000, channels=0),
        "no_rate.wav": _wav(48_000, rate_hz=0),
    }


def _wav(samples: int, *, channels: int = 1, rate_hz: int = 48_000, says_bytes: int | None = None) -> bytes:
    data = struct.pack("<2h", 8000, -8000) * (samples // 2)
    form = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * 2 * channels & 0xFFFF_FFFF, (2 * channels) & 0xFFFF, 16)
    told = len(data) if says_bytes is None else says_bytes
    riff = min(36 + told, 0xFFFF_FFFF)
    return (
        b"RIFF" + struct.pack("<I", riff) + b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", told) + data
    )


def _tag(name: bytes, content: bytes) -> bytes:
    frame = name + struct.pack(">IH", len(content), 0) + content
    return b"ID3\x03\0\0" + bytes((len(frame) >> shift) & 0x7F for shift in (21, 14, 7, 0)) + frame


def _with_picture(flac: bytes, says_bytes: int, picture: bytes) -> bytes:
    head = struct.pack(">II", 3, 10) + b"image/jpeg" + struct.pack(">IIIIII", 0, 1, 1, 24, 0, says_bytes) + picture
    streaminfo_end = 4 + 4 + 34
    first = bytes([flac[4] & 0x7F]) + flac[5:streaminfo_end]
    size = min(len(head) - len(picture) + says_bytes, 0xFF_FFFF)
    return flac[:4] + first + bytes([6]) + size.to_bytes(3, "big") + head + flac[streaminfo_end:]


def _endless_headers(ogg: bytes) -> bytes:
    """The first page as it is, then one header packet that goes on from page to page and never ends."""
    first_bytes = 27 + ogg[26] + sum(ogg[27 : 27 + ogg[26]])
    serial = ogg[14:18]
    pages = [ogg[:first_bytes]]
    for number in range(1, 12):
        head = b"OggS\0" + bytes([number > 1]) + bytes(8) + serial + struct.pack("<I", number)
        body = bytes([255]) * 255
        content = bytes(255 * 255)
        blank = head + bytes(4) + bytes([255]) + body + content
        pages.append(head + struct.pack("<I", _checksum(blank)) + bytes([255]) + body + content)
    return b"".join(pages)


def _checksum(page: bytes) -> int:
    value = 0
    for byte in page:
        value = (value << 8) ^ _TABLE[(value >> 24) ^ byte]
        value &= 0xFFFF_FFFF
    return value


def _row(value: int) -> int:
    value <<= 24
    for _ in range(8):
        value = (value << 1) ^ (0x04C1_1DB7 if value & 0x8000_0000 else 0)
    return value & 0xFFFF_FFFF


_TABLE = [_row(value) for value in range(256)]
