"""What is assembled from many contributions, its earlier versions, and how far the making of it is."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime, enum_type
from app.enums import ProductionKind


class Production(Base):
    """The current work of a kind at one place; a new version takes the row and its address."""

    __tablename__ = "production"
    __table_args__ = (
        Index(
            "uq_production_city",
            "campaign_id",
            "city_id",
            "kind",
            unique=True,
            sqlite_where=text("city_id IS NOT NULL"),
            postgresql_where=text("city_id IS NOT NULL"),
        ),
        Index(
            "uq_production_campaign",
            "campaign_id",
            "kind",
            unique=True,
            sqlite_where=text("city_id IS NULL"),
            postgresql_where=text("city_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)  # stands in the address of its file
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id"))
    kind: Mapped[ProductionKind] = mapped_column(enum_type(ProductionKind))
    version: Mapped[int]
    final_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # nothing decided later is added; what is withdrawn still goes
    artefact_id: Mapped[int | None] = mapped_column(ForeignKey("artefact.id"))  # None: nothing to show
    poster_artefact_id: Mapped[int | None] = mapped_column(
        ForeignKey("artefact.id")
    )  # a film's still picture, a collage's small copy
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    duration_s: Mapped[float | None]
    contributions: Mapped[int]  # how many are in it
    built_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # it waits to be made, or is being made
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # it is being made since
    share_done: Mapped[float] = mapped_column(default=0.0)  # 0 to 1, of what is being made
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # somebody had the making stop; what stood before stands
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure_code: Mapped[str | None] = mapped_column(String(60))
    failure_params: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ProductionFile(Base):
    """Another file of a work beside its main one: another shape of a film, its captions, a poster for print."""

    __tablename__ = "production_file"
    __table_args__ = (UniqueConstraint("production_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    production_id: Mapped[int] = mapped_column(ForeignKey("production.id"))
    name: Mapped[str] = mapped_column(String(40))  # stands in its address behind that of the work
    artefact_id: Mapped[int] = mapped_column(ForeignKey("artefact.id"), index=True)
    language: Mapped[str | None] = mapped_column(String(35))  # of captions, BCP 47
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    duration_s: Mapped[float | None]


class ProductionVersion(Base):
    """A version that another one replaced, kept for the desk while everybody in it agrees; never public."""

    __tablename__ = "production_version"
    __table_args__ = (UniqueConstraint("production_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    production_id: Mapped[int] = mapped_column(ForeignKey("production.id"))
    number: Mapped[int]
    artefact_id: Mapped[int] = mapped_column(ForeignKey("artefact.id"), index=True)
    contributions: Mapped[int]
    duration_s: Mapped[float | None]
    was_final: Mapped[bool]
    built_at: Mapped[datetime] = mapped_column(UtcDateTime)
