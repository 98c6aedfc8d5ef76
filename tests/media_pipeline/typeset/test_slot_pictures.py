"""Pictures in slots: a logo whole on its plate with room round it, a portrait cut to its box."""

from pathlib import Path

import pytest
from PIL import Image

from media_pipeline.errors import MediaError
from media_pipeline.typeset import Rendered, Template, TemplateError, load_template, render

HEAD = """
name = "piece"
description = "A piece."
background = "accent"
[formats.square]
width_px = 500
height_px = 500
[formats.wide]
width_px = 1000
height_px = 500
"""
LOGO = (
    '[[layers]]\nkind = "logo"\nslot = "logo"\nplate = "paper"\nclear = 2\nalign = "start"\n'
    "start = 4\nwidth = 40\ntop = 4\nheight = 20\noptional = true\n"
)
WORDS = (
    '[[layers]]\nkind = "stack"\nover = "accent"\nstart = 4\nend = 4\ntop = 4\nheight = 20\n'
    "with.logo = { start = 46, end = 4 }\non.wide = { start = 10, end = 10, with.logo = { start = 60, end = 10 } }\n"
    'rows = [{ slot = "city", size = 6, min_size = 3, color = "paper" }]\n'
)
COLOURS = {"paper": "#ffffff", "accent": "#004060"}


def template_of(folder: Path, layers: str) -> Template:
    path = folder / "piece.toml"
    path.write_text(HEAD + layers, "utf-8")
    return load_template(path)


def drawn(
    folder: Path, layers: str, *, logo: tuple[int, int] | None, language: str = "en", slot: str = "logo", page: str = "square"
) -> Rendered:
    pictures = {}
    if logo is not None:
        pictures[slot] = folder / "logo.png"
        Image.new("RGB", logo, (200, 0, 0)).save(pictures[slot])
    template = template_of(folder, layers)
    return render(
        template,
        format=page,
        slots={"city": "Bergen"},
        palette=COLOURS,
        language=language,
        target=folder / "piece.png",
        pictures=pictures,
    )


def colour_at(made: Rendered, x: float, y: float) -> object:
    with Image.open(made.path) as picture:
        return picture.convert("RGB").getpixel((round(x), round(y)))


@pytest.mark.parametrize("shape", [(400, 100), (100, 300)])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_logo_is_shown_whole_on_a_plate_as_wide_as_its_clear_space(
    tmp_path: Path, shape: tuple[int, int], language: str
) -> None:
    made = drawn(tmp_path, LOGO, logo=shape, language=language)
    (logo,) = made.pictures
    assert round(logo.width / logo.height, 3) == round(shape[0] / shape[1], 3)
    edge = logo.x - logo.clear if language == "en" else 500 - (logo.x + logo.width + logo.clear)
    assert (round(edge), logo.clear) == (20, 10)
    middle = logo.y + logo.height / 2
    seen = [colour_at(made, x, middle) for x in (logo.x + logo.width / 2, logo.x - 5, logo.x - 12)]
    assert seen == [(200, 0, 0), (255, 255, 255), (0, 64, 96)]


def test_without_a_logo_the_layer_is_not_there_and_words_take_the_room(tmp_path: Path) -> None:
    without, with_it = (drawn(tmp_path, LOGO + WORDS, logo=logo) for logo in (None, (400, 100)))
    assert (without.pictures, round(without.words[0].x)) == ((), 20)
    assert (len(with_it.pictures), round(with_it.words[0].x)) == (1, 230)


def test_a_format_can_make_its_own_room(tmp_path: Path) -> None:
    made = [drawn(tmp_path, LOGO + WORDS, logo=logo, page="wide") for logo in (None, (400, 100))]
    assert [round(each.words[0].x) for each in made] == [50, 300]


@pytest.mark.parametrize(("shape", "corner"), [("round = true", (0, 64, 96)), ("radius = 0", (200, 0, 0))])
def test_a_portrait_fills_its_box_or_its_circle(tmp_path: Path, shape: str, corner: tuple[int, int, int]) -> None:
    layer = f'[[layers]]\nkind = "portrait"\nslot = "portrait"\n{shape}\nstart = 10\nwidth = 40\ntop = 10\nheight = 40\n'
    made = drawn(tmp_path, layer, logo=(300, 100), slot="portrait")
    assert [colour_at(made, *point) for point in ((150, 150), (53, 53), (45, 45))] == [(200, 0, 0), corner, (0, 64, 96)]


def test_a_picture_that_is_needed_and_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        drawn(tmp_path, LOGO.replace("true", "false"), logo=None)
    assert (refused.value.code, refused.value.params) == ("typeset.missing_slot", {"slot": "logo"})


def test_words_are_never_taken_for_a_picture(tmp_path: Path) -> None:
    template = template_of(tmp_path, LOGO + WORDS)
    slots = {"city": "Bergen", "logo": "/etc/passwd"}
    made = render(template, format="square", slots=slots, palette=COLOURS, language="en", target=tmp_path / "piece.png")
    assert (made.pictures, round(made.words[0].x)) == ((), 20)


def test_a_layer_makes_room_for_one_slot_only(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as refused:
        template_of(tmp_path, WORDS.replace("with.logo", 'when = "city"\nwith.logo', 1))
    assert (refused.value.code, refused.value.params["key"]) == ("toolkit.bad_value", "layers.0.with")
