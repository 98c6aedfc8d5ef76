"""Having all kits of a campaign drawn ahead: asked for, stopped, and how far it is. The drawing itself is in `tasks`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.enums import JobState
from app.errors import ErrorKind, Refused
from app.jobs import enqueue
from app.kits.pace import Mark
from app.models import Campaign, CampaignCity, City, Job, KitRun, KitRunCity, KitVersion

JOB = "kits.draw_all"


@dataclass(frozen=True, slots=True)
class CityShare:
    """A city that takes part, and its share of the drawing."""

    place: CampaignCity
    city: City
    row: KitRunCity | None  # None: not counted yet


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a campaign's drawing is."""

    run: KitRun | None  # None: nobody ever asked for it
    shares: Sequence[CityShare]
    job: Job | None  # that goes on with it
    version: KitVersion | None  # that kits are drawn from now

    @property
    def is_at_work(self) -> bool:
        """Whether it goes on, now or when its turn comes."""
        return self.run is not None and goes_on(self.run)

    @property
    def piece_count(self) -> int:
        """Of all cities that are counted."""
        return sum(share.row.piece_count for share in self.shares if share.row)

    @property
    def ready_count(self) -> int:
        """Pieces that are there."""
        return sum(share.row.ready_count for share in self.shares if share.row)

    @property
    def failed_count(self) -> int:
        """Pieces that could not be drawn."""
        return sum(len(share.row.failures) for share in self.shares if share.row)

    @property
    def left_count(self) -> int:
        """Pieces that have to be drawn still."""
        return self.piece_count - self.ready_count - self.failed_count


def goes_on(run: KitRun) -> bool:
    """Whether a drawing was neither finished nor stopped."""
    return run.ended_at is None and run.stopped_at is None and run.gave_up_at is None


def request_all_kits(session: Session, campaign: Campaign, *, actor_id: int | None, now: datetime) -> KitRun:
    """Have the kit of every city drawn; what is there already is not drawn again. Asked for twice it is drawn once.

    Refuses `kit.not_published` before there is a version.
    """
    # two who ask at the same moment make one row
    session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(key_share=True))
    version = _current_version(session, campaign.id)
    if version is None:
        raise Refused("kit.not_published", kind=ErrorKind.CONFLICT)
    run = session.get(KitRun, campaign.id, with_for_update=True, populate_existing=True)
    if run is None:
        run = KitRun(campaign_id=campaign.id, number=0)
        session.add(run)
    elif goes_on(run) and run.kit_version_id == version.id:
        return run
    run.number += 1
    run.kit_version_id, run.asked_at, run.asked_by_id = version.id, now, actor_id
    run.marks, run.told_at = [], None
    run.stopped_at = run.gave_up_at = run.ended_at = None
    session.flush()
    enqueue_next(session, run, now=now)
    _record(session, campaign, "kit.drawing_asked", actor_id, now)
    return run


def stop(session: Session, campaign: Campaign, *, actor_id: int, now: datetime) -> None:
    """Have the drawing stop at its next piece; what was drawn stays."""
    run = session.get(KitRun, campaign.id, with_for_update=True, populate_existing=True)
    if run is not None and goes_on(run):
        run.stopped_at = now
        _record(session, campaign, "kit.drawing_stopped", actor_id, now)


def enqueue_next(session: Session, run: KitRun, *, now: datetime) -> None:
    """The next part of the work, after what waits already: a long drawing lets other work through."""
    payload = {"campaign_id": run.campaign_id, "number": run.number}
    enqueue(session, JOB, payload, unique_key=_job_key(run), now=now)


def wanted(session: Session, campaign_id: int, number: int) -> KitRun | None:
    """The row of a drawing, locked; None once it was stopped, asked for anew, finished or given up."""
    run = session.get(KitRun, campaign_id, with_for_update=True, populate_existing=True)
    return run if run is not None and run.number == number and goes_on(run) else None


def shares_of(session: Session, campaign_id: int, number: int) -> list[CityShare]:
    """The cities that take part, by slug, with their share of this drawing; another place has no kit."""
    query = (
        select(CampaignCity, City, KitRunCity)
        .join(City, City.id == CampaignCity.city_id)
        .outerjoin(KitRunCity, (KitRunCity.campaign_city_id == CampaignCity.id) & (KitRunCity.number == number))
        .where(CampaignCity.campaign_id == campaign_id, CampaignCity.joined_at.is_not(None), City.is_elsewhere.is_(False))
        .order_by(City.slug)
    )
    return [CityShare(place, city, row) for place, city, row in session.execute(query)]


def standing(session: Session, campaign_id: int) -> Standing:
    """How far it is."""
    run = session.get(KitRun, campaign_id)
    job = None
    if run is not None:
        alive = Job.state.in_((JobState.QUEUED, JobState.RUNNING))
        # one at work before one that waits: right after a stop both may be there
        query = select(Job).where(Job.unique_key == _job_key(run), alive).order_by(Job.lease_until.is_(None), Job.id)
        job = session.scalars(query.limit(1)).first()
    shares = shares_of(session, campaign_id, run.number if run else 0)
    return Standing(run, shares, job, _current_version(session, campaign_id))


def marks_of(run: KitRun) -> list[Mark]:
    """How fast it went in the last minutes."""
    return [Mark(spent_s, int(count)) for spent_s, count in run.marks]


def as_numbers(marks: Sequence[Mark]) -> list[list[float]]:
    """The form in which marks stand in the row."""
    return [[round(mark.spent_s, 1), mark.count] for mark in marks]


def _current_version(session: Session, campaign_id: int) -> KitVersion | None:
    newest = select(func.max(KitVersion.number)).where(KitVersion.campaign_id == campaign_id).scalar_subquery()
    return session.scalar(select(KitVersion).where(KitVersion.campaign_id == campaign_id, KitVersion.number == newest))


def _job_key(run: KitRun) -> str:
    return f"{JOB}:{run.campaign_id}:{run.number}"


def _record(session: Session, campaign: Campaign, act: str, actor_id: int | None, now: datetime) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act=act,
        subject_kind="campaign",
        subject_id=campaign.id,
        at=now,
        actor_id=actor_id,
    )
