"""A film as it is taken in: its picture, the still that stands for it, and what is said in it as WebVTT."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from app.assembly.reel import MadeReel, Reel, made_of
from app.assembly.service import Finished, FinishedFile
from app.assembly.shots import Look, draw_card
from app.derivation import Made
from app.enums import ArtefactKind
from media_pipeline.pictures import save_jpeg
from media_pipeline.subtitles import vtt

CAPTIONS = "captions"  # the name of the file
SEVERAL = "mul"  # ISO 639-2: of more than one language


def captions_of(reel: Reel) -> str:
    """What is said in it, as WebVTT; empty where nobody is heard."""
    cues = reel.cues()
    return vtt(cues) if cues else ""


def captions_language(reel: Reel) -> str:
    """The one language in which all of it can be read, as it was said or translated; else it is in several."""
    cues = reel.cues()
    readable = [{cue.language} | ({cue.translated_to} if cue.translation else set()) for cue in cues]
    in_common = set.intersection(*readable) if readable else {""}
    translated = [each for each in in_common if each in {cue.translated_to for cue in cues}]
    return min(translated or in_common, default=SEVERAL)


def finished_film(
    reel: Reel,
    made: MadeReel,
    recipe: Mapping[str, Any],
    folder: Path,
    *,
    look: Look,
    slots: Mapping[str, str],
    files: Sequence[FinishedFile] = (),
) -> Finished:
    """The film with its opening card as the still, its captions, and further files; `slots` are those of the card."""
    film = made.rendition
    poster = Made(
        path=_still(look, slots, folder),
        kind=ArtefactKind.FILM,
        media_type="image/jpeg",
        spec={"poster": dict(reel.segments[0].recipe)},
    )
    return Finished(
        made_of(reel, made, recipe),
        poster,
        reel.submission_ids,
        film.width_px or 0,
        film.height_px or 0,
        film.duration_s,
        files=[*files, *_captions(reel, folder)],
    )


def text_track(reel: Reel, name: str, webvtt: str, folder: Path, *, language: str | None = None) -> FinishedFile:
    """A file of moments beside the film; everybody in the film is a part of it."""
    path = folder / f"{name}.vtt"
    path.write_text(webvtt, encoding="utf-8", newline="")
    spec = {name: hashlib.sha256(webvtt.encode()).hexdigest(), "of": [reel.kind.value, reel.submission_ids]}
    made = Made(path=path, kind=ArtefactKind.FILM, media_type="text/vtt", spec=spec, parts=reel.submission_ids)
    return FinishedFile(name, made, language=language)


def _captions(reel: Reel, folder: Path) -> Sequence[FinishedFile]:
    webvtt = captions_of(reel)
    return [text_track(reel, CAPTIONS, webvtt, folder, language=captions_language(reel))] if webvtt else []


def _still(look: Look, slots: Mapping[str, str], folder: Path) -> Path:
    path = folder / "poster.jpg"
    with Image.open(draw_card(look, "title_card", slots, folder / "poster.png")) as drawn:
        save_jpeg(drawn, path)
    return path
