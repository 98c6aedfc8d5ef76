"""The brief of a campaign until it is fixed: its versions, and who has read which."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.brief_fields import CONTENT_FIELDS
from app.campaigns.draft import CampaignDraft
from app.enums import CampaignStatus
from app.models import BriefReading, BriefVersion, Campaign, Person
from app.words import Words

MAX_NOTE_CHARS = 500
NOT_FIXED = frozenset({CampaignStatus.DRAFT, CampaignStatus.PREPARING})


def is_fixed(campaign: Campaign) -> bool:
    """Whether nobody comments on it any more."""
    return campaign.status not in NOT_FIXED


def content_of(written: Campaign | CampaignDraft) -> dict[str, Any]:
    """What the brief says now, or would say, as it is kept with a version; words without any text are left out."""
    return {name: _kept(getattr(written, name)) for name in CONTENT_FIELDS}


def keep_version(session: Session, campaign: Campaign, *, note: str, person_id: int | None, now: datetime) -> BriefVersion:
    """Keep what the brief says as a new version when that is not what the last one says; the version that stands.

    The caller holds the campaign locked; without a person it is a step of the time-line that keeps it.
    """
    session.flush()
    last = latest_version(session, campaign.id)
    content = content_of(campaign)
    if last is not None and last.content == content:
        return last
    version = BriefVersion(
        campaign_id=campaign.id,
        number=last.number + 1 if last else 1,
        content=content,
        note=note[:MAX_NOTE_CHARS],
        person_id=person_id,
        created_at=now,
    )
    session.add(version)
    session.flush()
    return version


def latest_version(session: Session, campaign_id: int) -> BriefVersion | None:
    """The version that stands; None while the campaign is a draft that nobody else has seen."""
    query = select(BriefVersion).where(BriefVersion.campaign_id == campaign_id).order_by(BriefVersion.number.desc())
    return session.scalars(query.limit(1)).first()


def has_read(session: Session, campaign_id: int, *, person_id: int, version: int) -> bool:
    """Whether this person has opened this version before."""
    query = select(BriefReading.id).where(
        BriefReading.campaign_id == campaign_id, BriefReading.person_id == person_id, BriefReading.version == version
    )
    return session.scalar(query) is not None


def read(session: Session, campaign_id: int, *, person_id: int, version: int, now: datetime) -> None:
    """This person has opened this version of the brief; only the first time is kept."""
    # the page opened twice at the same moment must not be read twice
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    if not has_read(session, campaign_id, person_id=person_id, version=version):
        session.add(BriefReading(campaign_id=campaign_id, person_id=person_id, version=version, read_at=now))


def _kept(value: Any) -> Any:
    if isinstance(value, Words):
        return {"source": value.source, "texts": {tag: text for tag, text in value.texts.items() if text}}
    if isinstance(value, list | tuple):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
