"""What a city finds in its kit."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image
from pypdf import PdfReader

from app.db.session import Database
from app.errors import Refused
from app.kits.service import KitOrder, build_kit
from tests import factories

LINK = "https://voices.example/c/our-home/montreal/share"
CONTACT = "privacy@voices.example"
ASKED_NETWORKS = {"facebook", "instagram", "x", "linkedin", "mastodon", "bluesky"}


def order_for(database: Database, *, name: str = "Montréal", languages: tuple[str, ...] = ("fr", "en")) -> KitOrder:
    with database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network, "montreal", name=name, languages=languages, time_zone="America/Toronto")
        campaign = factories.campaign(session, network)
    return KitOrder(campaign, city, LINK, CONTACT)


def kit_of(order: KitOrder, folder: Path) -> tuple[ZipFile, bytes]:
    with build_kit(order, folder=folder) as file:
        content = file.read()
    return ZipFile(BytesIO(content)), content


def test_the_kit_holds_frames_cards_texts_note_code_and_licences_in_the_languages_of_the_city(
    database: Database, tmp_path: Path
) -> None:
    archive, _ = kit_of(order_for(database), tmp_path)
    names = archive.namelist()
    formats = ["square", "portrait", "story", "landscape", "link_card", "profile", "wide"]
    assert names[0] == "README.txt"
    assert [name for name in names if name.startswith("frames/")] == [
        f"frames/{each}.{language}.png" for language in ("fr", "en") for each in formats
    ]
    assert {name for name in names if name.startswith("texts/")} == {
        f"texts/{network}.{language}.txt" for network in ASKED_NETWORKS for language in ("fr", "en")
    }
    assert {"note.fr.pdf", "note.fr.txt", "note.en.pdf", "note.en.txt"} <= set(names)
    assert {"qr/form.png", "qr/form.svg", "LICENCES.md", "cards/question-story.fr.png"} <= set(names)
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
    [page] = PdfReader(BytesIO(archive.read("note.fr.pdf"))).pages
    printed = " ".join(page.extract_text().split())
    assert "Montréal" in printed
    assert "20 juin 2027" in printed
    assert "privacy@voices.example" in printed
    plain = archive.read("note.fr.txt").decode()
    assert ["Montréal" in plain, "20 juin 2027" in plain, LINK in plain] == [True] * 3
    readme = archive.read("README.txt").decode()
    assert "Montréal" in readme
    assert "&#39;" not in readme


def test_two_kits_of_the_same_city_are_the_same_bytes(database: Database, tmp_path: Path) -> None:
    order = order_for(database)
    assert kit_of(order, tmp_path)[1] == kit_of(order, tmp_path)[1]


def test_a_kit_leaves_nothing_on_the_disk(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    kit_of(order_for(database), folder)
    assert list(folder.iterdir()) == []


def test_a_city_s_name_that_no_font_can_draw_is_refused_with_its_characters(database: Database, tmp_path: Path) -> None:
    order = order_for(database, name="City \U00012000", languages=("en",))
    order.city.names = type(order.city.names).one("en", "City \U00012000")
    with pytest.raises(Refused) as refused:
        kit_of(order, tmp_path)
    assert (refused.value.code, refused.value.params) == ("kit.words_do_not_fit", {"slot": "city", "characters": "\U00012000"})
