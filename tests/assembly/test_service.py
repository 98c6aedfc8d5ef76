"""What becomes of the files of works: kept, let go of, forgotten; and who waits for what."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assembly import service
from app.assembly.finished import text_track
from app.assembly.queries import production_at
from app.assembly.reel import Reel, Segment
from app.derivation import Made, compare_rows_and_files, keep
from app.enums import ArtefactKind, JobState, ProductionKind, Purpose
from app.models import Artefact, Campaign, Job, Production, ProductionFile, Submission
from app.runtime import Runtime
from app.submissions.service import switch_purpose
from tests import factories
from tests.assembly.conftest import Scene

FILM, SEGMENT = ArtefactKind.FILM, ArtefactKind.SEGMENT


def kept(
    session: Session,
    runtime: Runtime,
    folder: Path,
    name: str,
    kind: ArtefactKind,
    *,
    parts: Sequence[int] = (),
    sources: Sequence[int] = (),
) -> int:
    """A small file as if it were a segment or a film."""
    path = folder / f"{name}.mp4"
    path.write_text(name)
    made = Made(path, kind, "video/mp4", {"test": name}, parts=parts, sources=sources)
    return keep(session, runtime.storage, made, now=runtime.now()).id


def asked(session: Session, runtime: Runtime, scene: Scene, kind: ProductionKind) -> Production:
    """A work that somebody asked for."""
    campaign = session.get_one(Campaign, scene.campaign.id)
    city_id = scene.bergen.id if kind in service.OF_EACH_CITY else None
    return service.request(session, campaign, kind, city_id=city_id, now=runtime.now())


def test_who_asks_again_while_it_is_made_still_waits_when_it_is_there(runtime: Runtime, scene: Scene) -> None:
    with runtime.database.writing() as session:
        production = asked(session, runtime, scene, ProductionKind.POSTER)
        session.scalars(select(Job)).one().state = JobState.RUNNING
        asked(session, runtime, scene, ProductionKind.POSTER)
        service.settle(session, production)
        assert production.asked_at == runtime.now()
        session.scalars(select(Job).where(Job.state == JobState.QUEUED)).one().state = JobState.DONE
        service.settle(session, production)
        assert production.asked_at is None


def test_a_film_that_is_taken_down_takes_its_cards_along_and_leaves_what_people_sent(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        sent = factories.submission(session, scene.campaign, scene.bergen)
        quote = kept(session, runtime, tmp_path, "quote", SEGMENT)
        photo = kept(session, runtime, tmp_path, "photo", SEGMENT, parts=[sent.id])
        between = kept(session, runtime, tmp_path, "between", SEGMENT, sources=[quote, photo])
        film = kept(session, runtime, tmp_path, "film", FILM, parts=[sent.id], sources=[quote, between, photo])
        production = asked(session, runtime, scene, ProductionKind.JOINT_FILM)
        production.artefact_id, production.version = film, 1
        service.take_down(session, runtime.storage, production)
        assert session.scalars(select(Artefact.id)).all() == [photo]
    with runtime.database.reading() as session:
        report = compare_rows_and_files(session, runtime.storage)
    assert (report.missing_files, report.stray_files) == ([], [])


def test_a_preview_of_what_was_never_made_is_forgotten_when_somebody_in_it_no_longer_agrees(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        sent = factories.submission(session, scene.campaign, scene.bergen)
        production = service.stand(
            session,
            session.get_one(Campaign, scene.campaign.id),
            scene.bergen.id,
            ProductionKind.CITY_FILM,
            now=runtime.now(),
            final=False,
        )
        preview = kept(session, runtime, tmp_path, "preview", SEGMENT, parts=[sent.id])
        session.add(ProductionFile(production_id=production.id, name="preview", artefact_id=preview))
        submission_id = sent.id

    def changed() -> list[str]:
        with runtime.database.writing() as session:
            service.request_what_changed(session, runtime.storage, scene.campaign.id, scene.bergen.id, now=runtime.now())
            return list(session.scalars(select(ProductionFile.name)))

    assert changed() == ["preview"]
    with runtime.database.writing() as session:
        row = session.get_one(Submission, submission_id)
        switch_purpose(session, row, Purpose.CITY_FILM, agreed=False, language="en", now=runtime.now())
    assert changed() == []


def test_a_zoomable_collage_that_somebody_has_to_leave_cannot_be_stopped(runtime: Runtime, scene: Scene) -> None:
    with runtime.database.writing() as session:
        person = factories.person(session, factories.network(session, "others"))
        for kind in (ProductionKind.ZOOMABLE_COLLAGE, ProductionKind.COLLAGE):
            production = asked(session, runtime, scene, kind)
            production.version = 1  # it stood, and its file has fallen
            service.cancel(session, production, actor_id=person.id, network_id=scene.campaign.network_id, now=runtime.now())
        rows = [
            production_at(session, scene.campaign.id, None, kind)
            for kind in (ProductionKind.ZOOMABLE_COLLAGE, ProductionKind.COLLAGE)
        ]
        assert [row.cancelled_at is not None for row in rows if row] == [False, True]


def test_the_same_words_of_other_people_are_another_file(tmp_path: Path) -> None:
    def reel(*people: int) -> Reel:
        segments = [Segment(8, {"of": each}, lambda _folder, _target: None, submission_ids=[each]) for each in people]
        return Reel(ProductionKind.CITY_FILM, "square", segments)

    with_both, with_one = (text_track(reel(*people), "captions", "WEBVTT", tmp_path).made for people in ((1, 2), (1,)))
    assert (with_both.digest() == with_one.digest(), with_both.spec == with_one.spec) == (True, False)
