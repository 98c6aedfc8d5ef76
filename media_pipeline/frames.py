"""Where a frame on the command line comes from: a folder of finished overlays, a toolkit's template, or a piece of our own."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from media_pipeline import typeset
from media_pipeline.errors import MediaError
from media_pipeline.formats import FORMATS
from media_pipeline.own_pieces import default_caption, default_card
from media_pipeline.types import Kind, Overlay
from media_pipeline.typeset import Template

# what is wrong with the frame itself rather than with the words put into it
_FRAME_AT_FAULT = ("toolkit.", "typeset.unknown_format", "typeset.missing_artwork", "typeset.bad_artwork")
# an alpha of less than this lets the picture through
_SEEN_THROUGH = 16


def overlays_for(
    frame: Path | None,
    folder: Path,
    *,
    kind: Kind,
    formats: Sequence[str],
    slots: Mapping[str, str],
    language: str,
    background: str,
) -> dict[str, Overlay]:
    """An overlay for every format; ValueError when the frame has no such shape or cannot be used.

    Without a frame the caption stands on a panel of our own, and a voice on a card of our own. So it does where the frame has
    no place for a caption: on what the frame leaves free.
    """
    shaped = [name for name in formats if FORMATS[kind][name].width_px]
    caption = slots.get("caption", "")
    if frame is None and not caption and kind is not Kind.AUDIO:
        return {}
    if frame is None:
        return {name: _own(name, folder, kind, slots, language, background) for name in shaped}
    if frame.is_dir():
        overlays, has_place = {name: Overlay(_finished(frame, name)) for name in shaped}, False
    else:
        template = _template(frame)
        overlays, has_place = _set(frame, template, folder, shaped, slots, language), "caption" in template.slots
    if not caption or has_place or kind is Kind.AUDIO:
        return overlays
    return {name: _captioned(name, overlay, caption, folder, language) for name, overlay in overlays.items()}


def _own(name: str, folder: Path, kind: Kind, slots: Mapping[str, str], language: str, background: str) -> Overlay:
    target, caption = folder / f"{name}.png", slots.get("caption", "")
    if kind is Kind.AUDIO:
        return default_card(name, caption, slots.get("name", ""), language=language, background=background, target=target)
    return default_caption(name, caption, language=language, target=target)


def _captioned(name: str, overlay: Overlay, caption: str, folder: Path, language: str) -> Overlay:
    """The frame with a caption above whatever stands at its foot."""
    words = default_caption(name, caption, language=language, target=folder / f"{name}-caption.png")
    with Image.open(overlay.picture, formats=("PNG",)) as opened, Image.open(words.picture) as set_words:
        whole, panel = opened.convert("RGBA"), set_words.convert("RGBA")
    if whole.size != panel.size:
        return overlay  # refused for its size by whoever lays it over
    free = whole.getchannel("A").point(lambda alpha: 255 if alpha < _SEEN_THROUGH else 0).getbbox()
    ink = panel.getbbox()
    if free is not None and ink is not None:
        margin_px = min(whole.size) // 27
        panel = ImageChops.offset(panel, 0, min(free[3] - margin_px - ink[3], 0))
    target = folder / f"{name}-captioned.png"
    Image.alpha_composite(whole, panel).save(target)
    return replace(overlay, picture=target)


def _template(frame: Path) -> Template:
    try:
        return typeset.load_template(frame)
    except MediaError as error:
        msg = f"{frame}: {error.code} {error.params}"
        raise ValueError(msg) from error


def _finished(frame: Path, name: str) -> Path:
    picture = frame / f"{name}.png"
    if not picture.is_file():
        msg = f"the frame has no {picture.name}"
        raise ValueError(msg)
    return picture


def _set(
    frame: Path, template: Template, folder: Path, formats: Sequence[str], slots: Mapping[str, str], language: str
) -> dict[str, Overlay]:
    toolkit = frame.resolve().parent.parent
    described = toolkit / "toolkit.toml"
    if not described.is_file():
        msg = f"{frame} belongs to no toolkit: there is no {described.name} two folders above"
        raise ValueError(msg)
    facts: dict[str, Any] = tomllib.loads(described.read_text(encoding="utf-8"))
    name = _in_language(facts, "names", language)
    # no city is known here: what would name it names the campaign, unless it is given
    known = {"city": name, "title": name, "message": _in_language(facts, "messages", language), "quote": slots.get("caption", "")}
    words = {**known, "hashtag": facts.get("hashtag", ""), **slots}
    palette = facts.get("palette", {})
    overlays = {}
    for name in formats:
        try:
            made = typeset.render(
                template,
                format=name,
                slots=words,
                palette=palette,
                language=language,
                target=folder / f"{name}.png",
                artwork=toolkit / "artwork",
            )
        except MediaError as error:
            if error.code.startswith(_FRAME_AT_FAULT):
                msg = f"{frame}: {error.code} {error.params}"
                raise ValueError(msg) from error
            raise
        overlays[name] = Overlay(made.path, made.window, palette.get("accent"))
    return overlays


def _in_language(facts: dict[str, Any], key: str, language: str) -> str:
    texts: dict[str, str] = facts.get(key, {})
    return texts.get(language) or texts.get(facts.get("source_language", "en"), "")
