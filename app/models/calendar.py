"""Days that a network, a chapter or a city adds to the calendar."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, UtcDateTime, WordsType
from app.words import Words


class CalendarEvent(Base):
    """A feast, an event or a webinar of the network, or of one chapter or city; one that is removed stays, as cancelled."""

    __tablename__ = "calendar_event"
    __table_args__ = (
        CheckConstraint("chapter_id IS NULL OR city_id IS NULL", name="one_place"),
        CheckConstraint("ends_on >= starts_on", name="in_order"),
        Index("ix_calendar_event_network_id_starts_on", "network_id", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("chapter.id"))
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id"))
    uid: Mapped[str] = mapped_column(String(36), unique=True)  # of iCalendar: it never changes
    names: Mapped[Words] = mapped_column(WordsType)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)  # the last day, inclusive
    link: Mapped[str | None] = mapped_column(String(500))  # where to read more, or to take part
    sequence: Mapped[int]  # of iCalendar: it grows with each change
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
