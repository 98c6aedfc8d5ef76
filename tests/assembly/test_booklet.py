"""The booklet for print: fair between cities, whole sheets, and without whoever takes something back."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PageObject, PdfReader
from sqlalchemy import select, update

from app.assembly import booklet
from app.assembly import booklet_sheets as sheets
from app.assembly.booklet import build_booklet, plan_of
from app.assembly.film_rules import Candidate
from app.assembly.queries import production_at
from app.enums import Phase, ProductionKind, Purpose, QuoteRole, RoleName, SubmissionKind
from app.kits.loading import toolkit_at
from app.kits.toolkit import NEEDED_CONTRAST, TOOLKITS_DIR, contrast_ratio, list_toolkits
from app.models import Artefact, Campaign, CampaignCity, CityQuote, Network, Submission
from app.runtime import Runtime
from app.submissions import service
from app.words import Words
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import add_file, draw, requested, run_jobs, with_tile
from tests.conftest import Server

DESK = "/desk/campaigns/our-home/booklet"


@pytest.fixture
def told(runtime: Runtime, scene: Scene, tmp_path: Path) -> dict[str, Submission]:
    """Three who may be printed, one who may not, and a mayor; the day is over."""
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).phase = Phase.POST_DAY
        session.execute(update(CampaignCity).values(phase=Phase.POST_DAY))
        found = {}
        for name, city, kind, consents in (
            ("Amal", scene.bergen, SubmissionKind.PHOTO, tuple(Purpose)),
            ("Ingrid", scene.bergen, SubmissionKind.TEXT, tuple(Purpose)),
            ("Sakura", scene.kobe, SubmissionKind.TEXT, tuple(Purpose)),
            ("Shy", scene.kobe, SubmissionKind.TEXT, (Purpose.CAMPAIGN_PAGES, Purpose.COLLAGE)),
        ):
            row = factories.submission(
                session, scene.campaign, city, kind=kind, text=f"Words of {name}", name=name, consents=consents
            )
            with_tile(session, runtime, row, tmp_path, "red")
            found[name] = row
        place = session.scalars(select(CampaignCity).where(CampaignCity.city_id == scene.oslo.id)).one()
        quote = CityQuote(
            campaign_city_id=place.id,
            role=QuoteRole.MAYOR,
            name="Kari Nordmann",
            office=Words("en", {"en": "Mayor of Oslo"}),
            text=Words("en", {"en": "A door stands open"}),
            portrait_alt_text="",
            agreed_at=runtime.now(),
            created_at=runtime.now(),
            changed_at=runtime.now(),
        )
        session.add(quote)
        return found


def in_order(scene: Scene) -> list[str]:
    """Who tells something, city by city as by lot."""
    lots = [sheets.lot(scene.campaign.id, city.id) for city in (scene.bergen, scene.kobe)]
    return ["Amal", "Ingrid", "Sakura"] if lots[0] < lots[1] else ["Sakura", "Amal", "Ingrid"]


def book(runtime: Runtime, scene: Scene) -> PdfReader:
    """The booklet that stands."""
    with runtime.database.reading() as session:
        production = production_at(session, scene.campaign.id, None, ProductionKind.BOOKLET)
        assert production is not None
        key = session.get_one(Artefact, production.artefact_id).storage_key
    return PdfReader(io.BytesIO(b"".join(runtime.storage.open_range(key))))


def pages(runtime: Runtime, scene: Scene) -> list[str]:
    """The words of each page of the booklet that stands."""
    return [" ".join(page.extract_text().split()) for page in book(runtime, scene).pages]


def test_it_has_mayors_then_stories_of_each_city_in_whole_sheets_and_follows_a_withdrawal(
    server: Server, runtime: Runtime, scene: Scene, told: dict[str, Submission]
) -> None:
    assert build_booklet(runtime, scene.campaign.id).contributions == 3
    found = pages(runtime, scene)
    says = ["#OurHome", "Bergen · 神戸 · Oslo", "A door stands open", *(f"Words of {name}" for name in in_order(scene))]
    assert len(found) == 8
    assert [words in page for words, page in zip(says, found, strict=False)] == [True] * 6
    assert [page.split()[-1] for page in found[1:6]] == ["2", "3", "4", "5", "6"]
    assert found[6:] == ["", ""]
    assert build_booklet(runtime, scene.campaign.id).anew is False
    assert "Read the booklet (PDF)" in server.client().get("/c/our-home", headers={"accept-language": "en"}).text

    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, told["Amal"].id), actor_id=None, now=runtime.now())
    assert "Read the booklet (PDF)" not in server.client().get("/c/our-home", headers={"accept-language": "en"}).text
    run_jobs(runtime)
    found = pages(runtime, scene)
    assert (len(found), any("Amal" in page for page in found)) == (8, False)


def test_the_manager_has_it_made_at_the_desk(server: Server, runtime: Runtime, scene: Scene, told: dict[str, Submission]) -> None:
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        factories.person(session, network, RoleName.MANAGER)
        factories.person(session, network, city=scene.bergen)
    assert server.signed_in("officer@bergen.example").get(DESK).status_code == 403
    manager = server.signed_in("manager@network.example")
    assert manager.post(f"{DESK}/make").status_code == 303
    assert manager.get(DESK).status_code == 200
    with runtime.database.reading() as session:
        asked = production_at(session, scene.campaign.id, None, ProductionKind.BOOKLET)
        assert (asked is not None and asked.asked_at) == runtime.now()
    assert requested(runtime) == [ProductionKind.POSTER, ProductionKind.BOOKLET]  # which stands on its back
    assert [page.submission_id for page in plan_of(runtime, scene.campaign.id).pages] == [
        None,
        *(told[name].id for name in in_order(scene)),
    ]


def test_small_cities_come_before_second_stories_of_large_ones(scene: Scene, told: dict[str, Submission]) -> None:
    at = told["Amal"].received_at
    large = [Candidate(number, scene.bergen.id, SubmissionKind.TEXT, at, str(number), 1) for number in range(1, 6)]
    small = [
        Candidate(6, scene.kobe.id, SubmissionKind.TEXT, at, "6", 1),
        Candidate(7, scene.oslo.id, SubmissionKind.TEXT, at, "7", 1),
    ]
    everybody = [*large, *small]

    def chosen(contributions: Iterable[Candidate], room: int, *, silent: int | None = None) -> set[int]:
        told = {each.submission_id for each in everybody} - {silent}
        return set(sheets.stories_of(contributions, room=room, campaign_id=scene.campaign.id, told=told))

    assert chosen(everybody, 3) == {1, 6, 7}
    assert chosen(reversed(everybody), 4) == {1, 2, 6, 7}
    assert chosen(everybody, 3, silent=1) == {2, 6, 7}  # a picture without words comes after what is told


def test_which_cities_come_first_is_another_one_in_another_campaign() -> None:
    at = datetime(2027, 6, 20, tzinfo=UTC)
    cities = [Candidate(number, number, SubmissionKind.TEXT, at, str(number), 1) for number in range(1, 10)]
    every = {each.submission_id for each in cities}
    orders = {tuple(sheets.stories_of(cities, room=3, campaign_id=campaign_id, told=every)) for campaign_id in range(1, 20)}
    assert {number for order in orders for number in order} == every


def test_the_last_sheet_is_whole() -> None:
    assert [sheets.blank_pages(count) for count in (1, 4, 5, 64)] == [3, 0, 3, 0]


def test_the_collage_is_a_page(tmp_path: Path) -> None:
    toolkit, target = toolkit_at("world-refugee-day", TOOLKITS_DIR), tmp_path / "collage.png"
    sheets.draw_collage(toolkit, draw(tmp_path / "poster.jpg", "green", size=(420, 594)), "en", target, alt="A poster.")
    with Image.open(target) as page:
        middle = (page.width // 2, page.height // 2, page.width // 2 + 1, page.height // 2 + 1)
        red, green, blue = page.convert("RGB").crop(middle).tobytes()
    assert (red // 50, green // 50, blue // 50) == (0, 3, 1)


def pictures(page: PageObject) -> list[tuple[int, int]]:
    """How large the photos of a page are, in pixels."""
    return [image.image.size for image in page.images if image.image is not None]


def tags(reader: PdfReader) -> list[tuple[str, list[str]]]:
    """What a screen reader is told: the language of each page and what its pictures show."""
    found = []
    root: Any = reader.root_object["/StructTreeRoot"]
    for part in root["/K"]:
        elements = [kid.get_object() for kid in part.get_object()["/K"]]
        found.append((str(part.get_object()["/Lang"]), [str(each["/Alt"]) for each in elements if "/Alt" in each]))
    return found


def test_a_photo_is_printed_as_fine_as_its_original_with_what_it_shows_in_words_or_without(
    runtime: Runtime, scene: Scene, told: dict[str, Submission], tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        amal = session.get_one(Submission, told["Amal"].id)
        amal.text, amal.alt_text, amal.language = "", "A red door", "ar"
        small = draw(tmp_path / "own.jpg", "red", size=(640, 480)).rename(tmp_path / "own.webp")
        with Image.open(tmp_path / "own.webp") as opened:
            opened.convert("RGB").save(small, "WEBP")
        add_file(session, runtime, amal, small, role="preview", format_name="own", media_type="image/webp")
        original = draw(tmp_path / "original.jpg", "red", size=(2000, 1500))
        add_file(session, runtime, amal, original, role="original", format_name="original")
    build_booklet(runtime, scene.campaign.id)
    reader = book(runtime, scene)
    number = next(number for number, page in enumerate(reader.pages) if pictures(page))
    assert pictures(reader.pages[number]) == [(1080, 810)]
    assert "Amal" in reader.pages[number].extract_text()
    assert tags(reader)[number] == ("ar", ["A red door"])
    assert str(reader.pages[number]["/StructParents"]) == str(number)
    assert reader.metadata is not None
    assert reader.metadata.title == "Our Home"
    assert embedded(reader) == {True}


def embedded(reader: PdfReader) -> set[bool]:
    """Whether each font of each page is in the file."""
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = [font.get_object() for each in resources for font in each.get("/Font", {}).values()]
    shapes = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    return {bool({"/FontFile2", "/FontFile3"} & set(shape)) for shape in shapes}


def test_printers_are_told_where_each_page_is_cut_and_where_its_colour_ends(
    runtime: Runtime, scene: Scene, told: dict[str, Submission]
) -> None:
    assert told
    build_booklet(runtime, scene.campaign.id)
    boxes = [(page.trimbox, page.bleedbox) for page in book(runtime, scene).pages]
    sizes_mm = [[round(float(side) / 72 * 25.4) for box in each for side in (box.width, box.height)] for each in boxes]
    assert sizes_mm == [[148, 210, 154, 216]] * len(boxes)


def test_a_final_booklet_takes_nothing_that_was_decided_later(
    runtime: Runtime, scene: Scene, told: dict[str, Submission]
) -> None:
    build_booklet(runtime, scene.campaign.id)
    with runtime.database.writing() as session:
        standing = production_at(session, scene.campaign.id, None, ProductionKind.BOOKLET)
        assert standing is not None
        standing.final_at = runtime.now()
        session.get_one(Submission, told["Sakura"].id).decided_at = runtime.now() + timedelta(hours=1)
    assert {page.submission_id for page in plan_of(runtime, scene.campaign.id).pages} == {
        None,
        told["Amal"].id,
        told["Ingrid"].id,
    }


@pytest.mark.parametrize("slug", list_toolkits())
def test_every_toolkit_can_draw_it_with_readable_words(slug: str, tmp_path: Path) -> None:
    toolkit = sheets.with_layouts(toolkit_at(slug, TOOLKITS_DIR))
    pairs = {pair for name in sheets.LAYOUTS for pair in toolkit.template(name).contrasts}
    palette = toolkit.palette
    assert [pair for pair in pairs if contrast_ratio(palette[pair[0]], palette[pair[1]]) < NEEDED_CONTRAST] == []
    picture = draw(tmp_path / "picture.jpg", "sand", size=(300, 400))
    slots = {
        "name": "Anne-Marie von Hohenlohe-Langenburg",
        "office": "Mayor of " * 6,
        "city": "Llanfairpwllgwyngyll",
        "page": "64",
    }
    for number, page in enumerate(sheets.Page):
        for has_picture in {page in {sheets.Page.PICTURED, sheets.Page.PICTURE}, page is not sheets.Page.WORDS}:
            words = {**slots, "quote": "Safety is a door. " * 30, "hashtag": "#AHashtagOfTwentyNineLetters"}
            voice = sheets.Voice(page, words, "en", picture if has_picture else None)
            assert sheets.draw_voice(toolkit, voice, tmp_path / f"{number}{has_picture}.png"), page


def test_a_kit_that_was_frozen_before_there_were_booklets_is_bound_all_the_same(tmp_path: Path) -> None:
    toolkit = toolkit_at("world-refugee-day", TOOLKITS_DIR).model_copy(update={"folder": tmp_path / "world-refugee-day"})
    voice = sheets.Voice(
        sheets.Page.WORDS, {"quote": "A door", "name": "Amal", "city": "Oslo", "hashtag": "#OurHome", "page": "3"}, "en", None
    )
    assert sheets.draw_voice(sheets.with_layouts(toolkit), voice, tmp_path / "page.png")


def test_a_mayors_words_that_are_taken_back_while_the_first_booklet_is_planned_are_not_printed(
    runtime: Runtime, scene: Scene, told: dict[str, Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = booklet._stories
    taken_back = update(CityQuote).values(removed_at=runtime.now(), changed_at=runtime.now())

    def read_after_the_mayors(*of: Any) -> list[booklet.Page]:
        with runtime.database.writing() as session:
            session.execute(taken_back)
        return stories(*of)

    monkeypatch.setattr(booklet, "_stories", read_after_the_mayors)
    assert build_booklet(runtime, scene.campaign.id).contributions == len(told) - 1
    assert [page for page in pages(runtime, scene) if "A door stands open" in page or "Nordmann" in page] == []
