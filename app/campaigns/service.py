"""Changes campaigns: made, written, opened, closed; cities invited and joined."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns import timeline
from app.campaigns.access import managing, may_anywhere
from app.campaigns.brief import is_fixed, keep_version
from app.campaigns.draft import CampaignDraft, check
from app.campaigns.elsewhere import leave_elsewhere, take_part_from_elsewhere
from app.campaigns.fitting import with_the_end
from app.campaigns.invitations import mail_invitations
from app.campaigns.plan import CORE, PlannedStep, StepName
from app.campaigns.queries import reach_where
from app.campaigns.rules import phase_at
from app.campaigns.tick import run_due_steps as run_due_steps  # noqa: PLC0414 - offered here with everything that changes campaigns
from app.enums import CampaignStatus, Permission, Phase, StepState
from app.errors import ErrorKind, Refused
from app.models import CalendarEvent, Campaign, CampaignCity, Chapter, City, InternationalDay, Network, StepRun, TimelineStep
from app.words import choose

BEGUN_LATE = "begun_late"  # why a brief is not fixed by its step: its moment was over when the preparation began
BRIEF_FIXED = "brief_fixed"  # why a step of the preparation was left out
BRIEF_STEPS = (StepName.OPEN_PREPARATION.value, StepName.CLOSE_PREPARATION.value)


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation came to; a silent city has no officer, so that nobody was told."""

    cities: int
    people: int
    silent_cities: int


def create_campaign(
    session: Session,
    *,
    day: InternationalDay | CalendarEvent,
    draft: CampaignDraft,
    toolkits: Collection[str],
    actor: Actor,
    now: datetime,
    slug: str | None = None,
    lines: Sequence[PlannedStep] = CORE,
    chapter: Chapter | None = None,
    form_sha256: str | None = None,
) -> Campaign:
    """A campaign on this day, with its time-line, as a draft; without a slug it gets the day's and the year.

    The form that made a campaign, sent again, changes nothing. Refuses as `draft.check` does, and `day.of_a_city`; the toolkits
    are those there are.
    """
    may_anywhere(actor)
    # two at the same moment must not take the same slug, nor both be the first of the same form
    session.get_one(Network, day.network_id, with_for_update={"key_share": True})
    if form_sha256 is not None:
        made = session.scalar(select(Campaign).where(Campaign.form_sha256 == form_sha256))
        if made is not None:
            return made
    check(draft, toolkits=toolkits)
    if isinstance(day, CalendarEvent) and day.city_id is not None:
        raise Refused("day.of_a_city", kind=ErrorKind.CONFLICT)
    campaign = Campaign(
        network_id=day.network_id,
        chapter_id=chapter.id if chapter else None,
        international_day_id=day.id if isinstance(day, InternationalDay) else None,
        calendar_event_id=day.id if isinstance(day, CalendarEvent) else None,
        slug=slug or _free_slug(session, day.network_id, f"{slug_of(day)}-{draft.day_on.year}"),
        status=CampaignStatus.DRAFT,
        phase=None,
        created_at=now,
        form_sha256=form_sha256,
    )
    _write(campaign, draft)
    managing(actor, campaign)
    session.add(campaign)
    session.flush()
    timeline.plan_steps(session, campaign, lines)
    _record(session, campaign, "campaign.created", actor, now)
    return campaign


def edit_campaign(
    session: Session,
    campaign: Campaign,
    *,
    draft: CampaignDraft,
    toolkits: Collection[str],
    actor: Actor,
    now: datetime,
    note: str = "",
) -> None:
    """Write a campaign anew whose brief is not fixed; while it is prepared its days stay, and each change is a version.

    Refuses `campaign.brief_is_fixed`, `campaign.days_are_set`, and as `draft.check` does.
    """
    managing(actor, campaign)
    locked(session, campaign)
    if is_fixed(campaign):
        raise Refused("campaign.brief_is_fixed", kind=ErrorKind.CONFLICT)
    check(draft, toolkits=toolkits)
    is_prepared = campaign.status is CampaignStatus.PREPARING
    days = (campaign.day_on, campaign.pre_day_offset_days, campaign.post_day_offset_days)
    if is_prepared and days != (draft.day_on, draft.pre_day_offset_days, draft.post_day_offset_days):
        raise Refused("campaign.days_are_set", kind=ErrorKind.CONFLICT)
    _write(campaign, draft)
    if is_prepared:
        if not campaign.collects_elsewhere:
            leave_elsewhere(session, campaign)
        keep_version(session, campaign, note=note, person_id=actor.person_id, now=now)
    else:
        timeline.follow_window(session, campaign)
        _follow_end(session, campaign, was=days[2])
    _record(session, campaign, "campaign.edited", actor, now)


def hand_to(session: Session, campaign: Campaign, chapter: Chapter | None, *, actor: Actor, now: datetime) -> None:
    """Make a draft a chapter's, or the network's; to whom it can go is asked of `access.own_chapters` before."""
    managing(actor, campaign)
    locked(session, campaign)
    chapter_id = chapter.id if chapter else None
    if campaign.chapter_id == chapter_id:
        return
    if campaign.status is not CampaignStatus.DRAFT:
        raise Refused("campaign.not_draft", kind=ErrorKind.CONFLICT)
    campaign.chapter_id = chapter_id
    managing(actor, campaign)
    _record(session, campaign, "campaign.handed_on", actor, now)


def begin_preparation(session: Session, campaign: Campaign, *, actor: Actor, now: datetime) -> None:
    """Begin the preparation of a draft: its cities read the brief and comment, its time-line goes on; twice changes nothing."""
    managing(actor, campaign)
    locked(session, campaign)
    if campaign.status is CampaignStatus.PREPARING:
        return
    if campaign.status is not CampaignStatus.DRAFT:
        raise Refused("campaign.not_draft", kind=ErrorKind.CONFLICT)
    campaign.status = CampaignStatus.PREPARING
    _begin(session, campaign, now=now)
    for late in late_fixing(session, campaign, now=now):  # else the next tick would make it public
        timeline.skip(late, BEGUN_LATE, now=now)
    keep_version(session, campaign, note="", person_id=actor.person_id, now=now)
    _record(session, campaign, "campaign.preparation_begun", actor, now)


def late_fixing(session: Session, campaign: Campaign, *, now: datetime) -> list[StepRun]:
    """The planned steps that would fix the brief at once."""
    query = (
        select(StepRun)
        .join(TimelineStep, TimelineStep.id == StepRun.step_id)
        .where(
            TimelineStep.campaign_id == campaign.id,
            TimelineStep.action == StepName.CLOSE_PREPARATION.value,
            StepRun.state == StepState.PLANNED,
            StepRun.due_at <= now,
        )
    )
    return list(session.scalars(query))


def open_campaign(session: Session, campaign: Campaign, *, actor: Actor, now: datetime) -> None:
    """Open a draft, or one in preparation: its brief is fixed as it stands and it is public; opening twice changes nothing."""
    managing(actor, campaign)
    fix_brief(session, campaign, actor=actor, now=now)


def fix_brief(session: Session, campaign: Campaign, *, actor: Actor | None, now: datetime) -> None:
    """From now on the brief stands and the campaign is public; without an actor it is a step that does it."""
    locked(session, campaign)
    if campaign.status is CampaignStatus.OPEN:
        return
    if campaign.status is CampaignStatus.CLOSED:
        raise Refused("campaign.is_closed", kind=ErrorKind.CONFLICT)
    was_draft = campaign.status is CampaignStatus.DRAFT
    campaign.status, campaign.opened_at = CampaignStatus.OPEN, now
    if was_draft:
        _begin(session, campaign, now=now)
    take_part_from_elsewhere(session, campaign, now=now)  # it may have been decided while the brief was read
    keep_version(session, campaign, note="", person_id=actor.person_id if actor else None, now=now)
    timeline.skip_planned(session, campaign, BRIEF_FIXED, now=now, actions=BRIEF_STEPS)
    _record(session, campaign, "campaign.opened", actor, now)


def _begin(session: Session, campaign: Campaign, *, now: datetime) -> None:
    campaign.phase = Phase.PRE_DAY
    session.flush()
    take_part_from_elsewhere(session, campaign, now=now)
    timeline.set_common_moments(session, campaign, now=now)


def close_campaign(session: Session, campaign: Campaign, *, keep_originals_days: int, actor: Actor, now: datetime) -> None:
    """Close an open campaign by hand; closing twice changes nothing."""
    managing(actor, campaign)
    locked(session, campaign)
    if campaign.status is CampaignStatus.CLOSED:
        return
    if campaign.status is not CampaignStatus.OPEN:
        raise Refused("campaign.not_open", kind=ErrorKind.CONFLICT)
    end_campaign(session, campaign, keep_originals_days=keep_originals_days, actor=actor, now=now)


def end_campaign(session: Session, campaign: Campaign, *, keep_originals_days: int, actor: Actor | None, now: datetime) -> date:
    """Nothing more is collected, what was still planned is skipped; the date is the last on which originals are kept."""
    campaign.status, campaign.closed_at = CampaignStatus.CLOSED, now
    zone = ZoneInfo(session.get_one(Network, campaign.network_id).time_zone)
    campaign.originals_until_on = now.astimezone(zone).date() + timedelta(days=keep_originals_days)
    session.flush()
    timeline.skip_planned(session, campaign, "campaign_closed", now=now)
    _record(session, campaign, "campaign.closed", actor, now)
    return campaign.originals_until_on


def invite(
    session: Session, campaign: Campaign, *, cities: Iterable[City], actor: Actor | None, now: datetime, base_url: str
) -> Invited:
    """Invite cities to a campaign under way and write to their officers; who was invited before is not asked again.

    Cities that it is not for are left out; without an actor it is a step that does it.
    """
    if actor is not None:
        managing(actor, campaign)
    locked(session, campaign)
    if not campaign.status.is_running:
        raise Refused("campaign.not_open", kind=ErrorKind.CONFLICT)
    known = set(session.scalars(select(CampaignCity.city_id).where(CampaignCity.campaign_id == campaign.id)))
    within = set(session.scalars(select(City.id).where(reach_where(campaign))))
    new = [city for city in cities if city.id in within and city.id not in known]
    session.add_all(
        CampaignCity(campaign_id=campaign.id, city_id=city.id, invited_at=now, phase=Phase.PRE_DAY, joined_at=None)
        for city in new
    )
    session.flush()
    people, silent = mail_invitations(session, campaign, new, now=now, base_url=base_url)
    _record(session, campaign, "campaign.cities_invited", actor, now, cities=[city.id for city in new])
    return Invited(cities=len(new), people=people, silent_cities=silent)


def join(session: Session, campaign: Campaign, city: City, *, actor: Actor, now: datetime) -> CampaignCity:
    """An invited city takes part, in the phase of this moment; joining twice changes nothing.

    Whether the city is this person's is asked before (`accounts.queries.city_for`). Refuses `campaign.not_invited`.
    """
    may(actor, Permission.JOIN_CAMPAIGN)
    locked(session, campaign)
    if not campaign.status.is_running:
        raise Refused("campaign.not_open", kind=ErrorKind.CONFLICT)
    where = (CampaignCity.campaign_id == campaign.id, CampaignCity.city_id == city.id)
    place = session.scalar(select(CampaignCity).where(*where))
    if place is None:
        raise Refused("campaign.not_invited", kind=ErrorKind.CONFLICT)
    if place.joined_at is not None:
        return place
    place.joined_at, place.phase = now, phase_at(now, campaign.day_on, city.time_zone)
    session.flush()
    timeline.add_city_runs(session, campaign, place, city, now=now)
    timeline.set_common_moments(session, campaign, now=now)
    _record(session, campaign, "campaign.city_joined", actor, now, city=city.id)
    return place


def locked(session: Session, campaign: Campaign) -> None:
    """Nobody else changes this campaign, or does its steps, until this transaction ends; its row is read again."""
    session.flush()  # reading again would throw away what is not written yet
    session.refresh(campaign, with_for_update={"key_share": True})


def _write(campaign: Campaign, draft: CampaignDraft) -> None:
    campaign.title, campaign.message, campaign.objective = draft.title, draft.message, draft.objective
    campaign.audience, campaign.approach = draft.audience, draft.approach
    campaign.sdgs, campaign.counts_to, campaign.collects_elsewhere = list(draft.sdgs), draft.counts_to, draft.collects_elsewhere
    campaign.question, campaign.hashtag = draft.question, draft.hashtag
    campaign.languages, campaign.day_on = list(draft.languages), draft.day_on
    campaign.pre_day_offset_days, campaign.post_day_offset_days = draft.pre_day_offset_days, draft.post_day_offset_days
    campaign.kinds, campaign.formats = [kind.value for kind in draft.kinds], list(draft.formats)
    campaign.max_clip_s, campaign.max_text_chars = draft.max_clip_s, draft.max_text_chars
    campaign.toolkit_slug = draft.toolkit_slug


def _follow_end(session: Session, campaign: Campaign, *, was: int) -> None:
    """After the last day of a draft was changed: lines that went to the end, and reports, go along."""
    for step in timeline.steps_of(session, campaign):
        line, days_after = timeline.as_planned(step), campaign.post_day_offset_days
        moved = with_the_end(line, day_on=campaign.day_on, was=was, days_after=days_after)
        step.offset_days, step.on_date, step.spread_days = moved.offset_days, moved.on_date, moved.spread_days
    session.flush()


def slug_of(day: InternationalDay | CalendarEvent) -> str:
    """What the address of a campaign on this day begins with."""
    if isinstance(day, InternationalDay):
        return day.slug[:70]
    return slugify(choose(day.names, ("en",)).text)[:70].strip("-") or "campaign"


def _free_slug(session: Session, network_id: int, slug: str) -> str:
    taken = set(session.scalars(select(Campaign.slug).where(Campaign.network_id == network_id)))
    number = 2
    free = slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def may(actor: Actor, permission: Permission) -> None:
    """Refuses `forbidden` when no role of this person allows it."""
    if not actor.may(permission):
        raise Refused("forbidden", kind=ErrorKind.FORBIDDEN)


def _record(
    session: Session, campaign: Campaign, act: str, actor: Actor | None, now: datetime, **codes: int | list[int] | None
) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act=act,
        subject_kind="campaign",
        subject_id=campaign.id,
        at=now,
        actor_id=actor.person_id if actor else None,
        **codes,
    )
