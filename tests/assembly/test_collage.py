"""The collage: built of what people agreed to, looked at in its pixels."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import derivation
from app.assembly import collage as collage_module
from app.assembly import poster as poster_module
from app.assembly import works
from app.assembly.collage import build_collage
from app.assembly.collage_layout import rooms_on, tile_boxes
from app.assembly.collage_plan import choose_layout
from app.assembly.collage_sheets import Plan, plan_of
from app.assembly.commands import build_collage_now
from app.assembly.queries import production_at
from app.assembly.service import Finished, request
from app.assembly.workshop import Progress
from app.enums import Phase, ProductionKind, Purpose, SubmissionKind, SubmissionState
from app.errors import NotFound
from app.kits.toolkit import load_toolkit
from app.models import Artefact, AuditRow, Campaign, CampaignCity, City, Job, Production, Submission
from app.runtime import Runtime
from app.submissions import service
from media_pipeline.poster import Sheet
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import COLOURS, run_jobs, with_picture
from tests.conftest import Clock

SMALL = Sheet(40, 56.6, bleed_mm=0)


@pytest.fixture(autouse=True)
def small_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets of a few centimetres, which are drawn in a moment."""
    monkeypatch.setattr(collage_module, "SCREEN", SMALL)
    monkeypatch.setattr(poster_module, "SHEETS", {"a1": Sheet(40, 56.6, 3), "a2": Sheet(28, 40, 3)})


def sent(
    session: Session,
    runtime: Runtime,
    scene: Scene,
    city: City,
    folder: Path,
    colour: str,
    *,
    kind: SubmissionKind = SubmissionKind.TEXT,
    consents: tuple[Purpose, ...] = tuple(Purpose),
    state: SubmissionState = SubmissionState.APPROVED,
) -> Submission:
    submission = factories.submission(session, scene.campaign, city, kind=kind, state=state, consents=consents)
    with_picture(session, runtime, submission, folder, colour)
    return submission


def standing(runtime: Runtime, campaign: Campaign) -> Production:
    with runtime.database.reading() as session:
        found = production_at(session, campaign.id, None, ProductionKind.COLLAGE)
        assert found is not None
        return found


def picture(runtime: Runtime, production: Production) -> Image.Image:
    assert production.artefact_id is not None
    with runtime.database.reading() as session:
        key = session.get_one(Artefact, production.artefact_id).storage_key
    return Image.open(io.BytesIO(b"".join(runtime.storage.open_range(key)))).convert("RGB")


def tile_colours(runtime: Runtime, production: Production) -> list[str]:
    """The nearest known colour at the centre of every tile, in the order in which they hang."""
    image = picture(runtime, production)
    toolkit = load_toolkit("world-refugee-day")
    layout = toolkit.collage_layout("grid")
    rooms = rooms_on(layout, SMALL, lambda name: toolkit.template(name).formats, mirrored=False)
    found = []
    for box in tile_boxes(layout, rooms, production.contributions, mirrored=False):
        at = image.getpixel((box.x_px + box.width_px // 2, box.y_px + box.height_px // 2))
        assert isinstance(at, tuple)
        found.append(min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(COLOURS[name], at, strict=True))))
    return found


def test_every_city_that_has_any_has_a_tile_and_words_alone_have_their_card(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        for _ in range(2):
            sent(session, runtime, scene, scene.bergen, tmp_path, "red")
        sent(session, runtime, scene, scene.kobe, tmp_path, "green")
        sent(session, runtime, scene, scene.oslo, tmp_path, "blue", kind=SubmissionKind.PHOTO)
    built = build_collage(runtime, scene.campaign.id)
    colours = tile_colours(runtime, standing(runtime, scene.campaign))
    assert (built.contributions, sorted(colours)) == (4, ["blue", "green", "red", "red"])
    assert colours[0] != colours[1]
    assert colours[2] != colours[3]


def test_only_what_is_approved_and_agreed_to_for_a_collage_is_in_it(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    without_collage = tuple(purpose for purpose in Purpose if purpose is not Purpose.COLLAGE)
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.bergen, tmp_path, "red")
        sent(session, runtime, scene, scene.kobe, tmp_path, "green", consents=without_collage)
        sent(session, runtime, scene, scene.oslo, tmp_path, "blue", state=SubmissionState.PENDING)
        sent(session, runtime, scene, scene.oslo, tmp_path, "sand", state=SubmissionState.REJECTED)
    build_collage(runtime, scene.campaign.id)
    assert tile_colours(runtime, standing(runtime, scene.campaign)) == ["red"]


def test_its_graph_names_everybody_in_it(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        members = [sent(session, runtime, scene, scene.bergen, tmp_path, colour).id for colour in ("red", "blue")]
    build_collage(runtime, scene.campaign.id)
    artefact_id = standing(runtime, scene.campaign).artefact_id
    assert artefact_id is not None
    with runtime.database.reading() as session:
        _, submissions = derivation.sources_of(session, artefact_id)
        assert submissions == set(members)
        assert all(artefact_id in derivation.derived_from(session, member) for member in members)


def test_the_collage_has_a_small_copy_of_the_same_people_for_phones(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        for _ in range(6):
            sent(session, runtime, scene, scene.bergen, tmp_path, "red")
    build_collage(runtime, scene.campaign.id)
    production = standing(runtime, scene.campaign)
    assert production.artefact_id is not None
    assert production.poster_artefact_id is not None
    with runtime.database.reading() as session:
        small = session.get_one(Artefact, production.poster_artefact_id)
        sources = derivation.sources_of(session, small.id)
        assert sources == derivation.sources_of(session, production.artefact_id)
    copy = Image.open(io.BytesIO(b"".join(runtime.storage.open_range(small.storage_key))))
    whole = picture(runtime, production)
    assert (small.media_type, copy.size) == ("image/webp", whole.size)


def test_a_withdrawn_photo_is_gone_from_the_next_collage_and_the_old_file_from_the_disk(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.bergen, tmp_path, "red")
        leaving = sent(session, runtime, scene, scene.kobe, tmp_path, "green")
    build_collage(runtime, scene.campaign.id)
    with runtime.database.reading() as session:
        old = session.get_one(Artefact, standing(runtime, scene.campaign).artefact_id)
    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, leaving.id), actor_id=None, now=runtime.now())
    run_jobs(runtime)
    assert tile_colours(runtime, standing(runtime, scene.campaign)) == ["red"]
    assert not runtime.storage.exists(old.storage_key)
    with runtime.database.reading() as session:
        report = derivation.compare_rows_and_files(session, runtime.storage)
    assert (report.missing_files, report.stray_files) == ([], [])


def test_a_consent_that_ends_leaves_the_collage_but_not_the_pages(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.bergen, tmp_path, "red")
        leaving = sent(session, runtime, scene, scene.kobe, tmp_path, "green")
    build_collage(runtime, scene.campaign.id)
    with runtime.database.writing() as session:
        row = session.get_one(Submission, leaving.id)
        service.switch_purpose(session, row, Purpose.COLLAGE, agreed=False, language="en", now=runtime.now())
    run_jobs(runtime)
    assert tile_colours(runtime, standing(runtime, scene.campaign)) == ["red"]


def test_on_the_day_an_approval_is_in_the_collage_soon_after(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        arriving = sent(session, runtime, scene, scene.oslo, tmp_path, "blue", state=SubmissionState.PENDING)
        service.move(
            session, session.get_one(Submission, arriving.id), SubmissionState.APPROVED, actor_id=None, now=runtime.now()
        )
    run_jobs(runtime)
    assert tile_colours(runtime, standing(runtime, scene.campaign)) == ["blue"]


def test_before_the_day_an_approval_builds_nothing_yet_a_command_does(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).phase = Phase.PRE_DAY
        for place in session.scalars(select(CampaignCity)):
            place.phase = Phase.PRE_DAY
        arriving = sent(session, runtime, scene, scene.oslo, tmp_path, "blue", state=SubmissionState.PENDING)
        service.move(
            session, session.get_one(Submission, arriving.id), SubmissionState.APPROVED, actor_id=None, now=runtime.now()
        )
    run_jobs(runtime)
    with runtime.database.reading() as session:
        assert session.scalars(select(Production)).all() == []
    said: list[str] = []
    assert build_collage_now(runtime, "our-home", say=said.append) == 0
    public_id = standing(runtime, scene.campaign).public_id
    assert said[-1] == f"Collage of our-home: 1 contribution (made): http://127.0.0.1/media/productions/{public_id}"


def test_a_final_collage_takes_nothing_new_and_still_lets_go(
    runtime: Runtime, scene: Scene, tmp_path: Path, clock: Clock
) -> None:
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.bergen, tmp_path, "red")
        leaving = sent(session, runtime, scene, scene.kobe, tmp_path, "green")
        request(session, session.get_one(Campaign, scene.campaign.id), ProductionKind.COLLAGE, now=runtime.now(), final=True)
    run_jobs(runtime)
    clock.advance(timedelta(days=1))
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).phase = Phase.POST_DAY
        late = sent(session, runtime, scene, scene.oslo, tmp_path, "blue", state=SubmissionState.PENDING)
        row = session.get_one(Submission, late.id)
        row.decided_at = runtime.now()
        service.move(session, row, SubmissionState.APPROVED, actor_id=None, now=runtime.now())
    run_jobs(runtime)
    assert sorted(tile_colours(runtime, standing(runtime, scene.campaign))) == ["green", "red"]
    build_collage(runtime, scene.campaign.id)
    assert standing(runtime, scene.campaign).version == 1
    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, leaving.id), actor_id=None, now=runtime.now())
    run_jobs(runtime)
    assert tile_colours(runtime, standing(runtime, scene.campaign)) == ["red"]


def test_a_command_by_hand_lets_what_came_late_into_a_final_collage(
    runtime: Runtime, scene: Scene, tmp_path: Path, clock: Clock
) -> None:
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.bergen, tmp_path, "red")
        request(session, session.get_one(Campaign, scene.campaign.id), ProductionKind.COLLAGE, now=runtime.now(), final=True)
    run_jobs(runtime)
    clock.advance(timedelta(days=1))
    with runtime.database.writing() as session:
        late = sent(session, runtime, scene, scene.oslo, tmp_path, "blue")
        session.get_one(Submission, late.id).decided_at = runtime.now()
    build_collage_now(runtime, "our-home", say=lambda _line: None)
    production = standing(runtime, scene.campaign)
    assert sorted(tile_colours(runtime, production)) == ["blue", "red"]
    assert production.final_at == runtime.now()


def test_whoever_withdraws_while_it_is_being_made_is_not_in_it(
    runtime: Runtime, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.bergen, tmp_path, "red")
        leaving = sent(session, runtime, scene, scene.kobe, tmp_path, "green")
    compose = collage_module._composed

    def withdrawn_meanwhile(runtime_: Runtime, plan: Plan, folder: Path, progress: Progress) -> Finished:
        finished = compose(runtime_, plan, folder, progress)
        with runtime.database.writing() as session:
            service.withdraw(session, session.get_one(Submission, leaving.id), actor_id=None, now=runtime.now())
        return finished

    monkeypatch.setattr(collage_module, "_composed", withdrawn_meanwhile)
    build_collage(runtime, scene.campaign.id)
    assert tile_colours(runtime, standing(runtime, scene.campaign)) == ["red"]


def test_for_print_there_are_both_sheets_of_those_who_agreed_to_be_printed(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    unprinted = tuple(purpose for purpose in Purpose if purpose is not Purpose.PRINT)
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.bergen, tmp_path, "red")
        leaving = sent(session, runtime, scene, scene.oslo, tmp_path, "blue")
        sent(session, runtime, scene, scene.kobe, tmp_path, "green", consents=unprinted)
    said: list[str] = []
    assert build_collage_now(runtime, "our-home", say=said.append, for_print=True) == 0
    with runtime.database.reading() as session:
        poster = production_at(session, scene.campaign.id, None, ProductionKind.POSTER)
        assert poster is not None
        assert (poster.contributions, poster.width_px, poster.height_px) == (2, 543, 739)
        files = works.files_of(session, poster.id)
        assert [file.name for file in files] == ["a1_jpg", "a1_png", "a2_jpg", "a2_pdf", "a2_png"]
        main = works.main_file(session, poster.id)
        assert main is not None
        read = PdfReader(io.BytesIO(b"".join(runtime.storage.open_range(main.storage_key))))
    root: Any = read.trailer["/Root"]
    alt = "A poster of 2 contributions from 2 cities. On it stands: Home is where we sing. 20 June 2027, #OurHome."
    assert root["/StructTreeRoot"]["/K"][0]["/Alt"] == alt
    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, leaving.id), actor_id=None, now=runtime.now())
    run_jobs(runtime)
    with runtime.database.reading() as session:
        poster = production_at(session, scene.campaign.id, None, ProductionKind.POSTER)
        assert poster is not None
        assert (poster.contributions, poster.version) == (1, 2)


def test_a_place_larger_than_a_tile_shows_the_larger_file(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.bergen, tmp_path, "red", kind=SubmissionKind.PHOTO)
    large, small = (
        plan_of(runtime, scene.campaign.id, ProductionKind.COLLAGE, {"sheet": sheet}, at_most=9).sheets["sheet"].tiles[0]
        for sheet in (Sheet(80, 113, 0), SMALL)
    )
    assert large.large is not None
    assert large.large.sha256 != large.piece.sha256
    assert small.large is None


def test_another_layout_is_chosen_by_its_name_and_what_stands_is_made_anew(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        for city in (scene.bergen, scene.kobe, scene.oslo):
            sent(session, runtime, scene, city, tmp_path, "red")
    build_collage(runtime, scene.campaign.id)
    toolkit = load_toolkit("world-refugee-day")
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        with pytest.raises(NotFound, match=r"collage\.unknown_layout"):
            choose_layout(session, campaign, toolkit, "spiral", actor_id=None, now=runtime.now())
        choose_layout(session, campaign, toolkit, "heart", actor_id=None, now=runtime.now())
    run_jobs(runtime)
    production = standing(runtime, scene.campaign)
    assert (production.version, production.contributions) == (2, 3)
    ground = picture(runtime, production).getpixel((5, SMALL.height_px - 5))
    assert ground == pytest.approx((0x14, 0x58, 0x5F), abs=3)
    with runtime.database.reading() as session:
        acts = session.scalars(select(AuditRow.codes).where(AuditRow.act == "collage.layout_chosen").order_by(AuditRow.id)).all()
    assert acts == [{"layout": "heart"}]


def test_nothing_changed_means_nothing_is_made(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.bergen, tmp_path, "red")
    assert [build_collage(runtime, scene.campaign.id).anew for _ in range(2)] == [True, False]
    assert standing(runtime, scene.campaign).version == 1


def test_the_last_one_leaving_takes_the_collage_with_it(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        leaving = sent(session, runtime, scene, scene.bergen, tmp_path, "red")
    build_collage(runtime, scene.campaign.id)
    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, leaving.id), actor_id=None, now=runtime.now())
    run_jobs(runtime)
    production = standing(runtime, scene.campaign)
    assert (production.artefact_id, production.contributions) == (None, 0)
    assert list(runtime.storage.keys()) == []
    with runtime.database.reading() as session:
        assert {job.state.value for job in session.scalars(select(Job))} == {"done"}
