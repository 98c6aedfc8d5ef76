"""What cities say about their audience."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, UtcDateTime, enum_type
from app.enums import FiguresMoment


class AudienceFigures(Base):
    """A city was asked for its figures of one moment, by a link; empty until it answers, and it may answer again."""

    __tablename__ = "audience_figures"
    __table_args__ = (UniqueConstraint("campaign_city_id", "moment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_city_id: Mapped[int] = mapped_column(ForeignKey("campaign_city.id"))
    moment: Mapped[FiguresMoment] = mapped_column(enum_type(FiguresMoment))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    followers: Mapped[int | None] = mapped_column(BigInteger)  # of all the city's accounts together
    reached: Mapped[int | None] = mapped_column(BigInteger)  # people, or else views, of its posts in these days
    reactions: Mapped[int | None] = mapped_column(BigInteger)  # likes, comments and shares of them


class FiguresLink(Base):
    """A link to the three questions; only its hash is kept, and one that is sent later leaves those sent before as they are."""

    __tablename__ = "figures_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    figures_id: Mapped[int] = mapped_column(ForeignKey("audience_figures.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
