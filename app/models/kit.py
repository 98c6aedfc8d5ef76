"""What kits are made of: which drafts are handed out, the numbered versions of a campaign, and who took what."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime, WordsType
from app.words import Words


class TextRelease(Base):
    """A toolkit's texts in one language are handed out by a network although no speaker of it has read them yet."""

    __tablename__ = "text_release"
    __table_args__ = (
        Index(
            "uq_text_release_active",
            "network_id",
            "toolkit_slug",
            "language",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    toolkit_slug: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(35))
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: handed out before anybody had to say so
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KitVersion(Base):
    """A toolkit as it was published to a campaign; it is never changed."""

    __tablename__ = "kit_version"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]  # 1, 2, ...
    note: Mapped[Words] = mapped_column(WordsType)  # what changed, as it was written; that of the first may be empty
    toolkit_slug: Mapped[str] = mapped_column(String(80))
    toolkit_version: Mapped[int | None]  # the designer's own number
    # the frozen folder; None: the campaign ran before there were versions, and the first worker that starts freezes it
    artefact_id: Mapped[int | None] = mapped_column(ForeignKey("artefact.id"))
    files_sha256: Mapped[str | None] = mapped_column(String(64))  # of all paths and contents
    embargoed: Mapped[list[str]] = mapped_column(JSON)  # groups of pieces that wait for each city's own day
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class KitTaking(Base):
    """Somebody took a kit, or one piece of it, for a city."""

    __tablename__ = "kit_taking"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_city_id: Mapped[int] = mapped_column(ForeignKey("campaign_city.id"), index=True)
    kit_version_id: Mapped[int] = mapped_column(ForeignKey("kit_version.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    path: Mapped[str | None] = mapped_column(String(200))  # None: all of it
    languages: Mapped[list[str]] = mapped_column(JSON)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CardWish(Base):
    """Somebody wants the cards of a city's countdown by mail, on the days on which the time-line puts them out."""

    __tablename__ = "card_wish"

    campaign_city_id: Mapped[int] = mapped_column(ForeignKey("campaign_city.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    wished_at: Mapped[datetime] = mapped_column(UtcDateTime)
