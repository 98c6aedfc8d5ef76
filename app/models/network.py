"""The network, its chapters and its cities."""

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from app.db.base import Base, WordsType
from app.words import Words


class Network(Base):
    """A network of cities; one row now, every slug is unique within it."""

    __tablename__ = "network"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    names: Mapped[Words] = mapped_column(WordsType)
    responsible: Mapped[Words] = mapped_column(WordsType)  # who answers for the data, as the consent form names them
    contact_email: Mapped[str] = mapped_column(String(254))
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC", server_default="UTC")  # IANA; of the network's office


class Chapter(Base):
    """A network inside the network, such as a national one."""

    __tablename__ = "chapter"
    __table_args__ = (UniqueConstraint("network_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    slug: Mapped[str] = mapped_column(String(80))
    names: Mapped[Words] = mapped_column(WordsType)


class City(Base):
    """A member city; the day of a city is the local calendar day in its time zone.

    One that `is_elsewhere` is no city: it stands for people from outside them, in the network or in one chapter.
    """

    __tablename__ = "city"
    __table_args__ = (UniqueConstraint("network_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    slug: Mapped[str] = mapped_column(String(80))
    names: Mapped[Words] = mapped_column(WordsType)
    country: Mapped[str] = mapped_column(String(2))  # ISO 3166-1 alpha-2
    time_zone: Mapped[str] = mapped_column(String(64))  # IANA
    languages: Mapped[list[str]] = mapped_column(JSON)  # BCP 47 tags, the first is the city's first language
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    is_elsewhere: Mapped[bool] = mapped_column(default=False, server_default=false())


class ChapterCity(Base):
    """A city belongs to a chapter; it may belong to several."""

    __tablename__ = "chapter_city"

    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapter.id"), primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), primary_key=True, index=True)
