"""A voice as a film: a card that stands still, and on it a wave of rounded bars that moves with the sound."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media_pipeline import burned, commands, ffmpeg, own_pieces, photo
from media_pipeline.commands import SOUND_HZ, Arguments, Strip, frames_of, seconds
from media_pipeline.formats import FRAMES_PER_SECOND, Format
from media_pipeline.limits import Limits
from media_pipeline.types import Box, Captions, Cue, Overlay, Rendition

_BARS = 41  # odd: the one in the middle is now
_BAR_S = 0.07  # how far apart in time two neighbours are
_FILLED = 0.56  # of the distance between two bars
_TALLEST = 0.5  # of the distance over which they stand: a taller wave looks like a fence
_RANGE_DB = 32.0  # below the loudest syllables
_SILENT_DB = -60.0
_HOP = SOUND_HZ // 100
# of a window that also takes the words that are said
_WORDS_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class Wave:
    """Where the bars stand, how tall each is in each frame, and at which height each pixel belongs to its bar."""

    area: Box
    heights: NDArray[np.uint8]
    reached_at: NDArray[np.uint8]

    @property
    def liveliest(self) -> int:
        """The frame with the most to see."""
        return int(self.heights.mean(axis=1).argmax())


@dataclass(frozen=True, slots=True)
class Picture:
    """What ffmpeg reads for the moving card, and the parts of a graph that end in `whole`."""

    inputs: Arguments
    parts: tuple[str, ...]


def draw(
    shape: Format,
    card: Overlay | None,
    decoded: Path | None,
    sound: Path,
    out: Path,
    *,
    cues: Sequence[Cue],
    captions: Captions | None,
    background: str,
    duration_s: float,
    limits: Limits,
) -> Path:
    """Write `<format>.mp4` into `out`; gives the still of its liveliest moment."""
    folder = sound.parent
    language = "en" if captions is None else captions.language
    if card is None:
        target = folder / f"card-{shape.name}.png"
        card = own_pieces.default_card(shape.name, "", "", language=language, background=background, target=target)
    window, ink = card.window or own_pieces.window_of(shape.name), card.ink or own_pieces.ink_on(background)
    strip = None
    if captions is not None and captions.burned_in:
        words_px = min(own_pieces.CUE_HEIGHT_PX, round(window.height_px * _WORDS_SHARE)) // 2 * 2
        window = Box(window.x_px, window.y_px, window.width_px, window.height_px - words_px)
        place = Box(window.x_px, window.y_px + window.height_px, window.width_px // 2 * 2, words_px)
        palette = {"panel": "#00000000", "words": ink}
        strip = burned.strip(
            cues, place, folder / f"cues-{shape.name}", at_head=True, palette=palette, language=language, duration_s=duration_s
        )
    wave = wave_of(decoded, window, frames=frames_of(duration_s))
    wave.reached_at.tofile(folder / "reached.gray")
    wave.heights.tofile(folder / "heights.gray")
    picture = _picture(card.picture, wave.area, wave.heights.shape[1], folder, ink=ink, frames=frames_of(duration_s))
    arguments = film(picture, strip, sound, out / f"{shape.name}.mp4", duration_s=duration_s)
    ffmpeg.run(arguments, limits=limits.for_clip(duration_s, 1), cwd=folder, foreign=False)
    # a run of its own: in the same graph all frames up to this one would wait in memory for the words that lie on them
    wave.heights[wave.liveliest].tofile(folder / "heights.gray")
    picture = _picture(card.picture, wave.area, wave.heights.shape[1], folder, ink=ink, frames=1)
    target = folder / f"still-{shape.name}.png"
    ffmpeg.run(still(picture, target), limits=limits.for_clip(1, 1), cwd=folder, foreign=False)
    return target


def stills(still: Path, out: Path, shape: Format, *, background: str, limits: Limits) -> tuple[Rendition, ...]:
    """Poster, preview and tile of an audiogram, as a clip has them."""
    middle = (0.5, 0.5)
    return photo.make_stills([still], out, shape=shape, overlays={}, background=background, focus=middle, limits=limits)


def film(picture: Picture, strip: Strip | None, sound: Path, target: Path, *, duration_s: float) -> Arguments:
    """The moving card with the words on top and its sound, encoded like every master."""
    parts, shown = list(picture.parts), "whole"
    inputs = [*picture.inputs, *commands.own_input(sound, "mov")]
    if strip is not None:
        parts += commands.laid_over(shown, strip.source, strip.place.x_px, strip.place.y_px, "worded", several=True)
        shown = "worded"
    frames = str(frames_of(duration_s))
    mapped = ("-map", f"[{shown}]", "-map", "3:a", "-frames:v", frames, "-t", seconds(duration_s), *commands.WITHOUT_METADATA)
    encoded = (*commands.MASTER_PICTURE, "-c:a", "copy", *commands.MOVIE_FILE, str(target))
    return (*commands.PREFIX, *inputs, *commands.graph(parts), *mapped, *encoded)


def still(picture: Picture, target: Path) -> Arguments:
    """One frame as a picture."""
    to_rgb = "[whole]scale=in_color_matrix=bt709:in_range=limited:out_range=full,format=rgb24[still]"
    encoded = ("-map", "[still]", "-frames:v", "1", "-c:v", "png", "-f", "image2", "-update", "1", str(target))
    return (*commands.PREFIX, *picture.inputs, *commands.graph([*picture.parts, to_rgb]), *encoded)


def _picture(card: Path, area: Box, bars: int, folder: Path, *, ink: str, frames: int) -> Picture:
    """The card, and the bars in their colour where each pixel's height is reached."""
    inputs = (
        *commands.own_input(card.resolve(), "png_pipe"),
        *_raw(folder / "heights.gray", bars, 1),
        *_raw(folder / "reached.gray", area.width_px, area.height_px),
    )
    # one picture that stands: converted once, not in every frame
    stands = f"loop=loop={frames}:size=1,settb=1/{FRAMES_PER_SECOND},setpts=N,fps={FRAMES_PER_SECOND},trim=end_frame={frames}"
    to_bt709 = "scale=out_color_matrix=bt709:out_range=limited"
    size = f"{area.width_px}x{area.height_px}"
    return Picture(
        inputs,
        (
            f"[0:v]{to_bt709},{commands.BT709},{stands}[card]",
            f"[1:v]scale={area.width_px}:{area.height_px}:flags=neighbor[heights]",
            f"[2:v]{stands}[reached]",
            # one step of height is less than a pixel: a few steps soften the edge
            "[heights][reached]lut2=c0='clip(128+(x-y)*96,0,255)'[bars]",
            f"color=c=0x{ink[1:]}:s={size}:r={FRAMES_PER_SECOND},trim=end_frame=1,{to_bt709},format=yuv420p,{stands}[ink]",
            "[ink][bars]alphamerge[wave]",
            f"[card][wave]overlay={area.x_px}:{area.y_px}:format=yuv420,{commands.BT709}[whole]",
        ),
    )


def wave_of(decoded: Path | None, window: Box, *, frames: int) -> Wave:
    """About forty bars in the middle of the window; without sound each is a dot."""
    pitch_px = max(window.width_px // _BARS // 2 * 2, 4)
    bars = max(min(_BARS, window.width_px // pitch_px), 1)
    radius_px = pitch_px * _FILLED / 2
    width_px, height_px = bars * pitch_px, max(min(window.height_px, round(bars * pitch_px * _TALLEST)) // 2 * 2, 2)
    left_px = window.x_px + (window.width_px - width_px) // 2
    area = Box(left_px // 2 * 2, (window.y_px + (window.height_px - height_px) // 2) // 2 * 2, width_px, height_px)
    half_px = height_px / 2
    across = np.abs((np.arange(width_px) + 0.5) % pitch_px - pitch_px / 2)
    down = np.abs(np.arange(height_px) + 0.5 - half_px)
    # a bar ends in half a circle: its pixels are reached the later, the nearer they are to its side
    cap = radius_px - np.sqrt(np.maximum(radius_px**2 - across**2, 0))
    reached_px = np.where(across < radius_px, down[:, None] + cap, np.inf)
    reached_at = np.minimum(reached_px / half_px * 250, 255).astype(np.uint8)
    tall_px = radius_px + (half_px - radius_px) * levels(decoded, frames=frames, bars=bars)
    return Wave(area, np.rint(tall_px / half_px * 250).astype(np.uint8), reached_at)


def levels(decoded: Path | None, *, frames: int, bars: int) -> NDArray[np.float64]:
    """How loud it is around each frame, from 0 to 1: the bar in the middle is now, those to its right are about to be heard."""
    energies = np.zeros(1) if decoded is None else _energies(decoded)
    heard = np.concatenate([[0.0], np.cumsum(energies)])  # up to each hundredth of a second
    offsets_s = (np.arange(bars) - (bars - 1) / 2) * _BAR_S
    at = (np.arange(frames)[:, None] / FRAMES_PER_SECOND + offsets_s) * SOUND_HZ / _HOP
    reach = _BAR_S * SOUND_HZ / _HOP / 2 * 1.2  # neighbours overlap a little: the wave is smooth
    places = np.arange(heard.size)
    mean = (np.interp(at + reach, places, heard) - np.interp(at - reach, places, heard)) / (2 * reach)
    loudness_db = 10 * np.log10(np.maximum(mean, 1e-12))
    top_db = max(float(np.percentile(loudness_db, 97)), _SILENT_DB + _RANGE_DB)
    risen = np.clip((loudness_db - top_db) / _RANGE_DB + 1, 0, 1) ** 1.6
    calm_ends = 0.25 + 0.75 * np.sin(np.pi * (np.arange(bars) + 0.5) / bars)
    return np.asarray(risen * calm_ends, dtype=np.float64)


def _energies(decoded: Path) -> NDArray[np.float64]:
    """The mean square of every hundredth of a second of our own samples (32-bit floats, stereo)."""
    with decoded.open("rb") as opened:
        head = opened.read(4096)
    begin = head.index(b"data") + 8
    samples = np.memmap(decoded, dtype="<f4", mode="r", offset=begin)
    hops = samples[: samples.size // (2 * _HOP) * 2 * _HOP].reshape(-1, 2 * _HOP)
    return np.asarray(np.nan_to_num(np.einsum("ij,ij->i", hops, hops) / (2 * _HOP)), dtype=np.float64)


def _raw(path: Path, width_px: int, height_px: int) -> Arguments:
    size = ("-video_size", f"{width_px}x{height_px}", "-framerate", str(FRAMES_PER_SECOND))
    return ("-f", "rawvideo", "-pixel_format", "gray", *size, "-protocol_whitelist", "file", "-i", str(path))
