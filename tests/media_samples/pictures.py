"""Hostile and broken pictures, made byte by byte."""

import io
import random
import struct
import zipfile
import zlib

from PIL import Image

from tests.media_samples.expected import OTHER_HALF, Samples

SCRIPT = b"<html><script>alert('" + OTHER_HALF + b"')</script></html>"
MIB = 1024 * 1024


def pictures() -> Samples:
    """Bombs, polyglots, torn files and other people's formats under the names of pictures."""
    jpeg, png = _saved("jpeg"), _saved("png")
    return {
        "nothing.jpg": b"",
        "one_byte.jpg": b"\xff",
        "only_a_head.jpg": jpeg[:20],
        "only_a_head.png": png[:8],
        "only_a_head.gif": b"GIF89a",
        "only_a_head.tif": b"II*\0",
        "only_a_head.webp": b"RIFF\x04\0\0\0WEBP",
        "only_a_head.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "only_a_head.avif": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
        "missing_pixels.png": png_of(300, 300),
        **{f"half.{kind}": _half(kind) for kind in ("jpeg", "png", "webp", "gif", "avif", "tiff")},
        "swapped_halves.jpg": jpeg[:20] + jpeg[len(jpeg) // 2 :] + jpeg[20 : len(jpeg) // 2],
        "head_of_another.png": png[:200] + jpeg[200:],
        **_dimension_bombs(jpeg),
        **_metadata_bombs(jpeg, png),
        **_polyglots(jpeg, png),
        **_not_pictures(),
    }


def chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_of(width_px: int, height_px: int) -> bytes:
    """A PNG of this size with a hundred bytes of pixels."""
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def _saved(kind: str, picture: Image.Image | None = None) -> bytes:
    noise = random.Random(kind).randbytes(3 * 200 * 160)  # noqa: S311 -- pixels
    written = io.BytesIO()
    (picture or Image.frombytes("RGB", (200, 160), noise)).save(written, kind)
    return written.getvalue()


def _half(kind: str) -> bytes:
    whole = _saved(kind)
    return whole[: len(whole) // 2]


def _gif_of(size: tuple[int, int], frames: int, hundredths: int) -> bytes:
    """A whole GIF: a first frame of this size, then single dots of it, each shown for so many hundredths of a second."""
    first = _saved("gif", Image.new("P", size))
    start, end = first.index(b"\x2c" + bytes(4) + struct.pack("<HH", *size)), len(first) - 1
    shown = b"\x21\xf9\x04\0" + struct.pack("<H", hundredths) + b"\0\0"
    dot = shown + b"\x2c" + bytes(4) + struct.pack("<HH", 1, 1) + b"\0\x02\x02\x44\x01\0"
    return first[:start] + shown + first[start:end] + dot * (frames - 1) + b";"


def _dimension_bombs(jpeg: bytes) -> Samples:
    frame = jpeg.index(b"\xff\xc0") + 5
    tags = ((256, 60_000), (257, 60_000), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 60_000), (279, 100))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    extended = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (16_383).to_bytes(3, "little") * 2
    webp = extended + b"VP8L" + struct.pack("<I", 6) + b"\x2f\xff\xff\xff\x0f\0"
    avif = _saved("avif")
    size = avif.index(b"ispe") + 8
    return {
        "bomb.png": png_of(60_000, 60_000),
        "bomb.gif": b"GIF89a\xff\xff\xff\xff\0\0\0\x2c" + bytes(4) + b"\xff" * 4 + bytes(20),
        "bomb.jpg": jpeg[:frame] + struct.pack(">HH", 65_500, 65_500) + jpeg[frame + 4 :],
        "bomb.tif": b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(200),
        "bomb.webp": b"RIFF" + struct.pack("<I", len(webp) + 4) + b"WEBP" + webp,
        # two hours by its own times, and ten times the pixels of ten minutes of film
        "20000_frames.gif": _gif_of((64, 48), 20_000, hundredths=36),
        "20000_large_frames.gif": _gif_of((8000, 4000), 20_000, hundredths=2),
        # a head that lies about its picture: what is inside is small, and not what was said
        "lying_size.avif": avif[:size] + struct.pack(">II", 17_000, 17_000) + avif[size + 8 :],
    }


def _metadata_bombs(jpeg: bytes, png: bytes) -> Samples:
    deflated = zlib.compress(bytes(64 * MIB), 9)
    after_header = 8 + 25
    texts = {
        "zip_bomb_in_iccp.png": chunk(b"iCCP", b"bomb\0\0" + deflated),
        "zip_bomb_in_ztxt.png": chunk(b"zTXt", b"bomb\0\0" + deflated),
        "zip_bomb_in_itxt.png": chunk(b"iTXt", b"bomb\0\1\0\0\0" + deflated),
    }
    segment = b"\xff\xe1\xff\xffExif\0\0" + bytes(65_527)
    profile = b"".join(b"\xff\xe2\xff\xffICC_PROFILE\0" + bytes([n, 200]) + bytes(65_519) for n in range(1, 201))
    return {
        **{name: png[:after_header] + text + png[after_header:] for name, text in texts.items()},
        "huge_exif.jpg": jpeg[:2] + segment * 100 + jpeg[2:],
        "huge_profile.jpg": jpeg[:2] + profile + jpeg[2:],
    }


def _polyglots(jpeg: bytes, png: bytes) -> Samples:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("inside.html", SCRIPT)
    gif, comment = _saved("gif"), b"\x21\xfe" + bytes([len(SCRIPT)]) + SCRIPT + b"\0"
    tables = 13 + 3 * 2 ** ((gif[10] & 7) + 1)
    program = b"%PDF-1.4\n1 0 obj<</JS(" + OTHER_HALF + b")>>endobj"
    remark = b"\xff\xfe" + struct.pack(">H", len(program) + 2) + program
    return {
        "page_in_comment.gif": gif[:tables] + comment + gif[tables:] + SCRIPT,
        "script.gif": b"GIF89a/*" + SCRIPT + b"*/=1;",
        "archive_behind.jpg": jpeg + archive.getvalue(),
        "document_inside.jpg": jpeg[:2] + remark + jpeg[2:],
        "document_first.jpg": program + jpeg,
        "script_in_text.png": png[:33] + chunk(b"tEXt", b"Comment\0" + SCRIPT) + png[33:] + SCRIPT,
        "archive_first.jpg": archive.getvalue() + jpeg,
    }


def _not_pictures() -> Samples:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"
    return {
        f"{name}.jpg": content
        for name, content in {
            "drawing": drawing,
            "drawing_with_declaration": b"<?xml version='1.0'?>" + drawing,
            "commands_for_magick": b"push graphic-context\nfill 'url(https://127.0.0.1/|ls)'\npop graphic-context\n",
            "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file\n",
            "gimp": b"gimp xcf file\0" + bytes(100),
            "bitmap": b"BM" + bytes(100),
            "icon": b"\0\0\1\0\1\0\x10\x10" + bytes(100),
            "photoshop": b"8BPS\0\1" + bytes(100),
            "page": SCRIPT,
            "program": b"\x7fELF" + bytes(200),
            "archive": b"\x1f\x8b\x08\0" + bytes(100),
            "jpeg_2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(100),
        }.items()
    }
