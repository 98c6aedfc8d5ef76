"""What waits, what was decided and what may be taken away, in the cities of the person who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import cities_where
from app.campaigns.access import managed_where
from app.enums import RUNNING, ArtefactKind, CampaignStatus, Permission, Purpose, StepState, SubmissionState
from app.models import Artefact, Campaign, CampaignCity, City, Decision, Person, Rendition, StepRun, Submission, TimelineStep
from app.submissions.captions import webvtt_of
from app.submissions.queries import PreparedFile, visible

PREVIEW_ROLES = ("preview", "poster", "tile")  # from the fittest to the least fit
DOWNLOAD_ROLES = ("main", "poster")
LISTED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Contribution:
    """A submission with where it was sent to."""

    submission: Submission
    campaign: Campaign
    city: City


@dataclass(frozen=True, slots=True)
class Filter:
    """Which contributions a list shows; None is all."""

    campaign_slug: str | None = None
    city_slug: str | None = None
    state: SubmissionState | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with the name of who made it."""

    decision: Decision
    person_name: str


def waiting_ids(session: Session, actor: Actor) -> list[str]:
    """The public ids of all that waits for this person, oldest first."""
    query = _waiting(actor).with_only_columns(Submission.public_id)
    return list(session.scalars(query))


def waiting(session: Session, actor: Actor, *, limit: int, from_elsewhere: bool | None = None) -> list[Contribution]:
    """What waits for this person, oldest first: all of it, or only what came from another place, or only what did not."""
    query = _waiting(actor)
    if from_elsewhere is not None:
        query = query.where(City.is_elsewhere.is_(from_elsewhere))
    return _contributions(session, query.limit(limit))


def waiting_from_elsewhere(session: Session, actor: Actor) -> int:
    """How many contributions from another place wait for this person."""
    query = _waiting(actor).where(City.is_elsewhere).order_by(None).with_only_columns(func.count(Submission.id))
    return session.scalar(query) or 0


def next_waiting(session: Session, actor: Actor, *, offset: int) -> Contribution | None:
    """The contribution at this place in what waits, if there is one."""
    found = _contributions(session, _waiting(actor).offset(offset).limit(1))
    return found[0] if found else None


def _waiting(actor: Actor) -> Select[Submission, Campaign, City]:
    return _scoped(actor).where(Submission.state == SubmissionState.PENDING).order_by(Submission.received_at, Submission.id)


def _scoped(actor: Actor, permission: Permission = Permission.MODERATE) -> Select[Submission, Campaign, City]:
    return (
        select(Submission, Campaign, City)
        .join(Campaign, Campaign.id == Submission.campaign_id)
        .join(City, City.id == Submission.city_id)
        .where(cities_where(actor, permission))
    )


def _contributions(session: Session, query: Select[Submission, Campaign, City]) -> list[Contribution]:
    return [Contribution(submission, campaign, city) for submission, campaign, city in session.execute(query)]


def listed(session: Session, actor: Actor, wanted: Filter, *, page: int) -> tuple[list[Contribution], bool]:
    """A page of contributions, newest first, and whether there are more."""
    query = _scoped(actor).where(*_conditions(wanted)).order_by(Submission.received_at.desc(), Submission.id.desc())
    found = _contributions(session, query.offset((page - 1) * LISTED_AT_ONCE).limit(LISTED_AT_ONCE + 1))
    return found[:LISTED_AT_ONCE], len(found) > LISTED_AT_ONCE


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.campaign_slug:
        conditions.append(Campaign.slug == wanted.campaign_slug)
    if wanted.city_slug:
        conditions.append(City.slug == wanted.city_slug)
    if wanted.state:
        conditions.append(Submission.state == wanted.state)
    return conditions


def places_with_contributions(session: Session, actor: Actor) -> tuple[list[Campaign], list[City]]:
    """The campaigns and the cities between which a list can choose."""
    pairs = _scoped(actor).with_only_columns(Submission.campaign_id, Submission.city_id).distinct().subquery()
    campaigns = (
        select(Campaign).where(Campaign.id.in_(select(pairs.c.campaign_id))).order_by(Campaign.day_on.desc(), Campaign.slug)
    )
    cities = select(City).where(City.id.in_(select(pairs.c.city_id))).order_by(City.slug)
    return list(session.scalars(campaigns)), list(session.scalars(cities))


def previews(session: Session, submission_ids: Sequence[int]) -> dict[int, Rendition]:
    """A small picture of each contribution that has one."""
    rows = session.scalars(
        select(Rendition)
        .where(Rendition.submission_id.in_(submission_ids), Rendition.role.in_(PREVIEW_ROLES))
        .order_by(Rendition.id)
    )
    found: dict[int, Rendition] = {}
    for row in sorted(rows, key=lambda rendition: PREVIEW_ROLES.index(rendition.role)):
        found.setdefault(row.submission_id, row)
    return found


def viewable_file(session: Session, actor: Actor, public_id: str, format_name: str, role: str) -> PreparedFile | None:
    """A rendition that this person may look at; never an original, never anything that was taken back."""
    row = session.execute(
        select(Rendition, Artefact)
        .join(Artefact, Artefact.id == Rendition.artefact_id)
        .join(Submission, Submission.id == Rendition.submission_id)
        .join(City, City.id == Submission.city_id)
        .where(
            cities_where(actor, Permission.MODERATE),
            Submission.public_id == public_id,
            Submission.state != SubmissionState.WITHDRAWN,
            Artefact.kind.in_((ArtefactKind.RENDITION, ArtefactKind.TILE)),
            Rendition.format == format_name,
            Rendition.role == role,
        )
    ).one_or_none()
    return None if row is None else PreparedFile(row[0], row[1])


def captions_of(session: Session, actor: Actor, public_id: str) -> str | None:
    """What is said in a contribution that this person may look at, as WebVTT."""
    theirs = select(City.id).where(cities_where(actor, Permission.MODERATE))
    not_taken_back = Submission.state != SubmissionState.WITHDRAWN
    return webvtt_of(session, Submission.public_id == public_id, Submission.city_id.in_(theirs), not_taken_back)


def downloadable(session: Session, actor: Actor, *, campaign_id: int, city_id: int) -> list[Contribution]:
    """The approved contributions of a city whose people agree to social media now, oldest first."""
    query = _scoped(actor, Permission.DOWNLOAD).where(
        Submission.campaign_id == campaign_id, Submission.city_id == city_id, visible(Purpose.NETWORK_ACCOUNTS)
    )
    return _contributions(session, query.order_by(Submission.received_at, Submission.id))


def decisions_about(session: Session, submission_id: int) -> list[Decided]:
    """Every decision, the one that stands first."""
    rows = session.execute(
        select(Decision, Person.name)
        .join(Person, Person.id == Decision.person_id)
        .where(Decision.submission_id == submission_id)
        .order_by(Decision.id.desc())
    )
    return [Decided(decision, name) for decision, name in rows]


def counts_of(session: Session, *, campaign_id: int, city_id: int) -> dict[SubmissionState, int]:
    """How many contributions of a city are in each state."""
    rows = session.execute(
        select(Submission.state, func.count())
        .where(Submission.campaign_id == campaign_id, Submission.city_id == city_id)
        .group_by(Submission.state)
    )
    return {row[0]: row[1] for row in rows}


def oldest_wait(session: Session, actor: Actor) -> tuple[int, datetime | None]:
    """How many contributions wait for this person, and since when the oldest does."""
    row = session.execute(
        _waiting(actor).order_by(None).with_only_columns(func.count(Submission.id), func.min(Submission.received_at))
    )
    count, since = row.one()
    return count, since


def places(session: Session, actor: Actor, permission: Permission) -> list[tuple[Campaign, City, CampaignCity]]:
    """This person's cities in campaigns that run, invited or taking part, the nearest day first."""
    query = (
        select(Campaign, City, CampaignCity)
        .join(CampaignCity, CampaignCity.campaign_id == Campaign.id)
        .join(City, City.id == CampaignCity.city_id)
        .where(Campaign.status.in_(RUNNING), cities_where(actor, permission))
        .order_by(Campaign.day_on, Campaign.slug, City.slug)
    )
    return [(campaign, city, part) for campaign, city, part in session.execute(query)]


def given_up_steps(session: Session, actor: Actor) -> list[tuple[Campaign, int]]:
    """Campaigns of this person that run with steps that failed for good, and how many."""
    query = (
        select(Campaign, func.count())
        .join(TimelineStep, TimelineStep.campaign_id == Campaign.id)
        .join(StepRun, StepRun.step_id == TimelineStep.id)
        .where(managed_where(actor), Campaign.status.in_(RUNNING), StepRun.state == StepState.FAILED)
        .group_by(Campaign.id)
        .order_by(Campaign.day_on, Campaign.slug)
    )
    return [(campaign, count) for campaign, count in session.execute(query)]


def preparing(session: Session, actor: Actor) -> list[Campaign]:
    """The campaigns in preparation that this person runs, the nearest day first."""
    query = select(Campaign).where(managed_where(actor), Campaign.status == CampaignStatus.PREPARING)
    return list(session.scalars(query.order_by(Campaign.day_on, Campaign.slug)))


def drafts(session: Session, actor: Actor) -> list[Campaign]:
    """Campaigns of this person that are still being planned, the nearest day first."""
    query = select(Campaign).where(managed_where(actor), Campaign.status == CampaignStatus.DRAFT)
    return list(session.scalars(query.order_by(Campaign.day_on, Campaign.slug)))
