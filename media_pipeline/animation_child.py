"""Decodes moving stills, inside a limited child: `python -m media_pipeline.animation_child REQUEST.json`.

The answer is one JSON object: the film's name (none where there is one frame only) and the length of a round, or
`{"error": [code, params]}`.
"""

import json
import math
import sys
import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.stream import VideoStream
from PIL import Image

from media_pipeline import colours, integrity, stills
from media_pipeline.errors import MediaError
from media_pipeline.formats import FRAMES_PER_SECOND

# what all browsers do (webkit.org/b/36082): files that ask for no delay were made for slow machines
_TOO_SHORT_MS, _INSTEAD_MS = 10, 100
_TICK = Fraction(1, 1000)
_FRAME_MS = 1000 // FRAMES_PER_SECOND
# H.264 codes sides up to 16384; a side that no master of ours is half as long as is scaled down
_LONGEST_PX = 8192
# Measured at 1280x720, one thread, in ms a megapixel: written in 3.5-7, read in 1.5-6; FFV1 takes 46 for either.
_LOSSLESS = {"preset": "ultrafast", "qp": "0"}
# H.273: BT.709 primaries, sRGB transfer, RGB, full range
_PRIMARIES, _TRANSFER, _MATRIX, _FULL_RANGE = 1, 13, 0, 2
_ROUND, _FILM = "round.mkv", "animation.mkv"


def main() -> None:
    """Answer one request."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = request["max_pixels"]
    try:
        film, round_ms = _unfolded(request)
        answer: dict[str, Any] = {"film": film, "round_s": round_ms / 1000}
    except MediaError as refused:
        answer = {"error": [refused.code, refused.params]}
    except MemoryError:
        answer = {"error": ["media.too_heavy", {"resource": "memory_bytes", "allowed": request["memory_bytes"]}]}
    sys.stdout.write(json.dumps(answer))


def _unfolded(request: dict[str, Any]) -> tuple[str | None, int]:
    source, media_type = Path(request["source"]), request["media_type"]
    opened = stills.open_still(source, media_type, request["max_pixels"])
    # Pillow would decode a whole GIF to count
    frames = integrity.gif_frames(source) if media_type == "image/gif" else getattr(opened, "n_frames", 1)
    first = 1 if opened.info.get("default_image") else 0  # an APNG may bring a picture for those who cannot play it
    if frames - first < 2:
        return None, 0
    pixels, allowed = frames * opened.width * opened.height, request["max_animation_pixels"]
    if pixels > allowed:
        raise MediaError("media.too_many_pixels", {"found": pixels, "allowed": allowed})
    out = Path(request["out"])
    shown = _shown(opened, range(first, frames), colours.code_points(source, media_type), request["background"])
    round_ms = _write(shown, out / _ROUND, request["max_duration_s"])
    _repeat(out / _ROUND, out / _FILM, round_ms, math.ceil(request["shortest_s"] * 1000 / round_ms))
    (out / _ROUND).unlink()
    return _FILM, round_ms


def _shown(
    opened: Image.Image, frames: range, points: colours.CodePoints | None, background: str
) -> Iterator[tuple[Image.Image, int]]:
    """Each frame as it is seen, with its time in ms."""
    profile, orientation = stills.profile_of(opened), stills.orientation_of(opened)
    for frame in frames:
        stills.load(opened, frame)
        image = colours.to_srgb(stills.plain(opened), profile, points)
        image = stills.upright(stills.flattened(image, background), orientation)
        image.thumbnail((_LONGEST_PX, _LONGEST_PX))
        delay_ms = round(opened.info.get("duration", 0))
        yield image, delay_ms if delay_ms > _TOO_SHORT_MS else _INSTEAD_MS


def _write(shown: Iterator[tuple[Image.Image, int]], path: Path, max_duration_s: float) -> int:
    """Write one round of the animation and say how long it lasts."""
    at_ms, delay_ms, image = 0, 0, None
    with av.open(str(path), "w", format="matroska") as film:
        stream: VideoStream = film.add_stream("libx264rgb", rate=FRAMES_PER_SECOND, options=_LOSSLESS)
        stream.pix_fmt, stream.codec_context.time_base, stream.codec_context.thread_count = "rgb24", _TICK, 1
        stream.codec_context.color_primaries, stream.codec_context.color_trc = _PRIMARIES, _TRANSFER
        stream.codec_context.colorspace, stream.codec_context.color_range = _MATRIX, _FULL_RANGE
        for image, delay_ms in shown:
            if not at_ms:
                stream.width, stream.height = image.size
            film.mux(stream.encode(_frame(image, at_ms)))
            at_ms += delay_ms
            if at_ms > max_duration_s * 1000:
                found_ms = at_ms + sum(rest_ms for _, rest_ms in shown)
                raise MediaError("media.too_long", {"found_s": round(found_ms / 1000, 1), "allowed_s": max_duration_s})
        # a film ends a frame after its last one began: the last picture is said again where that is too early
        if image is not None and delay_ms > _FRAME_MS:
            film.mux(stream.encode(_frame(image, at_ms - _FRAME_MS)))
        film.mux(stream.encode())
    return at_ms


def _frame(image: Image.Image, at_ms: int) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
    frame.pts, frame.time_base = at_ms, _TICK
    return frame


def _repeat(path: Path, film: Path, round_ms: int, rounds: int) -> None:
    """Copy the packets of one round after one another."""
    with av.open(str(film), "w", format="matroska") as target:
        copied: VideoStream | None = None
        for number in range(rounds):
            with av.open(str(path), format="matroska") as one:
                stream = one.streams.video[0]
                copied = copied or target.add_stream_from_template(stream)
                for packet in one.demux(stream):
                    if packet.pts is None:  # the demuxer's last word
                        continue
                    packet.pts = packet.dts = packet.pts + number * round_ms
                    packet.stream = copied
                    target.mux(packet)


if __name__ == "__main__":
    main()
