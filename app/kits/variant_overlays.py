"""What of a toolkit's files is different from those beneath: single keys where a file is laid over by key, else whole files."""

import hashlib
import tomllib
from collections.abc import Mapping
from typing import Any

from app.errors import Refused
from app.variants import is_laid_by_key, lay_over_files, parsed, whole_tables, written
from media_pipeline.drawings import artwork
from media_pipeline.errors import MediaError


def overlay_of(beneath: Mapping[str, bytes], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What of these files has to be laid over those beneath to get them; all of them where there is no toolkit beneath.

    Raises Refused `toolkit.bad_value {file, key, reason}` for TOML that cannot be read.
    """
    found: dict[str, bytes] = {}
    for name, content in sorted(files.items()):
        below = beneath.get(name)
        own = content if below is None else _difference(name, below, content)
        if own is not None:
            found[name] = own
    return found


def laid_over(beneath: Mapping[str, bytes], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """These files laid over those beneath; raises Refused `toolkit.bad_value {file, key, reason}`."""
    for name, content in sorted(files.items()):
        if name.endswith(".toml"):
            _readable(name, content)
    return lay_over_files(beneath, files)


def overlay_sha256(files: Mapping[str, bytes]) -> str:
    """The hash of all paths and contents."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _difference(name: str, below: bytes, content: bytes) -> bytes | None:
    """None where nothing is different."""
    if content == below:
        return None
    if is_laid_by_key(name):
        changed = _changed(_readable(name, below), _readable(name, content), whole=whole_tables(name))
        return written(changed) if changed else None
    return None if name.endswith(".svg") and content == _as_uploaded(below) else content


def _as_uploaded(drawing: bytes) -> bytes | None:
    """A drawing of ours as it comes back in an upload, where every drawing is written again."""
    try:
        return artwork(drawing)
    except MediaError:  # of a designer who uses more than an upload may
        return None


def _changed(below: Mapping[str, Any], above: Mapping[str, Any], whole: frozenset[str] = frozenset()) -> dict[str, Any]:
    """In the order of their names, so that the same differences are the same bytes."""
    found: dict[str, Any] = {}
    for key, value in sorted(above.items()):
        under = below.get(key)
        if value == under:
            continue
        if isinstance(value, dict) and isinstance(under, dict) and key not in whole:
            if inner := _changed(under, value):  # tables that only lack something say nothing by key
                found[key] = inner
        else:
            found[key] = value
    return found


def _readable(name: str, content: bytes) -> dict[str, Any]:
    try:
        return parsed(content)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise Refused("toolkit.bad_value", file=name, key="", reason=str(broken)) from broken
