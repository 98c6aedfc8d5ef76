"""What is wrong in a toolkit is refused by its code, its file and its key."""

import shutil
from pathlib import Path

import pytest

from app.errors import Refused, RefusedFields
from app.kits.lint import findings_of
from app.kits.lint_texts import read_networks
from app.kits.toolkit import TOOLKITS_DIR, load_toolkit, most_chars


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
        ("toolkit.toml", '"#4e6072"', '"#9ad0d6"', "toolkit.contrast", {"pair": "muted on paper", "ratio": 1.53, "needed": 4.5}),
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


def test_every_pair_of_colours_that_is_too_close_is_told_at_once(root: Path) -> None:
    for token, colour in (("accent", "#14585f"), ("ink", "#12263a")):
        change(root / "world-refugee-day/toolkit.toml", f'{token} = "{colour}"', f'{token} = "#9ad0d6"')
    with pytest.raises(RefusedFields) as refused:
        load_toolkit("world-refugee-day", root)
    pairs = [(each.code, each.params["pair"]) for each in refused.value.refusals]
    assert {("toolkit.contrast", "accent on paper"), ("toolkit.contrast", "ink on paper")} < set(pairs)
    assert [each.code for each in findings_of("world-refugee-day", root, cities=[])] == ["toolkit.contrast"] * len(pairs)


def test_the_counter_of_a_post_counts_to_what_the_network_takes_with_long_words_filled_in(root: Path) -> None:
    toolkit = load_toolkit("world-refugee-day", root)
    pattern = toolkit.texts["en"].posts.bluesky
    most = most_chars("posts.bluesky", pattern, toolkit.manifest, read_networks(root), "en")
    assert most is not None
    change(root / "world-refugee-day/texts/en.toml", 'bluesky = """\nWhat', f'bluesky = """\n{"x" * (most - len(pattern))}What')
    load_toolkit("world-refugee-day", root)
    change(root / "world-refugee-day/texts/en.toml", 'bluesky = """\n', 'bluesky = """\nx')
    with pytest.raises(Refused, match=r"toolkit\.post_too_long"):
        load_toolkit("world-refugee-day", root)


@pytest.mark.parametrize("name", ["../../our-city-our-voices/templates/card", "/etc/card", "card.d/card"])
def test_a_template_is_a_file_of_the_toolkit_or_of_base_and_no_other(root: Path, name: str) -> None:
    change(root / "world-refugee-day/toolkit.toml", "templates = [", f'templates = ["{name}", ')
    with pytest.raises(Refused) as refused:
        load_toolkit("world-refugee-day", root)
    assert (refused.value.code, refused.value.params["key"]) == ("toolkit.bad_value", "templates.0")
