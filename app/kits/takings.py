"""Who took what of a campaign's kits, and what is new for a city since it took its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.queries import cities_in
from app.kits.changes import Changes, compare
from app.kits.order import KitOrder, News
from app.kits.toolkit import load_toolkit
from app.kits.version_parts import History, history_of, root_of
from app.models import CampaignCity, ChapterCity, City, KitTaking, KitVersion, Person
from app.runtime import Runtime

SAME_TAKING_S = 3600  # a browser that asks twice, a download begun again
MOST_SHOWN = 50  # of one city: a page of all cities has to open


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody took something of a version."""

    taking: KitTaking
    version: KitVersion
    person: Person


@dataclass(frozen=True, slots=True)
class CityTaking:
    """What a city took."""

    city: City
    whole: Taken | None  # the last time that somebody took all of it
    piece: Taken | None  # the last piece that was taken alone since then
    piece_count: int  # how many different ones
    is_older: bool  # something changed there since the whole kit, or before there was one the last piece, was taken
    latest: Sequence[Taken]  # all there is to show, the newest first
    more_count: int  # older ones that are not shown


def taken_numbers(session: Session, campaign_id: int, *, before: int) -> dict[int, int]:
    """The newest version older than `before` that each city took, by the city's place in the campaign."""
    query = (
        select(KitTaking.campaign_city_id, func.max(KitVersion.number))
        .join(KitVersion, KitVersion.id == KitTaking.kit_version_id)
        .where(KitVersion.campaign_id == campaign_id, KitVersion.number < before)
        .group_by(KitTaking.campaign_city_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def notes_between(history: History, city_id: int, taken: int, number: int) -> list[News]:
    """What changed for a city after one version up to another, the oldest first."""
    return [News(each.number, each.note) for each in history.news_for(city_id) if taken < each.number <= number]


def news_for(session: Session, place: CampaignCity, version: KitVersion) -> tuple[News, ...]:
    """The notes since the version that a city took before this one, the oldest first; none where it took none."""
    taken = taken_numbers(session, version.campaign_id, before=version.number).get(place.id)
    if taken is None:
        return ()
    return tuple(notes_between(history_of(session, version.campaign_id), place.city_id, taken, version.number))


def changes_since_taken(session: Session, runtime: Runtime, campaign_city_id: int, order: KitOrder) -> Changes | None:
    """What is different for a city, in its languages, since the version that it took before; None where nobody can tell."""
    number = order.version or 0
    taken = taken_numbers(session, order.campaign.id, before=number).get(campaign_city_id)
    query = select(KitVersion).where(KitVersion.campaign_id == order.campaign.id, KitVersion.number == taken)
    version = session.scalars(query).first() if taken is not None else None
    if version is None or version.files_sha256 is None:
        return None
    root = root_of(session, runtime, version, order.city.id)
    languages = {*order.picture_languages, *order.text_languages}
    return compare(load_toolkit(version.toolkit_slug, root), order.toolkit).within(languages)


def has_taken(session: Session, campaign_city_id: int, number: int) -> bool:
    """Whether somebody of a city took this version or a piece of it, or an older one since which nothing changed there."""
    place = session.get_one(CampaignCity, campaign_city_id)
    taken = taken_numbers(session, place.campaign_id, before=number + 1).get(campaign_city_id)
    if taken is None or taken == number:
        return taken == number
    return not notes_between(history_of(session, place.campaign_id), place.city_id, taken, number)


def note_taking(
    session: Session,
    place: CampaignCity,
    version_number: int,
    *,
    person_id: int,
    path: str | None,
    languages: Sequence[str],
    now: datetime,
) -> None:
    """Keep that somebody took a kit, or a piece of it; the same again within the hour is one taking."""
    query = select(KitVersion).where(KitVersion.campaign_id == place.campaign_id, KitVersion.number == version_number)
    version = session.scalars(query).one()
    last = session.scalar(
        select(KitTaking)
        .where(
            KitTaking.campaign_city_id == place.id,
            KitTaking.kit_version_id == version.id,
            KitTaking.person_id == person_id,
            KitTaking.path.is_(None) if path is None else KitTaking.path == path,
        )
        .order_by(KitTaking.taken_at.desc(), KitTaking.id.desc())
        .limit(1)
    )
    if last is not None and (now - last.taken_at).total_seconds() < SAME_TAKING_S and last.languages == list(languages):
        return
    session.add(
        KitTaking(
            campaign_city_id=place.id,
            kit_version_id=version.id,
            person_id=person_id,
            path=path,
            languages=list(languages),
            taken_at=now,
        )
    )


def takings_of(session: Session, campaign_id: int, *, chapter_id: int | None = None) -> list[CityTaking]:
    """What each city that takes part took, or each of a chapter: those that took something first, then by slug."""
    query = (
        select(KitTaking, KitVersion, Person)
        .join(KitVersion, KitVersion.id == KitTaking.kit_version_id)
        .join(Person, Person.id == KitTaking.person_id)
        .where(KitVersion.campaign_id == campaign_id)
        .order_by(KitTaking.taken_at.desc(), KitTaking.id.desc())
    )
    taken: dict[int, list[Taken]] = {}
    for taking, version, person in session.execute(query):
        taken.setdefault(taking.campaign_city_id, []).append(Taken(taking, version, person))
    history, found = history_of(session, campaign_id), []
    within = set(session.scalars(select(ChapterCity.city_id).where(ChapterCity.chapter_id == chapter_id)))
    for place, city in cities_in(session, campaign_id):
        if not city.is_elsewhere and (chapter_id is None or city.id in within):
            found.append(_of_city(city, taken.get(place.id, []), history))
    return sorted(found, key=lambda each: not each.latest)


def _of_city(city: City, taken: Sequence[Taken], history: History) -> CityTaking:
    """From all that was taken for it, the newest first."""
    at = next((number for number, each in enumerate(taken) if each.taking.path is None), None)
    whole, since = (None if at is None else taken[at]), taken[:at]
    piece = since[0] if since else None
    held = whole or piece
    return CityTaking(
        city=city,
        whole=whole,
        piece=piece,
        piece_count=len({each.taking.path for each in since}),
        is_older=held is not None and history.news_for(city.id)[-1].number > held.version.number,
        latest=taken[:MOST_SHOWN],
        more_count=max(0, len(taken) - MOST_SHOWN),
    )
