"""Where a picture goes on a canvas: the same arithmetic for photos and clips."""

from dataclasses import dataclass

from media_pipeline.types import Box

Focus = tuple[float, float]

# The sensors of phones are 4:3: a square or 16:9 cut takes a quarter of them. So much is cut; a 3:2 picture in a square (a third)
# or an upright clip on a wide canvas (two thirds) would lose heads and hands, and is shown whole before a blurred copy of itself.
MOST_CUT = 0.26
# faces are above the middle of upright pictures
USUAL_FOCUS: Focus = (0.5, 0.42)


@dataclass(frozen=True, slots=True)
class Placement:
    """The size that the whole picture is scaled to, and how far its corner lies outside (covers) or inside the canvas."""

    covers: bool
    width_px: int
    height_px: int
    left_px: int
    top_px: int


def place(width_px: int, height_px: int, canvas: Box, *, focus: Focus | None = None, always_cover: bool = False) -> Placement:
    """Cover the canvas when little is cut, else fit the whole picture inside; everything even, as film needs it."""
    across, down = canvas.width_px / width_px, canvas.height_px / height_px
    covers = always_cover or 1 - min(across, down) / max(across, down) <= MOST_CUT
    scale = max(across, down) if covers else min(across, down)
    scaled_width_px, scaled_height_px = _even(width_px * scale), _even(height_px * scale)
    if not covers:
        # never beyond a canvas of an odd length
        scaled_width_px = min(scaled_width_px, canvas.width_px // 2 * 2)
        scaled_height_px = min(scaled_height_px, canvas.height_px // 2 * 2)
        left_px, top_px = (canvas.width_px - scaled_width_px) // 2, (canvas.height_px - scaled_height_px) // 2
        return Placement(False, scaled_width_px, scaled_height_px, left_px // 2 * 2, top_px // 2 * 2)  # noqa: FBT003 -- named in the class
    scaled_width_px, scaled_height_px = max(scaled_width_px, canvas.width_px), max(scaled_height_px, canvas.height_px)
    across_focus, down_focus = focus or USUAL_FOCUS
    left_px = _start(scaled_width_px, canvas.width_px, across_focus)
    return Placement(True, scaled_width_px, scaled_height_px, left_px, _start(scaled_height_px, canvas.height_px, down_focus))  # noqa: FBT003


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


def _start(length_px: int, shown_px: int, focus: float) -> int:
    """Where a cut begins so that the point in focus is as near to its middle as the picture allows."""
    start = round(focus * length_px - shown_px / 2)
    return min(max(start, 0), length_px - shown_px) // 2 * 2
