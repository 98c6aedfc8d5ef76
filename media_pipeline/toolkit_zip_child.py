"""Opens a toolkit's ZIP inside a limited child: `python -m media_pipeline.toolkit_zip_child REQUEST.json`; the answer is JSON."""

import io
import json
import lzma
import re
import stat
import sys
import tomllib
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

from PIL import Image

from media_pipeline import colours, drawings, stills
from media_pipeline.errors import MediaError
from media_pipeline.sniff import HEAD_BYTES, M4A, MP3, OGG, sniff

# `_` and `.` begin what belongs to nobody's toolkit
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}"
_TEXT = re.compile(
    rf"toolkit\.toml|campaign\.toml|LICENCES\.md|texts/[a-z]{{2,3}}(-[A-Za-z0-9]{{2,8}})*\.toml|templates/{_NAME}\.toml"
)
_SOUND_KINDS = {".opus": OGG, ".ogg": OGG, ".m4a": M4A, ".mp3": MP3}
_ARTWORK = re.compile(rf"artwork/{_NAME}\.(svg|png|opus|ogg|m4a|mp3)")
_LEFT_BEHIND = {"__MACOSX", "Thumbs.db", "desktop.ini"}  # by systems that pack; and whatever is hidden
_LOOKED_AT = 10  # times as many entries as files are allowed: those left behind come on top
_MAX_DEPTH = 20  # of TOML within TOML
_ENCRYPTED = 0x1


def main() -> None:
    """Answer one request."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = request["max_artwork_px"] ** 2
    try:
        answer = _opened(Path(sys.argv[1]).with_name(request["source"]), request)
    except MediaError as refused:
        answer = {"error": [refused.code, refused.params]}
    except MemoryError:
        answer = {"error": ["toolkit_zip.too_heavy", {"resource": "memory_bytes"}]}
    sys.stdout.write(json.dumps(answer))


def _opened(source: Path, request: dict[str, Any]) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(source) as archive:
            folder, entries = _entries(archive, request)
            files: dict[str, str] = {}
            for number, (path, entry) in enumerate(sorted(entries.items())):
                made = source.with_name(f"file-{number}{Path(path).suffix}")
                made.write_bytes(_rewritten(path, archive.read(entry), made, request))
                files[path] = made.name
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError, ValueError) as broken:
        raise MediaError("toolkit_zip.not_a_zip", {"found": str(broken)[:200]}) from broken
    said = (
        tomllib.loads(source.with_name(files["toolkit.toml"]).read_text("utf-8")).get("slug") if "toolkit.toml" in files else None
    )
    return {"folder": folder, "slug": said if isinstance(said, str) else None, "files": files}


def _entries(archive: zipfile.ZipFile, request: dict[str, Any]) -> tuple[str | None, dict[str, zipfile.ZipInfo]]:
    """The files by their path in the toolkit, and the folder that all of them lie in; nothing is unpacked yet."""
    found: dict[str, zipfile.ZipInfo] = {}
    every = archive.infolist()
    if len(every) > _LOOKED_AT * request["max_files"]:
        raise MediaError("toolkit_zip.too_many_files", {"found": len(every), "allowed": request["max_files"]})
    for entry in every:
        name = _checked_name(entry)
        if name.endswith("/") or any(part in _LEFT_BEHIND or part.startswith(".") for part in name.split("/")):
            continue
        if entry.flag_bits & _ENCRYPTED:
            raise MediaError("toolkit_zip.encrypted", {"file": _short(name)})
        if name.lower() in {known.lower() for known in found}:  # one file on systems that do not tell them apart
            raise MediaError("toolkit_zip.twice", {"file": _short(name)})
        found[name] = entry
    if len(found) > request["max_files"]:
        raise MediaError("toolkit_zip.too_many_files", {"found": len(found), "allowed": request["max_files"]})
    unpacked_bytes = sum(entry.file_size for entry in found.values())
    if unpacked_bytes > request["max_unpacked_bytes"]:
        params = {"actual_bytes": unpacked_bytes, "limit_bytes": request["max_unpacked_bytes"]}
        raise MediaError("toolkit_zip.unpacked_too_large", params)
    if not found:
        raise MediaError("toolkit_zip.empty")
    folder = _folder(list(found))
    below = {name.removeprefix(f"{folder}/") if folder else name: entry for name, entry in found.items()}
    for path, entry in below.items():
        _check_file(path, entry.file_size, request)
    return folder, below


def _checked_name(entry: zipfile.ZipInfo) -> str:
    """The path of a file, or of a folder with its `/`, below wherever it is unpacked."""
    name = entry.filename.replace("\\", "/")  # as some systems write it
    parts = name.removesuffix("/").split("/")
    if ":" in parts[0] or any(part in {"", ".", ".."} for part in parts) or not name.isprintable():
        raise MediaError("toolkit_zip.bad_path", {"file": _short(name)})
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind != (stat.S_IFDIR if name.endswith("/") else stat.S_IFREG) and kind != 0:
        raise MediaError("toolkit_zip.not_a_file", {"file": _short(name)})
    return name


def _folder(names: list[str]) -> str | None:
    """The one folder around all files; None where they lie at the top."""
    if any(_is_known(name) for name in names):
        return None
    folders = sorted({name.partition("/")[0] for name in names if "/" in name})
    if len(folders) > 1:
        raise MediaError("toolkit_zip.several_folders", {"found": _short(", ".join(folders))})
    return folders[0] if folders else None


def _is_known(path: str) -> bool:
    return bool(_TEXT.fullmatch(path) or _ARTWORK.fullmatch(path))


def _check_file(path: str, size_bytes: int, request: dict[str, Any]) -> None:
    if not _is_known(path):
        raise MediaError("toolkit_zip.unknown_file", {"file": _short(path)})
    limit_bytes = request["max_text_bytes"] if _TEXT.fullmatch(path) else request["max_artwork_bytes"]
    if size_bytes > limit_bytes:
        params = {"file": path, "actual_bytes": size_bytes, "limit_bytes": limit_bytes}
        raise MediaError("toolkit_zip.file_too_large", params)


def _rewritten(path: str, content: bytes, beside: Path, request: dict[str, Any]) -> bytes:
    if path.endswith(".svg"):
        return _drawing(path, content)
    if path.endswith(".png"):
        made = _picture(path, content, beside, request)
        _check_file(path, len(made), request)
        return made
    if Path(path).suffix in _SOUND_KINDS:
        return _sound(path, content)
    return _text(path, content)


def _text(path: str, content: bytes) -> bytes:
    try:
        text = content.decode("utf-8-sig")  # some editors begin with a mark
        if path.endswith(".toml") and _depth(tomllib.loads(text)) > _MAX_DEPTH:
            raise MediaError("toolkit_zip.bad_text", {"file": path, "reason": f"more than {_MAX_DEPTH} tables in each other"})
    except RecursionError as deep:
        raise MediaError("toolkit_zip.bad_text", {"file": path, "reason": f"more than {_MAX_DEPTH} in each other"}) from deep
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise MediaError("toolkit_zip.bad_text", {"file": path, "reason": str(broken)[:200]}) from broken
    return text.encode()


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


def _drawing(path: str, content: bytes) -> bytes:
    try:
        return drawings.artwork(content)
    except MediaError as refused:
        raise MediaError("toolkit_zip.bad_artwork", {"file": path, "found": str(refused.params.get("found", ""))}) from refused


def _sound(path: str, content: bytes) -> bytes:
    """A bed of music as it came: it is decoded like any upload, and only when a film is made with it."""
    wanted = _SOUND_KINDS[Path(path).suffix]
    try:
        found = sniff(content[:HEAD_BYTES]).media_type
    except MediaError as refused:
        raise MediaError("toolkit_zip.bad_music", {"file": path, "found": refused.code.rpartition(".")[2]}) from refused
    if found != wanted.media_type:
        raise MediaError("toolkit_zip.bad_music", {"file": path, "found": found})
    return content


def _picture(path: str, content: bytes, beside: Path, request: dict[str, Any]) -> bytes:
    """The pixels in sRGB and nothing that stood beside them; the same again is the same bytes."""
    source = beside.with_name("picture.png")
    source.write_bytes(content)
    longest = request["max_artwork_px"]
    try:
        opened = stills.open_still(source, "image/png", longest**2)
        profile, points = stills.profile_of(opened), colours.code_points(source, "image/png")
        picture = colours.to_srgb(stills.load(opened).convert("RGBA"), profile, points)
    except MediaError as refused:
        if refused.code == "media.too_many_pixels":
            raise MediaError("toolkit_zip.too_large_a_picture", {"file": path, "allowed": longest}) from refused
        raise MediaError("toolkit_zip.bad_artwork", {"file": path, "found": refused.code.rpartition(".")[2]}) from refused
    if max(picture.size) > longest:
        raise MediaError("toolkit_zip.too_large_a_picture", {"file": path, "allowed": longest})
    out = io.BytesIO()
    Image.frombytes("RGBA", picture.size, picture.tobytes()).save(out, "PNG")
    return out.getvalue()


def _short(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:120]


if __name__ == "__main__":
    main()
