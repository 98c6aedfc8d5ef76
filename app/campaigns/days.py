"""International days as data, and into a network."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import InternationalDay, Network
from app.words import Words

INTERNATIONAL_DAYS = Path(__file__).parent / "international_days.toml"


@dataclass(frozen=True, slots=True)
class DayOfTheYear:
    """A day that comes every year; without `proclaimed_by` it is a network's own."""

    slug: str
    names: Words
    month: int
    day: int
    toolkit_slug: str
    proclaimed_by: str | None = None
    since_year: int | None = None


def read_days(path: Path = INTERNATIONAL_DAYS) -> Iterator[DayOfTheYear]:
    """The days of the file."""
    for each in tomllib.loads(path.read_text(encoding="utf-8"))["day"]:
        yield DayOfTheYear(
            slug=each["slug"],
            names=Words(each["source"], each["names"]),
            month=each["month"],
            day=each["day"],
            toolkit_slug=each["toolkit"],
            proclaimed_by=each["proclaimed_by"],
            since_year=each["since_year"],
        )


def save_day(session: Session, network: Network, day: DayOfTheYear) -> InternationalDay:
    """The day in this network's calendar; the same slug again updates it."""
    where = (InternationalDay.network_id == network.id, InternationalDay.slug == day.slug)
    row = session.scalar(select(InternationalDay).where(*where))
    if row is None:
        row = InternationalDay(network_id=network.id, slug=day.slug)
        session.add(row)
    row.names, row.month, row.day = day.names, day.month, day.day
    row.proclaimed_by, row.since_year, row.toolkit_slug = day.proclaimed_by, day.since_year, day.toolkit_slug
    session.flush()
    return row


def load_international_days(session: Session, network: Network) -> list[InternationalDay]:
    """Every day of the data file, in this network's calendar."""
    return [save_day(session, network, day) for day in read_days()]
