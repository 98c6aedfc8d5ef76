"""Soft transitions: short segments of their own, so that neither of their neighbours is made again for them."""

from pathlib import Path

from media_pipeline import segment_graph
from media_pipeline.errors import ToolFailed
from media_pipeline.formats import FRAMES_PER_SECOND
from media_pipeline.movie_index import read_index
from media_pipeline.segments import FILE_NAME, make, shape_of
from media_pipeline.workspace import private_folder

FRAMES = segment_graph.BLOCK_FRAMES  # one block, half a second


def transition(
    before: Path,
    after: Path,
    target: Path,
    *,
    format: str,  # noqa: A002 -- the word of the domain
    through: str | None = None,
) -> None:
    """From the last picture of one segment to the first of the next, in silence; `through` (#rrggbb) between words alone.

    Equal neighbours give equal bytes: a transition is known by the two files that it lies between, and by that colour.
    """
    shape = shape_of(format)
    indexes = [read_index(each) for each in (before, after)]
    sizes = {(index.picture.width_px, index.picture.height_px) for index in indexes}
    if sizes != {(shape.width_px, shape.height_px)}:
        raise ToolFailed("tool.failed", {"tool": "transition", "said": f"{sorted(sizes)} is not {shape.name}"})
    last_s = (indexes[0].picture.packets - 1) / FRAMES_PER_SECOND
    with private_folder(target.parent) as folder:
        arguments = segment_graph.transition(
            *(before.resolve(), after.resolve(), folder / FILE_NAME), shape=shape, last_s=last_s, frames=FRAMES, through=through
        )
        make(arguments, folder, shape, FRAMES, target, is_silent=True)
