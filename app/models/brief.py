"""The brief of a campaign while its cities read it: versions, comments, and who has read what."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime


class BriefVersion(Base):
    """What the brief said from one moment to the next; it is never changed."""

    __tablename__ = "brief_version"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]  # 1, 2, ...
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # the campaign's fields as they stood
    note: Mapped[str] = mapped_column(String(500))  # what changed, in the words of who changed it; may be empty
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: a step of the time-line
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BriefComment(Base):
    """What somebody of an invited city, or of the working group, says about the brief."""

    __tablename__ = "brief_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    version: Mapped[int]  # the number of the version it was written about
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    city_id: Mapped[int | None] = mapped_column(
        ForeignKey("city.id")
    )  # for which city; None: for the working group or the network
    about: Mapped[str] = mapped_column(String(40))  # the name of a field of the brief; empty: the whole
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the manager has dealt with it
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken back by who wrote it; then text is empty
    form_sha256: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)  # sent twice, it is made once


class BriefReading(Base):
    """Somebody opened this version of the brief, for the first time at this moment."""

    __tablename__ = "brief_reading"
    __table_args__ = (UniqueConstraint("campaign_id", "person_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkingGroupMember(Base):
    """Somebody of the desk who prepares this campaign with the manager, whatever their city."""

    __tablename__ = "working_group_member"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
