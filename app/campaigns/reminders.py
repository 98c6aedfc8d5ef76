"""Reminds cities of what they miss: planned and shown first, then one mail for each of their people."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app import audit, mail
from app.accounts.actor import Actor
from app.accounts.queries import cities_where
from app.campaigns.access import may_anywhere
from app.campaigns.missing import Point, remindable
from app.campaigns.missing_queries import REMINDED, CityStanding, standings
from app.campaigns.reminder_letters import CityReminder, reminder
from app.campaigns.service import locked
from app.enums import MailState, Permission
from app.errors import ErrorKind, Refused
from app.models import Campaign, City, Mail, Network, Person

REASON = "reminder"
QUIET_TIME = timedelta(hours=12)  # nobody is reminded twice within it


@dataclass(frozen=True, slots=True)
class PersonReminder:
    """One mail: to whom, and about which cities."""

    person: Person
    cities: Sequence[CityReminder]


@dataclass(frozen=True, slots=True)
class ReminderPlan:
    """Who is written to, and where nobody is, by the reason."""

    people: Sequence[PersonReminder]
    just_reminded: Sequence[PersonReminder]  # written to within the quiet time: not again
    unreachable: Sequence[CityReminder]  # nobody at the desk: they can only be called
    resting: Sequence[City]
    complete: Sequence[City]  # they miss nothing that a mail could be about

    @property
    def cities(self) -> list[CityReminder]:
        """The cities that are reminded, by slug."""
        found = {each.city.id: each for person in self.people for each in person.cities}
        return sorted(found.values(), key=lambda each: each.city.slug)


def plan_of(ticked: Sequence[CityStanding], recent: Collection[int]) -> ReminderPlan:
    """What reminding these cities comes to; `recent` are the people who were reminded within the quiet time."""
    cities_of: dict[int, list[CityReminder]] = {}
    people: dict[int, Person] = {}
    unreachable, resting, complete = [], [], []
    for each in ticked:
        reminded = CityReminder(each.city, remindable(each.missing), each.cells)
        if each.rests:
            resting.append(each.city)
        elif not each.missing:
            complete.append(each.city)
        elif not each.officers:
            unreachable.append(CityReminder(each.city, each.missing, each.cells))
        else:
            for person in each.officers:
                people[person.id] = person
                cities_of.setdefault(person.id, []).append(reminded)
    letters = [PersonReminder(person, cities_of[person.id]) for person in people.values()]
    return ReminderPlan(
        people=[each for each in letters if each.person.id not in recent],
        just_reminded=[each for each in letters if each.person.id in recent],
        unreachable=unreachable,
        resting=resting,
        complete=complete,
    )


def planned_reminders(
    session: Session, campaign: Campaign, city_slugs: Collection[str], *, actor: Actor, now: datetime, key: str | None = None
) -> ReminderPlan:
    """What reminding the ticked cities would do; it changes nothing.

    Of the ticked ones only those count that are this person's; nobody is written to twice with one `key`. Refuses `forbidden` and
    `campaign.not_open`.
    """
    may_anywhere(actor)
    if not campaign.status.is_running:
        raise Refused("campaign.not_open", kind=ErrorKind.CONFLICT)
    theirs = cities_where(actor, Permission.MANAGE_CAMPAIGNS)
    ticked = standings(session, campaign, theirs & City.slug.in_(city_slugs), now=now)
    return plan_of(ticked, recently_reminded(session, campaign, key=key, now=now))


def remind(
    session: Session,
    campaign: Campaign,
    city_slugs: Collection[str],
    *,
    token: str,
    actor: Actor,
    now: datetime,
    base_url: str,
) -> ReminderPlan:
    """Write to the people of the ticked cities, as `planned_reminders` says; the same form sends nothing twice."""
    may_anywhere(actor)
    locked(session, campaign)
    key = f"form:{hashlib.sha256(token.encode()).hexdigest()[:16]}"
    plan = planned_reminders(session, campaign, city_slugs, actor=actor, now=now, key=key)
    send_reminders(session, campaign, plan, key=key, actor=actor, now=now, base_url=base_url)
    return plan


def send_reminders(
    session: Session, campaign: Campaign, plan: ReminderPlan, *, key: str, actor: Actor | None, now: datetime, base_url: str
) -> None:
    """Send the mails of a plan, each once for its key, and put on record which city was reminded of what."""
    network = session.get_one(Network, campaign.network_id)
    for each in plan.people:
        mail.send(
            session,
            network_id=network.id,
            person=each.person,
            reason=REASON,
            written=reminder(campaign, network, each.person, each.cities, base_url=base_url),
            idempotency_key=f"{_key_of(campaign, each.person.id)}{key}",
            now=now,
        )
    for reminded in plan.cities:
        audit.record(
            session,
            network_id=network.id,
            act=REMINDED,
            subject_kind="campaign",
            subject_id=campaign.id,
            at=now,
            actor_id=actor.person_id if actor else None,
            city=reminded.city.id,
            points=points_code(reminded.points),
            people=[each.person.id for each in plan.people if reminded in each.cities],
        )


def points_code(points: Sequence[Point]) -> str:
    """Points as they stand on record."""
    return ",".join(points)


def recently_reminded(session: Session, campaign: Campaign, *, key: str | None, now: datetime) -> set[int]:
    """The people who were written to about this campaign with this key, or within the quiet time and not in vain."""
    lately = and_(Mail.created_at > now - QUIET_TIME, Mail.state != MailState.FAILED)
    query = select(Mail.person_id).where(
        Mail.network_id == campaign.network_id,
        Mail.reason == REASON,
        Mail.idempotency_key.startswith(f"{REASON}:{campaign.id}:", autoescape=True),
        lately if key is None else or_(lately, Mail.idempotency_key.endswith(f":{key}", autoescape=True)),
    )
    return set(session.scalars(query))


def _key_of(campaign: Campaign, person_id: int) -> str:
    return f"{REASON}:{campaign.id}:{person_id}:"
