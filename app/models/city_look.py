"""What a city gives for its kit: how it looks, and what its mayor, guests and residents say."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, UtcDateTime, WordsType, enum_type
from app.enums import Accent, QuoteRole
from app.words import Words


class CityLook(Base):
    """How a city shows itself in every campaign: its logo, its accent and its accounts; its names stand in `city`."""

    __tablename__ = "city_look"

    id: Mapped[int] = mapped_column(primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), unique=True)
    logo_artefact_id: Mapped[int | None] = mapped_column(ForeignKey("artefact.id"))
    logo_width_px: Mapped[int | None]  # of an SVG: its own units
    logo_height_px: Mapped[int | None]
    accent: Mapped[Accent | None] = mapped_column(enum_type(Accent))  # None: the campaign's first
    handles: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # by network, as people write them
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CityQuote(Base):
    """What somebody says for their city in one campaign; when it is removed its words and its portrait are erased."""

    __tablename__ = "city_quote"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_city_id: Mapped[int] = mapped_column(ForeignKey("campaign_city.id"), index=True)
    role: Mapped[QuoteRole] = mapped_column(enum_type(QuoteRole))
    name: Mapped[str] = mapped_column(String(120))
    office: Mapped[Words] = mapped_column(WordsType)  # "Mayor of Turin"; may be empty
    text: Mapped[Words] = mapped_column(WordsType)  # what they said, and its translations
    portrait_artefact_id: Mapped[int | None] = mapped_column(ForeignKey("artefact.id"))
    portrait_alt_text: Mapped[str] = mapped_column(String(300))  # may be empty
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the officer said that the person agreed to be shown
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    form_sha256: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)  # sent twice, it is made once
