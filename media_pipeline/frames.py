"""Where a frame on the command line comes from: a folder of finished overlays, or a toolkit's template with its own colours."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from media_pipeline import typeset
from media_pipeline.errors import MediaError
from media_pipeline.types import Overlay

# what is wrong with the frame itself rather than with the words put into it
_FRAME_AT_FAULT = ("toolkit.", "typeset.unknown_format", "typeset.missing_artwork", "typeset.bad_artwork")


def overlays_from(
    frame: Path, folder: Path, *, formats: Sequence[str], slots: Mapping[str, str], language: str
) -> dict[str, Overlay]:
    """An overlay for every format; ValueError when the frame has no such shape or cannot be used."""
    if frame.is_dir():
        return {name: Overlay(_finished(frame, name)) for name in formats}
    try:
        return _set(frame, folder, formats, slots, language)
    except MediaError as error:
        if error.code.startswith(_FRAME_AT_FAULT):
            msg = f"{frame}: {error.code} {error.params}"
            raise ValueError(msg) from error
        raise


def _finished(frame: Path, name: str) -> Path:
    picture = frame / f"{name}.png"
    if not picture.is_file():
        msg = f"the frame has no {picture.name}"
        raise ValueError(msg)
    return picture


def _set(frame: Path, folder: Path, formats: Sequence[str], slots: Mapping[str, str], language: str) -> dict[str, Overlay]:
    template = typeset.load_template(frame)
    toolkit = frame.resolve().parent.parent
    described = toolkit / "toolkit.toml"
    if not described.is_file():
        msg = f"{frame} belongs to no toolkit: there is no {described.name} two folders above"
        raise ValueError(msg)
    facts: dict[str, Any] = tomllib.loads(described.read_text(encoding="utf-8"))
    name = _in_language(facts, "names", language)
    # no city is known here: what would name it names the campaign, unless it is given
    known = {"city": name, "title": name, "message": _in_language(facts, "messages", language)}
    words = {**known, "hashtag": facts.get("hashtag", ""), **slots}
    overlays = {}
    for name in formats:
        made = typeset.render(
            template,
            format=name,
            slots=words,
            palette=facts.get("palette", {}),
            language=language,
            target=folder / f"{name}.png",
            artwork=toolkit / "artwork",
        )
        overlays[name] = Overlay(made.path, made.window)
    return overlays


def _in_language(facts: dict[str, Any], key: str, language: str) -> str:
    texts: dict[str, str] = facts.get(key, {})
    return texts.get(language) or texts.get(facts.get("source_language", "en"), "")
