"""What is said to ffmpeg in every command: how uploads are read, how masters are written. Pure: values in, arguments out."""

from collections.abc import Sequence
from pathlib import Path

from media_pipeline.formats import FRAMES_PER_SECOND

SOUND_HZ = 48_000
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


def foreign_input(source: Path, demuxer: str, *, at_most_s: float) -> Arguments:
    """Read an upload: by the demuxer its first bytes name and no other, from this file and no other."""
    safety = ("-f", demuxer, "-format_whitelist", demuxer, "-protocol_whitelist", "file")
    # one decoder thread: 288 MB instead of 549 on 4K60, and the cores are busy encoding anyway
    return ("-threads", "1", *safety, "-t", seconds(at_most_s), "-i", str(source))


def own_input(source: Path, demuxer: str) -> Arguments:
    """Read a file that we made."""
    return ("-f", demuxer, "-protocol_whitelist", "file", "-i", str(source))


def seconds(value: float) -> str:
    """Seconds as ffmpeg reads them, to the microsecond."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def frames_of(duration_s: float) -> int:
    """The whole frames of a duration, at least one."""
    return max(1, round(duration_s * FRAMES_PER_SECOND))


def decode_sound(source: Path, demuxer: str, audio_index: int, target: Path, *, duration_s: float) -> Arguments:
    """Foreign sound to 48 kHz stereo of exactly this length, gaps filled with silence, loudness measured on the way."""
    # a bounded pad: an open one has been seen never to end
    whole = f"apad=whole_dur={seconds(duration_s)},atrim=end={seconds(duration_s)}"
    steps = f"aresample={SOUND_HZ}:async=1:first_pts=0,{STEREO},{whole},ebur128=peak=true:framelog=quiet"
    read = foreign_input(source, demuxer, at_most_s=duration_s + 1)
    write = (*WITHOUT_METADATA, "-c:a", "pcm_f32le", "-f", "wav", str(target))
    return (*PREFIX, *read, "-map", f"0:{audio_index}", "-af", steps, *write)


def encode_sound(decoded: Path, target: Path, *, gain_db: float, limited: bool) -> Arguments:
    """Our decoded sound to the AAC of the masters by one gain, peaks caught only when the gain would clip them."""
    # a limiter at four times the rate sees the peaks between the samples; 3 dB are left for what AAC adds
    limiter = f",aresample={4 * SOUND_HZ},alimiter=limit=0.71:attack=3:release=60:level=false,aresample={SOUND_HZ}"
    steps = f"volume={gain_db:.2f}dB{limiter if limited else ''},{STEREO}"
    return (*PREFIX, *own_input(decoded, "wav"), "-af", steps, *WITHOUT_METADATA, *MASTER_SOUND, *SOUND_FILE, str(target))


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
