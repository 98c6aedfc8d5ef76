"""The words of a film beside it: the original first, the translation beneath, by the film's clock."""

from media_pipeline.captions import read_captions
from media_pipeline.subtitles import Subtitle, moved, spoken, vtt

_BREAD = Subtitle(0.5, 2, "خبز & ملح", "ar", "bread <and> salt", "en")


def test_the_original_stands_first_and_its_translation_beneath() -> None:
    alone = Subtitle(0, 0.4, "Grüezi\n\nmitenand", "de")
    cues = [*moved([_BREAD], by_s=3600, until_s=3601), *moved([alone], by_s=1, until_s=9)]
    assert vtt(cues).split("\n\n") == [
        "WEBVTT",
        "00:00:01.000 --> 00:00:01.400\nGrüezi mitenand",
        "01:00:00.500 --> 01:00:01.000\nخبز &amp; ملح\nbread &lt;and&gt; salt\n",
    ]


def test_the_file_is_read_again_as_it_was_written() -> None:
    cues = [
        _BREAD,
        Subtitle(1.5, 3, "Salz --> Brot\n- ja", "de"),
        Subtitle(4, 4.01, "", "de"),
        Subtitle(9, 12, "塩", "ja", "", ""),
    ]
    read = read_captions(vtt(cues), language="ar").cues
    assert [(cue.start_s, cue.end_s) for cue in read] == [(0.5, 1.5), (1.5, 3), (9, 12)]
    assert [cue.text for cue in read] == ["خبز & ملح\nbread <and> salt", "Salz --> Brot\n- ja", "塩"]
    assert vtt(list(reversed(cues))) == vtt(cues)


def test_what_a_segment_does_not_show_is_not_in_its_words() -> None:
    assert moved([_BREAD], by_s=10, until_s=10.51) == ()
    assert [(cue.start_s, cue.end_s) for cue in moved([_BREAD], by_s=10, until_s=11)] == [(10.5, 11)]


def test_a_translation_is_shared_out_among_the_parts_of_what_is_said_sentence_by_sentence() -> None:
    said = "我来自北京。每天早上我都在公园里打太极拳，然后去市场买菜，我的邻居们都认识我。我很高兴。"
    told = (
        "I come from Beijing. Every morning I do tai chi in the park and then go to the market; my neighbours all know me. "
        "I am glad."
    )
    cues = spoken(said, [(0.3, 9.5)], 10, language="zh", translation=told, translated_to="fr")
    assert [(cue.text.replace("\n", ""), cue.translation) for cue in cues] == [
        ("我来自北京。", "I come from Beijing."),
        (
            "每天早上我都在公园里打太极拳，然后去市场买菜，我的邻居们都认识我。",
            "Every morning I do tai chi in the park and then go to the market; my neighbours all know me.",
        ),
        ("我很高兴。", "I am glad."),
    ]
    assert {cue.translated_to for cue in cues} == {"fr"}
    assert (cues[0].start_s, cues[-1].end_s) == (0.3, 9.5)


def test_a_translation_shorter_than_its_original_loses_nothing_and_one_that_is_missing_leaves_it_alone() -> None:
    said = "Ich bin Anna und lebe hier, seit ich drei war. Mein Vater fuhr den Bus. Heute fahre ich ihn, jeden Morgen um vier."
    cues = spoken(said, [], 9, language="de", translation="Anna. Bus.", translated_to="en")
    assert " ".join(cue.translation for cue in cues if cue.translation) == "Anna. Bus."
    assert [(cue.translation, cue.translated_to) for cue in spoken(said, [], 9, language="de")] == [("", "")] * len(cues)
