"""What is said to ffmpeg to make the segments of a film, all of one kind so that they join by stream copy. Pure."""

from pathlib import Path

from media_pipeline import commands
from media_pipeline.commands import SOUND_HZ, Arguments, seconds
from media_pipeline.formats import FRAMES_PER_SECOND, Format

# 16 frames at 30 a second are exactly 25 packets of AAC: a segment of whole blocks ends with its sound and its picture together
BLOCK_FRAMES = 16
_SAMPLES_PER_FRAME = SOUND_HZ // FRAMES_PER_SECOND
# how much nearer a photo comes while it is shown
_ZOOM = 0.04
_FADE_IN_S, _FADE_OUT_S = 0.2, 0.4

# Every AAC stream begins with a packet that only warms up the decoder. Kept, each join would push the sound 21 ms later.
SEGMENT_SOUND: Arguments = (*commands.MASTER_SOUND, "-bsf:a", r"noise=drop=eq(n\,0)")


def block_frames(duration_s: float) -> int:
    """The whole blocks nearest to a duration, at least one, in frames."""
    return max(1, round(duration_s * FRAMES_PER_SECOND / BLOCK_FRAMES)) * BLOCK_FRAMES


def photo(picture: Path, target: Path, *, frames: int, lower_third: Path | None) -> Arguments:
    """A photo of the film's size that comes slowly nearer, in silence."""
    # the perspective filter moves by fractions of a pixel, where zoompan trembles
    step = f"{_ZOOM / 2}*on/{frames}"
    left, right, top, bottom = f"W*{step}", f"W-W*{step}", f"H*{step}", f"H-H*{step}"
    corners = f"x0='{left}':y0='{top}':x1='{right}':y1='{top}':x2='{left}':y2='{bottom}':x3='{right}':y3='{bottom}'"
    shown = (
        "scale=in_range=full:in_color_matrix=bt601:out_range=limited:out_color_matrix=bt709,format=yuv420p,"
        f"loop=loop={frames}:size=1,settb=1/{FRAMES_PER_SECOND},setpts=N,fps={FRAMES_PER_SECOND},"
        f"perspective={corners}:interpolation=linear:sense=source:eval=frame,setsar=1"
    )
    inputs = ("-f", "jpeg_pipe", "-protocol_whitelist", "file", "-i", str(picture))
    return _segment(inputs, f"[0:v]{shown}", _silence(frames), target, frames=frames, lower_third=lower_third)


def clip(master: Path, target: Path, *, frames: int, lower_third: Path | None) -> Arguments:
    """The beginning of a clip's master, its sound faded at both ends; the last picture stands for a part of a block."""
    shown = f"fps={FRAMES_PER_SECOND},tpad=stop_mode=clone:stop={BLOCK_FRAMES},setsar=1"
    samples = frames * _SAMPLES_PER_FRAME
    fades = f"afade=t=in:d={_FADE_IN_S},afade=t=out:st={seconds(frames / FRAMES_PER_SECOND - _FADE_OUT_S)}:d={_FADE_OUT_S}"
    heard = f"[0:a]{commands.STEREO},apad=whole_len={samples},atrim=end_sample={samples},{fades}"
    return _segment(commands.own_input(master, "mov"), f"[0:v]{shown}", heard, target, frames=frames, lower_third=lower_third)


def with_silence(film: Path, target: Path, *, frames: int) -> Arguments:
    """A film without sound gets the silent track of the others; its picture is copied."""
    parts = commands.graph([f"{_silence(frames)}[sound]"])
    mapped = ("-map", "0:v", "-map", "[sound]", *commands.WITHOUT_METADATA, "-c:v", "copy")
    timescale = ("-video_track_timescale", str(512 * FRAMES_PER_SECOND))
    inputs = commands.own_input(film, "mov")
    return (*commands.PREFIX, *inputs, *parts, *mapped, *timescale, *SEGMENT_SOUND, *commands.MOVIE_FILE, str(target))


def join(listed: Path, target: Path) -> Arguments:
    """Segments one after the other, as they are."""
    inputs = ("-f", "concat", "-protocol_whitelist", "file", "-i", str(listed))
    timescale = ("-video_track_timescale", str(512 * FRAMES_PER_SECOND))
    return (*commands.PREFIX, *inputs, "-c", "copy", *timescale, *commands.WITHOUT_METADATA, *commands.MOVIE_FILE, str(target))


def card_picture(shape: Format, frames: int) -> Arguments:
    """What moviepy hands on to ffmpeg, so that its picture is encoded like every other segment's."""
    matrix = f"scale=out_range=limited:out_color_matrix=bt709,setsar=1,{commands.BT709}"
    size = ("-s", f"{shape.width_px}x{shape.height_px}", "-frames:v", str(frames))
    return ("-vf", matrix, *size, *commands.MASTER_PICTURE, *commands.WITHOUT_METADATA)


def _silence(frames: int) -> str:
    return f"anullsrc=r={SOUND_HZ}:cl=stereo,atrim=end_sample={frames * _SAMPLES_PER_FRAME}"


def _segment(inputs: Arguments, shown: str, heard: str, target: Path, *, frames: int, lower_third: Path | None) -> Arguments:
    if lower_third is None:
        parts = [f"{shown},{commands.BT709}[picture]", f"{heard}[sound]"]
    else:
        inputs = (*inputs, *commands.own_input(lower_third, "png_pipe"))
        on_top = "[1:v]scale=out_color_matrix=bt709:out_range=limited,format=yuva420p[top]"
        parts = [f"{shown}[below]", on_top, f"[below][top]overlay=format=yuv420,{commands.BT709}[picture]", f"{heard}[sound]"]
    mapped = ("-map", "[picture]", "-map", "[sound]", "-frames:v", str(frames), *commands.WITHOUT_METADATA)
    encoded = (*commands.MASTER_PICTURE, *SEGMENT_SOUND, *commands.MOVIE_FILE, str(target))
    return (*commands.PREFIX, *inputs, *commands.graph(parts), *mapped, *encoded)
