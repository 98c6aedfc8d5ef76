"""Texts that no speaker of their language has read are drafts: left out of kits until a network releases them, all the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns.access import may_anywhere
from app.enums import CampaignStatus
from app.errors import ErrorKind, Refused
from app.kits.loading import toolkit_at
from app.kits.rules import shared_languages, text_languages
from app.kits.sources import city_roots
from app.kits.toolkit import Toolkit
from app.models import Campaign, CampaignCity, City, Network, Person, TextRelease
from app.runtime import Runtime

ACTIVE = TextRelease.withdrawn_at.is_(None)


@dataclass(frozen=True, slots=True)
class KitChange:
    """What a release, or taking it back, changes: the kits of so many cities, in these campaigns."""

    city_count: int
    campaigns: Sequence[Campaign]


def usable_languages(toolkit: Toolkit, released: Iterable[str]) -> list[str]:
    """The languages whose texts are handed out: read by a speaker, or released as they are."""
    known = set(released)
    return sorted(tag for tag, texts in toolkit.texts.items() if not texts.is_draft or tag in known)


def released_for(session: Session, network_id: int, toolkit_slug: str) -> frozenset[str]:
    """The languages that a network has released of a toolkit."""
    return frozenset(releases_of(session, network_id, toolkit_slug))


def releases_of(session: Session, network_id: int, toolkit_slug: str) -> dict[str, tuple[TextRelease, Person | None]]:
    """What is released of a toolkit, by language, with whoever did it."""
    query = (
        select(TextRelease, Person)
        .outerjoin(Person, Person.id == TextRelease.released_by_id)
        .where(TextRelease.network_id == network_id, TextRelease.toolkit_slug == toolkit_slug, ACTIVE)
        .order_by(TextRelease.language)
    )
    return {release.language: (release, person) for release, person in session.execute(query)}


def release(session: Session, toolkit: Toolkit, language: str, *, actor: Actor, now: datetime) -> None:
    """Hand out a draft; refuses `forbidden`, `toolkit.no_such_language` and `toolkit.not_a_draft`. Twice is once."""
    _may_decide(toolkit, language, actor)
    _lock(session, actor.network_id)
    if language in released_for(session, actor.network_id, toolkit.slug):
        return
    row = TextRelease(
        network_id=actor.network_id,
        toolkit_slug=toolkit.slug,
        language=language,
        released_by_id=actor.person_id,
        released_at=now,
    )
    session.add(row)
    session.flush()
    _record(session, "text.released", row, actor, now)


def take_back(session: Session, toolkit: Toolkit, language: str, *, actor: Actor, now: datetime) -> None:
    """Leave a draft out of kits again; what was taken before stays with whoever has it. Twice is once."""
    _may_decide(toolkit, language, actor)
    _lock(session, actor.network_id)
    found = releases_of(session, actor.network_id, toolkit.slug).get(language)
    if found is None:
        return
    found[0].withdrawn_at = now
    _record(session, "text.taken_back", found[0], actor, now)


def foreseen(session: Session, runtime: Runtime, toolkit: Toolkit, language: str, *, network_id: int) -> KitChange:
    """What it changes to release a draft that is not released, or to take back one that is, in what is published to cities."""
    released = released_for(session, network_id, toolkit.slug)
    query = (
        select(Campaign, City)
        .join(CampaignCity, CampaignCity.campaign_id == Campaign.id)
        .join(City, City.id == CampaignCity.city_id)
        .where(_running(network_id, toolkit.slug), CampaignCity.joined_at.is_not(None), City.is_elsewhere.is_(False))
        .order_by(Campaign.day_on, Campaign.slug, City.id)
    )
    campaigns, changed = list[Campaign](), set[int]()
    for campaign, found in groupby(session.execute(query), key=lambda row: row[0]):
        cities = [city for _campaign, city in found]
        roots = city_roots(session, runtime, campaign, [city.id for city in cities])
        cities = [city for city in cities if roots[city.id][0] == toolkit.slug]  # what is published may be another one still
        own = {city.id for city in cities if _changes(roots[city.id], campaign, city, language, released)}
        changed |= own
        campaigns += [campaign] if own else []
    return KitChange(len(changed), campaigns)


def without_language(session: Session, slug: str, language: str, *, network_id: int) -> list[Campaign]:
    """The running campaigns with this toolkit, where none of them has the language among its own; the earliest day first."""
    running = list(session.scalars(select(Campaign).where(_running(network_id, slug)).order_by(Campaign.day_on, Campaign.slug)))
    spoken = {tag.split("-")[0] for campaign in running for tag in campaign.languages}
    return [] if language.split("-", maxsplit=1)[0] in spoken else running


def _running(network_id: int, slug: str) -> ColumnElement[bool]:
    return and_(
        Campaign.network_id == network_id,
        Campaign.toolkit_slug == slug,
        Campaign.status.in_((CampaignStatus.PREPARING, CampaignStatus.OPEN)),
    )


def _changes(drawn_from: tuple[str, Path], campaign: Campaign, city: City, language: str, released: frozenset[str]) -> bool:
    """Whether the texts of a city's kit are in other languages when the language is released, or is not any more."""
    try:
        toolkit = toolkit_at(*drawn_from)
    except Refused:  # no kit can be drawn of it, whatever is released
        return False
    shared = shared_languages(campaign.languages, city.languages)
    usable = [usable_languages(toolkit, each) for each in (released, released ^ {language})]
    before, after = (text_languages(shared, each, toolkit.manifest.source_language) for each in usable)
    return before != after


def _may_decide(toolkit: Toolkit, language: str, actor: Actor) -> None:
    may_anywhere(actor)
    texts = toolkit.texts.get(language)
    if texts is None:
        raise Refused("toolkit.no_such_language", kind=ErrorKind.NOT_FOUND, language=language)
    if not texts.is_draft:
        raise Refused("toolkit.not_a_draft", kind=ErrorKind.CONFLICT)


def _lock(session: Session, network_id: int) -> None:
    """One decision at a time: two who release at the same moment make one row."""
    session.execute(select(Network.id).where(Network.id == network_id).with_for_update(key_share=True))


def _record(session: Session, act: str, row: TextRelease, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        network_id=row.network_id,
        act=act,
        subject_kind="text_release",
        subject_id=row.id,
        at=now,
        actor_id=actor.person_id,
        toolkit=row.toolkit_slug,
        language=row.language,
    )
