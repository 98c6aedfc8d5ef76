"""What the bytes of a sound or film promise, read from them directly: the library that demuxes keeps it to itself."""

import mmap
from pathlib import Path

_FIRST_FRAME_BYTES = 512
_HEAD_BYTES = 4096
_SEGMENT = b"\x18\x53\x80\x67"
# index and tags lie behind the last packet of a Matroska file
_TAIL_SHARE, _TAIL_BYTES = 0.02, 16 * 1024
_OGG_PAGE, _OGG_HEAD_BYTES = b"OggS", 27
# ISO/IEC 11172-3 and 13818-3, layer III: kbit/s by index, hertz by index of the version with half and quarter rates after it
_KBITS = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
_HERTZ = (44_100, 48_000, 32_000)
_RATE_SHIFTS = {3: 0, 2: 1, 0: 2}  # MPEG 1, 2 and 2.5


def mp3_frames_named(path: Path) -> int:
    """How many frames the first one of an MP3 says will follow (as Xing or Fraunhofer wrote it), 0 where it says nothing."""
    with path.open("rb") as opened:
        tag = opened.read(10)
        # the size of the tag before it is written in four times seven bits
        tag_bytes = 10 + sum(byte << shift for byte, shift in zip(tag[6:], (21, 14, 7, 0), strict=False))
        opened.seek(tag_bytes if tag.startswith(b"ID3") else 0)
        first = opened.read(_FIRST_FRAME_BYTES)
    for name, count_at in ((b"Xing", 8), (b"Info", 8), (b"VBRI", 14)):
        at = first.find(name)
        has_count = name == b"VBRI" or first[at + 7 : at + 8] in {bytes([flags]) for flags in range(1, 16, 2)}
        if at >= 0 and has_count:
            return int.from_bytes(first[at + count_at : at + count_at + 4], "big")
    return 0


def mp3_junk_bytes(packet: bytes) -> int:
    """How much of a packet of an MP3 is not the frame that it begins with: what was overwritten sticks to its neighbours."""
    version, layer = (packet[1] >> 3) & 3, (packet[1] >> 1) & 3
    kbits_index, hertz_index, padded = packet[2] >> 4, (packet[2] >> 2) & 3, (packet[2] >> 1) & 1
    if packet[0] != 0xFF or packet[1] < 0xE0 or version == 1 or hertz_index == 3 or kbits_index == 15:
        return len(packet)
    if layer != 1 or not kbits_index:  # not layer III, or of a rate that only its next frame tells
        return 0
    half = version != 3
    frame_bytes = (72 if half else 144) * 1000 * _KBITS[half][kbits_index] // (
        _HERTZ[hertz_index] >> _RATE_SHIFTS[version]
    ) + padded
    return max(len(packet) - frame_bytes, 0)


def is_whole_matroska(path: Path, read_until: int) -> bool:
    """Whether all has arrived that a Matroska file says it holds, and could be read to the end: then its duration may lie."""
    with path.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    size_bytes = path.stat().st_size
    at = head.find(_SEGMENT) + len(_SEGMENT)
    if at < len(_SEGMENT) or at >= len(head) or not head[at]:
        return False
    length_bytes = 9 - head[at].bit_length()
    # one that was recorded live does not know its length: all bits are set, more than any file has
    said_bytes = int.from_bytes(head[at : at + length_bytes], "big") & ((1 << 7 * length_bytes) - 1)
    has_arrived = at + length_bytes + said_bytes <= size_bytes
    return has_arrived and size_bytes - read_until <= max(_TAIL_SHARE * size_bytes, _TAIL_BYTES)


def ogg_share_torn(path: Path) -> float:
    """The share of an Ogg file that is not in whole pages."""
    whole_bytes, at = 0, 0
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        while at >= 0:
            segments = content[at + _OGG_HEAD_BYTES - 1] if at + _OGG_HEAD_BYTES <= len(content) else 0
            table = content[at + _OGG_HEAD_BYTES : at + _OGG_HEAD_BYTES + segments]
            end = at + _OGG_HEAD_BYTES + segments + sum(table)
            if end == len(content) or content[end : end + 4] == _OGG_PAGE:
                whole_bytes, at = whole_bytes + end - at, end if end < len(content) else -1
            else:
                at = content.find(_OGG_PAGE, at + 4)
        return 1 - whole_bytes / len(content)
