"""Photos in films: the picture as it came moves, the frame with its words stands still over it."""

import io
import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Barrier

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import derivation
from app.assembly.city_words import CityWords
from app.assembly.film import build_city_film, plan_of
from app.assembly.film_frames import FramedPhoto, frame_slots, framed_photo, with_translation
from app.assembly.film_preview import build_preview
from app.assembly.film_rules import STEP_S
from app.assembly.queries import Piece, pieces, production_at
from app.assembly.translations import write_translation
from app.derivation import Made
from app.enums import ArtefactKind, ProductionKind, SubmissionKind
from app.kits.frames import render_card
from app.kits.toolkit import Toolkit, load_toolkit
from app.models import Artefact, Derivation, FilmArrangement, Network, Person, ProductionFile, Submission
from app.runtime import Runtime
from app.submissions.service import withdraw
from media_pipeline.typeset import load_template
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import draw, run_jobs, with_picture

pytestmark = pytest.mark.media
KIND, KIT = ProductionKind.CITY_FILM, "world-refugee-day"
CAPTION, TRANSLATION = "Her synger jeg igjen.", "Here I sing again."
FRAMED = CityWords({"city": "Bergen", "hashtag": "#OurHome", "message": "Home", "day": "20 June"}, "en")


@pytest.fixture
def photo_id(runtime: Runtime, scene: Scene, tmp_path: Path) -> int:
    """A photo whose master is green, translated into the language of the film's captions."""
    with runtime.database.writing() as session:
        session.add(
            FilmArrangement(
                campaign_id=scene.campaign.id,
                city_id=scene.bergen.id,
                order=[],
                pinned={},
                dropped=[],
                formats=[],
                captions_language="en",
                with_music=False,
                changed_at=runtime.now(),
            )
        )
        return translated_photo(session, runtime, scene, tmp_path, "green").id


def translated_photo(session: Session, runtime: Runtime, scene: Scene, folder: Path, colour: str) -> Submission:
    """A photo whose original is red; equal originals are one file."""
    photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO, text=CAPTION, language="nb")
    with_picture(session, runtime, photo, folder, colour)
    original = draw(folder / "original.jpg", "red", size=(1200, 1000))
    made = Made(path=original, kind=ArtefactKind.ORIGINAL, media_type="image/jpeg", spec={}, owners=[photo.id])
    derivation.keep(session, runtime.storage, made, now=runtime.now())
    network = session.get_one(Network, scene.campaign.network_id)
    person = session.scalars(select(Person)).one_or_none() or factories.person(session, network)
    write_translation(session, photo, "en", TRANSLATION, person_id=person.id, now=runtime.now())
    return photo


def piece_of(runtime: Runtime, scene: Scene) -> Piece:
    with runtime.database.reading() as session:
        [piece] = pieces(session, scene.campaign.id, KIND)
    return piece


def let_original_go(runtime: Runtime, photo_id: int) -> None:
    """As the end of a campaign's retention does."""
    with runtime.database.writing() as session:
        [original] = session.scalars(select(Artefact).where(Artefact.kind == ArtefactKind.ORIGINAL))
        assert derivation.let_go(session, original.id, [photo_id]) is True
        derivation.erase(session, runtime.storage, [original.id])


def spoil_original(runtime: Runtime) -> None:
    """It can be read no longer."""
    with runtime.database.reading() as session:
        [original] = session.scalars(select(Artefact).where(Artefact.kind == ArtefactKind.ORIGINAL))
    spoilt = runtime.settings.data_dir / "spoilt"
    spoilt.write_bytes(b"spoilt")
    runtime.storage.put(original.storage_key, spoilt)


def seen_in_film(runtime: Runtime, scene: Scene) -> NDArray[np.uint8]:
    """The picture in the middle of the photo."""
    with runtime.database.reading() as session:
        production = production_at(session, scene.campaign.id, scene.bergen.id, KIND)
        assert production is not None
        key = session.get_one(Artefact, production.artefact_id).storage_key
    with av.open(io.BytesIO(b"".join(runtime.storage.open_range(key))), mode="r") as opened:
        frame = next(frame for frame in opened.decode(video=0) if (frame.time or 0.0) >= 1.5 * STEP_S)
        return frame.to_ndarray(format="rgb24").astype(np.uint8)


@pytest.mark.usefixtures("quick_films")
def test_a_photo_is_seen_as_it_came_beneath_its_frame_and_its_segment_stays_when_the_original_is_kept_no_longer(
    runtime: Runtime, scene: Scene, photo_id: int
) -> None:
    build_city_film(runtime, scene.campaign.id, scene.bergen.id)
    shown = seen_in_film(runtime, scene)
    assert shown[200, 540] == pytest.approx([200, 30, 30], abs=30)
    assert shown[1070, 540].min() > 200  # the frame's band
    let_original_go(runtime, photo_id)
    assert build_city_film(runtime, scene.campaign.id, scene.bergen.id).anew is False
    assert list(runtime.settings.incoming_dir.iterdir()) == []
    with runtime.database.writing() as session:
        withdraw(session, session.get_one(Submission, photo_id), actor_id=None, now=runtime.now())
    run_jobs(runtime)
    with runtime.database.reading() as session:
        report = derivation.compare_rows_and_files(session, runtime.storage)
        assert derivation.derived_from(session, photo_id) == set()
    assert (report.missing_files, report.stray_files) == ([], [])


@pytest.mark.usefixtures("quick_films")
def test_where_the_original_is_kept_no_longer_the_master_is_seen(runtime: Runtime, scene: Scene, photo_id: int) -> None:
    before = plan_of(runtime, scene.campaign.id, scene.bergen.id).recipe
    let_original_go(runtime, photo_id)
    assert plan_of(runtime, scene.campaign.id, scene.bergen.id).recipe == before
    build_city_film(runtime, scene.campaign.id, scene.bergen.id)
    assert seen_in_film(runtime, scene)[200, 540] == pytest.approx([30, 160, 60], abs=30)


@pytest.mark.usefixtures("photo_id")
def test_a_preview_shows_the_master_unless_somebody_translated_its_caption(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    translated = plan_of(runtime, scene.campaign.id, scene.bergen.id).reel.segments[1]
    with runtime.database.writing() as session:
        session.scalars(select(FilmArrangement)).one().captions_language = None
    plain = plan_of(runtime, scene.campaign.id, scene.bergen.id).reel.segments[1]
    assert (translated.recipe["frame"]["translation"], plain.recipe["frame"].get("translation")) == (TRANSLATION, None)
    assert [len(segment.seen(tmp_path).panels) for segment in (plain, translated) if segment.seen] == [0, 1]


def test_the_frame_says_caption_and_translation_in_every_shape_and_the_caption_alone_where_both_do_not_fit(
    runtime: Runtime, scene: Scene, photo_id: int, tmp_path: Path
) -> None:
    toolkit, piece = load_toolkit(KIT), piece_of(runtime, scene)
    assert piece.submission_id == photo_id

    def made(slots: Mapping[str, str], format_name: str = "square", kit: Toolkit = toolkit) -> FramedPhoto:
        folder = tmp_path / f"made-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        found = framed_photo(runtime, kit, piece, slots, format_name=format_name, language="en", folder=folder)
        assert found is not None
        assert set(folder.iterdir()) == {found.bare, found.frame}
        return found

    alone, both = (frame_slots(toolkit, piece, FRAMED, translation) for translation in ("", TRANSLATION))
    assert alone == {"city": "Bergen", "hashtag": "#OurHome", "name": "Amal", "caption": CAPTION}
    assert both == {**alone, "translation": TRANSLATION}
    for name, size in {"story": (1080, 1920), "wide": (1920, 1080)}.items():
        photo = made(both, name)
        with Image.open(photo.bare) as bare, Image.open(photo.frame) as frame:
            assert (bare.size, frame.size) == (size, size)
            assert bare.getpixel((size[0] // 2, 600)) == pytest.approx((200, 30, 30), abs=12)
    caption = made(alone).frame.read_bytes()
    assert made(both).frame.read_bytes() != caption
    assert made({**both, "translation": "word " * 1000}).frame.read_bytes() == caption
    assert made({**both, "translation": "\uf8ff"}).frame.read_bytes() == caption  # which no font of ours has
    older = older_kit(toolkit, tmp_path)
    assert frame_slots(older, piece, FRAMED, TRANSLATION) == both
    assert made(both, kit=older).frame.read_bytes() != made(alone, kit=older).frame.read_bytes() == caption


def test_a_preview_is_made_of_photos_with_the_same_original(
    runtime: Runtime, scene: Scene, photo_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runtime.database.writing() as session:
        again_id = translated_photo(session, runtime, scene, tmp_path, "blue").id
    fetched, both_are_there = runtime.storage.fetched, Barrier(2)

    def fetched_at_once(key: str, folder: Path) -> Path:
        path = fetched(key, folder)
        both_are_there.wait(10)
        return path

    monkeypatch.setattr(runtime.storage, "fetched", fetched_at_once)
    build_preview(runtime, scene.campaign.id, scene.bergen.id)
    with runtime.database.reading() as session:
        query = select(Derivation.source_submission_id).join(ProductionFile, ProductionFile.artefact_id == Derivation.artefact_id)
        people = query.where(Derivation.source_submission_id.is_not(None)).order_by(Derivation.source_submission_id)
        assert list(session.scalars(people)) == [photo_id, again_id]
    assert list(runtime.settings.incoming_dir.iterdir()) == []


def framed(runtime: Runtime, scene: Scene, folder: Path, translation: str = "") -> FramedPhoto | None:
    toolkit, piece = load_toolkit(KIT), piece_of(runtime, scene)
    slots = frame_slots(toolkit, piece, FRAMED, translation)
    return framed_photo(runtime, toolkit, piece, slots, format_name="square", language="en", folder=folder)


def test_what_cannot_be_drawn_anew_is_left_out_and_the_log_says_so_without_anybodys_words(
    runtime: Runtime, scene: Scene, photo_id: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert framed(runtime, scene, tmp_path, "Phaistos \uf8ff") is not None
        spoil_original(runtime)
        assert framed(runtime, scene, tmp_path) is None
    assert [record.getMessage().rpartition(": ")[0] for record in caplog.records] == [
        f"submission {photo_id}: translation is left out",
        f"submission {photo_id}: bare is left out",
    ]
    assert "Phaistos" not in caplog.text


def test_an_original_that_was_erased_on_the_way_is_done_without_and_one_whose_file_is_away_is_waited_for(
    runtime: Runtime, scene: Scene, photo_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_key: str, _folder: Path) -> Path:
        raise FileNotFoundError

    def erased(key: str, folder: Path) -> Path:
        let_original_go(runtime, photo_id)
        return away(key, folder)

    monkeypatch.setattr(runtime.storage, "fetched", away)
    with pytest.raises(FileNotFoundError):
        framed(runtime, scene, tmp_path)
    monkeypatch.setattr(runtime.storage, "fetched", erased)
    assert framed(runtime, scene, tmp_path) is None


def test_a_card_loses_the_translation_and_the_name_that_no_font_has_but_not_what_was_said(tmp_path: Path) -> None:
    toolkit, target = load_toolkit(KIT), tmp_path / "card.png"

    def draw_card(slots: Mapping[str, str]) -> bytes:
        return render_card(toolkit, template="card", format="square", slots=slots, language="en", target=target).read_bytes()

    said = {"quote": TRANSLATION, "city": "Bergen", "hashtag": "#OurHome"}
    assert with_translation(draw_card, {**said, "translation": "\uf8ff", "name": "\uf8ff"}, 1) == draw_card(said)
    assert with_translation(draw_card, {**said, "quote": "\uf8ff"}, 1) is None


def test_words_that_are_too_long_for_a_caption_stand_beside_the_film_with_their_translation() -> None:
    toolkit = load_toolkit(KIT)
    piece = Piece(
        submission_id=1,
        public_id="photo",
        city_id=1,
        kind=SubmissionKind.PHOTO,
        received_at=factories.A_MOMENT,
        text="a" * 121,
        spoken_words="",
        speech_s=(),
        language="nb",
        name=None,
        alt_text="",
        artefact_id=1,
        sha256="",
        storage_key="",
        duration_s=None,
        format_name="square",
    )
    assert frame_slots(toolkit, piece, FRAMED, TRANSLATION) == {"city": "Bergen", "hashtag": "#OurHome"}


def older_kit(toolkit: Toolkit, folder: Path) -> Toolkit:
    """The same, from before frames had a place for a translation."""
    written = (toolkit.folder / "templates" / "frame.toml").read_text("utf-8")
    lines = [line for line in written.splitlines() if 'slot = "translation"' not in line and "with.translation" not in line]
    (folder / "frame.toml").write_text("\n".join(lines), encoding="utf-8")
    return toolkit.model_copy(update={"loaded": {**toolkit.loaded, "frame": load_template(folder / "frame.toml")}})
