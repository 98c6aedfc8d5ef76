"""The graph of files: who owns what, and what goes when somebody leaves."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.derivation import Made, compare_rows_and_files, derived_from, disown, erase, keep, owner_count, sources_of
from app.enums import ArtefactKind
from app.models import Artefact, Derivation
from app.runtime import Runtime
from tests import factories
from tests.factories import A_MOMENT


def a_file(folder: Path, content: bytes, name: str = "file.jpg") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.fixture
def people(runtime: Runtime) -> tuple[int, int]:
    """Two contributions."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network)
        campaign = factories.campaign(session, network)
        return factories.submission(session, campaign, city).id, factories.submission(session, campaign, city).id


def original(path: Path, *owners: int) -> Made:
    return Made(path=path, kind=ArtefactKind.ORIGINAL, media_type="image/jpeg", spec={"original": 1}, owners=owners)


def test_equal_bytes_of_two_people_are_one_file_until_the_last_owner_goes(
    runtime: Runtime, people: tuple[int, int], tmp_path: Path
) -> None:
    first, second = people
    kept = []
    for number, person in enumerate(people):
        with runtime.database.writing() as session:
            path = a_file(tmp_path, b"the same", f"{number}.jpg")
            kept.append(keep(session, runtime.storage, original(path, person), now=A_MOMENT))
    artefact = kept[1]
    assert kept[0].id == artefact.id
    assert list(runtime.storage.keys()) == [artefact.storage_key]
    with runtime.database.writing() as session:
        assert owner_count(session, artefact.id) == 2
        assert disown(session, first) == []
    assert list(runtime.storage.keys()) == [artefact.storage_key]
    with runtime.database.writing() as session:
        fallen = disown(session, second)
        assert fallen == [artefact.id]
        erase(session, runtime.storage, fallen)
    assert list(runtime.storage.keys()) == []


def test_sources_and_derived_files_are_found_at_any_distance(runtime: Runtime, people: tuple[int, int], tmp_path: Path) -> None:
    first, second = people
    with runtime.database.writing() as session:
        photo = keep(session, runtime.storage, original(a_file(tmp_path, b"photo"), first), now=A_MOMENT)
        other = keep(session, runtime.storage, original(a_file(tmp_path, b"other"), second), now=A_MOMENT)
        tile = keep(
            session,
            runtime.storage,
            Made(a_file(tmp_path, b"tile"), ArtefactKind.TILE, "image/jpeg", {"tile": 1}, owners=[first], sources=[photo.id]),
            now=A_MOMENT,
        )
        collage = keep(
            session,
            runtime.storage,
            Made(
                a_file(tmp_path, b"collage"),
                ArtefactKind.COLLAGE,
                "image/jpeg",
                {"collage": 1},
                parts=[first, second],
                sources=[tile.id],
            ),
            now=A_MOMENT,
        )
    with runtime.database.reading() as session:
        assert sources_of(session, collage.id) == ({tile.id, photo.id}, {first, second})
        assert derived_from(session, first) == {photo.id, tile.id, collage.id}
        assert derived_from(session, second) == {other.id, collage.id}


def test_a_collage_falls_with_any_of_its_people_and_the_others_files_stay(
    runtime: Runtime, people: tuple[int, int], tmp_path: Path
) -> None:
    first, second = people
    with runtime.database.writing() as session:
        photo = keep(session, runtime.storage, original(a_file(tmp_path, b"photo"), first), now=A_MOMENT)
        other = keep(session, runtime.storage, original(a_file(tmp_path, b"other"), second), now=A_MOMENT)
        made = Made(
            a_file(tmp_path, b"both"),
            ArtefactKind.COLLAGE,
            "image/jpeg",
            {"collage": 1},
            parts=[first, second],
            sources=[photo.id, other.id],
        )
        collage = keep(session, runtime.storage, made, now=A_MOMENT)
    with runtime.database.writing() as session:
        fallen = disown(session, first)
        assert fallen == [collage.id, photo.id]
        erase(session, runtime.storage, fallen)
    with runtime.database.reading() as session:
        assert session.scalars(select(Artefact.id)).all() == [other.id]
        assert session.scalar(select(func.count()).select_from(Derivation)) == 1
        assert compare_rows_and_files(session, runtime.storage).missing_files == []


def test_the_sanity_check_names_missing_and_stray_files(runtime: Runtime, people: tuple[int, int], tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        kept = keep(session, runtime.storage, original(a_file(tmp_path, b"photo"), people[0]), now=A_MOMENT)
    runtime.storage.delete(kept.storage_key)
    runtime.storage.put("original/stray.jpg", a_file(tmp_path, b"stray"))
    with runtime.database.reading() as session:
        report = compare_rows_and_files(session, runtime.storage)
    assert (report.missing_files, report.stray_files) == ([kept.storage_key], ["original/stray.jpg"])


def test_a_key_cannot_leave_the_folder(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="outside"):
        runtime.storage.put("../outside", a_file(tmp_path, b"x"))
