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
    """A picture with alpha, of the format's size, laid on top; the photo or clip is fitted into `window`."""

    picture: Path
    window: Box | None = None


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What an upload really is; sizes are upright and in square pixels."""

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
    """One finished file; `path` is relative to the folder it was made in, `role` is main, preview, tile or poster."""

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


@dataclass(frozen=True, slots=True)
class Normalised:
    """Everything made from one upload; `repaired` says what was lost on the way when it was little enough to go on."""

    kind: Kind
    source: SourceFacts
    trimmed: bool
    repaired: str | None
    renditions: tuple[Rendition, ...]
