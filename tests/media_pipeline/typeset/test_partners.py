"""Partners' logos: equally large by area, in their own colours, in the reading direction, and nothing at all without them."""

from pathlib import Path

import pytest
from PIL import Image

from media_pipeline.typeset import Rendered, TemplateError, load_template, render

COLOURS = {"paper": "#ffffff", "accent": "#004060"}
# a square, twice and four times as wide as high: within these no logo is cut short by its box
LOGOS = {"square": (100, 100, (200, 0, 0)), "double": (200, 100, (0, 150, 0)), "long": (400, 100, (0, 0, 220))}
HEAD = """
name = "piece"
description = "A piece."
background = "accent"
[formats.page]
width_px = 1000
height_px = 400
"""
ROW = (
    '[[layers]]\nkind = "partners"\nmark = "mark.svg"\nsize = 20\nclear = 3\nplate = "paper"\n'
    "start = 5\nend = 5\ntop = 50\nheight = 45\n"
)
RECT = '[[layers]]\nkind = "rect"\nfill = "paper"\ntop = 0\nheight = 10\n'


def drawing(width: int, height: int, colour: str) -> str:
    """A plain shape, black in the half on its left."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<rect width="{width}" height="{height}" fill="{colour}"/>'
        f'<rect width="{width / 2}" height="{height}" fill="#000000"/></svg>'
    )


def drawn(folder: Path, layers: str, *, language: str = "en", logos: tuple[str, ...] = tuple(LOGOS)) -> Rendered:
    (folder / "mark.svg").write_text(drawing(200, 100, "var(--accent, #123456)"), "utf-8")
    for name, (width, height, colour) in LOGOS.items():
        (folder / f"{name}.svg").write_text(drawing(width, height, "#{:02x}{:02x}{:02x}".format(*colour)), "utf-8")
    path = folder / "piece.toml"
    path.write_text(HEAD + layers, "utf-8")
    template = load_template(path, [f"{name}.svg" for name in logos])
    target = folder / "piece.png"
    return render(
        template, format="page", slots={}, palette=COLOURS, language=language, target=target, artwork=folder
    )  # fmt: skip


def boxes_of(made: Rendered) -> dict[str, tuple[int, int, int, int, int]]:
    """Of each logo how many pixels have its colour, and the box round them."""
    found = {}
    with Image.open(made.path) as picture:
        page = picture.convert("RGB")
    for name, (_width, _height, colour) in LOGOS.items():
        mask = Image.frombytes("L", page.size, bytes(255 * (pixel == colour) for pixel in page.get_flattened_data()))
        box = mask.getbbox()
        assert box is not None, name
        found[name] = (mask.histogram()[255], *box)
    return found


def test_all_are_equally_large_whatever_their_shape_as_the_pixels_say(tmp_path: Path) -> None:
    areas = [area for area, *_box in boxes_of(drawn(tmp_path, ROW)).values()]
    assert max(areas) / min(areas) < 1.04  # edges between two pixels


def test_the_mark_is_as_large_and_takes_the_palette_and_a_logo_never_does(tmp_path: Path) -> None:
    made = drawn(tmp_path, ROW)
    sizes = {round(each.width * each.height, -1) for each in made.pictures}
    assert (len(made.pictures), len(sizes)) == (4, 1)
    mark = made.pictures[0]
    with Image.open(made.path) as picture:
        seen = picture.convert("RGB").getpixel((round(mark.x + mark.width * 0.75), round(mark.y + mark.height / 2)))
    assert seen == (0, 64, 96)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_they_stand_as_written_in_the_reading_direction_and_none_is_turned_round(tmp_path: Path, language: str) -> None:
    made = drawn(tmp_path, ROW, language=language)
    found = boxes_of(made)
    across = sorted(found, key=lambda name: found[name][1])
    assert across == (list(LOGOS) if language == "en" else list(LOGOS)[::-1])
    # the coloured half is the right one of each logo in both
    ends = {round(each.x + each.width) for each in made.pictures}
    assert all(min(abs(right - end) for end in ends) <= 1 for _area, _left, _top, right, _bottom in found.values())
    start = (
        min(each.x for each in made.pictures) if language == "en" else 1000 - max(each.x + each.width for each in made.pictures)
    )
    assert round(start) == 20 + 12  # the layer's start, and the clear space on the plate


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("rows", [1, 2])
def test_between_any_two_of_them_is_the_clear_space(tmp_path: Path, count: int, rows: int) -> None:
    made = drawn(tmp_path, ROW.replace("size = 20", f"size = 45\nmax_rows = {rows}"), logos=tuple(LOGOS)[:count])
    for one in made.pictures:
        for other in made.pictures:
            across = max(other.x - one.x - one.width, one.x - other.x - other.width)
            down = max(other.y - one.y - one.height, one.y - other.y - other.height)
            assert one is other or max(across, down) >= 12 - 0.01
        assert (one.x + 0.01 >= 20 + 12, one.x + one.width <= 1000 - 32 + 0.01) == (True, True)
        assert (one.y + 0.01 >= 200 + 12, one.y + one.height <= 380 - 12 + 0.01) == (True, True)


def test_without_partners_nothing_of_it_is_there_and_neighbours_keep_their_place(tmp_path: Path) -> None:
    path, plain = tmp_path / "piece.toml", tmp_path / "plain.toml"
    path.write_text(HEAD + RECT + "with.partners = { top = 0, height = 5 }\n" + ROW + RECT + "partners = true\n", "utf-8")
    plain.write_text(HEAD + RECT, "utf-8")
    assert repr(load_template(path).layers) == repr(load_template(plain).layers)
    assert [layer.height for layer in load_template(path, ["square.svg"]).layers["page"]] == [5, 45, 10]


def test_a_layer_makes_room_for_partners_and_for_a_logo(tmp_path: Path) -> None:
    path = tmp_path / "piece.toml"
    path.write_text(
        HEAD + RECT + "with.logo = { top = 1, height = 9 }\n"
        "with.partners = { top = 0, height = 5, with.logo = { top = 1, height = 4 } }\n",
        "utf-8",
    )
    told = [
        [(layer.unless, layer.when, layer.height) for layer in load_template(path, partners).layers["page"]]
        for partners in ((), ("square.svg",))
    ]
    assert told == [[("logo", None, 10), (None, "logo", 9)], [("logo", None, 5), (None, "logo", 4)]]


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("with.partners = { heigth = 5 }\n", "unknown_key", "layers.0.heigth"),
        ("partners = 3\n", "bad_value", "layers.0.partners"),
        ("partners = false\nwith.partners = { top = 0, height = 5 }\n", "bad_value", "layers.0.with.partners"),
    ],
)
def test_what_is_wrong_is_refused_though_there_are_no_partners(tmp_path: Path, text: str, code: str, key: str) -> None:
    path = tmp_path / "piece.toml"
    path.write_text(HEAD + RECT + text, "utf-8")
    with pytest.raises(TemplateError) as refused:
        load_template(path)
    assert (refused.value.code, refused.value.params["key"]) == (f"toolkit.{code}", key)
