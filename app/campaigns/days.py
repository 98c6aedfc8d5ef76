"""Days of the year: the international ones as data, into a network, and those that a network adds itself."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.year import parse_rule
from app.models import InternationalDay, Network
from app.web.i18n import _
from app.words import Words

INTERNATIONAL_DAYS = Path(__file__).parent / "international_days.toml"

PROCLAIMED_BY = (  # so that pages can say them in their language; some are called the same everywhere
    _("United Nations"),
    _("UNESCO"),
    _("UNAIDS"),
    _("Council of Europe"),
    _("European Commission"),
    _("European Council"),
    _("IDAHO Committee"),
    _("International Romani Union"),
    _("Organisation of African Unity"),
)


@dataclass(frozen=True, slots=True)
class DayOfTheYear:
    """A day, or a week, that comes every year; without `proclaimed_by` it is a network's own."""

    slug: str
    names: Words
    month: int
    day: int  # of one that moves, its earliest
    toolkit_slug: str
    proclaimed_by: str | None = None
    since_year: int | None = None
    rule: str | None = None
    length_days: int = 1


def read_days(path: Path = INTERNATIONAL_DAYS) -> Iterator[DayOfTheYear]:
    """The days of the file."""
    for each in tomllib.loads(path.read_text(encoding="utf-8"))["day"]:
        moving = parse_rule(each["rule"]) if "rule" in each else None
        yield DayOfTheYear(
            slug=each["slug"],
            names=Words(each["source"], each["names"]),
            month=moving.month if moving else each["month"],
            day=moving.earliest_day if moving else each["day"],
            rule=each.get("rule"),
            length_days=each.get("length_days", 1),
            toolkit_slug=each["toolkit"],
            proclaimed_by=each["proclaimed_by"],
            since_year=each["since_year"],
        )


def save_day(session: Session, network: Network, day: DayOfTheYear, *, now: datetime) -> InternationalDay:
    """The day in this network's calendar; the same slug again updates it, and what did not change stays as it was."""
    where = (InternationalDay.network_id == network.id, InternationalDay.slug == day.slug)
    row = session.scalar(select(InternationalDay).where(*where))
    facts = {
        "names": day.names,
        "month": day.month,
        "day": day.day,
        "rule": day.rule,
        "length_days": day.length_days,
        "proclaimed_by": day.proclaimed_by,
        "since_year": day.since_year,
        "toolkit_slug": day.toolkit_slug,
        "removed_at": None,
    }
    if row is None:
        row = InternationalDay(network_id=network.id, slug=day.slug, sequence=0, changed_at=now, **facts)
        session.add(row)
    elif any(getattr(row, name) != value for name, value in facts.items()):
        for name, value in facts.items():
            setattr(row, name, value)
        row.sequence, row.changed_at = row.sequence + 1, now
    session.flush()
    return row


def load_international_days(session: Session, network: Network, *, now: datetime) -> list[InternationalDay]:
    """Every day of the data file, in this network's calendar."""
    return [save_day(session, network, day, now=now) for day in read_days()]
