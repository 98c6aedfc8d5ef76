"""What is known of a brief in preparation: who may read it and for whom they speak, what was said, who has read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.campaigns.access import chapter_ids, managed_where, may_manage
from app.campaigns.brief import latest_version
from app.campaigns.plan import StepName
from app.enums import CampaignStatus, RoleName, StepState
from app.errors import NotFound
from app.models import (
    BriefComment,
    BriefReading,
    BriefVersion,
    Campaign,
    CampaignCity,
    Chapter,
    ChapterCity,
    City,
    Person,
    Role,
    StepRun,
    TimelineStep,
    WorkingGroupMember,
)


@dataclass(frozen=True, slots=True)
class Voices:
    """What somebody is to a brief; whoever is nothing may not read it."""

    manages: bool
    is_member: bool  # of the working group
    coordinates: bool  # a chapter with an invited city, or the chapter whose campaign it is
    cities: Sequence[City]  # invited ones of which they are an officer, by slug

    @property
    def may_read(self) -> bool:
        """Whether the brief is theirs to read."""
        return self.manages or self.is_member or self.coordinates or bool(self.cities)

    @property
    def speaks_for_itself(self) -> bool:
        """Whether they may comment without speaking for a city."""
        return self.manages or self.is_member or self.coordinates

    def may_speak_for(self, city: City | None) -> bool:
        """Whether a comment for this city, or for none, is theirs to leave."""
        return self.speaks_for_itself if city is None else city.id in {each.id for each in self.cities}


def voices_in(session: Session, actor: Actor, campaign: Campaign) -> Voices:
    """What this person is to the brief of this campaign."""
    officer_in = [grant.city_id for grant in actor.grants if grant.role is RoleName.OFFICER]
    invited = select(City).join(CampaignCity, CampaignCity.city_id == City.id).where(CampaignCity.campaign_id == campaign.id)
    within = select(ChapterCity.city_id).where(ChapterCity.chapter_id.in_(chapter_ids(actor)))
    of_chapters = invited.where(City.id.in_(within), City.is_elsewhere.is_(False)).limit(1)
    return Voices(
        manages=may_manage(actor, campaign),
        is_member=session.get(WorkingGroupMember, (campaign.id, actor.person_id)) is not None,
        coordinates=bool(chapter_ids(actor)) and session.scalars(of_chapters).first() is not None,
        cities=list(session.scalars(invited.where(City.id.in_(officer_in)).order_by(City.slug))) if officer_in else [],
    )


def brief_for(session: Session, actor: Actor, campaign: Campaign) -> Voices:
    """What this person is to the brief; a brief that is not theirs looks absent, and so does a draft of somebody else's."""
    voices = voices_in(session, actor, campaign)
    hidden = campaign.status is CampaignStatus.DRAFT and not voices.manages
    if hidden or not voices.may_read:
        raise NotFound("campaign.unknown", campaign=campaign.slug)
    return voices


def member_campaigns(session: Session, person_id: int) -> list[Campaign]:
    """The campaigns in whose working group this person is, drafts left out."""
    groups = select(WorkingGroupMember.campaign_id).where(WorkingGroupMember.person_id == person_id)
    query = select(Campaign).where(Campaign.id.in_(groups), Campaign.status != CampaignStatus.DRAFT)
    return list(session.scalars(query))


def versions_of(session: Session, campaign_id: int) -> list[tuple[BriefVersion, str | None]]:
    """Every version, the newest first, with the name of who kept it."""
    query = (
        select(BriefVersion, Person.name)
        .outerjoin(Person, Person.id == BriefVersion.person_id)
        .where(BriefVersion.campaign_id == campaign_id)
        .order_by(BriefVersion.number.desc())
    )
    return [(version, name) for version, name in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Said:
    """A comment with who said it and for whom; without a city, the chapters they coordinate, if any."""

    comment: BriefComment
    person: Person
    city: City | None
    chapters: Sequence[Chapter]
    is_member: bool


def comments_on(session: Session, campaign: Campaign) -> list[Said]:
    """Every comment that was not taken back, the oldest first."""
    query = (
        select(BriefComment, Person)
        .join(Person, Person.id == BriefComment.person_id)
        .where(BriefComment.campaign_id == campaign.id, BriefComment.removed_at.is_(None))
        .order_by(BriefComment.id)
    )
    rows = [(comment, person) for comment, person in session.execute(query)]
    spoken_for = {comment.city_id for comment, _person in rows}
    cities = {city.id: city for city in session.scalars(select(City).where(City.id.in_(spoken_for - {None})))}
    speakers = {person.id for comment, person in rows if comment.city_id is None}
    members = {person.id for person in members_of(session, campaign.id)} if speakers else set()
    chapters = _chapters_by_coordinator(session, campaign.network_id, speakers) if speakers else {}
    return [
        Said(
            comment,
            person,
            cities[comment.city_id] if comment.city_id else None,
            chapters.get(person.id, []),
            is_member=person.id in members,
        )
        for comment, person in rows
    ]


def _chapters_by_coordinator(session: Session, network_id: int, people: Collection[int]) -> dict[int, list[Chapter]]:
    query = (
        select(Role.person_id, Chapter)
        .join(Chapter, Chapter.id == Role.chapter_id)
        .where(Role.network_id == network_id, Role.name == RoleName.COORDINATOR, Role.person_id.in_(people))
        .order_by(Chapter.slug)
    )
    found: dict[int, list[Chapter]] = {}
    for person_id, chapter in session.execute(query):
        found.setdefault(person_id, []).append(chapter)
    return found


def members_of(session: Session, campaign_id: int) -> list[Person]:
    """The working group, in the order in which they came."""
    query = (
        select(Person)
        .join(WorkingGroupMember, WorkingGroupMember.person_id == Person.id)
        .where(WorkingGroupMember.campaign_id == campaign_id)
        .order_by(WorkingGroupMember.added_at, Person.id)
    )
    return list(session.scalars(query))


def officers_by_city(session: Session, campaign: Campaign) -> dict[int, list[Person]]:
    """The officers of every invited city."""
    query = (
        select(Role.city_id, Person)
        .join(Person, Person.id == Role.person_id)
        .join(CampaignCity, CampaignCity.city_id == Role.city_id)
        .where(CampaignCity.campaign_id == campaign.id, Role.network_id == campaign.network_id, Role.name == RoleName.OFFICER)
        .order_by(Person.id)
    )
    found: dict[int, list[Person]] = {}
    for city_id, person in session.execute(query):
        if city_id is not None:
            found.setdefault(city_id, []).append(person)
    return found


def last_read(session: Session, campaign_id: int) -> dict[int, int]:
    """The newest version that each person has opened."""
    query = (
        select(BriefReading.person_id, func.max(BriefReading.version))
        .where(BriefReading.campaign_id == campaign_id)
        .group_by(BriefReading.person_id)
    )
    return {person_id: version for person_id, version in session.execute(query)}  # noqa: C416 - rows are no pairs to the type checker


def comment_counts(session: Session, campaign_id: int) -> dict[tuple[int, int | None], int]:
    """How many comments there are by each person for each city, or for none; what was taken back does not count."""
    query = (
        select(BriefComment.person_id, BriefComment.city_id, func.count())
        .where(BriefComment.campaign_id == campaign_id, BriefComment.removed_at.is_(None))
        .group_by(BriefComment.person_id, BriefComment.city_id)
    )
    return {(person_id, city_id): count for person_id, city_id, count in session.execute(query)}


def unsettled_count(session: Session, campaign_id: int) -> int:
    """How many comments wait for the manager."""
    query = select(func.count(BriefComment.id)).where(
        BriefComment.campaign_id == campaign_id, BriefComment.removed_at.is_(None), BriefComment.settled_at.is_(None)
    )
    return session.scalar(query) or 0


def people_of_desk(session: Session, network_id: int) -> list[tuple[Person, Role, City | None, Chapter | None]]:
    """Everybody with a role in the network, once for each of their roles."""
    query = (
        select(Person, Role, City, Chapter)
        .join(Role, Role.person_id == Person.id)
        .outerjoin(City, City.id == Role.city_id)
        .outerjoin(Chapter, Chapter.id == Role.chapter_id)
        .where(Role.network_id == network_id)
        .order_by(Person.id, Role.id)
    )
    return [(person, role, city, chapter) for person, role, city, chapter in session.execute(query)]


def briefs_with_comments(session: Session, actor: Actor) -> list[tuple[Campaign, int]]:
    """Campaigns in preparation that this person runs and whose comments wait, with how many; the nearest day first."""
    query = (
        select(Campaign, func.count(BriefComment.id))
        .join(BriefComment, BriefComment.campaign_id == Campaign.id)
        .where(managed_where(actor), Campaign.status == CampaignStatus.PREPARING)
        .where(BriefComment.removed_at.is_(None), BriefComment.settled_at.is_(None))
        .group_by(Campaign.id)
        .order_by(Campaign.day_on, Campaign.slug)
    )
    return [(campaign, count) for campaign, count in session.execute(query)]


def unread_briefs(session: Session, actor: Actor) -> list[Campaign]:
    """Campaigns whose brief this person was asked to read and has not read as it stands; the nearest day first."""
    newest = select(func.max(BriefVersion.number)).where(BriefVersion.campaign_id == Campaign.id).scalar_subquery()
    was_read = exists().where(
        BriefReading.campaign_id == Campaign.id, BriefReading.person_id == actor.person_id, BriefReading.version == newest
    )
    query = select(Campaign).where(Campaign.status == CampaignStatus.PREPARING, _asked(actor), ~was_read)
    return list(session.scalars(query.order_by(Campaign.day_on, Campaign.slug)))


def _asked(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Campaign` under which this person was asked to read its brief: for a city, or in its working group."""
    officer_in = [grant.city_id for grant in actor.grants if grant.role is RoleName.OFFICER]
    groups = select(WorkingGroupMember.campaign_id).where(WorkingGroupMember.person_id == actor.person_id)
    invited = select(CampaignCity.campaign_id).where(CampaignCity.city_id.in_(officer_in))
    return or_(Campaign.id.in_(groups), Campaign.id.in_(invited))


def version_number(session: Session, campaign_id: int) -> int:
    """The number of the version that stands; 0 before the first."""
    version = latest_version(session, campaign_id)
    return version.number if version else 0


def brief_closes_at(session: Session, campaign_id: int) -> datetime | None:
    """When the time-line will fix the brief; None when that is left to its manager."""
    run = _planned(session, campaign_id, StepName.CLOSE_PREPARATION)
    return run.due_at if run is not None and run.held_at is None else None


def is_still_to_open(session: Session, campaign_id: int) -> bool:
    """Whether the step that writes to all who read the brief is still to come."""
    return _planned(session, campaign_id, StepName.OPEN_PREPARATION) is not None


def _planned(session: Session, campaign_id: int, action: StepName) -> StepRun | None:
    query = (
        select(StepRun)
        .join(TimelineStep, TimelineStep.id == StepRun.step_id)
        .where(TimelineStep.campaign_id == campaign_id, TimelineStep.action == action, StepRun.state == StepState.PLANNED)
        .order_by(StepRun.due_at)
    )
    return session.scalars(query).first()
