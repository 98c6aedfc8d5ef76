"""Tell what a file is by its first bytes alone: nothing is decoded, names and declared types are not believed."""

from dataclasses import dataclass

from media_pipeline.errors import MediaError
from media_pipeline.types import Kind

HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the first bytes promise; a container that turns out to hold only sound is corrected by `probe`."""

    kind: Kind
    media_type: str
    extension: str


JPEG = Sniffed(Kind.PHOTO, "image/jpeg", "jpg")
PNG = Sniffed(Kind.PHOTO, "image/png", "png")
GIF = Sniffed(Kind.PHOTO, "image/gif", "gif")
TIFF = Sniffed(Kind.PHOTO, "image/tiff", "tif")
WEBP = Sniffed(Kind.PHOTO, "image/webp", "webp")
AVIF = Sniffed(Kind.PHOTO, "image/avif", "avif")
HEIC = Sniffed(Kind.PHOTO, "image/heic", "heic")
MP4 = Sniffed(Kind.VIDEO, "video/mp4", "mp4")
MOV = Sniffed(Kind.VIDEO, "video/quicktime", "mov")
THREE_GP = Sniffed(Kind.VIDEO, "video/3gpp", "3gp")
MKV = Sniffed(Kind.VIDEO, "video/x-matroska", "mkv")
WEBM = Sniffed(Kind.VIDEO, "video/webm", "webm")
AVI = Sniffed(Kind.VIDEO, "video/x-msvideo", "avi")
MPEG_TS = Sniffed(Kind.VIDEO, "video/mp2t", "ts")
OGV = Sniffed(Kind.VIDEO, "video/ogg", "ogv")
M4A = Sniffed(Kind.AUDIO, "audio/mp4", "m4a")
MP3 = Sniffed(Kind.AUDIO, "audio/mpeg", "mp3")
OGG = Sniffed(Kind.AUDIO, "audio/ogg", "ogg")
WAV = Sniffed(Kind.AUDIO, "audio/wav", "wav")
FLAC = Sniffed(Kind.AUDIO, "audio/flac", "flac")
AMR = Sniffed(Kind.AUDIO, "audio/amr", "amr")

_PREFIXES: tuple[tuple[bytes, Sniffed], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"ID3", MP3),
    (b"fLaC", FLAC),
    (b"#!AMR\n", AMR),
    (b"#!AMR-WB\n", AMR),
)
_RIFF = {b"WEBP": WEBP, b"AVI ": AVI, b"WAVE": WAV}
_AVIF_BRANDS = {b"avif", b"avis"}
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"M4A ", b"M4B ", b"F4A "), M4A),
    **dict.fromkeys((b"M4V ", b"MSNV", b"dash", b"mmp4", b"f4v ", b"F4V ", b"XAVC", b"cmfc"), MP4),
    b"qt  ": MOV,
}
# raw pictures of a camera, beside whose own brand stands one of a film
_NO_FILM_BRANDS = {b"crx "}
_FILM_BRAND_STARTS = (b"iso", b"mp4", b"avc", b"hvc", b"av01", b"dby")
# films from before the ftyp box begin with one of these
_OLD_QUICKTIME_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
# named in the refusal, so that the person understands what they picked
_KNOWN_BUT_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"BM", "bmp"),
    (b"8BPS", "psd"),
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL ", "jxl"),
    (b"\0\0\0\x0cjP  ", "jp2"),
    (b"\0\0\1\0", "ico"),
    (b"0&\xb2u", "wma"),
    (b"\xff\xf1", "aac"),
    (b"\xff\xf9", "aac"),
    (b"caff", "caf"),
    (b"FORM", "aiff"),
    (b"\x1f\x8b", "gzip"),
)


def sniff(head: bytes) -> Sniffed:
    """Say what a file of these first bytes is, or refuse it: `media.empty`, `media.unknown_type` {found}."""
    head = head[:HEAD_BYTES]
    if not head:
        raise MediaError("media.empty")
    found = next((what for prefix, what in _PREFIXES if head.startswith(prefix)), None) or _container(head)
    if found is None:
        raise MediaError("media.unknown_type", {"found": _describe(head)})
    return found


def _container(head: bytes) -> Sniffed | None:
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp" or head[4:8] in _OLD_QUICKTIME_BOXES:
        return _iso_media(head)
    if head.startswith(b"\x1aE\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else MKV if b"matroska" in head[:64] else None
    if head.startswith(b"OggS"):
        return OGV if b"\x80theora" in head else OGG
    return _by_sync(head)


def _by_sync(head: bytes) -> Sniffed | None:
    if _repeats_sync(head, 0) or _repeats_sync(head, 4):
        return MPEG_TS
    return MP3 if _is_mp3_frame(head) else None


def _iso_media(head: bytes) -> Sniffed | None:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    if head[4:8] != b"ftyp":
        return MOV
    major = head[8:12]
    brands = {major} | {head[at : at + 4] for at in range(16, size - 3, 4)}
    if brands & _AVIF_BRANDS:
        return AVIF
    if major in _BRANDS:
        return _BRANDS[major]
    if major.startswith((b"3gp", b"3g2")):
        return THREE_GP
    # some makers put a brand of their own first, and say behind it what it is compatible with
    return MP4 if major not in _NO_FILM_BRANDS and any(brand.startswith(_FILM_BRAND_STARTS) for brand in brands) else None


def _repeats_sync(head: bytes, offset: int) -> bool:
    packet_bytes = 188 + offset  # cameras put a 4-byte time before each packet
    return len(head) > offset + 2 * packet_bytes and all(head[offset + n * packet_bytes] == 0x47 for n in range(3))


def _is_mp3_frame(head: bytes) -> bool:
    # eleven set bits, layer III, and neither a reserved version, rate nor frequency
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[1] & 0x18 != 0x08 and head[2] & 0xF0 not in {0, 0xF0} and head[2] & 0x0C != 0x0C


def _describe(head: bytes) -> str:
    named = next((name for prefix, name in _KNOWN_BUT_REFUSED if head.startswith(prefix)), None)
    if named is not None:
        return named
    # bytes that UTF-8 never has would become U+FFFD; a letter cut off at the end may
    text = head.decode(errors="replace")[:-1]
    return "text" if all(letter.isprintable() or letter in "\t\n\r\f" for letter in text) and "\ufffd" not in text else "unknown"
