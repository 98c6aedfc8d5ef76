"""Who is in a zoomable collage stands in rows: few are written, whoever left is found by them, and folders follow them."""

from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.assembly import zoom, zoom_places
from app.assembly.service import ChangedMeanwhileError
from app.assembly.workshop import CancelledError
from app.assembly.zoom import build_zoomable_collage, sweep_pyramids
from app.doctor import Finding, examine
from app.enums import Purpose, SubmissionState
from app.models import CollagePlace, Consent, Job, Submission
from app.runtime import Runtime
from app.submissions import service
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import with_tile

LEFT = [state for state in SubmissionState if state is not SubmissionState.APPROVED]


def six(runtime: Runtime, scene: Scene, folder: Path) -> list[int]:
    """Six people who hang in three columns and two rows."""
    with runtime.database.writing() as session:
        people = [factories.submission(session, scene.campaign, scene.bergen) for _ in range(6)]
        for at, each in enumerate(people):
            with_tile(session, runtime, each, folder, ("red", "green", "blue")[at % 3])
    build_zoomable_collage(runtime, scene.campaign.id)
    return [each.id for each in people]


def standing(session: Session, scene: Scene) -> zoom_places.Standing:
    found = zoom_places.collage_in(session, scene.campaign.id)
    assert found is not None
    return found


def seen(runtime: Runtime, scene: Scene) -> tuple[bool, list[int]]:
    """Whether the whole may be seen, and the places that may not."""
    with runtime.database.reading() as session:
        collage = standing(session, scene)
        level, columns = collage.deepest, collage.field.columns
        every = range(collage.field.places)
        hidden = [at for at in every if not zoom_places.may_be_seen(session, collage, level, at % columns, at // columns)]
        return zoom_places.may_be_seen(session, collage, 0, 0, 0), hidden


@pytest.mark.parametrize("state", LEFT)
def test_whoever_is_not_approved_any_more_is_found_by_the_row(
    runtime: Runtime, scene: Scene, tmp_path: Path, state: SubmissionState
) -> None:
    people = six(runtime, scene, tmp_path)
    assert seen(runtime, scene) == (True, [])
    with runtime.database.writing() as session:
        session.get_one(Submission, people[3]).state = state
        place = zoom_places.places_of(session, scene.campaign.id)[people[3]]
    assert seen(runtime, scene) == (False, [place])


def test_whoever_ended_the_yes_to_collages_is_found_and_no_other_purpose_matters(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    people = six(runtime, scene, tmp_path)
    with runtime.database.writing() as session:
        for consent in session.scalars(select(Consent).where(Consent.submission_id == people[1])):
            if consent.purpose is not Purpose.COLLAGE:
                consent.ended_at = runtime.now()
    assert seen(runtime, scene) == (True, [])
    with runtime.database.writing() as session:
        row = session.get_one(Submission, people[4])
        service.switch_purpose(session, row, Purpose.COLLAGE, agreed=False, language="en", now=runtime.now())
        place = zoom_places.places_of(session, scene.campaign.id)[people[4]]
    assert seen(runtime, scene) == (False, [place])


def test_one_who_leaves_costs_a_row_and_nobody_else_is_written(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    people = six(runtime, scene, tmp_path)
    with runtime.database.writing() as session:
        before = {row.id: row.submission_id for row in session.scalars(select(CollagePlace))}
        service.withdraw(session, session.get_one(Submission, people[2]), actor_id=None, now=runtime.now())
    written: list[str] = []
    event.listen(runtime.database.engine, "before_cursor_execute", lambda *given: written.append(given[2].partition(" (")[0]))
    build_zoomable_collage(runtime, scene.campaign.id)
    with runtime.database.reading() as session:
        after = {row.id: row.submission_id for row in session.scalars(select(CollagePlace))}
    assert after == {id_: person for id_, person in before.items() if person != people[2]}
    assert [each for each in written if each.startswith(("INSERT INTO derivation", "INSERT INTO collage_place"))] == []


def test_what_people_sent_is_lent_to_the_collage_and_stays_whole_when_somebody_leaves(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    people = six(runtime, scene, tmp_path)
    stored = {path: path.read_bytes() for path in runtime.settings.files_dir.rglob("*.jpg")}
    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, people[0]), actor_id=None, now=runtime.now())
    build_zoomable_collage(runtime, scene.campaign.id)
    assert {path: path.read_bytes() for path in runtime.settings.files_dir.rglob("*.jpg")} == stored


def test_whoever_leaves_after_the_last_look_has_it_made_again(
    runtime: Runtime, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = zoom._sweep

    def meanwhile(runtime: Runtime, campaign_id: int, generation: str | None) -> None:
        sweep(runtime, campaign_id, generation)
        with runtime.database.writing() as session:
            for hung in session.scalars(select(CollagePlace).limit(1)):
                session.get_one(Submission, hung.submission_id).state = SubmissionState.REJECTED

    monkeypatch.setattr(zoom, "_sweep", meanwhile)
    six(runtime, scene, tmp_path)
    with runtime.database.reading() as session:
        assert list(session.scalars(select(Job.kind))) == ["assembly.zoomable_collage"]


def test_of_two_makings_in_two_folders_the_second_begins_again(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    people = six(runtime, scene, tmp_path)
    with pytest.raises(ChangedMeanwhileError), runtime.database.writing() as session:
        zoom_places.set_places(session, scene.campaign.id, {}, {people[0]: 0})


def test_folders_that_no_row_knows_are_cleared_away_and_the_others_stay(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    six(runtime, scene, tmp_path)
    with runtime.database.reading() as session:
        generation = standing(session, scene).generation
    folder = runtime.settings.pyramids_dir / str(scene.campaign.id)
    for stray in (folder / "older", runtime.settings.pyramids_dir / "4711" / "gone"):
        stray.mkdir(parents=True)
        (stray / "0_0.jpg").write_bytes(b"somebody")
    with zoom._alone(runtime.settings.pyramids_dir, scene.campaign.id):  # it is being made at this moment
        sweep_pyramids(runtime)
    assert [path.name for path in sorted(folder.glob("[!.]*"))] == sorted([generation, "older"])
    sweep_pyramids(runtime)
    assert [path.name for path in folder.glob("[!.]*")] == [generation]
    assert list((runtime.settings.pyramids_dir / "4711").iterdir()) == []


def test_who_waits_for_another_making_of_the_same_collage_can_be_stopped_meanwhile(runtime: Runtime, scene: Scene) -> None:
    def stopped(_share: float) -> None:
        raise CancelledError

    with zoom._alone(runtime.settings.pyramids_dir, scene.campaign.id), pytest.raises(CancelledError):
        build_zoomable_collage(runtime, scene.campaign.id, progress=stopped)


def test_the_doctor_finds_a_collage_whose_tiles_this_machine_does_not_see(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    six(runtime, scene, tmp_path)
    assert pyramids(runtime).is_good
    runtime.settings.pyramids_dir.rename(tmp_path / "elsewhere")
    told = pyramids(runtime)
    assert (told.is_good, told.found) == (False, "no tiles of the zoomable collage of our-home")
    assert "polyphony collage our-home" in told.advice
    build_zoomable_collage(runtime, scene.campaign.id)
    assert pyramids(runtime).is_good


def pyramids(runtime: Runtime) -> Finding:
    return next(finding for finding in examine(runtime.settings) if finding.subject == "pyramids")
