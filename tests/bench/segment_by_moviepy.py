"""A segment of a film by moviepy alone: `python -m tests.bench.segment_by_moviepy SHAPE SOURCE THIRD TARGET SECONDS`."""

import sys
from pathlib import Path

from moviepy import CompositeVideoClip, ImageClip, VideoFileClip, vfx

SIDE_PX = 1080
_ZOOM = 0.04


def main() -> None:
    """A photo that comes nearer or the beginning of a clip, with a lower third."""
    shape, source, third, target, length = sys.argv[1:6]
    length_s = float(length)
    if shape == "photo":
        photo = ImageClip(source).with_duration(length_s)
        shown = photo.with_effects([vfx.Resize(lambda at_s: 1 + _ZOOM * at_s / length_s)]).with_position("center")
    else:
        shown = VideoFileClip(source).subclipped(0, length_s)
    film = CompositeVideoClip([shown, ImageClip(third).with_duration(length_s)], size=(SIDE_PX, SIDE_PX))
    quality = ["-crf", "20", "-pix_fmt", "yuv420p"]
    film.write_videofile(
        target,
        fps=30,
        codec="libx264",
        preset="veryfast",
        audio_codec="aac",
        temp_audiofile_path=str(Path(target).parent),
        ffmpeg_params=quality,
        logger=None,
    )


if __name__ == "__main__":
    main()
