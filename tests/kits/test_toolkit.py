"""Toolkits are data: what ships is whole and readable in every language, and what is wrong is named."""

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image
from pydantic import BaseModel

from app.errors import NotFound, Refused
from app.kits import toolkit_files
from app.kits.toolkit import TOOLKITS_DIR, Toolkit, contrast_ratio, fill, list_toolkits, load_toolkit
from media_pipeline.typeset import Rendered, render
from media_pipeline.typeset import template as templates

SLUGS = ("our-city-our-voices", "world-refugee-day")
PIECES = {
    "frame": {"square", "portrait", "story", "landscape", "link_card", "wide"},
    "profile_frame": {"profile"},
    "card": {"square", "portrait", "story", "landscape", "link_card", "wide", "tile"},
    "audiogram": {"audiogram_square", "audiogram_story"},
    "lower_third": {"square", "story", "wide"},
    "title_card": {"square", "story", "wide", "link_card"},
    "end_card": {"square", "story", "wide"},
    "collage_header": {"collage"},
    "note": {"a4"},
}
REQUIRED = {
    "frame": {"city", "hashtag"},
    "profile_frame": {"message", "hashtag"},
    "card": {"quote", "city", "hashtag"},
    "audiogram": {"quote", "city", "hashtag"},
    "lower_third": {"name", "city"},
    "title_card": {"city", "message", "day"},
    "end_card": {"message", "hashtag", "day"},
    "collage_header": {"message", "day", "hashtag"},
    "note": {"title", "city", "day", "message", "body", "hashtag", "contact"},
}
OPTIONAL = {
    "frame": {"name", "caption"},
    "profile_frame": {"city"},
    "card": {"name", "kind_label"},
    "audiogram": {"name", "kind_label"},
    "lower_third": {"caption"},
    "title_card": set(),
    "end_card": {"city"},
    "collage_header": set(),
    "note": {"qr"},
}
SHORT = {
    "en": {
        "city": "Ath",
        "name": "Jo",
        "quote": "Yes",
        "message": "One city",
        "day": "Friday 1 May 2026",
        "hashtag": "#Us",
        "caption": "Us",
    },
    "fr": {
        "city": "Eu",
        "name": "Lo",
        "quote": "Oui",
        "message": "Une ville",
        "day": "vendredi 1er mai 2026",
        "hashtag": "#Nous",
        "caption": "Là",
    },
    "ar": {
        "city": "صور",
        "name": "مي",
        "quote": "نعم",
        "message": "مدينة",
        "day": "الجمعة 1 مايو 2026",
        "hashtag": "#نحن",
        "caption": "هنا",
    },
    "ta": {
        "city": "கோவை",
        "name": "மீ",
        "quote": "ஆம்",
        "message": "நகரம்",
        "day": "வெள்ளி 1 மே 2026",
        "hashtag": "#நாம்",
        "caption": "இங்கே",
    },
    "zh": {
        "city": "沪",
        "name": "李",
        "quote": "是的。",
        "message": "同城",
        "day": "2026年5月1日",
        "hashtag": "#我们",
        "caption": "这里",
    },
}
SENTENCES = {
    "en": "I learned the word for bread before I learned the word for street, and both from the same neighbour. ",
    "fr": "J’ai appris le mot pain avant d’apprendre le mot rue, et les deux de la même voisine, un samedi. ",
    "ar": "تعلّمتُ كلمة الخبز قبل كلمة الشارع، وكلتاهما من الجارة نفسها، يوم السبت في السوق الكبير. ",
    "ta": "சனிக்கிழமைகளில் சந்தையில் அனைவரையும் பெயர் சொல்லி அழைப்பேன், அவர்களும் என்னை அழைப்பார்கள். ",
    "zh": "每个星期六，我在市场上叫得出每个人的名字，卖苹果的先生教我方言，我教他用阿拉伯语数数。",
}
CITIES = {
    "en": "Santa Coloma de Gramenet",
    "fr": "Saint-Médard-en-Jalles-sur-Garonne",
    "ar": "النجف الأشرف ومدينة السادس من أكتوبر",
    "ta": "திருவனந்தபுரம் மாநகராட்சி",
    "zh": "黔西南布依族苗族自治州兴义市",
}
MESSAGES = {
    "en": "A safe place is made by all of us, every single day",
    "fr": "Un lieu sûr se construit ensemble, chaque jour de l’année",
    "ar": "المكان الآمن نصنعه معًا كل يوم من أيام السنة",
    "ta": "பாதுகாப்பான இடத்தை நாம் அனைவரும் சேர்ந்து உருவாக்குகிறோம்",
    "zh": "安全的地方由我们大家每一天共同建造，人人都有份",
}
DAYS = {
    "en": "Wednesday 23 September 2026",
    "fr": "mercredi 23 septembre 2026",
    "ar": "الأربعاء، 23 سبتمبر 2026",
    "ta": "செவ்வாய், 22 செப்டம்பர் 2026",
    "zh": "2026年9月23日星期三",
}
LONG = {
    language: {
        "city": CITIES[language],
        "name": "Maria del Mar Fernández-Villanueva y Hernández",
        "quote": (SENTENCES[language] * 20)[:600],
        "caption": (SENTENCES[language] * 2)[:120],
        "message": MESSAGES[language],
        "day": DAYS[language],
        "hashtag": "#NotreVilleNosVoixEnsemble",
    }
    for language in SHORT
}


@pytest.fixture(scope="module", params=SLUGS)
def toolkit(request: pytest.FixtureRequest) -> Toolkit:
    return load_toolkit(request.param)


def slots_for(language: str, words: dict[str, str]) -> dict[str, str]:
    note = {"title": words["message"], "body": "\n\n".join([SENTENCES[language] * 2] * 5)}
    extras = {"contact": "campaign@cities.example", "qr": "https://cities.example/c/day/city/share", "kind_label": words["name"]}
    return {**words, **note, **extras}


def drawn(toolkit: Toolkit, piece: str, page: str, language: str, words: dict[str, str], folder: Path) -> Rendered:
    kind = "pdf" if piece == "note" else "png"
    return render(
        toolkit.template(piece),
        format=page,
        slots=slots_for(language, words),
        palette=toolkit.palette,
        language=language,
        target=folder / f"{piece}.{kind}",
        artwork=toolkit.artwork,
    )


def test_two_toolkits_ship() -> None:
    assert list_toolkits() == list(SLUGS)


def test_every_toolkit_has_the_pieces_formats_and_slots_the_service_asks_for(toolkit: Toolkit) -> None:
    assert {name: set(piece.formats) for name, piece in toolkit.loaded.items()} == PIECES
    for name, piece in toolkit.loaded.items():
        assert {slot for slot, needed in piece.slots.items() if needed} == REQUIRED[name]
        assert {slot for slot, needed in piece.slots.items() if not needed} == OPTIONAL[name]


@pytest.mark.parametrize("language", sorted(SHORT))
def test_every_piece_holds_the_shortest_words(toolkit: Toolkit, language: str, tmp_path: Path) -> None:
    for piece, formats in PIECES.items():
        made = drawn(toolkit, piece, min(formats), language, SHORT[language], tmp_path)
        assert {words.slot for words in made.words} >= REQUIRED[piece]


@pytest.mark.parametrize("language", sorted(LONG))
def test_every_piece_holds_the_longest_words_away_from_its_edges(toolkit: Toolkit, language: str, tmp_path: Path) -> None:
    for piece, formats in PIECES.items():
        for page in sorted(formats):
            made = drawn(toolkit, piece, page, language, LONG[language], tmp_path)
            shape = toolkit.template(piece).formats[page]
            if shape.width_px is None or shape.height_px is None:
                continue
            with Image.open(made.path) as picture:
                assert picture.size == (shape.width_px, shape.height_px)
            for set_words in made.words:
                assert set_words.x >= 0.02 * shape.width_px, (piece, page, set_words)
                assert set_words.x + set_words.width <= 0.98 * shape.width_px, (piece, page, set_words)
            safe = toolkit.manifest.safe_areas.get(page)
            if safe is not None:
                top, bottom = shape.height_px * safe.top_percent / 100, shape.height_px * (1 - safe.bottom_percent / 100)
                for set_words in made.words:
                    assert top <= set_words.y, (piece, set_words)
                    assert set_words.y + set_words.height <= bottom, (piece, set_words)


def test_a_frame_is_clear_in_its_window_and_closed_below_it(toolkit: Toolkit, tmp_path: Path) -> None:
    words = {key: value for key, value in SHORT["en"].items() if key in {"city", "hashtag"}}
    for page in PIECES["frame"]:
        made = render(
            toolkit.template("frame"),
            format=page,
            slots=words,
            palette=toolkit.palette,
            language="en",
            target=tmp_path / "frame.png",
            artwork=toolkit.artwork,
        )
        assert made.window is not None
        with Image.open(made.path) as picture:
            alpha = picture.getchannel("A")
            seen = alpha.crop((0, 0, made.window.width_px, made.window.height_px // 2))
            below = alpha.crop((0, made.window.height_px + 1, made.width_px, made.height_px))
            assert (seen.getextrema(), below.getextrema()) == ((0, 0), (255, 255))


def test_the_profile_frame_keeps_its_words_inside_the_circle(toolkit: Toolkit, tmp_path: Path) -> None:
    for language, longest in LONG.items():
        for words in drawn(toolkit, "profile_frame", "profile", language, longest, tmp_path).words:
            for x in (words.x, words.x + words.width):
                for y in (words.y, words.y + words.height):
                    assert (x - 540) ** 2 + (y - 540) ** 2 <= 540**2, words


def test_the_lower_third_stands_above_the_frames_band(toolkit: Toolkit, tmp_path: Path) -> None:
    for page in PIECES["lower_third"]:
        window = toolkit.template("frame").formats[page].window
        assert window is not None
        for words in drawn(toolkit, "lower_third", page, "fr", LONG["fr"], tmp_path).words:
            assert words.y + words.height < window[1] + window[3]


def test_the_toolkits_do_not_look_alike(tmp_path: Path) -> None:
    one, other = (load_toolkit(slug) for slug in SLUGS)
    assert {one.palette[token] for token in ("paper", "accent", "second")}.isdisjoint(other.palette.values())
    frames = [drawn(kit, "frame", "square", "en", SHORT["en"], tmp_path).path.read_bytes() for kit in (one, other)]
    assert frames[0] != frames[1]


def test_texts_are_complete_in_english_and_french_and_drafts_until_somebody_read_them(toolkit: Toolkit) -> None:
    assert sorted(toolkit.texts) == ["en", "fr"]
    assert [toolkit.texts[language].is_draft for language in ("en", "fr")] == [True, True]
    assert sorted(toolkit.names) == sorted(toolkit.messages) == ["en", "fr"]


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
    return {key for model in models for key in model.model_fields}


def test_the_readme_names_every_key_of_the_schema() -> None:
    readme = re.sub(r"(?s)```.*?```", "", (TOOLKITS_DIR / "README.md").read_text("utf-8"))
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", readme))))
    assert (keys_of(toolkit_files) | keys_of(templates)) - named == set()


# --- what is wrong is named ------------------------------------------------------------------------------------------


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
        ("toolkit.toml", '"note"]', '"note", "badge"]', "toolkit.missing", {"file": "templates/badge.toml"}),
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


def test_a_post_over_the_networks_limit_is_refused_with_both_numbers(root: Path) -> None:
    change(root / "world-refugee-day/texts/en.toml", 'x = "What', 'x = "' + "What " * 60 + "What")
    with pytest.raises(Refused) as refused:
        load_toolkit("world-refugee-day", root)
    assert (refused.value.code, refused.value.params["key"], refused.value.params["allowed"]) == (
        "toolkit.post_too_long",
        "posts.x",
        280,
    )
    assert refused.value.params["found"] > 280


@pytest.mark.parametrize("slug", ["none", "base", "../base", "/etc"])
def test_a_toolkit_that_is_not_there_is_not_found(slug: str) -> None:
    with pytest.raises(NotFound):
        load_toolkit(slug)


def test_a_new_folder_is_a_new_toolkit_and_its_own_template_comes_before_the_shared_one(root: Path) -> None:
    shutil.copytree(root / "world-refugee-day", root / "our-river-day")
    change(root / "our-river-day/toolkit.toml", 'slug = "world-refugee-day"', 'slug = "our-river-day"')
    (root / "our-river-day/templates/frame.toml").unlink()
    assert list_toolkits(root) == ["our-river-day", "world-refugee-day"]
    frames = [load_toolkit(slug, root).template("frame").description for slug in list_toolkits(root)]
    assert frames[0] != frames[1]
