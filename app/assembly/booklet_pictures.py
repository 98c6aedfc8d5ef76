"""Photos for paper: as fine as the originals give them, while those are kept."""

from pathlib import Path

from PIL import Image

from app.assembly.drawn_anew import bare_photo
from app.runtime import Runtime
from media_pipeline.formats import FORMATS
from media_pipeline.pictures import save_jpeg
from media_pipeline.types import Box, Kind

CANVAS = FORMATS[Kind.PHOTO]["square"]  # in which a photo of any shape is made larger than pages show it


def fine_photo(runtime: Runtime, submission_id: int, small: Path, folder: Path) -> Path | None:
    """The photo in the shape of its small picture, without a frame; None where that alone can be shown."""
    window = _window(small)
    found = bare_photo(runtime, submission_id, window, format_name=CANVAS.name, folder=folder)
    if found is not None:
        with Image.open(found, formats=("JPEG",)) as opened:
            fine = opened.convert("RGB").crop((0, 0, window.width_px, window.height_px))
        save_jpeg(fine, found)
    return found


def _window(small: Path) -> Box:
    with Image.open(small, formats=("WEBP", "JPEG")) as opened:
        width_px, height_px = opened.size
    scale = min(CANVAS.width_px / width_px, CANVAS.height_px / height_px)
    return Box(0, 0, round(width_px * scale), round(height_px * scale))
