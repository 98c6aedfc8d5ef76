"""International days, campaigns, and the cities that take part."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.clock import utc_now
from app.db.base import Base, UtcDateTime, WordsType, enum_type
from app.enums import CampaignStatus, CountsTo, PauseReason, Phase, SubmissionKind
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
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken off the calendar; it stays, as cancelled
    form_sha256: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)  # sent twice, it is made once


class Campaign(Base):
    """One campaign of the network, or of one of its chapters, on a day of the year or on a day of its own."""

    __tablename__ = "campaign"
    __table_args__ = (
        UniqueConstraint("network_id", "slug"),
        CheckConstraint("(international_day_id IS NULL) <> (calendar_event_id IS NULL)", name="one_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("chapter.id"))  # whose cities it is for; None: the network's
    international_day_id: Mapped[int | None] = mapped_column(ForeignKey("international_day.id"))
    calendar_event_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_event.id"))  # a day of one's own: its launch
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[Words] = mapped_column(WordsType)
    message: Mapped[Words] = mapped_column(WordsType)
    objective: Mapped[Words] = mapped_column(WordsType)
    audience: Mapped[Words] = mapped_column(WordsType)  # whom it wants to reach; may be empty
    approach: Mapped[Words] = mapped_column(WordsType)  # how it speaks; may be empty
    question: Mapped[Words] = mapped_column(WordsType)  # what residents are asked, one large line above the form
    hashtag: Mapped[Words] = mapped_column(WordsType)  # with its #
    languages: Mapped[list[str]] = mapped_column(JSON)
    sdgs: Mapped[list[int]] = mapped_column(JSON, default=list)  # Sustainable Development Goals, 1 to 17
    day_on: Mapped[date] = mapped_column(Date)
    pre_day_offset_days: Mapped[int]  # collection opens this many days from the day, e.g. -28
    post_day_offset_days: Mapped[int]  # the last local day of the campaign, e.g. 21
    counts_to: Mapped[CountsTo] = mapped_column(enum_type(CountsTo), default=CountsTo.DAY)
    status: Mapped[CampaignStatus] = mapped_column(enum_type(CampaignStatus))
    phase: Mapped[Phase | None] = mapped_column(enum_type(Phase))  # None in draft; written by its steps, never backwards
    toolkit_slug: Mapped[str] = mapped_column(String(80))
    kinds: Mapped[list[str]] = mapped_column(JSON)  # SubmissionKind values that may be sent
    formats: Mapped[list[str]] = mapped_column(JSON)  # shared formats, by the names of media_pipeline.formats
    max_clip_s: Mapped[int]  # of a clip or a sound the first part of this length is kept
    max_text_chars: Mapped[int]
    collects_elsewhere: Mapped[bool] = mapped_column(default=False)  # also from people outside the network's cities
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    originals_until_on: Mapped[date | None] = mapped_column(Date)  # set when it closes: then what people's phones sent is erased
    form_sha256: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)  # sent twice, it is made once

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
    collection_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # written by its steps, as the phase is
    collection_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    spotlit_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    thanked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
