"""The zoomable collage: a place for everybody who agreed, changed where somebody comes or goes, and mended after a cut."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import derivation
from app.assembly import zoom, zoom_places
from app.assembly.queries import production_at
from app.assembly.service import Finished, let_in_what_came_later, request, request_what_changed
from app.assembly.zoom import build_zoomable_collage, folder_of
from app.assembly.zoom_rules import Field, beneath, field_for, places_kept
from app.derivation import Made
from app.enums import ArtefactKind, Phase, ProductionKind, Purpose, SubmissionKind, SubmissionState
from app.models import (
    Artefact,
    Campaign,
    CampaignCity,
    City,
    CollagePlace,
    Job,
    Production,
    ProductionVersion,
    Rendition,
    Submission,
)
from app.runtime import Runtime
from app.submissions import service
from app.submissions.queries import productions_with
from media_pipeline import deepzoom
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import COLOURS, draw, run_jobs, with_tile
from tests.conftest import Clock

TWELVE = tuple(["red", "green", "blue"] * 4)


def sent(
    session: Session,
    runtime: Runtime,
    scene: Scene,
    city: City,
    folder: Path,
    colour: str,
    *,
    consents: tuple[Purpose, ...] = tuple(Purpose),
    state: SubmissionState = SubmissionState.APPROVED,
    kind: SubmissionKind = SubmissionKind.PHOTO,
) -> Submission:
    submission = factories.submission(session, scene.campaign, city, kind=kind, state=state, consents=consents)
    with_tile(session, runtime, submission, folder, colour)
    return submission


def twelve(runtime: Runtime, scene: Scene, folder: Path) -> list[Submission]:
    with runtime.database.writing() as session:
        cities = (scene.bergen, scene.kobe, scene.oslo)
        return [sent(session, runtime, scene, cities[at % 3], folder, colour) for at, colour in enumerate(TWELVE)]


def standing(runtime: Runtime, scene: Scene) -> zoom_places.Standing:
    with runtime.database.reading() as session:
        found = zoom_places.collage_in(session, scene.campaign.id)
        assert found is not None
        return found


def tiles_of(runtime: Runtime, scene: Scene) -> Path:
    return folder_of(runtime, scene.campaign.id, standing(runtime, scene).generation)


def places(runtime: Runtime, scene: Scene) -> dict[int, int]:
    with runtime.database.reading() as session:
        return zoom_places.places_of(session, scene.campaign.id)


def shown(runtime: Runtime, scene: Scene) -> list[str]:
    """The nearest known colour of every place; paper where nobody is."""
    folder, field = tiles_of(runtime, scene), standing(runtime, scene).field
    level = standing(runtime, scene).deepest
    return [nearest(folder / f"collage_files/{level}/{x}_{y}.jpg") for x, y in map(field.at, range(field.places))]


def nearest(path: Path) -> str:
    with Image.open(path) as tile:
        assert tile.size == (512, 512)
        at = tile.convert("RGB").getpixel((256, 256))
    assert isinstance(at, tuple)
    known = COLOURS | {"paper": (250, 248, 240)}
    return min(known, key=lambda name: sum(abs(a - b) for a, b in zip(known[name], at, strict=True)))


def leave(runtime: Runtime, submission: Submission) -> None:
    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, submission.id), actor_id=None, now=runtime.now())


def after_the_day(runtime: Runtime, scene: Scene) -> None:
    """From then on only what is no longer agreed to is made anew."""
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).phase = Phase.POST_DAY
        for place in session.scalars(select(CampaignCity)):
            place.phase = Phase.POST_DAY


def written(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


SIZES = [(1, 1, 1), (2, 2, 1), (12, 4, 3), (17, 6, 3), (200, 15, 14), (10_000, 105, 100)]


@pytest.mark.parametrize(("contributions", "columns", "rows"), SIZES)
def test_the_field_is_nearly_square_and_only_large_ones_keep_places_free(contributions: int, columns: int, rows: int) -> None:
    assert field_for(contributions) == Field(columns, rows)


def test_nobody_who_stays_moves_and_who_comes_takes_the_first_free_place() -> None:
    before = {each: each - 1 for each in range(1, 21)}
    kept = places_kept([*range(1, 8), *range(9, 21), 30], before, 21)
    assert kept == {each: place for each, place in before.items() if each != 8} | {30: 7}
    assert places_kept([*range(1, 21), 30, 31, 32], before, 22) is None  # more than are free
    assert places_kept(range(1, 10), before, 21) is None  # more than a tenth has changed


def test_a_tile_shows_the_places_beneath_it_and_none_outside() -> None:
    field = Field(5, 3)
    assert [beneath(field, 1, x, 1).columns for x in range(4)] == [range(2), range(2, 4), range(4, 5), range(5, 5)]
    assert (beneath(field, 1, 0, 1).rows, beneath(field, 9, 0, 0).rows) == (range(2, 3), range(3))
    assert [beneath(field, 0, x, 2).is_empty for x in (4, 5)] == [False, True]


def test_everybody_who_agreed_has_one_place_and_pictures_become_tiles(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    without_collage = tuple(purpose for purpose in Purpose if purpose is not Purpose.COLLAGE)
    members = twelve(runtime, scene, tmp_path)
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.oslo, tmp_path, "sand", consents=without_collage)
        sent(session, runtime, scene, scene.oslo, tmp_path, "sand", state=SubmissionState.PENDING)
    built = build_zoomable_collage(runtime, scene.campaign.id)
    assert (built.contributions, built.anew, standing(runtime, scene).field) == (12, True, Field(4, 3))
    assert sorted(places(runtime, scene)) == [each.id for each in members]
    hanging = shown(runtime, scene)
    assert sorted(hanging) == sorted(TWELVE)
    assert all(hanging[at] != hanging[at - 1] for at in range(12) if at % 4)  # neighbours come from different cities


def test_one_who_leaves_is_gone_from_every_level_and_nothing_else_is_written(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    members = twelve(runtime, scene, tmp_path)
    build_zoomable_collage(runtime, scene.campaign.id)
    before, folder = places(runtime, scene), tiles_of(runtime, scene)
    generation, files = standing(runtime, scene).generation, written(folder)
    after_the_day(runtime, scene)
    leave(runtime, members[4])
    run_jobs(runtime)
    place = before[members[4].id]
    assert standing(runtime, scene).generation == generation
    assert places(runtime, scene) == {each: at for each, at in before.items() if each != members[4].id}
    assert [at for at, name in enumerate(shown(runtime, scene)) if name == "paper"] == [place]
    x, y = place % 4, place // 4
    above = [f"collage_files/{11 - up}/{x >> up}_{y >> up}.jpg" for up in range(12)]
    assert sorted(name for name, at in written(folder).items() if files.get(name) != at) == sorted([*above, "index.json"])
    kept = [folder / f"collage_files/11/{at % 4}_{at // 4}.jpg" for at in range(12)]
    tiles = [None if at == place else deepzoom.Tile(str(at), kept[at]) for at in range(12)]
    deepzoom.build(tiles, tmp_path / "equal", columns=4, background=deepzoom.opened(folder).background)
    assert deepzoom.differing(folder, tmp_path / "equal") == ["index.json"]


def test_a_latecomer_takes_the_place_that_is_free(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    members = twelve(runtime, scene, tmp_path)
    build_zoomable_collage(runtime, scene.campaign.id)
    before, generation = places(runtime, scene), standing(runtime, scene).generation
    leave(runtime, members[4])
    build_zoomable_collage(runtime, scene.campaign.id)
    with runtime.database.writing() as session:
        late = sent(session, runtime, scene, scene.oslo, tmp_path, "sand")
    build_zoomable_collage(runtime, scene.campaign.id)
    assert places(runtime, scene)[late.id] == before[members[4].id]
    assert shown(runtime, scene)[before[members[4].id]] == "sand"
    assert (standing(runtime, scene).generation, standing(runtime, scene).contributions) == (generation, 12)


def test_on_the_day_an_approval_asks_for_it(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.oslo, tmp_path, "sand")
        request_what_changed(session, runtime.storage, scene.campaign.id, scene.oslo.id, now=runtime.now())
        jobs = session.scalars(select(Job.kind).order_by(Job.kind)).all()
    assert "assembly.zoomable_collage" in jobs


def test_when_there_is_no_place_it_is_built_anew_and_the_old_tiles_are_gone(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    twelve(runtime, scene, tmp_path)
    build_zoomable_collage(runtime, scene.campaign.id)
    old = tiles_of(runtime, scene)
    with runtime.database.writing() as session:
        sent(session, runtime, scene, scene.oslo, tmp_path, "sand")
    build_zoomable_collage(runtime, scene.campaign.id)
    assert (standing(runtime, scene).contributions, shown(runtime, scene).count("sand"), old.exists()) == (13, 1, False)


def test_a_picture_that_was_prepared_anew_replaces_the_old_one(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    members = twelve(runtime, scene, tmp_path)
    build_zoomable_collage(runtime, scene.campaign.id)
    place = places(runtime, scene)[members[0].id]
    with runtime.database.writing() as session:
        path = draw(tmp_path / "other.jpg", "sand", size=(512, 512))
        other = Made(path=path, kind=ArtefactKind.TILE, media_type="image/jpeg", spec={"again": 1}, owners=[members[0].id])
        made = derivation.keep(session, runtime.storage, other, now=runtime.now())
        session.scalars(select(Rendition).where(Rendition.submission_id == members[0].id)).one().artefact_id = made.id
    build_zoomable_collage(runtime, scene.campaign.id)
    assert shown(runtime, scene)[place] == "sand"


def test_what_is_there_already_is_left_alone(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    twelve(runtime, scene, tmp_path)
    assert [build_zoomable_collage(runtime, scene.campaign.id).anew for _ in range(2)] == [True, False]
    with runtime.database.reading() as session:
        production = production_at(session, scene.campaign.id, None, ProductionKind.ZOOMABLE_COLLAGE)
        assert production is not None
        assert (production.version, production.contributions) == (1, 12)


def test_its_files_tell_its_size_and_nobody_and_no_version_of_it_stays(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    members = twelve(runtime, scene, tmp_path)
    build_zoomable_collage(runtime, scene.campaign.id)
    leave(runtime, members[0])
    build_zoomable_collage(runtime, scene.campaign.id)
    with runtime.database.reading() as session:
        production = session.scalars(select(Production)).one()
        artefact = session.get_one(Artefact, production.artefact_id)
        told = json.loads(b"".join(runtime.storage.open_range(artefact.storage_key)))
        versions = session.scalars(select(ProductionVersion)).all()
        assert derivation.sources_of(session, artefact.id) == (set(), set())
        works = [{each.kind for each in productions_with(session, member.id)} for member in members[:2]]
    assert (told, versions) == ({"columns": 4, "rows": 3, "tile_px": 512}, [])
    assert works == [set(), {ProductionKind.ZOOMABLE_COLLAGE}]


def test_rows_and_files_agree_after_the_last_one_has_left(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        only = sent(session, runtime, scene, scene.bergen, tmp_path, "red")
    build_zoomable_collage(runtime, scene.campaign.id)
    after_the_day(runtime, scene)
    leave(runtime, only)
    run_jobs(runtime)
    with runtime.database.reading() as session:
        assert session.scalars(select(CollagePlace)).all() == []
        assert zoom_places.collage_in(session, scene.campaign.id) is None
        report = derivation.compare_rows_and_files(session, runtime.storage)
    assert (report.missing_files, report.stray_files) == ([], [])
    assert list(runtime.settings.pyramids_dir.rglob("*.jpg")) == []


def cut_off_in_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepzoom, "_write_index", lambda *_: (_ for _ in ()).throw(InterruptedError))


def cut_off_before_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoom, "_write", lambda *_: (_ for _ in ()).throw(InterruptedError))


@pytest.mark.parametrize("cut_off", [cut_off_in_a_change, cut_off_before_the_rows])
def test_a_making_that_was_cut_off_is_mended_by_the_next(
    runtime: Runtime,
    scene: Scene,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cut_off: Callable[[pytest.MonkeyPatch], None],
) -> None:
    members = twelve(runtime, scene, tmp_path)
    build_zoomable_collage(runtime, scene.campaign.id)
    before = places(runtime, scene)
    leave(runtime, members[7])
    with monkeypatch.context() as patched:
        cut_off(patched)
        with pytest.raises(InterruptedError):
            build_zoomable_collage(runtime, scene.campaign.id)
    build_zoomable_collage(runtime, scene.campaign.id)
    assert [at for at, name in enumerate(shown(runtime, scene)) if name == "paper"] == [before[members[7].id]]
    assert len(places(runtime, scene)) == 11


def test_a_building_that_was_cut_off_leaves_nothing_behind(
    runtime: Runtime, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twelve(runtime, scene, tmp_path)
    with monkeypatch.context() as patched:
        cut_off_before_the_rows(patched)
        with pytest.raises(InterruptedError):
            build_zoomable_collage(runtime, scene.campaign.id)
    assert places(runtime, scene) == {}
    build_zoomable_collage(runtime, scene.campaign.id)
    folders = [path.name for path in (runtime.settings.pyramids_dir / str(scene.campaign.id)).iterdir() if path.is_dir()]
    assert folders == [standing(runtime, scene).generation]


def test_whoever_withdraws_while_it_is_being_changed_is_not_in_it(
    runtime: Runtime, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = twelve(runtime, scene, tmp_path)
    finished = zoom._finished
    leaving = [members[2]]

    def meanwhile(plan: zoom.Plan, folder: Path) -> Finished:
        if leaving:
            leave(runtime, leaving.pop())
        return finished(plan, folder)

    monkeypatch.setattr(zoom, "_finished", meanwhile)
    build_zoomable_collage(runtime, scene.campaign.id)
    assert sorted(places(runtime, scene)) == [each.id for each in members if each is not members[2]]
    assert len([name for name in shown(runtime, scene) if name != "paper"]) == 11


def test_a_final_collage_takes_nothing_new_until_it_is_made_by_hand(
    runtime: Runtime, scene: Scene, tmp_path: Path, clock: Clock
) -> None:
    twelve(runtime, scene, tmp_path)
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        request(session, campaign, ProductionKind.ZOOMABLE_COLLAGE, now=runtime.now(), final=True)
    run_jobs(runtime)
    clock.advance(timedelta(days=1))
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).phase = Phase.POST_DAY
        late = sent(session, runtime, scene, scene.oslo, tmp_path, "sand")
        session.get_one(Submission, late.id).decided_at = runtime.now()
    build_zoomable_collage(runtime, scene.campaign.id)
    assert "sand" not in shown(runtime, scene)
    with runtime.database.writing() as session:
        kind = ProductionKind.ZOOMABLE_COLLAGE
        let_in_what_came_later(session, scene.campaign.id, None, kind, now=runtime.now())
    build_zoomable_collage(runtime, scene.campaign.id)
    assert "sand" in shown(runtime, scene)
