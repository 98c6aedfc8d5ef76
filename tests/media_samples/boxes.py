"""Take the boxes of an MP4 apart and put them together again, lies included."""

import struct
from collections.abc import Callable, Iterator

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"edts", b"udta"}
Change = Callable[[bytes], bytes]


def box(name: bytes, content: bytes) -> bytes:
    """One box with its true size."""
    return struct.pack(">I", 8 + len(content)) + name + content


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The names and contents of boxes that follow one another."""
    at = 0
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], content[at + 8 : at + size]
        at += size


def changed(film: bytes, name: bytes, change: Change) -> bytes:
    """The film with the content of every box of this name changed; its index must lie behind its data, or it points astray."""
    rebuilt = []
    for found, content in boxes(film):
        new = change(content) if found == name else content
        rebuilt.append(box(found, changed(new, name, change) if found in _CONTAINERS else new))
    return b"".join(rebuilt)


def with_size(film: bytes, name: bytes, size: int) -> bytes:
    """The film with the size of the first box of this name overwritten."""
    at = film.index(name) - 4
    return film[:at] + struct.pack(">I", size) + film[at + 4 :]


def full(*numbers: int) -> bytes:
    """The content of a box: version and flags of zero, then numbers of 32 bits."""
    return bytes(4) + struct.pack(f">{len(numbers)}I", *numbers)
