"""Slot text is made safe without losing what it says."""

import pytest

from media_pipeline.typeset.glyphs import check_glyphs
from media_pipeline.typeset.words import clean, isolate_hashtags, longest_pieces, paragraphs

FSI, PDI = "\u2068", "\u2069"


def test_direction_controls_and_other_controls_go() -> None:
    assert clean("a\u202eb\u2066c\u0000d\u200f") == "abcd"


def test_joiners_stay_because_persian_and_hindi_need_them() -> None:
    assert clean("می\u200cروم क्\u200dष") == "می\u200cروم क्\u200dष"


def test_a_tower_of_marks_is_cut_to_four() -> None:
    assert clean("x" + "\u0316" * 300) == "x" + "\u0316" * 4


def test_tamil_and_vietnamese_words_are_not_touched() -> None:
    assert clean("திருவனந்தபுரம் Việt Nam") == "திருவனந்தபுரம் Việt Nam"


def test_spaces_are_one_and_empty_lines_at_most_one() -> None:
    assert clean("  a \t b\r\n\r\n\r\n\r\nc ") == "a b\n\nc"


def test_french_no_break_spaces_stay() -> None:
    assert clean("«\u00a0oui\u00a0» non\u202f!") == "«\u00a0oui\u00a0» non\u202f!"


def test_a_latin_hashtag_in_an_arabic_sentence_is_isolated_with_its_sign() -> None:
    assert isolate_hashtags("معنا #OurCity!", rtl=True) == f"معنا {FSI}#OurCity{PDI}!"


def test_a_tamil_hashtag_is_whole_and_needs_no_isolate_in_a_line_of_its_direction() -> None:
    assert isolate_hashtags("பார் #நம்நகரம்", rtl=False) == "பார் #நம்நகரம்"
    assert isolate_hashtags("مرحبا #நம்நகரம்.", rtl=True) == f"مرحبا {FSI}#நம்நகரம்{PDI}."


def test_a_size_keeps_its_width_before_its_height_on_an_arabic_page_and_is_left_alone_on_others() -> None:
    size = "1080 \u00d7 1350"
    assert paragraphs(f"\u2013 {size} \u00b7 {size}", rtl=True) == [[f"\u2013 \u2066{size}{PDI} \u00b7 \u2066{size}{PDI}"]]
    assert paragraphs(f"مقاس {size}", rtl=True) == [[f"مقاس \u2066{size}{PDI}"]]
    assert paragraphs(f"Size {size}", rtl=False) == [[f"Size {size}"]]


def test_only_lines_that_run_against_the_page_are_isolated() -> None:
    assert paragraphs("Torino\nالنجف\n\n1948", rtl=False) == [["Torino", f"{FSI}النجف{PDI}"], ["1948"]]
    assert paragraphs("Torino\nالنجف", rtl=True) == [[f"{FSI}Torino{PDI}", "النجف"]]


def test_an_arabic_line_that_begins_with_a_latin_hashtag_still_runs_from_the_right() -> None:
    assert paragraphs("#OurCity معنا", rtl=True) == [[f"{FSI}#OurCity{PDI} معنا"]]


def test_the_mark_of_a_list_stays_where_the_lines_of_the_page_begin() -> None:
    assert paragraphs("\u2013 city@example.org", rtl=True) == [["\u2013 \u2068city@example.org\u2069"]]


def test_only_pieces_without_a_break_count_as_words() -> None:
    assert longest_pieces("Saint-Rémy 北京市Beijing zu") == ["Beijing", "Saint-", "Rémy", "zu"]


@pytest.mark.parametrize(
    "text",
    [
        "Λευκωσία Їжак Œuvre ß",
        "النجف الأشرف پژ",
        "திருவனந்தபுரம்",
        "北京 東京 서울",
        "አዲስ አበባ",
        "हिन्दी বাংলা ไทย",
        "«\u00a0é\u202f»",
        "🌍 ❤\ufe0f",
    ],
)
def test_every_script_of_the_network_can_be_drawn(text: str) -> None:
    assert check_glyphs(text) == set()


def test_a_character_without_a_glyph_is_named() -> None:
    assert check_glyphs("abc \U00013000 \ue000") == {"\U00013000", "\ue000"}
