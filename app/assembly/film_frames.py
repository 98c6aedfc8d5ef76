"""A photo in a film: the picture moves, and the campaign's frame with its words stands still over it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.assembly.city_words import CityWords
from app.assembly.drawn_anew import bare_photo, unless_refused
from app.assembly.queries import Piece
from app.kits.frames import render_frame
from app.kits.toolkit import Toolkit
from app.runtime import Runtime
from app.submissions.preparing import MAX_CAPTION_CHARS, without_what_cannot_be_set
from media_pipeline.typeset import Rendered

FRAME = "frame"
TRANSLATION = "translation"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FramedPhoto:
    """A photo and its frame, each of the film's size."""

    bare: Path
    frame: Path


def frame_slots(toolkit: Toolkit, piece: Piece, framed: CityWords, translation: str) -> dict[str, str]:
    """The words of a photo's frame: those of its master, and the caption's translation."""
    if FRAME not in toolkit.loaded:
        return {}
    known = toolkit.template(FRAME).slots
    slots = {**framed.slots, **({"name": piece.name} if piece.name else {})}
    if 0 < len(piece.text) <= MAX_CAPTION_CHARS:
        slots |= {"caption": piece.text} | ({TRANSLATION: translation} if translation else {})
    return {slot: text for slot, text in slots.items() if slot in known or slot == TRANSLATION}


def framed_photo(
    runtime: Runtime,
    toolkit: Toolkit,
    piece: Piece,
    slots: Mapping[str, str],
    *,
    format_name: str,
    language: str,
    folder: Path,
) -> FramedPhoto | None:
    """The photo as it came, in the film's shape, and its frame; None where only the master can be shown.

    The frame may be one that cannot be set, the original kept no longer: see `bare_photo`.
    """
    if not slots:
        return None
    target = folder / f"frame-{piece.submission_id}-{format_name}.png"

    def draw(tried: Mapping[str, str]) -> Rendered:
        return render_frame(toolkit, format=format_name, slots=_as_known(toolkit, tried), language=language, target=target)

    frame = with_translation(draw, slots, piece.submission_id)
    if frame is None:
        return None
    bare = bare_photo(
        *(runtime, piece.submission_id, frame.window),
        format_name=format_name,
        folder=folder,
        background=toolkit.palette["paper"],
    )
    return None if bare is None else FramedPhoto(bare, frame.path)


def with_translation(draw: Callable[[Mapping[str, str]], T], slots: Mapping[str, str], submission_id: int) -> T | None:
    """Draw with the translation, else with the original alone, else without what cannot be set, as masters are."""
    if TRANSLATION in slots:
        drawn = unless_refused(lambda: draw(slots), submission_id, TRANSLATION)
        if drawn is not None:
            return drawn
    return without_what_cannot_be_set(draw, {slot: text for slot, text in slots.items() if slot != TRANSLATION}, submission_id)


def _as_known(toolkit: Toolkit, slots: Mapping[str, str]) -> Mapping[str, str]:
    """An older kit's frame has no place of its own for a translation: there it stands beneath the caption."""
    if TRANSLATION not in slots or TRANSLATION in toolkit.template(FRAME).slots:
        return slots
    alone = {slot: text for slot, text in slots.items() if slot != TRANSLATION}
    return {**alone, "caption": f"{slots['caption']}\n{slots[TRANSLATION]}"}
