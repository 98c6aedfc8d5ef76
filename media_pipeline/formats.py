"""The shapes that networks show, by kind of contribution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from media_pipeline.types import Kind

FRAMES_PER_SECOND = 30
# What the tightest network of a shape takes, less 5 %: Bluesky's 2,000,000 bytes for posts; WhatsApp shows the picture of a link
# only below 300 kB (both as of 2026-11)
POST_BYTES, LINK_BYTES = 1_900_000, 285_000


@dataclass(frozen=True, slots=True)
class Format:
    """A shape to fill; sounds have none."""

    name: str
    width_px: int = 0
    height_px: int = 0
    always_cover: bool = False
    jpeg_bytes: int = POST_BYTES


FORMATS: Mapping[Kind, Mapping[str, Format]] = {
    Kind.PHOTO: {
        "square": Format("square", 1080, 1080),
        "portrait": Format("portrait", 1080, 1350),
        "story": Format("story", 1080, 1920),
        "landscape": Format("landscape", 1200, 675),
        "link_card": Format("link_card", 1200, 630, jpeg_bytes=LINK_BYTES),
        "wide": Format("wide", 1920, 1080),  # in a film; alone a photo is as wide as `landscape`
        # shown as a circle: a blurred band in a circle looks like a mistake
        "profile": Format("profile", 1080, 1080, always_cover=True),
    },
    Kind.VIDEO: {
        "square": Format("square", 1080, 1080),
        "story": Format("story", 1080, 1920),
        "wide": Format("wide", 1920, 1080),
    },
    Kind.AUDIO: {
        "audio": Format("audio"),
        # a voice as a film, for networks that take nothing else
        "audiogram_square": Format("audiogram_square", 1080, 1080),
        "audiogram_story": Format("audiogram_story", 1080, 1920),
    },
}

_NEAREST = {
    Kind.VIDEO: {"landscape": "wide"},
    Kind.PHOTO: {"wide": "landscape"},
    Kind.AUDIO: {"square": "audiogram_square", "story": "audiogram_story"},
}


def default_formats(kind: Kind) -> tuple[str, ...]:
    """What is made when nothing was asked for."""
    return ("audio",) if kind is Kind.AUDIO else ("square",)


def formats_for(kind: Kind, names: Sequence[str]) -> tuple[str, ...]:
    """Those of a campaign's formats that this kind comes in, never none; a sound also stays a sound."""
    known, nearest = FORMATS[kind], _NEAREST[kind]
    wanted = [name for name in (nearest.get(name, name) for name in names) if name in known]
    if kind is Kind.AUDIO:
        wanted = [*default_formats(kind), *wanted]
    return tuple(dict.fromkeys(wanted)) or default_formats(kind)


def formats_named(kind: Kind, names: Sequence[str]) -> tuple[Format, ...]:
    """The formats of these names; a name that this kind does not have is the caller's mistake."""
    known = FORMATS[kind]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        msg = f"no such format of a {kind}: {', '.join(unknown) or 'none was named'} (there are: {', '.join(known)})"
        raise ValueError(msg)
    return tuple(known[name] for name in dict.fromkeys(names))
