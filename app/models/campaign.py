"""International days, campaigns, and the cities that take part."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.clock import utc_now
from app.db.base import Base, UtcDateTime, WordsType, enum_type
from app.enums import CampaignStatus, PauseReason, Phase, SubmissionKind
from app.words import Words


class InternationalDay(Base):
    """A day of the year that campaigns hang on: proclaimed for all, or the network's own."""

    __tablename__ = "international_day"
    __table_args__ = (UniqueConstraint("network_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    slug: Mapped[str] = mapped_column(String(80))
    names: Mapped[Words] = mapped_column(WordsType)
    month: Mapped[int]
    day: Mapped[int]  # of one that moves, its earliest
    rule: Mapped[str | None] = mapped_column(String(60))  # of one that moves: "first monday of october"
    length_days: Mapped[int] = mapped_column(default=1)  # 7: a week
    proclaimed_by: Mapped[str | None] = mapped_column(String(120))  # None: the network's own day
    since_year: Mapped[int | None]
    toolkit_slug: Mapped[str] = mapped_column(String(80))  # the toolkit offered first to a campaign on this day
    sequence: Mapped[int] = mapped_column(default=0)  # of iCalendar: it grows with each change
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Campaign(Base):
    """One campaign of the network on one day."""

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("network_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    international_day_id: Mapped[int] = mapped_column(ForeignKey("international_day.id"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[Words] = mapped_column(WordsType)
    message: Mapped[Words] = mapped_column(WordsType)
    objective: Mapped[Words] = mapped_column(WordsType)
    question: Mapped[Words] = mapped_column(WordsType)  # what residents are asked, one large line above the form
    hashtag: Mapped[Words] = mapped_column(WordsType)  # with its #
    languages: Mapped[list[str]] = mapped_column(JSON)
    day_on: Mapped[date] = mapped_column(Date)
    pre_day_offset_days: Mapped[int]  # collection opens this many days from the day, e.g. -28
    post_day_offset_days: Mapped[int]  # the last local day of the campaign, e.g. 21
    status: Mapped[CampaignStatus] = mapped_column(enum_type(CampaignStatus))
    phase: Mapped[Phase | None] = mapped_column(enum_type(Phase))  # None in draft; written by its steps, never backwards
    toolkit_slug: Mapped[str] = mapped_column(String(80))
    kinds: Mapped[list[str]] = mapped_column(JSON)  # SubmissionKind values that may be sent
    formats: Mapped[list[str]] = mapped_column(JSON)  # shared formats, by the names of media_pipeline.formats
    max_clip_s: Mapped[int]  # of a clip or a sound the first part of this length is kept
    max_text_chars: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def allows(self, kind: SubmissionKind) -> bool:
        """Whether the campaign takes this kind."""
        return kind.value in self.kinds


class CampaignCity(Base):
    """A city in a campaign: invited, then joined; its phase is written by its steps."""

    __tablename__ = "campaign_city"
    __table_args__ = (UniqueConstraint("campaign_id", "city_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), index=True)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    phase: Mapped[Phase] = mapped_column(enum_type(Phase))
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its steps wait until the city resumes
    pause_reason: Mapped[PauseReason | None] = mapped_column(enum_type(PauseReason))
    pause_note: Mapped[str | None] = mapped_column(String(500))  # for the desk alone
