"""A still of which anything is missing is refused; one with something behind its end is not."""

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from media_pipeline import MediaError, integrity, stills
from media_pipeline.sniff import sniff

WHOLE = "whole"
CUT_SHARES = (0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99)
CUT_BYTES = (100, 20, 2)


def _picture() -> Image.Image:
    """Noise over plain areas: data everywhere, and more of it in some places than in others."""
    noise = np.random.default_rng(3).normal(128, 60, (240, 320)).clip(0, 255)
    image = Image.fromarray(noise.astype(np.uint8)).convert("RGB")
    image.paste("#336699", (0, 0, 160, 120))
    return image


def _saved(kind: str, *, mode: str = "RGB", **options: object) -> bytes:
    held = io.BytesIO()
    _picture().convert(mode).save(held, kind, **options)
    return held.getvalue()


def _heic() -> bytes:
    held = io.BytesIO()
    pillow_heif.from_pillow(_picture()).save(held, quality=80)
    return held.getvalue()


def _tiff_with_its_directory_first(compression: int, strip: bytes) -> bytes:
    tags = {256: 64, 257: 64, 258: 8, 259: compression, 262: 1, 273: 0, 277: 1, 278: 64, 279: len(strip)}
    tags[273] = 8 + 2 + 12 * len(tags) + 4
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + strip


def _samples() -> dict[str, bytes]:
    compressions = {"plain": None, "lzw": "tiff_lzw", "deflate": "tiff_adobe_deflate", "jpeg": "jpeg", "packbits": "packbits"}
    return {
        "baseline.jpg": _saved("JPEG"),
        "progressive.jpg": _saved("JPEG", progressive=True),
        "restarting.jpg": _saved("JPEG", restart_marker_blocks=5),
        "grey.jpg": _saved("JPEG", mode="L"),
        "ink.jpg": _saved("JPEG", mode="CMYK"),
        "plain.png": _saved("PNG"),
        "plain.gif": _saved("GIF"),
        "lossy.webp": _saved("WEBP"),
        "lossless.webp": _saved("WEBP", lossless=True),
        "plain.avif": _saved("AVIF"),
        "plain.heic": _heic(),
        **{f"{name}.tif": _saved("TIFF", compression=compression) for name, compression in compressions.items()},
        "strip_last.tif": _tiff_with_its_directory_first(1, Image.effect_noise((64, 64), 60).tobytes()),
    }


SAMPLES = _samples()


def _told(content: bytes, folder: Path) -> str:
    path = folder / "still"
    path.write_bytes(content)
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow's words about broken metadata, as in the child
            opened = stills.open_still(path, sniff(content).media_type, 10_000_000)
            with opened:
                stills.load(opened)
    except MediaError as refused:
        return refused.code
    return WHOLE


@pytest.mark.parametrize("name", SAMPLES)
def test_a_still_that_is_cut_off_anywhere_is_refused(name: str, tmp_path: Path) -> None:
    whole = SAMPLES[name]
    cuts = [whole[: int(len(whole) * share)] for share in CUT_SHARES] + [whole[:-count] for count in CUT_BYTES]
    assert (_told(whole, tmp_path), [_told(cut, tmp_path) for cut in cuts]) == (WHOLE, ["media.corrupt"] * len(cuts))


@pytest.mark.parametrize("name", SAMPLES)
def test_what_phones_append_to_a_still_is_not_part_of_it(name: str, tmp_path: Path) -> None:
    assert _told(SAMPLES[name] + b"MotionPhoto_Data\0\0\0\x18ftypmp42" * 20, tmp_path) == WHOLE


@pytest.mark.parametrize("name", ["baseline.jpg", "restarting.jpg", "plain.png", "plain.gif", "lzw.tif"])
def test_a_still_with_a_hole_of_zeros_is_refused(name: str, tmp_path: Path) -> None:
    whole = SAMPLES[name]
    middle = len(whole) // 2
    assert _told(whole[:middle] + bytes(512) + whole[middle + 512 :], tmp_path) == "media.corrupt"


@pytest.mark.parametrize(
    "name",
    [
        *("baseline.jpg", "progressive.jpg", "restarting.jpg", "grey.jpg", "ink.jpg"),
        *("plain.png", "plain.gif", "lossy.webp", "plain.avif", "plain.heic", "lzw.tif"),
    ],
)
def test_a_still_that_has_lost_bytes_in_its_middle_is_refused(name: str, tmp_path: Path) -> None:
    whole = SAMPLES[name]
    middle = len(whole) // 2
    assert _told(whole[:middle] + whole[middle + 1000 :], tmp_path) == "media.corrupt"


@pytest.mark.parametrize("name", ["baseline.jpg", "progressive.jpg", "restarting.jpg", "grey.jpg", "ink.jpg"])
@pytest.mark.parametrize("bytes_long", [64, 2000])
def test_a_jpeg_with_strange_data_in_its_middle_is_refused(name: str, bytes_long: int, tmp_path: Path) -> None:
    whole = SAMPLES[name]
    middle = len(whole) // 2
    strange = np.random.default_rng(5).integers(0, 255, bytes_long, dtype=np.uint8).tobytes()  # 255 would begin a marker
    assert _told(whole[:middle] + strange + whole[middle + bytes_long :], tmp_path) == "media.corrupt"


def _png_chunks(png: bytes) -> dict[bytes, int]:
    """Where each chunk ends, the last of each name."""
    ends, at = {}, 8
    while at < len(png):
        name, at = png[at + 4 : at + 8], at + 12 + int.from_bytes(png[at : at + 4], "big")
        ends[name] = at
    return ends


@pytest.mark.parametrize("name", [b"IHDR", b"PLTE", b"IDAT", b"fdAT", b"IEND"])
def test_a_png_whose_sums_do_not_agree_with_what_it_shows_is_refused(name: bytes, tmp_path: Path) -> None:
    held, frames = io.BytesIO(), [_picture().rotate(angle).convert("P") for angle in (0, 180)]
    frames[0].save(held, "PNG", save_all=True, append_images=frames[1:])
    whole = held.getvalue()
    end = _png_chunks(whole)[name]
    broken = whole[: end - 1] + bytes([whole[end - 1] ^ 1]) + whole[end:]
    assert (_told(whole, tmp_path), _told(broken, tmp_path)) == (WHOLE, "media.corrupt")


def test_a_png_whose_later_words_are_broken_is_shown(tmp_path: Path) -> None:
    whole = SAMPLES["plain.png"]
    words = struct.pack(">I", 5) + b"tEXt" + b"a\0bcd" + bytes(4)
    assert zlib.crc32(words[4:-4]) != 0
    assert _told(whole[:-12] + words + whole[-12:], tmp_path) == WHOLE


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("optimize", [False, True])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_plain_wall_is_not_taken_for_a_hole(mode: str, *, optimize: bool, progressive: bool, tmp_path: Path) -> None:
    held = io.BytesIO()
    Image.new(mode, (2000, 1500)).save(held, "JPEG", optimize=optimize, progressive=progressive)
    assert _told(held.getvalue(), tmp_path) == WHOLE


@pytest.mark.parametrize("sampling", [0, 1, 2])
@pytest.mark.parametrize("size", [(1, 1), (17, 33), (64, 64), (65, 15)])
@pytest.mark.parametrize("restart", [{"restart_marker_blocks": 1}, {"restart_marker_blocks": 7}, {"restart_marker_rows": 1}])
def test_restart_markers_are_counted_as_encoders_count_them(
    sampling: int, size: tuple[int, int], restart: dict[str, int], tmp_path: Path
) -> None:
    held = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(held, "JPEG", subsampling=sampling, **restart)
    assert _told(held.getvalue(), tmp_path) == WHOLE


def test_the_first_picture_of_a_stereo_photo_is_enough(tmp_path: Path) -> None:
    whole = _saved("MPO", save_all=True, append_images=[_picture().rotate(180)])
    assert [_told(whole[: int(len(whole) * share)], tmp_path) for share in (0.3, 0.7, 0.99)] == ["media.corrupt", WHOLE, WHOLE]


def test_a_gif_without_its_trailer_is_whole_since_old_programs_left_it_out(tmp_path: Path) -> None:
    assert _told(SAMPLES["plain.gif"][:-1], tmp_path) == WHOLE


@pytest.mark.parametrize(("marker", "bits"), [(0xC3, 8), (0xC5, 8), (0xC7, 8), (0xCB, 8), (0xC1, 12), (0xC0, 12)])
def test_a_jpeg_of_a_kind_that_nobody_decodes_is_not_called_broken(marker: int, bits: int, tmp_path: Path) -> None:
    whole = SAMPLES["baseline.jpg"]
    at = whole.index(b"\xff\xc0")
    told = _told(whole[: at + 1] + bytes([marker]) + whole[at + 2 : at + 4] + bytes([bits]) + whole[at + 5 :], tmp_path)
    assert told == "media.unsupported"


def test_a_tiff_of_a_kind_that_nobody_decodes_is_not_called_broken(tmp_path: Path) -> None:
    # JPEG XL in TIFF, as newer phones' raw files have it
    assert _told(_tiff_with_its_directory_first(50002, bytes(4096)), tmp_path) == "media.unsupported"


def test_a_tiff_whose_compression_our_decoder_lacks_is_not_called_broken(tmp_path: Path) -> None:
    assert _told(_tiff_with_its_directory_first(50001, SAMPLES["lossy.webp"]), tmp_path) == "media.unsupported"


@pytest.mark.parametrize("name", ["plain.avif", "plain.heic"])
def test_a_still_that_only_another_decoder_reads_is_not_called_broken(name: str, tmp_path: Path) -> None:
    without_its_size = SAMPLES[name].replace(b"ispe", b"free")
    mdat = without_its_size.index(b"mdat") + 4
    garbled = without_its_size[:mdat] + bytes(len(without_its_size) - mdat)
    assert [_told(without_its_size, tmp_path), _told(garbled, tmp_path)] == ["media.unsupported", "media.corrupt"]


def test_a_jpeg_of_very_many_scans_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    whole = _saved("JPEG", progressive=True)
    first, last = whole.index(b"\xff\xda"), whole.rindex(b"\xff\xda")
    path = tmp_path / "scans.jpg"
    path.write_bytes(whole[:first] + whole[last:-2] * 200 + b"\xff\xd9")
    with pytest.raises(MediaError) as refused:
        integrity.check_whole(path, "image/jpeg")
    assert (refused.value.code, refused.value.params) == ("media.too_heavy", {"resource": "scans", "allowed": 100})


def test_a_short_box_cannot_ask_for_millions_of_extents(tmp_path: Path) -> None:
    items = struct.pack(">HHH", 1, 0, 0xFFFF) * 5000
    iloc = bytes(6) + struct.pack(">H", 5000) + items
    meta = bytes(4) + struct.pack(">I", len(iloc) + 8) + b"iloc" + iloc
    path = tmp_path / "extents.heic"
    path.write_bytes(struct.pack(">I", 16) + b"ftypheic" + bytes(4) + struct.pack(">I", len(meta) + 8) + b"meta" + meta)
    integrity.check_whole(path, "image/heic")
