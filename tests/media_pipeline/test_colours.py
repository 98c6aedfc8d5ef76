"""Colours of every origin come to sRGB: by profile, by numbers, by a camera's word."""

import io
import struct
import zlib
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageCms

from media_pipeline import MediaError, colours, normalise, probe, stills
from media_pipeline.sniff import sniff

TERRACOTTA, GREEN, SKIN = (200, 100, 50), (60, 160, 80), (240, 200, 170)
P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
PROPHOTO = ((0.734699, 0.265301), (0.159597, 0.840403), (0.036598, 0.000105))
DISPLAY_P3, PROPHOTO_RGB = colours.matrix_profile(P3), colours.matrix_profile(PROPHOTO, gamma=1.8)
PROFILES = {"display_p3": DISPLAY_P3, "adobe_rgb": colours.adobe_rgb_profile(), "prophoto": PROPHOTO_RGB}
# what a file of wide gamut holds for TERRACOTTA, computed by the matrices of CSS Color 4
HELD = {"display_p3": (187, 105, 62), "adobe_rgb": (177, 100, 56)}
RGB = tuple[int, int, int]


def _plain(mode: str, colour: object) -> Image.Image:
    return Image.new(mode, (64, 64), colour)  # type: ignore[arg-type]


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def _in_profile(colour: RGB, profile: bytes) -> Image.Image:
    """The colour as a camera of that profile writes it, by the colour engine's own way back."""
    own, other = (ImageCms.ImageCmsProfile(io.BytesIO(one)) for one in (colours.srgb_profile(), profile))
    made = ImageCms.profileToProfile(_plain("RGB", colour), own, other, outputMode="RGB")
    assert made is not None
    made.info.clear()
    return made


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _deep_png(samples: tuple[int, ...], colour_type: int, *, before: bytes = b"") -> bytes:
    """A PNG of 16 bits a sample, which Pillow does not write."""
    header = struct.pack(">IIBBBBB", 64, 64, 16, colour_type, 0, 0, 0)
    rows = (b"\0" + struct.pack(f">{len(samples)}H", *samples) * 64) * 64
    chunks = (_chunk(b"IHDR", header), before, _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _cicp(primaries: int, transfer: int) -> bytes:
    return _chunk(b"cICP", bytes([primaries, transfer, 0, 1]))


def _shown(content: bytes, folder: Path, *, background: str = "#000000") -> RGB:
    """The middle of the picture as it is shown, by the steps of the photo's child."""
    path = folder / "still"
    path.write_bytes(content)
    media_type = sniff(content).media_type
    with stills.open_still(path, media_type, 10_000_000) as opened:
        profile, points = stills.profile_of(opened), colours.code_points(path, media_type)
        shown = stills.flattened(colours.to_srgb(stills.plain(stills.load(opened)), profile, points), background)
    red, green, blue = shown.getpixel((32, 32))  # type: ignore[misc]
    return red, green, blue


def _off(seen: RGB, wanted: RGB) -> int:
    return max(abs(own - other) for own, other in zip(seen, wanted, strict=True))


@pytest.mark.parametrize("profile", HELD)
def test_a_profile_built_from_primaries_agrees_with_published_matrices(profile: str) -> None:
    held = _in_profile(TERRACOTTA, PROFILES[profile]).getpixel((0, 0))
    assert _off(held, HELD[profile]) <= 1  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("colour", [TERRACOTTA, GREEN, SKIN])
def test_a_wide_gamut_comes_to_srgb_by_its_profile(kind: str, profile: str, colour: RGB, tmp_path: Path) -> None:
    pillow_heif.register_heif_opener()
    best = {} if kind in {"PNG", "TIFF"} else {"quality": 100}
    content = _saved(_in_profile(colour, PROFILES[profile]), kind, icc_profile=PROFILES[profile], **best)
    assert _off(_shown(content, tmp_path), colour) <= 4  # a step of ProPhoto's eight bits is that wide in greens


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA"])
def test_a_profile_of_colour_holds_for_every_mode(mode: str, tmp_path: Path) -> None:
    grey = mode in {"L", "LA"}
    held = _plain(mode, (128, 255) if mode == "LA" else 128) if grey else _in_profile(TERRACOTTA, DISPLAY_P3)
    held = held.convert(mode, palette=Image.Palette.ADAPTIVE)
    shown = _shown(_saved(held, "PNG", icc_profile=DISPLAY_P3), tmp_path)
    assert _off(shown, (128, 128, 128) if grey else TERRACOTTA) <= 2


def test_a_camera_that_names_adobe_rgb_in_exif_is_believed(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x8769] = {0xA001: 0xFFFF, 0xA005: {1: "R03"}}
    held = _in_profile(TERRACOTTA, colours.adobe_rgb_profile())
    assert _off(_shown(_saved(held, "JPEG", exif=exif, quality=100), tmp_path), TERRACOTTA) <= 2


def test_a_broken_profile_costs_nothing_but_itself(tmp_path: Path) -> None:
    assert _shown(_saved(_plain("RGB", TERRACOTTA), "PNG", icc_profile=DISPLAY_P3[:200]), tmp_path) == TERRACOTTA


def test_numbers_stand_in_where_there_is_no_profile(tmp_path: Path) -> None:
    held = tuple(value * 257 for value in HELD["display_p3"])
    assert _off(_shown(_deep_png(held, 2, before=_cicp(12, 13)), tmp_path), TERRACOTTA) <= 2


def test_numbers_in_a_box_are_those_of_the_picture_that_is_shown(tmp_path: Path) -> None:
    held = io.BytesIO()
    image = pillow_heif.from_pillow(_in_profile(TERRACOTTA, DISPLAY_P3))
    image.save(held, quality=-1, chroma=444, color_primaries=12, transfer_characteristics=13)
    # what lies in other boxes, such as a preview's, is not asked
    stray = struct.pack(">I", 27) + b"freecolrnclx" + struct.pack(">HHHB", 9, 16, 9, 0x80) + bytes(4)
    content = held.getvalue()
    ftyp = int.from_bytes(content[:4], "big")
    path = tmp_path / "still"
    path.write_bytes(content[:ftyp] + stray + content[ftyp:])
    points = colours.code_points(path, "image/heic")
    assert points == colours.CodePoints(12, 13)
    assert _off(_shown(content, tmp_path), TERRACOTTA) <= 3


@pytest.mark.parametrize(
    ("transfer", "dark", "white"),
    [
        (16, 0.4402, 0.5807),  # PQ: 50 and 203 nits (BT.2408's white paper)
        (18, 0.5019, 0.75),  # HLG: the same, on a screen of 1000 nits
    ],
)
def test_a_still_of_high_range_keeps_its_middle_and_its_white(transfer: int, dark: float, white: float, tmp_path: Path) -> None:
    def shown(level: float) -> RGB:
        return _shown(_deep_png((round(level * 65535),) * 3, 2, before=_cicp(9, transfer)), tmp_path)

    # 50 of 203 nits is a quarter of white's light: 137 in sRGB
    assert (_off(shown(dark), (137, 137, 137)) <= 4, _off(shown(white), (255, 255, 255)) <= 3) == (True, True)


def test_a_png_of_high_range_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "bright.png"
    path.write_bytes(_deep_png((30_000,) * 3, 2, before=_cicp(9, 16)))
    assert probe(path).is_hdr


@pytest.mark.parametrize(
    ("samples", "colour_type", "wanted"),
    [
        (tuple(value * 257 for value in TERRACOTTA), 2, TERRACOTTA),
        ((*(value * 257 for value in TERRACOTTA), 0x8000), 6, (100, 50, 25)),
        ((0x8000,), 0, (128, 128, 128)),
        ((0xFFFF, 0x8000), 4, (128, 128, 128)),
    ],
)
def test_sixteen_bits_keep_their_brightness(samples: tuple[int, ...], colour_type: int, wanted: RGB, tmp_path: Path) -> None:
    assert _off(_shown(_deep_png(samples, colour_type), tmp_path), wanted) <= 1


@pytest.mark.parametrize(
    ("mode", "colour", "wanted"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 77, (77, 77, 77)),
        ("I;16", 0x8000, (128, 128, 128)),
        ("RGBA", (*TERRACOTTA, 255), TERRACOTTA),
        ("CMYK", (0, 255, 255, 0), (255, 0, 0)),
        ("YCbCr", (128, 128, 128), (128, 128, 128)),
    ],
)
def test_a_tiff_of_any_mode_is_shown(mode: str, colour: object, wanted: RGB, tmp_path: Path) -> None:
    assert _off(_shown(_saved(_plain(mode, colour), "TIFF"), tmp_path), wanted) <= 1


def _grey_tiff(bits: int, values: tuple[int, ...], *, extra: dict[int, int]) -> bytes:
    """A TIFF of 64 by 64 with so many samples a pixel, little-endian and not compressed."""
    samples = len(values)
    strip = b"".join((value & (1 << bits) - 1).to_bytes(bits // 8, "little") for value in values) * 64 * 64
    tags = {256: 64, 257: 64, 258: bits, 259: 1, 262: 1, 273: 0, 277: samples, 278: 64, 279: len(strip), **extra}
    tags[273] = 8 + 2 + 12 * len(tags) + 4
    # the bits of two samples fit into the entry itself
    entries = b"".join(
        struct.pack("<HHIHH", tag, 3, samples, value, value)
        if tag == 258 and samples == 2
        else struct.pack("<HHII", tag, 4, 1, value)
        for tag, value in sorted(tags.items())
    )
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + strip


def test_grey_that_is_multiplied_by_its_alpha_is_not_multiplied_again(tmp_path: Path) -> None:
    held = _grey_tiff(8, (64, 128), extra={338: 1})
    shown = [_shown(held, tmp_path, background=below) for below in ("#000000", "#ffffff")]
    assert [_off(seen, wanted) <= 1 for seen, wanted in zip(shown, [(64,) * 3, (191,) * 3], strict=True)] == [True, True]


@pytest.mark.parametrize(("value", "wanted"), [(0, 0), (0x4000, 128), (0x7FFF, 255)])
def test_signed_grey_goes_from_black_at_zero_to_white(value: int, wanted: int, tmp_path: Path) -> None:
    assert _off(_shown(_grey_tiff(16, (value,), extra={339: 2}), tmp_path), (wanted,) * 3) <= 1


@pytest.mark.parametrize("held", [_grey_tiff(16, (-40,), extra={339: 2}), _grey_tiff(32, (40,), extra={339: 2})])
def test_measurements_are_not_shown_as_if_they_were_grey(held: bytes, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        _shown(held, tmp_path)
    assert refused.value.code == "media.unsupported"


@pytest.mark.parametrize("mode", [mode for mode in Image.MODES if mode not in {"I", "F"}])
def test_whatever_mode_a_decoder_answers_with_is_shown(mode: str) -> None:
    shown = stills.flattened(colours.to_srgb(stills.plain(Image.new(mode, (8, 8))), None, None), "#123456")
    assert (shown.mode, shown.size) == ("RGB", (8, 8))


def test_ink_without_a_profile_is_not_shown_as_its_negative(tmp_path: Path) -> None:
    assert _off(_shown(_saved(_plain("CMYK", (0, 255, 255, 0)), "JPEG", quality=95), tmp_path), (255, 0, 0)) <= 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_every_kind_of_still_is_turned_upright_once(kind: str, tmp_path: Path) -> None:
    pillow_heif.register_heif_opener()
    upright = Image.new("RGB", (400, 400), "#ff0000")
    upright.paste("#0000ff", (0, 200, 400, 400))
    exif = Image.Exif()
    exif[0x0112] = 6
    source = tmp_path / f"held.{kind.lower()}"
    told = {"tiffinfo": {0x0112: 6}} if kind == "TIFF" else {"exif": exif.tobytes()}
    upright.transpose(Image.Transpose.ROTATE_90).save(source, kind, **told)
    normalise(source, tmp_path / "out", formats=["square"])
    with Image.open(tmp_path / "out" / "square.jpg") as made:
        top, bottom = (made.getpixel((540, down)) for down in (200, 880))
    assert (_off(top, (255, 0, 0)) <= 8, _off(bottom, (0, 0, 255)) <= 8) == (True, True)  # type: ignore[arg-type]
