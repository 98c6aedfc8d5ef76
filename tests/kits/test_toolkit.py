"""Toolkits are data: what ships is whole in every language, and a folder is a toolkit."""

import re
import shutil
from pathlib import Path

import pytest
from pydantic import BaseModel, RootModel

from app.errors import NotFound
from app.kits import toolkit_files
from app.kits.frames import address_of
from app.kits.toolkit import TOOLKITS_DIR, Toolkit, contrast_ratio, fill, list_toolkits, load_toolkit, patterns_of
from media_pipeline.typeset import template as templates

SLUGS = (
    "european-day-of-languages",
    "international-migrants-day",
    "our-city-our-voices",
    "world-day-for-cultural-diversity",
    "world-refugee-day",
)


OWN_WORDS = (
    "posts.",
    "note.title",
    "note.body",
    "plan.",
    "press_release.",
    "mayor_quote.",
    "bulletin.",
    "colleagues.",
    "prints.",
)


@pytest.fixture(scope="module", params=SLUGS)
def toolkit(request: pytest.FixtureRequest) -> Toolkit:
    return load_toolkit(request.param)


def test_five_toolkits_ship() -> None:
    assert list_toolkits() == list(SLUGS)


def test_texts_are_complete_in_english_and_french_and_drafts_until_somebody_read_them(toolkit: Toolkit) -> None:
    assert {"en", "fr"} <= toolkit.texts.keys()
    assert {language: text.is_draft for language, text in toolkit.texts.items()} == dict.fromkeys(toolkit.texts, True)
    assert {"en", "fr"} <= toolkit.names.keys()
    assert {"en", "fr"} <= toolkit.messages.keys()


def test_a_press_release_has_three_places_for_the_city_s_own_words(toolkit: Toolkit) -> None:
    for language in ("en", "fr"):
        assert len(re.findall(r"\[[^\]]+\]", toolkit.texts[language].press_release.body)) == 3


def test_a_mayor_s_quote_stays_short_in_a_city_with_a_long_name(toolkit: Toolkit) -> None:
    for text in toolkit.texts.values():
        assert len(fill(text.mayor_quote.text, {"city": "x" * 30})) <= toolkit_files.MAX_QUOTE_CHARS


def test_every_toolkit_says_its_own_sentences() -> None:
    for language in ("en", "fr"):
        spoken = [
            {pattern for key, pattern in patterns_of(load_toolkit(slug).texts[language]) if key.startswith(OWN_WORDS)}
            for slug in SLUGS
        ]
        assert sum(len(sentences) for sentences in spoken) == len(set().union(*spoken))


def test_texts_carry_no_date_because_the_day_is_the_campaigns(toolkit: Toolkit) -> None:
    english = "january|february|march|april|june|july|august|september|october|november|december"
    french = "janvier|février|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    for text in toolkit.texts.values():
        assert re.findall(rf"\b\d+\b|\b(?:{english}|{french})\b", text.model_dump_json(exclude={"meta"}).lower()) == []


def test_every_post_names_the_city_the_day_the_link_and_the_hashtag(toolkit: Toolkit) -> None:
    for text in toolkit.texts.values():
        for post in text.posts.model_dump().values():
            placeholders = ("{city}", "{day}", "{link}", "{hashtag}")
            assert [name for name in placeholders if name not in post] == []


def test_filled_words_are_never_read_as_placeholders() -> None:
    assert fill("{city}: {day}", {"city": "{day}", "day": "today"}) == "{day}: today"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_ratio("#000000", "#ffffff") == 21
    assert round(contrast_ratio("#767676", "#ffffff"), 2) == 4.54


def keys_of(module: object) -> set[str]:
    models = [thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, BaseModel)]
    return {key for model in models if not issubclass(model, RootModel) for key in model.model_fields}


def test_the_readme_names_every_key_of_the_schema() -> None:
    readme = re.sub(r"(?s)```.*?```", "", (TOOLKITS_DIR / "README.md").read_text("utf-8"))
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", readme))))
    assert (keys_of(toolkit_files) | keys_of(templates)) - named == set()


@pytest.mark.parametrize("slug", ["none", "base", "../base", "/etc"])
def test_a_toolkit_that_is_not_there_is_not_found(slug: str) -> None:
    with pytest.raises(NotFound):
        load_toolkit(slug)


def test_a_new_folder_is_a_new_toolkit_and_its_own_template_comes_before_the_shared_one(tmp_path: Path) -> None:
    for name in ("base", "world-refugee-day"):
        shutil.copytree(TOOLKITS_DIR / name, tmp_path / name)
    shutil.copytree(tmp_path / "world-refugee-day", tmp_path / "our-river-day")
    manifest = tmp_path / "our-river-day/toolkit.toml"
    manifest.write_text(manifest.read_text("utf-8").replace("world-refugee-day", "our-river-day"), "utf-8")
    (tmp_path / "our-river-day/templates/frame.toml").unlink()
    assert list_toolkits(tmp_path) == ["our-river-day", "world-refugee-day"]
    frames = [load_toolkit(slug, tmp_path).template("frame").description for slug in list_toolkits(tmp_path)]
    assert frames[0] != frames[1]


def test_the_address_of_what_is_drawn_stays_until_a_picture_or_a_colour_is_another(tmp_path: Path) -> None:
    shutil.copytree(TOOLKITS_DIR, tmp_path / "toolkits")
    toolkit = load_toolkit("world-refugee-day", tmp_path / "toolkits")
    before = address_of(toolkit, "card", "lower_third")
    assert address_of(load_toolkit("world-refugee-day"), "card", "lower_third") == before  # wherever it lies
    picture = toolkit.artwork / min(toolkit.template("card").pictures)
    drawn = picture.read_bytes()
    picture.write_bytes(drawn + b"<!-- drawn anew -->")
    assert address_of(toolkit, "card", "lower_third") != before
    picture.write_bytes(drawn)
    assert address_of(toolkit, "card", "lower_third") == before
    other = toolkit.manifest.palette.model_copy(update={"accent": "#123456"})
    recoloured = toolkit.model_copy(update={"manifest": toolkit.manifest.model_copy(update={"palette": other})})
    assert address_of(recoloured, "card", "lower_third") != before
