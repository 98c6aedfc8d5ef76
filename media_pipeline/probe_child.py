"""Reads what is in clips and sounds, inside a limited child: `python -m media_pipeline.probe_child DEMUXER MAX_STREAMS PATH ...`.

It writes a JSON list with an object for each path: the facts, or `{"error": [code, params]}`.
"""

import contextlib
import hashlib
import json
import mmap
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from media_pipeline.errors import MediaError

# a decoder that has shown nothing after this many packets will not
_PATIENCE_PACKETS = 300
_DOLBY_BOXES = (b"dvcC", b"dvvC", b"dvwC")
_PROFILE_WITHOUT_BASE_LAYER = 5


def main() -> None:
    """Answer for every path."""
    demuxer, max_streams = sys.argv[1], int(sys.argv[2])
    answers: list[dict[str, Any]] = []
    for path in sys.argv[3:]:
        try:
            answers.append(facts(demuxer, max_streams, Path(path)))
        except MediaError as refused:
            answers.append({"error": [refused.code, refused.params]})
    sys.stdout.write(json.dumps(answers))


def facts(demuxer: str, max_streams: int, path: Path) -> dict[str, Any]:
    """Everything that the commands need to know, from packets and the first decoded frame, not from headers."""
    options = {"format_whitelist": demuxer, "protocol_whitelist": "file"}
    try:
        container = av.open(str(path), format=demuxer, options=options)
    except (av.error.FFmpegError, ValueError) as error:
        raise MediaError("media.corrupt") from error
    with container:
        if len(container.streams) > max_streams:
            raise MediaError("media.too_many_streams", {"found": len(container.streams), "allowed": max_streams})
        video, audio = _best_video(container), _best_audio(container)
        if video is None and audio is None:
            no_decoder = any(stream.type in {"video", "audio"} for stream in container.streams)
            raise MediaError("media.unsupported" if no_decoder else "media.corrupt")
        if _dolby_profile(path) == _PROFILE_WITHOUT_BASE_LAYER:
            raise MediaError("media.unsupported")
        start_s = (container.start_time or 0) / av.time_base
        declared_s = (container.duration or 0) / av.time_base
        scan = _Scan(video, audio)
        scan.read(container)
        return {
            "video": None if video is None or scan.frame is None else _picture(video, scan.frame),
            "audio": None
            if audio is None
            else {"index": audio.index, "codec": audio.codec_context.name, "hz": audio.sample_rate},
            "start_s": start_s,
            "declared_s": declared_s,
            "video_end_s": None if video is None else scan.end_s.get(video.index, start_s) - start_s,
            "audio_end_s": None if audio is None else scan.end_s.get(audio.index, start_s) - start_s,
            "parameters": " ".join(_parameters(stream) for stream in (video, audio) if stream is not None),
            "video_packets": 0 if video is None else scan.packets.get(video.index, 0),
        }


class _Scan:
    """Every packet once: where the streams end, and the first picture that decodes."""

    def __init__(self, video: VideoStream | None, audio: AudioStream | None) -> None:
        self._video = video
        self._streams = [stream for stream in (video, audio) if stream is not None]
        self.frame: VideoFrame | None = None
        self.end_s: dict[int, float] = {}
        self.packets: dict[int, int] = {}

    def read(self, container: InputContainer) -> None:
        with contextlib.suppress(av.error.FFmpegError):  # where it breaks off is where it ends; the caller compares
            for packet in container.demux(self._streams):
                if packet.has_sidedata("encryption_info"):
                    raise MediaError("media.unsupported")
                self._count(packet)
                if self._video is not None and packet.stream_index == self._video.index and self.frame is None:
                    self._look(packet)
        if self._video is not None and self.frame is None:
            raise MediaError("media.corrupt")

    def _count(self, packet: "Packet[Any]") -> None:
        at = packet.pts if packet.pts is not None else packet.dts
        if at is None or packet.is_discard:
            return
        index = packet.stream_index
        end_s = float((at + (packet.duration or 0)) * packet.time_base)
        self.end_s[index] = max(self.end_s.get(index, end_s), end_s)
        self.packets[index] = self.packets.get(index, 0) + 1

    def _look(self, packet: "Packet[Any]") -> None:
        if self.packets.get(packet.stream_index, 0) > _PATIENCE_PACKETS:
            raise MediaError("media.corrupt")
        with contextlib.suppress(av.error.InvalidDataError):  # broken packets before the first good one are counted later
            try:
                self.frame = next(iter(packet.decode()), None)
            except (av.error.PatchWelcomeError, av.error.DecoderNotFoundError) as error:
                raise MediaError("media.unsupported") from error


def _best_video(container: InputContainer) -> VideoStream | None:
    shown = [
        stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic and _has_decoder(stream)
    ]
    return max(shown, key=lambda stream: (_is_default(stream), stream.width * stream.height), default=None)


def _best_audio(container: InputContainer) -> AudioStream | None:
    heard = [stream for stream in container.streams.audio if _has_decoder(stream)]
    return max(heard, key=_is_default, default=None)


def _parameters(stream: VideoStream | AudioStream) -> str:
    """What must be equal in two files for their packets to follow one another."""
    context = stream.codec_context
    return f"{context.name} {stream.time_base} {hashlib.sha256(context.extradata or b'').hexdigest()[:16]}"


def _has_decoder(stream: Stream) -> bool:
    return getattr(stream, "codec_context", None) is not None  # its type says always, but it is absent for unknown codecs


def _is_default(stream: Stream) -> bool:
    return bool(stream.disposition & Disposition.default)


def _picture(video: VideoStream, frame: VideoFrame) -> dict[str, Any]:
    aspect = video.sample_aspect_ratio or video.codec_context.sample_aspect_ratio
    rate = video.average_rate
    return {
        "index": video.index,
        "codec": video.codec_context.name,
        "width_px": frame.width,
        "height_px": frame.height,
        "pixel_aspect": [aspect.numerator, aspect.denominator] if aspect else [1, 1],
        "rotation_deg": frame.rotation,
        "interlaced": frame.interlaced_frame,
        "transfer": int(frame.color_trc),
        "primaries": int(frame.color_primaries),
        "matrix": int(frame.colorspace),
        "range": int(frame.color_range),
        "pixel_format": frame.format.name,
        "frames_per_second": float(rate) if rate else None,
        "profile": video.codec_context.profile,
    }


def _dolby_profile(path: Path) -> int | None:
    # read from the box itself: the library that demuxes shows it in no other way
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return next(_profiles(content), None)


def _profiles(content: mmap.mmap) -> Iterator[int]:
    for name in _DOLBY_BOXES:
        at = content.find(name)
        if at >= 4 and int.from_bytes(content[at - 4 : at], "big") == 32:  # the box has this one size
            yield content[at + 6] >> 1


if __name__ == "__main__":
    main()
