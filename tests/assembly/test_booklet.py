"""The booklet for print: fair between cities, whole sheets, and without whoever takes something back."""

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select, update

from app.assembly import booklet_sheets as sheets
from app.assembly.booklet import build_booklet, plan_of
from app.assembly.film_rules import Candidate
from app.assembly.queries import production_at
from app.enums import Phase, ProductionKind, Purpose, QuoteRole, RoleName, SubmissionKind
from app.kits.loading import toolkit_at
from app.kits.toolkit import TOOLKITS_DIR
from app.models import Artefact, Campaign, CampaignCity, CityQuote, Network, Submission
from app.runtime import Runtime
from app.submissions import service
from app.words import Words
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import draw, requested, run_jobs, with_tile
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


def pages(runtime: Runtime, scene: Scene) -> list[str]:
    """The words of each page of the booklet that stands."""
    with runtime.database.reading() as session:
        production = production_at(session, scene.campaign.id, None, ProductionKind.BOOKLET)
        assert production is not None
        key = session.get_one(Artefact, production.artefact_id).storage_key
    read = PdfReader(io.BytesIO(b"".join(runtime.storage.open_range(key))))
    return [" ".join(page.extract_text().split()) for page in read.pages]


def test_it_has_mayors_then_stories_of_each_city_in_whole_sheets_and_follows_a_withdrawal(
    server: Server, runtime: Runtime, scene: Scene, told: dict[str, Submission]
) -> None:
    assert build_booklet(runtime, scene.campaign.id).contributions == 3
    found = pages(runtime, scene)
    says = ["#OurHome", "A door stands open", "Words of Amal", "Words of Ingrid", "Words of Sakura"]
    assert len(found) == 8
    assert [words in page for words, page in zip(says, found, strict=False)] == [True] * 5
    assert found[5:] == ["", "", ""]
    assert build_booklet(runtime, scene.campaign.id).anew is False
    assert "Read the booklet (PDF)" in server.client().get("/c/our-home", headers={"accept-language": "en"}).text

    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, told["Amal"].id), actor_id=None, now=runtime.now())
    assert "Read the booklet (PDF)" not in server.client().get("/c/our-home", headers={"accept-language": "en"}).text
    run_jobs(runtime)
    found = pages(runtime, scene)
    assert (len(found), any("Amal" in page for page in found)) == (4, False)


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
        *(told[name].id for name in ("Amal", "Ingrid", "Sakura")),
    ]


def test_small_cities_come_before_second_stories_of_large_ones(scene: Scene, told: dict[str, Submission]) -> None:
    at = told["Amal"].received_at
    large = [Candidate(number, scene.bergen.id, SubmissionKind.TEXT, at, str(number), 1) for number in range(1, 6)]
    small = [
        Candidate(6, scene.kobe.id, SubmissionKind.TEXT, at, "6", 1),
        Candidate(7, scene.oslo.id, SubmissionKind.TEXT, at, "7", 1),
    ]
    assert sheets.stories_of([*large, *small], room=3) == [1, 6, 7]
    assert sheets.stories_of(reversed([*large, *small]), room=4) == [1, 2, 6, 7]
    assert [sheets.blank_pages(count) for count in (1, 4, 5, 64)] == [3, 0, 3, 0]


def test_the_collage_is_a_page(tmp_path: Path) -> None:
    toolkit, target = toolkit_at("world-refugee-day", TOOLKITS_DIR), tmp_path / "collage.png"
    sheets.draw_collage(toolkit, draw(tmp_path / "poster.jpg", "green", size=(420, 594)), "en", target)
    with Image.open(target) as page:
        middle = (page.width // 2, page.height // 2, page.width // 2 + 1, page.height // 2 + 1)
        red, green, blue = page.convert("RGB").crop(middle).tobytes()
    assert (red // 50, green // 50, blue // 50) == (0, 3, 1)
