"""The film of a city: made of segments that are kept, joined anew when somebody leaves."""

import io
from pathlib import Path

import av
import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import derivation
from app.assembly.commands import build_films_now
from app.assembly.film import build_city_film
from app.assembly.film_rules import STEP_S
from app.assembly.queries import production_at
from app.enums import ArtefactKind, ProductionKind, SubmissionKind, SubmissionState
from app.models import Artefact, Job, Production, Submission
from app.runtime import Runtime
from app.submissions import service
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import run_jobs, with_clip, with_picture

pytestmark = [pytest.mark.media, pytest.mark.usefixtures("quick_films")]


def fill_bergen(session: Session, runtime: Runtime, scene: Scene, folder: Path, master: Path) -> dict[str, int]:
    """A photo, a clip and words of Bergen, and a photo of Oslo."""
    photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO, text="")
    with_picture(session, runtime, photo, folder, "red")
    clip = factories.submission(
        session, scene.campaign, scene.bergen, kind=SubmissionKind.CLIP, text="", spoken_words="Here I sing again."
    )
    with_clip(session, runtime, clip, folder, master)
    words = factories.submission(session, scene.campaign, scene.bergen, text="A door of my own.")
    with_picture(session, runtime, words, folder, "sand")
    elsewhere = factories.submission(session, scene.campaign, scene.oslo, kind=SubmissionKind.PHOTO)
    with_picture(session, runtime, elsewhere, folder, "green")
    return {"photo": photo.id, "clip": clip.id, "words": words.id}


def standing(runtime: Runtime, scene: Scene) -> Production:
    with runtime.database.reading() as session:
        found = production_at(session, scene.campaign.id, scene.bergen.id, ProductionKind.CITY_FILM)
        assert found is not None
        return found


def segments(runtime: Runtime) -> set[int]:
    with runtime.database.reading() as session:
        return set(session.scalars(select(Artefact.id).where(Artefact.kind == ArtefactKind.SEGMENT)))


def stored(runtime: Runtime, artefact_id: int | None) -> bytes:
    with runtime.database.reading() as session:
        key = session.get_one(Artefact, artefact_id).storage_key
    return b"".join(runtime.storage.open_range(key))


def colour_at(film: bytes, seconds: float) -> tuple[int, ...]:
    """The colour in the upper middle of the picture at this moment."""
    with av.open(io.BytesIO(film), mode="r") as container:
        for frame in container.decode(video=0):
            if frame.time >= seconds:
                red, green, blue = frame.to_ndarray(format="rgb24")[300, 540]
                return int(red), int(green), int(blue)
    raise AssertionError(seconds)


def is_near(colour: tuple[int, ...], wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 30 for one, other in zip(colour, wanted, strict=True))


def test_a_film_shows_photo_clip_and_words_between_its_cards_and_is_rebuilt_from_kept_segments_when_one_leaves(
    runtime: Runtime, scene: Scene, tmp_path: Path, clip_master: Path
) -> None:
    with runtime.database.writing() as session:
        sent = fill_bergen(session, runtime, scene, tmp_path, clip_master)
    built = build_city_film(runtime, scene.campaign.id, scene.bergen.id)
    first = standing(runtime, scene)
    film = stored(runtime, first.artefact_id)
    assert built.contributions == 3
    # two cards, a photo and words of a step each, and of the clip of 1.2 s two whole steps
    assert first.duration_s == pytest.approx(6 * STEP_S, abs=0.001)
    assert is_near(colour_at(film, 1.5 * STEP_S), (200, 30, 30))
    assert is_near(colour_at(film, 3 * STEP_S), (30, 60, 200))
    with Image.open(io.BytesIO(stored(runtime, first.poster_artefact_id))) as poster:
        assert poster.size == (1080, 1080)
    kept = segments(runtime)
    assert len(kept) == 5
    with runtime.database.reading() as session:
        assert first.artefact_id is not None
        _, people = derivation.sources_of(session, first.artefact_id)
    assert people == set(sent.values())

    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, sent["clip"]), actor_id=None, now=runtime.now())
    run_jobs(runtime)
    second = standing(runtime, scene)
    assert (second.version, second.contributions) == (2, 2)
    assert second.duration_s == pytest.approx(4 * STEP_S, abs=0.001)
    assert len(segments(runtime)) == 4
    assert segments(runtime) < kept
    with runtime.database.reading() as session:
        report = derivation.compare_rows_and_files(session, runtime.storage)
        assert {job.state.value for job in session.scalars(select(Job))} == {"done"}
    assert (report.missing_files, report.stray_files) == ([], [])


def test_words_and_withdrawn_photos_make_no_film(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        words = factories.submission(session, scene.campaign, scene.bergen)
        with_picture(session, runtime, words, tmp_path, "sand")
        gone = factories.submission(
            session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO, state=SubmissionState.WITHDRAWN
        )
        with_picture(session, runtime, gone, tmp_path, "red")
    said: list[str] = []
    assert build_films_now(runtime, "our-home", "bergen", say=said.append) == 1
    assert said == ["Film of bergen: nothing is approved for it yet."]
    assert standing(runtime, scene).artefact_id is None


def test_a_killed_build_goes_on_from_the_segments_it_kept(
    runtime: Runtime, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runtime.database.writing() as session:
        photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO, text="")
        with_picture(session, runtime, photo, tmp_path, "red")

    def killed(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("app.assembly.reel.join", killed)
        with pytest.raises(KeyboardInterrupt):
            build_city_film(runtime, scene.campaign.id, scene.bergen.id)
    kept = segments(runtime)
    build_city_film(runtime, scene.campaign.id, scene.bergen.id)
    assert (len(kept), segments(runtime)) == (3, kept)
