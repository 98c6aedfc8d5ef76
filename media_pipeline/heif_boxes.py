"""What the boxes of an AVIF or HEIC say of its primary picture, and whether what they point at is there (ISO/IEC 23008-12)."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass

from media_pipeline.errors import MediaError

Content = mmap.mmap | bytes

# what a decoder reads; a maker's trailer after them may look like a box of any size
_READ = {b"ftyp", b"meta", b"moov", b"mdat"}
# a picture of 200 MP in tiles has 1,500 properties and parts; a file of nothing but boxes would keep us busy for long
_MOST_BOXES = 100_000
_IN_FILE = 0  # iloc's construction methods: offsets count from the file's start


@dataclass(frozen=True, slots=True)
class _Box:
    name: bytes
    start: int
    end: int


def check_whole(content: Content) -> None:
    """Refuse a file that ends before its boxes or its items do: `media.corrupt`."""
    boxes = [box for box in _boxes(content, 0, len(content)) if box.name in _READ]
    if any(box.end > len(content) for box in boxes):
        raise MediaError("media.corrupt")
    meta = next((box for box in boxes if box.name == b"meta"), None)
    if meta is None:
        return  # a decoder says what is wrong with it
    for box in _boxes(content, meta.start + 4, meta.end):
        if box.name == b"iloc" and any(end > len(content) for end in _ends(content[box.start : box.end])):
            raise MediaError("media.corrupt")


def primary_properties(content: Content) -> tuple[tuple[bytes, bytes], ...]:
    """Name and content of each property of the primary item, in their order."""
    meta = next((box for box in _boxes(content, 0, len(content)) if box.name == b"meta"), None)
    if meta is None:
        return ()
    inside = {box.name: box for box in _boxes(content, meta.start + 4, meta.end)}
    if b"pitm" not in inside or b"iprp" not in inside:
        return ()
    pitm = inside[b"pitm"]
    primary = int.from_bytes(content[pitm.start + 4 : pitm.end], "big")
    parts = list(_boxes(content, inside[b"iprp"].start, inside[b"iprp"].end))
    properties = [box for part in parts if part.name == b"ipco" for box in _boxes(content, part.start, part.end)]
    wanted = [at for part in parts if part.name == b"ipma" for at in _associated(content[part.start : part.end], primary)]
    chosen = [properties[number - 1] for number in wanted if 0 < number <= len(properties)]
    return tuple((box.name, bytes(content[box.start : box.end])) for box in chosen)


def _boxes(content: Content, at: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        size, name, head = int.from_bytes(content[at : at + 4], "big"), bytes(content[at + 4 : at + 8]), 8
        if size == 1:
            size, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        elif size == 0:  # to the end
            size = end - at
        if size < head:
            return
        yield _Box(name, at + head, at + size)
        at += size


def _ends(iloc: bytes) -> Iterator[int]:
    """Where in the file each extent of each item ends."""
    version, sizes = iloc[0], int.from_bytes(iloc[4:6], "big")
    offset_bytes, length_bytes, base_bytes, index_bytes = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15
    reader = _Reader(iloc, 6)
    for _ in range(reader.number(4 if version == 2 else 2)):
        reader.number(4 if version == 2 else 2)
        method = reader.number(2) & 15 if version else _IN_FILE
        reader.number(2)
        base = reader.number(base_bytes)
        extents = reader.number(2)
        if not (offset_bytes or length_bytes or index_bytes):
            extents = min(extents, 1)  # they take no room, so that a short box could ask for millions
        for _ in range(extents):
            if version:
                reader.number(index_bytes)
            offset, length = reader.number(offset_bytes), reader.number(length_bytes)
            if method == _IN_FILE:
                yield base + offset + length


def _associated(ipma: bytes, item: int) -> list[int]:
    version, wide = ipma[0], ipma[3] & 1
    reader = _Reader(ipma, 4)
    for _ in range(reader.number(4)):
        owner = reader.number(4 if version else 2)
        found = [reader.number(2) & 0x7FFF if wide else reader.number(1) & 0x7F for _ in range(reader.number(1))]
        if owner == item:
            return found
    return []


class _Reader:
    """Numbers one after another; what ends before them is broken."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content, self._at = content, at

    def number(self, size: int) -> int:
        self._at += size
        if self._at > len(self._content):
            raise MediaError("media.corrupt")
        return int.from_bytes(self._content[self._at - size : self._at], "big")
