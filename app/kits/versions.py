"""The numbered versions of a campaign's kits: publishing freezes the toolkit, and who took what is kept."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns.access import managing
from app.campaigns.brief_queries import officers_by_city
from app.campaigns.line_rules import refuse_closed
from app.campaigns.plan import StepName
from app.campaigns.queries import cities_in
from app.campaigns.service import locked
from app.enums import StepState
from app.errors import ErrorKind, Refused
from app.kits.changes import Changes, compare
from app.kits.order import KitOrder, News
from app.kits.snapshots import files_sha256, keep_snapshot, unpacked
from app.kits.toolkit import TOOLKITS_DIR, load_toolkit
from app.kits.version_letters import Told, mail_kit_changed, mail_kit_ready
from app.models import Artefact, Campaign, CampaignCity, City, KitTaking, KitVersion, Person, StepRun, TimelineStep
from app.runtime import Runtime
from app.storage import Storage
from app.words import Words

MAX_NOTE_CHARS = 500
SAME_TAKING_S = 3600  # a browser that asks twice, a download begun again
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What publishing now would do; it changes nothing."""

    number: int
    changes: Changes | None  # since the version that stands; None: it is the first
    is_new: bool  # whether a file is different from what stands
    told: Sequence[Told]  # cities that took an older version
    silent: Sequence[City]  # those of them where nobody is at the desk
    late: Sequence[tuple[City, Sequence[Person]]]  # whose step came when nothing was published: they hear that the kit is there


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody took something of a version."""

    taking: KitTaking
    version: KitVersion
    person: Person


@dataclass(frozen=True, slots=True)
class CityTaking:
    """What a city took last."""

    city: City
    last: Taken | None  # None: nothing yet
    piece_count: int  # different pieces of that version taken alone


def current_version(session: Session, campaign_id: int) -> KitVersion | None:
    """The version that kits are drawn from; None before anything is published."""
    query = select(KitVersion).where(KitVersion.campaign_id == campaign_id).order_by(KitVersion.number.desc())
    return session.scalars(query.limit(1)).first()


def versions_of(session: Session, campaign_id: int) -> list[tuple[KitVersion, Person | None]]:
    """All of them with whoever published each, the newest first."""
    query = (
        select(KitVersion, Person)
        .outerjoin(Person, Person.id == KitVersion.published_by_id)
        .where(KitVersion.campaign_id == campaign_id)
        .order_by(KitVersion.number.desc())
    )
    return [(version, person) for version, person in session.execute(query)]


def root_of(session: Session, storage: Storage, version: KitVersion, *, folder: Path) -> Path:
    """The root that this version's toolkit is loaded from; the live folder where it is not frozen yet."""
    if version.artefact_id is None or version.files_sha256 is None:
        return TOOLKITS_DIR
    key = session.get_one(Artefact, version.artefact_id).storage_key
    return unpacked(storage, key, version.files_sha256, folder=folder)


def taken_numbers(session: Session, campaign_id: int, *, before: int) -> dict[int, int]:
    """The newest version older than `before` that each city took, by the city's place in the campaign."""
    query = (
        select(KitTaking.campaign_city_id, func.max(KitVersion.number))
        .join(KitVersion, KitVersion.id == KitTaking.kit_version_id)
        .where(KitVersion.campaign_id == campaign_id, KitVersion.number < before)
        .group_by(KitTaking.campaign_city_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def news_for(session: Session, campaign_city_id: int, version: KitVersion) -> tuple[News, ...]:
    """The notes since the version that a city took before this one, the oldest first; none where it took none."""
    taken = taken_numbers(session, version.campaign_id, before=version.number).get(campaign_city_id)
    if taken is None:
        return ()
    return tuple(notes_between(session, version.campaign_id, taken, version.number))


def changes_since_taken(session: Session, runtime: Runtime, campaign_city_id: int, order: KitOrder) -> Changes | None:
    """What is different for a city, in its languages, since the version that it took before; None where nobody can tell."""
    number = order.version or 0
    taken = taken_numbers(session, order.campaign.id, before=number).get(campaign_city_id)
    query = select(KitVersion).where(KitVersion.campaign_id == order.campaign.id, KitVersion.number == taken)
    version = session.scalars(query).first() if taken is not None else None
    if version is None or version.files_sha256 is None:
        return None
    root = root_of(session, runtime.storage, version, folder=runtime.settings.frozen_toolkits_dir)
    languages = {*order.picture_languages, *order.text_languages}
    return compare(load_toolkit(version.toolkit_slug, root), order.toolkit).within(languages)


def notes_between(session: Session, campaign_id: int, taken: int, number: int) -> list[News]:
    """What changed after one version up to another, the oldest first."""
    span = (KitVersion.number > taken, KitVersion.number <= number)
    query = select(KitVersion).where(KitVersion.campaign_id == campaign_id, *span).order_by(KitVersion.number)
    return [News(each.number, each.note) for each in session.scalars(query)]


def has_taken(session: Session, campaign_city_id: int, number: int) -> bool:
    """Whether somebody of a city took this version, or a piece of it."""
    query = (
        select(KitTaking.id)
        .join(KitVersion, KitVersion.id == KitTaking.kit_version_id)
        .where(KitTaking.campaign_city_id == campaign_city_id, KitVersion.number == number)
    )
    return session.scalar(query.limit(1)) is not None


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


def last_takings(session: Session, campaign_id: int) -> list[CityTaking]:
    """What each city that takes part took last: those that took something first, then by slug."""
    query = (
        select(KitTaking, KitVersion, Person)
        .join(KitVersion, KitVersion.id == KitTaking.kit_version_id)
        .join(Person, Person.id == KitTaking.person_id)
        .where(KitVersion.campaign_id == campaign_id)
        .order_by(KitTaking.taken_at, KitTaking.id)
    )
    last: dict[int, Taken] = {}
    pieces: dict[tuple[int, int], set[str]] = {}
    for taking, version, person in session.execute(query):
        last[taking.campaign_city_id] = Taken(taking, version, person)
        if taking.path is not None:
            pieces.setdefault((taking.campaign_city_id, version.id), set()).add(taking.path)
    found = []
    for place, city in cities_in(session, campaign_id):
        if city.is_elsewhere:
            continue
        held = last.get(place.id)
        count = len(pieces.get((place.id, held.version.id), ())) if held else 0
        found.append(CityTaking(city, held, count))
    return sorted(found, key=lambda each: each.last is None)


def foresee(session: Session, storage: Storage, campaign: Campaign, *, folder: Path, root: Path = TOOLKITS_DIR) -> Foreseen:
    """What publishing the toolkit as it is now would do; refuses what `load_toolkit` refuses."""
    toolkit = load_toolkit(campaign.toolkit_slug, root)
    current = current_version(session, campaign.id)
    number = current.number + 1 if current else 1
    changes, is_new = None, True
    if current is not None and current.files_sha256 is not None:
        is_new = current.toolkit_slug != toolkit.slug or files_sha256(toolkit.slug, root) != current.files_sha256
        frozen = load_toolkit(current.toolkit_slug, root_of(session, storage, current, folder=folder))
        changes = compare(frozen, toolkit) if is_new else Changes()
    told, silent = _older(session, campaign, number)
    return Foreseen(number, changes, is_new, told, silent, _late(session, campaign) if current is None else [])


def publish(
    session: Session,
    runtime: Runtime,
    campaign: Campaign,
    *,
    note: Words,
    embargoed: Collection[str],
    actor: Actor,
    now: datetime,
    root: Path = TOOLKITS_DIR,
) -> KitVersion:
    """Freeze the toolkit as the next version of this campaign, and tell by mail whoever took an older one.

    Refuses `forbidden`, `campaign.is_closed`, `kit.note_needed` from the second version on, `kit.nothing_new` when neither a file
    nor the embargo is different, and what `load_toolkit` refuses.
    """
    managing(actor, campaign)
    locked(session, campaign)
    refuse_closed(campaign.status)
    settings = runtime.settings
    seen = foresee(session, runtime.storage, campaign, folder=settings.frozen_toolkits_dir, root=root)
    current = current_version(session, campaign.id)
    if current is not None and not note.texts[note.source]:
        raise Refused("kit.note_needed", field="note")
    if current is not None and not seen.is_new and set(embargoed) == set(current.embargoed):
        raise Refused("kit.nothing_new", kind=ErrorKind.CONFLICT)
    artefact, sha256 = keep_snapshot(
        session, runtime.storage, campaign.toolkit_slug, root=root, folder=settings.incoming_dir, now=now
    )
    version = KitVersion(
        campaign_id=campaign.id,
        number=seen.number,
        note=note,
        toolkit_slug=campaign.toolkit_slug,
        toolkit_version=load_toolkit(campaign.toolkit_slug, root).version,
        artefact_id=artefact.id,
        files_sha256=sha256,
        embargoed=sorted(embargoed),
        published_at=now,
        published_by_id=actor.person_id,
    )
    session.add(version)
    session.flush()
    notes = {each.taken: notes_between(session, campaign.id, each.taken, version.number) for each in seen.told}
    for city, officers in seen.late:
        key, base_url = f"{campaign.id}:{city.id}", settings.resolved_base_url
        mail_kit_ready(session, campaign, city, officers, key=key, now=now, base_url=base_url)
    mail_kit_changed(session, campaign, version, seen.told, notes, now=now, base_url=settings.resolved_base_url)
    audit.record(
        session,
        network_id=campaign.network_id,
        act="kit.published",
        subject_kind="campaign",
        subject_id=campaign.id,
        at=now,
        actor_id=actor.person_id,
        version=version.number,
        toolkit=version.toolkit_slug,
        files=sha256,
    )
    return version


def _older(session: Session, campaign: Campaign, number: int) -> tuple[list[Told], list[City]]:
    """The cities that took a version before this number, with their people, and those where there is nobody to tell."""
    taken = taken_numbers(session, campaign.id, before=number)
    places = [(place, city) for place, city in cities_in(session, campaign.id) if place.id in taken]
    people = officers_by_city(session, campaign)
    told = [Told(city, taken[place.id], people[city.id]) for place, city in places if people.get(city.id)]
    # resting cities too: whoever posts again after a pause must not use what is out of date
    return told, [city for _place, city in places if not people.get(city.id)]


def _late(session: Session, campaign: Campaign) -> list[tuple[City, Sequence[Person]]]:
    """The cities whose step had nothing to hand out, with their people."""
    done = (
        select(StepRun.campaign_city_id)
        .join(TimelineStep, TimelineStep.id == StepRun.step_id)
        .where(
            TimelineStep.campaign_id == campaign.id,
            TimelineStep.action == StepName.SEND_TOOLKITS.value,
            StepRun.state == StepState.DONE,
        )
    )
    came, people = set(session.scalars(done)), officers_by_city(session, campaign)
    return [
        (city, people[city.id]) for place, city in cities_in(session, campaign.id) if place.id in came and people.get(city.id)
    ]


def freeze_pending(runtime: Runtime) -> int:
    """Freeze the first versions of campaigns that ran before there were versions; how many. Called as a worker starts.

    A toolkit that cannot be loaded is left for the next start: until then such a campaign draws from the folder as it is.
    """
    with runtime.database.reading() as session:
        waiting = list(session.scalars(select(KitVersion.id).where(KitVersion.artefact_id.is_(None)).order_by(KitVersion.id)))
    frozen = 0
    for version_id in waiting:
        with runtime.database.writing() as session:
            version = session.get_one(KitVersion, version_id, with_for_update=True)
            if version.artefact_id is not None:
                continue
            try:
                toolkit = load_toolkit(version.toolkit_slug)
            except Refused:
                logger.warning("the toolkit %s cannot be frozen for campaign %s", version.toolkit_slug, version.campaign_id)
                continue
            folder = runtime.settings.incoming_dir
            artefact, sha256 = keep_snapshot(
                session, runtime.storage, toolkit.slug, root=TOOLKITS_DIR, folder=folder, now=runtime.now()
            )
            version.artefact_id, version.files_sha256, version.toolkit_version = artefact.id, sha256, toolkit.version
            frozen += 1
    return frozen
