"""Whether all bytes of a still are there, by the structure of its file: decoders overlook much, each in its own way.

A file that ends before its own end mark is incomplete (GIF's excepted: some programs never wrote it); what follows the mark, such
as the film of a motion photo or a maker's trailer, is not ours.
"""

import mmap
import zlib
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from media_pipeline import heif_boxes
from media_pipeline.errors import MediaError

Content = mmap.mmap | bytes

_PNG_HEAD_BYTES = 8
_ANCILLARY = 0x20  # the bit of a chunk's name that says that the picture can be shown without it
_FRAME_DATA = b"fdAT"  # the pictures of an animation after the first are such chunks
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
# bytes of a TIFF value by its type's number (TIFF 6.0, section 2)
_TIFF_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SOI, _EOI, _SOS, _DHT, _DRI, _TEM, _DNL = 0xD8, 0xD9, 0xDA, 0xC4, 0xDD, 0x01, 0xDC
_RESTARTS = range(0xD0, 0xD8)
# T.81 table B.1: baseline, extended and progressive, Huffman or arithmetic; the rest (lossless, hierarchical) nobody decodes
_FRAMES, _OUR_FRAMES, _SEQUENTIAL_HUFFMAN = (
    {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC},
    {0xC0, 0xC1, 0xC2, 0xC9, 0xCA},
    {0xC0, 0xC1},
)
# what may follow the data of a scan: more tables, the next scan, the number of lines, the end, or somebody's metadata
_AFTER_SCAN = {_DHT, 0xCC, _EOI, _SOS, 0xDB, _DNL, _DRI, *range(0xE0, 0xF0), 0xFE}
# tables, frames, scans, the number of lines; JFIF and Adobe say how the colours are coded
_NEEDED = {*range(0xC0, 0xD0), _SOS, 0xDB, _DNL, _DRI, 0xE0, 0xEE}
# profiles and maker's notes come in a few hundred pieces at most; a file of nothing else would keep us busy for a minute
_MOST_MARKERS = 100_000
# encoders write about 10, the finest scripts 64; each goes over the whole picture again
_MOST_SCANS = 100
# a quarter of the smallest sector of a disk, and five blocks of pictures whose every coefficient is alike
_HOLE = bytes(128)


def check_whole(path: Path, media_type: str) -> None:
    """Refuse what is cut off or has lost bytes (`media.corrupt`), or is a JPEG of a kind nobody decodes (`media.unsupported`)."""
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            if media_type == "image/jpeg":
                _Jpeg(content).check()
            elif media_type == "image/png":
                _check_png(content)
            elif media_type == "image/gif":
                _gif_frames(content)
            elif media_type == "image/tiff":
                _check_tiff(content)
            elif media_type in {"image/avif", "image/heic"}:
                heif_boxes.check_whole(content)
        except (IndexError, ValueError) as error:
            raise MediaError("media.corrupt") from error


def without_metadata(jpeg: bytes) -> bytes:
    """What of a whole JPEG a decoder needs for its first picture, and nothing between the segments."""
    walk = _Jpeg(jpeg)
    walk.check()
    return b"\xff\xd8" + b"".join(jpeg[part] for part in walk.needed) + b"\xff\xd9"


def gif_frames(path: Path) -> int:
    """How many pictures a GIF holds; decoding none, where Pillow decodes all."""
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            return _gif_frames(content)
        except (IndexError, ValueError) as error:
            raise MediaError("media.corrupt") from error


def _check_png(content: Content) -> None:
    with memoryview(content) as view:
        at = _PNG_HEAD_BYTES
        while True:
            name = content[at + 4 : at + 8]
            end = at + 12 + int.from_bytes(content[at : at + 4], "big")  # its size, name and sum are not counted in
            if not name or end > len(content):
                raise MediaError("media.corrupt")
            # Pillow does not look at the sums of the picture's data
            is_needed = not name[0] & _ANCILLARY or name == _FRAME_DATA
            if is_needed and zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(content[end - 4 : end], "big"):
                raise MediaError("media.corrupt")
            if name == b"IEND":
                return
            at = end


def _check_tiff(content: Content) -> None:
    """All of the first directory must be there; lost pixels a decoder finds by itself, a lost tag it takes for a strange one."""
    order: Literal["little", "big"] = "little" if content[:2] == b"II" else "big"
    at = int.from_bytes(content[4:8], order)
    tags = int.from_bytes(content[at : at + 2], order)
    for entry in range(at + 2, at + 2 + 12 * tags, 12):
        kind, count = int.from_bytes(content[entry + 2 : entry + 4], order), int.from_bytes(content[entry + 4 : entry + 8], order)
        size = _TIFF_BYTES.get(kind, 0) * count
        end = entry + 12 if size <= 4 else int.from_bytes(content[entry + 8 : entry + 12], order) + size
        if end > len(content):
            raise MediaError("media.corrupt")
    if not tags or at + 2 + 12 * tags > len(content):
        raise MediaError("media.corrupt")


def _gif_frames(content: Content) -> int:
    frames, at = 0, 13 + _palette_bytes(content[10])
    while content[at] != _TRAILER:
        if content[at] == _IMAGE:
            frames += 1
            at = _after_blocks(content, at + 11 + _palette_bytes(content[at + 9]))
            if at == len(content):  # old programs left the trailer out, and it carries nothing
                break
        elif content[at] == _EXTENSION:
            at = _after_blocks(content, at + 2)
        else:  # decoders pass over what is between the blocks
            at += 1
    return frames


def _palette_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(content: Content, at: int) -> int:
    while content[at]:
        at += 1 + content[at]
    return at + 1


class _Jpeg:
    """A walk from marker to marker."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._frame = -1
        self._units_in_frame = 0
        self._components = 0
        self._restart_every = 0
        self._shortest_code: dict[int, int] = {}
        self.needed: list[slice] = []

    def check(self) -> None:
        """Follow the markers to the end of the picture."""
        at, scans = 2, 0
        for _ in range(_MOST_MARKERS):
            marker, at = self._next(at)
            if marker == _EOI:
                if not scans:
                    raise MediaError("media.corrupt")
                return
            if marker in {_SOI, _TEM, *_RESTARTS}:
                continue
            segment = self._segment(at)
            start, at = at - 2, at + 2 + len(segment)
            if marker == _SOS:
                scans += 1
                if scans > _MOST_SCANS:
                    raise MediaError("media.too_heavy", {"resource": "scans", "allowed": _MOST_SCANS})
                at = self._check_scan(segment, at)
            else:
                self._read(marker, segment)
            if marker in _NEEDED:
                self.needed.append(slice(start, at))
        raise MediaError("media.corrupt")

    def _next(self, at: int) -> tuple[int, int]:
        at = self._content.find(b"\xff", at)
        if at < 0:
            raise MediaError("media.corrupt")
        while self._content[at] == 0xFF:
            at += 1
        return self._content[at], at + 1

    def _segment(self, at: int) -> bytes:
        size = int.from_bytes(self._content[at : at + 2], "big")
        if size < 2 or at + size > len(self._content):
            raise MediaError("media.corrupt")
        return self._content[at + 2 : at + size]

    def _read(self, marker: int, segment: bytes) -> None:
        if marker in _FRAMES:
            self._read_frame(marker, segment)
        elif marker == _DHT:
            self._read_codes(segment)
        elif marker == _DRI:
            self._restart_every = int.from_bytes(segment[:2], "big")

    def _read_frame(self, marker: int, segment: bytes) -> None:
        if marker not in _OUR_FRAMES or segment[0] != 8:  # 12 bits a sample are for medicine and studios
            raise MediaError("media.unsupported")
        self._frame, self._components = marker, segment[5]
        height_px, width_px = int.from_bytes(segment[1:3], "big"), int.from_bytes(segment[3:5], "big")
        factors = segment[7 : 6 + 3 * self._components : 3]
        single = self._components == 1  # its units are blocks, whatever its factors say
        across = 8 if single else 8 * max(factor >> 4 for factor in factors)
        down = 8 if single else 8 * max(factor & 15 for factor in factors)
        self._units_in_frame = -(-width_px // max(across, 1)) * -(-height_px // max(down, 1))

    def _read_codes(self, segment: bytes) -> None:
        at = 0
        while at + 17 < len(segment):
            self._shortest_code[segment[at]] = segment[at + 17]  # what a row of zero bits stands for
            at += 17 + sum(segment[at + 1 : at + 17])

    def _check_scan(self, segment: bytes, start: int) -> int:
        restarts = 0
        first = int(np.searchsorted(self._marks, start))
        for at in self._marks[first:]:
            marker = self._content[at + 1]
            if marker in _RESTARTS:
                if marker != _RESTARTS[restarts % 8]:
                    raise MediaError("media.corrupt")  # what lay between them is gone
                restarts += 1
                continue
            if marker not in _AFTER_SCAN:
                raise MediaError("media.corrupt")
            interleaved = segment[0] == self._components and self._frame in _SEQUENTIAL_HUFFMAN
            if interleaved and self._restart_every and restarts < (self._units_in_frame - 1) // self._restart_every:
                raise MediaError("media.corrupt")
            if interleaved and self._is_holed(segment, start, at):
                raise MediaError("media.corrupt")
            return int(at)
        raise MediaError("media.corrupt")

    @cached_property
    def _marks(self) -> NDArray[np.intp]:
        """Where 0xFF is followed by what makes it a marker; 3 ms for 5 MB, where a regular expression takes 25."""
        data = np.frombuffer(self._content, dtype=np.uint8)
        marks: NDArray[np.intp] = np.flatnonzero(data[:-1] == 0xFF)
        after = data[marks + 1]
        return np.asarray(marks[(after != 0) & (after != 0xFF)])

    def _is_holed(self, segment: bytes, start: int, end: int) -> bool:
        """Whether a stretch of zeros lies in the scan although zeros cannot stand for a plain area there."""
        tables = [0x10 | (pair & 15) for pair in segment[2 : 1 + 2 * segment[0] : 2]]
        if not any(self._shortest_code.get(table, 0) for table in tables):
            return False
        hole = self._content.find(_HOLE, start, end)
        return hole >= 0 and bool(self._content[hole:end].strip(b"\0"))  # at the end they are a camera's padding
