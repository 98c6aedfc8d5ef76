"""Publishing through the gate: who wants a toolkit published asks for it once, and it is published when every part is clean."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.enums import CheckState
from app.errors import ErrorKind, Refused
from app.kits.checks import ask_for_check, lock_network
from app.kits.snapshots import files_sha256
from app.kits.toolkit import load_toolkit
from app.kits.version_parts import Parts, current_version, parts_to_publish, parts_without
from app.kits.versions import foreseen_for, publish, publishing
from app.models import Campaign, Chapter, KitPublication, KitVersion, Person, ToolkitCheck
from app.runtime import Runtime
from app.words import Words

FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody wants published, and how far the gate is with it."""

    wish: KitPublication
    checks: Sequence[ToolkitCheck]
    chapter: Chapter | None
    person: Person

    @property
    def is_at_work(self) -> bool:
        """Whether it will be published by itself, if nothing is found."""
        return self.wish.refused_code is None and all(
            check.state in {CheckState.WAITING, CheckState.CLEAN} for check in self.checks
        )

    @property
    def failed(self) -> bool:
        """Whether the gate could not do its work."""
        return any(check.state is CheckState.FAILED for check in self.checks)


def publication_of(session: Session, campaign_id: int) -> Waiting | None:
    """What waits to be published to a campaign; None where nobody asked."""
    wish = session.get(KitPublication, campaign_id)
    if wish is None:
        return None
    checks = session.scalars(select(ToolkitCheck).where(ToolkitCheck.id.in_(wish.check_ids)).order_by(ToolkitCheck.id)).all()
    chapter = session.get_one(Chapter, wish.chapter_id) if wish.chapter_id is not None else None
    return Waiting(wish, checks, chapter, session.get_one(Person, wish.asked_by_id))


def owners_of(session: Session, runtime: Runtime, campaign: Campaign, waiting: Waiting) -> Mapping[int, Sequence[int | None]]:
    """Whose part each check looked at, by its id: chapters, and None for everybody's; nothing where all is everybody's.

    A part that has changed since is nobody's.
    """
    try:
        parts = parts_to_publish(session, runtime, campaign, waiting.chapter)
    except Refused:
        return {}
    if not parts.of_chapters:
        return {}
    owners: dict[str, list[int | None]] = {files_sha256(parts.slug, parts.root): [None]}
    for chapter_id, root in parts.of_chapters.items():
        owners.setdefault(files_sha256(parts.slug, root), []).append(chapter_id)
    return {check.id: owners.get(check.files_sha256, []) for check in waiting.checks}


def faulty_chapters(waiting: Waiting | None, owners: Mapping[int, Sequence[int | None]], parts: Parts) -> list[int]:
    """The chapters that alone keep a version for everybody from being published: the gate found something, or nothing loads."""
    bad = {chapter_id for chapter_id, root in parts.of_chapters.items() if not _loads(parts.slug, root)}
    if waiting is not None and waiting.chapter is None:
        for check in waiting.checks:
            of = owners.get(check.id, ())
            if check.state is CheckState.CLEAN or not of:  # of a part that has changed since: publishing looks at what is now
                continue
            if None in of or check.state is CheckState.WAITING:
                return []
            bad |= {chapter_id for chapter_id in of if chapter_id is not None}
    return sorted(bad)


def publish_without(
    session: Session,
    runtime: Runtime,
    campaign: Campaign,
    chapters: Collection[int],
    *,
    note: Words,
    embargoed: Collection[str],
    actor: Actor,
    now: datetime,
) -> KitVersion:
    """Publish at once without what these chapters have now, in place of what waits: their cities keep what they have.

    Where nothing of the chapter is published, they get what everybody gets. Refuses what `publish` refuses, and
    `kit.publication_waits` while a chapter's wish is at work.
    """
    publishing(actor, campaign, None)
    lock_network(session, campaign.network_id)
    parts = parts_without(session, runtime, campaign, parts_to_publish(session, runtime, campaign), chapters)
    wish = session.get(KitPublication, campaign.id, populate_existing=True)
    if wish is not None and wish.chapter_id is not None and _is_at_work(session, campaign.id):
        raise Refused("kit.publication_waits", kind=ErrorKind.CONFLICT)
    version = publish(session, runtime, campaign, parts=parts, note=note, embargoed=embargoed, actor=actor, now=now)
    if wish is not None:
        session.delete(wish)
    return version


def ask_to_publish(
    session: Session,
    runtime: Runtime,
    campaign: Campaign,
    *,
    note: Words,
    embargoed: Collection[str],
    actor: Actor,
    now: datetime,
    chapter: Chapter | None = None,
) -> KitPublication | KitVersion:
    """Publish the toolkits as they stand, at once where the gate knows that they are clean, else when it has found that out.

    For a chapter in a campaign of the network only its own cities get something else, and what is under embargo stays. Asked
    again, the new wish stands. Refuses what `publish` refuses, and `kit.publication_waits` while somebody else's wish is at work.
    """
    publishing(actor, campaign, chapter)
    chapter = chapter if campaign.chapter_id is None else None
    lock_network(session, campaign.network_id)  # before the campaign, as the job that ends a check does
    parts = parts_to_publish(session, runtime, campaign, chapter)
    current = current_version(session, campaign.id)
    if chapter is not None and current is not None:
        embargoed = current.embargoed
    foreseen_for(session, runtime, campaign, parts, note=note, embargoed=embargoed, actor=actor, chapter=chapter)
    wish = session.get(KitPublication, campaign.id, populate_existing=True)
    chapter_id = chapter.id if chapter else None
    if wish is not None and wish.chapter_id != chapter_id and _is_at_work(session, campaign.id):
        raise Refused("kit.publication_waits", kind=ErrorKind.CONFLICT)
    checks = _checks(session, runtime, campaign, parts, now)
    if all(check.state is CheckState.CLEAN for check in checks):
        if wish is not None:
            session.delete(wish)
        return publish(
            session, runtime, campaign, parts=parts, note=note, embargoed=embargoed, actor=actor, now=now, chapter=chapter
        )
    if wish is None:
        wish = KitPublication(campaign_id=campaign.id)
        session.add(wish)
    wish.chapter_id, wish.note, wish.embargoed = chapter_id, note, sorted(embargoed)
    wish.check_ids = [check.id for check in checks]
    wish.asked_by_id, wish.asked_at, wish.refused_code = actor.person_id, now, None
    session.flush()
    _record(session, campaign, "kit.publication_asked", chapter_id, actor, now)
    return wish


def publish_ready(session: Session, runtime: Runtime, *, check_id: int, now: datetime) -> list[KitVersion]:
    """Publish what waited for this check alone; called in the transaction in which it ended clean.

    The toolkits are taken as they stand now: where one of them changed since somebody asked, its check is waited for. What
    may no longer be published stays with the reason.
    """
    wishes = session.scalars(select(KitPublication).order_by(KitPublication.campaign_id)).all()
    versions = []
    for wish in wishes:
        if check_id in wish.check_ids and wish.refused_code is None:
            version = _fulfilled(session, runtime, wish, now)
            if version is not None:
                versions.append(version)
    return versions


def _fulfilled(session: Session, runtime: Runtime, wish: KitPublication, now: datetime) -> KitVersion | None:
    campaign = session.get_one(Campaign, wish.campaign_id)
    chapter = session.get(Chapter, wish.chapter_id) if wish.chapter_id is not None else None
    actor = actor_of(session, session.get_one(Person, wish.asked_by_id))  # with the rights of today
    if actor is None:
        wish.refused_code = FORBIDDEN
        return None
    try:
        publishing(actor, campaign, chapter)
        parts = parts_to_publish(session, runtime, campaign, chapter)
        checks = _checks(session, runtime, campaign, parts, now)
        wish.check_ids = [check.id for check in checks]
        if any(check.state is not CheckState.CLEAN for check in checks):
            return None
        version = publish(
            session,
            runtime,
            campaign,
            parts=parts,
            note=wish.note,
            embargoed=wish.embargoed,
            actor=actor,
            now=now,
            chapter=chapter,
        )
    except Refused as refused:
        wish.refused_code = refused.code
        return None
    session.delete(wish)
    return version


def give_up(session: Session, campaign: Campaign, *, actor: Actor, now: datetime) -> None:
    """Take a wish back; what the gate found stays known. Refuses whoever may not have asked for it; twice is once."""
    lock_network(session, campaign.network_id)  # a job that is about to publish it does so before, or finds it gone
    wish = session.get(KitPublication, campaign.id, populate_existing=True)
    if wish is None:
        return
    publishing(actor, campaign, session.get(Chapter, wish.chapter_id) if wish.chapter_id is not None else None)
    session.delete(wish)
    _record(session, campaign, "kit.publication_taken_back", wish.chapter_id, actor, now)


def _loads(slug: str, root: Path) -> bool:
    try:
        load_toolkit(slug, root)
    except Refused:
        return False
    return True


def _is_at_work(session: Session, campaign_id: int) -> bool:
    waiting = publication_of(session, campaign_id)
    return waiting is not None and waiting.is_at_work


def _checks(session: Session, runtime: Runtime, campaign: Campaign, parts: Parts, now: datetime) -> list[ToolkitCheck]:
    """The check of every part, asked for where there is none; equal parts have one."""
    network_id, slug = campaign.network_id, parts.slug
    asked = [
        ask_for_check(session, runtime, network_id=network_id, slug=slug, root=root, now=now)
        for root in dict.fromkeys(parts.roots)
    ]
    return list({check.id: check for check in asked}.values())


def _record(session: Session, campaign: Campaign, act: str, chapter_id: int | None, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        network_id=campaign.network_id,
        act=act,
        subject_kind="campaign",
        subject_id=campaign.id,
        at=now,
        actor_id=actor.person_id,
        chapter=chapter_id,
    )
