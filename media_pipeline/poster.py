"""The poster for print and for screens: drawn by a child of its own, band by band, so that A1 takes no more memory than A4."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.formats import FORMATS, POST_BYTES
from media_pipeline.limits import MIB, ChildLimits
from media_pipeline.process import run_python
from media_pipeline.types import Box, Kind, Rendition
from media_pipeline.workspace import private_folder, sha256_of

MM_PER_INCH = 25.4
SCREEN_PX = 2400  # the longer side; 4 MP, half of what Mastodon takes
_SHOWN_AS = ("portrait", "square", "story", "landscape", "link_card")
# networks lay their names and buttons over so much of a story's top and foot
_STORY_TOP, _STORY_FOOT = 0.14, 0.20
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

    `alt` is what a screen reader says of the PDF's only picture, in `alt_language`, or in `language` as the words on it.
    """

    sheet: Sheet
    tiles: Sequence[Placed]
    fields: Sequence[Placed] = ()
    background: str = "#ffffff"
    title: str = ""
    alt: str = ""
    language: str = "en"
    alt_language: str | None = None


def make_poster(
    poster: Poster, target: Path, *, on_progress: Callable[[float], None] | None = None, limits: ChildLimits = _LIMITS
) -> tuple[Rendition, ...]:
    """Write JPEG, PNG and PDF for print and the sizes for screens into a folder; equal input gives equal bytes.

    The PDF holds the very JPEG. Screens show the sheet as it will be cut, whole. Raises `FileNotFoundError` with the name of a
    picture that is not there; `on_progress` gets parts of one.
    """
    pictures = [placed.picture for placed in (*poster.tiles, *poster.fields)]
    missing = next((picture for picture in pictures if not picture.is_file()), None)
    if missing is not None:
        raise FileNotFoundError(str(missing))
    screens = _screens(poster.sheet)
    target.mkdir(parents=True, exist_ok=True)
    with private_folder(target) as folder:
        written = folder / "request.json"
        written.write_text(json.dumps({"poster": _asked(poster), "screens": screens}), encoding="utf-8")
        _run(folder, written, pictures, on_progress, limits)
        size = poster.sheet.width_px, poster.sheet.height_px
        made = [_rendition(folder / name, name.replace(".", "_"), media_type, size) for name, media_type in _PRINTS.items()]
        made += [_rendition(folder / f"{one['name']}.jpg", one["name"], "image/jpeg", one["size"]) for one in screens]
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
        "language": poster.language,
        "alt_language": poster.alt_language or poster.language,
    }


def _placed(placed: Placed) -> list[Any]:
    box = placed.box
    return [str(placed.picture.resolve()), [box.x_px, box.y_px, box.width_px, box.height_px]]


def _screens(sheet: Sheet) -> list[dict[str, Any]]:
    """Each a canvas and the window in which the whole sheet is shown, cut."""
    width_px, height_px = sheet.width_px - 2 * sheet.bleed_px, sheet.height_px - 2 * sheet.bleed_px
    scale = min(1.0, SCREEN_PX / max(width_px, height_px))
    own = round(width_px * scale), round(height_px * scale)
    screens = [{"name": "screen", "size": own, "window": [0, 0, *own], "jpeg_bytes": POST_BYTES}]
    for name in _SHOWN_AS:
        shape = FORMATS[Kind.PHOTO][name]
        top_px = math.ceil(shape.height_px * _STORY_TOP) if name == "story" else 0
        foot_px = math.ceil(shape.height_px * _STORY_FOOT) if name == "story" else 0
        room_px = shape.height_px - top_px - foot_px
        scale = min(shape.width_px / width_px, room_px / height_px)
        shown = round(width_px * scale), round(height_px * scale)
        window = [(shape.width_px - shown[0]) // 2, top_px + (room_px - shown[1]) // 2, *shown]
        screens.append(
            {"name": name, "size": (shape.width_px, shape.height_px), "window": window, "jpeg_bytes": shape.jpeg_bytes}
        )
    return screens


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
