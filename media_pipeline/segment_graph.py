"""What is said to ffmpeg to make the segments of a film, all of one kind so that they join by stream copy. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import commands
from media_pipeline.commands import SOUND_HZ, Arguments, chain, seconds
from media_pipeline.formats import FRAMES_PER_SECOND, Format
from media_pipeline.geometry import place
from media_pipeline.types import Box

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
_BACKDROP_SHRINK = 8
_DARKER = "lutyuv=y=16+(val-16)*0.8:u=128+(val-128)*0.8:v=128+(val-128)*0.8"

# Every AAC stream begins with a packet that only warms up the decoder. Kept, each join would push the sound 21 ms later.
SEGMENT_SOUND: Arguments = (*commands.MASTER_SOUND, "-bsf:a", r"noise=drop=eq(n\,0)")


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a master: how large its picture is, if it has one, and how long it lasts."""

    duration_s: float
    width_px: int = 0
    height_px: int = 0

    @property
    def frames(self) -> int:
        """How many frames it has at least."""
        return int(self.duration_s * FRAMES_PER_SECOND)


@dataclass(frozen=True, slots=True)
class Panel:
    """A picture of the film's size that lies over a segment, from one moment to another or to the end."""

    picture: Path
    begin_s: float = 0.0
    end_s: float | None = None

    def at_frames(self, rate: int = FRAMES_PER_SECOND) -> str:
        """At which frames, as ffmpeg asks; empty: all of them."""
        first = round(self.begin_s * rate)
        if self.end_s is None:
            return f"gte(n,{first})" if first else ""
        return f"between(n,{first},{round(self.end_s * rate) - 1})"


def block_frames(duration_s: float) -> int:
    """The whole blocks nearest to a duration, at least one, in frames."""
    return max(1, round(duration_s * FRAMES_PER_SECOND / BLOCK_FRAMES)) * BLOCK_FRAMES


def photo(picture: Path, target: Path, *, frames: int, panels: Sequence[Panel]) -> Arguments:
    """A photo of the film's size that comes slowly nearer beneath panels that stand still, in silence."""
    return silent(photo_input(picture), f"[0:v]{nearer(frames)}", target, frames=frames, on_top=panels)


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
    on_top: Sequence[Panel] = (),
    on_top_at: int = 1,
    sparing: bool = False,
) -> Arguments:
    """A segment without sound of what a graph shows; pictures on top of it are read as inputs from that number on."""
    return _segment(inputs, shown, silence(frames), target, frames=frames, on_top=on_top, on_top_at=on_top_at, sparing=sparing)


def clip(
    master: Path,
    target: Path,
    *,
    given: Given,
    frames: int,
    shape: Format | None,
    background: str | None,
    panels: Sequence[Panel],
) -> Arguments:
    """The beginning of a clip's master, its sound faded at both ends; its last picture stands until so many frames are full.

    A master of another shape than the film's is shown whole, on the background or before a blurred copy of itself.
    """
    whole = f"tpad=stop_mode=clone:stop={max(BLOCK_FRAMES, frames - given.frames + BLOCK_FRAMES)}"
    shown = f"[0:v]{chain(f'fps={FRAMES_PER_SECOND}', whole, 'setsar=1')}"
    if shape is not None:
        shown = f"{shown}{_fitted(given, shape, background, frames)}"
    heard = faded("[0:a]", given, frames)
    return _segment(commands.own_input(master, "mov"), shown, heard, target, frames=frames, on_top=panels)


def voice(picture: Path, sound: Path, target: Path, *, given: Given, frames: int, panels: Sequence[Panel]) -> Arguments:
    """A picture that stands still while the beginning of a sound is heard, faded at both ends."""
    inputs = (*photo_input(picture), *commands.own_input(sound, "mov"))
    shown = f"[0:v]{standing(frames)}"
    return _segment(inputs, shown, faded("[1:a]", given, frames), target, frames=frames, on_top=panels, on_top_at=2)


def transition(
    before: Path, after: Path, target: Path, *, shape: Format, last_s: float, frames: int, through: str | None
) -> Arguments:
    """From the picture that one segment shows at `last_s`, its last, to the first of the next, in even steps, in silence.

    Through a colour the first goes before the next comes: of two texts over each other none could be read.
    """
    # half a frame early: a moment between two frames is the same moment in every file
    at = ("-ss", commands.seconds(max(last_s - 0.5 / FRAMES_PER_SECOND, 0)))
    inputs = (*at, *commands.own_input(before, "mov"), *commands.own_input(after, "mov"))
    # the first step of a fade is the picture itself, which has just been shown: one more than needed is made, and it is left out
    steps = frames + 1
    ends = f"[0:v]{_first(steps)}[from];[1:v]{_first(steps)}[to]"
    if through is None:
        shown = f"{ends};[from][to]{_faded_over(steps)}"
    else:
        half = steps // 2
        ground = f"{_ground(through, shape, steps)},split[ground][again]"
        gone = f"[from][ground]{_faded_over(half)},trim=end_frame={half}[gone]"
        come = f"[again][to]{_faded_over(steps - half)},trim=end_frame={steps - half}[come]"
        shown = f"{ends};{ground};{gone};{come};[gone][come]concat=n=2"
    return silent(inputs, f"{shown},trim=start_frame=1,setpts=PTS-STARTPTS", target, frames=frames)


def _first(steps: int) -> str:
    """Filters that let a film's first picture stand."""
    return f"trim=end_frame=1,{_repeated(steps)},setsar=1"


def _faded_over(steps: int) -> str:
    return f"xfade=transition=fade:duration={seconds(steps / FRAMES_PER_SECOND)}:offset=0"


def _ground(colour: str, shape: Format, frames: int) -> str:
    """A source of one colour."""
    drawn = f"color=c=0x{colour[1:]}:s={shape.width_px}x{shape.height_px}:r={FRAMES_PER_SECOND},format=gbrp,trim=end_frame=1"
    return f"{drawn},scale=out_color_matrix=bt709:out_range=limited,format=yuv420p,{_repeated(frames)},setsar=1"


def with_silence(film: Path, target: Path, *, frames: int) -> Arguments:
    """A film without sound gets the silent track of the others; its picture is copied."""
    parts = commands.graph([f"{silence(frames)}[sound]"])
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


def standing(frames: int, *, rate: int = FRAMES_PER_SECOND) -> str:
    """Filters that show one picture all the time."""
    return (
        "scale=in_range=full:in_color_matrix=bt601:out_range=limited:out_color_matrix=bt709,format=yuv420p,"
        f"{_repeated(frames, rate=rate)},setsar=1"
    )


def _repeated(frames: int, *, rate: int = FRAMES_PER_SECOND) -> str:
    return f"loop=loop={frames}:size=1,settb=1/{rate},setpts=N,fps={rate}"


def _fitted(given: Given, shape: Format, background: str | None, frames: int) -> str:
    """Filters that show a picture of another shape whole: on a ground, or before a blurred copy of itself as uploads are."""
    canvas = Box(0, 0, shape.width_px, shape.height_px)
    placed = place(given.width_px, given.height_px, canvas)  # no two of the shapes are so near that one would be cut
    front = f"scale={placed.width_px}:{placed.height_px}:flags=bicubic[front]"
    over = f"[ground][front]overlay={placed.left_px}:{placed.top_px}:format=yuv420,setsar=1"
    if background is not None:
        return f",{front};{_ground(background, shape, frames)}[ground];{over}"
    behind = place(given.width_px, given.height_px, canvas, always_cover=True)
    small = [round(length / _BACKDROP_SHRINK / 2) * 2 for length in (behind.width_px, behind.height_px)]
    cut = [length // _BACKDROP_SHRINK // 2 * 2 for length in (shape.width_px, shape.height_px)]
    backdrop = (
        f"scale={small[0]}:{small[1]}:flags=area,crop={cut[0]}:{cut[1]},gblur=sigma=4,{_DARKER},"
        f"scale={shape.width_px}:{shape.height_px}:flags=bicubic"
    )
    return f",split[whole][behind];[behind]{backdrop}[ground];[whole]{front};{over}"


def faded(heard: str, given: Given, frames: int) -> str:
    """The beginning of a sound, soft at both of its ends, with silence where it ends before the picture does."""
    samples = frames * _SAMPLES_PER_FRAME
    ends_s = min(frames / FRAMES_PER_SECOND, given.duration_s)
    fades = f"afade=t=in:d={_FADE_IN_S},afade=t=out:st={seconds(max(ends_s - _FADE_OUT_S, 0))}:d={_FADE_OUT_S}"
    return f"{heard}{commands.STEREO},apad=whole_len={samples},atrim=end_sample={samples},{fades}"


def silence(frames: int) -> str:
    """So long without a sound."""
    return f"anullsrc=r={SOUND_HZ}:cl=stereo,atrim=end_sample={frames * _SAMPLES_PER_FRAME}"


def _segment(
    inputs: Arguments,
    shown: str,
    heard: str,
    target: Path,
    *,
    frames: int,
    on_top: Sequence[Panel] = (),
    on_top_at: int = 1,
    sparing: bool = False,
) -> Arguments:
    below, parts = shown, list[str]()
    for number, panel in enumerate(on_top):
        inputs = (*inputs, *commands.own_input(panel.picture, "png_pipe"))
        when = panel.at_frames()
        enabled = f":enable='{when}'" if when else ""
        parts += [
            f"{below}[below{number}]",
            f"[{on_top_at + number}:v]scale=out_color_matrix=bt709:out_range=limited,format=yuva420p[top{number}]",
        ]
        below = f"[below{number}][top{number}]overlay=format=yuv420{enabled}"
    parts += [f"{below},{commands.BT709}[picture]", f"{heard}[sound]"]
    mapped = ("-map", "[picture]", "-map", "[sound]", "-frames:v", str(frames), *commands.WITHOUT_METADATA)
    encoded = (*commands.MASTER_PICTURE, *(_SPARING if sparing else ()), *SEGMENT_SOUND, *commands.MOVIE_FILE, str(target))
    return (*commands.PREFIX, *inputs, *commands.graph(parts), *mapped, *encoded)
