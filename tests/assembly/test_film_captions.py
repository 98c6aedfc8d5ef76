"""Which words lie over a clip, and when: the pure rule."""

import logging
from pathlib import Path

import pytest

from app.assembly.film_captions import Words, frame_slots_of, panel_needs_of, panels, words_over
from app.assembly.queries import Piece
from app.enums import SubmissionKind
from app.kits.toolkit import load_toolkit
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


def over(
    piece: Piece, *cues: Subtitle, frame_slots: tuple[str, ...], duration_s: float = 6.4, panel_needs: tuple[str, ...] = ()
) -> list[Words]:
    named = {"city": "Bergen", "hashtag": "#OurHome"}
    return words_over(piece, cues, duration_s, **named, frame_slots=frame_slots, panel_needs=panel_needs)


def test_a_clip_in_which_nobody_speaks_is_named_once_by_its_frame_or_for_a_moment_by_a_panel() -> None:
    assert over(clip(), frame_slots=SAYS_BOTH) == []
    assert over(clip(name=None), frame_slots=SAYS_CITY) == []
    assert over(clip(), frame_slots=SAYS_CITY) == [Words(0.0, 3.2, IDA)]
    assert over(clip(name=None), frame_slots=()) == [Words(0.0, 3.2, {"name": "Bergen", "city": "#OurHome"})]
    assert over(clip(), frame_slots=SAYS_CITY, duration_s=2.1) == [Words(0.0, None, IDA)]


def test_the_name_stands_alone_until_the_first_words_come() -> None:
    said = Words(2.5, 4.0, {**IDA, "caption": "Listen."})
    assert over(clip(), cue(2.5, 4.0), frame_slots=SAYS_CITY) == [Words(0.0, 2.5, IDA), said]
    at_once = Words(0.0, 4.0, {**IDA, "caption": "Listen."})
    assert over(clip(), cue(1.0, 4.0), frame_slots=SAYS_CITY) == [at_once]


def test_words_stand_alone_over_a_frame_that_says_name_and_city() -> None:
    alone = Words(2.5, 4.0, {"caption": "Listen."})
    assert over(clip(), cue(2.5, 4.0), frame_slots=SAYS_BOTH) == [alone]
    assert over(clip(name=None), cue(2.5, 4.0), frame_slots=SAYS_CITY) == [alone]
    kit = load_toolkit("world-refugee-day")
    assert (set(SAYS_BOTH) <= set(frame_slots_of(kit)), panel_needs_of(kit, "square")) == (True, set())
    assert panel_needs_of(kit, "audiogram_square") == {"name"}  # as those of clips were before
    named = Words(2.5, 4.0, {**IDA, "caption": "Listen."})
    assert over(clip(), cue(2.5, 4.0), frame_slots=SAYS_BOTH, panel_needs=("name", "city")) == [named]


def test_words_that_come_after_the_cut_are_not_begun() -> None:
    assert over(clip(), cue(6.0, 8.0), frame_slots=SAYS_BOTH) == []
    assert over(clip(), cue(7.0, 8.0), frame_slots=SAYS_CITY) == [Words(0.0, 3.2, IDA)]
    assert over(clip(), cue(0.2, 0.5), frame_slots=SAYS_BOTH, duration_s=0.5) == [Words(0.0, None, {"caption": "Listen."})]


def test_no_name_lies_over_the_card_of_a_sound() -> None:
    sound = clip(kind=SubmissionKind.SOUND, format_name="audiogram_square")
    assert over(sound, cue(7.0, 8.0), frame_slots=()) == []


def test_over_a_sound_the_words_keep_the_name_that_stood_beneath_the_quote() -> None:
    sound = clip(kind=SubmissionKind.SOUND, format_name="audiogram_square")
    told = Subtitle(1.0, 4.0, "Lytt.", "nb", "Listen.", "en")
    said = {**IDA, "caption": "Lytt.", "translation": "Listen."}
    assert over(sound, told, frame_slots=SAYS_BOTH) == [Words(0.0, 4.0, said)]


def test_a_translation_that_no_font_has_is_left_out_of_a_panel_and_the_log_says_so_without_anybodys_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    toolkit, said = load_toolkit("world-refugee-day"), {**IDA, "caption": "Listen."}

    def drawn(**more: str) -> bytes:
        words = [Words(0.0, None, {**said, **more})]
        [panel] = panels(toolkit, clip(), words, tmp_path, format_name="square", language="en")
        return panel.picture.read_bytes()

    with caplog.at_level(logging.WARNING):
        assert drawn(translation="Phaistos \uf8ff") == drawn()
    assert [each.getMessage().rpartition(": ")[0] for each in caplog.records] == ["submission 1: translation is left out"]
    assert "Phaistos" not in caplog.text
