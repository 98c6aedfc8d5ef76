"""What is said to ffmpeg to make the segments of a film, all of one kind so that they join by stream copy. Pure."""

from pathlib import Path

from media_pipeline import commands
from media_pipeline.commands import SOUND_HZ, Arguments, seconds
from media_pipeline.formats import FRAMES_PER_SECOND, Format

# 16 frames at 30 a second are exactly 25 packets of AAC: a segment of whole blocks ends with its sound and its picture together
BLOCK_FRAMES = 16
_SAMPLES_PER_FRAME = SOUND_HZ // FRAMES_PER_SECOND
_FRAME_TICKS = 512
# a join adds durations up in microseconds: over many segments they would run away from the frames
_NEAREST = ":".join(f"{stamp.lower()}=round({stamp}/{_FRAME_TICKS})*{_FRAME_TICKS}" for stamp in ("PTS", "DTS"))
_ON_THE_FRAME: Arguments = ("-bsf:v", f"setts={_NEAREST}", "-bsf:a", "setts=ts=N*1024")
# of what changes everywhere at once, a search for what has moved finds little: 4.4 CPU s instead of 6.1 for a tenth more bytes.
# The stream's parameters stay those of every segment.
_SPARING: Arguments = ("-x264-params", "subme=1:me=dia:chroma-me=0")
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
    return silent(photo_input(picture), f"[0:v]{nearer(frames)}", target, frames=frames, on_top=lower_third)


def photo_input(picture: Path) -> Arguments:
    """Read a JPEG of ours."""
    return ("-f", "jpeg_pipe", "-protocol_whitelist", "file", "-i", str(picture))


def nearer(frames: int) -> str:
    """Filters that let one picture come slowly nearer."""
    # the perspective filter moves by fractions of a pixel, where zoompan trembles
    step = f"{_ZOOM / 2}*on/{frames}"
    left, right, top, bottom = f"W*{step}", f"W-W*{step}", f"H*{step}", f"H-H*{step}"
    corners = f"x0='{left}':y0='{top}':x1='{right}':y1='{top}':x2='{left}':y2='{bottom}':x3='{right}':y3='{bottom}'"
    return (
        "scale=in_range=full:in_color_matrix=bt601:out_range=limited:out_color_matrix=bt709,format=yuv420p,"
        f"loop=loop={frames}:size=1,settb=1/{FRAMES_PER_SECOND},setpts=N,fps={FRAMES_PER_SECOND},"
        f"perspective={corners}:interpolation=linear:sense=source:eval=frame,setsar=1"
    )


def silent(
    inputs: Arguments,
    shown: str,
    target: Path,
    *,
    frames: int,
    on_top: Path | None = None,
    on_top_at: int = 1,
    sparing: bool = False,
) -> Arguments:
    """A segment without sound of what a graph shows; a picture on top of it is read as that number of input."""
    return _segment(inputs, shown, _silence(frames), target, frames=frames, on_top=on_top, on_top_at=on_top_at, sparing=sparing)


def clip(master: Path, target: Path, *, frames: int, lower_third: Path | None) -> Arguments:
    """The beginning of a clip's master, its sound faded at both ends; the last picture stands for a part of a block."""
    shown = f"fps={FRAMES_PER_SECOND},tpad=stop_mode=clone:stop={BLOCK_FRAMES},setsar=1"
    samples = frames * _SAMPLES_PER_FRAME
    fades = f"afade=t=in:d={_FADE_IN_S},afade=t=out:st={seconds(frames / FRAMES_PER_SECOND - _FADE_OUT_S)}:d={_FADE_OUT_S}"
    heard = f"[0:a]{commands.STEREO},apad=whole_len={samples},atrim=end_sample={samples},{fades}"
    return _segment(commands.own_input(master, "mov"), f"[0:v]{shown}", heard, target, frames=frames, on_top=lower_third)


def transition(before: Path, after: Path, target: Path, *, last_s: float, frames: int) -> Arguments:
    """From the picture that one segment shows at `last_s`, its last, to the first of the next, in even steps, in silence."""
    # half a frame early: a moment between two frames is the same moment in every file
    at = ("-ss", commands.seconds(max(last_s - 0.5 / FRAMES_PER_SECOND, 0)))
    inputs = (*at, *commands.own_input(before, "mov"), *commands.own_input(after, "mov"))
    # the first step of a fade is the picture itself, which has just been shown: one more than needed is made, and it is left out
    steps = frames + 1
    stands = f"trim=end_frame=1,loop=loop={steps}:size=1,settb=1/{FRAMES_PER_SECOND},setpts=N,fps={FRAMES_PER_SECOND},setsar=1"
    fade = f"xfade=transition=fade:duration={seconds(steps / FRAMES_PER_SECOND)}:offset=0"
    shown = f"[0:v]{stands}[from];[1:v]{stands}[to];[from][to]{fade},trim=start_frame=1,setpts=PTS-STARTPTS"
    return silent(inputs, shown, target, frames=frames)


def with_silence(film: Path, target: Path, *, frames: int) -> Arguments:
    """A film without sound gets the silent track of the others; its picture is copied."""
    parts = commands.graph([f"{_silence(frames)}[sound]"])
    mapped = ("-map", "0:v", "-map", "[sound]", *commands.WITHOUT_METADATA, "-c:v", "copy")
    timescale = ("-video_track_timescale", str(_FRAME_TICKS * FRAMES_PER_SECOND))
    inputs = commands.own_input(film, "mov")
    return (*commands.PREFIX, *inputs, *parts, *mapped, *timescale, *SEGMENT_SOUND, *commands.MOVIE_FILE, str(target))


def join(listed: Path, target: Path, *, chapters: Path | None = None) -> Arguments:
    """Segments one after the other, as they are, with the chapters of a list."""
    inputs: Arguments = ("-f", "concat", "-protocol_whitelist", "file", "-i", str(listed))
    kept = commands.WITHOUT_METADATA
    if chapters is not None:
        inputs = (*inputs, "-f", "ffmetadata", "-protocol_whitelist", "file", "-i", str(chapters))
        # all that is not kept of segments, and no more: titles are metadata too
        kept = ("-map_metadata:g", "-1", "-map_metadata:s", "-1", "-fflags", "+bitexact", "-map", "0", "-map_chapters", "1")
    copied = ("-c", "copy", "-video_track_timescale", str(_FRAME_TICKS * FRAMES_PER_SECOND), *_ON_THE_FRAME)
    return (*commands.PREFIX, *inputs, *copied, *kept, *commands.MOVIE_FILE, str(target))


def card_picture(shape: Format, frames: int) -> Arguments:
    """What moviepy hands on to ffmpeg, so that its picture is encoded like every other segment's."""
    matrix = f"scale=out_range=limited:out_color_matrix=bt709,setsar=1,{commands.BT709}"
    size = ("-s", f"{shape.width_px}x{shape.height_px}", "-frames:v", str(frames))
    return ("-vf", matrix, *size, *commands.MASTER_PICTURE, *commands.WITHOUT_METADATA)


def _silence(frames: int) -> str:
    return f"anullsrc=r={SOUND_HZ}:cl=stereo,atrim=end_sample={frames * _SAMPLES_PER_FRAME}"


def _segment(
    inputs: Arguments,
    shown: str,
    heard: str,
    target: Path,
    *,
    frames: int,
    on_top: Path | None = None,
    on_top_at: int = 1,
    sparing: bool = False,
) -> Arguments:
    if on_top is None:
        parts = [f"{shown},{commands.BT709}[picture]", f"{heard}[sound]"]
    else:
        inputs = (*inputs, *commands.own_input(on_top, "png_pipe"))
        top = f"[{on_top_at}:v]scale=out_color_matrix=bt709:out_range=limited,format=yuva420p[top]"
        parts = [f"{shown}[below]", top, f"[below][top]overlay=format=yuv420,{commands.BT709}[picture]", f"{heard}[sound]"]
    mapped = ("-map", "[picture]", "-map", "[sound]", "-frames:v", str(frames), *commands.WITHOUT_METADATA)
    encoded = (*commands.MASTER_PICTURE, *(_SPARING if sparing else ()), *SEGMENT_SOUND, *commands.MOVIE_FILE, str(target))
    return (*commands.PREFIX, *inputs, *commands.graph(parts), *mapped, *encoded)
