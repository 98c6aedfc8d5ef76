"""What the mayor, a guest and a resident say: one format and one length for all, and taken back for good."""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from app.derivation import compare_rows_and_files
from app.enums import QuoteRole, RoleName
from app.kits.quote_pieces import EVERY_PIECE
from app.kits.quotes import Quote, quotes_of
from app.kits.toolkit import load_toolkit
from app.kits.toolkit_files import MAX_QUOTE_CHARS
from app.models import AuditRow, Campaign, City, CityQuote
from app.words import Words
from media_pipeline.typeset import render
from tests import factories
from tests.conftest import Server

LIST = "/desk/c/our-home/bergen/quotes"
TYPED = {
    "role": "mayor",
    "name": "Marit Warncke",
    "language": "nb",
    "text": "Et trygt sted er en nabo som hilser.",
    "office": "Ordfører i Bergen",
    "text_en": "A safe place is a neighbour who greets you.",
    "agreed": "yes",
}
LONGEST = {
    "en": (
        "A safe place is not a line on a map. It is a neighbour who greets you "
        "in the morning, and a door that stays open for you. We want to be that."
    ),
    "de": (
        "Zusammengehörigkeitsgefühl entsteht in der Straßenbahnhaltestelle, im "
        "Nachbarschaftstreffpunkt und in der Stadtteilbibliothek, nicht im Papier."
    ),
    "ar": (
        "تعلّمتُ كلمة الخبز قبل كلمة الشارع، وكلتاهما من الجارة نفسها، يوم "
        "السبت في السوق الكبير، وما زلتُ أتعلّم كل يوم كلمة جديدة من أهل هذا الحي كله."
    ),
    "ta": (
        "சனிக்கிழமைகளில் சந்தையில் அனைவரையும் பெயர் சொல்லி அழைப்பேன், அவர்களும் என்னை அழைப்பார்கள். பாதுகாப்பான இடத்தை நாம் அனைவரும் சேர்ந்து உருவாக்குகிறோம்"
    ),
    "zh": "每个星期六，我在市场上叫得出每个人的名字，卖苹果的先生教我方言，我教他用阿拉伯语数数。" * 4,
}


@dataclass
class Desk:
    """An officer of Bergen in front of the quotes."""

    officer: httpx.Client
    server: Server

    def post(self, where: str = "/new", portrait: bytes = b"", **typed: str) -> httpx.Response:
        file = ("face.jpg" if portrait else "", portrait, "application/octet-stream")
        return self.officer.post(LIST + where, data=TYPED | typed, files=[("portrait", file)])

    def quotes(self) -> list[Quote]:
        with self.server.runtime.database.reading() as session:
            campaign_id = session.scalars(select(Campaign.id)).one()
            return quotes_of(session, campaign_id, session.scalars(select(City.id).where(City.slug == "bergen")).one())

    def stored_files(self) -> int:
        runtime = self.server.runtime
        with runtime.database.reading() as session:
            report = compare_rows_and_files(session, runtime.storage)
        assert (report.missing_files, report.stray_files) == ([], [])
        return len(list(runtime.storage.keys()))


@pytest.fixture
def desk(server: Server) -> Desk:
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        bergen, oslo = factories.city(session, network, languages=("nb", "en")), factories.city(session, network, "oslo")
        campaign = factories.campaign(session, network)
        for city in (bergen, oslo):
            factories.taking_part(session, campaign, city)
            factories.person(session, network, city=city)
        factories.person(session, network, RoleName.MANAGER)
    return Desk(server.signed_in("officer@bergen.example"), server)


def photo(size: tuple[int, int] = (900, 1200), colour: str = "tan") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def test_a_quote_is_taken_in_with_its_portrait_upright_square_and_without_anything_else(desk: Desk, tmp_path: Path) -> None:
    sideways = Image.new("RGB", (1200, 900), (20, 20, 200))
    sideways.paste((200, 20, 20), (0, 0, 600, 900))
    exif, out = Image.Exif(), BytesIO()
    exif[0x0112], exif[0x013B] = 6, "Somebody"
    sideways.save(out, "JPEG", exif=exif)
    answer = desk.post(portrait=out.getvalue())
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}?told=added")
    (quote,) = desk.quotes()
    assert (quote.role, quote.name, quote.office.texts["nb"]) == (QuoteRole.MAYOR, "Marit Warncke", "Ordfører i Bergen")
    assert quote.text == Words("nb", {"nb": TYPED["text"], "en": TYPED["text_en"]})
    fetched = quote.pictures(desk.server.runtime.storage, tmp_path)["portrait"]
    with Image.open(fetched) as portrait:
        assert (portrait.size, len(portrait.getexif()), desk.stored_files()) == ((1080, 1080), 0, 1)
        above, below = (portrait.getpixel((540, y)) for y in (40, 1040))
        assert isinstance(above, tuple)
        assert isinstance(below, tuple)
        assert (above[0] > above[2], below[0] > below[2]) == (True, False)
    card = desk.officer.get(f"{LIST}/{quote.id}/card.webp")
    assert (card.headers["content-type"], card.headers["cache-control"]) == ("image/webp", "no-store")
    assert TYPED["text_en"] in desk.officer.get(LIST).text


def test_the_length_is_the_same_for_all_and_said_with_both_numbers(desk: Desk) -> None:
    assert f'data-limit="{MAX_QUOTE_CHARS}"' in desk.officer.get(f"{LIST}/new").text
    for role in QuoteRole:
        answer = desk.post(role=role.value, text="a " * 75)
        assert (answer.status_code, "149" in answer.text, "140" in answer.text) == (422, True, True)
    assert desk.quotes() == []


@pytest.mark.parametrize(
    "typed", [{"agreed": ""}, {"name": ""}, {"text": ""}, {"language": "xx"}, {"role": "king"}, {"text": "\U00012000"}]
)
def test_what_is_missing_or_unfit_is_said_and_nothing_typed_is_lost(desk: Desk, typed: dict[str, str]) -> None:
    sent = TYPED | {"alt_text": "She smiles."} | typed
    answer = desk.officer.post(f"{LIST}/new", data=sent, files=[("portrait", ("", b""))])
    assert (answer.status_code, "She smiles." in answer.text, desk.quotes()) == (422, True, [])


def test_a_portrait_that_is_no_photo_is_refused(desk: Desk, shared_media: Path) -> None:
    for content in (b"%PDF-1.7", (shared_media / "media__bear.opus").read_bytes()):
        answer = desk.post(portrait=content)
        assert (answer.status_code, "Portrait: This is not a photo." in answer.text) == (422, True)
    assert desk.post(portrait=(shared_media / "truncated_jpeg.jpg").read_bytes()).status_code == 422
    assert (desk.quotes(), desk.stored_files()) == ([], 0)


def test_a_form_that_is_sent_twice_makes_one_quote(desk: Desk) -> None:
    form = desk.officer.get(f"{LIST}/new").text
    token = re.search(r'name="form_token" value="([^"]+)"', form)
    assert token is not None
    for _ in range(2):
        assert desk.post(form_token=token.group(1)).status_code == 303
    assert len(desk.quotes()) == 1


def test_a_quote_is_changed_and_a_new_portrait_leaves_nothing_of_the_old(desk: Desk) -> None:
    desk.post(portrait=photo())
    (before,) = desk.quotes()
    assert TYPED["text"] in desk.officer.get(f"{LIST}/{before.id}").text
    desk.post(f"/{before.id}", portrait=photo((1300, 900), "navy"), name="Marit W.")
    (after,) = desk.quotes()
    assert (after.name, after.portrait_key != before.portrait_key, desk.stored_files()) == ("Marit W.", True, 1)
    desk.post(f"/{before.id}")
    assert desk.quotes()[0].portrait_key == after.portrait_key
    desk.post(f"/{before.id}", without_portrait="yes")
    assert (desk.quotes()[0].portrait_key, desk.stored_files()) == (None, 0)


def test_what_is_removed_is_erased_with_its_portrait(desk: Desk) -> None:
    desk.post(portrait=photo())
    (quote,) = desk.quotes()
    assert desk.officer.post(f"{LIST}/{quote.id}/remove").headers["location"] == f"{LIST}?told=removed"
    assert (desk.quotes(), desk.stored_files()) == ([], 0)
    assert desk.officer.get(f"{LIST}/{quote.id}/card.webp").status_code == 404
    with desk.server.runtime.database.reading() as session:
        row = session.scalars(select(CityQuote)).one()
        assert (row.name, row.text.texts, row.office.texts) == ("", {"nb": ""}, {"nb": ""})
        acts = session.scalars(select(AuditRow.act).where(AuditRow.subject_kind == "city_quote").order_by(AuditRow.id))
        assert list(acts) == ["quote_added", "quote_removed"]


def test_two_quotes_with_the_same_portrait_do_not_take_it_from_each_other(desk: Desk) -> None:
    for role in ("resident", "mayor"):
        desk.post(portrait=photo(), role=role)
    first, second = desk.quotes()
    assert ([first.role, second.role], first.portrait_key) == ([QuoteRole.MAYOR, QuoteRole.RESIDENT], second.portrait_key)
    desk.officer.post(f"{LIST}/{first.id}/remove")
    assert desk.officer.get(f"{LIST}/{second.id}/card.webp").status_code == 200
    desk.officer.post(f"{LIST}/{second.id}/remove")
    assert desk.stored_files() == 0


def test_a_city_sees_and_changes_its_own_quotes_only(desk: Desk) -> None:
    desk.post()
    (quote,) = desk.quotes()
    oslo = desk.server.signed_in("officer@oslo.example")
    elsewhere = LIST.replace("bergen", "oslo")
    for address in (LIST, f"{LIST}/{quote.id}", f"{elsewhere}/{quote.id}", f"{elsewhere}/{quote.id}/card.webp"):
        assert oslo.get(address).status_code == 404
    assert oslo.post(f"{elsewhere}/{quote.id}/remove").status_code == 404
    assert desk.server.signed_in("manager@network.example").get(f"{LIST}/{quote.id}").status_code == 200


@pytest.mark.parametrize("language", sorted(LONGEST))
def test_every_piece_holds_the_longest_quote_in_every_script(language: str, tmp_path: Path) -> None:
    toolkit = load_toolkit("world-refugee-day")
    portrait = tmp_path / "portrait.jpg"
    portrait.write_bytes(photo((300, 300)))
    slots = {
        "quote": LONGEST[language][:MAX_QUOTE_CHARS],
        "name": "Maria del Mar Fernández-Villanueva y Hernández",
        "office": "Oberbürgermeisterin der Landeshauptstadt und Universitätsstadt",
        "city": "Saint-Médard-en-Jalles-sur-Garonne",
        "message": "A safe place is made by all of us, every single day",
        "hashtag": "#NotreVilleNosVoixEnsemble",
        "day": "20 June 2027",
        "qr": "https://cities.example/c/day/city/share",
    }
    assert len(slots["quote"]) == MAX_QUOTE_CHARS
    for template, shape in EVERY_PIECE:
        for pictures in ({}, {"portrait": portrait}, {"portrait": portrait, "logo": portrait}):
            made = render(
                toolkit.template(template),
                format=shape,
                slots=slots,
                palette=toolkit.palette,
                language=language,
                target=tmp_path / "piece.png",
                artwork=toolkit.artwork,
                pictures=pictures,
            )
            assert {picture.slot for picture in made.pictures} == set(pictures)
