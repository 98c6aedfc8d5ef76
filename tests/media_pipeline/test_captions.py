"""Words with times are read as people send them, cut to what is kept, and written so that every player shows them."""

import pytest

from media_pipeline import Captions, Cue, MediaError
from media_pipeline.captions import kept_cues, read_captions, spread, unbroken, webvtt

VTT = (
    "\ufeffWEBVTT - a title\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nNOTE two\r\nlines\r\n\r\n"
    "first\r\n00:01.000 --> 00:02.500 line:10% align:start\r\n<v Ana><b>Hi</b> &amp; <00:01.500>welcome\r\nall\r\n\r\n"
    "01:00:00.000 --> 01:00:01.000\r\nlate\r\n"
)
SRT = "1\n00:00:01,5 --> 00:00:02,500\n<i>Hi</i>, {\\an8}you\n\n2\n0:00:03 --> 0:00:04.25\n2 < 3\n"


def test_webvtt_is_read_without_its_styles_notes_and_tags() -> None:
    assert read_captions(VTT, language="en").cues == (Cue(1.0, 2.5, "Hi & welcome\nall"), Cue(3600.0, 3601.0, "late"))


def test_subrip_is_read_with_either_comma_or_point() -> None:
    assert read_captions(SRT, language="en").cues == (Cue(1.5, 2.5, "Hi, you"), Cue(3.0, 4.25, "2 < 3"))


def test_anything_else_is_a_transcript() -> None:
    made = read_captions("Hello.\nI came --> here.", language="ar", burned_in=True)
    assert made == Captions("ar", transcript="Hello.\nI came --> here.", burned_in=True)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nHi", 3),
        ("1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n00:00:05,000 --> soon\nHi", 6),
        ("1\n00:00:03,000 --> 00:00:02,000\nbackwards", 2),
        ("1\n00:00:03,000 --> 00:99:00,000\nminutes", 2),
        ("WEBVTT\n", 1),
        (" \n", 1),
    ],
)
def test_a_timing_that_cannot_be_read_is_named_by_its_line(text: str, line: int) -> None:
    with pytest.raises(MediaError) as refused:
        read_captions(text, language="en")
    assert (refused.value.code, refused.value.params) == ("captions.bad", {"line": line})


def test_cues_are_moved_and_cut_to_what_is_kept_and_never_lie_over_one_another() -> None:
    cues = (Cue(9, 12, "cut"), Cue(0, 2, "gone"), Cue(4, 7, "over"), Cue(6, 8, "next"), Cue(6, 9, "at once"), Cue(3, 3.5, "tail"))
    kept = kept_cues(Captions("en", cues), (), whole_s=12, start_s=3.25, duration_s=6.75)
    assert kept == (
        Cue(0.0, 0.25, "tail"),
        Cue(0.75, 2.75, "over"),
        Cue(2.75, 5.75, "next\nat once"),
        Cue(5.75, 6.75, "cut"),
    )


def test_what_is_written_is_read_again_as_it_was() -> None:
    cues = (Cue(0.0, 1.0, "a < b & c"), Cue(1.0, 3725.5, "two\nlines"))
    written = webvtt(cues, language="en")
    assert written == ("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na &lt; b &amp; c\n\n00:00:01.000 --> 01:02:05.500\ntwo\nlines\n")
    assert read_captions(written, language="en").cues == cues


def test_a_line_that_begins_with_another_script_keeps_the_direction_of_the_language() -> None:
    assert "\n\u200fHamburg مدينتي\n" in webvtt([Cue(0, 1, "Hamburg مدينتي")], language="ar")
    assert "\nمدينتي Hamburg\n" in webvtt([Cue(0, 1, "مدينتي Hamburg")], language="ar")
    assert "\n\u200eمدينتي Hamburg\n" in webvtt([Cue(0, 1, "مدينتي Hamburg")], language="en")


def test_sentences_take_the_time_in_which_speech_is_heard_by_their_length() -> None:
    cues = spread("Every Saturday on the market I know. Everybody there knows my name!", [(1, 3), (5, 7)], 10)
    assert [cue.text for cue in cues] == ["Every Saturday on the market I know.", "Everybody there knows my name!"]
    assert (cues[0].start_s, cues[-1].end_s) == (1.0, 7.0)
    assert cues[0].end_s <= cues[1].start_s


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (
            "I came to Hamburg three years ago with my two daughters, and at first I knew nobody at all; now I know everyone.",
            "I came to Hamburg three years\nago with my two daughters,",
        ),
        (
            "刚来的时候我谁也不认识，可是现在这里就是我的家，我的孩子们在这里上学，交了很多朋友！",
            "刚来的时候我谁也不认识，\n可是现在这里就是我的家，",
        ),
        ("كل سبت أعرف الجميع في السوق، وأعرف أسماءهم. هل تعرف جيرانك؟", "كل سبت أعرف الجميع في السوق،\nوأعرف أسماءهم."),
    ],
)
def test_long_sentences_end_their_lines_where_one_breathes(words: str, first: str) -> None:
    assert spread(words, (), 30)[0].text == first


@pytest.mark.parametrize(
    "words", ["word " * 300, "字" * 400, "ทุกวันเสาร์ที่ตลาด" * 40, "ஒவ்வொரு சனிக்கிழமையும் " * 30, "x" * 300, "。", "a.b." * 90]
)
@pytest.mark.parametrize("duration_s", [0.5, 20.0, 600.0])
def test_every_word_is_there_in_order_within_the_time(words: str, duration_s: float) -> None:
    cues = spread(words, [(0.1, 0.3), (1.0, 30.0)], duration_s)
    assert "".join("".join(cue.text.split()) for cue in cues) == "".join(words.split())
    times = [at for cue in cues for at in (cue.start_s, cue.end_s)]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= duration_s
    assert all(cue.text.count("\n") <= 1 for cue in cues)
    if duration_s == 600:
        assert min(cue.end_s - cue.start_s for cue in cues) >= 0.999


def test_nothing_said_is_no_cue() -> None:
    assert spread(" ", [(0, 1)], 5) == ()


def test_words_on_a_film_break_where_there_is_room_but_two_speakers_stay_apart() -> None:
    assert [unbroken(text) for text in ("a\nb", "字\n字", "- Hi\n- Hello")] == ["a b", "字字", "- Hi\n- Hello"]
