"""The joint film: equal time for each city to the frame, chapters, and only what changed is made again."""

import io
import re
from datetime import timedelta
from math import ceil
from pathlib import Path

import av
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import derivation
from app.assembly.commands import build_joint_films_now
from app.assembly.joint_chapters import CityChapter, city_chapters
from app.assembly.joint_plan import JOINT_FILMS
from app.assembly.queries import production_at
from app.enums import ArtefactKind, ProductionKind, SubmissionKind
from app.models import Artefact, Derivation, JointFilmPlan, Production, ProductionFile, Submission
from app.runtime import Runtime
from app.submissions import service
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.test_joint_plan import quoted
from tests.assembly.works import run_jobs, with_clip, with_picture
from tests.conftest import Clock, Server

pytestmark = pytest.mark.media

WHOLE, SHORT = ProductionKind.JOINT_FILM, ProductionKind.JOINT_FILM_SHORT
STEP_FRAMES = 16


@pytest.fixture
def small_joint_films(monkeypatch: pytest.MonkeyPatch) -> None:
    """Joint films of the shortest segments, cut hard; how transitions add up is in the properties of the rules."""
    for module in ("joint", "joint_rules"):
        monkeypatch.setattr(f"app.assembly.{module}.CARD_STEPS", 1)
    for module in ("joint", "joint_material"):
        monkeypatch.setattr(f"app.assembly.{module}.TRANSITION_STEPS", 0)
    monkeypatch.setattr("app.assembly.joint_rules.GUEST_STEPS", 1)
    monkeypatch.setattr("app.assembly.joint_rules.SHOT_LEAST_STEPS", 1)
    monkeypatch.setattr("app.assembly.joint_rules.PAGE_STEPS", (1, 1))
    for module in ("film_rules", "joint_rules"):
        monkeypatch.setattr(f"app.assembly.{module}.PHOTO_STEPS", 3)


def fill(session: Session, runtime: Runtime, scene: Scene, folder: Path, master: Path) -> dict[str, int]:
    """Bergen sent a photo and a clip of about a second, Kobe a photo, Oslo nothing."""
    photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO, text="")
    with_picture(session, runtime, photo, folder, "red")
    clip = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.CLIP, text="", no_speech=True)
    with_clip(session, runtime, clip, folder, master)
    kobe = factories.submission(session, scene.campaign, scene.kobe, kind=SubmissionKind.PHOTO, text="")
    with_picture(session, runtime, kobe, folder, "green")
    return {"photo": photo.id, "clip": clip.id, "kobe": kobe.id}


def standing(runtime: Runtime, scene: Scene, kind: ProductionKind) -> Production:
    with runtime.database.reading() as session:
        found = production_at(session, scene.campaign.id, None, kind)
        assert found is not None
        return found


def stored(runtime: Runtime, artefact_id: int | None) -> bytes:
    with runtime.database.reading() as session:
        key = session.get_one(Artefact, artefact_id).storage_key
    return b"".join(runtime.storage.open_range(key))


def chapters_of(film: bytes) -> list[tuple[str, int, int]]:
    """Title, first frame and frames of each chapter that players find in the file."""
    with av.open(io.BytesIO(film), mode="r") as container:
        found = []
        for chapter in container.chapters():
            base = chapter["time_base"]
            assert base is not None
            start, end = (round(chapter[edge] * base * 30) for edge in ("start", "end"))
            found.append((chapter["metadata"]["title"], start, end - start))
        return found


def segments_of(runtime: Runtime, scene: Scene, kind: ProductionKind) -> dict[int, set[int]]:
    """The segments of what stands, each with who is in it."""
    artefact_id = standing(runtime, scene, kind).artefact_id
    with runtime.database.reading() as session:
        query = (
            select(Derivation.source_artefact_id)
            .join(Artefact, Artefact.id == Derivation.source_artefact_id)
            .where(Derivation.artefact_id == artefact_id, Artefact.kind == ArtefactKind.SEGMENT)
            .order_by(Derivation.source_artefact_id)
        )
        return {each: derivation.sources_of(session, each)[1] for each in session.scalars(query) if each is not None}


@pytest.mark.usefixtures("quick_films", "small_joint_films")
def test_each_city_has_the_same_time_to_the_frame_and_one_who_leaves_is_gone_from_both_cuts(
    server: Server, clock: Clock, scene: Scene, tmp_path: Path, clip_master: Path
) -> None:
    runtime, public = server.runtime, server.client()
    with runtime.database.writing() as session:
        sent = fill(session, runtime, scene, tmp_path, clip_master)
        guest = quoted(session, scene, scene.oslo, "Ada")
        plan = {"campaign_id": scene.campaign.id, "budget_s": 480, "card_only": [], "with_music": False}
        session.add(JointFilmPlan(**plan, quotes=[guest], changed_at=runtime.now()))
    said: list[str] = []
    assert build_joint_films_now(runtime, scene.campaign.slug, say=said.append) == 0
    assert [line.partition(":")[0] for line in said if not line.startswith(" ")] == [
        "Short joint film of our-home",
        "Joint film of our-home",
    ]
    whole, short = (standing(runtime, scene, kind) for kind in (WHOLE, SHORT))
    assert (whole.contributions, short.contributions) == (3, 2)
    film = stored(runtime, whole.artefact_id)
    chapters = chapters_of(film)
    assert chapters[0][2] == (1 + 4) * STEP_FRAMES  # the card, and the guest of honour until the quote is read
    assert [title for title, _, _ in chapters] == ["Our Home", "Bergen", "Kobe", "Oslo", "#OurHome"]
    of_cities = {frames for title, _, frames in chapters[1:-1]}
    assert len(of_cities) == 1
    with av.open(io.BytesIO(film), mode="r") as container:
        frames = sum(1 for _ in container.demux(video=0)) - 1  # the last one is empty
    assert chapters[-1][1] + chapters[-1][2] == frames
    assert {start % STEP_FRAMES for _, start, _ in chapters} == {0}
    with runtime.database.reading() as session:
        row = session.scalars(
            select(ProductionFile).where(ProductionFile.production_id == whole.id, ProductionFile.name == "chapters")
        ).one()
        listed = stored(runtime, row.artefact_id).decode()
        assert session.get_one(JointFilmPlan, scene.campaign.id).opened_city_id == scene.bergen.id
    assert [(each.slug, round(each.start_s * 30)) for each in city_chapters(listed)] == [
        (slug, start) for slug, (_, start, _) in zip(("bergen", "kobe", "oslo"), chapters[1:-1], strict=True)
    ]

    page = public.get("/c/our-home").text
    address = f"/media/productions/{whole.public_id}?v={whole.version}"
    assert [(name, moment) for moment, name in re.findall(re.escape(address) + r'#t=([\d.]+)" [^>]*>([^<]+)</a>', page)] == [
        (name, f"{ceil(start / 30 * 100) / 100:.2f}") for name, start, _ in chapters[1:-1]
    ]
    assert f'href="{address}#t={ceil(chapters[3][1] / 30 * 100) / 100:.2f}"' in public.get("/c/our-home/oslo").text
    assert public.get(address).headers["content-type"] == "video/mp4"

    kept = {kind: segments_of(runtime, scene, kind) for kind in JOINT_FILMS}
    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, sent["clip"]), actor_id=None, now=runtime.now())
    assert public.get(address).status_code == 404  # not a moment longer, before any work was done
    assert "#t=" not in public.get("/c/our-home").text
    clock.advance(timedelta(days=2))  # what is in no film for more than a day is cleared away, but not while films are made anew
    run_jobs(runtime)
    for kind in JOINT_FILMS:
        again = segments_of(runtime, scene, kind)
        assert sent["clip"] not in set().union(*again.values())
        alone = {artefact_id for artefact_id, people in kept[kind].items() if people == {sent["kobe"]}}
        assert alone
        assert alone <= again.keys()
        untouched = {artefact_id for artefact_id, people in kept[kind].items() if not people}
        assert untouched & again.keys()
    assert {title for title, _, _ in chapters_of(stored(runtime, standing(runtime, scene, WHOLE).artefact_id))} >= {
        "Bergen",
        "Oslo",
    }
    with runtime.database.reading() as session:
        report = derivation.compare_rows_and_files(session, runtime.storage)
    assert (report.missing_files, report.stray_files) == ([], [])


def test_the_list_of_chapters_names_cities_alone() -> None:
    text = "WEBVTT\n\n00:00:00.000 --> 00:00:03.733\nOur Home\n\nbergen\n00:00:03.733 --> 01:02:03.500\nBergen\n"
    assert city_chapters(text) == [CityChapter("bergen", 3.733)]
