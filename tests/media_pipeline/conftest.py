"""Real files where they are at hand, and samples drawn here: sources whose every fact is known."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from media_pipeline.ffmpeg import binary

REAL_MEDIA = Path(__file__).resolve().parents[3] / "shared" / "media"
Ffmpeg = Callable[..., None]
RealFile = Callable[[str], Path]
_OF_EVERY_MP4 = {"major_brand", "minor_version", "compatible_brands"}
Streams = Callable[[Path], dict[str, Any]]


@pytest.fixture(scope="session")
def real() -> RealFile:
    """Find a real file, or skip."""

    def find(name: str) -> Path:
        path = REAL_MEDIA / name
        if not path.is_file():
            pytest.skip(f"needs {name} in ../shared/media")
        return path

    return find


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    """Run the ffmpeg of the library on samples of our own."""

    def run(*arguments: str) -> None:
        subprocess.run([binary(), "-nostdin", "-loglevel", "error", "-y", *arguments], check=True, timeout=60)

    return run


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """Two seconds: a red left half, a blue right half, a tone; with a place and a name in its metadata."""
    path = tmp_path_factory.mktemp("samples") / "clip.mp4"
    halves = "color=c=red:s=320x240:r=25:d=2,drawbox=x=160:w=160:h=240:c=blue:t=fill"
    tone = "sine=frequency=440:sample_rate=44100:duration=2"
    secrets = (
        "-metadata",
        "title=SECRET-NAME",
        "-metadata",
        "location=+48.85+002.35/",
        "-movflags",
        "use_metadata_tags+faststart",
    )
    ffmpeg("-f", "lavfi", "-i", halves, "-f", "lavfi", "-i", tone, "-pix_fmt", "yuv420p", *secrets, str(path))
    return path


@pytest.fixture(scope="session")
def streams() -> Streams:
    """What a film of ours consists of, by another reader than the library's own probe."""

    def read(path: Path) -> dict[str, Any]:
        with av.open(str(path)) as container:
            video, audio = container.streams.video[0], container.streams.audio[0]
            return {
                "size": (video.width, video.height),
                "rate": float(video.average_rate or 0),  # PyAV 18 and 19 write the fraction differently
                "codecs": (video.codec_context.name, audio.codec_context.name),
                "profile": video.codec_context.profile,
                "pixels": video.codec_context.pix_fmt,
                "sound": (audio.sample_rate, audio.layout.name),
                "metadata": {key: value for key, value in container.metadata.items() if key not in _OF_EVERY_MP4},
            }

    return read
