"""Chapters of a film as ffmpeg reads them: a title and a moment each, in any script."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from media_pipeline.formats import FRAMES_PER_SECOND

_SPECIAL = re.compile(r"[=;#\\\n]")
# one of the two places where a file keeps them has a byte for the length
_TITLE_BYTES = 255


@dataclass(frozen=True, slots=True)
class Chapter:
    """Where a part of a film begins, by the film's clock; it lasts to the next one."""

    title: str
    start_s: float


def ffmetadata(chapters: Sequence[Chapter], *, frames: int) -> str:
    """Their list for a film of so many frames; a ValueError when they are not in order or lie outside."""
    starts = [round(chapter.start_s * FRAMES_PER_SECOND) for chapter in chapters]
    edges = [*starts, frames]
    if starts[:1] != [0] or any(end <= begin for begin, end in pairwise(edges)):
        msg = f"chapters begin with the film, one after the other, and before its end: {starts} of {frames} frames"
        raise ValueError(msg)
    lines = [";FFMETADATA1"]
    for chapter, (begin, end) in zip(chapters, pairwise(edges), strict=True):
        lines += [
            "[CHAPTER]",
            f"TIMEBASE=1/{FRAMES_PER_SECOND}",
            f"START={begin}",
            f"END={end}",
            f"title={_escaped(chapter.title)}",
        ]
    return "\n".join(lines) + "\n"


def _escaped(title: str) -> str:
    # a zero byte would end the list, and a carriage return the title
    short = (
        title.replace("\0", "")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .encode("utf-8", "replace")[:_TITLE_BYTES]
        .decode("utf-8", "ignore")
    )
    # a line that ends with a backslash goes on with the next one, whether that is escaped or not
    return _SPECIAL.sub(lambda found: "\\" + found[0], f"{short} " if short.endswith("\\") else short)
