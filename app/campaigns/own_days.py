"""Days of the year that a network adds itself: a feast of its own that comes again, on a date or on a weekday of a month."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns.calendar_events import MAX_NAME_CHARS
from app.campaigns.days import DayOfTheYear, save_day
from app.campaigns.occasions import campaigns_on
from app.campaigns.queries import international_days
from app.campaigns.year import is_yearly, parse_rule
from app.errors import ErrorKind, NotFound, Refused, RefusedFields
from app.models import InternationalDay, Network
from app.words import Words, choose

LEAP_YEAR = 2028  # 29 February is a day of the year
MAX_LENGTH_DAYS = 31
RESERVED_SLUGS = frozenset({"new"})  # addresses of pages beside those of the days


@dataclass(frozen=True, slots=True)
class OwnDayDraft:
    """What is written down about such a day: either `month` and `day`, or `rule`."""

    names: Words
    month: int
    day: int
    rule: str | None
    length_days: int
    toolkit_slug: str


def own_days(session: Session, actor: Actor) -> list[InternationalDay]:
    """The days that the network added, through the year."""
    managing(actor)
    return [day for day in international_days(session, actor.network_id) if day.proclaimed_by is None]


def own_day(session: Session, actor: Actor, slug: str, *, locked: bool = False) -> InternationalDay:
    """One of them, `locked` until the transaction ends when it will be changed; `day.unknown` for every other."""
    managing(actor)
    query = select(InternationalDay).where(
        InternationalDay.network_id == actor.network_id,
        InternationalDay.slug == slug,
        InternationalDay.proclaimed_by.is_(None),
        InternationalDay.removed_at.is_(None),
    )
    day = session.scalar(query.with_for_update() if locked else query)
    if day is None:
        raise NotFound("day.unknown", day=slug)
    return day


def add_day(
    session: Session,
    draft: OwnDayDraft,
    *,
    toolkits: Collection[str],
    actor: Actor,
    now: datetime,
    form_sha256: str | None = None,
) -> InternationalDay:
    """A new day of the network; one that was removed before and is called the same comes back.

    The form that made a day, sent again, changes nothing.
    """
    managing(actor)
    network = session.get_one(Network, actor.network_id, with_for_update={"key_share": True})
    if form_sha256 is not None:
        there = select(InternationalDay).where(InternationalDay.removed_at.is_(None))
        made = session.scalar(there.where(InternationalDay.form_sha256 == form_sha256))
        if made is not None:
            return made
    check(draft, toolkits=toolkits)
    day = save_day(session, network, _as_day(draft, _free_slug(session, network, draft)), now=now)
    day.form_sha256 = form_sha256
    _record(session, day, "day.added", actor, now)
    return day


def change_day(
    session: Session, day: InternationalDay, draft: OwnDayDraft, *, toolkits: Collection[str], actor: Actor, now: datetime
) -> None:
    """Write a day anew; campaigns that hang on it keep their dates, and what is the same already changes nothing.

    Refuses `day.comes_differently` where a date becomes a weekday's turn, or the other way round: calendars that took it over
    know the one as an event that repeats and the other as an event of each year, and would keep both.
    """
    managing(actor)
    check(draft, toolkits=toolkits)
    was, written = day.sequence, _as_day(draft, day.slug)
    if is_yearly(day) != is_yearly(written):
        raise RefusedFields([Refused("day.comes_differently", field="comes")])
    save_day(session, session.get_one(Network, day.network_id), written, now=now)
    if day.sequence != was:
        _record(session, day, "day.changed", actor, now)


def remove_day(session: Session, day: InternationalDay, *, actor: Actor, now: datetime) -> None:
    """Take a day off the calendar; refuses `day.has_campaign` while a campaign hangs on it."""
    managing(actor)
    hanging = campaigns_on(session, day)
    if hanging:
        titles = ", ".join(f"{choose(each.title, ('en',)).text} ({each.day_on.year})" for each in hanging)
        raise Refused("day.has_campaign", kind=ErrorKind.CONFLICT, campaigns=titles)
    day.removed_at, day.changed_at, day.sequence = now, now, day.sequence + 1
    _record(session, day, "day.removed", actor, now)


def check(draft: OwnDayDraft, *, toolkits: Collection[str]) -> None:
    """Raise every refusal at once."""
    wrong: list[Refused] = []
    for tag, text in draft.names.texts.items():
        if not text.strip():
            wrong.append(Refused("form.required", field=f"name-{tag}"))
        elif len(text) > MAX_NAME_CHARS:
            wrong.append(Refused("form.too_long", field=f"name-{tag}", limit_chars=MAX_NAME_CHARS, actual_chars=len(text)))
    if draft.rule is None and not _is_in_the_year(draft.month, draft.day):
        wrong.append(Refused("day.not_in_the_year", field="day"))
    if not 1 <= draft.length_days <= MAX_LENGTH_DAYS:
        wrong.append(Refused("form.out_of_range", field="length_days", at_least=1, at_most=MAX_LENGTH_DAYS))
    if draft.toolkit_slug not in toolkits:
        wrong.append(Refused("form.not_a_choice", field="toolkit_slug"))
    if wrong:
        raise RefusedFields(wrong)


def _as_day(draft: OwnDayDraft, slug: str) -> DayOfTheYear:
    moving = parse_rule(draft.rule) if draft.rule else None
    return DayOfTheYear(
        slug=slug,
        names=draft.names,
        month=moving.month if moving else draft.month,
        day=moving.earliest_day if moving else draft.day,
        rule=draft.rule,
        length_days=draft.length_days,
        toolkit_slug=draft.toolkit_slug,
    )


def _free_slug(session: Session, network: Network, draft: OwnDayDraft) -> str:
    """That of the name; of a removed own day of this name that came the same way its own again: calendars know it by that."""
    base = slugify(choose(draft.names, ("en",)).text)[:70].strip("-") or "day"
    comes_yearly = is_yearly(_as_day(draft, base))
    taken = RESERVED_SLUGS | {
        day.slug
        for day in international_days(session, network.id, removed=True)
        if day.removed_at is None or day.proclaimed_by is not None or is_yearly(day) != comes_yearly
    }
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _is_in_the_year(month: int, day: int) -> bool:
    try:
        date(LEAP_YEAR, month, day)
    except ValueError:
        return False
    return True


def managing(actor: Actor) -> None:
    """Refuses `forbidden` to whoever does not run the whole network."""
    if not actor.is_manager:
        raise Refused("forbidden", kind=ErrorKind.FORBIDDEN)


def _record(session: Session, day: InternationalDay, act: str, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        network_id=day.network_id,
        act=act,
        subject_kind="international_day",
        subject_id=day.id,
        at=now,
        actor_id=actor.person_id,
    )
