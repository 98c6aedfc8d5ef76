"""All kits of a campaign drawn ahead, so that nobody waits for a picture: who asked, how far it is, what could not be drawn."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime


class KitRun(Base):
    """The drawing of a campaign's kits; asked for again it is the same row with the next number."""

    __tablename__ = "kit_run"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int]  # counted up each time it is asked for; what an older one still draws is no longer counted
    kit_version_id: Mapped[int] = mapped_column(ForeignKey("kit_version.id"))  # that stood when it was asked for
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    marks: Mapped[list[list[float]]] = mapped_column(JSON)  # of the last minutes: seconds spent on drawing, pieces drawn by then
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it last said how far it is
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # somebody had it stop
    gave_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # it failed too often
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # every city had its turn


class KitRunCity(Base):
    """A city's kit in that drawing."""

    __tablename__ = "kit_run_city"

    campaign_city_id: Mapped[int] = mapped_column(ForeignKey("campaign_city.id"), primary_key=True)
    number: Mapped[int]  # of the drawing in which it was counted
    piece_count: Mapped[int]  # that can be had now; what is under embargo is not among them
    ready_count: Mapped[int]
    failures: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # path, code and params of each that could not be drawn
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # it had its turn
