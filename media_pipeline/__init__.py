"""Whatever a phone sends becomes the shared formats of a campaign, or is refused with a code."""

from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.formats import FORMATS, Format, formats_for
from media_pipeline.limits import Limits
from media_pipeline.normalise import normalise
from media_pipeline.probe import probe
from media_pipeline.sniff import Sniffed, sniff
from media_pipeline.types import Box, Captions, Cue, Kind, Normalised, Overlay, Rendition, SourceFacts

__all__ = [
    "FORMATS",
    "Box",
    "Captions",
    "Cue",
    "Format",
    "Kind",
    "Limits",
    "MediaError",
    "Normalised",
    "Overlay",
    "Rendition",
    "Sniffed",
    "SourceFacts",
    "ToolFailed",
    "formats_for",
    "normalise",
    "probe",
    "sniff",
]
