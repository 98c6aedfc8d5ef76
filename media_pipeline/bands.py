"""A JPEG and a PNG written band by band: no part of either is kept once it is on disk."""

import io
import struct
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from media_pipeline.colours import srgb_profile
from media_pipeline.pictures import JPEG_QUALITY

# a band begins at a border of the encoder's blocks, which are 16 pixels high where colours have half the resolution
BLOCK_PX = 16
_START_OF_FRAME, _START_OF_SCAN, _END = b"\xff\xc0", b"\xff\xda", b"\xff\xd9"
_RESTARTS = 8
_METRES_PER_INCH = 0.0254
_FILTER_UP = 2


class JpegBands:
    """A baseline JPEG of which each band is encoded alone and becomes one restart interval (ITU-T T.81, B.2.1) of the whole.

    An encoder forgets at a restart marker what came before, and all bands have the same tables: every pixel is what it would be
    had the picture been encoded at once.
    """

    def __init__(self, path: Path, width_px: int, height_px: int, band_px: int, dots_per_inch: int) -> None:
        if band_px % BLOCK_PX:
            msg = f"a band is a multiple of {BLOCK_PX} px high, not {band_px}"
            raise ValueError(msg)
        self._file = path.open("wb")
        self._height_px, self._dots_per_inch, self._bands = height_px, dots_per_inch, 0
        self._blocks = -(-width_px // BLOCK_PX) * (band_px // BLOCK_PX)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if kind is None:
            self._file.write(_END)
        self._file.close()

    def add(self, band: Image.Image) -> None:
        """Append the next band, an RGB picture; only the last may be lower."""
        written = io.BytesIO()
        dots = (self._dots_per_inch, self._dots_per_inch)
        band.save(written, "JPEG", quality=JPEG_QUALITY, subsampling="4:2:0", dpi=dots, icc_profile=srgb_profile(), comment=b"")
        content = written.getvalue()
        frame_at, scan_at = _marker(content, _START_OF_FRAME), _marker(content, _START_OF_SCAN)
        if self._bands:
            self._file.write(bytes((0xFF, 0xD0 + (self._bands - 1) % _RESTARTS)))
            self._file.write(content[scan_at + 2 + int.from_bytes(content[scan_at + 2 : scan_at + 4], "big") : -len(_END)])
        else:
            self._file.write(content[: frame_at + 5] + struct.pack(">H", self._height_px) + content[frame_at + 7 : scan_at])
            self._file.write(struct.pack(">HHH", 0xFFDD, 4, self._blocks) + content[scan_at : -len(_END)])
        self._bands += 1


def _marker(content: bytes, name: bytes) -> int:
    """Where a segment begins; what stands inside other segments does not count."""
    at = 2
    while content[at : at + 2] != name:
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return at


class PngBands:
    """A PNG of 8 bits a colour, every row told as its difference from the one above.

    Differences are searched for runs only: a third quicker than the fastest level of deflate, and 2 % smaller on photos.
    """

    def __init__(self, path: Path, width_px: int, height_px: int, dots_per_inch: int) -> None:
        self._file = path.open("wb")
        self._packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
        self._above: NDArray[np.uint8] = np.zeros(width_px * 3, dtype=np.uint8)
        dots_per_metre = round(dots_per_inch / _METRES_PER_INCH)
        self._file.write(b"\x89PNG\r\n\x1a\n")
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0))
        self._chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(srgb_profile()))
        self._chunk(b"pHYs", struct.pack(">IIB", dots_per_metre, dots_per_metre, 1))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if kind is None:
            self._chunk(b"IDAT", self._packer.flush())
            self._chunk(b"IEND", b"")
        self._file.close()

    def add(self, band: Image.Image) -> None:
        """Append the next rows, an RGB picture."""
        rows = np.asarray(band).reshape(band.height, -1)
        told = np.empty((band.height, rows.shape[1] + 1), dtype=np.uint8)
        told[:, 0] = _FILTER_UP
        np.subtract(rows[0], self._above, out=told[0, 1:])
        np.subtract(rows[1:], rows[:-1], out=told[1:, 1:])
        self._above = rows[-1].copy()
        self._chunk(b"IDAT", self._packer.compress(told.data))

    def _chunk(self, name: bytes, content: bytes) -> None:
        if content or name == b"IEND":
            self._file.write(struct.pack(">I", len(content)) + name)
            self._file.write(content)
            self._file.write(struct.pack(">I", zlib.crc32(content, zlib.crc32(name))))
