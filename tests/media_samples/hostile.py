"""A folder of hostile and broken files, with the table of how each must end: `python -m tests.media_samples.hostile FOLDER`."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from media_pipeline.ffmpeg import binary
from tests.media_samples.expected import ENDS, Samples
from tests.media_samples.films import films
from tests.media_samples.pictures import pictures
from tests.media_samples.playlists import playlists
from tests.media_samples.sounds import sounds

NEIGHBOUR = "neighbour.mp4"
_PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=0.4")
_TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=0.4")
_VOICE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=2")
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def make(folder: Path, port: int) -> None:
    """Write every file of ENDS; `port` is where the address would be that some of them point at."""
    folder.mkdir(parents=True, exist_ok=True)
    neighbour = (folder / NEIGHBOUR).resolve()
    whole = _encoded(neighbour, *_PICTURE, *_TONE, *_H264, "-c:a", "aac", "-shortest")
    matroska = _encoded(folder / "whole.webm", *_PICTURE, *_TONE, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus")
    heard = [_encoded(folder / f"whole.{kind}", *_VOICE, "-id3v2_version", "0") for kind in ("mp3", "ogg", "flac")]
    samples: Samples = {
        **pictures(),
        **playlists(neighbour, port),
        **films(whole, matroska, neighbour, port),
        **sounds(*heard),
    }
    for name, content in samples.items():
        (folder / name).write_bytes(content)
    _encoded(folder / "one_frame.mp4", *_PICTURE, "-frames:v", "1", *_H264)
    _encoded(folder / "six_hours.mp4", "-f", "lavfi", "-i", "color=s=16x16:r=1:d=21600", *_H264)
    _encoded(folder / "many_streams.mp4", *_TONE, *["-map", "0:a"] * 40, "-c:a", "aac", "-t", "0.1")
    attached = ("-attach", str(neighbour), "-metadata:s:t", "mimetype=font/ttf")
    _encoded(folder / "attachment.mkv", *_PICTURE, *_H264, *attached)


def _encoded(target: Path, *arguments: str) -> bytes:
    plain = ("-fflags", "+bitexact", "-flags", "+bitexact")
    command = [binary(), "-nostdin", "-loglevel", "error", "-y", *arguments, *plain, str(target)]
    subprocess.run(command, check=True, timeout=60)
    return target.read_bytes()


def main(arguments: Sequence[str]) -> None:
    """Make the folder and print how each file must end."""
    make(Path(arguments[0]), port=9)
    for name, end in ENDS.items():
        sys.stdout.write(f"{end:24} {name}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
