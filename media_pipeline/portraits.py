"""The portrait of somebody who is quoted: one shape for all, made of a photo in a limited child."""

from pathlib import Path

from media_pipeline import photo
from media_pipeline.errors import MediaError
from media_pipeline.formats import Format
from media_pipeline.limits import Limits
from media_pipeline.types import Kind
from media_pipeline.workspace import isolate, private_folder, size_of

# 300 dots an inch at the size that an A3 poster gives it
PORTRAIT = Format("portrait_of_a_person", 1080, 1080, always_cover=True)


def make_portrait(source: Path, out: Path, *, background: str = "#ffffff", limits: Limits | None = None) -> Path:
    """Write the photo upright, square and without anything that is not its picture into `out`, as a JPEG.

    Raises MediaError with the codes of photos, `media.unknown_type {found}` for what is none.
    """
    with private_folder(out) as folder:
        alone, sniffed = isolate(source, folder)
        if sniffed.kind is not Kind.PHOTO:
            raise MediaError("media.unknown_type", {"found": sniffed.extension})
        size_bytes = size_of(alone)
        _facts, files = photo.make(
            *(alone, sniffed, folder),
            formats=[PORTRAIT],
            overlays={},
            background=background,
            focus=None,
            size_bytes=size_bytes,
            limits=limits or Limits(),
        )
        main = next(file for file in files if file.role == "main")
        target = out / "portrait.jpg"
        (folder / main.path).replace(target)
    return target
