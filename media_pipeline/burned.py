"""Captions drawn on the film itself: where they go, and the strips of pictures that ffmpeg lays over it one after the other."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from media_pipeline import own_pieces
from media_pipeline.captions import unbroken
from media_pipeline.commands import Strip, seconds
from media_pipeline.formats import Format
from media_pipeline.types import Box, Cue, Overlay

# the networks lay their own words and buttons over these parts of a story (formats.md)
_STORY_TOP, _STORY_BOTTOM = 0.14, 0.20
_MARGIN = 0.04
# what of a frame is nearly clear does not hide words
_CLEAR_ALPHA = 24


def strip_over(
    cues: Sequence[Cue], shape: Format, overlay: Overlay | None, folder: Path, *, language: str, duration_s: float
) -> Strip:
    """The cues at the foot of what the frame leaves visible, or at its head where the frame has words of its own at the foot."""
    foot, head = _places(shape, overlay)
    at_head = overlay is not None and not _is_clear(overlay.picture, foot) and _is_clear(overlay.picture, head)
    place = head if at_head else foot
    return strip(
        cues,
        place,
        folder / f"cues-{shape.name}",
        at_head=at_head,
        palette=own_pieces.ON_PICTURES,
        language=language,
        duration_s=duration_s,
    )


def strip(
    cues: Sequence[Cue], place: Box, folder: Path, *, at_head: bool, palette: dict[str, str], language: str, duration_s: float
) -> Strip:
    """Draw every cue once and list them with the clear pauses between them; raises MediaError `typeset.*`."""
    folder.mkdir()
    Image.new("RGBA", (place.width_px, place.height_px)).save(folder / "clear.png")
    listed, now_s = ["ffconcat version 1.0"], 0.0

    def show(name: str, until_s: float) -> None:
        nonlocal now_s
        # names of ours alone: no word of a cue gets into this list
        listed.extend([f"file {name}", f"duration {seconds(until_s - now_s)}"])
        now_s = until_s

    for number, cue in enumerate(cues):
        name = f"{number:04d}.png"
        words, target = unbroken(cue.text), folder / name
        own_pieces.cue_strip(words, place, at_head=at_head, palette=palette, language=language, target=target)
        if cue.start_s > now_s:
            show("clear.png", cue.start_s)
        show(name, cue.end_s)
    show("clear.png", max(duration_s, now_s) + 1)
    listed.append("file clear.png")  # a last picture has no duration: it is the one before that lasts to the end
    path = folder / "cues.txt"
    path.write_text("\n".join(listed) + "\n", encoding="ascii")
    return Strip(f"{folder.name}/{path.name}", place)


def _places(shape: Format, overlay: Overlay | None) -> tuple[Box, Box]:
    """At the foot and at the head of the window, clear of what the networks cover."""
    window = overlay.window if overlay is not None and overlay.window is not None else Box(0, 0, shape.width_px, shape.height_px)
    is_tall = shape.height_px > shape.width_px * 1.5
    top_px = max(window.y_px, round(shape.height_px * _STORY_TOP) if is_tall else 0)
    bottom_px = min(window.y_px + window.height_px, round(shape.height_px * (1 - _STORY_BOTTOM)) if is_tall else shape.height_px)
    margin_px = round(window.width_px * _MARGIN)
    height_px = min(own_pieces.CUE_HEIGHT_PX, bottom_px - top_px)
    left_px, width_px = _even(window.x_px + margin_px), _even(window.width_px - 2 * margin_px)
    foot = Box(left_px, _even(bottom_px - height_px), width_px, _even(height_px))
    return foot, Box(left_px, _even(top_px), width_px, _even(height_px))


def _is_clear(overlay: Path, place: Box) -> bool:
    with Image.open(overlay, formats=("PNG",)) as opened:
        if not opened.has_transparency_data:
            return False
        edges = (place.x_px, place.y_px, place.x_px + place.width_px, place.y_px + place.height_px)
        darkest = opened.convert("RGBA").getchannel("A").crop(edges).getextrema()[1]
    return isinstance(darkest, int) and darkest <= _CLEAR_ALPHA


def _even(length_px: int) -> int:
    return length_px // 2 * 2
