"""From what was sent to finished files: a frame around a photo or clip, a card for words and sounds. It knows no database."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from PIL import Image

from app.enums import SubmissionKind
from app.kits import frames
from app.kits.sources import Source
from app.kits.toolkit import Toolkit
from app.submissions import rules
from media_pipeline import pictures
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.formats import formats_for
from media_pipeline.limits import Limits
from media_pipeline.normalise import normalise
from media_pipeline.record import PIPELINE_VERSION
from media_pipeline.types import Kind, Overlay, Rendition
from media_pipeline.workspace import sha256_of

TILE = "tile"
DRAWN_WITH = ("frame", "profile_frame", "card", "audiogram")
MAX_CAPTION_CHARS = 120  # longer words stand beside the picture, not on it
MAX_SOUND_QUOTE_CHARS = 200
_KINDS = {Kind.PHOTO: SubmissionKind.PHOTO, Kind.VIDEO: SubmissionKind.CLIP, Kind.AUDIO: SubmissionKind.SOUND}
_PIPELINE_KINDS = {ours: theirs for theirs, ours in _KINDS.items()}
_NEEDED_SLOTS = frozenset({"city", "hashtag", "message", "quote"})
logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """All that is known of a submission when its work begins."""

    submission_id: int
    kind: SubmissionKind
    original_id: int | None
    original_key: str | None
    source: Source
    allowed_kinds: tuple[str, ...]
    formats: tuple[str, ...]
    max_clip_s: int
    max_duration_s: int
    slots: Mapping[str, str]  # city, hashtag, message, day
    frame_language: str
    words_language: str
    text: str
    spoken_words: str
    name: str | None
    sound_label: str | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The finished files in the work folder, and the recipe they were made by."""

    kind: SubmissionKind
    files: tuple[Rendition, ...]
    recipe: Mapping[str, object]
    duration_s: float | None = None
    trimmed: bool = False
    lost_s: float | None = None
    speech_s: tuple[tuple[float, float], ...] = ()


def prepare(order: Order, toolkit: Toolkit, source: Path | None, folder: Path) -> Prepared:
    """Make every file of a submission in `folder`; raises MediaError and Refused (it will not do), ToolFailed (try again)."""
    if source is None:
        return Prepared(order.kind, _words_alone(order, toolkit, folder), _recipe(order, toolkit, order.kind))
    made = normalise(
        source,
        folder,
        formats=formats_for(_PIPELINE_KINDS[order.kind], order.formats),
        overlays=lambda kind, names: _overlays(order, toolkit, kind, names, folder),
        max_clip_s=order.max_clip_s,
        background=toolkit.palette["paper"],
        moving=SubmissionKind.CLIP.value in order.allowed_kinds,
        limits=Limits(max_duration_s=order.max_duration_s),
    )
    kind, files = _KINDS[made.kind], made.renditions
    if kind is not order.kind:  # its first bytes promised a film, and there is only sound in it; or a picture, and it moves
        rules.check_kind(kind, order.allowed_kinds)
    if kind is SubmissionKind.SOUND:  # a card that can be read when it is small stands for it, not a moment of the audiogram
        files = (*(file for file in files if file.role == "main"), *_sound_card(order, toolkit, folder))
    recipe = _recipe(order, toolkit, kind)
    return Prepared(kind, files, recipe, made.source.duration_s, made.trimmed, made.lost_s, made.speech_s)


def _recipe(order: Order, toolkit: Toolkit, kind: SubmissionKind) -> Mapping[str, object]:
    return {
        "pipeline": PIPELINE_VERSION,
        "drawn_with": frames.address_of(toolkit, *(name for name in DRAWN_WITH if name in toolkit.loaded)),
        "kind": kind.value,
        "max_clip_s": order.max_clip_s,
        "slots": dict(order.slots),
        "name": order.name,
        "words": [order.text, order.spoken_words],
        "languages": [order.frame_language, order.words_language],
    }


def _overlays(order: Order, toolkit: Toolkit, kind: Kind, names: Sequence[str], folder: Path) -> dict[str, Overlay]:
    slots = dict(order.slots) | ({"name": order.name} if order.name else {})
    language = order.frame_language
    if kind is Kind.AUDIO:
        slots, language = _sound_slots(order), order.words_language
    elif kind is Kind.PHOTO and 0 < len(order.text) <= MAX_CAPTION_CHARS:
        slots["caption"] = order.text

    def draw(slots: Mapping[str, str]) -> dict[str, Overlay]:
        return frames.overlays_for(toolkit, kind=kind, formats=names, slots=slots, language=language, outdir=folder)

    return without_what_cannot_be_set(draw, slots, order.submission_id) or {}


def _words_alone(order: Order, toolkit: Toolkit, folder: Path) -> tuple[Rendition, ...]:
    """A card in every shared format, a preview and a tile; none when the words cannot be set, they still stand as text."""
    known = toolkit.template("card").formats
    names = [name for name in formats_for(Kind.PHOTO, order.formats) if name in known] or ["square"]

    def draw(slots: Mapping[str, str]) -> tuple[Rendition, ...]:
        first = _card(order, toolkit, names[0], slots, folder)
        others = [_card(order, toolkit, name, slots, folder) for name in names[1:]]
        return (first, _preview(first, folder), *others, _card(order, toolkit, TILE, slots, folder))

    slots = dict(order.slots) | {"quote": order.text} | ({"name": order.name} if order.name else {})
    return without_what_cannot_be_set(draw, slots, order.submission_id) or ()


def _sound_card(order: Order, toolkit: Toolkit, folder: Path) -> tuple[Rendition, ...]:
    """The picture that stands for a sound."""

    def draw(slots: Mapping[str, str]) -> tuple[Rendition, ...]:
        poster = replace(_card(order, toolkit, "square", slots, folder), role="poster")
        return (poster, _preview(poster, folder), _card(order, toolkit, TILE, slots, folder))

    return without_what_cannot_be_set(draw, _sound_slots(order), order.submission_id) or ()


def _sound_slots(order: Order) -> dict[str, str]:
    quote = shortened(order.text or order.spoken_words or order.slots["message"])
    named = {"name": order.name} if order.name else {}
    return {**order.slots, "quote": quote, **named, **({"kind_label": order.sound_label} if order.sound_label else {})}


def without_what_cannot_be_set(draw: Callable[[Mapping[str, str]], T], slots: Mapping[str, str], submission_id: int) -> T | None:
    """Draw with all words, else without the optional ones that cannot be set, else nothing: no photo fails for a letter."""
    remaining = dict(slots)
    while True:
        try:
            return draw(remaining)
        except ToolFailed:
            raise
        except MediaError as refused:
            slot = str(refused.params.get("slot", ""))
            logger.warning("submission %s: slot %r is left out: %s", submission_id, slot, refused.code)
            if slot not in remaining or slot in _NEEDED_SLOTS:
                return None
            del remaining[slot]


def _card(order: Order, toolkit: Toolkit, name: str, slots: Mapping[str, str], folder: Path) -> Rendition:
    drawn = frames.render_card(
        toolkit, format=name, slots=slots, language=order.words_language, target=folder / f"card-{name}.png"
    )
    path = folder / f"card-{name}.jpg"  # JPEG, since not every network takes PNG
    with Image.open(drawn) as image:
        pictures.save_jpeg(image, path)
        size = image.size
    return _picture(path, size, name, "tile" if name == TILE else "main", "image/jpeg")


def _preview(card: Rendition, folder: Path) -> Rendition:
    path = folder / "card-preview.webp"
    with Image.open(folder / card.path) as image:
        size = pictures.save_preview(image, path)
    return _picture(path, size, card.format, "preview", "image/webp")


def _picture(path: Path, size: tuple[int, int], name: str, role: str, media_type: str) -> Rendition:
    return Rendition(
        format=name,
        role=role,
        path=path.name,
        media_type=media_type,
        width_px=size[0],
        height_px=size[1],
        duration_s=None,
        size_bytes=path.stat().st_size,
        sha256=sha256_of(path),
        loudness_lufs=None,
    )


def shortened(words: str) -> str:
    """As much of it as a card of a sound holds."""
    if len(words) <= MAX_SOUND_QUOTE_CHARS:
        return words
    cut = words[: MAX_SOUND_QUOTE_CHARS - 1]
    return cut.rpartition(" ")[0].rstrip() + "…" if " " in cut else cut + "…"
