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
    """What a cell shows, of the cell's size: a film or a photo."""

    path: Path
    is_film: bool


def cell(master: Path, target: Path, box: Box, *, frames: int) -> Arguments:
    """A clip covering a cell, without sound; its last picture stands where it is too short."""
    across, down = box.width_px, box.height_px
    scaled = f"scale={across}:{down}:force_original_aspect_ratio=increase:force_divisible_by=2:flags=bicubic"
    covering = f"{scaled},crop={across}:{down}:(iw-ow)*{USUAL_FOCUS[0]}:(ih-oh)*{USUAL_FOCUS[1]}"
    shown = f"fps={FRAMES_PER_SECOND},{covering},tpad=stop_mode=clone:stop={frames},setsar=1,{commands.BT709}"
    # one decoder thread: memory, and the cores are busy anyway
    inputs = ("-threads", "1", *commands.own_input(master, "mov"))
    kept = ("-an", "-frames:v", str(frames), *commands.WITHOUT_METADATA)
    return (*commands.PREFIX, *inputs, "-vf", shown, *kept, *_CELL_PICTURE, *commands.MOVIE_FILE, str(target))


def grid(shown: Sequence[Shown], boxes: Sequence[Box], mat: Path, target: Path, shape: Format, *, frames: int) -> Arguments:
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
    left_px, top_px = min(box.x_px for box in boxes), min(box.y_px for box in boxes)
    canvas = f"pad={shape.width_px}:{shape.height_px}:{left_px}:{top_px}"
    if len(shown) == 1:
        stacked = f"[cell0]{canvas}"
    else:
        places = "|".join(f"{box.x_px - left_px}_{box.y_px - top_px}" for box in boxes)
        labels = "".join(f"[cell{number}]" for number in range(len(shown)))
        stacked = f"{labels}xstack=inputs={len(shown)}:layout={places}:fill=black,{canvas}"
    above = ";".join([*parts, stacked])
    over = [segment_graph.Panel(mat)]
    return segment_graph.silent(inputs, above, target, frames=frames, on_top=over, on_top_at=len(shown), sparing=True)
