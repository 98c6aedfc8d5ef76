"""What people decide about works: order, pins and drops of a city's film, the plan of a joint film, translations, highlights."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime


class FilmArrangement(Base):
    """What a city's officers decided about its film; without a row everything is as it comes."""

    __tablename__ = "film_arrangement"
    __table_args__ = (UniqueConstraint("campaign_id", "city_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), index=True)
    order: Mapped[list[int]] = mapped_column("submission_order", JSON, default=list)  # of submissions
    pinned: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # submission to its place among the shots, from 1
    dropped: Mapped[list[int]] = mapped_column(JSON, default=list)  # submissions that are not in it
    budget_s: Mapped[int | None]  # None: as long as it takes
    formats: Mapped[list[str]] = mapped_column(JSON, default=list)  # in which it is made beside its own
    captions_language: Mapped[str | None] = mapped_column(String(35))  # under the original words; None: these alone
    with_music: Mapped[bool] = mapped_column(default=False)  # the toolkit's bed
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class JointFilmPlan(Base):
    """What the manager decided about a campaign's joint film, and which city came first in it."""

    __tablename__ = "joint_film_plan"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    budget_s: Mapped[int]  # of the whole cut
    card_only: Mapped[list[int]] = mapped_column(JSON, default=list)  # cities of which only the name is seen
    quotes: Mapped[list[int]] = mapped_column(JSON, default=list)  # guests of honour, in their order
    captions_language: Mapped[str | None] = mapped_column(String(35))
    with_music: Mapped[bool] = mapped_column(default=False)
    opened_city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id"))  # the first city of the film that stands
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Translation(Base):
    """What somebody says or writes, in another language; a named person answers for it."""

    __tablename__ = "translation"
    __table_args__ = (UniqueConstraint("submission_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    language: Mapped[str] = mapped_column(String(35))  # BCP 47
    text: Mapped[str] = mapped_column(Text)
    original_sha256: Mapped[str] = mapped_column(String(64))  # of the words that it translates; others need another
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Highlight(Base):
    """A contribution that the manager chose as one of the best moments."""

    __tablename__ = "highlight"
    __table_args__ = (UniqueConstraint("campaign_id", "submission_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    position: Mapped[int]  # in the film and on the page, from 1
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    chosen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CollagePlan(Base):
    """How the manager wants a campaign's collage laid out; without a row as its toolkit says first."""

    __tablename__ = "collage_plan"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    layout: Mapped[str] = mapped_column(String(40))  # one of the toolkit's
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CollagePlace(Base):
    """Where a contribution is in the zoomable collage; a place that somebody left stays empty until another one comes."""

    __tablename__ = "collage_place"
    __table_args__ = (UniqueConstraint("campaign_id", "place"), UniqueConstraint("campaign_id", "submission_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    place: Mapped[int]  # from 0, row by row
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
