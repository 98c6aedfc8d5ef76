"""Templates are data; what is not known is refused with its key."""

from pathlib import Path

import pytest

from media_pipeline.typeset import TemplateError, load_template
from media_pipeline.typeset.layout import lay_out

HEAD = """
name = "piece"
description = "A piece."
background = "paper"
[formats.square]
width_px = 1000
height_px = 1000
[formats.wide]
width_px = 2000
height_px = 1000
"""
RECT = '[[layers]]\nkind = "rect"\nfill = "accent"\n'
COLOURS = {"paper": "#ffffff", "accent": "#aa0000"}


def piece(folder: Path, text: str) -> Path:
    path = folder / "piece.toml"
    path.write_text(HEAD + text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (RECT + "colour = 3\n", "layers.0.colour"),
        (RECT + "on.tall = { top = 1, height = 2 }\n", "layers.0.on.tall"),
        (RECT + "on.wide = { fil = 1 }\n", "layers.0.fil"),
        (
            '[[layers]]\nkind = "stack"\nover = "paper"\nrows = [{ slot = "a", size = 5, min_size = 2, bold = true }]\n',
            "layers.0.rows.0.bold",
        ),
        (RECT + "[formats.square.margins]\nleft = 1\n", "formats.square.margins"),
    ],
)
def test_an_unknown_key_is_refused_with_its_place(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(TemplateError) as refused:
        load_template(piece(tmp_path, text))
    assert (refused.value.code, refused.value.params) == ("toolkit.unknown_key", {"file": "piece.toml", "key": key})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (RECT + "start = 1\nend = 2\nwidth = 3\n", "layers.0"),
        (RECT + "start = -1\nwidth = 3\n", "layers.0.start"),
        ('[[layers]]\nkind = "picture"\nsource = "../secret.svg"\n', "layers.0.source"),
        ('[[layers]]\nkind = "stack"\nrows = [{ slot = "a", size = 5, min_size = 2 }]\n', "layers.0"),
        ('[[layers]]\nkind = "script"\n', "layers.0"),
        ("[[layers\n", ""),
        ("[[layers]]\nkind = 3\n", "layers.0"),
        (RECT + "on = 3\n", "layers.0.on"),
        (RECT + "on.wide = 3\n", "layers.0.on.wide"),
        (RECT + "formats = 3\n", "layers.0.formats"),
        (RECT + "with.logo = 3\n", "layers.0.with.logo"),
        (RECT + "with.partners.with = 3\n", "layers.0.with.partners.with"),
        (RECT + '[formats."../../out"]\nwidth_px = 100\nheight_px = 100\n', "formats.../../out.[key]"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(TemplateError) as refused:
        load_template(piece(tmp_path, text))
    assert (refused.value.code, refused.value.params["key"]) == ("toolkit.bad_value", key)


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as refused:
        load_template(tmp_path / "none.toml")
    assert (refused.value.code, refused.value.params) == ("toolkit.missing", {"file": "none.toml"})


def boxes(path: Path, name: str, language: str) -> list[tuple[float, ...]]:
    drawn = lay_out(load_template(path), format=name, slots={}, palette=COLOURS, language=language, files={})
    return [(layer["x"], layer["y"], layer["w"], layer["h"]) for layer in drawn]


def test_numbers_are_hundredths_of_the_shorter_side_and_percents_shares_of_the_own(tmp_path: Path) -> None:
    path = piece(tmp_path, RECT + 'start = 5\nwidth = "50%"\nbottom = 10\nheight = 20\n')
    assert boxes(path, "square", "en") == [(50, 700, 500, 200)]
    assert boxes(path, "wide", "en") == [(50, 700, 1000, 200)]


def test_a_right_to_left_language_mirrors_the_page(tmp_path: Path) -> None:
    path = piece(tmp_path, RECT + "start = 5\nwidth = 20\n")
    assert boxes(path, "wide", "ar") == [(1750, 0, 200, 1000)]


def test_what_a_format_says_replaces_the_whole_axis(tmp_path: Path) -> None:
    path = piece(tmp_path, RECT + "start = 5\nend = 5\non.wide = { width = 10, end = 0 }\n")
    assert boxes(path, "square", "en") == [(50, 0, 900, 1000)]
    assert boxes(path, "wide", "en") == [(1900, 0, 100, 1000)]


def test_a_layer_is_only_in_its_formats_and_only_with_its_slot(tmp_path: Path) -> None:
    path = piece(tmp_path, RECT + 'formats = ["wide"]\n' + RECT + 'when = "name"\n' + RECT + 'unless = "name"\n')
    assert len(boxes(path, "square", "en")) == 1
    assert len(boxes(path, "wide", "en")) == 2


def test_the_line_above_a_list_is_its_heading_where_the_template_says_so(tmp_path: Path) -> None:
    rows = '[[layers]]\nkind = "stack"\nover = "paper"\nrows = [{ slot = "body", size = 5, min_size = 2, color = "accent"%s }]\n'
    said = []
    for own in ("", ", headings = true"):
        template = load_template(piece(tmp_path, rows % own))
        slots = {"body": "Do\n\u2013 ask\n\nA line\nand another"}
        (stack,) = lay_out(template, format="square", slots=slots, palette=COLOURS, language="en", files={})
        said.append(stack["rows"][0]["paragraphs"])
    after = ["A line", "and another"]
    assert said == [[["Do", "\u2013 ask"], after], [[{"heading": "Do"}, "\u2013 ask"], after]]
