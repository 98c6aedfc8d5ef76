"""The words of a whole film as WebVTT: what was said, and beneath it what somebody has made of it in another language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from media_pipeline.captions import Span, shared_out, spread, timed, unbroken
from media_pipeline.typeset.words import clean

# shorter than a frame, a cue is never seen
_SHORTEST_S = 1 / 30


@dataclass(frozen=True, slots=True)
class Subtitle:
    """Words between two moments, in their language; without a translation they stand alone."""

    start_s: float
    end_s: float
    text: str
    language: str
    translation: str = ""
    translated_to: str = ""


def spoken(
    words: str, speech: Sequence[Span], duration_s: float, *, language: str, translation: str = "", translated_to: str = ""
) -> tuple[Subtitle, ...]:
    """What is said over the time in which somebody speaks, in parts that can be read; the translation has a share in each."""
    cues = spread(words, speech, duration_s)
    parts = shared_out(translation, [cue.text for cue in cues])
    told = zip(cues, parts, strict=True)
    return tuple(Subtitle(cue.start_s, cue.end_s, cue.text, language, part, translated_to if part else "") for cue, part in told)


def moved(cues: Iterable[Subtitle], *, by_s: float, until_s: float) -> tuple[Subtitle, ...]:
    """The cues of a segment by the clock of the film that it begins in at `by_s`; they end with it, at `until_s`."""
    placed = (replace(cue, start_s=cue.start_s + by_s, end_s=min(cue.end_s + by_s, until_s)) for cue in cues)
    return tuple(cue for cue in placed if cue.end_s - cue.start_s >= _SHORTEST_S)


def vtt(cues: Sequence[Subtitle]) -> str:
    """All of them by their times, the original first and the translation beneath it; equal cues give equal text.

    One that is still there when the next begins ends then; two that begin together stay together.
    """
    ordered = sorted(cues, key=lambda cue: (cue.start_s, cue.end_s, cue.language, cue.text))
    blocks = ["WEBVTT\n"]
    for number, cue in enumerate(ordered):
        following_s = ordered[number + 1].start_s if number + 1 < len(ordered) else cue.end_s
        end_s = min(cue.end_s, following_s) if following_s - cue.start_s >= _SHORTEST_S else cue.end_s
        lines = [*_lines(cue.text, cue.language), *_lines(cue.translation, cue.translated_to)]
        if any(line for line, _ in lines):
            blocks.append(timed(cue.start_s, end_s, lines))
    return "\n".join(blocks)


def _lines(text: str, language: str) -> list[tuple[str, str]]:
    said = "\n".join(line.strip() for line in clean(text).split("\n") if line.strip())
    return [(line, language) for line in unbroken(said).split("\n")]
