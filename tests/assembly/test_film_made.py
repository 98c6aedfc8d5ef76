"""The film of a city as a file: its sound stays with its picture, its words lie over it, and nothing half-made is ever there."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from sqlalchemy import select

from app import derivation
from app.assembly import film_preview
from app.assembly.film import build_city_film
from app.assembly.film_rules import STEP_S
from app.assembly.queries import production_at
from app.assembly.translations import write_translation
from app.assembly.workshop import CancelledError
from app.enums import ArtefactKind, ProductionKind, SubmissionKind
from app.models import Artefact, Campaign, FilmArrangement, Network, Production, ProductionFile, Submission
from app.runtime import Runtime
from app.submissions.service import withdraw
from media_pipeline import commands
from media_pipeline.ffmpeg import binary
from media_pipeline.movie_index import read_index
from media_pipeline.process import run_limited
from media_pipeline.segments import child
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import run_jobs, with_clip

pytestmark = pytest.mark.media
SAID, TRANSLATED = "جئت من حلب.", "I came from Aleppo."


@pytest.fixture(scope="module")
def flash_master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds, black and silent; white and loud from the first second on."""
    path = tmp_path_factory.mktemp("flash") / "master.mp4"
    flash = "color=c=black:s=1080x1080:r=30:d=2,drawbox=c=white:t=fill:enable='gte(n,30)'"
    beep = "aevalsrc='if(gte(t,1),0.3*sin(2*PI*1000*t),0)':s=48000:d=2"
    encode = (*commands.MASTER_PICTURE, *commands.MASTER_SOUND, *commands.MOVIE_FILE)
    arguments = ["-v", "error", "-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", beep, *encode, str(path)]
    assert run_limited([binary(), *arguments], limits=child(60), cwd=path.parent).returncode == 0
    return path


def stored(runtime: Runtime, artefact_id: int | None) -> Path:
    with runtime.database.reading() as session:
        key = session.get_one(Artefact, artefact_id).storage_key
    return runtime.storage.fetched(key, runtime.settings.data_dir)


def standing(runtime: Runtime, scene: Scene) -> Production | None:
    with runtime.database.reading() as session:
        return production_at(session, scene.campaign.id, scene.bergen.id, ProductionKind.CITY_FILM)


def beside(runtime: Runtime) -> dict[str, tuple[ArtefactKind, str, Path]]:
    with runtime.database.reading() as session:
        rows = session.execute(select(ProductionFile, Artefact).join(Artefact).order_by(ProductionFile.name)).all()
        found = {file.name: (artefact.kind, artefact.media_type, artefact.id) for file, artefact in rows}
    return {name: (kind, media_type, stored(runtime, key)) for name, (kind, media_type, key) in found.items()}


def test_sound_stays_with_its_picture_from_the_first_join_to_the_last(
    runtime: Runtime, scene: Scene, tmp_path: Path, flash_master: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("film", "film_rules"):
        monkeypatch.setattr(f"app.assembly.{module}.CARD_STEPS", 1)
    with runtime.database.writing() as session:
        for _ in range(2):
            clip = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.CLIP, text="")
            with_clip(session, runtime, clip, tmp_path, flash_master, duration_s=2.0)
    build_city_film(runtime, scene.campaign.id, scene.bergen.id)
    made = standing(runtime, scene)
    assert made is not None
    film = stored(runtime, made.artefact_id)
    index = read_index(film)
    assert index.picture.packets == (1 + 1 + 3 + 1 + 3 + 1 + 1) * 16  # a card, two clips and a card, transitions between them
    assert index.sound.duration_s == pytest.approx(index.duration_s, abs=0.001)
    with runtime.database.reading() as session:
        keys = session.scalars(select(Artefact.id).where(Artefact.kind == ArtefactKind.SEGMENT)).all()
    indexes = [read_index(stored(runtime, key)) for key in keys]
    assert len({(each.picture.parameters, each.sound.parameters) for each in indexes}) == 1
    flashes, beeps = _starts_s(film)
    assert len(flashes) == len(beeps) == 2
    assert flashes == pytest.approx([2 * STEP_S + 1, 6 * STEP_S + 1], abs=0.001)
    assert max(abs(beep - flash) for flash, beep in zip(flashes, beeps, strict=True)) < 0.04


@pytest.mark.usefixtures("quick_films")
def test_a_film_in_two_shapes_with_words_in_two_languages_can_be_looked_at_stopped_made_and_taken_back(
    runtime: Runtime, scene: Scene, tmp_path: Path, clip_master: Path
) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        campaign.formats = ["square", "story"]
        clip = factories.submission(
            session, scene.campaign, scene.bergen, kind=SubmissionKind.CLIP, text="", spoken_words=SAID, language="ar"
        )
        with_clip(session, runtime, clip, tmp_path, clip_master)
        person = factories.person(session, session.get_one(Network, campaign.network_id))
        write_translation(session, clip, "en", TRANSLATED, person_id=person.id, now=runtime.now())
        choice = FilmArrangement(
            campaign_id=campaign.id,
            city_id=scene.bergen.id,
            order=[],
            pinned={},
            dropped=[],
            formats=["story"],
            captions_language="en",
            with_music=False,
            changed_at=runtime.now(),
        )
        session.add(choice)
        film_preview.request_preview(session, campaign, scene.bergen.id, now=runtime.now())
        assert film_preview.is_awaited(session, campaign.id, scene.bergen.id) is True

    film_preview.build_preview(runtime, scene.campaign.id, scene.bergen.id)
    [(name, (kind, _, path))] = beside(runtime).items()
    looked_at = read_index(path)
    assert (name, kind, looked_at.picture.width_px, looked_at.picture.packets) == ("preview", ArtefactKind.SEGMENT, 360, 4 * 8)

    def stop(share: float) -> None:
        if share > 0.3:
            raise CancelledError

    with pytest.raises(CancelledError):
        build_city_film(runtime, scene.campaign.id, scene.bergen.id, progress=stop)
    before = standing(runtime, scene)
    assert before is not None
    assert (before.artefact_id, before.version) == (None, 0)
    assert list(runtime.settings.incoming_dir.iterdir()) == []

    shares: list[float] = []
    build_city_film(runtime, scene.campaign.id, scene.bergen.id, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0, abs=0.05)
    after = standing(runtime, scene)
    assert after is not None
    files = beside(runtime)
    assert {name: (kind, media_type) for name, (kind, media_type, _) in files.items()} == {
        "captions": (ArtefactKind.FILM, "text/vtt"),
        "story": (ArtefactKind.FILM, "video/mp4"),
    }
    assert files["captions"][2].read_text("utf-8") == (f"WEBVTT\n\n00:00:00.533 --> 00:00:01.600\n{SAID}\n{TRANSLATED}\n")
    square, story = _frame(stored(runtime, after.artefact_id), 1.0), _frame(files["story"][2], 1.0)
    assert square.shape == (1080, 1080, 3)
    assert story.shape == (1920, 1080, 3)
    paper = square[700:850].min(axis=2) > 200  # of the panel, which is all that is light over a blue clip
    assert paper.mean() > 0.1
    assert square[300:500, 300:700].mean(axis=(0, 1)) == pytest.approx([30, 60, 200], abs=25)
    # before a dark copy of itself, since it has no master of this shape
    assert story[960, 540] == pytest.approx([30, 60, 200], abs=25)
    assert story[100, 540] == pytest.approx([24, 48, 160], abs=30)

    with runtime.database.writing() as session:
        withdraw(session, session.get_one(Submission, clip.id), actor_id=None, now=runtime.now())
    run_jobs(runtime)
    with runtime.database.reading() as session:
        left = session.scalars(select(Artefact.kind).where(Artefact.kind.in_([ArtefactKind.FILM, ArtefactKind.SEGMENT]))).all()
        assert session.scalars(select(ProductionFile.id)).all() == []
        assert derivation.derived_from(session, clip.id) == set()
    assert left == [ArtefactKind.SEGMENT] * 4  # the cards, in which there is nobody: a next film has them, or they are swept


def _frame(film: Path, at_s: float) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    with av.open(io.BytesIO(film.read_bytes()), mode="r") as opened:
        found = next(frame for frame in opened.decode(video=0) if (frame.time or 0.0) >= at_s - 0.001)
        return found.to_ndarray(format="rgb24").astype(np.uint8)


def _starts_s(film: Path) -> tuple[list[float], list[float]]:
    """When the picture turns white and when the sound begins, each time."""
    with av.open(str(film)) as opened:
        shown = [(frame.time or 0.0, frame.to_ndarray(format="gray")[540, 540] > 250) for frame in opened.decode(video=0)]
    flashes = [at for (at, now), (_, before) in zip(shown[1:], shown, strict=False) if now and not before]
    with av.open(str(film)) as opened:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in opened.decode(audio=0)])
    loud = np.flatnonzero(np.abs(samples) > 0.03)
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-48_000) > 4800)]
    return flashes, [float(at) / 48_000 for at in starts]
