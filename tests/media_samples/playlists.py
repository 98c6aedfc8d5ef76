"""Playlists under the names and heads of films, sounds and pictures: each points at a neighbour's upload or at an address."""

from pathlib import Path

from tests.media_samples.boxes import box
from tests.media_samples.expected import Samples

FTYP = box(b"ftyp", b"isom" + bytes(4) + b"isommp41")
# nobody listens there, and who tries is seen: the test does listen
ADDRESS = "http://127.0.0.1:{port}/segment.ts"


def playlists(neighbour: Path, port: int) -> Samples:
    """Every kind of playlist, plain and behind the first bytes of something that is let in."""
    address = ADDRESS.format(port=port)
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n"
    texts = {
        "hls": hls.format(neighbour.name),
        "hls_by_path": hls.format(neighbour),
        "hls_by_file_address": hls.format(f"file://{neighbour}"),
        "hls_by_address": hls.format(address),
        "hls_by_concat": hls.format(f"concat:{neighbour}|{neighbour}"),
        "concat": f"ffconcat version 1.0\nfile {neighbour.name}\n",
        "concat_by_path": f"ffconcat version 1.0\nfile {neighbour}\n",
        "dash": f"<?xml version='1.0'?><MPD><Period><BaseURL>{address}</BaseURL></Period></MPD>",
        "session": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
        "reference": f"[Reference]\nRef1={address}\n",
    }
    plain: Samples = {f"{name}.mp4": text.encode() for name, text in texts.items()}
    heads = {
        "in_mp4.mp4": FTYP,
        "in_mp3.mp3": b"ID3\x04\0\0\0\0\0\0",
        "in_ogg.ogg": b"OggS",
        "in_jpg.jpg": b"\xff\xd8\xff",
        "in_png.png": b"\x89PNG\r\n\x1a\n",
        "in_gif.gif": b"GIF89a",
        "in_wav.wav": b"RIFF\xff\xff\xff\xffWAVE",
        "in_avi.avi": b"RIFF\xff\xff\xff\xffAVI ",
        "in_webm.webm": b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm",
        "in_flac.flac": b"fLaC",
        "in_amr.amr": b"#!AMR\n",
    }
    hidden: Samples = {
        f"{kind}_{name}": head + texts[kind].encode() for name, head in heads.items() for kind in ("hls", "concat")
    }
    transport = b"".join(b"\x47" + texts["hls_by_path"].encode().ljust(187, b"\n") for _ in range(3))
    return {**plain, **hidden, "hls_in_ts.ts": transport}
