"""What nobody will come back for is removed, and what was taken back is erased in the end."""

import fcntl
import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.assembly.workshop import FOLDER, LOCK, private_folder
from app.enums import JobState, SubmissionState
from app.kits.checks import KEPT_FOR, vouch_for
from app.kits.toolkit import TOOLKITS_DIR, list_toolkits
from app.models import Artefact, Job, KitPublication, KitVersion, ToolkitCheck, ToolkitVariant
from app.runtime import Runtime
from app.submissions import service
from app.variants import note_use
from app.words import Words
from app.worker.schedule import ARRIVING_FOR_AT_MOST_S, TOOLKIT_UNUSED_S, tidy
from tests import factories


def aged(path: Path) -> None:
    then = time.time() - ARRIVING_FOR_AT_MOST_S - 60
    os.utime(path, (then, then))


@pytest.mark.parametrize("place", ["incoming", "work"])
def test_what_a_killed_process_left_behind_goes_after_some_hours_and_nothing_younger(runtime: Runtime, place: str) -> None:
    folder = runtime.settings.data_dir / place
    for name in ("old", "young"):
        (folder / name).mkdir(parents=True)
        (folder / name / "copy-of-an-original.jpg").write_bytes(b"a face")
    aged(folder / "old")
    tidy(runtime)
    assert [path.name for path in folder.iterdir()] == ["young"]


def test_the_folder_of_a_making_that_was_cut_off_goes_at_once_and_of_one_at_work_stays(runtime: Runtime) -> None:
    left = runtime.settings.incoming_dir / f"{FOLDER}cut-off"
    left.mkdir(parents=True)
    (left / "copy-of-an-original.jpg").write_bytes(b"a face")
    with (left / LOCK).open("w") as held:  # until its process ends
        fcntl.flock(held, fcntl.LOCK_EX)
        tidy(runtime)
        assert left.exists()
    with private_folder(runtime) as at_work:
        tidy(runtime)
        assert list(runtime.settings.incoming_dir.iterdir()) == [at_work]
    assert list(runtime.settings.incoming_dir.iterdir()) == []


def test_an_erasure_that_was_given_up_is_asked_for_again(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network)
        submission = factories.submission(session, factories.campaign(session, network), city)
        service.withdraw(session, submission, actor_id=None, now=runtime.now())
        erasure = session.scalars(select(Job).where(Job.kind == service.ERASE)).one()
        erasure.state = JobState.FAILED
    tidy(runtime)
    tidy(runtime)
    with runtime.database.reading() as session:
        assert submission.state is SubmissionState.WITHDRAWN
        states = session.scalars(select(Job.state).where(Job.kind == service.ERASE).order_by(Job.id)).all()
    assert states == [JobState.FAILED, JobState.QUEUED]


def test_a_file_whose_commit_never_came_is_removed(runtime: Runtime, tmp_path: Path) -> None:
    key = f"original/aa/{'a' * 64}-{'0' * 16}.jpg"
    upload = tmp_path / "upload.jpg"
    upload.write_bytes(b"a face")
    runtime.storage.put(key, upload)
    tidy(runtime)
    assert list(runtime.storage.keys()) == []


def test_an_unpacked_toolkit_goes_when_nobody_used_it_for_a_month(runtime: Runtime) -> None:
    folder = runtime.settings.frozen_toolkits_dir
    for name in ("unused", "used", ".left-behind"):
        (folder / name / "base").mkdir(parents=True)
        then = time.time() - TOOLKIT_UNUSED_S - 60
        os.utime(folder / name, (then, then))
    assert [note_use(folder / name) for name in ("used", "gone")] == [True, False]
    tidy(runtime)
    assert [path.name for path in folder.iterdir()] == ["used"]


def test_a_check_that_nothing_stands_on_is_forgotten_after_a_month_with_what_was_frozen_for_it(runtime: Runtime) -> None:
    _forgotten, elsewhere, published, own, waited_for = list_toolkits()
    young, old = runtime.now(), runtime.now() - KEPT_FOR - timedelta(minutes=1)
    with runtime.database.writing() as session:
        network, other = factories.network(session), factories.network(session, "other")

        def check(slug: str, at: datetime, network_id: int = network.id) -> ToolkitCheck:
            return vouch_for(session, runtime, network_id=network_id, slug=slug, root=TOOLKITS_DIR, now=at)

        kept = {slug: check(slug, old) for slug in list_toolkits()}
        stays = check(elsewhere, young, other.id)
        campaign, person = factories.campaign(session, network), factories.person(session, network)
        session.scalars(select(KitVersion)).one().artefact_id = kept[published].artefact_id
        variant = {"toolkit_slug": own, "number": 1, "note": "", "made_at": old, "check_id": kept[own].id}
        session.add(ToolkitVariant(network_id=network.id, **variant))
        wish = {"note": Words.one("en", ""), "embargoed": [], "check_ids": [kept[waited_for].id], "asked_at": old}
        session.add(KitPublication(campaign_id=campaign.id, asked_by_id=person.id, **wish))
    tidy(runtime)
    with runtime.database.reading() as session:
        left = set(session.scalars(select(ToolkitCheck.id)))
        files = set(session.scalars(select(Artefact.storage_key)))
    assert left == {stays.id, *(kept[slug].id for slug in (published, own, waited_for))}
    assert len(files) == 4
    assert set(runtime.storage.keys()) == files
