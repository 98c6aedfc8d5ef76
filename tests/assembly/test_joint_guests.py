"""Guests of honour in a joint film: the same lower third for all, and known by everything that it shows."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from sqlalchemy.orm import Session

from app.assembly.film_rules import STEP_FRAMES
from app.assembly.joint_guests import GUEST_THIRD, Guest, guest_segment, guests_of
from app.assembly.joint_material import read_joint
from app.assembly.reel import Segment
from app.assembly.shots import Look
from app.derivation import Made, keep, spec_sha256
from app.enums import ArtefactKind, ProductionKind
from app.models import CityQuote
from app.runtime import Runtime
from app.words import Words
from tests.assembly.conftest import Scene
from tests.assembly.test_joint_plan import quoted
from tests.assembly.works import draw

STEPS = 1


def with_portrait(session: Session, runtime: Runtime, quote_id: int, folder: Path, colour: str) -> None:
    path = draw(folder / f"{colour}.jpg", colour, size=(1080, 1080))
    made = Made(path, ArtefactKind.PORTRAIT, "image/jpeg", {"what": f"portrait, {colour}"})
    session.get_one(CityQuote, quote_id).portrait_artefact_id = keep(session, runtime.storage, made, now=runtime.now()).id
    session.flush()


@pytest.fixture
def look(runtime: Runtime, scene: Scene) -> Look:
    with runtime.database.reading() as session:
        return read_joint(session, runtime, scene.campaign.id, ProductionKind.JOINT_FILM).look


@pytest.fixture
def seen(runtime: Runtime, scene: Scene, look: Look) -> Callable[[], Segment]:
    """The only guest as the film would show them now."""

    def found() -> Segment:
        with runtime.database.reading() as session:
            (guest,) = guests_of(session, scene.campaign.id)
        return guest_segment(look, scene.campaign, guest, STEPS)

    return found


def first_frame(segment: Segment, folder: Path) -> NDArray[np.uint8]:
    segment.make(folder, folder / "guest.mp4")
    with av.open(str(folder / "guest.mp4")) as opened:
        frames = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]
    assert len(frames) == segment.steps * STEP_FRAMES
    return frames[0].astype(np.uint8)


@pytest.mark.media
def test_the_lower_third_is_the_same_with_a_portrait_and_without(
    runtime: Runtime, scene: Scene, look: Look, seen: Callable[[], Segment], tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        quote_id = quoted(session, scene, scene.oslo, "Ada")
    alone = first_frame(seen(), tmp_path)
    with runtime.database.writing() as session:
        with_portrait(session, runtime, quote_id, tmp_path, "red")
    with_face = first_frame(seen(), tmp_path)
    window = look.toolkit.template(GUEST_THIRD).formats["square"].window
    assert window is not None
    assert np.abs(with_face[100, 540].astype(int) - (200, 30, 30)).max() <= 12  # the portrait fills the window
    accent = Image.new("RGB", (1, 1), look.toolkit.palette["accent"]).getpixel((0, 0))
    assert np.abs(alone[100, 540].astype(int) - accent).max() <= 12
    below = slice(window[3] + 8, None)
    assert np.abs(alone[below].astype(int) - with_face[below]).mean() < 1
    assert alone[below].min() < 60  # and there are words on it


def test_a_guest_is_known_by_everything_that_is_shown(
    runtime: Runtime, scene: Scene, seen: Callable[[], Segment], tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        quote_id = quoted(session, scene, scene.oslo, "Ada")
        row = session.get_one(CityQuote, quote_id)

    def changed(**columns: object) -> str:
        with runtime.database.writing() as session:
            row = session.get_one(CityQuote, quote_id)
            for name, value in columns.items():
                setattr(row, name, value)
        return spec_sha256(dict(seen().recipe))

    recipes = [
        changed(),
        changed(name="Bo"),
        changed(office=Words.one("en", "Mayor")),
        changed(text=Words.one("en", "Come and sit down.")),
        changed(text=Words.one("nb", "Come and sit down.")),
    ]
    for colour in ("red", "green"):
        with runtime.database.writing() as session:
            with_portrait(session, runtime, quote_id, tmp_path, colour)
        recipes.append(changed())
    assert len(set(recipes)) == len(recipes)
    assert changed() == changed(created_at=row.created_at)


def test_the_office_names_the_city_once(scene: Scene) -> None:
    said = {
        office: Guest(CityQuote(office=Words.one("en", office)), scene.oslo, None).office_in("en")
        for office in ("Singer", "Mayor of Oslo", "")
    }
    assert said == {"Singer": "Singer · Oslo", "Mayor of Oslo": "Mayor of Oslo", "": "Oslo"}


@pytest.mark.media
def test_a_kit_from_before_there_was_this_third_shows_its_card_of_the_quote(
    runtime: Runtime, scene: Scene, look: Look, tmp_path: Path
) -> None:
    templates = {name: template for name, template in look.toolkit.loaded.items() if name != GUEST_THIRD}
    older = replace(look, toolkit=look.toolkit.model_copy(update={"loaded": templates}))
    with runtime.database.writing() as session:
        quoted(session, scene, scene.oslo, "Ada")
        (guest,) = guests_of(session, scene.campaign.id)
        segment = guest_segment(older, scene.campaign, guest, STEPS)
    assert segment.recipe["guest"][1] == "quote_card"
    assert first_frame(segment, tmp_path).shape == (1080, 1080, 3)
