"""A film to look at before it is made: small, at half the rate, cut hard, and quickly there."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from media_pipeline import ffmpeg, preview_graph, segment_graph
from media_pipeline.movie_index import read_index
from media_pipeline.preview_graph import Source
from media_pipeline.segment_graph import Panel
from media_pipeline.segments import child, fitted, shape_of
from media_pipeline.workspace import private_folder

# of a film's width and height: a square is 360 pixels wide
SHRINK = 3
# shots that one ffmpeg has open at a time: each clip brings a decoder
_AT_ONCE = 8
_SIDE_BY_SIDE = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """What is seen for so long: a picture that stands, with or without a sound, or the beginning of a film with its own."""

    duration_s: float
    picture: Path | None = None
    film: Path | None = None
    sound: Path | None = None  # to a picture
    panels: Sequence[Panel] = ()  # of the film's size, one after the other over it
    background: str | None = None  # of a film of another shape; else a blurred copy of itself


def preview(
    shots: Sequence[Shown],
    target: Path,
    *,
    format: str,  # noqa: A002 -- the word of the domain
    on_progress: Callable[[float], None] | None = None,
) -> float:
    """Write a small film of these shots, without transitions; how long it is, in seconds."""
    shape = shape_of(format)
    width_px, height_px = shape.width_px // SHRINK, shape.height_px // SHRINK
    with private_folder(target.parent) as folder:
        sources = [
            _small(shot, folder / f"{number:04d}", width_px=width_px, height_px=height_px) for number, shot in enumerate(shots)
        ]
        batches = [sources[at : at + _AT_ONCE] for at in range(0, len(sources), _AT_ONCE)]

        def part(number: int) -> int:
            frames = sum(source.frames for source in batches[number])
            arguments = preview_graph.part(batches[number], folder / f"{number:05d}.mp4", width_px=width_px, height_px=height_px)
            ffmpeg.run(arguments, limits=child(frames), cwd=folder, foreign=False)
            return frames

        done = 0
        whole = sum(source.frames for source in sources)
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            for frames in pool.map(part, range(len(batches))):
                done += frames
                if on_progress is not None:
                    on_progress(done / whole)
        listed, film = folder / "parts.txt", folder / "film.mp4"
        names = "".join(f"file {number:05d}.mp4\n" for number in range(len(batches)))
        listed.write_text(f"ffconcat version 1.0\n{names}", encoding="ascii")
        ffmpeg.run(segment_graph.join(listed, film), limits=child(whole), cwd=folder, foreign=False)
        duration_s = read_index(film).picture.packets / preview_graph.RATE
        film.replace(target)
    return duration_s


def _small(shot: Shown, at: Path, *, width_px: int, height_px: int) -> Source:
    frames = segment_graph.block_frames(shot.duration_s)
    panels = [
        replace(panel, picture=_shrunk(panel.picture, at.with_name(f"{at.name}-{number}.png"), width_px, height_px))
        for number, panel in enumerate(shot.panels)
    ]
    if shot.film is not None:
        return Source(shot.film.resolve(), frames, is_film=True, panels=panels, ground=shot.background or "#000000")
    assert shot.picture is not None  # noqa: S101 - what is no film is a picture
    picture = fitted(shot.picture, width_px, height_px, at.with_suffix(".jpg"))
    sound = None if shot.sound is None else shot.sound.resolve()
    return Source(picture, frames, is_film=False, sound=sound, panels=panels)


def _shrunk(picture: Path, at: Path, width_px: int, height_px: int) -> Path:
    with Image.open(picture, formats=("PNG",)) as opened:
        opened.convert("RGBA").resize((width_px, height_px), Image.Resampling.BOX).save(at, compress_level=1)
    return at
