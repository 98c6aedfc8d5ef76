"""The values that go in and come out of the library."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What a file is to the people who look at it or listen to it."""

    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a canvas, from its top left corner."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Overlay:
    """A picture with alpha, of the format's size, laid on top; the photo or clip is fitted into `window`.

    Under an audiogram it is the whole card: the wave moves in `window`, drawn in `ink` (#rrggbb).
    """

    picture: Path
    window: Box | None = None
    ink: str | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said between two moments of the source, in one or two lines."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Captions:
    """What is said: cues with their times, or a transcript without any, to be spread over the speech that is heard.

    They travel beside the film as WebVTT; `burned_in` draws them on it as well.
    """

    language: str
    cues: tuple[Cue, ...] = ()
    transcript: str = ""
    burned_in: bool = False


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What an upload really is; sizes are upright and in square pixels, `rotation_deg` is the clockwise turn to make them so."""

    kind: Kind
    media_type: str
    codec: str | None
    width_px: int | None
    height_px: int | None
    duration_s: float | None
    rotation_deg: int
    has_audio: bool
    is_hdr: bool
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Rendition:
    """One finished file; `path` is relative to the folder it was made in, `role` is main, preview, tile, poster or captions.

    `loudness_reason` says why a sound is not at its target: silent, too_short, too_quiet (more gain would lift the noise of the
    room) or peaks. `placeholder` is a tiny blurred copy as a data address, for pages to show until the preview is there.
    """

    format: str
    role: str
    path: str
    media_type: str
    width_px: int | None
    height_px: int | None
    duration_s: float | None
    size_bytes: int
    sha256: str
    loudness_lufs: float | None
    true_peak_dbtp: float | None = None
    loudness_reason: str | None = None
    placeholder: str | None = None


@dataclass(frozen=True, slots=True)
class MadeOfMoving:
    """What came of a clip or sound; `lost_s` did not decode, `speech_s` is when somebody speaks in what was kept."""

    renditions: tuple[Rendition, ...]
    lost_s: float
    speech_s: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Normalised:
    """Everything made from one upload.

    `lost_s` says how much of it did not decode, where that was little enough to go on; `speech_s` when somebody speaks, begin
    and end in what was kept.
    """

    kind: Kind
    source: SourceFacts
    trimmed: bool
    lost_s: float | None
    renditions: tuple[Rendition, ...]
    speech_s: tuple[tuple[float, float], ...] = ()
