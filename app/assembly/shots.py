"""The segments of films: a contribution as it is seen, a card of ours between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.assembly.city_words import CityWords
from app.assembly.film_captions import (
    LOWER_THIRD,
    Words,
    cues_of,
    frame_slots_of,
    is_film,
    language_of,
    panel_needs_of,
    panels,
    words_over,
)
from app.assembly.film_frames import FRAME, TRANSLATION, frame_slots, framed_photo, with_translation
from app.assembly.film_rules import STEP_S, Candidate, steps_on_screen
from app.assembly.queries import Piece
from app.assembly.reel import RECIPE, Segment
from app.assembly.rules import SET_IN_WORDS
from app.assembly.translations import SPOKEN
from app.enums import SubmissionKind
from app.kits.frames import address_of, render_card
from app.kits.toolkit import Toolkit
from app.runtime import Runtime
from app.submissions.preparing import shortened
from media_pipeline.compilation import card_segment, clip_segment, photo_segment, voice_segment
from media_pipeline.previews import Shown
from media_pipeline.segment_graph import Panel

FILMED = frozenset({SubmissionKind.PHOTO, SubmissionKind.CLIP, SubmissionKind.TEXT, SubmissionKind.SOUND})
CARD = "card"


@dataclass(frozen=True, slots=True)
class Look:
    """What all segments of a film are drawn with."""

    runtime: Runtime
    toolkit: Toolkit
    format_name: str
    language: str  # of our own cards
    translations: Mapping[int, str] = field(default_factory=dict)  # of what is said and written, by submission
    captions_language: str = ""  # theirs

    def common(self) -> dict[str, Any]:
        """What stands in every recipe."""
        return {"segment": [RECIPE, self.format_name]}


def candidate_of(piece: Piece) -> Candidate:
    """Each receipt is a person's of its own."""
    steps = steps_on_screen(piece.kind, duration_s=piece.duration_s, characters=len(piece.text))
    return Candidate(piece.submission_id, piece.city_id, piece.kind, piece.received_at, str(piece.submission_id), steps)


def card(
    look: Look,
    template: str,
    slots: Mapping[str, str],
    *,
    steps: int,
    language: str = "",
    chapter: str | None = None,
    is_first: bool = False,
    is_last: bool = False,
) -> Segment:
    """A card of ours for so long; it fades in where the film begins, and out where it ends."""
    language = language or look.language
    recipe = {
        **look.common(),
        "card": template,
        "drawn_with": address_of(look.toolkit, template),
        "slots": dict(slots),
        "language": language,
        "steps": steps,
        "fades": [is_first, is_last],
    }

    def seen(folder: Path) -> Shown:
        drawn = folder / f"{template}-{look.format_name}-{'first' if is_first else 'last' if is_last else 'between'}.png"
        return Shown(steps * STEP_S, picture=draw_card(look, template, slots, drawn, language=language))

    def make(folder: Path, target: Path) -> None:
        picture = draw_card(look, template, slots, folder / f"{target.stem}.png", language=language)
        card_segment(picture, target, format=look.format_name, duration_s=steps * STEP_S, fade_in=is_first, fade_out=is_last)

    return Segment(steps, recipe, make, chapter=chapter, seen=seen, words_on=_paper_of(look, template))


def draw_card(look: Look, template: str, slots: Mapping[str, str], target: Path, *, language: str = "") -> Path:
    """A card of ours as a picture of the film's shape."""
    return render_card(
        look.toolkit,
        template=template,
        format=look.format_name,
        slots=slots,
        language=language or look.language,
        target=target,
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The words that are drawn for a shot, and the language of the frame that they stand in."""

    panels: Sequence[Words]  # over a clip or an audiogram
    card: Mapping[str, str]  # of words alone, or under a sound
    frame: Mapping[str, str]  # of a photo
    language: str

    @property
    def templates(self) -> list[str]:
        """What it is drawn with."""
        return [name for name, words in ((LOWER_THIRD, self.panels), (CARD, self.card), (FRAME, self.frame)) if words]


def shot(look: Look, piece: Piece, steps: int, *, framed: CityWords, chapter: str | None = None) -> Segment:
    """A contribution for so long: what it lacks of its time it is held.

    A photo moves beneath the campaign's frame, which says what that of its master says (`framed`). What is said in a clip lies
    over it. The original stands first, its translation beneath; words alone are set anew where there is one, and for a sound
    without a picture of its own a card is drawn.
    """
    duration_s, translation = steps * STEP_S, look.translations.get(piece.submission_id, "")
    cues = cues_of(piece, duration_s, translation=translation, translated_to=look.captions_language)
    named = {"city": framed.slots["city"], "hashtag": framed.slots["hashtag"]}
    frame, needed = frame_slots_of(look.toolkit), panel_needs_of(look.toolkit, look.format_name)
    drawn = _Drawn(
        words_over(piece, cues, duration_s, **named, frame_slots=frame, panel_needs=needed),
        _card_slots(piece, translation, **named),
        frame_slots(look.toolkit, piece, framed, translation) if piece.kind is SubmissionKind.PHOTO else {},
        framed.language,
    )
    recipe = {
        **look.common(),
        "submission": piece.submission_id,
        "master": piece.sha256,
        "steps": steps,
        "words": [[each.begin_s, each.end_s, dict(each.slots)] for each in drawn.panels],
        "card": drawn.card,
        "frame": drawn.frame,
        "language": [piece.language, drawn.language],
        "drawn_with": address_of(look.toolkit, *drawn.templates) if drawn.templates else "",
        "ground": _ground(look, piece),
    }

    def seen(folder: Path) -> Shown:
        # in a preview nothing moves: the master shows the same, but for a translation
        return _seen(look, piece, drawn, folder, duration_s, as_master=TRANSLATION not in drawn.frame)

    def make(folder: Path, target: Path) -> None:
        shown = _seen(look, piece, drawn, folder, duration_s, as_master=False)
        _make(shown, piece.kind, target, look.format_name, sound_s=piece.duration_s or duration_s)

    return Segment(
        steps,
        recipe,
        make,
        submission_ids=[piece.submission_id],
        sources=[piece.artefact_id],
        cues=cues,
        voices=_spans(piece),
        chapter=chapter,
        seen=seen,
        words_on=_paper_of(look, CARD) if piece.kind in SET_IN_WORDS else None,
    )


def _seen(look: Look, piece: Piece, drawn: _Drawn, folder: Path, duration_s: float, *, as_master: bool) -> Shown:
    if piece.kind is SubmissionKind.PHOTO and not as_master:
        made = framed_photo(
            *(look.runtime, look.toolkit, piece, drawn.frame),
            format_name=look.format_name,
            language=drawn.language,
            folder=folder,
        )
        if made is not None:
            return Shown(duration_s, picture=made.bare, panels=[Panel(made.frame)])
    master = look.runtime.storage.fetched(piece.storage_key, folder)
    if is_film(piece):
        over = panels(look.toolkit, piece, drawn.panels, folder, format_name=look.format_name, language=drawn.language)
        return Shown(duration_s, film=master, panels=over, background=_ground(look, piece))
    if not drawn.card:
        return Shown(duration_s, picture=master)
    target = folder / f"card-{piece.submission_id}-{look.format_name}.png"

    def draw(tried: Mapping[str, str]) -> Path:
        return draw_card(look, CARD, tried, target, language=language_of(piece, drawn.language))

    card_drawn = with_translation(draw, drawn.card, piece.submission_id)
    if piece.kind is SubmissionKind.SOUND:
        return Shown(duration_s, picture=card_drawn or _name_card(look, drawn, target), sound=master)
    return Shown(duration_s, picture=card_drawn or master)


def _paper_of(look: Look, template: str) -> str | None:
    """The colour that the words of a card stand on."""
    background = look.toolkit.template(template).background
    return look.toolkit.palette[background] if background else None


def _ground(look: Look, piece: Piece) -> str | None:
    """Round an audiogram in a film of another shape its card goes on; a clip stands before a blurred copy of itself."""
    return look.toolkit.palette["paper"] if piece.kind is SubmissionKind.SOUND else None


def _make(shown: Shown, kind: SubmissionKind, target: Path, format_name: str, *, sound_s: float) -> None:
    if shown.film is not None:
        clip_segment(
            shown.film,
            target,
            format=format_name,
            duration_s=shown.duration_s,
            panels=shown.panels,
            hold=True,
            background=shown.background,
        )
        return
    assert shown.picture is not None  # noqa: S101 - what is no film is a picture
    if shown.sound is not None:
        voice_segment(shown.picture, shown.sound, target, format=format_name, duration_s=shown.duration_s, sound_s=sound_s)
    elif kind is SubmissionKind.PHOTO:
        photo_segment(shown.picture, target, format=format_name, duration_s=shown.duration_s, panels=shown.panels)
    else:
        card_segment(shown.picture, target, format=format_name, duration_s=shown.duration_s, fade_in=False, fade_out=False)


def _card_slots(piece: Piece, translation: str, *, city: str, hashtag: str) -> dict[str, str]:
    """The words of a card that is drawn for the film; none where its own master is shown."""
    named = {"city": city, "hashtag": hashtag} | ({"name": piece.name} if piece.name else {})
    translated = {TRANSLATION: translation} if translation else {}
    if piece.kind is SubmissionKind.TEXT and translation:
        return {"quote": piece.text, **translated, **named}
    if piece.kind is SubmissionKind.SOUND and not is_film(piece):
        return {"quote": shortened(piece.text or piece.spoken_words or hashtag), **translated, **named}
    return {}


def _name_card(look: Look, drawn: _Drawn, target: Path) -> Path:
    """For a sound whose words no font has: the hashtag stands where they would."""
    told = {"quote": drawn.card["hashtag"], "city": drawn.card["city"], "hashtag": drawn.card["hashtag"]}
    return draw_card(look, CARD, told, target, language=drawn.language)


def _spans(piece: Piece) -> Sequence[tuple[float, float]]:
    """When somebody is heard in it; where nobody listened yet, all the time."""
    if piece.kind not in SPOKEN:
        return ()
    spans = [(begin_s, end_s) for begin_s, end_s in piece.speech_s]
    return spans or [(0.0, piece.duration_s or 0.0)]
