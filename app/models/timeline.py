"""The time-line of a campaign and what became of each step in each place."""

from datetime import date, datetime, time

from sqlalchemy import Date, ForeignKey, Index, String, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime, enum_type
from app.enums import StepClock, StepCondition, StepScope, StepState


class TimelineStep(Base):
    """One line of a campaign's plan: an action, so many days from the day, at a local time."""

    __tablename__ = "timeline_step"
    __table_args__ = (UniqueConstraint("campaign_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    position: Mapped[int]
    action: Mapped[str] = mapped_column(String(40))
    scope: Mapped[StepScope] = mapped_column(enum_type(StepScope))
    offset_days: Mapped[int]
    on_date: Mapped[date | None] = mapped_column(Date)  # a date that stays when the day moves; it goes before offset_days
    local_time: Mapped[time] = mapped_column(Time)
    clock: Mapped[StepClock] = mapped_column(enum_type(StepClock), default=StepClock.LOCAL, server_default="local")
    spread_days: Mapped[int | None]  # one city after the other, over so many days
    condition: Mapped[StepCondition | None] = mapped_column(enum_type(StepCondition))
    condition_count: Mapped[int | None]
    # what the manager decided for all cities, so that it holds for one that joins later
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    skipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moved_offset_days: Mapped[int | None]
    moved_local_time: Mapped[time | None] = mapped_column(Time)
    form_sha256: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)  # sent twice, it is made once


class StepRun(Base):
    """A step in one city, for one chapter, or once for the network; it is claimed by a conditional update, so it is done once."""

    __tablename__ = "step_run"
    __table_args__ = (
        UniqueConstraint("step_id", "campaign_city_id"),
        UniqueConstraint("step_id", "chapter_id"),
        Index(
            "uq_step_run_network",
            "step_id",
            unique=True,
            sqlite_where=text("campaign_city_id IS NULL AND chapter_id IS NULL"),
            postgresql_where=text("campaign_city_id IS NULL AND chapter_id IS NULL"),
        ),
        Index("ix_step_run_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("timeline_step.id"))
    campaign_city_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_city.id"), index=True)
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("chapter.id"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_from_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # what the plan says, where somebody moved it
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # planned, and not done until it is released
    state: Mapped[StepState] = mapped_column(enum_type(StepState))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason_code: Mapped[str | None] = mapped_column(String(60))
    attempts: Mapped[int] = mapped_column(server_default="0", default=0)  # those that failed
    failure_code: Mapped[str | None] = mapped_column(String(60))  # of the last of them
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[dict[str, str | int] | None] = mapped_column(JSON(none_as_null=True))
