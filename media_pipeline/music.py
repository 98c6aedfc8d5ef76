"""Music under a film: its picture is copied, only its sound is mixed and encoded again."""

from array import array
from collections.abc import Sequence
from pathlib import Path

from media_pipeline import ffmpeg, music_graph, sound
from media_pipeline.errors import MediaError
from media_pipeline.limits import Limits
from media_pipeline.movie_index import read_index
from media_pipeline.music_graph import Span
from media_pipeline.probe import look
from media_pipeline.segments import LIMITS, check, child, finished_film, shape_sized
from media_pipeline.types import Rendition
from media_pipeline.workspace import isolate, private_folder


def with_music(film: Path, bed: Path, target: Path, *, voices: Sequence[Span], limits: Limits | None = None) -> Rendition:
    """The film with a bed that lasts as long as it does and makes room for the voices (begin and end in the film's seconds).

    A shorter bed is repeated. The whole is at the loudness of clips; `loudness_reason` says why where it is not. Refuses a bed as
    any upload, and one without sound as `media.unsupported`.
    """
    given = read_index(film)
    shape, frames = shape_sized(given.picture), given.picture.packets
    with private_folder(target.parent) as folder:
        music = _decoded(bed, folder, limits=limits or Limits(), longest_s=given.duration_s)
        envelope = folder / "envelope.f32"
        envelope.write_bytes(array("f", (gain for one in music_graph.envelope(voices, given.duration_s) for gain in (one, one))))
        mixed = folder / "mixed.wav"
        arguments = music_graph.mix(
            film.resolve(),
            music.path or mixed,
            envelope,
            mixed,
            bed_s=music.duration_s,
            bed_gain_db=sound.first_gain(music.loudness, music_graph.BED_LUFS),
            duration_s=given.duration_s,
        )
        said = ffmpeg.run(arguments, limits=child(frames), cwd=folder, foreign=False).stderr
        whole = sound.Decoded(mixed, given.duration_s, sound.parse_loudness(said), sound.MOST_GAIN_DB, (), 0.0)
        heard = sound.encode(whole, folder / "sound.m4a", target_lufs=sound.CLIP_LUFS, limits=LIMITS)
        finished = folder / "film.mp4"
        ffmpeg.run(music_graph.with_sound(film.resolve(), heard.path, finished), limits=child(frames), cwd=folder, foreign=False)
        made = check(finished, shape, frames)
        finished.replace(target)
    return finished_film(target, shape, made, heard.loudness, reason=heard.reason)


def _decoded(bed: Path, folder: Path, *, limits: Limits, longest_s: float) -> sound.Decoded:
    """The bed, or as much of it as the film is long, as samples."""
    inside = folder / "bed"
    inside.mkdir()
    alone, sniffed = isolate(bed, inside)
    if sniffed.media_type not in ffmpeg.DEMUXERS:
        raise MediaError("media.unsupported")
    moving = look(alone, sniffed, limits=limits)
    if moving.audio_index is None:
        raise MediaError("media.unsupported")
    duration_s = min(moving.duration_s, longest_s)
    return sound.decode(alone, moving, inside, start_s=0, duration_s=duration_s, listen_on=False, limits=limits)
