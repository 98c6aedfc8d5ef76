"""What a work draws anew of a contribution: its photo without the frame; what cannot be is left out, and the log says so."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PIL import Image

from app.runtime import Runtime
from app.submissions.queries import original_of
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.formats import FORMATS
from media_pipeline.normalise import normalise
from media_pipeline.types import Box, Kind, Overlay
from media_pipeline.workspace import private_folder

BARE = "bare"
logger = logging.getLogger(__name__)
T = TypeVar("T")


def unless_refused(draw: Callable[[], T], submission_id: int, part: str) -> T | None:
    """What is drawn; None, and a line in the log without anybody's words, where it cannot be."""
    try:
        return draw()
    except ToolFailed:
        raise
    except MediaError as refused:
        logger.warning("submission %s: %s is left out: %s", submission_id, part, refused.code)
        return None


def bare_photo(
    runtime: Runtime, submission_id: int, window: Box | None, *, format_name: str, folder: Path, background: str = "#ffffff"
) -> Path | None:
    """The photo as it came, without a frame, in this window of this shape; None where only what was made of it can be shown.

    The original may be kept no longer. The picture is nobody's to see: it lies in the work folder alone.
    """
    with runtime.database.reading() as session:
        original = original_of(session, submission_id)
    if original is None:
        return None
    shape, target = FORMATS[Kind.PHOTO][format_name], folder / f"{BARE}-{submission_id}-{format_name}.jpg"
    with private_folder(folder) as alone:  # equal originals are one file, which another may be fetching now
        try:
            source = runtime.storage.fetched(original.storage_key, alone)
        except FileNotFoundError:
            with runtime.database.reading() as session:
                if original_of(session, submission_id) is not None:
                    raise
            return None  # erased since
        clear = alone / "clear.png"
        Image.new("RGBA", (shape.width_px, shape.height_px)).save(clear)
        overlays = {format_name: Overlay(clear, window)}

        def draw() -> Path:
            made = normalise(source, alone, formats=[format_name], overlays=overlays, background=background, moving=False)
            return alone / next(each.path for each in made.renditions if each.role == "main")

        found = unless_refused(draw, submission_id, BARE)
        return None if found is None else found.replace(target)
