"""Some time after a campaign has closed its originals are erased; what was made of them stays."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import derivation
from app.enums import ArtefactKind, CampaignStatus, SubmissionKind, SubmissionState
from app.jobs import enqueue
from app.models import Artefact, AuditRow, Campaign, City, Network, Rendition, Submission
from app.runtime import Runtime
from app.submissions import retention, service
from app.submissions.retention import ERASED, erase_originals
from app.worker.schedule import tidy
from tests import factories
from tests.assembly.works import run_jobs
from tests.conftest import Clock, Server

UNTIL_ON = date(2027, 5, 31)  # the test's clock stands at noon of 1 June


@dataclass
class Archive:
    """A campaign that closed a year ago, with what was sent to it."""

    runtime: Runtime
    network: Network
    city: City
    closed: Campaign
    running: Campaign
    made: dict[str, int] = field(default_factory=dict)

    def send(self, name: str, content: bytes, *, to: Campaign | None = None) -> int:
        """Somebody's photo with the original, and a square made of it; the id of the contribution."""
        with self.runtime.database.writing() as session:
            row = factories.submission(session, to or self.closed, self.city, kind=SubmissionKind.PHOTO)
            row.original_size_bytes = len(content)
            original = self._keep(session, f"{name}.jpg", content, ArtefactKind.ORIGINAL, service.ORIGINAL_SPEC, row.id, ())
            square = self._keep(
                session,
                f"{name}-square.jpg",
                b"square of " + content,
                ArtefactKind.RENDITION,
                {"for": name},
                row.id,
                (original.id,),
            )
            session.add(Rendition(submission_id=row.id, artefact_id=square.id, format="square", role="main"))
            self.made[name] = square.id
            return row.id

    def _keep(
        self,
        session: Session,
        name: str,
        content: bytes,
        kind: ArtefactKind,
        spec: dict[str, Any],
        owner: int,
        of: tuple[int, ...],
    ) -> Artefact:
        path = self.runtime.settings.incoming_dir / name
        path.write_bytes(content)
        made = derivation.Made(path=path, kind=kind, media_type="image/jpeg", spec=spec, owners=[owner], sources=of)
        return derivation.keep(session, self.runtime.storage, made, now=self.runtime.now())

    def count(self, kind: ArtefactKind) -> int:
        """How many files of this kind are known; each is on the disk, and none besides."""
        with self.runtime.database.reading() as session:
            report = derivation.compare_rows_and_files(session, self.runtime.storage)
            assert (report.missing_files, report.stray_files) == ([], [])
            return session.scalar(select(func.count()).select_from(Artefact).where(Artefact.kind == kind)) or 0

    def trail(self) -> list[tuple[int, dict[str, object]]]:
        """What the audit trail says of erased originals."""
        with self.runtime.database.reading() as session:
            rows = session.scalars(select(AuditRow).where(AuditRow.act == ERASED).order_by(AuditRow.id)).all()
        return [(row.subject_id, row.codes) for row in rows]


@pytest.fixture
def archive(runtime: Runtime) -> Archive:
    """A closed campaign whose originals were to be kept until yesterday, and one that runs."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        city = factories.city(session, network)
        closed = factories.campaign(session, network, slug="last-year", status=CampaignStatus.CLOSED)
        closed.originals_until_on = UNTIL_ON
        running = factories.campaign(session, network)
    return Archive(runtime, network, city, closed, running)


def test_originals_go_and_what_was_made_of_them_stays(archive: Archive) -> None:
    archive.send("quay", b"quay")
    archive.send("door", b"door")

    assert erase_originals(archive.runtime) == 2

    assert (archive.count(ArtefactKind.ORIGINAL), archive.count(ArtefactKind.RENDITION)) == (0, 2)
    assert archive.trail() == [(archive.closed.id, {"files": 2})]


def test_a_second_time_there_is_nothing_left_to_do(archive: Archive) -> None:
    archive.send("quay", b"quay")
    erase_originals(archive.runtime)

    assert (erase_originals(archive.runtime), len(archive.trail())) == (0, 1)


def test_many_go_in_several_transactions_and_are_told_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ORIGINALS_AT_ONCE", 2)
    for number in range(4):
        archive.send(f"photo-{number}", b"photo %d" % number)

    assert erase_originals(archive.runtime) == 4

    assert (archive.count(ArtefactKind.ORIGINAL), archive.trail()) == (0, [(archive.closed.id, {"files": 4})])


@pytest.mark.parametrize(
    ("until_on", "time_zone", "erased"),
    [
        (date(2027, 5, 31), "UTC", 1),
        (date(2027, 6, 1), "UTC", 0),  # the last day they are kept
        (date(2027, 6, 1), "Pacific/Kiritimati", 1),  # where it is the 2nd already
        (date(2027, 5, 31), "Pacific/Pago_Pago", 1),
    ],
)
def test_they_are_kept_to_the_end_of_their_last_day_at_the_networks_office(
    until_on: date, time_zone: str, erased: int, archive: Archive
) -> None:
    archive.send("quay", b"quay")
    with archive.runtime.database.writing() as session:
        session.get_one(Campaign, archive.closed.id).originals_until_on = until_on
        session.get_one(Network, archive.network.id).time_zone = time_zone

    assert erase_originals(archive.runtime) == erased


def test_a_campaign_that_runs_keeps_its_originals(archive: Archive) -> None:
    archive.send("quay", b"quay", to=archive.running)
    assert (erase_originals(archive.runtime), archive.count(ArtefactKind.ORIGINAL)) == (0, 1)


def test_a_campaign_that_closed_before_originals_had_an_end_gets_one(archive: Archive, clock: Clock) -> None:
    archive.send("quay", b"quay")
    with archive.runtime.database.writing() as session:
        row = session.get_one(Campaign, archive.closed.id)
        row.originals_until_on, row.closed_at = None, clock.now - timedelta(days=2)

    assert erase_originals(archive.runtime) == 0

    with archive.runtime.database.reading() as session:
        assert session.get_one(Campaign, archive.closed.id).originals_until_on == date(2028, 5, 29)


def test_a_file_that_somebody_sent_to_a_running_campaign_too_stays_for_them(archive: Archive) -> None:
    archive.send("quay", b"the same quay")
    archive.send("quay-again", b"the same quay", to=archive.running)
    assert archive.count(ArtefactKind.ORIGINAL) == 1

    assert (erase_originals(archive.runtime), archive.count(ArtefactKind.ORIGINAL)) == (0, 1)
    assert (erase_originals(archive.runtime), len(archive.trail())) == (0, 1)


def test_when_they_take_theirs_back_the_picture_of_the_closed_campaign_does_not_fall_with_it(archive: Archive) -> None:
    archive.send("quay", b"the same quay")
    theirs = archive.send("quay-again", b"the same quay", to=archive.running)
    erase_originals(archive.runtime)

    with archive.runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, theirs), actor_id=None, now=archive.runtime.now())
    run_jobs(archive.runtime)

    with archive.runtime.database.reading() as session:
        assert list(session.scalars(select(Rendition.artefact_id))) == [archive.made["quay"]]
    assert (archive.count(ArtefactKind.ORIGINAL), archive.count(ArtefactKind.RENDITION)) == (0, 1)


def test_what_is_taken_back_later_goes_as_ever(archive: Archive) -> None:
    quay = archive.send("quay", b"quay")
    erase_originals(archive.runtime)

    with archive.runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, quay), actor_id=None, now=archive.runtime.now())
    run_jobs(archive.runtime)

    assert archive.count(ArtefactKind.RENDITION) == 0
    with archive.runtime.database.reading() as session:
        assert session.get_one(Submission, quay).erased_at == archive.runtime.now()


def test_preparing_again_without_the_original_ends_with_the_reason(archive: Archive) -> None:
    quay = archive.send("quay", b"quay")
    erase_originals(archive.runtime)
    with archive.runtime.database.writing() as session:
        row = session.get_one(Submission, quay)
        row.state, row.prepared_at = SubmissionState.RECEIVED, None
        key = f"{service.NORMALISE}:{quay}"
        enqueue(session, service.NORMALISE, {"submission_id": quay}, unique_key=key, now=archive.runtime.now())
    run_jobs(archive.runtime)

    with archive.runtime.database.reading() as session:
        row = session.get_one(Submission, quay)
        assert (row.state, row.failure_code) == (SubmissionState.FAILED, "media.original_erased")


def test_the_hourly_tidying_sees_to_it(archive: Archive) -> None:
    archive.send("quay", b"quay")
    tidy(archive.runtime)
    assert archive.count(ArtefactKind.ORIGINAL) == 0


def test_people_are_told_how_long_what_they_send_is_kept(server: Server, archive: Archive) -> None:  # noqa: ARG001
    assert "It is erased 365 days after the campaign has closed." in server.client().get("/privacy").text
