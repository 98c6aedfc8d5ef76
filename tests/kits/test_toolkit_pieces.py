"""What toolkits draw: every piece holds short words and long ones in every script, inside its page."""

import itertools
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from app.kits.toolkit import BASE, TOOLKITS_DIR, Networks, Toolkit, load_toolkit
from app.kits.toolkit_files import MAX_QUOTE_CHARS
from media_pipeline.typeset import Rendered, render
from media_pipeline.typeset.template import Format

SLUGS = (
    "european-day-of-languages",
    "international-migrants-day",
    "our-city-our-voices",
    "world-day-for-cultural-diversity",
    "world-refugee-day",
)
PIECES = {
    "frame": {"square", "portrait", "story", "landscape", "link_card", "wide"},
    "profile_frame": {"profile"},
    "card": {"square", "portrait", "story", "landscape", "link_card", "wide", "tile"},
    "audiogram": {"audiogram_square", "audiogram_story"},
    "lower_third": {"square", "story", "wide", "audiogram_square", "audiogram_story"},
    "guest_third": {"square", "story", "wide"},
    "title_card": {"square", "story", "wide", "link_card"},
    "end_card": {"square", "story", "wide"},
    "collage_header": {"collage", "collage_head", "collage_side", "collage_tall"},
    "note": {"a4"},
    "banner": {"facebook", "x", "linkedin", "youtube", "mastodon", "bluesky"},
    "post": {"square", "portrait", "story", "landscape"},
    "badge": {"badge"},
    "poster": {"a3"},
    "postcard_front": {"a6"},
    "postcard_back": {"a6"},
    "sign": {"a4"},
    "countdown_card": {"square", "story"},
    "sheet": {"a4"},
    "quote_card": {"square", "portrait", "story", "landscape"},
    "quote_poster": {"a3"},
}
PRINTED = {"note", "poster", "postcard_front", "postcard_back", "sign", "sheet", "quote_poster"}
REQUIRED = {
    "frame": {"city", "hashtag"},
    "profile_frame": {"message", "hashtag"},
    "card": {"quote", "city", "hashtag"},
    "audiogram": {"quote", "city", "hashtag"},
    "lower_third": {"name"},
    "guest_third": {"quote", "name", "office"},
    "title_card": {"city", "message", "day"},
    "end_card": {"message", "hashtag", "day"},
    "collage_header": {"message", "day", "hashtag"},
    "note": {"title", "city", "day", "message", "body", "hashtag", "contact"},
    "banner": {"city", "message", "hashtag"},
    "post": {"message", "day", "city", "hashtag"},
    "badge": {"message", "hashtag"},
    "poster": {"city", "message", "day", "title", "contact", "hashtag", "qr"},
    "postcard_front": {"city", "message", "day"},
    "postcard_back": {"title", "city", "hashtag", "qr"},
    "sign": {"title", "city", "hashtag"},
    "countdown_card": {"days_left", "message", "city", "hashtag"},
    "sheet": {"title", "body", "city", "hashtag"},
    "quote_card": {"message", "name", "quote", "city", "hashtag"},
    "quote_poster": {"message", "name", "quote", "city", "hashtag"},
}
OPTIONAL = {
    "frame": {"name", "caption", "translation"},
    "profile_frame": {"city"},
    "card": {"name", "kind_label", "translation"},
    "audiogram": {"name", "kind_label"},
    "lower_third": {"city", "caption", "translation"},
    "guest_third": set(),
    "title_card": {"city_too"},
    "end_card": {"city"},
    "collage_header": set(),
    "note": {"qr"},
    "banner": set(),
    "post": set(),
    "badge": {"city"},
    "poster": {"caption"},
    "postcard_front": set(),
    "postcard_back": {"body"},
    "sign": {"quote"},
    "countdown_card": {"day"},
    "sheet": set(),
    "quote_card": {"office"},
    "quote_poster": {"office", "qr"},
}
PICTURES = {"logo", "portrait"}  # slots that hold a city's pictures, not words
SHORT = {
    "en": {
        "city": "Ath",
        "name": "Jo",
        "quote": "Yes",
        "message": "One city",
        "day": "Friday 1 May 2026",
        "hashtag": "#Us",
        "caption": "Us",
        "days_left": "1 day",
    },
    "fr": {
        "city": "Eu",
        "name": "Lo",
        "quote": "Oui",
        "message": "Une ville",
        "day": "vendredi 1er mai 2026",
        "hashtag": "#Nous",
        "caption": "Là",
        "days_left": "1 jour",
    },
    "ar": {
        "city": "صور",
        "name": "مي",
        "quote": "نعم",
        "message": "مدينة",
        "day": "الجمعة 1 مايو 2026",
        "hashtag": "#نحن",
        "caption": "هنا",
        "days_left": "يوم واحد",
    },
    "ta": {
        "city": "கோவை",
        "name": "மீ",
        "quote": "ஆம்",
        "message": "நகரம்",
        "day": "வெள்ளி 1 மே 2026",
        "hashtag": "#நாம்",
        "caption": "இங்கே",
        "days_left": "1 நாள்",
    },
    "de": {
        "city": "Au",
        "name": "Bo",
        "quote": "Ja",
        "message": "Eine Stadt",
        "day": "1. Mai 2026",
        "hashtag": "#Wir",
        "caption": "Da",
        "days_left": "1 Tag",
    },
    "zh": {
        "city": "沪",
        "name": "李",
        "quote": "是的。",
        "message": "同城",
        "day": "2026年5月1日",
        "hashtag": "#我们",
        "caption": "这里",
        "days_left": "1天",
    },
}
SENTENCES = {
    "en": "I learned the word for bread before I learned the word for street, and both from the same neighbour. ",
    "fr": "J’ai appris le mot pain avant d’apprendre le mot rue, et les deux de la même voisine, un samedi. ",
    "ar": "تعلّمتُ كلمة الخبز قبل كلمة الشارع، وكلتاهما من الجارة نفسها، يوم السبت في السوق الكبير. ",
    "ta": "சனிக்கிழமைகளில் சந்தையில் அனைவரையும் பெயர் சொல்லி அழைப்பேன், அவர்களும் என்னை அழைப்பார்கள். ",
    "de": "Das Wort für Brot lernte ich vor dem Wort für Straße, beide von derselben Nachbarin im Treppenhaus. ",
    "zh": "每个星期六，我在市场上叫得出每个人的名字，卖苹果的先生教我方言，我教他用阿拉伯语数数。",
}
CITIES = {
    "en": "Santa Coloma de Gramenet",
    "fr": "Saint-Médard-en-Jalles-sur-Garonne",
    "ar": "النجف الأشرف ومدينة السادس من أكتوبر",
    "ta": "திருவனந்தபுரம் மாநகராட்சி",
    "de": "Garmisch-Partenkirchen am Fuß",
    "zh": "黔西南布依族苗族自治州兴义市",
}
MESSAGES = {
    "en": "A safe place is made by all of us, every single day",
    "fr": "Un lieu sûr se construit ensemble, chaque jour de l’année",
    "ar": "المكان الآمن نصنعه معًا كل يوم من أيام السنة",
    "ta": "பாதுகாப்பான இடத்தை நாம் அனைவரும் சேர்ந்து உருவாக்குகிறோம்",
    "de": "Geborgenheit schaffen wir nachbarschaftlich, jeden Tag",
    "zh": "安全的地方由我们大家每一天共同建造，人人都有份",
}
DAYS = {
    "en": "Wednesday 23 September 2026",
    "fr": "mercredi 23 septembre 2026",
    "ar": "الأربعاء، 23 سبتمبر 2026",
    "ta": "செவ்வாய், 22 செப்டம்பர் 2026",
    "de": "Mittwoch, 23. September 2026",
    "zh": "2026年9月23日星期三",
}
COUNTS = {"en": "28 days", "fr": "28 jours", "ar": "28 يومًا", "ta": "28 நாட்கள்", "de": "28 Tage", "zh": "28天"}
LONG = {
    language: {
        "city": CITIES[language],
        "name": "Maria del Mar Fernández-Villanueva y Hernández",
        "quote": (SENTENCES[language] * 20)[:600],
        "caption": (SENTENCES[language] * 2)[:120],
        "message": MESSAGES[language],
        "day": DAYS[language],
        "hashtag": "#NotreVilleNosVoixEnsemble",
        "days_left": COUNTS[language],
    }
    for language in SHORT
}


# Every script meets a toolkit; all words in all languages in all toolkits are what the command that checks toolkits is for.
PAIRS = list(zip(SLUGS, ("de", "ta", "fr", "zh", "ar"), strict=True))
POINTS_PER_MM = 72 / 25.4


@pytest.fixture(scope="module", params=SLUGS)
def toolkit(request: pytest.FixtureRequest) -> Toolkit:
    return load_toolkit(request.param)


def slots_for(language: str, words: dict[str, str]) -> dict[str, str]:
    body = "\n\n".join([SENTENCES[language] * 2] * 5)
    extras = {
        "contact": "campaign@cities.example",
        "qr": "https://cities.example/c/day/city/share",
        "kind_label": words["name"],
        "office": words["caption"][:40],
    }
    return {**words, "title": words["message"], "body": body, **extras}


def drawn(toolkit: Toolkit, piece: str, page: str, language: str, words: dict[str, str], folder: Path) -> Rendered:
    slots = slots_for(language, words)
    if piece == "postcard_back":  # it has room for an invitation, not for a letter
        slots["body"] = SENTENCES[language]
    if piece in {"sign", "quote_card", "quote_poster", "guest_third"}:  # they are read from afar
        slots["quote"] = slots["quote"][:MAX_QUOTE_CHARS]
    return render(
        toolkit.template(piece),
        format=page,
        slots=slots,
        palette=toolkit.palette,
        language=language,
        target=folder / f"{piece}.{'pdf' if piece in PRINTED else 'png'}",
        artwork=toolkit.artwork,
    )


def said_by(toolkit: Toolkit, piece: str, *, needed: bool) -> set[str]:
    """The slots whose words a piece must have, or can have; a code is no words."""
    return {slot for slot, must in toolkit.template(piece).slots.items() if must is needed} - PICTURES


def size_of(shape: Format) -> tuple[float, float]:
    """In pixels; in points for print, as its words are measured."""
    if shape.width_px is not None and shape.height_px is not None:
        return shape.width_px, shape.height_px
    assert shape.width_mm is not None
    assert shape.height_mm is not None
    return shape.width_mm * POINTS_PER_MM, shape.height_mm * POINTS_PER_MM


def test_every_toolkit_has_the_pieces_formats_and_slots_the_service_asks_for(toolkit: Toolkit) -> None:
    assert {name: set(piece.formats) for name, piece in toolkit.loaded.items()} == PIECES
    assert {name: said_by(toolkit, name, needed=True) for name in PIECES} == REQUIRED
    assert {name: said_by(toolkit, name, needed=False) for name in PIECES} == OPTIONAL


@pytest.mark.parametrize(("slug", "language"), PAIRS)
def test_every_piece_holds_the_shortest_words(slug: str, language: str, tmp_path: Path) -> None:
    toolkit = load_toolkit(slug)
    for piece, formats in PIECES.items():
        made = drawn(toolkit, piece, min(formats), language, SHORT[language], tmp_path)
        layers = toolkit.template(piece).layers[min(formats)]
        needed = {slot for layer in layers for slot, must in layer.slots().items() if must}
        assert {words.slot for words in made.words} >= needed - {"qr"}


@pytest.mark.parametrize(("slug", "language"), [pair for pair in PAIRS if pair[1] != "fr"])
def test_every_piece_holds_the_longest_words_away_from_its_edges(slug: str, language: str, tmp_path: Path) -> None:
    toolkit = load_toolkit(slug)
    for piece, formats in PIECES.items():
        for page in sorted(formats):
            made = drawn(toolkit, piece, page, language, LONG[language], tmp_path)
            shape = toolkit.template(piece).formats[page]
            width, height = size_of(shape)
            if shape.width_px is not None:
                with Image.open(made.path) as picture:
                    assert picture.size == (width, height)
            safe = toolkit.manifest.safe_areas.get(page)
            top, bottom = (safe.top_percent, safe.bottom_percent) if safe else (0, 0)
            for set_words in made.words:
                assert set_words.x >= 0.02 * width, (piece, page, set_words)
                assert set_words.x + set_words.width <= 0.98 * width, (piece, page, set_words)
                assert height * top / 100 <= set_words.y, (piece, page, set_words)
                assert set_words.y + set_words.height <= height * (1 - bottom / 100), (piece, page, set_words)


@pytest.mark.parametrize(("slug", "language"), PAIRS)
def test_the_longest_words_leave_a_logo_in_the_frame_its_clear_space(slug: str, language: str, tmp_path: Path) -> None:
    toolkit, logo = load_toolkit(slug), tmp_path / "logo.png"
    Image.new("RGB", (400, 200), "#00aa44").save(logo)
    for page in sorted(PIECES["frame"]):
        made = render(
            toolkit.template("frame"),
            format=page,
            slots={**LONG[language], "caption": ""},
            palette=toolkit.palette,
            language=language,
            target=tmp_path / "frame.png",
            artwork=toolkit.artwork,
            pictures={"logo": logo},
        )
        assert [shown.slot for shown in made.pictures] == ["logo"]
        shown, room = made.pictures[0], made.pictures[0].clear
        for words in made.words:
            beside = words.x >= shown.x + shown.width + room - 1 or words.x + words.width <= shown.x - room + 1
            assert beside or words.y + words.height <= shown.y - room, (page, words, shown)


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


@pytest.mark.parametrize(("slug", "language"), PAIRS)
def test_the_frame_of_a_film_holds_the_longest_caption_with_a_translation_as_long(
    slug: str, language: str, tmp_path: Path
) -> None:
    toolkit = load_toolkit(slug)
    for page in PIECES["lower_third"] & PIECES["frame"]:
        words = LONG[language] | {"translation": LONG["ta" if language == "ar" else "ar"]["caption"]}
        made = {each.slot: each for each in drawn(toolkit, "frame", page, language, words, tmp_path).words}
        window = toolkit.template("frame").formats[page].window
        assert window is not None
        assert made["caption"].y + made["caption"].height <= made["translation"].y
        assert made["translation"].y + made["translation"].height < window[1] + window[3]


def test_the_lower_third_stands_above_the_frames_band(toolkit: Toolkit, tmp_path: Path) -> None:
    for page in PIECES["lower_third"] & PIECES["frame"]:
        window = toolkit.template("frame").formats[page].window
        assert window is not None
        for words in drawn(toolkit, "lower_third", page, "fr", LONG["fr"], tmp_path).words:
            assert words.y + words.height < window[1] + window[3]


def test_a_banner_keeps_its_words_where_every_screen_shows_them(toolkit: Toolkit, tmp_path: Path) -> None:
    banners = Networks.model_validate(tomllib.loads((TOOLKITS_DIR / BASE / "networks.toml").read_text("utf-8"))).banners
    assert {name: (banner.width_px, banner.height_px) for name, banner in banners.items()} == {
        name: size_of(shape) for name, shape in toolkit.template("banner").formats.items()
    }
    for page, banner in banners.items():
        x, y, width, height = banner.safe
        for words in drawn(toolkit, "banner", page, "de", LONG["de"], tmp_path).words:
            assert x <= words.x, (page, words)
            assert words.x + words.width <= x + width, (page, words)
            assert y <= words.y, (page, words)
            assert words.y + words.height <= y + height, (page, words)


@pytest.mark.parametrize(("slug", "beside"), list(itertools.combinations(SLUGS, 2)))
def test_the_toolkits_do_not_look_alike(slug: str, beside: str, tmp_path: Path) -> None:
    one, other = load_toolkit(slug), load_toolkit(beside)
    assert {one.palette[token] for token in ("paper", "accent", "second")}.isdisjoint(other.palette.values())
    frames = [drawn(kit, "frame", "square", "en", SHORT["en"], tmp_path).path.read_bytes() for kit in (one, other)]
    assert frames[0] != frames[1]
