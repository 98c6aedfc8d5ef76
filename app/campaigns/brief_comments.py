"""What invited cities and the working group say about the brief, until it is fixed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns.access import managing
from app.campaigns.brief import is_fixed
from app.campaigns.brief_fields import PARTS, THE_WHOLE
from app.campaigns.brief_queries import Voices, version_number
from app.campaigns.service import locked
from app.enums import CampaignStatus
from app.errors import ErrorKind, NotFound, Refused
from app.models import BriefComment, Campaign, City

MAX_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment before it is left."""

    about: str  # a part of the brief, or the whole of it
    text: str
    city: City | None  # for which of the person's cities; None: for the working group, a chapter or the network
    form_sha256: str | None = None  # of the form that it was written in: sent again, it changes nothing


def comment(session: Session, campaign: Campaign, remark: Remark, *, voices: Voices, actor: Actor, now: datetime) -> BriefComment:
    """Leave a comment; refuses `brief.is_fixed`, and whoever does not speak for this city here."""
    locked(session, campaign)
    if remark.form_sha256 is not None:
        left = session.scalar(select(BriefComment).where(BriefComment.form_sha256 == remark.form_sha256))
        if left is not None:
            return left
    _not_fixed(campaign)
    if remark.about != THE_WHOLE and remark.about not in PARTS:
        raise Refused("form.not_a_choice", field="about")
    if not voices.may_speak_for(remark.city):
        raise NotFound("city.unknown", city=remark.city.slug if remark.city else "")
    row = BriefComment(
        campaign_id=campaign.id,
        version=version_number(session, campaign.id),
        person_id=actor.person_id,
        city_id=remark.city.id if remark.city else None,
        about=remark.about,
        text=remark.text,
        created_at=now,
        form_sha256=remark.form_sha256,
    )
    session.add(row)
    session.flush()
    return row


def take_back(session: Session, campaign: Campaign, comment_id: int, *, actor: Actor, now: datetime) -> None:
    """Its author takes it back, also once the brief is fixed; nothing of it is kept. Twice changes nothing."""
    row = _one(session, campaign, comment_id)
    if row.person_id != actor.person_id:
        raise NotFound("brief.comment_unknown")
    if row.removed_at is None:
        row.removed_at, row.text = now, ""
        _record(session, campaign, "brief.comment_taken_back", row, actor, now)


def settle(session: Session, campaign: Campaign, comment_id: int, *, settled: bool, actor: Actor, now: datetime) -> None:
    """The manager has dealt with it, or has not after all; refuses `brief.is_fixed`."""
    managing(actor, campaign)
    locked(session, campaign)
    _not_fixed(campaign)
    row = _one(session, campaign, comment_id)
    if row.removed_at is not None:
        raise NotFound("brief.comment_unknown")
    if (row.settled_at is not None) is settled:
        return
    row.settled_at = now if settled else None
    _record(session, campaign, "brief.comment_settled" if settled else "brief.comment_reopened", row, actor, now)


def _not_fixed(campaign: Campaign) -> None:
    if is_fixed(campaign):
        raise Refused("brief.is_fixed", kind=ErrorKind.CONFLICT)
    if campaign.status is CampaignStatus.DRAFT:
        raise Refused("brief.not_begun", kind=ErrorKind.CONFLICT)


def _one(session: Session, campaign: Campaign, comment_id: int) -> BriefComment:
    query = select(BriefComment).where(BriefComment.id == comment_id, BriefComment.campaign_id == campaign.id)
    row = session.scalar(query.with_for_update())
    if row is None:
        raise NotFound("brief.comment_unknown")
    return row


def _record(session: Session, campaign: Campaign, act: str, row: BriefComment, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act=act,
        subject_kind="brief_comment",
        subject_id=row.id,
        at=now,
        actor_id=actor.person_id,
        campaign=campaign.id,
    )
