"""What all makers of segments share: the film's shapes, the limits, and the check of what came out."""

from pathlib import Path

from PIL import Image

from media_pipeline import ffmpeg, levels, pictures
from media_pipeline.commands import Arguments, frames_of
from media_pipeline.errors import ToolFailed
from media_pipeline.formats import FORMATS, FRAMES_PER_SECOND, Format
from media_pipeline.limits import ChildLimits, Limits
from media_pipeline.movie_index import MovieIndex, Track, read_index
from media_pipeline.sound import Loudness
from media_pipeline.types import Box, Kind, Rendition
from media_pipeline.workspace import sha256_of

# our own files: bound the machine, not what was asked of it; an hour is the longest film that 145 cities make
LIMITS = Limits(max_duration_s=3600, output_bytes=8 * 1024**3, max_frames_pixels=10**12)
# H.264 and AAC as files name them; the rest of the parameters is compared between segments
_CODECS = ("avc1", "mp4a")
FILE_NAME = "segment.mp4"


def shape_of(name: str) -> Format:
    """The film format of this name."""
    return FORMATS[Kind.VIDEO][name]


def shape_sized(picture: Track) -> Format:
    """The film format of a picture's size; `tool.failed` when there is none."""
    for shape in FORMATS[Kind.VIDEO].values():
        if (shape.width_px, shape.height_px) == (picture.width_px, picture.height_px):
            return shape
    said = f"no film is {picture.width_px}x{picture.height_px}"
    raise ToolFailed("tool.failed", {"tool": "join", "said": said})


def child(frames: int) -> ChildLimits:
    """Limits of the process that makes so many frames."""
    return LIMITS.for_clip(frames_of(frames / FRAMES_PER_SECOND) / FRAMES_PER_SECOND, 1)


def make(arguments: Arguments, folder: Path, shape: Format, frames: int, target: Path, *, is_silent: bool) -> None:
    """Run ffmpeg, which writes `FILE_NAME` into the folder, and move that to its place when it is what was asked."""
    ffmpeg.run(arguments, limits=child(frames), cwd=folder, foreign=False)
    segment = folder / FILE_NAME
    check(segment, shape, frames)
    heard = levels.SILENT if is_silent else levels.measure(segment, limits=LIMITS, duration_s=frames / FRAMES_PER_SECOND)
    levels.keep(segment, heard)
    segment.replace(target)


def check(film: Path, shape: Format, frames: int) -> MovieIndex:
    """Hold a film of ours against what was asked: its size and codecs, each of its frames, and sound to its last one."""
    made = read_index(film)
    picture, sound = made.picture, made.sound
    codecs = (picture.parameters.partition(" ")[0], sound.parameters.partition(" ")[0])
    found = (*codecs, picture.width_px, picture.height_px, picture.packets, picture.is_steady)
    wanted = (*_CODECS, shape.width_px, shape.height_px, frames, True)
    if found != wanted or abs(sound.duration_s - frames / FRAMES_PER_SECOND) > 0.001:
        said = f"{film.name}: {found} with {sound.duration_s:.3f} s of sound instead of {wanted}"
        raise ToolFailed("tool.failed", {"tool": "ffmpeg", "said": said})
    return made


def finished_film(film: Path, shape: Format, made: MovieIndex, heard: Loudness, *, reason: str | None = None) -> Rendition:
    """What is told of a whole film that stands at its place; `reason` says why its sound is not at its target."""
    return Rendition(
        format=shape.name,
        role="main",
        path=film.name,
        media_type="video/mp4",
        width_px=shape.width_px,
        height_px=shape.height_px,
        duration_s=round(made.duration_s, 3),
        size_bytes=film.stat().st_size,
        sha256=sha256_of(film),
        loudness_lufs=heard.integrated_lufs,
        true_peak_dbtp=heard.peak_dbtp,
        loudness_reason=reason,
    )


def fitted(picture: Path, width_px: int, height_px: int, at: Path, *, always_cover: bool = False) -> Path:
    """Our own picture at the size wanted: as it is where it fits, else before a blurred copy of itself."""
    with Image.open(picture, formats=("JPEG", "PNG", "WEBP")) as opened:
        shown = opened.convert("RGB")
    if shown.size != (width_px, height_px):
        shown = pictures.fill(shown, Box(0, 0, width_px, height_px), always_cover=always_cover)
    shown.save(at, "JPEG", quality=95)
    return at
