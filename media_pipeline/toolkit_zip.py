"""A toolkit, or a part of one, that somebody sends as a ZIP: opened in a limited child; this side decodes nothing.

What comes out are known files by known names: TOML that can be read, drawings from known parts, pictures that are only their
pixels. Whether they make a toolkit is for whoever loads them.
"""

import json
import re
from pathlib import Path
from typing import Any

from media_pipeline.errors import MediaError
from media_pipeline.limits import Limits
from media_pipeline.process import run_python
from media_pipeline.workspace import private_folder

MAX_ZIP_BYTES = 20_000_000
MAX_FILES = 400
MAX_UNPACKED_BYTES = 40_000_000
MAX_TEXT_BYTES = 300_000  # of TOML and LICENCES.md: the longest that ships has a tenth of it
MAX_ARTWORK_BYTES = 4_000_000  # what the typesetter takes
MAX_ARTWORK_PX = 6_000
# as long as somebody waits for a page; the toolkits that ship take a second
_LIMITS = Limits(still_wall_s=30)
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # with files, and empty
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_toolkit_zip(
    source: Path, folder: Path, slug: str | None = None, *, limits: Limits | None = None
) -> tuple[str, dict[str, bytes]]:
    """The toolkit's slug and its files, each below a folder of that name: `our-day/texts/fr.toml`.

    The folder in the ZIP says the slug; where all lies at the top its `toolkit.toml` does, else `slug` has to. `folder` is
    where the child works.

    Raises MediaError `toolkit_zip.too_large {actual_bytes, limit_bytes}`, `.not_a_zip {found}`, `.encrypted {file}`, `.empty`,
    `.too_many_files {found, allowed}`, `.unpacked_too_large {actual_bytes, limit_bytes}`, `.bad_path {file}`,
    `.file_too_large {file, actual_bytes, limit_bytes}`, `.not_a_file {file}`, `.twice {file}`, `.unknown_file {file}`,
    `.several_folders {found}`, `.no_slug {found}`, `.other_toolkit {found, expected}`, `.bad_text {file, reason}`,
    `.bad_artwork {file, found}`, `.bad_music {file, found}`, `.too_large_a_picture {file, allowed}`, `.too_heavy {resource}`.
    """
    size_bytes = source.stat().st_size
    if size_bytes > MAX_ZIP_BYTES:
        raise MediaError("toolkit_zip.too_large", {"actual_bytes": size_bytes, "limit_bytes": MAX_ZIP_BYTES})
    content = source.read_bytes()
    if not content.startswith(_MAGIC):
        raise MediaError("toolkit_zip.not_a_zip", {"found": source.suffix.lstrip(".")[:8]})
    with private_folder(folder) as own:
        (own / "source.zip").write_bytes(content)
        answer = _ask(own, limits or _LIMITS)
        files = {path: (own / made).read_bytes() for path, made in sorted(answer["files"].items())}
    found = _slug_of(answer["folder"], answer["slug"], slug)
    return found, {f"{found}/{path}": each for path, each in files.items()}


def _slug_of(folder: str | None, said: str | None, expected: str | None) -> str:
    """By the folder that the files lie in, else as they say themselves, else as whoever asks says."""
    named = [name for name in (folder, said) if name is not None and _SLUG.fullmatch(name)]
    found = named[0] if named else expected
    if found is None:
        raise MediaError("toolkit_zip.no_slug", {"found": folder or ""})
    if expected is not None and found != expected:
        raise MediaError("toolkit_zip.other_toolkit", {"found": found, "expected": expected})
    return found


def _ask(folder: Path, limits: Limits) -> dict[str, Any]:
    request = {
        "source": "source.zip",
        "max_files": MAX_FILES,
        "max_unpacked_bytes": MAX_UNPACKED_BYTES,
        "max_text_bytes": MAX_TEXT_BYTES,
        "max_artwork_bytes": MAX_ARTWORK_BYTES,
        "max_artwork_px": MAX_ARTWORK_PX,
    }
    written = folder / "request.json"
    written.write_text(json.dumps(request), encoding="utf-8")
    try:
        finished = run_python("media_pipeline.toolkit_zip_child", [str(written)], limits=limits.for_still(), cwd=folder, reads=[])
    except MediaError as heavy:  # too much time, memory or output for a toolkit
        if heavy.code == "tool.failed":
            raise
        raise MediaError("toolkit_zip.too_heavy", {"resource": str(heavy.params.get("resource", "wall_s"))}) from heavy
    if finished.crashed:
        raise MediaError("toolkit_zip.too_heavy", {"resource": "crash"})
    return finished.answer("toolkit_zip")
