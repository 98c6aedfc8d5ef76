"""What is said in a film: the cues of its WebVTT, and the panels of words that lie over its segments."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image

from app.assembly.drawn_anew import unless_refused
from app.assembly.film_frames import FRAME, TRANSLATION
from app.assembly.queries import Piece
from app.assembly.translations import SPOKEN
from app.enums import SubmissionKind
from app.kits.frames import render_card
from app.kits.toolkit import Toolkit
from app.submissions.languages import UNDETERMINED
from app.submissions.preparing import MAX_SOUND_QUOTE_CHARS
from media_pipeline.captions import unbroken
from media_pipeline.formats import FORMATS
from media_pipeline.geometry import place
from media_pipeline.segment_graph import Panel
from media_pipeline.subtitles import Subtitle, spoken
from media_pipeline.types import Box, Kind

LOWER_THIRD = "lower_third"
SHORTEST_S = 0.8  # words that could not be read before the segment ends are not begun
PAUSE_S = 1.5  # over a shorter one words stay; before them they are there from the beginning
NAME_S = 3.2  # how long a name stands alone
AUDIOGRAM = "audiogram_"


@dataclass(frozen=True, slots=True)
class Words:
    """Words that lie over a segment from one moment to another, or to its end."""

    begin_s: float
    end_s: float | None
    slots: Mapping[str, str]


def cues_of(piece: Piece, duration_s: float, *, translation: str, translated_to: str) -> Sequence[Subtitle]:
    """What is said in a clip or sound, by its own clock; of a photo its caption where somebody translated that."""
    if piece.kind in SPOKEN and piece.spoken_words:
        speech_s = [(begin_s, end_s) for begin_s, end_s in piece.speech_s]
        whole_s = piece.duration_s or duration_s
        return spoken(
            piece.spoken_words,
            speech_s,
            whole_s,
            language=piece.language,
            translation=translation,
            translated_to=translated_to,
        )
    if piece.kind is SubmissionKind.PHOTO and translation:
        return [Subtitle(0.0, duration_s, piece.text, piece.language, translation, translated_to)]
    return ()


def words_over(
    piece: Piece,
    cues: Sequence[Subtitle],
    duration_s: float,
    *,
    city: str,
    hashtag: str,
    frame_slots: Collection[str],
    panel_needs: Collection[str] = (),
) -> list[Words]:
    """What lies over a clip or an audiogram of so many seconds; nothing where its card says all of it already.

    Where a clip's frame, which has these slots, says its name and city the whole time, the words stand alone, unless the panel
    cannot be without a name. Where it does not, they stand above the words, and alone for a moment before the first of them.
    """
    if piece.kind not in SPOKEN or not is_film(piece) or _says_it_all(piece, cues):
        return []
    who = {"name": piece.name, "city": city} if piece.name else {"name": city, "city": hashtag}
    latest_s = duration_s - SHORTEST_S
    seen = [cue for number, cue in enumerate(cues) if cue.start_s <= (max(PAUSE_S, latest_s) if number == 0 else latest_s)]
    found: list[Words] = []
    told = {"city", "name"} if piece.name else {"city"}
    is_told = piece.kind is SubmissionKind.CLIP and told <= set(frame_slots)
    above = {} if is_told and not panel_needs else who
    first_s = seen[0].start_s if seen else duration_s
    if piece.kind is SubmissionKind.CLIP and not is_told and (not seen or first_s > PAUSE_S):
        alone_s = min(NAME_S, first_s)
        found.append(Words(0.0, alone_s if alone_s < duration_s else None, who))
    for number, cue in enumerate(seen):
        follows_s = seen[number + 1].start_s if number + 1 < len(seen) else duration_s
        begin_s = cue.start_s if number or cue.start_s > PAUSE_S else 0.0
        end_s: float | None = follows_s if follows_s - cue.end_s <= PAUSE_S else cue.end_s
        if end_s is not None and end_s >= duration_s:
            end_s = None
        translated = {TRANSLATION: unbroken(cue.translation)} if cue.translation else {}
        found.append(Words(round(begin_s, 3), end_s, {**above, "caption": unbroken(cue.text), **translated}))
    return found


def is_film(piece: Piece) -> bool:
    """Whether its file has a moving picture; a sound that came without one has none."""
    return piece.kind is SubmissionKind.CLIP or piece.format_name.startswith(AUDIOGRAM)


def _says_it_all(piece: Piece, cues: Sequence[Subtitle]) -> bool:
    """Whether the card of an audiogram has the very words that are said, and nobody has translated them."""
    on_card = piece.text or piece.spoken_words
    is_whole = on_card == piece.spoken_words and len(on_card) <= MAX_SOUND_QUOTE_CHARS
    return piece.kind is SubmissionKind.SOUND and is_whole and not any(cue.translation for cue in cues)


def frame_slots_of(toolkit: Toolkit) -> Collection[str]:
    """What the frame of its masters has room for."""
    return toolkit.template(FRAME).slots if FRAME in toolkit.loaded else ()


def panel_needs_of(toolkit: Toolkit, format_name: str) -> Collection[str]:
    """What a panel over a clip cannot be without: in older kits a name and a city."""
    layers = toolkit.template(LOWER_THIRD).layers.get(format_name, ()) if LOWER_THIRD in toolkit.loaded else ()
    return {slot for layer in layers for slot, is_needed in layer.slots().items() if is_needed}


def panels(
    toolkit: Toolkit, piece: Piece, words: Sequence[Words], folder: Path, *, format_name: str, language: str
) -> list[Panel]:
    """The words as pictures of the film's shape; what no font has, or what runs over, still stands as text beside the film."""
    drawn_in = piece.format_name if piece.format_name.startswith(AUDIOGRAM) else format_name
    found = []
    for number, each in enumerate(words):
        target = folder / f"words-{piece.submission_id}-{format_name}-{number}.png"
        if _drawn(toolkit, piece, each.slots, target, format_name=drawn_in, language=language_of(piece, language)):
            if drawn_in != format_name:
                _laid_as_its_film(target, format_name)
            found.append(Panel(target, each.begin_s, each.end_s))
    return found


def language_of(piece: Piece, otherwise: str) -> str:
    """The language that its words are set in."""
    return otherwise if piece.language == UNDETERMINED else piece.language


def _drawn(toolkit: Toolkit, piece: Piece, slots: Mapping[str, str], target: Path, *, format_name: str, language: str) -> bool:
    """Whether the words could be set, with their translation or alone."""

    def draw(tried: Mapping[str, str]) -> Path:
        return render_card(toolkit, template=LOWER_THIRD, format=format_name, slots=tried, language=language, target=target)

    alone = {slot: text for slot, text in slots.items() if slot != TRANSLATION}
    whole = dict(slots)
    if TRANSLATION in whole and TRANSLATION not in toolkit.template(LOWER_THIRD).slots:  # of an older kit
        whole["caption"] += "\n" + whole.pop(TRANSLATION)
    tries = {TRANSLATION: whole, "caption": alone} if whole != alone else {"caption": alone}
    return any(unless_refused(partial(draw, tried), piece.submission_id, part) for part, tried in tries.items())


def _laid_as_its_film(panel: Path, format_name: str) -> None:
    """Put a panel of an audiogram where the audiogram is shown in a film of another shape."""
    shape = FORMATS[Kind.VIDEO][format_name]
    with Image.open(panel, formats=("PNG",)) as opened:
        drawn = opened.convert("RGBA")
    if drawn.size == (shape.width_px, shape.height_px):
        return
    placed = place(drawn.width, drawn.height, Box(0, 0, shape.width_px, shape.height_px))
    whole = Image.new("RGBA", (shape.width_px, shape.height_px))
    whole.paste(drawn.resize((placed.width_px, placed.height_px), Image.Resampling.LANCZOS), (placed.left_px, placed.top_px))
    whole.save(panel)
