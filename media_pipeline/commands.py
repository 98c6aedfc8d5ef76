"""What is said to ffmpeg in every command: how uploads are read, how masters are written. Pure: values in, arguments out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from media_pipeline.formats import FRAMES_PER_SECOND
from media_pipeline.types import Box

SOUND_HZ = 48_000
# a pause is this long and below one of these; which of them fits depends on how loud the voice is
PAUSE_S = 0.35
PAUSES_DBFS = (-30, -40, -50)
Arguments = tuple[str, ...]

# verbose, because the closing figures tell how much did not decode
PREFIX: Arguments = ("-nostdin", "-hide_banner", "-y", "-loglevel", "level+verbose", "-nostats", "-progress", "pipe:1")

# nothing of the upload but picture and sound; no trace of the encoder either, so that equal input gives equal bytes
WITHOUT_METADATA: Arguments = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")

# Identical in every master and every film segment, so that they join by stream copy. One fixed thread count: the bytes must not
# depend on the machine. A key frame every two seconds, and none between: players seek well, and segments are alike.
MASTER_PICTURE: Arguments = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-profile:v", "high", "-pix_fmt", "yuv420p"),
    # at most 10 Mbit/s: a minute stays under 90 MB
    *("-maxrate", "10M", "-bufsize", "20M", "-g", str(2 * FRAMES_PER_SECOND), "-keyint_min", str(2 * FRAMES_PER_SECOND)),
    *("-sc_threshold", "0", "-threads", "2", "-flags:v", "+bitexact"),
    *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"),
    *("-video_track_timescale", str(512 * FRAMES_PER_SECOND)),
)
MASTER_SOUND: Arguments = ("-c:a", "aac", "-b:a", "128k", "-ar", str(SOUND_HZ), "-ac", "2", "-flags:a", "+bitexact")
MOVIE_FILE: Arguments = ("-movflags", "+faststart", "-f", "mp4")
SOUND_FILE: Arguments = ("-movflags", "+faststart", "-f", "ipod")
# said to the frames themselves, not only to the encoder: filters and the stream's header take it from there
BT709 = "format=yuv420p,setparams=range=limited:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
STEREO = f"aformat=sample_fmts=fltp:sample_rates={SOUND_HZ}:channel_layouts=stereo"


@dataclass(frozen=True, slots=True)
class Strip:
    """Pictures of our own one after the other, listed with their durations, and the part of the film that they cover.

    `listed` is relative to the folder that ffmpeg works in, a name of ours without anything to escape.
    """

    listed: str
    place: Box

    @property
    def source(self) -> str:
        """How a graph reads it."""
        return f"movie={self.listed}:f=concat,"


def foreign_input(source: Path, demuxer: str, *, at_most_s: float, from_s: float = 0.0) -> Arguments:
    """Read an upload: by the demuxer its first bytes name and no other, from this file and no other."""
    safety = ("-f", demuxer, "-format_whitelist", demuxer, "-protocol_whitelist", "file")
    begin = ("-ss", seconds(from_s)) if from_s else ()
    # one decoder thread: 288 MB instead of 549 on 4K60, and the cores are busy encoding anyway
    return ("-threads", "1", *safety, *begin, "-t", seconds(at_most_s), "-i", str(source))


def own_input(source: Path, demuxer: str) -> Arguments:
    """Read a file that we made."""
    return ("-f", demuxer, "-protocol_whitelist", "file", "-i", str(source))


def seconds(value: float) -> str:
    """Seconds as ffmpeg reads them, to the microsecond."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def frames_of(duration_s: float) -> int:
    """The whole frames of a duration, at least one."""
    return max(1, round(duration_s * FRAMES_PER_SECOND))


def kept(whole_s: float, *, start_s: float, max_clip_s: float | None) -> tuple[float, float]:
    """Where the part that is kept begins, on a whole frame, and how long it lasts; a start beyond the end is a ValueError."""
    begin_s = round(start_s * FRAMES_PER_SECOND) / FRAMES_PER_SECOND
    if not 0 <= begin_s < whole_s:
        msg = f"a start at {start_s:g} s lies outside of {whole_s:.2f} s"
        raise ValueError(msg)
    return begin_s, whole_s - begin_s if max_clip_s is None else min(whole_s - begin_s, max_clip_s)


def decode_sound(
    source: Path,
    demuxer: str,
    audio_index: int,
    target: Path,
    *,
    start_s: float,
    duration_s: float,
    listened_s: float,
) -> Arguments:
    """Foreign sound to 48 kHz stereo of exactly this part, gaps filled with silence, loudness measured on the way.

    Its pauses are told for the first `listened_s` of the source, at least to the end of what is kept.
    """
    end_s = start_s + duration_s
    # a bounded pad: an open one has been seen never to end
    whole = f"apad=whole_dur={seconds(end_s)},atrim=start={seconds(start_s)}:end={seconds(end_s)},asetpts=PTS-STARTPTS"
    pauses = chain(*(f"silencedetect@{-level}=noise={level}dB:d={PAUSE_S}" for level in PAUSES_DBFS))
    parts = [
        f"[0:{audio_index}]aresample={SOUND_HZ}:async=1:first_pts=0,{STEREO},asplit[heard][whole]",
        f"[heard]{pauses},anullsink",
        f"[whole]{whole},ebur128=peak=true:framelog=quiet[kept]",
    ]
    # decoded from the beginning: sound is quickly read, and some containers seek to the wrong place
    read = foreign_input(source, demuxer, at_most_s=listened_s + 1)
    write = (*WITHOUT_METADATA, "-c:a", "pcm_f32le", "-f", "wav", str(target))
    return (*PREFIX, *read, *graph(parts), "-map", "[kept]", *write)


def encode_sound(decoded: Path, target: Path, *, gain_db: float, ceiling_dbfs: float | None) -> Arguments:
    """Our decoded sound to the AAC of the masters by one gain, its peaks caught below the ceiling where there is one."""
    steps = [f"volume={gain_db:.2f}dB"]
    if ceiling_dbfs is not None:
        # a limiter at four times the rate sees the peaks between the samples
        limiter = f"alimiter=limit={10 ** (ceiling_dbfs / 20):.4f}:attack=3:release=60:level=false"
        steps += [f"aresample={4 * SOUND_HZ}", limiter, f"aresample={SOUND_HZ}"]
    filters = chain(*steps, STEREO)
    return (*PREFIX, *own_input(decoded, "wav"), "-af", filters, *WITHOUT_METADATA, *MASTER_SOUND, *SOUND_FILE, str(target))


def encode_silence(target: Path, *, duration_s: float) -> Arguments:
    """A silent track for clips without sound: players and joins expect one."""
    silence = ("-f", "lavfi", "-i", f"anullsrc=r={SOUND_HZ}:cl=stereo", "-t", seconds(duration_s))
    return (*PREFIX, *silence, *WITHOUT_METADATA, *MASTER_SOUND, *SOUND_FILE, str(target))


def measure_sound(source: Path, demuxer: str) -> Arguments:
    """Measure what was encoded: loudness by BS.1770 and true peak."""
    return (*PREFIX, *own_input(source, demuxer), "-vn", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-")


def chain(*filters: str) -> str:
    """Filters one after the other, without those that are not needed."""
    return ",".join(one for one in filters if one)


def graph(parts: Sequence[str]) -> Arguments:
    """A whole filter graph on one thread: the encoders use the others."""
    return ("-filter_complex_threads", "1", "-filter_complex", ";".join(parts))


def laid_over(below: str, top: str, x_px: int, y_px: int, target: str, *, several: bool = False) -> list[str]:
    """A picture with alpha, or several one after the other, over what is shown, as parts of a graph."""
    # several come at the film's rate: it would wait in memory for those that come seldom (90 s: 632 MB instead of 202)
    rate = f"fps={FRAMES_PER_SECOND}" if several else ""
    steps = chain("scale=out_color_matrix=bt709:out_range=limited", "format=yuva420p", rate)
    return [f"{top}{steps}[{target}top]", f"[{below}][{target}top]overlay={x_px}:{y_px}:format=yuv420,{BT709}[{target}]"]
