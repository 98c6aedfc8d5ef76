"""Moving pictures that come as stills (GIF, APNG, WebP, AVIF) become a film that the way of clips can read."""

import json
from dataclasses import dataclass
from pathlib import Path

from media_pipeline.errors import MediaError
from media_pipeline.limits import Limits
from media_pipeline.process import run_python
from media_pipeline.sniff import AVIF, GIF, PNG, WEBP, Sniffed

# the networks' shortest film
_SHORTEST_S = 3.0
# as much film as `max_animation_pixels` is made for: the child is given the time of a clip of that length
_ROOM_S = 60.0
# an APNG says that it moves before its first picture data; profiles and metadata may come before
_SEARCHED_BYTES = 1024 * 1024
_WEBP_MOVES = 0x02


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A lossless Matroska film of our own, and how long one round of the moving picture lasts."""

    film: Path
    round_s: float


def unfold(alone: Path, sniffed: Sniffed, folder: Path, *, background: str, limits: Limits) -> Unfolded | None:
    """Write its frames, at their times, as a film into `folder`; None where it is a still.

    What is shorter than the networks' shortest film is repeated in whole rounds.
    """
    if not _may_move(alone, sniffed):
        return None
    request = {
        "source": str(alone),
        "media_type": sniffed.media_type,
        "out": str(folder),
        "background": background,
        "shortest_s": _SHORTEST_S,
        "max_pixels": limits.max_pixels,
        "max_animation_pixels": limits.max_animation_pixels,
        "max_duration_s": limits.max_duration_s,
        "memory_bytes": limits.memory_bytes,
    }
    written = folder / "animation.json"
    written.write_text(json.dumps(request), encoding="utf-8")
    child_limits = limits.for_clip(_ROOM_S, outputs=1)
    finished = run_python("media_pipeline.animation_child", [str(written)], limits=child_limits, cwd=folder, reads=[alone])
    written.unlink()
    if finished.crashed:
        raise MediaError("media.corrupt")
    answer = finished.answer("animation")
    return None if answer["film"] is None else Unfolded(folder / answer["film"], answer["round_s"])


def _may_move(alone: Path, sniffed: Sniffed) -> bool:
    """Whether its first bytes allow more than one frame, so that a usual still costs no child."""
    with alone.open("rb") as opened:
        head = opened.read(_SEARCHED_BYTES)
    if sniffed == PNG:
        return b"acTL" in head.split(b"IDAT", 1)[0]
    if sniffed == WEBP:
        return head[12:16] == b"VP8X" and bool(head[20:21]) and bool(head[20] & _WEBP_MOVES)
    if sniffed == AVIF:
        return b"avis" in head[8 : int.from_bytes(head[:4], "big")]
    return sniffed == GIF
