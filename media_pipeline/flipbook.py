"""Our own pictures one after the other, as a silent film or a GIF: a countdown that moves."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from media_pipeline import ffmpeg
from media_pipeline.limits import Limits
from media_pipeline.workspace import private_folder

PICTURES_PER_SECOND = 2  # read at a glance, and four weeks of days pass in a quarter of a minute
FRAMES_PER_SECOND = 24  # every network takes 23 to 60, and each one more is only encoded again
LAST_S = 3  # the last picture stays, since it is what the others lead to
GIF_WIDTH_PX = 540  # 30 pictures of 540 px stay under a megabyte; wider ones are what the film is for
_COLOURS = 64  # of flat artwork; the edges of letters need some
_LOOK = 4  # every so many pixels tell the colours


def film(pictures: Sequence[Path], target: Path) -> None:
    """An MP4 as networks take it (H.264, even sides); the same pictures give the same bytes."""
    with private_folder(target.parent) as folder:
        for number, picture in enumerate(pictures):
            (folder / f"{number:03}.png").symlink_to(picture.resolve())
        # each picture becomes Y'CbCr before it is repeated, not after: the same bytes for a third less CPU
        repeated = f"fps={FRAMES_PER_SECOND},tpad=stop_mode=clone:stop_duration={LAST_S}"
        arguments = [
            *("-nostdin", "-loglevel", "warning", "-framerate", str(PICTURES_PER_SECOND), "-f", "image2", "-i", "%03d.png"),
            *("-vf", f"scale=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p,{repeated}", "-an"),
            # most pictures are the one before again: a slower preset looks for what is not there
            *("-c:v", "libx264", "-preset", "superfast", "-b_strategy", "0", "-tune", "stillimage", "-crf", "20"),
            # a count of threads of its own and no date: another machine makes the same file
            *("-threads", "2", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
            *("-movflags", "+faststart", "film.mp4"),
        ]
        duration_s = len(pictures) / PICTURES_PER_SECOND + LAST_S
        ffmpeg.run(arguments, limits=Limits().for_clip(duration_s, 1), cwd=folder, foreign=False)
        (folder / "film.mp4").replace(target)


def gif(pictures: Sequence[Path], target: Path) -> None:
    """The same as a GIF that goes on for ever, for pages and mails that take no film."""
    frames = []
    for picture in pictures:
        with Image.open(picture, formats=("PNG",)) as opened:
            height_px = round(opened.height * GIF_WIDTH_PX / opened.width)
            frames.append(opened.convert("RGB").resize((GIF_WIDTH_PX, height_px), Image.Resampling.BOX))
    colours = _colours_of(frames)
    frames = [frame.quantize(palette=colours, dither=Image.Dither.NONE) for frame in frames]
    shown_ms = 1000 // PICTURES_PER_SECOND
    durations_ms = [shown_ms] * (len(frames) - 1) + [LAST_S * 1000]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=durations_ms, loop=0, optimize=False)


def _colours_of(frames: Sequence[Image.Image]) -> Image.Image:
    """One palette for all of them, from a look at each; to find one for each frame takes most of the time."""
    width_px, height_px = (side // _LOOK for side in frames[0].size)
    sheet = Image.new("RGB", (width_px, height_px * len(frames)))
    for number, frame in enumerate(frames):
        sheet.paste(frame.resize((width_px, height_px), Image.Resampling.NEAREST), (0, number * height_px))
    return sheet.quantize(_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
