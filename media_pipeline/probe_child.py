"""Reads what is in clips and sounds, inside a limited child.

`python -m media_pipeline.probe_child DEMUXER MAX_STREAMS MAX_PIXELS MEMORY_BYTES PATH ...` writes a JSON list with an object for
each path: the facts, or `{"error": [code, params]}`.
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
from media_pipeline.promised import is_whole_matroska, mp3_frames_named, mp3_junk_bytes, ogg_share_torn

# a decoder that has shown nothing after this many packets will not
_PATIENCE_PACKETS = 300
# no length is written down in them: what ffmpeg says is a guess from their size or their last time stamp
_LENGTH_GUESSED = {"mpegts", "amr"}
_DOLBY_BOXES = (b"dvcC", b"dvvC", b"dvwC")
_PROFILE_WITHOUT_BASE_LAYER = 5


def main() -> None:
    """Answer for every path."""
    demuxer = sys.argv[1]
    max_streams, max_pixels, memory_bytes = (int(value) for value in sys.argv[2:5])
    answers: list[dict[str, Any]] = []
    for path in sys.argv[5:]:
        try:
            answers.append(facts(demuxer, max_streams, max_pixels, Path(path)))
        except MediaError as refused:
            answers.append({"error": [refused.code, refused.params]})
        except MemoryError:
            answers.append({"error": ["media.too_heavy", {"resource": "memory_bytes", "allowed": memory_bytes}]})
    sys.stdout.write(json.dumps(answers))


def facts(demuxer: str, max_streams: int, max_pixels: int, path: Path) -> dict[str, Any]:
    """Everything that the commands need to know, from packets and the first decoded frame, not from headers."""
    options = {"format_whitelist": demuxer, "protocol_whitelist": "file"}
    try:
        container = av.open(str(path), format=demuxer, options=options)
    except av.error.MemoryError:
        raise
    except (av.error.FFmpegError, ValueError) as error:
        raise MediaError("media.corrupt") from error
    with container:
        if len(container.streams) > max_streams:
            raise MediaError("media.too_many_streams", {"found": len(container.streams), "allowed": max_streams})
        video, audio = _best_video(container), _best_audio(container)
        if video is None and _has_picture(container):
            raise MediaError("media.unsupported")  # its sound alone is not what the person sent
        if video is None and audio is None:
            no_decoder = any(stream.type == "audio" for stream in container.streams)
            raise MediaError("media.unsupported" if no_decoder else "media.corrupt")
        if _dolby_profile(path) == _PROFILE_WITHOUT_BASE_LAYER:
            raise MediaError("media.unsupported")
        if video is not None and video.width * video.height > max_pixels:  # before a frame of that size is asked for
            raise MediaError("media.too_many_pixels", {"found": video.width * video.height, "allowed": max_pixels})
        start_s = (container.start_time or 0) / av.time_base
        scan = _Scan(demuxer, video, audio)
        scan.read(container)
        return {
            "video": None if video is None or scan.frame is None else _picture(video, scan.frame),
            "audio": None
            if audio is None
            else {"index": audio.index, "codec": audio.codec_context.name, "hz": audio.sample_rate},
            "missing_s": scan.missing_s(container, path),
            "video_end_s": None if video is None else scan.end_s.get(video.index, start_s) - start_s,
            "audio_end_s": None if audio is None else scan.end_s.get(audio.index, start_s) - start_s,
            "parameters": " ".join(_parameters(stream) for stream in (video, audio) if stream is not None),
            "video_packets": 0 if video is None else scan.packets.get(video.index, 0),
        }


class _Scan:
    """Every packet once: where the streams end, and the first picture that decodes."""

    def __init__(self, demuxer: str, video: VideoStream | None, audio: AudioStream | None) -> None:
        self._video = video
        self._streams = [stream for stream in (video, audio) if stream is not None]
        self._demuxer = demuxer
        self._read: dict[int, int] = {}
        self._read_until = self._read_bytes = self._junk_bytes = 0
        self.frame: VideoFrame | None = None
        self.end_s: dict[int, float] = {}
        self.packets: dict[int, int] = {}

    def missing_s(self, container: InputContainer, path: Path) -> float:
        """How much of its streams the file says it holds and does not, or holds in a form that cannot be read."""
        start_s = (container.start_time or 0) / av.time_base
        end_s = max(self.end_s.values(), default=start_s)
        if self._demuxer == "ogg":
            torn = ogg_share_torn(path)
            return (end_s - start_s) * torn / (1 - torn) if torn < 1 else 0.0
        if self._demuxer == "matroska":  # one duration for all of its streams, which some tools write down wrong
            whole = is_whole_matroska(path, self._read_until)
            return 0.0 if whole else max(0.0, (container.duration or 0) / av.time_base - end_s + min(start_s, 0.0))
        if self._demuxer == "mp3":
            return self._missing_mp3_s(end_s - start_s, mp3_frames_named(path))
        if self._demuxer in _LENGTH_GUESSED:
            return 0.0
        return max(0.0, *(self._missing_of_s(stream, start_s) for stream in self._streams))

    def _missing_mp3_s(self, length_s: float, named: int) -> float:
        read = sum(self._read.values())
        by_count_s = length_s * max(named / read - 1, 0.0) if read else 0.0
        return max(by_count_s, length_s * self._junk_bytes / max(self._read_bytes - self._junk_bytes, 1))

    def _missing_of_s(self, stream: "VideoStream | AudioStream", start_s: float) -> float:
        if 0 < stream.frames <= self._read.get(stream.index, 0):
            return 0.0  # every packet of the tables is there, and no duration in a header counts against that
        if not stream.duration or stream.time_base is None:
            return 0.0
        # some headers count from zero, some from the first packet: only what is missing by both counts is
        return float(stream.duration * stream.time_base) - self.end_s.get(stream.index, start_s) + min(start_s, 0.0)

    def read(self, container: InputContainer) -> None:
        try:
            for packet in container.demux(self._streams):
                if packet.has_sidedata("encryption_info"):
                    raise MediaError("media.unsupported")
                self._count(packet)
                if self._video is not None and packet.stream_index == self._video.index and self.frame is None:
                    self._look(packet)
        except av.error.MemoryError:
            raise
        except av.error.FFmpegError:
            pass  # where it breaks off is where it ends: what is missing is found by comparing
        if self._video is not None and self.frame is None:
            raise MediaError("media.corrupt")

    def _count(self, packet: "Packet[Any]") -> None:
        index = packet.stream_index
        if packet.size:
            self._read[index] = self._read.get(index, 0) + 1
            self._read_bytes += packet.size
            self._read_until = max(self._read_until, (packet.pos or 0) + packet.size)
            if self._demuxer == "mp3" and packet.size >= 4:
                self._junk_bytes += mp3_junk_bytes(bytes(packet))
        at = packet.pts if packet.pts is not None else packet.dts
        if at is None or packet.is_discard:
            return
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


def _has_picture(container: InputContainer) -> bool:
    return any(stream.type == "video" and not stream.disposition & Disposition.attached_pic for stream in container.streams)


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
        "rotation_deg": -frame.rotation % 360,  # clockwise, as cameras count
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
