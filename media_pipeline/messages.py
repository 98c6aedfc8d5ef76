"""One English sentence for each code, for the command line; services say it in the languages of their people."""

from media_pipeline.errors import MediaError

_SENTENCES = {
    "media.empty": "The file is empty. Please choose it again.",
    "media.unknown_type": "This is not a photo, a clip or a sound that can be used (found: {found}).",
    "media.corrupt": "The file is damaged or incomplete. Please send the original again.",
    "media.unsupported": "The file is in a form that cannot be decoded. Please save it as JPEG, MP4 or M4A and send that.",
    "media.too_many_pixels": "The picture has {found} pixels, at most {allowed} are allowed. Please send a smaller one.",
    "media.too_long": "It lasts {found_s} seconds, at most {allowed_s} are allowed. Please send a shorter one.",
    "media.too_many_streams": "The file holds {found} streams, at most {allowed} are allowed. Please export it again.",
    "media.too_heavy": "The file needs too much to be decoded ({resource}, at most {allowed}). Please save it smaller.",
    "captions.bad": "Line {line} of the captions cannot be read. WebVTT, SRT and plain text are possible.",
    "tool.failed": "Our own tool failed ({tool}: {said}). Please try again.",
    "tool.timeout": "Our own tool did not finish within {allowed_s} seconds. Please try again.",
    "typeset.missing_glyph": "These characters cannot be drawn: {characters}.",
    "typeset.overflow": "The words of “{slot}” are too long for their place.",
    "typeset.missing_slot": "The frame needs words for “{slot}”.",
}


def sentence(error: MediaError) -> str:
    """What to tell the person at the command line."""
    pattern = _SENTENCES.get(error.code)
    if pattern is None:
        return f"{error.code} {error.params}"
    return pattern.format_map(error.params)
