"""What is assembled from many contributions: a collage of a campaign, a film of a city."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, UtcDateTime, enum_type
from app.enums import ProductionKind


class Production(Base):
    """The current collage or film at one place; a new version takes the row, the old file is erased."""

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
