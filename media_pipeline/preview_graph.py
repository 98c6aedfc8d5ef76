"""What is said to ffmpeg to make a part of a preview: small, at half the film's rate, its shots cut hard. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import commands, segment_graph
from media_pipeline.commands import SOUND_HZ, Arguments, seconds
from media_pipeline.formats import FRAMES_PER_SECOND
from media_pipeline.segment_graph import Panel

RATE = FRAMES_PER_SECOND // 2
_TIMESCALE = 512 * FRAMES_PER_SECOND
# quick, and good enough to see who is in it, in which order, with which words
_PICTURE: Arguments = (
    *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-pix_fmt", "yuv420p", "-threads", "1"),
    *("-g", str(2 * RATE), "-flags:v", "+bitexact", "-video_track_timescale", str(_TIMESCALE)),
)
_SOUND: Arguments = (
    *("-c:a", "aac", "-b:a", "64k", "-ar", str(SOUND_HZ), "-ac", "2", "-flags:a", "+bitexact"),
    *("-bsf:a", r"noise=drop=eq(n\,0)"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """One shot: a picture of the preview's size or a film of any, and for how many of the film's frames."""

    path: Path
    frames: int
    is_film: bool
    sound: Path | None = None  # of a picture
    panels: Sequence[Panel] = ()  # of the preview's size
    ground: str = "#000000"  # round a film of another shape


def part(sources: Sequence[Source], target: Path, *, width_px: int, height_px: int) -> Arguments:
    """Some shots one after the other."""
    inputs: list[Arguments] = []
    parts: list[str] = []

    def reading(said: Arguments) -> int:
        inputs.append(said)
        return len(inputs) - 1

    for number, source in enumerate(sources):
        count = source.frames // 2
        lasting = seconds(source.frames / FRAMES_PER_SECOND)
        if source.is_film:
            # without its last smoothing a picture is decoded in a quarter less time
            quick = ("-threads", "1", "-skip_loop_filter", "all", "-t", lasting)
            at = reading((*quick, *commands.own_input(source.path, "mov")))
            shown = (
                f"[{at}:v]fps={RATE},scale={width_px}:{height_px}:force_original_aspect_ratio=decrease:flags=fast_bilinear,"
                f"pad={width_px}:{height_px}:-1:-1:color=0x{source.ground[1:]},tpad=stop_mode=clone:stop={count},trim=end_frame={count},setsar=1"
            )
            heard: str | None = f"[{at}:a]"
        else:
            at = reading(segment_graph.photo_input(source.path))
            shown = f"[{at}:v]{segment_graph.standing(count, rate=RATE)},trim=end_frame={count}"
            heard = f"[{reading(commands.own_input(source.sound, 'mov'))}:a]" if source.sound else None
        for over, panel in enumerate(source.panels):
            top = reading(commands.own_input(panel.picture, "png_pipe"))
            parts += [f"{shown}[below{number}_{over}]", f"[{top}:v]format=yuva420p[top{number}_{over}]"]
            when = panel.at_frames(RATE)
            enabled = f":enable='{when}'" if when else ""
            shown = f"[below{number}_{over}][top{number}_{over}]overlay=format=yuv420{enabled}"
        parts += [f"{shown},format=yuv420p[v{number}]", f"{_heard(heard, source.frames)}[a{number}]"]
    every = "".join(f"[v{number}][a{number}]" for number in range(len(sources)))
    parts.append(f"{every}concat=n={len(sources)}:v=1:a=1[picture][sound]")
    frames = str(sum(source.frames for source in sources) // 2)
    mapped = ("-map", "[picture]", "-map", "[sound]", "-frames:v", frames, *commands.WITHOUT_METADATA)
    read = tuple(word for said in inputs for word in said)
    return (*commands.PREFIX, *read, *commands.graph(parts), *mapped, *_PICTURE, *_SOUND, *commands.MOVIE_FILE, str(target))


def _heard(sound: str | None, frames: int) -> str:
    if sound is None:
        return segment_graph.silence(frames)
    return segment_graph.faded(sound, segment_graph.Given(frames / FRAMES_PER_SECOND), frames)
