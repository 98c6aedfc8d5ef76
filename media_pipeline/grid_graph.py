"""What is said to ffmpeg to make a grid and its cells. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import commands, segment_graph
from media_pipeline.commands import Arguments
from media_pipeline.formats import FRAMES_PER_SECOND, Format
from media_pipeline.geometry import USUAL_FOCUS
from media_pipeline.types import Box

# seen small and encoded once more: what is lost here is not to be seen, and it is decoded quickly
_CELL_PICTURE: Arguments = (
    *("-c:v", "libx264", "-preset", "veryfast", "-tune", "fastdecode", "-crf", "16", "-pix_fmt", "yuv420p", "-threads", "2"),
    *("-flags:v", "+bitexact", "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"),
    *("-video_track_timescale", str(512 * FRAMES_PER_SECOND)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A film or a photo, as large as its place."""

    path: Path
    place: Box
    is_film: bool


def cell(master: Path, target: Path, box: Box, *, frames: int, window: Box | None) -> Arguments:
    """A clip, or a window of it, covering a cell, without sound; its last picture stands where it is too short."""
    across, down = box.width_px, box.height_px
    scaled = f"scale={across}:{down}:force_original_aspect_ratio=increase:force_divisible_by=2:flags=bicubic"
    covering = f"{scaled},crop={across}:{down}:(iw-ow)*{USUAL_FOCUS[0]}:(ih-oh)*{USUAL_FOCUS[1]}"
    part = f"crop={window.width_px}:{window.height_px}:{window.x_px}:{window.y_px}," if window else ""
    shown = f"fps={FRAMES_PER_SECOND},{part}{covering},tpad=stop_mode=clone:stop={frames},setsar=1,{commands.BT709}"
    # one decoder thread: memory, and the cores are busy anyway
    inputs = ("-threads", "1", *commands.own_input(master, "mov"))
    kept = ("-an", "-frames:v", str(frames), *commands.WITHOUT_METADATA)
    return (*commands.PREFIX, *inputs, "-vf", shown, *kept, *_CELL_PICTURE, *commands.MOVIE_FILE, str(target))


def grid(shown: Sequence[Shown], mat: Path, target: Path, shape: Format, *, frames: int) -> Arguments:
    """All cells at their places, and the mat on top."""
    inputs: Arguments = ()
    parts = []
    for number, one in enumerate(shown):
        inputs += (
            "-threads",
            "1",
            *(commands.own_input(one.path, "mov") if one.is_film else segment_graph.photo_input(one.path)),
        )
        moving = f"fps={FRAMES_PER_SECOND},tpad=stop_mode=clone:stop={frames}" if one.is_film else segment_graph.nearer(frames)
        parts.append(f"[{number}:v]{moving},trim=end_frame={frames},setsar=1[cell{number}]")
    above = ";".join([*parts, _together(shown, shape, frames)])
    over = [segment_graph.Panel(mat)]
    return segment_graph.silent(inputs, above, target, frames=frames, on_top=over, on_top_at=len(shown), sparing=True)


def _together(shown: Sequence[Shown], shape: Format, frames: int) -> str:
    """The cells at their places; what is beside them lies under the mat."""
    size = f"{shape.width_px}:{shape.height_px}"
    if not shown:
        return f"color=c=black:s={size.replace(':', 'x')}:r={FRAMES_PER_SECOND},trim=end_frame={frames},setsar=1"
    left_px, top_px = min(one.place.x_px for one in shown), min(one.place.y_px for one in shown)
    canvas = f"pad={size}:{left_px}:{top_px}"
    if len(shown) == 1:
        return f"[cell0]{canvas}"
    places = "|".join(f"{one.place.x_px - left_px}_{one.place.y_px - top_px}" for one in shown)
    labels = "".join(f"[cell{number}]" for number in range(len(shown)))
    return f"{labels}xstack=inputs={len(shown)}:layout={places}:fill=black,{canvas}"
