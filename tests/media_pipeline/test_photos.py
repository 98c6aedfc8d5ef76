"""Photos as phones send them come out upright, in sRGB, at the right size, and with nothing else inside."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from media_pipeline import Box, Kind, Overlay, normalise, probe
from media_pipeline.formats import LINK_BYTES, POST_BYTES

CORNERS = {"#ff0000": (200, 200), "#00ff00": (880, 200), "#0000ff": (200, 880), "#ffffff": (880, 880)}


@pytest.fixture(scope="module")
def upright() -> Image.Image:
    """A picture whose four corners have four colours."""
    image = Image.new("RGB", (400, 400), "#ff0000")
    image.paste("#00ff00", (200, 0, 400, 200))
    image.paste("#0000ff", (0, 200, 200, 400))
    image.paste("#ffffff", (200, 200, 400, 400))
    return image


@pytest.mark.parametrize(
    ("orientation", "turned_by_camera"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_every_orientation_comes_out_upright_and_without_its_metadata(
    upright: Image.Image, orientation: int, turned_by_camera: Image.Transpose | None, tmp_path: Path
) -> None:
    held = upright if turned_by_camera is None else upright.transpose(turned_by_camera)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "SECRET-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    source = tmp_path / "photo.jpg"
    held.save(source, quality=95, exif=exif, comment=b"SECRET-COMMENT")
    normalise(source, tmp_path / "out", formats=["square"])
    made = tmp_path / "out" / "square.jpg"
    assert _corners(made) == list(CORNERS)
    assert b"SECRET" not in made.read_bytes()
    assert _segments(made) == {"icc_profile"}


def test_a_real_phone_photo_becomes_every_format_and_nothing_else_is_left_behind(
    real: Callable[[str], Path], tmp_path: Path
) -> None:
    formats = ["square", "portrait", "story", "landscape", "link_card", "profile"]
    made = normalise(real("exif-orientation-examples__Portrait_6.jpg"), tmp_path, formats=formats)
    assert (made.kind, made.source.width_px, made.source.height_px, made.source.rotation_deg) == (Kind.PHOTO, 1200, 1800, 90)
    assert {(one.format, one.role, one.path): (one.width_px, one.height_px) for one in made.renditions} == {
        ("square", "main", "square.jpg"): (1080, 1080),
        ("portrait", "main", "portrait.jpg"): (1080, 1350),
        ("story", "main", "story.jpg"): (1080, 1920),
        ("landscape", "main", "landscape.jpg"): (1200, 675),
        ("link_card", "main", "link_card.jpg"): (1200, 630),
        ("profile", "main", "profile.jpg"): (1080, 1080),
        ("own", "preview", "preview.webp"): (640, 960),
        ("tile", "tile", "tile.jpg"): (512, 512),
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(one.path for one in made.renditions)
    for one in made.renditions:
        with Image.open(tmp_path / one.path) as picture:
            assert picture.size == (one.width_px, one.height_px)
        assert _segments(tmp_path / one.path) <= {"icc_profile", "loop", "background", "timestamp", "duration"}
        assert one.size_bytes == (tmp_path / one.path).stat().st_size <= POST_BYTES


@pytest.mark.parametrize(
    ("name", "media_type", "size", "is_hdr"),
    [
        ("torchcodec__gradient_rotated.heic", "image/heic", (720, 1280), False),
        ("media__sample_MP.heic", "image/heic", (1080, 1920), False),
        ("libavif__colors_hdr_p3.avif", "image/avif", (200, 200), True),
        ("libavif__seine_sdr_gainmap_srgb.jpg", "image/jpeg", (400, 300), False),
        ("frozenpond.mpo", "image/jpeg", (640, 480), False),
        ("chelsea.png", "image/png", (451, 300), False),
        ("libavif__paris_exif_orientation_5.jpg", "image/jpeg", (302, 403), False),
    ],
)
def test_real_stills_are_told_by_what_they_are(
    name: str, media_type: str, size: tuple[int, int], *, is_hdr: bool, real: Callable[[str], Path]
) -> None:
    facts = probe(real(name))
    assert (facts.media_type, (facts.width_px, facts.height_px), facts.is_hdr) == (media_type, size, is_hdr)


def test_ink_colours_become_screen_colours(real: Callable[[str], Path], tmp_path: Path) -> None:
    normalise(real("pil_sample_cmyk.jpg"), tmp_path, formats=["square"])
    with Image.open(tmp_path / "square.jpg") as made:
        assert made.mode == "RGB"
        red, green, blue = made.getpixel((100, 20))  # type: ignore[misc]
    assert (red > 200, green < 60, blue < 60) == (True, True, True)


def test_a_wide_gamut_profile_is_turned_into_srgb(tmp_path: Path) -> None:
    source = tmp_path / "lab.tif"
    lab = ImageCms.profileToProfile(
        Image.new("RGB", (64, 64), "#c83232"), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    lab.save(source, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())
    normalise(source, tmp_path / "out", formats=["square"])
    assert _is_near(_pixel(tmp_path / "out" / "square.jpg", (500, 500)), (0xC8, 0x32, 0x32))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_shows_the_background(mode: str, tmp_path: Path) -> None:
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    clear.paste((255, 255, 255, 255), (150, 0, 300, 300))
    source = tmp_path / "logo.png"
    if mode == "P":
        flat = clear.convert("P")
        flat.save(source, transparency=flat.getpixel((0, 0)))
    else:
        clear.convert(mode).save(source)
    normalise(source, tmp_path / "out", formats=["square"], background="#336699")
    made = tmp_path / "out" / "square.jpg"
    assert _is_near(_pixel(made, (200, 500)), (0x33, 0x66, 0x99))
    assert _is_near(_pixel(made, (900, 500)), (255, 255, 255))


def test_sixteen_bits_of_grey_keep_their_brightness(tmp_path: Path) -> None:
    source = tmp_path / "scan.png"
    Image.new("I;16", (64, 64), 0x8000).save(source)
    normalise(source, tmp_path / "out", formats=["square"])
    assert _is_near(_pixel(tmp_path / "out" / "square.jpg", (500, 500)), (128, 128, 128))


def test_a_frame_lies_on_top_and_the_photo_in_its_window(upright: Image.Image, tmp_path: Path) -> None:
    source, frame = tmp_path / "photo.png", tmp_path / "frame.png"
    upright.save(source)
    overlay = Image.new("RGBA", (1080, 1080), (0, 0, 0, 0))
    overlay.paste((255, 0, 255, 255), (0, 1000, 1080, 1080))
    overlay.save(frame)
    normalise(source, tmp_path / "out", formats=["square"], overlays={"square": Overlay(frame, Box(140, 100, 800, 800))})
    made = tmp_path / "out" / "square.jpg"
    assert _is_near(_pixel(made, (540, 1040)), (255, 0, 255))
    assert _is_near(_pixel(made, (50, 500)), (255, 255, 255))  # the background beside the window
    assert _is_near(_pixel(made, (200, 160)), (255, 0, 0))
    assert _is_near(_pixel(tmp_path / "out" / "tile.jpg", (100, 100)), (255, 0, 0))  # tiles carry no frame


@pytest.mark.parametrize(
    "mistake",
    [
        {"formats": ["cinema"]},
        {"formats": []},
        {"formats": ["square"], "background": "white"},
        {"formats": ["portrait"], "overlays": {"portrait": Overlay(Path("frame.png"))}},
    ],
)
def test_a_callers_mistake_is_not_a_refusal_of_the_file(
    mistake: dict[str, object], upright: Image.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    upright.save("photo.png")
    Image.new("RGBA", (1080, 1080)).save("frame.png")
    with pytest.raises(ValueError, match=r"format|background|overlay"):
        normalise(Path("photo.png"), tmp_path / "out", **mistake)  # type: ignore[arg-type]


def test_a_noisy_photo_stays_below_the_smallest_limit_of_the_networks(tmp_path: Path) -> None:
    source = tmp_path / "noise.png"
    Image.effect_noise((1080, 1920), 200).save(source)
    made = normalise(source, tmp_path / "out", formats=["story", "link_card"]).renditions
    size_bytes = {one.format: one.size_bytes for one in made if one.role == "main"}
    assert (size_bytes["story"] <= POST_BYTES, size_bytes["link_card"] <= LINK_BYTES) == (True, True)


def test_equal_photos_become_equal_bytes(upright: Image.Image, tmp_path: Path) -> None:
    source = tmp_path / "photo.png"
    upright.save(source)
    first = normalise(source, tmp_path / "first", formats=["square"])
    second = normalise(source, tmp_path / "second", formats=["square"])
    assert [one.sha256 for one in first.renditions] == [one.sha256 for one in second.renditions]


def _pixel(path: Path, at: tuple[int, int]) -> tuple[int, int, int]:
    with Image.open(path) as picture:
        red, green, blue = picture.convert("RGB").getpixel(at)  # type: ignore[misc]
    return red, green, blue


def _is_near(pixel: tuple[int, int, int], wanted: tuple[int, int, int]) -> bool:
    return all(abs(own - other) <= 6 for own, other in zip(pixel, wanted, strict=True))


def _corners(path: Path) -> list[str]:
    seen = [_pixel(path, at) for at in CORNERS.values()]
    return ["#" + "".join("ff" if value > 127 else "00" for value in pixel) for pixel in seen]


def _segments(path: Path) -> set[str]:
    """What a picture carries beside its pixels."""
    with Image.open(io.BytesIO(path.read_bytes())) as picture:
        picture.load()
        return {str(key) for key in picture.info} - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    ("size", "own"), [((1200, 800), (640, 427)), ((800, 1200), (640, 960)), ((400, 4000), (640, 1138)), ((4000, 400), (640, 320))]
)
def test_a_preview_keeps_the_shape_of_its_photo_unless_that_is_a_ribbon(
    size: tuple[int, int], own: tuple[int, int], tmp_path: Path
) -> None:
    Image.new("RGB", size, "#336699").save(tmp_path / "photo.png")
    made = normalise(tmp_path / "photo.png", tmp_path / "out", formats=["square"])
    assert {one.role: (one.format, one.width_px, one.height_px) for one in made.renditions}["preview"] == ("own", *own)
