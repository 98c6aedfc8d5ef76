"""What the index of a film of our own says of its streams, read from its boxes (ISO/IEC 14496-12): nothing is decoded."""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from media_pipeline.errors import ToolFailed
from media_pipeline.formats import FRAMES_PER_SECOND
from media_pipeline.types import Kind

# a box of our own at the end of a segment: other readers pass over it, a join leaves it out
_NOTE = bytes.fromhex("e1d0a3c47c5b4f0d9a6450504c594e31")
_PICTURE, _SOUND = b"vide", b"soun"
# fixed parts of a sample entry before the boxes in it
_PICTURE_HEAD, _SOUND_HEAD = 78, 28
_SPECIFIC = 5  # the tag of a decoder's own bytes among the descriptors of ISO/IEC 14496-1
_LONG_HEADS = {3: 3, 4: 13}  # descriptors that hold others, and the length of what stands before those


@dataclass(frozen=True, slots=True)
class Track:
    """One stream; `parameters` must be equal in two files for their packets to follow one another."""

    kind: Kind
    parameters: str
    packets: int
    duration_s: float
    is_steady: bool
    width_px: int = 0
    height_px: int = 0


@dataclass(frozen=True, slots=True)
class MovieIndex:
    """The picture and the sound of a film of ours, and the note that a segment carries."""

    picture: Track
    sound: Track
    note: bytes | None

    @property
    def duration_s(self) -> float:
        """How long its picture is shown."""
        return self.picture.packets / FRAMES_PER_SECOND


def read_index(film: Path) -> MovieIndex:
    """Read it; `tool.failed` for what is not a film of one picture and one sound."""
    tracks, note = _read(film)
    if Kind.VIDEO not in tracks or Kind.AUDIO not in tracks:
        raise _not_ours(film)
    return MovieIndex(tracks[Kind.VIDEO], tracks[Kind.AUDIO], note)


def picture_of(film: Path) -> Track:
    """Its picture, whether there is sound or not."""
    tracks, _ = _read(film)
    if Kind.VIDEO not in tracks:
        raise _not_ours(film)
    return tracks[Kind.VIDEO]


def leave_note(film: Path, note: bytes) -> None:
    """Write a note behind everything else."""
    with film.open("ab") as opened:
        opened.write(struct.pack(">I4s16s", 24 + len(note), b"uuid", _NOTE) + note)


def _read(film: Path) -> tuple[dict[Kind, Track], bytes | None]:
    try:
        moov, note = _outer(film)
        tracks = [track for name, content in _boxes(moov) if name == b"trak" and (track := _track(content)) is not None]
    except (KeyError, IndexError, StopIteration, struct.error) as error:
        raise _not_ours(film) from error
    return {track.kind: track for track in tracks}, note


def _not_ours(film: Path) -> ToolFailed:
    return ToolFailed("tool.failed", {"tool": "join", "said": f"{film.name} has no index of picture and sound"})


def _outer(film: Path) -> tuple[bytes, bytes | None]:
    """The index and the note, passing over the data between them."""
    moov, note = b"", None
    with film.open("rb") as opened:
        at, end = 0, film.stat().st_size
        while at + 8 <= end:
            opened.seek(at)
            size, name = struct.unpack(">I4s", opened.read(8))
            head = 8
            if size == 1:
                size, head = int.from_bytes(opened.read(8), "big"), 16
            if size < head:
                break
            if name == b"moov":
                moov = opened.read(size - head)
            elif name == b"uuid" and opened.read(16) == _NOTE:
                note = opened.read(size - head - 16)
            at += size
    return moov, note


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        if size < 8:
            return
        yield name, content[at + 8 : at + size]
        at += size


def _within(content: bytes, *names: bytes) -> bytes:
    for name in names:
        content = dict(_boxes(content))[name]
    return content


def _track(trak: bytes) -> Track | None:
    media = _within(trak, b"mdia")
    handler = _within(media, b"hdlr")[8:12]
    if handler not in {_PICTURE, _SOUND}:  # chapters are a track of words
        return None
    is_picture = handler == _PICTURE
    [ticks_per_s] = struct.unpack_from(">I", _within(media, b"mdhd"), 12)
    table = _within(media, b"minf", b"stbl")
    times = _within(table, b"stts")
    steps = list(struct.iter_unpack(">II", times[8 : 8 + 8 * int.from_bytes(times[4:8], "big")]))
    [packets] = struct.unpack_from(">I", _within(table, b"stsz"), 8)
    codec, entry = next(_boxes(_within(table, b"stsd")[8:]))
    inner = entry[_PICTURE_HEAD if is_picture else _SOUND_HEAD :]
    private = _within(inner, b"avcC") if is_picture else _decoder_specific(_within(inner, b"esds")[4:])
    width_px, height_px = struct.unpack_from(">HH", entry, 24) if is_picture else (0, 0)
    return Track(
        kind=Kind.VIDEO if is_picture else Kind.AUDIO,
        parameters=f"{codec.decode()} {ticks_per_s} {hashlib.sha256(private).hexdigest()[:16]}",
        packets=packets,
        duration_s=sum(count * step for count, step in steps) / ticks_per_s,
        is_steady=len({step for _, step in steps}) == 1,
        width_px=width_px,
        height_px=height_px,
    )


def _decoder_specific(descriptors: bytes) -> bytes:
    """The part of a sound's descriptors that decoders need; the rest are rates, which differ from file to file."""
    at = 0
    while at < len(descriptors):
        tag, at, size = descriptors[at], at + 1, 0
        while True:
            byte, at = descriptors[at], at + 1
            size = size << 7 | byte & 0x7F
            if byte < 0x80:
                break
        if tag == _SPECIFIC:
            return descriptors[at : at + size]
        at += _LONG_HEADS.get(tag, size)
    raise KeyError(_SPECIFIC)
