"""A city's logo: whatever was sent, what is kept is a picture and nothing else."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from media_pipeline.drawings import rewritten
from media_pipeline.errors import MediaError
from media_pipeline.logos import LONGEST_SIDE_PX, MAX_LOGO_BYTES, MAX_LOGO_PIXELS, make_logo

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 90 30"'
BAR = '<rect x="10" y="10" width="60" height="10" fill="#205080"/>'


def sent(folder: Path, content: str | bytes, name: str = "logo.svg") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def drawing(inside: str, attributes: str = "") -> str:
    return f"{HEAD} {attributes}>{inside}</svg>"


def test_a_png_keeps_its_transparency_and_loses_everything_but_its_picture(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (2400, 900), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((300, 100, 2099, 799), fill=(20, 80, 140, 255))
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Somebody at Place 1")
    picture.save(tmp_path / "sent.png", pnginfo=notes, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
    made = make_logo(tmp_path / "sent.png", tmp_path)
    assert (made.media_type, made.width_px) == ("image/png", LONGEST_SIDE_PX)
    with Image.open(made.path) as kept:
        assert (kept.mode, kept.size, kept.info) == ("RGBA", (1600, 622), {})
        assert [kept.getpixel((0, 0)), kept.getpixel((800, 311))] == [(0, 0, 0, 0), (20, 80, 140, 255)]


def test_a_drawing_is_written_again_from_known_parts_and_trimmed_to_what_is_seen(tmp_path: Path) -> None:
    style = "<style>.a{fill:#205080;font-family:'X Y'} #b,.c{stroke:url(#g)}</style>"
    gradient = '<linearGradient id="g"><stop offset="0" style="stop-color:#111"/></linearGradient>'
    notes = '<metadata>Somebody</metadata><title>Logo</title><editor xmlns="urn:editor" secret="1"/>'
    inside = f'<defs>{style}{gradient}</defs>{notes}<rect class="a" id="b" data-x="1" x="10" y="10" width="60" height="10"/>'
    made = make_logo(sent(tmp_path, drawing(inside)), tmp_path)
    text = made.path.read_text()
    assert (made.media_type, made.width_px, made.height_px) == ("image/svg+xml", 1000, 184)
    assert '<rect id="b" x="10" y="10" width="60" height="10" fill="#205080" stroke="url(#g)" />' in text
    assert [word for word in ("Somebody", "secret", "data-x", "font", "style", "class") if word in text] == []


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (drawing("<script>alert(1)</script>"), "<script>"),
        (drawing(BAR, 'onload="alert(1)"'), "onload"),
        (drawing("<foreignObject/>"), "<foreignObject>"),
        (drawing('<image href="data:image/png;base64,AAAA"/>'), "<image>"),
        (drawing("<text>City</text>"), "<text>"),
        (drawing('<use xlink:href="https://elsewhere.example/a.svg#b"/>'), "href=https://elsewhere.example/a.svg#b"),
        (drawing('<rect fill="url(https://elsewhere.example)"/>'), "fill=url(https://elsewhere.example)"),
        (drawing('<rect style="fill:url(file:///etc/passwd)"/>'), "fill=url(file:///etc/passwd)"),
        (drawing("<style>@import 'x';</style>" + BAR), "@import"),
        (drawing("<style>@font-face{src:url(x)}</style>" + BAR), "@font-face{src:url(x)}"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + drawing(BAR), "<!ENTITY>"),
        ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + drawing("<title>&a;</title>"), "<!ENTITY>"),
        (drawing('<g id="a"><use href="#a"/></g>'), "<g> in itself"),
        (drawing("<g>" * 100 + "</g>" * 100), "<g> in 60 others"),
        (drawing("".join(f'<g id="a{each}"><use href="#a{each + 1}"/></g>' for each in range(2000))), "<g> in 60 others"),
    ],
)
def test_a_drawing_that_could_do_something_is_refused_with_what_was_found(content: str, found: str) -> None:
    with pytest.raises(MediaError) as refused:
        rewritten(content.encode())
    assert (refused.value.code, refused.value.params) == ("logo.unsafe", {"found": found})


@pytest.mark.parametrize(
    ("group", "inside"),
    [
        ("g", '<use href="#g{}"/>'),
        ("mask", '<rect width="9" height="9" mask="url(#g{})"/>'),
        ("clipPath", '<rect width="9" height="9" style="clip-path: url(\'#g{}\')"/>'),
    ],
)
def test_a_drawing_that_grows_when_its_references_are_followed_is_refused(tmp_path: Path, group: str, inside: str) -> None:
    groups = "".join(f'<{group} id="g{number}">{inside.format(number - 1) * 10}</{group}>' for number in range(1, 9))
    with pytest.raises(MediaError) as refused:
        make_logo(sent(tmp_path, drawing(f'<{group} id="g0">{BAR}</{group}>{groups}')), tmp_path)
    assert refused.value.params == {"found": "more than 20000 shapes"}


@pytest.mark.parametrize(
    ("content", "code", "params"),
    [
        (b"%PDF-1.7", "logo.not_a_picture", {"found": "pdf"}),
        (b"GIF89a", "logo.not_a_picture", {"found": "gif"}),
        (b"<html><svg/></html>", "logo.not_a_picture", {"found": "text"}),
        (b"<svg/>", "logo.not_a_picture", {"found": "svg"}),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "logo.not_a_picture", {"found": "svg without a size"}),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "logo.not_a_picture", {"found": "corrupt"}),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (30_000).to_bytes(4, "big") * 2,
            "logo.too_many_pixels",
            {"found": 900_000_000, "allowed": MAX_LOGO_PIXELS},
        ),
        (
            b"\x89PNG\r\n\x1a\n" + bytes(MAX_LOGO_BYTES),
            "logo.too_large",
            {"actual_bytes": 4_000_008, "limit_bytes": MAX_LOGO_BYTES},
        ),
        (drawing("").encode(), "logo.cannot_be_drawn", {"reason": "nothing is seen"}),
        (drawing('<rect width="9" height="9" fill="#fff"/>').encode(), "logo.too_light", {}),
    ],
)
def test_what_is_no_logo_is_refused_with_what_it_is(tmp_path: Path, content: bytes, code: str, params: dict[str, object]) -> None:
    with pytest.raises(MediaError) as refused:
        make_logo(sent(tmp_path, content), tmp_path)
    assert (refused.value.code, refused.value.params) == (code, params)
    assert [path.name for path in tmp_path.iterdir()] == ["logo.svg"]
