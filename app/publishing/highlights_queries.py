"""The best moments as everybody may see them at this moment."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import Purpose
from app.models import Campaign, City, Highlight, Submission
from app.publishing.queries import PublicVoice, read_voices
from app.submissions.queries import visible


def best_moments(session: Session, campaign: Campaign) -> list[PublicVoice]:
    """The best moments in the order in which they were hung."""
    query = (
        select(Submission, City)
        .join(City, City.id == Submission.city_id)
        .join(Highlight, (Highlight.submission_id == Submission.id) & (Highlight.campaign_id == Submission.campaign_id))
        .where(Submission.campaign_id == campaign.id, visible(Purpose.CAMPAIGN_PAGES))
        .order_by(Highlight.position, Highlight.id)
    )
    return read_voices(session, query)


def has_best_moments(session: Session, campaign: Campaign) -> bool:
    """Whether there is anything to see."""
    query = select(Highlight.id).join(Submission, Submission.id == Highlight.submission_id)
    shown = (Highlight.campaign_id == campaign.id, visible(Purpose.CAMPAIGN_PAGES))
    return session.scalar(query.where(*shown).limit(1)) is not None
