"""The numbered versions of a campaign's kits: publishing freezes what they are made of."""

import logging
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.campaigns.access import chapter_ids, managing
from app.campaigns.line_rules import refuse_closed
from app.campaigns.service import locked
from app.errors import ErrorKind, NotFound, Refused
from app.kits.checks import clean_check
from app.kits.foresight import Foreseen, foresee
from app.kits.kit_runs import request_all_kits, shares_of
from app.kits.snapshots import keep_snapshot
from app.kits.takings import notes_between
from app.kits.toolkit import TOOLKITS_DIR, load_toolkit
from app.kits.version_letters import mail_kit_changed, mail_kit_ready
from app.kits.version_parts import Parts, current_version, history_of, root_of, versions_of
from app.models import Campaign, Chapter, KitVersion, KitVersionChapter
from app.runtime import Runtime
from app.words import Words

__all__ = ["MAX_NOTE_CHARS", "Parts", "current_version", "freeze_pending", "publish", "publishing", "root_of", "versions_of"]

MAX_NOTE_CHARS = 500
logger = logging.getLogger(__name__)


def publishing(actor: Actor, campaign: Campaign, chapter: Chapter | None) -> None:
    """Refuses whoever may not publish this campaign's kits, or those of one chapter in a campaign of the network.

    `forbidden`, or `campaign.unknown` in another network. The chapter's part is its coordinators' and the manager's.
    """
    if chapter is None or actor.is_manager or campaign.chapter_id is not None:
        managing(actor, campaign)
    elif actor.network_id != campaign.network_id:
        raise NotFound("campaign.unknown", campaign=campaign.slug)
    elif chapter.id not in chapter_ids(actor):
        raise Refused("forbidden", kind=ErrorKind.FORBIDDEN)


def publish(
    session: Session,
    runtime: Runtime,
    campaign: Campaign,
    *,
    parts: Parts,
    note: Words,
    embargoed: Collection[str],
    actor: Actor,
    now: datetime,
    chapter: Chapter | None = None,
) -> KitVersion:
    """Freeze these parts as the next version of this campaign, tell whoever took an older one, and have all kits drawn.

    Refuses what `foreseen_for` refuses, and `kit.not_checked` while the gate has not found every part clean as it is; a part
    that stays as it was published was clean then.
    """
    seen = foreseen_for(session, runtime, campaign, parts, note=note, embargoed=embargoed, actor=actor, chapter=chapter)
    for root in parts.new_roots:
        if clean_check(session, network_id=campaign.network_id, slug=parts.slug, root=root) is None:
            raise Refused("kit.not_checked", kind=ErrorKind.CONFLICT)
    version = _frozen(session, runtime, campaign, parts, seen.number, note, embargoed, actor, now)
    _tell(session, runtime, campaign, version, seen, now)
    if shares_of(session, campaign.id, 0):  # a city that joins later has its kit drawn when it asks for it
        request_all_kits(session, campaign, actor_id=actor.person_id, now=now)
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
        files=version.files_sha256,
        chapter=chapter.id if chapter else None,
        chapters=sorted(parts.of_chapters) or None,
    )
    return version


def foreseen_for(
    session: Session,
    runtime: Runtime,
    campaign: Campaign,
    parts: Parts,
    *,
    note: Words,
    embargoed: Collection[str],
    actor: Actor,
    chapter: Chapter | None,
) -> Foreseen:
    """What publishing will do, for whoever may; nobody else changes the campaign from now on.

    Refuses `forbidden`, `campaign.is_closed`, `kit.note_needed` from the second version on, `kit.nothing_new` when neither a file
    nor the embargo is different, and what `load_toolkit` refuses.
    """
    publishing(actor, campaign, chapter)
    locked(session, campaign)
    refuse_closed(campaign.status)
    seen = foresee(session, runtime, campaign, parts, embargoed=embargoed)
    current = current_version(session, campaign.id)
    if current is not None and not note.texts[note.source]:
        raise Refused("kit.note_needed", field="note")
    if current is not None and not seen.is_new and set(embargoed) == set(current.embargoed):
        raise Refused("kit.nothing_new", kind=ErrorKind.CONFLICT)
    return seen


def _frozen(
    session: Session,
    runtime: Runtime,
    campaign: Campaign,
    parts: Parts,
    number: int,
    note: Words,
    embargoed: Collection[str],
    actor: Actor,
    now: datetime,
) -> KitVersion:
    folder = runtime.settings.incoming_dir
    artefact, sha256 = keep_snapshot(session, runtime.storage, parts.slug, root=parts.root, folder=folder, now=now)
    version = KitVersion(
        campaign_id=campaign.id,
        number=number,
        note=note,
        toolkit_slug=parts.slug,
        toolkit_version=load_toolkit(parts.slug, parts.root).version,
        artefact_id=artefact.id,
        files_sha256=sha256,
        embargoed=sorted(embargoed),
        published_at=now,
        published_by_id=actor.person_id,
    )
    session.add(version)
    session.flush()
    for chapter_id, root in sorted(parts.of_chapters.items()):
        artefact, sha256 = keep_snapshot(session, runtime.storage, parts.slug, root=root, folder=folder, now=now)
        session.add(
            KitVersionChapter(kit_version_id=version.id, chapter_id=chapter_id, artefact_id=artefact.id, files_sha256=sha256)
        )
    session.flush()
    return version


def _tell(session: Session, runtime: Runtime, campaign: Campaign, version: KitVersion, seen: Foreseen, now: datetime) -> None:
    base_url = runtime.settings.resolved_base_url
    history = history_of(session, campaign.id)
    notes = {each.city.id: notes_between(history, each.city.id, each.taken, version.number) for each in seen.told}
    for city, officers in seen.late:
        key = f"{campaign.id}:{city.id}"
        mail_kit_ready(session, campaign, city, officers, key=key, now=now, base_url=base_url)
    mail_kit_changed(session, campaign, version, seen.told, notes, now=now, base_url=base_url)


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
