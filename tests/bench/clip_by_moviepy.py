"""The square of a clip as moviepy's documentation would have it: `python -m tests.bench.clip_by_moviepy SOURCE FRAME TARGET`."""

import sys

import numpy as np
from moviepy import CompositeVideoClip, ImageClip, VideoFileClip, afx
from numpy.typing import NDArray
from PIL import Image, ImageFilter

SIDE_PX = 1080


def main() -> None:
    """Blurred copy, whole picture, frame, loudness, file."""
    source, frame, target = sys.argv[1:4]
    clip = VideoFileClip(source).with_effects([afx.AudioNormalize()])
    large = clip.resized(height=SIDE_PX)
    behind = large.cropped(x_center=large.w / 2, width=SIDE_PX).image_transform(_blurred)
    layers = [behind, clip.resized(width=SIDE_PX).with_position("center"), ImageClip(frame).with_duration(clip.duration)]
    film = CompositeVideoClip(layers, size=(SIDE_PX, SIDE_PX))
    quality = ["-crf", "20", "-pix_fmt", "yuv420p"]
    film.write_videofile(
        target, fps=30, codec="libx264", preset="veryfast", audio_codec="aac", ffmpeg_params=quality, logger=None
    )


def _blurred(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(frame).filter(ImageFilter.GaussianBlur(48)))


if __name__ == "__main__":
    main()
