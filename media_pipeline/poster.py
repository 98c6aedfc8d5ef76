"""The poster for print, and pictures of one for screens: drawn by a child of its own, a sheet for print band by band, so that A1
takes no more memory than A4.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.formats import POST_BYTES
from media_pipeline.limits import MIB, ChildLimits
from media_pipeline.process import run_python
from media_pipeline.types import Box, Rendition
from media_pipeline.workspace import private_folder, sha256_of

MM_PER_INCH = 25.4
SCREEN_PX = 2400  # the longer side; 4 MP, half of what Mastodon takes
_PRINTS = {"poster.jpg": "image/jpeg", "poster.png": "image/png", "poster.pdf": "application/pdf"}
# A1 of 1,500 tiles takes 10 CPU seconds, 200 MB and 150 MB a file; ten times that on a slow, busy machine
_LIMITS = ChildLimits(wall_s=600, cpu_s=300, memory_bytes=1024 * MIB, output_bytes=1024 * MIB, open_files=64)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A size of paper as it will be cut."""

    width_mm: float
    height_mm: float
    bleed_mm: float = 3.0
    dots_per_inch: int = 300

    @classmethod
    def of_pixels(cls, width_px: int, height_px: int) -> "Sheet":
        """A screen, of which nothing is cut."""
        return cls(width_px * MM_PER_INCH / 300, height_px * MM_PER_INCH / 300, bleed_mm=0)

    @property
    def width_px(self) -> int:
        """With bleed on both sides."""
        return self._px(self.width_mm)

    @property
    def height_px(self) -> int:
        """With bleed above and below."""
        return self._px(self.height_mm)

    @property
    def bleed_px(self) -> int:
        """What may be cut off at each side: nothing that matters stands there."""
        return math.ceil(self.bleed_mm / MM_PER_INCH * self.dots_per_inch)

    @property
    def cut_width_px(self) -> int:
        """Without bleed."""
        return self.width_px - 2 * self.bleed_px

    @property
    def cut_height_px(self) -> int:
        """Without bleed."""
        return self.height_px - 2 * self.bleed_px

    def _px(self, length_mm: float) -> int:
        return round((length_mm + 2 * self.bleed_mm) / MM_PER_INCH * self.dots_per_inch)


A1, A2 = Sheet(594, 841), Sheet(420, 594)


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture of ours and where it stands on the sheet, bleed included; it covers its box."""

    picture: Path
    box: Box


@dataclass(frozen=True, slots=True)
class Poster:
    """All that a poster is made of; fields (message, day, hashtag) lie over the tiles, later ones over earlier.

    `alt` is what a screen reader says of the PDF's only picture, in `alt_language`, or in `language` as the words on it; `words`
    are those words, line by line, which can be searched, copied and read out.
    """

    sheet: Sheet
    tiles: Sequence[Placed]
    fields: Sequence[Placed] = ()
    background: str = "#ffffff"
    title: str = ""
    alt: str = ""
    words: Sequence[str] = ()
    language: str = "en"
    alt_language: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """A poster as a picture for screens, by its name; its JPEG has at most so many bytes."""

    name: str
    poster: Poster
    jpeg_bytes: int = POST_BYTES


def make_poster(
    poster: Poster, target: Path, *, on_progress: Callable[[float], None] | None = None, limits: ChildLimits = _LIMITS
) -> tuple[Rendition, ...]:
    """Write JPEG, PNG and PDF for print, and `screen`, into a folder; equal input gives equal bytes.

    The PDF holds the very JPEG. A screen shows the sheet as it will be cut. Raises `FileNotFoundError` with the name of a picture
    that is not there; `on_progress` gets parts of one.
    """
    scale = min(1.0, SCREEN_PX / max(poster.sheet.cut_width_px, poster.sheet.cut_height_px))
    screen = round(poster.sheet.cut_width_px * scale), round(poster.sheet.cut_height_px * scale)
    size = poster.sheet.width_px, poster.sheet.height_px
    request = {"poster": _asked(poster), "screen": {"size": screen, "jpeg_bytes": POST_BYTES}}
    files = {name: (name.replace(".", "_"), media_type, size) for name, media_type in _PRINTS.items()}
    files["screen.jpg"] = ("screen", "image/jpeg", screen)
    return _made([poster], request, files, target, on_progress, limits)


def make_screens(
    screens: Sequence[Screen], target: Path, *, on_progress: Callable[[float], None] | None = None, limits: ChildLimits = _LIMITS
) -> tuple[Rendition, ...]:
    """Write a JPEG of each into a folder, as `make_poster` does."""
    request = {"screens": [{"name": each.name, "jpeg_bytes": each.jpeg_bytes, **_asked(each.poster)} for each in screens]}
    files = {
        f"{each.name}.jpg": (each.name, "image/jpeg", (each.poster.sheet.width_px, each.poster.sheet.height_px))
        for each in screens
    }
    return _made([each.poster for each in screens], request, files, target, on_progress, limits)


def _made(
    posters: Sequence[Poster],
    request: Mapping[str, Any],
    files: Mapping[str, tuple[str, str, tuple[int, int]]],
    target: Path,
    on_progress: Callable[[float], None] | None,
    limits: ChildLimits,
) -> tuple[Rendition, ...]:
    pictures = [placed.picture for poster in posters for placed in (*poster.tiles, *poster.fields)]
    missing = next((picture for picture in pictures if not picture.is_file()), None)
    if missing is not None:
        raise FileNotFoundError(str(missing))
    target.mkdir(parents=True, exist_ok=True)
    with private_folder(target) as folder:
        written = folder / "request.json"
        written.write_text(json.dumps(request), encoding="utf-8")
        _run(folder, written, pictures, on_progress, limits)
        made = [_rendition(folder / name, *facts) for name, facts in files.items()]
        for rendition in made:
            (folder / rendition.path).replace(target / rendition.path)
    return tuple(made)


def _run(
    folder: Path, request: Path, pictures: Sequence[Path], on_progress: Callable[[float], None] | None, limits: ChildLimits
) -> None:
    refused: list[MediaError] = []

    def heed(line: str) -> None:
        told = json.loads(line)
        if "unreadable" in told:
            refused.append(MediaError("media.corrupt", {"file": told["unreadable"]}))
        elif on_progress is not None:
            on_progress(told["done"])

    finished = run_python(
        "media_pipeline.poster_child",
        [str(request)],
        limits=limits,
        cwd=folder,
        on_line=heed,
        reads=[*dict.fromkeys(picture.resolve() for picture in pictures)],
    )
    if refused:
        raise refused[0]
    if finished.returncode != 0:
        raise ToolFailed("tool.failed", {"tool": "poster", "said": finished.stderr.strip()[-300:]})


def _asked(poster: Poster) -> dict[str, Any]:
    sheet = poster.sheet
    return {
        "width_px": sheet.width_px,
        "height_px": sheet.height_px,
        "bleed_px": sheet.bleed_px,
        **asdict(sheet),
        "tiles": [_placed(one) for one in poster.tiles],
        "fields": [_placed(one) for one in poster.fields],
        "background": poster.background,
        "title": poster.title,
        "alt": poster.alt,
        "words": list(poster.words),
        "language": poster.language,
        "alt_language": poster.alt_language or poster.language,
    }


def _placed(placed: Placed) -> list[Any]:
    box = placed.box
    return [str(placed.picture.resolve()), [box.x_px, box.y_px, box.width_px, box.height_px]]


def _rendition(path: Path, name: str, media_type: str, size: tuple[int, int]) -> Rendition:
    return Rendition(
        format=name,
        role="main",
        path=path.name,
        media_type=media_type,
        width_px=size[0],
        height_px=size[1],
        duration_s=None,
        size_bytes=path.stat().st_size,
        sha256=sha256_of(path),
        loudness_lufs=None,
    )
