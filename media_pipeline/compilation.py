"""Films out of our own masters: segments that all have the same parameters, joined without encoding again."""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from media_pipeline import ffmpeg, levels, segment_graph
from media_pipeline.chapters import Chapter, ffmetadata
from media_pipeline.errors import ToolFailed
from media_pipeline.formats import FRAMES_PER_SECOND, Format
from media_pipeline.movie_index import MovieIndex, read_index
from media_pipeline.process import run_python
from media_pipeline.segment_graph import Panel
from media_pipeline.segments import FILE_NAME, LIMITS, check, child, finished_film, fitted, make, shape_of, shape_sized
from media_pipeline.types import Rendition
from media_pipeline.video import check_master
from media_pipeline.workspace import private_folder


def photo_segment(
    picture: Path,
    target: Path,
    *,
    format: str,  # noqa: A002 -- the word of the domain
    duration_s: float,
    panels: Sequence[Panel] = (),
) -> None:
    """A photo that comes slowly nearer beneath panels that stand, silent, for about `duration_s` (whole blocks of 16 frames)."""
    shape, frames = shape_of(format), segment_graph.block_frames(duration_s)
    with private_folder(target.parent) as folder:
        shown = fitted(picture, shape.width_px, shape.height_px, folder / "picture.jpg")
        arguments = segment_graph.photo(shown, folder / FILE_NAME, frames=frames, panels=_panels(panels))
        make(arguments, folder, shape, frames, target, is_silent=True)


def clip_segment(
    master: Path,
    target: Path,
    *,
    format: str,  # noqa: A002
    duration_s: float | None,
    panels: Sequence[Panel] = (),
    hold: bool = False,
    background: str | None = None,
) -> None:
    """The beginning of a clip's master, or all of it, with its sound faded at both ends.

    A master of another shape is shown on the background, else before a blurred copy of itself. `hold` keeps its last picture,
    in silence, until `duration_s` is over where that is longer; `panels` lie over it one after the other.
    """
    shape, index = shape_of(format), read_index(master)
    own = shape_sized(index.picture)
    seen = check_master(master.resolve(), own, duration_s=None, limits=LIMITS)
    given = segment_graph.Given(seen.duration_s, own.width_px, own.height_px)
    asked_s = given.duration_s if duration_s is None else duration_s
    frames = segment_graph.block_frames(asked_s if hold else min(asked_s, given.duration_s))
    with private_folder(target.parent) as folder:
        arguments = segment_graph.clip(
            master.resolve(),
            folder / FILE_NAME,
            given=given,
            frames=frames,
            shape=None if own == shape else shape,
            background=background,
            panels=_panels(panels),
        )
        make(arguments, folder, shape, frames, target, is_silent=False)


def voice_segment(
    picture: Path,
    sound: Path,
    target: Path,
    *,
    format: str,  # noqa: A002
    duration_s: float,
    sound_s: float,
    panels: Sequence[Panel] = (),
) -> None:
    """A picture that stands while the beginning of a finished sound (an M4A of ours that lasts so long) is heard."""
    shape, frames = shape_of(format), segment_graph.block_frames(duration_s)
    with private_folder(target.parent) as folder:
        shown = fitted(picture, shape.width_px, shape.height_px, folder / "picture.jpg")
        arguments = segment_graph.voice(
            shown,
            sound.resolve(),
            folder / FILE_NAME,
            given=segment_graph.Given(sound_s),
            frames=frames,
            panels=_panels(panels),
        )
        make(arguments, folder, shape, frames, target, is_silent=False)


def card_segment(
    picture: Path,
    target: Path,
    *,
    format: str,  # noqa: A002
    duration_s: float,
    fade_in: bool = True,
    fade_out: bool = True,
) -> None:
    """An opening, closing or text card with a soft fade in and out; without one where a transition stands beside it."""
    shape, frames = shape_of(format), segment_graph.block_frames(duration_s)
    with private_folder(target.parent) as folder:
        shown = fitted(picture, shape.width_px, shape.height_px, folder / "picture.jpg")
        film = folder / "film.mp4"
        arguments = [str(shown), str(film), shape.name, str(frames), str(int(fade_in)), str(int(fade_out))]
        finished = run_python("media_pipeline.card_child", arguments, limits=child(frames), cwd=folder)
        if finished.returncode != 0:
            raise ToolFailed("tool.failed", {"tool": "moviepy", "said": finished.stderr.strip()[-300:]})
        make(segment_graph.with_silence(film, folder / FILE_NAME, frames=frames), folder, shape, frames, target, is_silent=True)


def join(
    segments: Sequence[Path],
    target: Path,
    *,
    chapters: Sequence[Chapter] = (),
    on_progress: Callable[[float], None] | None = None,
) -> Rendition:
    """Put the segments one after the other without encoding; `tool.failed` when they are not alike or the sum is wrong.

    Nothing is decoded: what the segments are stands in their indexes, how loud they are in their notes.
    """
    with private_folder(target.parent) as folder:
        names = [f"{number:05d}.mp4" for number in range(len(segments))]
        for segment, name in zip(segments, names, strict=True):
            _place(segment, folder / name)
        parts = [read_index(folder / name) for name in names]
        shape, frames = _common(parts), sum(part.picture.packets for part in parts)
        listed, film = folder / "segments.txt", folder / "film.mp4"
        # names of ours alone: what a contribution is called can write nothing into this list
        listed.write_text("ffconcat version 1.0\n" + "".join(f"file {name}\n" for name in names), encoding="ascii")
        titled = folder / "chapters.txt" if chapters else None
        if titled is not None:
            titled.write_text(ffmetadata(chapters, frames=frames), encoding="utf-8", newline="")
        ffmpeg.run(
            segment_graph.join(listed, film, chapters=titled),
            limits=child(frames),
            cwd=folder,
            foreign=False,
            on_seconds=lambda done_s: on_progress(min(done_s * FRAMES_PER_SECOND / frames, 1.0)) if on_progress else None,
        )
        made = check(film, shape, frames)
        heard = levels.together(
            levels.of_segment(folder / name, part, limits=LIMITS) for name, part in zip(names, parts, strict=True)
        )
        film.replace(target)
    return finished_film(target, shape, made, heard)


def _common(parts: Sequence[MovieIndex]) -> Format:
    """The one format of all segments."""
    alike = {(part.picture.parameters, part.sound.parameters, part.picture.width_px, part.picture.height_px) for part in parts}
    if len(alike) != 1:
        raise ToolFailed("tool.failed", {"tool": "join", "said": f"segments are not alike: {sorted(map(str, alike))}"})
    uneven = [part for part in parts if part.picture.packets % segment_graph.BLOCK_FRAMES]
    if uneven:
        raise ToolFailed("tool.failed", {"tool": "join", "said": f"{len(uneven)} segments are not of whole blocks"})
    return shape_sized(parts[0].picture)


def _panels(panels: Sequence[Panel]) -> tuple[Panel, ...]:
    return tuple(replace(panel, picture=panel.picture.resolve()) for panel in panels)


def _place(segment: Path, at: Path) -> None:
    try:
        os.link(segment.resolve(), at)
    except OSError:  # another file system
        shutil.copyfile(segment, at)
