"""A film as a row of segments: each is kept under the hash of all that makes it, so that only what changed is made again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.assembly.film_rules import FRAMES_PER_S, STEP_FRAMES, TRANSITION_STEPS
from app.assembly.queries import kept_recipes, kept_segment
from app.assembly.service import keep_segment
from app.assembly.workshop import Progress, part_of
from app.derivation import Made, erase, spec_sha256
from app.enums import ArtefactKind, ProductionKind
from app.errors import ErrorKind, Refused
from app.models import Artefact
from app.runtime import Runtime
from media_pipeline.chapters import Chapter
from media_pipeline.compilation import join
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.music import with_music
from media_pipeline.previews import Shown
from media_pipeline.subtitles import Subtitle, moved
from media_pipeline.transitions import transition
from media_pipeline.types import Rendition
from media_pipeline.workspace import private_folder

RECIPE = 4  # counted up when the same segments would look another way
# what takes how long, beside a step of a segment that is made (figures in media_pipeline/README.md)
TRANSITION_WORK = 1.6
KEPT_WORK = 0.01
JOINING_WORK = 0.02
MUSIC_WORK = 0.05


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a film: the recipe that it is known by, and how it is made where nobody made it before."""

    steps: int
    recipe: Mapping[str, Any]
    make: Callable[[Path, Path], None]  # in a folder, to a target
    submission_ids: Sequence[int] = ()  # who is in it
    sources: Sequence[int] = ()  # artefacts it is made from
    cues: Sequence[Subtitle] = ()  # what is said, by its own clock
    voices: Sequence[tuple[float, float]] = ()  # when somebody is heard, by its own clock
    chapter: str | None = None  # a chapter of this name begins with it
    seen: Callable[[Path], Shown] | None = None  # what it shows, for a preview; prepared in a folder
    words_on: str | None = None  # where it shows a card of words: their ground (#rrggbb)

    @property
    def duration_s(self) -> float:
        """Its length."""
        return self.steps * STEP_FRAMES / FRAMES_PER_S


@dataclass(frozen=True, slots=True)
class Reel:
    """A film of one shape before it is made."""

    kind: ProductionKind
    format_name: str
    segments: Sequence[Segment]
    bed: Callable[[Path], Path] | None = None  # fetches the music under it into a folder
    recipe_of_bed: str = ""
    transition_steps: int = TRANSITION_STEPS

    @property
    def recipe(self) -> dict[str, Any]:
        """All that it is made of."""
        segments = [[spec_sha256(dict(segment.recipe)), segment.chapter] for segment in self.segments]
        return {"reel": [RECIPE, self.format_name, self.transition_steps], "segments": segments, "bed": self.recipe_of_bed}

    @property
    def submission_ids(self) -> list[int]:
        """Everybody in it, each once, in the order in which they are seen."""
        return list(dict.fromkeys(each for segment in self.segments for each in segment.submission_ids))

    def starts_s(self) -> list[float]:
        """When each segment begins."""
        starts, step = [], 0
        for segment in self.segments:
            starts.append(step * STEP_FRAMES / FRAMES_PER_S)
            step += segment.steps + self.transition_steps
        return starts

    def cues(self) -> list[Subtitle]:
        """What is said, by the film's clock."""
        return [
            cue
            for segment, start_s in zip(self.segments, self.starts_s(), strict=True)
            for cue in moved(segment.cues, by_s=start_s, until_s=start_s + segment.duration_s)
        ]

    def voices(self) -> list[tuple[float, float]]:
        """When somebody is heard, by the film's clock."""
        return [
            (start_s + begin_s, min(start_s + end_s, start_s + segment.duration_s))
            for segment, start_s in zip(self.segments, self.starts_s(), strict=True)
            for begin_s, end_s in segment.voices
            if begin_s < segment.duration_s
        ]

    def chapters(self) -> list[Chapter]:
        """Where its chapters begin."""
        starts = zip(self.segments, self.starts_s(), strict=True)
        return [Chapter(segment.chapter, start_s) for segment, start_s in starts if segment.chapter is not None]


@dataclass(frozen=True, slots=True)
class MadeReel:
    """A film in a folder, and the kept segments that it was joined from."""

    rendition: Rendition
    path: Path
    sources: Sequence[int] = field(default=())


def make_reel(runtime: Runtime, reel: Reel, folder: Path, progress: Progress, *, name: str = "film") -> MadeReel:
    """Make what is not kept yet, then join it; segments are kept as soon as they are there, so a killed build goes on.

    The progress goes on with the work: what is kept already takes hardly any of it.
    """
    work, kept = Work(runtime, reel, progress), list[tuple[int, Path]]()
    for at, segment in enumerate(reel.segments):
        kept.append(kept_or_made(runtime, reel.kind, segment, folder / f"{name}-{at:04d}.mp4"))
        work.done()
    parts = _with_transitions(runtime, reel, kept, folder, name, work) if reel.transition_steps else kept
    joining = part_of(progress, work.share, 1.0)
    film = join([path for _, path in parts], folder / f"{name}.mp4", chapters=reel.chapters(), on_progress=joining)
    path = folder / film.path
    if reel.bed is not None:
        film = _with_bed(reel, path, reel.bed(folder), folder / f"{name}-with-music.mp4")
        path = folder / film.path
    return MadeReel(film, path, list(dict.fromkeys(artefact_id for artefact_id, _ in parts)))


def _with_bed(reel: Reel, film: Path, bed: Path, target: Path) -> Rendition:
    """The film with its music; refuses `film.music_unusable {file}`, since no other try would make the toolkit's file better."""
    try:
        return with_music(film, bed, target, voices=reel.voices())
    except ToolFailed:
        raise
    except MediaError as broken:
        raise Refused("film.music_unusable", kind=ErrorKind.CONFLICT, file=bed.name) from broken


class Work:
    """How much of a reel is to be made, in steps of a segment, and how far it is."""

    def __init__(self, runtime: Runtime, reel: Reel, progress: Progress) -> None:
        segments = [(spec_sha256(dict(segment.recipe)), segment.steps * 1.0) for segment in reel.segments]
        between = [(spec_sha256(recipe), reel.transition_steps * TRANSITION_WORK) for recipe in _transition_recipes(reel)]
        with runtime.database.reading() as session:
            known = kept_recipes(session, [sha256 for sha256, _ in (*segments, *between)])
        parts = [KEPT_WORK if sha256 in known else work for sha256, work in (*segments, *between)]
        self._done = 0.0
        self._parts = iter(parts)
        steps = sum(segment.steps for segment in reel.segments)
        self.whole = sum(parts) + steps * (JOINING_WORK + (MUSIC_WORK if reel.bed is not None else 0.0))
        self._progress = progress

    @property
    def share(self) -> float:
        """How much of it is done."""
        return self._done / self.whole

    def done(self) -> None:
        """The next part is there; raises CancelledError when somebody had the making stop."""
        self._done += next(self._parts)
        self._progress(self.share)


def made_of(reel: Reel, made: MadeReel, recipe: Mapping[str, Any]) -> Made:
    """The film as it is taken in; everybody in it is a part of it."""
    return Made(
        path=made.path,
        kind=ArtefactKind.FILM,
        media_type=made.rendition.media_type,
        spec=dict(recipe),
        parts=reel.submission_ids,
        sources=made.sources,
        sha256=made.rendition.sha256,
    )


def kept_or_made(runtime: Runtime, kind: ProductionKind, segment: Segment, path: Path) -> tuple[int, Path]:
    """The segment from the store, or made and kept there at once; its artefact and its file."""
    recipe = dict(segment.recipe)
    with runtime.database.reading() as session:
        known = kept_segment(session, spec_sha256(recipe))
    if known is not None and not runtime.storage.exists(known.storage_key):  # a kill came between its file and its row
        with runtime.database.writing() as session:
            erase(session, runtime.storage, [known.id])
        known = None
    if known is None:
        with private_folder(path.parent) as alone:  # what it is made with goes with it
            segment.make(alone, path)
        made = Made(
            path=path,
            kind=ArtefactKind.SEGMENT,
            media_type="video/mp4",
            spec=recipe,
            owners=segment.submission_ids[:1],
            parts=segment.submission_ids[1:],
            sources=segment.sources,
        )
        with runtime.database.writing() as session:
            artefact_id = keep_segment(session, runtime.storage, made, kind, now=runtime.now())
        with runtime.database.reading() as session:
            known = session.get_one(Artefact, artefact_id)
    runtime.storage.lent(known.storage_key, path)
    return known.id, path


def _with_transitions(
    runtime: Runtime, reel: Reel, kept: Sequence[tuple[int, Path]], folder: Path, name: str, work: Work
) -> list[tuple[int, Path]]:
    """A short segment of its own between any two, known by both; it falls with either."""
    parts = [kept[0]]
    for at, ((before, after), recipe) in enumerate(zip(pairwise(kept), _transition_recipes(reel), strict=True)):

        def make(
            _folder: Path, target: Path, before: Path = before[1], after: Path = after[1], through: str | None = recipe["through"]
        ) -> None:
            transition(before, after, target, format=reel.format_name, through=through)

        segment = Segment(reel.transition_steps, recipe, make, sources=sorted({before[0], after[0]}))
        parts += [kept_or_made(runtime, reel.kind, segment, folder / f"{name}-{at:04d}-after.mp4"), after]
        work.done()
    return parts


def _transition_recipes(reel: Reel) -> list[dict[str, Any]]:
    """What the transitions are known by: the two segments that each lies between; none where the reel is cut hard.

    From words to words it goes through the ground of those that come, so that no two texts lie over each other.
    """
    named = {"transition": [RECIPE, reel.format_name]}
    return [
        {
            **named,
            "between": [spec_sha256(dict(before.recipe)), spec_sha256(dict(after.recipe))],
            "through": after.words_on if before.words_on else None,
        }
        for before, after in (pairwise(reel.segments) if reel.transition_steps else ())
    ]
