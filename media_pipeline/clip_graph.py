"""The one filter graph that turns a clip into masters of every format, decoding once. Pure: values in, arguments out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import commands
from media_pipeline.commands import Arguments, Strip, chain, frames_of, seconds
from media_pipeline.formats import FRAMES_PER_SECOND, Format
from media_pipeline.geometry import Focus, Placement, place
from media_pipeline.probe import Colour, Moving, Picture
from media_pipeline.types import Box, Overlay

_BACKDROP_SHRINK = 8
# each of red, green and blue at 0.8, as behind photos; said in limited range
_DARKER = "lutyuv=y=16+(val-16)*0.8:u=128+(val-128)*0.8:v=128+(val-128)*0.8"
STILLS = 8
_LEAD_IN_S = 2.0
_SOUGHT_IN = {"mov", "matroska"}
_TRANSFERS = {16: "smpte2084", 18: "arib-std-b67"}
_PRIMARIES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 12: "smpte432"}
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020nc", 10: "bt2020c"}
_WIDE_PRIMARIES = {9, 12}


@dataclass(frozen=True, slots=True)
class Laid:
    """A format with where the picture goes and what lies on top."""

    shape: Format
    area: Box
    placed: Placement
    overlay: Path | None


def lay_out(
    picture: Picture, formats: Sequence[Format], overlays: Mapping[str, Overlay], focus: Focus | None
) -> tuple[Laid, ...]:
    """Decide for each format where the picture goes."""
    laid = []
    for shape in formats:
        overlay = overlays.get(shape.name)
        canvas = Box(0, 0, shape.width_px, shape.height_px)
        area = canvas if overlay is None or overlay.window is None else overlay.window
        placed = place(picture.width_px, picture.height_px, area, focus=focus, always_cover=shape.always_cover)
        laid.append(Laid(shape, area, placed, None if overlay is None else overlay.picture.resolve()))
    return tuple(laid)


def masters(
    source: Path,
    moving: Moving,
    picture: Picture,
    sound: Path,
    out: Path,
    stills: Path,
    *,
    laid: Sequence[Laid],
    strips: Mapping[str, Strip],
    start_s: float,
    duration_s: float,
    background: str,
) -> Arguments:
    """All masters and a few stills of a clip: inputs are the upload, the finished sound, then the overlays."""
    lead_s = lead_in(moving, start_s)
    read = commands.foreign_input(source, moving.demuxer, at_most_s=lead_s + duration_s + 1, from_s=start_s - lead_s)
    inputs: list[Arguments] = [read, commands.own_input(sound, "mov")]
    parts = [_shared(picture, laid, lead_s, duration_s)]
    shown = []
    for number, one in enumerate(laid):
        last = f"out{number}"
        parts += _format(f"in{number}", last, one, background, picture)
        if one.overlay is not None:
            parts += commands.laid_over(last, f"[{len(inputs)}:v]", 0, 0, last := f"{last}framed")
            inputs.append(commands.own_input(one.overlay, "png_pipe"))
        strip = strips.get(one.shape.name)
        if strip is not None:
            parts += commands.laid_over(
                last, strip.source, strip.place.x_px, strip.place.y_px, last := f"{last}worded", several=True
            )
        shown.append(last)
    parts.append(_stills(duration_s))
    arguments = [*commands.PREFIX, *(word for said in inputs for word in said), *commands.graph(parts)]
    for one, last in zip(laid, shown, strict=True):
        arguments += ("-map", f"[{last}]", "-map", "1:a", "-t", seconds(duration_s), *commands.WITHOUT_METADATA)
        arguments += (*commands.MASTER_PICTURE, "-c:a", "copy", *commands.MOVIE_FILE, str(out / f"{one.shape.name}.mp4"))
    # fast and loose compression: they are read once and thrown away
    arguments += ("-map", "[stills]", "-t", seconds(duration_s), "-fps_mode", "passthrough")
    return (*arguments, "-c:v", "png", "-compression_level", "1", "-f", "image2", str(stills / "still_%02d.png"))


def lead_in(moving: Moving, start_s: float) -> float:
    """How long before the kept part reading begins.

    Containers with an index are sought in, though not to the very place: the picture that stands at the start may have come
    seconds before it where the rate varies. Others are read from their beginning.
    """
    return min(start_s, _LEAD_IN_S) if moving.demuxer in _SOUGHT_IN else start_s


def _shared(picture: Picture, laid: Sequence[Laid], lead_s: float, duration_s: float) -> str:
    """What every format needs: constant rate first, then the smallest size that is large enough, then colours."""
    width_px, height_px = _working_size(picture, laid)
    outputs = "".join(f"[in{number}]" for number in range(len(laid)))
    kept = f"trim=end={seconds(duration_s)}"
    if lead_s:
        first = frames_of(lead_s)
        kept = f"trim=start_frame={first}:end_frame={first + frames_of(duration_s)},setpts=PTS-STARTPTS"
    steps = chain(
        "bwdif=deint=interlaced" if picture.interlaced else "",
        f"fps={FRAMES_PER_SECOND}:start_time=0:eof_action=pass",  # or a single frame of a millisecond would be none
        # sound that goes on: the last picture stands; bounded, since the end is known
        f"tpad=stop_mode=clone:stop_duration={seconds(lead_s + duration_s)},{kept}",
        _to_bt709(picture, width_px, height_px),
        "sidedata=mode=delete,setsar=1",
        f"split={len(laid) + 1}",
    )
    return f"[0:{picture.index}]{steps}{outputs}[frames]"


def _working_size(picture: Picture, laid: Sequence[Laid]) -> tuple[int, int]:
    largest = max((one.placed for one in laid), key=lambda placed: placed.width_px)
    if largest.width_px >= picture.width_px and largest.height_px >= picture.height_px and len(laid) > 1:
        return max(2, picture.width_px // 2 * 2), max(2, picture.height_px // 2 * 2)  # enlarged once, by each format
    return largest.width_px, largest.height_px


def _to_bt709(picture: Picture, width_px: int, height_px: int) -> str:
    """Scale, and bring the colours to BT.709; high dynamic range is scaled before it is mapped, which halves the memory."""
    colour = picture.colour
    given = f"rin={'full' if colour.full_range else 'limited'}:min={_matrix(picture)}:pin={_primaries(colour)}"
    if colour.is_hdr:
        scaled = f"zscale=w={width_px}:h={height_px}:f=bicubic:tin={_TRANSFERS[colour.transfer]}:{given}:t=linear:npl=203"
        mapped = "format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=mobius:param=0.5:desat=0:peak=5"
        return f"{scaled},{mapped},zscale=t=bt709:m=bt709:r=limited,format=yuv420p"
    if colour.primaries in _WIDE_PRIMARIES:
        target = "t=bt709:m=bt709:p=bt709:r=limited"
        return f"zscale=w={width_px}:h={height_px}:f=bicubic:tin=bt709:{given}:{target},format=yuv420p"
    ranges = f"in_range={'full' if colour.full_range else 'limited'}:out_range=limited"
    matrices = f"in_color_matrix={_matrix(picture)}:out_color_matrix=bt709"
    return f"scale={width_px}:{height_px}:flags=bicubic:{ranges}:{matrices},{commands.BT709}"


def _matrix(picture: Picture) -> str:
    # where nothing is said, standard definition is BT.601 and everything larger BT.709, as players assume
    standard = "smpte170m" if max(picture.width_px, picture.height_px) < 1280 else "bt709"
    return _MATRICES.get(picture.colour.matrix, standard)


def _primaries(colour: Colour) -> str:
    return _PRIMARIES.get(colour.primaries, "bt2020" if colour.is_hdr else "bt709")


def _format(source: str, target: str, one: Laid, background: str, picture: Picture) -> list[str]:
    """From the shared picture to one format without what lies on top, as parts of the graph."""
    shape, area, placed = one.shape, one.area, one.placed
    scale = f"scale={placed.width_px}:{placed.height_px}:flags=bicubic"
    parts: list[str] = []
    if placed.covers:
        crop = f"crop={area.width_px}:{area.height_px}:{placed.left_px}:{placed.top_px}"
        steps = chain(scale, crop)
    else:
        small_width_px, small_height_px = _even(area.width_px / _BACKDROP_SHRINK), _even(area.height_px / _BACKDROP_SHRINK)
        behind = place(picture.width_px, picture.height_px, Box(0, 0, small_width_px, small_height_px), always_cover=True)
        parts.append(f"[{source}]{scale},split[{source}front][{source}back]")
        blurred = chain(
            f"scale={behind.width_px}:{behind.height_px}:flags=fast_bilinear",
            f"crop={small_width_px}:{small_height_px}:{behind.left_px}:{behind.top_px}",
            f"gblur=sigma=6,{_DARKER}",
            f"scale={area.width_px}:{area.height_px}:flags=bilinear",
        )
        parts.append(f"[{source}back]{blurred}[{source}backdrop]")
        source, steps = f"{source}backdrop", ""
        parts.append(f"[{source}][{source.removesuffix('backdrop')}front]overlay={placed.left_px}:{placed.top_px}[{source}whole]")
        source = f"{source}whole"
    if (area.width_px, area.height_px) != (shape.width_px, shape.height_px):
        colour = background.replace("#", "0x")
        steps = chain(steps, f"pad={shape.width_px}:{shape.height_px}:{area.x_px}:{area.y_px}:color={colour}")
    return [*parts, f"[{source}]{chain(steps, 'setsar=1', commands.BT709)}[{target}]"]


def _stills(duration_s: float) -> str:
    """A few frames spread over the clip, from which the liveliest becomes the poster."""
    every = max(1, frames_of(duration_s) // STILLS)
    to_rgb = "scale=in_color_matrix=bt709:in_range=limited:out_range=full,format=rgb24"
    return f"[frames]select='eq(mod(n\\,{every})\\,{every // 2})',{to_rgb}[stills]"


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
