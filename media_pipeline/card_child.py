"""A card as a short film, composed by moviepy in a child.

`python -m media_pipeline.card_child PICTURE TARGET FORMAT FRAMES FADES_IN FADES_OUT`, the last two 1 or 0.
"""

import sys
from pathlib import Path

from moviepy import ImageClip, vfx

from media_pipeline.formats import FORMATS, FRAMES_PER_SECOND
from media_pipeline.segment_graph import card_picture
from media_pipeline.types import Kind

_FADE_S = 0.5


def main() -> None:
    """Write the film, without sound."""
    picture, target, shape, frames = Path(sys.argv[1]), Path(sys.argv[2]), FORMATS[Kind.VIDEO][sys.argv[3]], int(sys.argv[4])
    duration_s = (frames + 0.5) / FRAMES_PER_SECOND  # moviepy rounds down; ffmpeg keeps the count
    fade_s = min(_FADE_S, duration_s / 3)
    card = ImageClip(str(picture), transparent=False).with_duration(duration_s)
    fades = [effect(fade_s) for effect, wanted in ((vfx.FadeIn, sys.argv[5]), (vfx.FadeOut, sys.argv[6])) if wanted == "1"]
    card = card.with_effects(fades)
    card.write_videofile(
        str(target),
        fps=FRAMES_PER_SECOND,
        codec="libx264",
        audio=False,
        ffmpeg_params=list(card_picture(shape, frames)),
        logger=None,
    )


if __name__ == "__main__":
    main()
