"""What a city's film would be made of: who is in it, what is said in it and in which languages. Nothing is made."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.assembly.film import Plan, plan_of
from app.assembly.finished import captions_language, captions_of
from app.assembly.reel import Reel, Segment, make_reel
from app.assembly.translations import remove_translation, translations_for, write_translation
from app.derivation import spec_sha256
from app.enums import ProductionKind, SubmissionKind, SubmissionState
from app.errors import Refused
from app.models import Campaign, City, FilmArrangement, Network, Person, Submission
from app.runtime import Runtime
from app.submissions.service import withdraw
from media_pipeline.errors import MediaError
from media_pipeline.types import Rendition
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import with_clip, with_picture, with_sound
from tests.toolkits import freeze

K = SubmissionKind
SAID = "جئت من حلب قبل سبع سنوات. واليوم أفتح مخبزي كل صباح قبل شروق الشمس."
JOINED = Rendition("square", "main", "film.mp4", "video/mp4", 1080, 1080, 1.0, 1, "", None)
IN_ENGLISH = "I came from Aleppo seven years ago. Today I open my bakery every morning before the sun comes up."


def arrange(runtime: Runtime, scene: Scene, city: City, **told: object) -> None:
    with runtime.database.writing() as session:
        row = FilmArrangement(
            campaign_id=scene.campaign.id,
            city_id=city.id,
            order=[],
            pinned={},
            dropped=[],
            formats=[],
            with_music=False,
            changed_at=runtime.now(),
        )
        for name, value in told.items():
            setattr(row, name, value)
        session.add(row)


def sent(runtime: Runtime, scene: Scene, folder: Path, master: Path, kind: SubmissionKind, city: City, **said: str) -> int:
    with runtime.database.writing() as session:
        row = factories.submission(session, scene.campaign, city, kind=kind, text=said.pop("text", ""), **said)  # type: ignore[arg-type]
        if kind is K.CLIP:
            with_clip(session, runtime, row, folder, master)
        elif kind is K.SOUND:
            with_sound(session, runtime, row, folder, master)
        else:
            with_picture(session, runtime, row, folder, "red")
        return row.id


def translated(runtime: Runtime, submission_id: int, text: str, language: str = "en") -> None:
    with runtime.database.writing() as session:
        row = session.get_one(Submission, submission_id)
        network = session.get_one(Network, session.get_one(City, row.city_id).network_id)
        person = session.scalars(select(Person)).one_or_none() or factories.person(session, network)
        write_translation(session, row, language, text, person_id=person.id, now=runtime.now())


@pytest.fixture
def fake_master(tmp_path: Path) -> Path:
    """Nothing is read from it."""
    path = tmp_path / "any.mp4"
    path.write_bytes(b"film")
    return path


def planned(runtime: Runtime, scene: Scene, city: City) -> Plan:
    return plan_of(runtime, scene.campaign.id, city.id)


def recipes(plan: Plan) -> list[str]:
    return [spec_sha256(dict(segment.recipe)) for segment in plan.reel.segments]


def test_what_is_said_stands_in_the_captions_with_its_translation_beneath_and_only_its_segment_is_made_anew(
    runtime: Runtime, scene: Scene, tmp_path: Path, fake_master: Path
) -> None:
    arrange(runtime, scene, scene.bergen, captions_language="en")
    photo = sent(runtime, scene, tmp_path, fake_master, K.PHOTO, scene.bergen)
    clip = sent(runtime, scene, tmp_path, fake_master, K.CLIP, scene.bergen, spoken_words=SAID, language="ar")
    before = planned(runtime, scene, scene.bergen)
    assert [shot.submission_id for shot in before.film.shots] == [photo, clip]
    assert (SAID.partition(" و")[0] in captions_of(before.reel), captions_language(before.reel)) == (True, "ar")
    translated(runtime, clip, IN_ENGLISH)
    after = planned(runtime, scene, scene.bergen)
    assert [now == then for now, then in zip(recipes(after), recipes(before), strict=True)] == [True, True, False, True]
    [first, second, *_] = [cue for cue in after.reel.cues() if cue.language == "ar"]
    assert (first.text, first.translation) == ("جئت من حلب قبل سبع سنوات.", "I came from Aleppo seven years ago.")
    assert second.translation == "Today I open my bakery every morning before the sun comes up."
    assert first.translated_to == captions_language(after.reel) == "en"
    words = after.reel.segments[2].recipe["words"]
    assert [slots["caption"] for _, _, slots in words] == ["جئت من حلب قبل سبع سنوات."]  # the clip of 1.2 s ends before the rest


def test_a_film_is_in_the_one_language_in_which_all_of_it_can_be_read_else_in_several(
    runtime: Runtime, scene: Scene, tmp_path: Path, fake_master: Path
) -> None:
    for city, to in ((scene.bergen, "en"), (scene.oslo, "ar")):
        arrange(runtime, scene, city, captions_language=to)
        arabic = sent(runtime, scene, tmp_path, fake_master, K.CLIP, city, spoken_words="خبز", language="ar")
        french = sent(runtime, scene, tmp_path, fake_master, K.CLIP, city, spoken_words="Du pain.", language="fr")
        assert captions_language(planned(runtime, scene, city).reel) == "mul"
        if to == "en":
            translated(runtime, arabic, "Bread.", to)
            assert captions_language(planned(runtime, scene, city).reel) == "mul"
        translated(runtime, french, "Bread." if to == "en" else "خبز", to)
        assert captions_language(planned(runtime, scene, city).reel) == to


def test_a_translation_holds_for_the_words_that_it_translates_and_for_nobody_who_left(
    runtime: Runtime, scene: Scene, tmp_path: Path, fake_master: Path
) -> None:
    clip = sent(runtime, scene, tmp_path, fake_master, K.CLIP, scene.bergen, spoken_words=SAID, language="ar")
    translated(runtime, clip, IN_ENGLISH)
    with runtime.database.writing() as session:
        row = session.get_one(Submission, clip)
        assert translations_for(session, [clip], "en") == {clip: IN_ENGLISH}
        row.spoken_words = "خبز"
        session.flush()
        assert translations_for(session, [clip], "en") == {}
        person = session.scalars(select(Person).order_by(Person.id)).one()
        cases = {("ar", "Bread"): "same_language", ("en", "  "): "empty", ("en", "x" * 8001): "too_long"}
        for (language, text), code in cases.items():
            with pytest.raises(Refused, match=code):
                write_translation(session, row, language, text, person_id=person.id, now=runtime.now())
        assert remove_translation(session, row, "en", person_id=person.id, now=runtime.now()) is True
        assert remove_translation(session, row, "en", person_id=person.id, now=runtime.now()) is False
        withdraw(session, row, actor_id=None, now=runtime.now())
        with pytest.raises(Refused, match="withdrawn"):
            write_translation(session, row, "en", "Bread", person_id=person.id, now=runtime.now())


def test_words_alone_are_set_anew_with_their_translation_and_stay_as_they_came_without_one(
    runtime: Runtime, scene: Scene, tmp_path: Path, fake_master: Path
) -> None:
    arrange(runtime, scene, scene.bergen, captions_language="fr")
    sent(runtime, scene, tmp_path, fake_master, K.PHOTO, scene.bergen)
    words = sent(runtime, scene, tmp_path, fake_master, K.TEXT, scene.bergen, text="A door of my own.")
    assert planned(runtime, scene, scene.bergen).reel.segments[2].recipe["card"] == {}
    translated(runtime, words, "Une porte à moi.", "fr")
    plan = planned(runtime, scene, scene.bergen)
    quoted = plan.reel.segments[2].recipe["card"]
    assert (quoted["quote"], quoted["translation"]) == ("A door of my own.", "Une porte à moi.")
    assert captions_of(plan.reel) == ""  # nobody speaks


def test_a_sound_is_seen_as_its_audiogram_but_makes_no_film_alone(
    runtime: Runtime, scene: Scene, tmp_path: Path, fake_master: Path
) -> None:
    sound = sent(runtime, scene, tmp_path, fake_master, K.SOUND, scene.bergen, spoken_words="Listen.", text="")
    assert planned(runtime, scene, scene.bergen).is_empty
    photo = sent(runtime, scene, tmp_path, fake_master, K.PHOTO, scene.bergen)
    plan = planned(runtime, scene, scene.bergen)
    assert plan.reel.submission_ids == [photo, sound]
    assert plan.reel.segments[2].recipe["words"] == []  # they are the quote on its card
    assert "Listen." in captions_of(plan.reel)
    assert len(plan.reel.voices()) == 1


def test_a_city_chooses_length_order_shapes_and_music_and_is_told_who_is_not_in_it(
    runtime: Runtime, scene: Scene, tmp_path: Path, fake_master: Path
) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        campaign.formats, campaign.toolkit_slug = ["square", "story", "landscape"], "world-day-for-cultural-diversity"
        freeze(session, runtime, campaign)  # the bed is in what is published
    photos = [sent(runtime, scene, tmp_path, fake_master, K.PHOTO, scene.kobe) for _ in range(14)]
    plain = planned(runtime, scene, scene.kobe)
    arrange(
        runtime,
        scene,
        scene.kobe,
        budget_s=60,
        dropped=[photos[0]],
        pinned={str(photos[3]): 1},
        formats=["wide", "profile"],
        with_music=True,
    )
    plan = planned(runtime, scene, scene.kobe)
    assert len(plain.film.shots) == 14
    assert plan.film.shots[0].submission_id == photos[3]
    assert plan.film.dropped == (photos[0],)
    assert plan.film.left_out == tuple(photos[-2:])
    assert plan.film.seconds <= 60
    assert [reel.format_name for reel in (plan.reel, *plan.further)] == ["square", "wide"]
    assert (plan.slots["city"], plan.slots["city_too"]) == ("神戸", "Kobe")
    assert (plain.reel.recipe_of_bed, len(plan.reel.recipe_of_bed)) == ("", 64)
    assert plan.reel.bed is not None
    assert set(plan.pieces) == set(photos)


def test_between_words_and_words_alone_a_transition_goes_through_the_ground_of_those_that_come(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str | None] = []

    def make(_folder: Path, target: Path) -> None:
        target.write_bytes(target.name.encode())

    def make_between(_before: Path, _after: Path, target: Path, **said: str | None) -> None:
        told.append(said["through"])
        make(target.parent, target)

    monkeypatch.setattr("app.assembly.reel.join", lambda *_arguments, **_options: JOINED)
    monkeypatch.setattr("app.assembly.reel.transition", make_between)
    grounds = ("#11555b", "#ffffff", None, "#ffffff")  # opening, words, a photo, closing
    segments = [Segment(1, {"any": at}, make, words_on=ground) for at, ground in enumerate(grounds)]
    make_reel(runtime, Reel(ProductionKind.CITY_FILM, "square", segments), tmp_path, lambda _share: None)
    assert told == ["#ffffff", None, None]


def test_what_a_segment_was_made_with_goes_as_soon_as_it_is_made(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.assembly.reel.join", lambda *_arguments, **_options: JOINED)

    def make(folder: Path, target: Path) -> None:
        (folder / "drawn.png").write_bytes(b"drawn")
        target.write_bytes(target.name.encode())

    segments = [Segment(1, {"any": at}, make) for at in range(2)]
    folder = tmp_path / "work"
    folder.mkdir()
    make_reel(runtime, Reel(ProductionKind.CITY_FILM, "square", segments, transition_steps=0), folder, lambda _share: None)
    assert sorted(path.name for path in folder.iterdir()) == ["film-0000.mp4", "film-0001.mp4"]


def test_cards_words_alone_and_sounds_stand_on_their_ground(
    runtime: Runtime, scene: Scene, tmp_path: Path, fake_master: Path
) -> None:
    for kind, text in ((K.PHOTO, ""), (K.TEXT, "A door of my own."), (K.SOUND, "")):
        sent(runtime, scene, tmp_path, fake_master, kind, scene.bergen, text=text)
    plan = planned(runtime, scene, scene.bergen)
    accent, paper = (plan.look.toolkit.palette[token] for token in ("accent", "paper"))
    assert [segment.words_on for segment in plan.reel.segments] == [accent, None, paper, paper, paper]


def test_who_withdrew_is_in_no_plan(runtime: Runtime, scene: Scene, tmp_path: Path, fake_master: Path) -> None:
    photo = sent(runtime, scene, tmp_path, fake_master, K.PHOTO, scene.bergen)
    gone = sent(runtime, scene, tmp_path, fake_master, K.PHOTO, scene.bergen)
    with runtime.database.writing() as session:
        session.get_one(Submission, gone).state = SubmissionState.WITHDRAWN
    assert planned(runtime, scene, scene.bergen).reel.submission_ids == [photo]


def test_music_that_nobody_can_decode_is_named_instead_of_the_film_failing_for_ever(
    runtime: Runtime, tmp_path: Path, fake_master: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.assembly.reel.join", lambda *_arguments, **_options: JOINED)

    def refused(*_arguments: object, **_options: object) -> None:
        raise MediaError("media.unsupported")

    monkeypatch.setattr("app.assembly.reel.with_music", refused)

    def make(_folder: Path, target: Path) -> None:
        target.write_bytes(b"segment")

    segment = Segment(1, {"any": 1}, make)
    reel = Reel(ProductionKind.CITY_FILM, "square", [segment], bed=lambda _folder: fake_master, transition_steps=0)
    with pytest.raises(Refused, match="music_unusable") as told:
        make_reel(runtime, reel, tmp_path, lambda _share: None)
    assert told.value.params == {"file": "any.mp4"}
