"""A toolkit's ZIP: what comes out are known files, written again; everything else is refused with its name."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from media_pipeline import toolkit_zip
from media_pipeline.drawings import artwork
from media_pipeline.errors import MediaError
from media_pipeline.toolkit_zip import read_toolkit_zip
from media_pipeline.typeset.pictures import artwork_colours, prepare_artwork

TOOLKITS = Path(__file__).parents[2] / "toolkits"
MANIFEST = b'slug = "our-day"\n'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">{}</svg>'
Files = dict[str | zipfile.ZipInfo, bytes]


def packed(folder: Path, files: Files) -> Path:
    with zipfile.ZipFile(folder / "sent.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return folder / "sent.zip"


def linked(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def picture(side: int = 40) -> bytes:
    notes, out = PngImagePlugin.PngInfo(), io.BytesIO()
    notes.add_text("Author", "Somebody at Place 1")
    Image.new("P", (side, side), 3).save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def refusal(source: Path, folder: Path, slug: str | None = None) -> tuple[str, dict[str, object]]:
    with pytest.raises(MediaError) as refused:
        read_toolkit_zip(source, folder, slug)
    return refused.value.code.removeprefix("toolkit_zip."), dict(refused.value.params)


def test_a_folder_packed_on_a_desktop_comes_out_as_a_toolkit_of_its_name(tmp_path: Path) -> None:
    files: Files = {
        "our-day/": b"",
        "our-day/toolkit.toml": b"\xef\xbb\xbf" + MANIFEST,
        "our-day\\texts\\pt-BR.toml": b"[meta]\r\n",
        "our-day/templates/card.toml": b"",
        "our-day/artwork/photo.png": picture(),
        "our-day/LICENCES.md": "Größe".encode(),
        "our-day/.DS_Store": b"a desktop's",
        "__MACOSX/our-day/._toolkit.toml": b"a desktop's",
    }
    slug, made = read_toolkit_zip(packed(tmp_path, files), tmp_path)
    assert (slug, sorted(made)) == (
        "our-day",
        [
            f"our-day/{name}"
            for name in ("LICENCES.md", "artwork/photo.png", "templates/card.toml", "texts/pt-BR.toml", "toolkit.toml")
        ],
    )
    assert made["our-day/toolkit.toml"] == MANIFEST
    with Image.open(io.BytesIO(made["our-day/artwork/photo.png"])) as kept:
        assert (kept.mode, kept.size, kept.info) == ("RGBA", (40, 40), {})
    again: Files = {name: content for name, content in made.items()}  # noqa: C416 - names of another type
    assert read_toolkit_zip(packed(tmp_path, again), tmp_path) == (slug, made)
    assert [path.name for path in tmp_path.iterdir()] == ["sent.zip"]


def test_music_comes_out_as_it_was(tmp_path: Path) -> None:
    bed = (Path(__file__).parents[2] / "toolkits" / "world-day-for-cultural-diversity" / "artwork" / "bed.opus").read_bytes()
    _, files = read_toolkit_zip(packed(tmp_path, {"our-day/artwork/bed.opus": bed}), tmp_path)
    assert files == {"our-day/artwork/bed.opus": bed}


def test_which_toolkit_it_is_says_the_folder_or_the_manifest_or_the_page(tmp_path: Path) -> None:
    def asked(files: Files, slug: str | None = None) -> str:
        return read_toolkit_zip(packed(tmp_path, files), tmp_path, slug)[0]

    assert asked({"our-day/texts/en.toml": b""}) == "our-day"
    assert asked({"toolkit.toml": MANIFEST, "texts/en.toml": b""}) == "our-day"
    assert asked({"Our day (2)/toolkit.toml": MANIFEST}) == "our-day"
    assert asked({"texts/en.toml": b""}, "another-day") == "another-day"
    assert refusal(packed(tmp_path, {"texts/en.toml": b""}), tmp_path) == ("no_slug", {"found": ""})
    assert refusal(packed(tmp_path, {"toolkit.toml": MANIFEST}), tmp_path, "another-day") == (
        "other_toolkit",
        {"found": "our-day", "expected": "another-day"},
    )


def test_the_drawings_that_ship_keep_their_size_their_tokens_and_their_look(tmp_path: Path) -> None:
    shipped = sorted(TOOLKITS.glob("*/artwork/*.svg"))
    palette = dict.fromkeys(("paper", "ink", "muted", "line", "accent", "accent_ink", "second", "second_ink"), "#123456")
    for path in shipped:
        made = tmp_path / path.name
        made.write_bytes(artwork(path.read_bytes()))
        assert artwork(made.read_bytes()) == made.read_bytes()
        assert artwork_colours(made) == artwork_colours(path)
        before, after = (prepare_artwork(each, palette)[1].decode() for each in (path, made))
        assert [after.count(part) for part in ("<path", "<circle", "<rect", "viewBox", "#123456", "width=")] == [
            before.count(part) for part in ("<path", "<circle", "<rect", "viewBox", "#123456", "width=")
        ]
    assert len(shipped) > 20


@pytest.mark.parametrize(
    ("drawing", "found"),
    [
        (SVG.format("<script>1</script>"), "<script>"),
        (
            SVG.format('<rect fill="var(--accent, url(https://elsewhere.example))"/>'),
            "fill=var(--accent, url(https://elsewhere.exam",
        ),
        (SVG.format('<use href="https://elsewhere.example/a.svg"/>'), "href=https://elsewhere.example/a.svg"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format(""), "<!ENTITY>"),
        ("<html/>", "html"),
    ],
)
def test_a_drawing_that_could_do_something_is_refused_with_what_it_holds(tmp_path: Path, drawing: str, found: str) -> None:
    source = packed(tmp_path, {"our-day/artwork/mark.svg": drawing.encode()})
    assert refusal(source, tmp_path) == ("bad_artwork", {"file": "artwork/mark.svg", "found": found})


@pytest.mark.parametrize(
    ("files", "code", "params"),
    [
        ({"our-day/../../etc/passwd": b""}, "bad_path", {"file": "our-day/../../etc/passwd"}),
        ({"/our-day/toolkit.toml": b""}, "bad_path", {"file": "/our-day/toolkit.toml"}),
        ({"C:\\our-day\\toolkit.toml": b""}, "bad_path", {"file": "C:/our-day/toolkit.toml"}),
        ({linked("our-day/toolkit.toml"): b"/etc/passwd"}, "not_a_file", {"file": "our-day/toolkit.toml"}),
        ({"our-day/LICENCES.md": b"", "our-day/Licences.md": b""}, "twice", {"file": "our-day/Licences.md"}),
        ({"our-day/toolkit.toml": b"", "our-day/setup.py": b""}, "unknown_file", {"file": "setup.py"}),
        ({"our-day/artwork/_draft.svg": b""}, "unknown_file", {"file": "artwork/_draft.svg"}),
        ({"one/toolkit.toml": b"", "two/toolkit.toml": b""}, "several_folders", {"found": "one, two"}),
        ({".DS_Store": b""}, "empty", {}),
        ({"our-day/toolkit.toml": b"a = "}, "bad_text", {"file": "toolkit.toml", "reason": "Invalid value (at end of document)"}),
        (
            {"our-day/toolkit.toml": b"a = " + b"[" * 5000},
            "bad_text",
            {"file": "toolkit.toml", "reason": "more than 20 in each other"},
        ),
        (
            {"our-day/texts/en.toml": b"#" * 300_001},
            "file_too_large",
            {"file": "texts/en.toml", "actual_bytes": 300_001, "limit_bytes": 300_000},
        ),
        (
            {f"our-day/artwork/p{number}.png": bytes(3_900_000) for number in range(11)},
            "unpacked_too_large",
            {"actual_bytes": 42_900_000, "limit_bytes": 40_000_000},
        ),
        ({f"our-day/texts/a{number}.toml": b"" for number in range(401)}, "too_many_files", {"found": 401, "allowed": 400}),
        ({"our-day/artwork/wide.png": picture(6_001)}, "too_large_a_picture", {"file": "artwork/wide.png", "allowed": 6_000}),
        ({"our-day/artwork/cut.png": picture()[:60]}, "bad_artwork", {"file": "artwork/cut.png", "found": "corrupt"}),
        ({"our-day/artwork/bed.opus": picture()}, "bad_music", {"file": "artwork/bed.opus", "found": "image/png"}),
        ({"our-day/artwork/bed.mp3": b"words"}, "bad_music", {"file": "artwork/bed.mp3", "found": "unknown_type"}),
    ],
)
def test_whatever_does_not_belong_there_is_refused_with_its_name(
    tmp_path: Path, files: Files, code: str, params: dict[str, object]
) -> None:
    assert refusal(packed(tmp_path, files), tmp_path) == (code, params)


def test_what_is_no_zip_or_locked_or_lies_about_its_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = packed(tmp_path, {"our-day/texts/en.toml": b"# " + bytes(100)})
    content = source.read_bytes()
    locked = bytearray(content)
    at = content.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    source.write_bytes(locked)
    assert refusal(source, tmp_path) == ("encrypted", {"file": "our-day/texts/en.toml"})
    lying = bytearray(content)
    struct.pack_into("<I", lying, at + 24, 5)  # as if it were five bytes long
    source.write_bytes(lying)
    assert refusal(source, tmp_path)[0] == "not_a_zip"
    source.write_bytes(content[:80])
    assert refusal(source, tmp_path) == ("not_a_zip", {"found": "File is not a zip file"})
    source.write_bytes(b"%PDF-1.7")
    assert refusal(source, tmp_path) == ("not_a_zip", {"found": "zip"})
    monkeypatch.setattr(toolkit_zip, "MAX_ZIP_BYTES", 7)
    assert refusal(source, tmp_path) == ("too_large", {"actual_bytes": 8, "limit_bytes": 7})


def test_what_is_packed_in_a_rare_way_and_broken_is_no_zip_either(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "sent.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("our-day/toolkit.toml", MANIFEST * 50)
    content = (tmp_path / "sent.zip").read_bytes()
    begins = content.index(b"toolkit.toml") + len("toolkit.toml")
    (tmp_path / "sent.zip").write_bytes(content[: begins + 4] + b"\xff" * 8 + content[begins + 12 :])
    assert refusal(tmp_path / "sent.zip", tmp_path)[0] == "not_a_zip"
