"""What the first bytes tell."""

import pytest

from media_pipeline import Kind, MediaError, sniff

TS = b"\x47" + b"\0" * 187
EBML = b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82"


@pytest.mark.parametrize(
    ("head", "kind", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", Kind.PHOTO, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", Kind.PHOTO, "image/png"),
        (b"GIF89a", Kind.PHOTO, "image/gif"),
        (b"II*\0", Kind.PHOTO, "image/tiff"),
        (b"MM\0*", Kind.PHOTO, "image/tiff"),
        (b"RIFF\0\0\0\0WEBPVP8 ", Kind.PHOTO, "image/webp"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", Kind.PHOTO, "image/avif"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind.PHOTO, "image/heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", Kind.PHOTO, "image/avif"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", Kind.VIDEO, "video/mp4"),
        (b"\0\0\0\x1cftypcaqv\0\0\0\0caqvisom", Kind.VIDEO, "video/mp4"),
        (b"\0\0\0\x18ftypqt  \0\0\0\0", Kind.VIDEO, "video/quicktime"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", Kind.VIDEO, "video/quicktime"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0", Kind.VIDEO, "video/3gpp"),
        (EBML + b"\x84webm", Kind.VIDEO, "video/webm"),
        (EBML + b"\x88matroska", Kind.VIDEO, "video/x-matroska"),
        (b"RIFF\0\0\0\0AVI LIST", Kind.VIDEO, "video/x-msvideo"),
        (TS * 3, Kind.VIDEO, "video/mp2t"),
        (b"OggS" + b"\0" * 24 + b"\x80theora", Kind.VIDEO, "video/ogg"),
        (b"OggS" + b"\0" * 24 + b"OpusHead", Kind.AUDIO, "audio/ogg"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", Kind.AUDIO, "audio/mp4"),
        (b"ID3\x04\0", Kind.AUDIO, "audio/mpeg"),
        (b"\xff\xfb\x90\x64", Kind.AUDIO, "audio/mpeg"),
        (b"RIFF\0\0\0\0WAVEfmt ", Kind.AUDIO, "audio/wav"),
        (b"fLaC", Kind.AUDIO, "audio/flac"),
        (b"#!AMR\n", Kind.AUDIO, "audio/amr"),
    ],
)
def test_the_first_bytes_tell_what_a_file_is(head: bytes, kind: Kind, media_type: str) -> None:
    assert (sniff(head).kind, sniff(head).media_type) == (kind, media_type)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"#EXTM3U\n#EXTINF:1,\n../other.mp4\n", "text"),
        (b"ffconcat version 1.0\nfile other.mp4\n", "text"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text"),
        (b"%PDF-1.7\n", "pdf"),
        (b"PK\x03\x04\0", "zip"),
        (b"\x7fELF\x02\0", "unknown"),
        (b"\0\0\0\x18ftypcrx \0\0\0\0", "unknown"),
        (b"\0\0\0\x1cftypcrx \0\0\0\0crx isom", "unknown"),
        (b"\xff\xf1\x50\x80", "aac"),
        (b"0&\xb2u\x8ef\xcf\x11", "wma"),
        (b"\0\0\1\0\1\0", "ico"),
    ],
)
def test_what_is_not_on_the_list_is_refused_by_its_name(head: bytes, found: str) -> None:
    with pytest.raises(MediaError) as refused:
        sniff(head)
    assert (refused.value.code, refused.value.params) == ("media.unknown_type", {"found": found})


def test_an_empty_file_is_refused_as_empty() -> None:
    with pytest.raises(MediaError) as refused:
        sniff(b"")
    assert refused.value.code == "media.empty"
