"""Layouts of the collage: every toolkit has those of base, and can have its own before them."""

import shutil
from pathlib import Path

import pytest

from app.assembly.collage_words import layout_label
from app.errors import Refused
from app.kits.toolkit import TOOLKITS_DIR, Toolkit, list_toolkits, load_toolkit
from app.web.i18n import translator
from tests.kits.test_toolkit_refusals import change

SLUG = "world-refugee-day"
OWN = """
[[collages]]
name = "house"
names = { en = "House", fr = "Maison" }
kind = "shape"
shape = [[0, 0.4], [0.5, 0], [1, 0.4], [1, 1], [0, 1]]
background = "second"
tiles = { start = 5, width = 90, top = 14, height = 60 }
fields = [{ template = "collage_header", format = "collage", width = 100, top = 80, height = 12.4 }]

[palette]"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("base", SLUG):
        shutil.copytree(TOOLKITS_DIR / name, tmp_path / name)
    change(tmp_path / SLUG / "toolkit.toml", "[palette]", OWN)
    return tmp_path


def names(toolkit: Toolkit) -> list[str]:
    return [layout.name for layout in toolkit.collages]


def test_every_toolkit_has_the_layouts_of_base() -> None:
    for slug in list_toolkits():
        assert names(load_toolkit(slug)) == ["grid", "columns", "heart", "circle"]


def test_its_own_layouts_come_first_and_one_of_the_same_name_takes_the_place_of_that_of_base(root: Path) -> None:
    assert names(load_toolkit(SLUG, root)) == ["house", "grid", "columns", "heart", "circle"]
    change(root / SLUG / "toolkit.toml", 'name = "house"', 'name = "heart"')
    toolkit = load_toolkit(SLUG, root)
    assert names(toolkit) == ["heart", "grid", "columns", "circle"]
    assert toolkit.collage_layout("heart").background == "second"
    assert toolkit.collage_layout("circle").shape == "ellipse"
    assert toolkit.collage_layout("gone since").name == "heart"


def test_a_layout_is_called_as_its_toolkit_says_or_by_what_it_is(root: Path) -> None:
    toolkit = load_toolkit(SLUG, root)
    said = [layout_label(layout, translator("en")) for layout in toolkit.collages]
    assert said == ["House", "Rows", "Columns", "Heart", "Circle"]
    assert layout_label(toolkit.collages[0], translator("fr")) == "Maison"


def test_a_kit_that_was_frozen_before_there_were_layouts_has_those_that_ship(root: Path) -> None:
    (root / "base" / "collages.toml").unlink()
    assert names(load_toolkit(SLUG, root)) == ["house", "grid", "columns", "heart", "circle"]


@pytest.mark.parametrize(
    ("old", "new", "code", "params"),
    [
        (
            'format = "collage"',
            'format = "tall"',
            "toolkit.missing",
            {"file": "templates/collage_header.toml [formats.tall]"},
        ),
        (
            'template = "collage_header", format = "collage"',
            'template = "title_card", format = "square"',
            "toolkit.bad_value",
            {"file": "toolkit.toml", "key": "collages.house", "reason": "a collage has no words for city"},
        ),
        ('background = "second"', 'background = "third"', "toolkit.unknown_colour", {"file": "toolkit.toml", "colour": "third"}),
        (
            "top = 80",
            "top = 70",
            "toolkit.bad_value",
            {"file": "toolkit.toml", "key": "collages.0", "reason": "Value error, a field lies over the tiles"},
        ),
        (
            "[[0, 0.4], [0.5, 0], [1, 0.4], [1, 1], [0, 1]]",
            "[[0, 0], [1, 0.1], [1, 0.15]]",
            "toolkit.bad_value",
            {"file": "toolkit.toml", "key": "collages.0", "reason": "Value error, the shape is too narrow for tiles"},
        ),
        (
            'kind = "shape"',
            'kind = "grid"',
            "toolkit.bad_value",
            {
                "file": "toolkit.toml",
                "key": "collages.0",
                "reason": "Value error, a shape stands where the kind is shape, and only there",
            },
        ),
        (
            "start = 5, width = 90",
            "start = 15, width = 90",
            "toolkit.bad_value",
            {"file": "toolkit.toml", "key": "collages.0.tiles", "reason": "Value error, it reaches over the edge of the sheet"},
        ),
    ],
)
def test_a_layout_that_cannot_be_drawn_is_refused(root: Path, old: str, new: str, code: str, params: dict[str, str]) -> None:
    change(root / SLUG / "toolkit.toml", old, new)
    with pytest.raises(Refused) as refused:
        load_toolkit(SLUG, root)
    assert (refused.value.code, refused.value.params) == (code, params)
