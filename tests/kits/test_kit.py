"""What a city finds in its kit."""

import csv
import hashlib
import re
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
import vobject
from PIL import Image
from pypdf import PdfReader

from app.db.session import Database
from app.errors import Refused
from app.kits.city_look_previews import stage_for
from app.kits.drawing import Press
from app.kits.order import KitOrder
from app.kits.pieces import Drawing, pieces_of
from app.kits.posting_plan import Post, as_csv, planned_posts
from app.kits.quote_pieces import quote_slots
from app.kits.service import build_kit
from app.kits.sources import Source
from app.words import Words
from tests import factories

LINK = "https://voices.example/c/our-home/montreal/share"
CONTACT = "privacy@voices.example"
ASKED_NETWORKS = {"facebook", "instagram", "x", "linkedin", "mastodon", "bluesky"}


def order_for(database: Database, *, name: str = "Montréal", languages: tuple[str, ...] = ("fr", "en")) -> KitOrder:
    with database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network, "montreal", name=name, languages=languages, time_zone="America/Toronto")
        campaign = factories.campaign(session, network)
    return KitOrder(campaign, city, LINK, CONTACT, released=frozenset({"en", "fr"}))


def kit_of(order: KitOrder, folder: Path, *, drawn: Path | None = None) -> tuple[ZipFile, bytes]:
    with build_kit(order, Press(order.toolkit, drawn or folder.parent / "kits"), folder=folder) as file:
        content = file.read()
    return ZipFile(BytesIO(content)), content


def test_the_kit_holds_frames_cards_texts_note_code_and_licences_in_the_languages_of_the_city(
    database: Database, tmp_path: Path
) -> None:
    archive, _ = kit_of(order_for(database), tmp_path)
    names = archive.namelist()
    formats = ["square", "portrait", "story", "landscape", "link_card", "profile", "wide"]
    assert names[:7] == [
        "README.txt",
        "first/1-post.png",
        "first/2-post.txt",
        "first/3-story.png",
        "first/4-profile-frame.png",
        "first/5-poster.pdf",
        "frames/square.fr.png",
    ]
    assert names[-2:] == ["LICENCES.md", "CHECKSUMS.sha256"]
    assert [name for name in names if name.startswith("frames/")] == [
        f"frames/{each}.{language}.png" for language in ("fr", "en") for each in formats
    ]
    assert {name for name in names if name.startswith("texts/")} == {
        f"texts/{network}.{language}.txt" for network in ASKED_NETWORKS for language in ("fr", "en")
    }
    assert [name for name in names if name.startswith("banners/")] == [
        f"banners/{each}.{language}.png"
        for language in ("fr", "en")
        for each in ("facebook", "x", "linkedin", "youtube", "mastodon", "bluesky")
    ]
    assert sum(name.startswith("countdown/") for name in names) == 2 * (28 + 2)
    for language in ("fr", "en"):
        assert {
            *(f"note/briefing.{language}.{suffix}" for suffix in ("pdf", "txt")),
            *(f"letters/{name}.{language}.txt" for name in ("press-release", "mayors-quote", "bulletin", "colleagues")),
            *(f"letters/reply-sheet.{language}.{suffix}" for suffix in ("pdf", "txt")),
            *(f"plan/posting-plan.{language}.{suffix}" for suffix in ("html", "csv", "ics")),
            *(f"print/{name}.{language}.pdf" for name in ("poster", "postcard-front", "postcard-back", "sign", "sign-message")),
            f"day/today.{language}.png",
            f"pictures/badge.{language}.png",
            f"pictures/question-story.{language}.png",
        } <= set(names)
    assert {"qr/form.png", "qr/form.svg"} <= set(names)
    assert archive.testzip() is None


def test_a_city_that_speaks_none_of_the_campaign_s_languages_gets_english(database: Database, tmp_path: Path) -> None:
    archive, _ = kit_of(order_for(database, name="Kyiv", languages=("uk",)), tmp_path)
    assert {name.rsplit(".", 2)[1] for name in archive.namelist() if name.startswith(("frames/", "texts/"))} == {"en"}


def test_frames_are_of_the_format_s_size_and_let_the_photo_through(database: Database, tmp_path: Path) -> None:
    archive, _ = kit_of(order_for(database), tmp_path)
    sizes = {}
    for name in ("square", "story", "landscape", "profile", "wide"):
        with Image.open(BytesIO(archive.read(f"frames/{name}.fr.png"))) as frame:
            sizes[name] = frame.size
            assert frame.convert("RGBA").getpixel((frame.width // 2, frame.height // 3)) == (0, 0, 0, 0)
    assert sizes == {
        "square": (1080, 1080),
        "story": (1080, 1920),
        "landscape": (1200, 675),
        "profile": (1080, 1080),
        "wide": (1920, 1080),
    }


def test_texts_and_note_name_the_city_its_day_and_its_form(database: Database, tmp_path: Path) -> None:
    archive, _ = kit_of(order_for(database), tmp_path)
    for network in ASKED_NETWORKS:
        french = archive.read(f"texts/{network}.fr.txt").decode()
        assert ["Montréal" in french, LINK in french, "#NotreMaison" in french, "20 juin 2027" in french] == [True] * 4, network
    pages = PdfReader(BytesIO(archive.read("note/briefing.fr.pdf"))).pages
    assert len(pages) == 2
    printed = " ".join(" ".join(page.extract_text().split()) for page in pages)
    assert "Montréal" in printed
    assert "20 juin 2027" in printed
    assert "privacy@voices.example" in printed
    plain = archive.read("note/briefing.fr.txt").decode()
    assert ["Montréal" in plain, "20 juin 2027" in plain, LINK in plain] == [True] * 3
    readme = archive.read("README.txt").decode()
    assert "Montréal" in readme
    assert "&#39;" not in readme


def test_the_checksums_are_those_of_every_file(database: Database, tmp_path: Path) -> None:
    archive, _ = kit_of(order_for(database), tmp_path)
    *names, last = archive.namelist()
    assert last == "CHECKSUMS.sha256"
    assert archive.read(last).decode() == "".join(f"{hashlib.sha256(archive.read(name)).hexdigest()}  {name}\n" for name in names)


def test_the_five_to_use_today_are_pieces_of_the_kit_in_the_citys_first_language(database: Database, tmp_path: Path) -> None:
    archive, _ = kit_of(order_for(database), tmp_path)
    assert archive.read("first/1-post.png") == archive.read("pictures/message-square.fr.png")
    assert archive.read("first/2-post.txt") == archive.read("texts/facebook.fr.txt")


def test_the_posting_plan_is_the_same_as_page_table_and_calendar(database: Database, tmp_path: Path) -> None:
    order = order_for(database)
    archive, _ = kit_of(order, tmp_path)
    table = list(csv.DictReader(StringIO(archive.read("plan/posting-plan.fr.csv").decode("utf-8-sig"))))
    dates = [date(2027, 5, 23), *(date(2027, 6, 20) - timedelta(days=days) for days in (21, 14, 7, 3, 1, 0)), date(2027, 6, 21)]
    assert sorted({row["date"] for row in table}) == [day.isoformat() for day in dates]
    assert {row["picture"] for row in table} <= set(archive.namelist())
    assert {row["network"] for row in table} == {"Facebook", "Instagram", "X", "LinkedIn", "Mastodon", "Bluesky"}
    entries = list(vobject.readOne(archive.read("plan/posting-plan.fr.ics").decode()).vevent_list)
    moments = {(entry.dtstart.value.isoformat(), entry.description.value) for entry in entries}
    zone = ZoneInfo("America/Toronto")
    ten = {row["date"]: datetime.combine(date.fromisoformat(row["date"]), time(10), zone).astimezone(UTC) for row in table}
    assert moments == {(ten[row["date"]].isoformat(), row["text"]) for row in table}
    page = archive.read("plan/posting-plan.fr.html").decode()
    assert '<html lang="fr" dir="ltr">' in page
    assert re.findall(r'<img src="\.\./([^"]+)"', page) == [post.path for post in planned_posts(order, "fr")]


def test_a_cell_of_the_plan_is_never_read_as_a_formula(database: Database) -> None:
    order = order_for(database)
    post = Post(date(2027, 6, 20), ("x",), "day/today.fr.png", "=HYPERLINK(1)")
    assert as_csv(order, [post]).splitlines()[1].endswith(",'=HYPERLINK(1)")


def test_the_day_in_a_text_is_in_the_texts_language_though_the_message_is_in_another(database: Database) -> None:
    order = order_for(database, languages=("ar", "en"))
    assert (order.slots("ar")["day"], order.words("ar")["day"]) == ("20 June 2027", "20 يونيو 2027")


def test_persian_days_are_written_in_persian_digits(database: Database) -> None:
    assert order_for(database, languages=("fa", "en")).words("fa")["day"] == "۲۰ ژوئن ۲۰۲۷"


def test_a_message_that_is_the_toolkits_own_is_known_in_all_its_languages(database: Database) -> None:
    order = order_for(database)
    assert order.slots("fr")["message"] == order.campaign.message.texts["fr"]
    order.campaign.message = Words("en", {"en": order.toolkit.messages["en"]})
    assert order_like(order).slots("fr")["message"] == order.toolkit.messages["fr"]
    office, said = Words.one("en", "Mayor"), Words.one("en", "Come in.")
    quoted = quote_slots("Amal", office, said, order.campaign, order.city, "fr", order.toolkit)
    previewed = stage_for(Source(order.toolkit.slug, order.toolkits_dir), order.campaign, order.city, "fr").slots
    assert [quoted["message"], dict(previewed)["message"]] == [order.toolkit.messages["fr"]] * 2


def test_a_question_that_is_the_toolkits_own_is_asked_in_all_its_languages(database: Database) -> None:
    order = order_for(database, languages=("ar", "en"))
    assert asked_in_arabic(order) == "ماذا يعني لكم الأمان؟"
    order.campaign.question = Words("en", {"en": "Where do you feel safe?"})
    assert asked_in_arabic(order) == "Where do you feel safe?"


def asked_in_arabic(order: KitOrder) -> str:
    own = KitOrder(order.campaign, order.city, LINK, CONTACT, ("ar",))
    card = next(piece.source for piece in pieces_of(own) if piece.path == "pictures/question-square.ar.png")
    assert isinstance(card, Drawing)
    return card.slots["quote"]


def order_like(order: KitOrder) -> KitOrder:
    return KitOrder(order.campaign, order.city, LINK, CONTACT)


def test_a_drawing_is_made_once_and_again_only_when_its_own_words_change(database: Database, tmp_path: Path) -> None:
    order = order_for(database)
    press = Press(order.toolkit, tmp_path / "kits")
    slots = order.slots("fr")

    def drawn(**changed: str) -> Path:
        return press.draw(Drawing("post", "square", {**slots, **changed}, "fr"), ".png")

    first = drawn()
    made_at = first.stat().st_ino
    assert drawn(question="not shown by this template") == first
    assert first.stat().st_ino == made_at
    assert drawn(city="Québec") != first
    manifest = order.toolkit.manifest
    other = manifest.model_copy(update={"palette": manifest.palette.model_copy(update={"accent": "#123456"})})
    press = Press(order.toolkit.model_copy(update={"manifest": other}), tmp_path / "kits")
    assert drawn() != first


def test_two_kits_of_the_same_city_are_the_same_bytes(database: Database, tmp_path: Path) -> None:
    order = order_for(database)
    assert kit_of(order, tmp_path)[1] == kit_of(order, tmp_path)[1]


def test_a_kit_leaves_nothing_on_the_disk(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    kit_of(order_for(database), folder, drawn=tmp_path.parent / "kits")
    assert list(folder.iterdir()) == []


def test_a_city_s_name_that_no_font_can_draw_is_refused_with_its_characters(database: Database, tmp_path: Path) -> None:
    order = order_for(database, name="City \U00012000", languages=("en",))
    order.city.names = type(order.city.names).one("en", "City \U00012000")
    with pytest.raises(Refused) as refused:
        kit_of(order, tmp_path)
    assert (refused.value.code, refused.value.params) == ("kit.words_do_not_fit", {"slot": "city", "characters": "\U00012000"})
