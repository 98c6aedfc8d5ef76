"""The chapters of a joint film beside it, as WebVTT: written when it is made, read by the page that links into it."""

from collections.abc import Sequence
from dataclasses import dataclass

from media_pipeline.chapters import Chapter

CHAPTERS = "chapters"  # the name of the file


@dataclass(frozen=True, slots=True)
class CityChapter:
    """Where a city begins in the film that stands."""

    slug: str
    start_s: float


def chapters_vtt(chapters: Sequence[tuple[str, Chapter]], duration_s: float) -> str:
    """Each with its city's slug as its name (empty: it is no city's), to the next one or the end of the film."""
    ends = [chapter.start_s for _, chapter in chapters[1:]] + [duration_s]
    blocks = ["WEBVTT\n"]
    for (slug, chapter), end_s in zip(chapters, ends, strict=True):
        title = " ".join(chapter.title.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        lines = [*([slug] if slug else []), f"{_clock(chapter.start_s)} --> {_clock(end_s)}", title]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def city_chapters(text: str) -> list[CityChapter]:
    """The cities' chapters of such a file, in order."""
    found = []
    for block in text.split("\n\n")[1:]:
        name, _, times = block.strip().partition("\n")
        if " --> " not in name and " --> " in times:
            found.append(CityChapter(name, _seconds(times.partition(" --> ")[0])))
    return found


def _clock(moment_s: float) -> str:
    minutes, milliseconds = divmod(round(moment_s * 1000), 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
