"""Find out what an upload is before anything is made of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from media_pipeline import animation, photo
from media_pipeline.animation import Unfolded
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.ffmpeg import DEMUXERS
from media_pipeline.limits import Limits
from media_pipeline.process import run_python
from media_pipeline.sniff import MKV, Sniffed
from media_pipeline.types import Kind, SourceFacts
from media_pipeline.workspace import isolate, private_folder, size_of

_PQ, _HLG = 16, 18
_UNSPECIFIED = 2
# a duration that is not known to a frame is not a loss
_LOSS_ALLOWED_S, _LOSS_ALLOWED_SHARE, _LOSS_NOT_MEASURABLE_S = 0.5, 0.02, 0.1
_MOST_OF_IT = 0.5
_AS_SOUND = {"video/mp4": "audio/mp4", "video/quicktime": "audio/mp4", "video/3gpp": "audio/3gpp", "video/ogg": "audio/ogg"}


@dataclass(frozen=True, slots=True)
class Colour:
    """Colour facts of the first decoded frame, by their numbers in ITU-T H.273."""

    transfer: int = _UNSPECIFIED
    primaries: int = _UNSPECIFIED
    matrix: int = _UNSPECIFIED
    full_range: bool = False

    @property
    def is_hdr(self) -> bool:
        """Whether it must be tone-mapped for a usual screen."""
        return self.transfer in {_PQ, _HLG}


@dataclass(frozen=True, slots=True)
class Picture:
    """The moving picture of a clip; width and height are upright, in square pixels."""

    index: int
    codec: str
    width_px: int
    height_px: int
    rotation_deg: int
    interlaced: bool
    colour: Colour
    frames_per_second: float | None
    pixel_format: str
    profile: str | None


@dataclass(frozen=True, slots=True)
class Moving:
    """What is inside a clip or sound: the streams to use and how long they really are."""

    demuxer: str
    picture: Picture | None
    audio_index: int | None
    audio_codec: str | None
    audio_hz: int | None
    duration_s: float
    lost_s: float
    video_packets: int
    parameters: str


def probe(source: Path, *, limits: Limits | None = None) -> SourceFacts:
    """Say what the file is, or refuse it; nothing is kept."""
    limits = limits or Limits()
    size_bytes = size_of(source)
    with private_folder(Path(gettempdir())) as folder:
        alone, sniffed = isolate(source, folder)
        unfolded = None
        if sniffed.kind is Kind.PHOTO:
            unfolded = animation.unfold(alone, sniffed, folder, background="#ffffff", limits=limits)
        if unfolded is not None:
            return facts_of(look(unfolded.film, MKV, limits=limits), sniffed, size_bytes, unfolded)
        if sniffed.kind is Kind.PHOTO:
            return photo.look(alone, sniffed, size_bytes=size_bytes, limits=limits)
        return facts_of(look(alone, sniffed, limits=limits), sniffed, size_bytes)


def look(alone: Path, sniffed: Sniffed, *, limits: Limits) -> Moving:
    """Read the clip or sound in a limited child and hold it against the limits."""
    [moving] = read([alone], DEMUXERS[sniffed.media_type], limits=limits)
    if moving.duration_s > limits.max_duration_s:
        raise MediaError("media.too_long", {"found_s": round(moving.duration_s, 1), "allowed_s": limits.max_duration_s})
    share = moving.lost_s / (moving.duration_s + moving.lost_s) if moving.lost_s else 0
    if is_too_much_lost(moving.lost_s, share):
        raise MediaError("media.corrupt")
    if moving.picture is not None:
        _check_pixels(moving, moving.picture, limits)
    return moving


def is_too_much_lost(lost_s: float, share: float) -> bool:
    """Whether so much of a clip or sound cannot be played that it is not what the person sent."""
    if share > _MOST_OF_IT:  # however short it was
        return True
    return lost_s > _LOSS_ALLOWED_S or (share > _LOSS_ALLOWED_SHARE and lost_s > _LOSS_NOT_MEASURABLE_S)


def facts_of(moving: Moving, sniffed: Sniffed, size_bytes: int, unfolded: Unfolded | None = None) -> SourceFacts:
    """The public facts of a clip or sound; a film's container that holds only sound is a sound.

    Of a moving picture they are its own, not those of the film that it was unfolded into.
    """
    picture = moving.picture
    sound_type = _AS_SOUND.get(sniffed.media_type, sniffed.media_type.replace("video/", "audio/"))
    return SourceFacts(
        kind=Kind.AUDIO if picture is None else Kind.VIDEO,
        media_type=sound_type if picture is None else sniffed.media_type.replace("audio/", "video/"),
        codec=sniffed.extension if unfolded else moving.audio_codec if picture is None else picture.codec,
        width_px=None if picture is None else picture.width_px,
        height_px=None if picture is None else picture.height_px,
        duration_s=round(unfolded.round_s if unfolded else moving.duration_s, 3),
        rotation_deg=0 if picture is None else picture.rotation_deg,
        has_audio=moving.audio_index is not None,
        is_hdr=picture is not None and picture.colour.is_hdr,
        size_bytes=size_bytes,
    )


def read(paths: Sequence[Path], demuxer: str, *, limits: Limits) -> tuple[Moving, ...]:
    """Read several files of one container in one child, without holding them against any limit."""
    numbers = (limits.max_streams, limits.max_pixels, limits.memory_bytes)
    arguments = [demuxer, *map(str, (*numbers, *paths))]
    finished = run_python("media_pipeline.probe_child", arguments, limits=limits.for_still(), cwd=paths[0].parent, reads=paths)
    if finished.crashed:
        raise MediaError("media.corrupt")
    if finished.returncode != 0:
        raise ToolFailed("tool.failed", {"tool": "probe", "said": finished.stderr.strip()[-300:]})
    answers: list[dict[str, Any]] = json.loads(finished.stdout)
    for found in answers:
        if "error" in found:
            code, params = found["error"]
            raise MediaError(code, params)
    return tuple(_moving(found, demuxer, path) for found, path in zip(answers, paths, strict=True))


def _moving(found: dict[str, Any], demuxer: str, alone: Path) -> Moving:
    picture = None if found["video"] is None else _picture(found["video"])
    audio_end_s = found["audio_end_s"] or 0.0
    # sound a little longer than the picture is usual and cut; much longer, the last picture stands until it ends
    longer = picture is None or audio_end_s > found["video_end_s"] + _LOSS_ALLOWED_S
    duration_s = audio_end_s if longer else found["video_end_s"]
    if duration_s <= 0:
        raise MediaError("media.corrupt")
    end_s = max(audio_end_s, found["video_end_s"] or 0.0)
    return Moving(
        demuxer=demuxer,
        picture=picture,
        audio_index=None if found["audio"] is None else found["audio"]["index"],
        audio_codec=None if found["audio"] is None else found["audio"]["codec"],
        audio_hz=None if found["audio"] is None else found["audio"]["hz"],
        duration_s=duration_s,
        lost_s=max(found["missing_s"], end_s * _share_missing(alone)),
        video_packets=found["video_packets"],
        parameters=found["parameters"],
    )


def _share_missing(alone: Path) -> float:
    """How much more a RIFF file (WAV, AVI) says it holds than has arrived, as a share of what has."""
    with alone.open("rb") as opened:
        head = opened.read(8)
    declared_bytes, has_bytes = int.from_bytes(head[4:8], "little") + 8, alone.stat().st_size
    if head[:4] != b"RIFF" or declared_bytes > 0xFFFFFFF0:  # recorders that stream leave the size at its maximum
        return 0.0
    return max(declared_bytes / has_bytes - 1, 0.0)


def _picture(video: dict[str, Any]) -> Picture:
    across, down = video["pixel_aspect"]
    width_px, height_px = video["width_px"], video["height_px"]
    if across > down:
        width_px = round(width_px * across / down)
    elif down > across > 0:
        height_px = round(height_px * down / across)
    if video["rotation_deg"] % 180:
        width_px, height_px = height_px, width_px
    return Picture(
        index=video["index"],
        codec=video["codec"],
        width_px=width_px,
        height_px=height_px,
        rotation_deg=video["rotation_deg"],
        interlaced=video["interlaced"],
        colour=Colour(
            transfer=video["transfer"],
            primaries=video["primaries"],
            matrix=video["matrix"],
            full_range=video["range"] == 2 or video["pixel_format"].startswith("yuvj"),
        ),
        frames_per_second=video["frames_per_second"],
        pixel_format=video["pixel_format"],
        profile=video["profile"],
    )


def _check_pixels(moving: Moving, picture: Picture, limits: Limits) -> None:
    pixels = picture.width_px * picture.height_px
    if pixels > limits.max_pixels or max(picture.width_px, picture.height_px) > limits.max_side_px:
        raise MediaError("media.too_many_pixels", {"found": pixels, "allowed": limits.max_pixels})
    if pixels * moving.video_packets > limits.max_frames_pixels:
        found = pixels * moving.video_packets
        raise MediaError("media.too_many_pixels", {"found": found, "allowed": limits.max_frames_pixels})
