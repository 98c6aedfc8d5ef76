"""What is wrong in a toolkit is refused by its code, its file and its key."""

import shutil
from pathlib import Path

import pytest

from app.errors import Refused
from app.kits.toolkit import TOOLKITS_DIR, load_toolkit


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("base", "world-refugee-day"):
        shutil.copytree(TOOLKITS_DIR / name, tmp_path / name)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "params"),
    [
        ("toolkit.toml", "version = 1", "version = 1\nfont = 2", "toolkit.unknown_key", {"file": "toolkit.toml", "key": "font"}),
        (
            "toolkit.toml",
            "[palette]",
            "[palette]\nthird = '#000000'",
            "toolkit.unknown_key",
            {"file": "toolkit.toml", "key": "palette.third"},
        ),
        (
            "texts/fr.toml",
            "[posts]",
            "[posts]\nmyspace = 'a'",
            "toolkit.unknown_key",
            {"file": "texts/fr.toml", "key": "posts.myspace"},
        ),
        (
            "templates/frame.toml",
            'kind = "rect"',
            'kind = "rect"\nshadow = 3',
            "toolkit.unknown_key",
            {"file": "templates/frame.toml", "key": "layers.0.shadow"},
        ),
        (
            "texts/en.toml",
            'title = "One',
            'title = "{town} One',
            "toolkit.unknown_placeholder",
            {"file": "texts/en.toml", "key": "note.title", "placeholder": "town"},
        ),
        (
            "texts/en.toml",
            'title = "One',
            'title = "{city.__class__} One',
            "toolkit.unknown_placeholder",
            {"file": "texts/en.toml", "key": "note.title", "placeholder": "city.__class__"},
        ),
        (
            "texts/en.toml",
            'photo = "A',
            'photo = "{link} A',
            "toolkit.unknown_placeholder",
            {"file": "texts/en.toml", "key": "alt.photo", "placeholder": "link"},
        ),
        (
            "texts/en.toml",
            'answer = "Safety',
            'answer = "{town}: safety',
            "toolkit.unknown_placeholder",
            {"file": "texts/en.toml", "key": "replies.rumours.2.answer", "placeholder": "town"},
        ),
        (
            "texts/en.toml",
            'title = "Your answer counts too"',
            'title = "Your answer counts too, {name}"',
            "toolkit.unknown_placeholder",
            {"file": "texts/en.toml", "key": "colleagues.title", "placeholder": "name"},
        ),
        (
            "texts/fr.toml",
            'day = "C’est',
            'day = "{days_left} : c’est',
            "toolkit.unknown_placeholder",
            {"file": "texts/fr.toml", "key": "plan.day", "placeholder": "days_left"},
        ),
        ("toolkit.toml", '"#14585f"', '"#9ad0d6"', "toolkit.contrast", {"pair": "accent on paper", "ratio": 1.53, "needed": 4.5}),
        (
            "templates/frame.toml",
            'fill = "paper"',
            'fill = "gold"',
            "toolkit.unknown_colour",
            {"file": "templates/frame.toml", "colour": "gold"},
        ),
        (
            "artwork/mark.svg",
            "var(--accent,",
            "var(--gold,",
            "toolkit.unknown_colour",
            {"file": "artwork/mark.svg", "colour": "gold"},
        ),
        ("toolkit.toml", '"note",', '"note", "balloon",', "toolkit.missing", {"file": "templates/balloon.toml"}),
    ],
)
def test_a_fault_in_a_toolkit_is_refused_by_its_code_and_place(
    root: Path, file: str, old: str, new: str, code: str, params: dict[str, object]
) -> None:
    change(root / "world-refugee-day" / file, old, new)
    with pytest.raises(Refused) as refused:
        load_toolkit("world-refugee-day", root)
    assert (refused.value.code, refused.value.params) == (code, params)


@pytest.mark.parametrize("file", ["artwork/corner.svg", "texts/en.toml", "LICENCES.md"])
def test_a_file_that_is_missing_is_named(root: Path, file: str) -> None:
    (root / "world-refugee-day" / file).unlink()
    with pytest.raises(Refused) as refused:
        load_toolkit("world-refugee-day", root)
    assert (refused.value.code, refused.value.params) == ("toolkit.missing", {"file": file})


@pytest.mark.parametrize(
    ("old", "key"),
    [('x = "What', "posts.x"), ('countdown = "{days_left}', "plan.countdown"), ('after = "The day', "plan.after")],
)
def test_a_post_over_the_networks_limit_is_refused_with_both_numbers(root: Path, old: str, key: str) -> None:
    field, words = old.split('"')
    change(root / "world-refugee-day/texts/en.toml", old, f'{field}"{"Why so long? " * 20}{words}')
    with pytest.raises(Refused) as refused:
        load_toolkit("world-refugee-day", root)
    params = refused.value.params
    assert (refused.value.code, params["file"], params["key"]) == ("toolkit.post_too_long", "texts/en.toml", key)
    assert params["allowed"] == 280
    assert params["found"] > 280


def test_a_text_without_one_of_its_parts_is_refused(root: Path) -> None:
    change(root / "world-refugee-day/texts/en.toml", "[mayor_quote]\ntext =", "[mayor_quote]\nwords =")
    with pytest.raises(Refused) as refused:
        load_toolkit("world-refugee-day", root)
    assert refused.value.params == {"file": "texts/en.toml", "key": "mayor_quote.words"}


def test_a_mayor_s_quote_has_one_length_for_all(root: Path) -> None:
    change(root / "world-refugee-day/texts/en.toml", 'text = "A safe', f'text = "{"A long sentence. " * 9}A safe')
    with pytest.raises(Refused) as refused:
        load_toolkit("world-refugee-day", root)
    assert (refused.value.code, refused.value.params["key"]) == ("toolkit.bad_value", "mayor_quote.text")
