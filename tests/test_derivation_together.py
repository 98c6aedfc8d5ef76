"""The graph of files while two people come and go at the same moment."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from app.derivation import Made, compare_rows_and_files, disown, erase, keep, remove_stray
from app.enums import ArtefactKind
from app.models import Artefact, Derivation
from app.runtime import Runtime
from tests import factories
from tests.factories import A_MOMENT


def original(folder: Path, owner: int) -> Made:
    path = folder / f"{owner}.jpg"
    path.write_bytes(b"the same")
    return Made(path=path, kind=ArtefactKind.ORIGINAL, media_type="image/jpeg", spec={"original": 1}, owners=[owner])


@pytest.fixture
def people(runtime: Runtime) -> tuple[int, int]:
    """Two contributions."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network)
        campaign = factories.campaign(session, network)
        return factories.submission(session, campaign, city).id, factories.submission(session, campaign, city).id


def test_somebody_who_sends_the_same_bytes_while_their_only_owner_leaves_keeps_them(
    runtime: Runtime, people: tuple[int, int], tmp_path: Path
) -> None:
    leaving, coming = people
    with runtime.database.writing() as session:
        keep(session, runtime.storage, original(tmp_path, leaving), now=A_MOMENT)
    kept = threading.Event()

    def come() -> None:
        with runtime.database.writing() as session:
            keep(session, runtime.storage, original(tmp_path, coming), now=A_MOMENT)
            kept.set()
            threading.Event().wait(0.3)  # the other begins to leave before this is committed

    thread = threading.Thread(target=come)
    thread.start()
    assert kept.wait(10)
    with runtime.database.writing() as session:
        erase(session, runtime.storage, disown(session, leaving))
    thread.join()
    with runtime.database.reading() as session:
        artefact = session.scalars(select(Artefact)).one()
        assert session.scalars(select(Derivation.source_submission_id)).all() == [coming]
        assert compare_rows_and_files(session, runtime.storage).missing_files == []
        assert list(runtime.storage.keys()) == [artefact.storage_key]


def test_a_file_whose_row_is_about_to_be_committed_is_no_stray(runtime: Runtime, people: tuple[int, int], tmp_path: Path) -> None:
    stored = threading.Event()

    def come() -> None:
        with runtime.database.writing() as session:
            keep(session, runtime.storage, original(tmp_path, people[0]), now=A_MOMENT)
            stored.set()
            threading.Event().wait(0.3)

    thread = threading.Thread(target=come)
    thread.start()
    assert stored.wait(10)
    [key] = runtime.storage.keys()
    with runtime.database.writing() as session:
        assert not remove_stray(session, runtime.storage, key)
    thread.join()
    assert list(runtime.storage.keys()) == [key]
