"""From a toolkit and slots to pictures: the frames that lie over photos and clips, and words alone on a card."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from app.kits.toolkit import Toolkit
from media_pipeline.formats import FORMATS
from media_pipeline.types import Kind, Overlay
from media_pipeline.typeset import Rendered, render

PROFILE = "profile"


def address_of(toolkit: Toolkit, *templates: str) -> str:
    """The hash of all that these templates are drawn with: what they say themselves, the colours, the artwork that they show."""
    loaded = [toolkit.template(name) for name in templates]
    shown = sorted({picture for template in loaded for picture in template.pictures})
    written = tuple(template.written for template in loaded)
    artwork = tuple((name, _picture_sha256(toolkit.artwork / name)) for name in shown)
    return _address(written, tuple(sorted(toolkit.palette.items())), artwork)


@lru_cache(maxsize=512)
def _address(*made_of: tuple[str | tuple[str, str], ...]) -> str:
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def _picture_sha256(path: Path) -> str:
    facts = path.stat()
    return _sha256_once(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=512)
def _sha256_once(path: Path, _changed_at_ns: int, _size_bytes: int) -> str:
    """A film asks for the same pictures with every segment; one that was changed is another."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def overlays_for(
    toolkit: Toolkit, *, kind: Kind, formats: Sequence[str], slots: Mapping[str, str], language: str, outdir: Path
) -> dict[str, Overlay]:
    """The frame of each of these formats of a photo or clip, the card of each audiogram of a sound.

    Raises MediaError `typeset.*` when a slot is missing or cannot be set; the caller may try again without an optional one.
    """
    overlays = {}
    for name in formats:
        if kind is Kind.AUDIO and FORMATS[kind][name].width_px:
            drawn = _render(
                toolkit, "audiogram", format=name, slots=slots, language=language, target=outdir / f"frame-{name}.png"
            )
            overlays[name] = Overlay(drawn.path, drawn.window, toolkit.palette["accent"])
        elif kind is not Kind.AUDIO:
            drawn = render_frame(toolkit, format=name, slots=slots, language=language, target=outdir / f"frame-{name}.png")
            overlays[name] = Overlay(drawn.path, drawn.window)
    return overlays


def render_frame(
    toolkit: Toolkit,
    *,
    format: str,  # noqa: A002 - the word of the domain
    slots: Mapping[str, str],
    language: str,
    target: Path,
) -> Rendered:
    """One picture frame; a profile picture has its own, which fits a circle. Raises MediaError `typeset.*`."""
    template = "profile_frame" if format == PROFILE else "frame"
    return _render(toolkit, template, format=format, slots=slots, language=language, target=target)


def render_card(
    toolkit: Toolkit,
    *,
    format: str,  # noqa: A002 - the word of the domain
    slots: Mapping[str, str],
    language: str,
    target: Path,
    template: str = "card",
    scale: float = 1,
) -> Path:
    """Words alone as a picture (or a page of print, when the target ends in .pdf). Raises MediaError `typeset.*`."""
    return _render(toolkit, template, format=format, slots=slots, language=language, target=target, scale=scale).path


def _render(
    toolkit: Toolkit,
    template: str,
    *,
    format: str,  # noqa: A002 - the word of the domain
    slots: Mapping[str, str],
    language: str,
    target: Path,
    scale: float = 1,
) -> Rendered:
    return render(
        toolkit.template(template),
        format=format,
        slots=slots,
        palette=toolkit.palette,
        language=language,
        target=target,
        artwork=toolkit.artwork,
        scale=scale,
    )
