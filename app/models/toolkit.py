"""Toolkits as a network or a chapter has them: their own variants, what the gate found, and what waits to be published."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime, WordsType, enum_type
from app.enums import CheckState
from app.words import Words


class ToolkitCheck(Base):
    """A toolkit as it is, and what the gate found in it with the names of the network's cities; the same twice is one row."""

    __tablename__ = "toolkit_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)  # hash of the files, of the cities' names and of what is measured
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    toolkit_slug: Mapped[str] = mapped_column(String(80))
    artefact_id: Mapped[int] = mapped_column(ForeignKey("artefact.id"))  # the folder, frozen
    files_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[CheckState] = mapped_column(enum_type(CheckState))
    done_count: Mapped[int]  # drawings looked at, of `drawing_count`
    drawing_count: Mapped[int]  # 0: not counted yet
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ToolkitVariant(Base):
    """What a network, or one of its chapters, has of its own in a toolkit; each change is the next number."""

    __tablename__ = "toolkit_variant"
    __table_args__ = (
        Index(
            "uq_toolkit_variant_of_network",
            "network_id",
            "toolkit_slug",
            "number",
            unique=True,
            sqlite_where=text("chapter_id IS NULL"),
            postgresql_where=text("chapter_id IS NULL"),
        ),
        Index(
            "uq_toolkit_variant_of_chapter",
            "chapter_id",
            "toolkit_slug",
            "number",
            unique=True,
            sqlite_where=text("chapter_id IS NOT NULL"),
            postgresql_where=text("chapter_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("chapter.id"))  # None: the network's
    toolkit_slug: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]  # 1, 2, ...
    note: Mapped[str] = mapped_column(String(500))  # what changed, as it was written
    language: Mapped[str | None] = mapped_column(String(35))  # whose texts were corrected; None: files came as a ZIP, or went
    # only what is different from the toolkit beneath; None: nothing is any more
    artefact_id: Mapped[int | None] = mapped_column(ForeignKey("artefact.id"))
    files_sha256: Mapped[str | None] = mapped_column(String(64))
    check_id: Mapped[int | None] = mapped_column(ForeignKey("toolkit_check.id"), index=True)  # None: there is nothing to check
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KitPublication(Base):
    """Somebody wants the toolkit as it is published to a campaign as soon as the gate lets it through."""

    __tablename__ = "kit_publication"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("chapter.id"))  # only the kits of this chapter's cities change
    note: Mapped[Words] = mapped_column(WordsType)
    embargoed: Mapped[list[str]] = mapped_column(JSON)
    check_ids: Mapped[list[int]] = mapped_column(JSON)  # all of them have to be clean
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    refused_code: Mapped[str | None] = mapped_column(String(80))  # why it was not published although all were clean


class KitVersionChapter(Base):
    """What the cities of a chapter with a variant of its own get in a version, in place of the toolkit of the others."""

    __tablename__ = "kit_version_chapter"

    kit_version_id: Mapped[int] = mapped_column(ForeignKey("kit_version.id"), primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapter.id"), primary_key=True)
    artefact_id: Mapped[int] = mapped_column(ForeignKey("artefact.id"))
    files_sha256: Mapped[str] = mapped_column(String(64))
