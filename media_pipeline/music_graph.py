"""What is said to ffmpeg to lay music under a film. Pure."""

import math
from collections.abc import Sequence
from pathlib import Path

from media_pipeline import commands
from media_pipeline.commands import SOUND_HZ, Arguments, seconds

Span = tuple[float, float]

# WCAG 2.2, 1.4.7: what is behind speech should be 20 dB below it
DUCKED_DB = -20.0
# alone, the music is a little softer than the voices that it connects
BED_LUFS = -16.0
# it goes away before somebody speaks, and comes back slowly
_DOWN_S, _UP_S = 0.5, 1.2
_FADE_IN_S, _FADE_OUT_S = 1.0, 2.0
_LOOP_FADE_S = 1.0
ENVELOPE_HZ = 1000


def ducked(voices: Sequence[Span], duration_s: float) -> list[Span]:
    """When the music is down, in order: the voices, and the pauses between them that are too short to come back in."""
    down: list[Span] = []
    for begin_s, end_s in sorted(voices):
        begin_s, end_s = max(begin_s, 0.0), min(end_s, duration_s)  # noqa: PLW2901 -- cut to the film
        if end_s <= begin_s:
            continue
        if down and begin_s - down[-1][1] < _DOWN_S + _UP_S:
            down[-1] = (down[-1][0], max(down[-1][1], end_s))
        else:
            down.append((begin_s, end_s))
    return down


def envelope(voices: Sequence[Span], duration_s: float) -> list[float]:
    """How loud the music is, 1 being as loud as it gets, a thousand times a second."""
    gains = [1.0] * math.ceil(duration_s * ENVELOPE_HZ)

    def at_most(at: int, gain: float) -> None:
        if 0 <= at < len(gains):
            gains[at] = min(gains[at], gain)

    for begin_s, end_s in ducked(voices, duration_s):
        begin, end = round(begin_s * ENVELOPE_HZ), round(end_s * ENVELOPE_HZ)
        for step in range(round(_DOWN_S * ENVELOPE_HZ)):
            at_most(begin - 1 - step, _gain(DUCKED_DB * (1 - step / (_DOWN_S * ENVELOPE_HZ))))
        for step in range(round(_UP_S * ENVELOPE_HZ)):
            at_most(end + step, _gain(DUCKED_DB * (1 - step / (_UP_S * ENVELOPE_HZ))))
        gains[begin:end] = [_gain(DUCKED_DB)] * (end - begin)
    return gains


def mix(
    film: Path, bed: Path, envelope_f32: Path, target: Path, *, bed_s: float, bed_gain_db: float, duration_s: float
) -> Arguments:
    """The sound of the film as it is, the bed under it as long as the film lasts, loudness measured on the way."""
    inputs = (
        *commands.own_input(film, "mov"),
        *commands.own_input(bed, "wav"),
        *("-f", "f32le", "-ar", str(ENVELOPE_HZ), "-ac", "2", "-protocol_whitelist", "file", "-i", str(envelope_f32)),
    )
    samples = round(duration_s * SOUND_HZ)
    whole = f"apad=whole_len={samples},atrim=end_sample={samples}"
    fade_in_s, fade_out_s = min(_FADE_IN_S, duration_s / 4), min(_FADE_OUT_S, duration_s / 4)
    fades = f"afade=t=in:d={seconds(fade_in_s)},afade=t=out:st={seconds(duration_s - fade_out_s)}:d={seconds(fade_out_s)}"
    parts = [
        f"[0:a]{commands.STEREO},{whole}[voices]",
        *_lasting(bed_s, duration_s),
        f"[lasting]volume={bed_gain_db:.2f}dB,{fades},{whole}[music]",
        f"[2:a]{commands.STEREO},{whole}[envelope]",
        "[music][envelope]amultiply[under]",
        "[voices][under]amix=inputs=2:normalize=0:duration=first,ebur128=peak=true:framelog=quiet[mixed]",
    ]
    write = (*commands.WITHOUT_METADATA, "-c:a", "pcm_f32le", "-f", "wav", str(target))
    return (*commands.PREFIX, *inputs, *commands.graph(parts), "-map", "[mixed]", *write)


def with_sound(film: Path, sound: Path, target: Path) -> Arguments:
    """The picture and chapters of one, the sound of the other, both as they are; the encoder's warming packet is left out."""
    inputs = (*commands.own_input(film, "mov"), *commands.own_input(sound, "mov"))
    kept = ("-map_metadata:g", "-1", "-map_metadata:s", "-1", "-map_chapters", "0", "-fflags", "+bitexact")
    copied = ("-map", "0:v", "-map", "1:a", "-c", "copy", "-bsf:a", r"noise=drop=eq(n\,0),setts=ts=N*1024")
    return (*commands.PREFIX, *inputs, *copied, *kept, *commands.MOVIE_FILE, str(target))


def _lasting(bed_s: float, duration_s: float) -> list[str]:
    """The bed for as long as the film: cut, or again and again, its end faded into its beginning."""
    if bed_s >= duration_s:
        return ["[1:a]anull[lasting]"]
    fade_s = min(_LOOP_FADE_S, bed_s / 4)
    fade, round_s = seconds(fade_s), bed_s - fade_s
    # a bounded number of rounds: an open one has been seen never to end
    rounds = math.ceil(duration_s / round_s)
    return [
        "[1:a]asplit=3[start][first][whole]",
        f"[first]atrim=end={fade},asetpts=PTS-STARTPTS[intro]",
        f"[start]atrim=end={fade},asetpts=PTS-STARTPTS[into]",
        f"[whole]atrim=start={fade},asetpts=PTS-STARTPTS[rest]",
        f"[rest][into]acrossfade=d={fade}:c1=tri:c2=tri,aloop=loop={rounds}:size={round(round_s * SOUND_HZ)}[rounds]",
        "[intro][rounds]concat=n=2:v=0:a=1[lasting]",
    ]


def _gain(level_db: float) -> float:
    return float(10 ** (level_db / 20))
