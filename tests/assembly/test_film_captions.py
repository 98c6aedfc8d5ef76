"""Which words lie over a clip, and when: the pure rule."""

from app.assembly.film_captions import Words, words_over
from app.assembly.queries import Piece
from app.enums import SubmissionKind
from media_pipeline.subtitles import Subtitle
from tests.assembly.networks import START

SAYS_BOTH, SAYS_CITY = ("name", "city", "hashtag"), ("city", "hashtag")
IDA = {"name": "Ida", "city": "Bergen"}


def clip(name: str | None = "Ida", kind: SubmissionKind = SubmissionKind.CLIP, format_name: str = "square") -> Piece:
    return Piece(
        submission_id=1,
        public_id="clip",
        city_id=1,
        kind=kind,
        received_at=START,
        text="",
        spoken_words="Listen.",
        speech_s=(),
        language="en",
        name=name,
        alt_text="",
        artefact_id=1,
        sha256="",
        storage_key="",
        duration_s=8.0,
        format_name=format_name,
    )


def cue(start_s: float, end_s: float, text: str = "Listen.") -> Subtitle:
    return Subtitle(start_s, end_s, text, "en")


def over(piece: Piece, *cues: Subtitle, frame_slots: tuple[str, ...], duration_s: float = 6.4) -> list[Words]:
    return words_over(piece, cues, duration_s, city="Bergen", hashtag="#OurHome", frame_slots=frame_slots)


def test_a_clip_in_which_nobody_speaks_is_named_once_by_its_frame_or_for_a_moment_by_a_panel() -> None:
    assert over(clip(), frame_slots=SAYS_BOTH) == []
    assert over(clip(name=None), frame_slots=SAYS_CITY) == []
    assert over(clip(), frame_slots=SAYS_CITY) == [Words(0.0, 3.2, IDA)]
    assert over(clip(name=None), frame_slots=()) == [Words(0.0, 3.2, {"name": "Bergen", "city": "#OurHome"})]
    assert over(clip(), frame_slots=SAYS_CITY, duration_s=2.1) == [Words(0.0, None, IDA)]


def test_the_name_stands_alone_until_the_first_words_come() -> None:
    said = Words(2.5, 4.0, {**IDA, "caption": "Listen."})
    assert over(clip(), cue(2.5, 4.0), frame_slots=SAYS_CITY) == [Words(0.0, 2.5, IDA), said]
    assert over(clip(), cue(2.5, 4.0), frame_slots=SAYS_BOTH) == [said]
    at_once = Words(0.0, 4.0, {**IDA, "caption": "Listen."})
    assert over(clip(), cue(1.0, 4.0), frame_slots=SAYS_CITY) == [at_once]


def test_words_that_come_after_the_cut_are_not_begun() -> None:
    assert over(clip(), cue(6.0, 8.0), frame_slots=SAYS_BOTH) == []
    assert over(clip(), cue(7.0, 8.0), frame_slots=SAYS_CITY) == [Words(0.0, 3.2, IDA)]
    assert over(clip(), cue(0.2, 0.5), frame_slots=SAYS_BOTH, duration_s=0.5) == [Words(0.0, None, {**IDA, "caption": "Listen."})]


def test_no_name_lies_over_the_card_of_a_sound() -> None:
    sound = clip(kind=SubmissionKind.SOUND, format_name="audiogram_square")
    assert over(sound, cue(7.0, 8.0), frame_slots=()) == []
