"""What a version is made of: one toolkit for every city, and in place of it those of chapters with a variant of their own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ErrorKind, Refused
from app.kits.snapshots import files_sha256, unpacked
from app.models import Artefact, Campaign, Chapter, ChapterCity, KitVersion, KitVersionChapter, Person
from app.runtime import Runtime
from app.variants import TOOLKITS_DIR, Scope, chapters_with_own, root_with, standing_variant, toolkits_root


@dataclass(frozen=True, slots=True)
class Parts:
    """What is to be published: a toolkit in a root, and by chapter the roots in which it is another one."""

    slug: str
    root: Path
    of_chapters: Mapping[int, Path] = field(default_factory=dict)
    kept: frozenset[int] = frozenset()  # the chapters whose part is the one that is published already

    @property
    def roots(self) -> list[Path]:
        """All of them, that of every city first."""
        return [self.root, *self.of_chapters.values()]

    @property
    def new_roots(self) -> list[Path]:
        """Those that nobody may have yet."""
        return [self.root, *(root for chapter_id, root in self.of_chapters.items() if chapter_id not in self.kept)]


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


def root_of(session: Session, runtime: Runtime, version: KitVersion, city_id: int | None = None) -> Path:
    """The root that a version's toolkit is loaded from, for this city or for those whose chapters have none of their own.

    The live folder where it is not frozen yet.
    """
    own = _own_part(session, version.id, city_id) if city_id is not None else None
    return frozen_root(session, runtime, own or version)


def frozen_root(session: Session, runtime: Runtime, part: KitVersion | KitVersionChapter) -> Path:
    """The root of one part of a version."""
    if part.artefact_id is None or part.files_sha256 is None:
        return TOOLKITS_DIR
    key = session.get_one(Artefact, part.artefact_id).storage_key
    return unpacked(runtime.storage, key, part.files_sha256, folder=runtime.settings.frozen_toolkits_dir)


def chapter_parts(session: Session, version_id: int) -> dict[int, KitVersionChapter]:
    """The chapters that have a toolkit of their own in a version."""
    rows = session.scalars(select(KitVersionChapter).where(KitVersionChapter.kit_version_id == version_id))
    return {row.chapter_id: row for row in rows}


def parts_to_publish(session: Session, runtime: Runtime, campaign: Campaign, chapter: Chapter | None = None) -> Parts:
    """The toolkits as they stand now; for one chapter of a campaign of the network what is published, with the chapter's own.

    Refuses `kit.not_published` for a chapter before there is a version that it could be a part of.
    """
    if chapter is not None and campaign.chapter_id is None:
        return _with_chapter(session, runtime, campaign, chapter)
    slug, network_id = campaign.toolkit_slug, campaign.network_id
    root = toolkits_root(session, runtime, Scope(network_id, campaign.chapter_id))
    if campaign.chapter_id is not None:
        return Parts(slug, root)
    # not only those with cities in it already: a city that joins later draws from what is frozen now
    own = sorted(chapters_with_own(session, network_id, slug))
    return Parts(slug, root, {each: toolkits_root(session, runtime, Scope(network_id, each)) for each in own})


def _with_chapter(session: Session, runtime: Runtime, campaign: Campaign, chapter: Chapter) -> Parts:
    current = current_version(session, campaign.id)
    if current is None:
        raise Refused("kit.not_published", kind=ErrorKind.CONFLICT)
    slug, root = current.toolkit_slug, root_of(session, runtime, current)
    found = {key: frozen_root(session, runtime, row) for key, row in chapter_parts(session, current.id).items()}
    found.pop(chapter.id, None)
    variant = standing_variant(session, Scope(campaign.network_id, chapter.id), slug)
    if variant is not None:
        found[chapter.id] = root_with(session, runtime, root, slug, variant)
    return Parts(slug, root, found)


def parts_without(session: Session, runtime: Runtime, campaign: Campaign, parts: Parts, chapters: Collection[int]) -> Parts:
    """The same without what these chapters have now: their cities keep what is published, or have what everybody has."""
    current = current_version(session, campaign.id)
    own = {chapter_id: root for chapter_id, root in parts.of_chapters.items() if chapter_id not in chapters}
    if current is None or current.toolkit_slug != parts.slug:
        return Parts(parts.slug, parts.root, own)
    had = {key: row for key, row in chapter_parts(session, current.id).items() if key in chapters and key in parts.of_chapters}
    own |= {key: frozen_root(session, runtime, row) for key, row in had.items()}
    return Parts(parts.slug, parts.root, dict(sorted(own.items())), frozenset(had))


@dataclass(frozen=True)
class History:
    """The versions of a campaign, the oldest first, and which chapters' cities got something of their own in each."""

    versions: Sequence[KitVersion]
    own: Mapping[int, Mapping[int, str]]  # by version and chapter: the hash of the files
    chapters: Mapping[int, Sequence[int]]  # by city, in the order in which they are asked

    def files_for(self, version: KitVersion, city_id: int) -> str | None:
        """The hash of what a city's kit was made of in a version."""
        own = self.own.get(version.id, {})
        return next((own[chapter] for chapter in self.chapters.get(city_id, ()) if chapter in own), version.files_sha256)

    def news_for(self, city_id: int) -> list[KitVersion]:
        """The versions that changed something for a city, the first of all among them.

        One that was made for other chapters, and leaves everything there as it was, is no news.
        """
        found, stood = list[KitVersion](), None
        for version in self.versions:
            stands = (version.toolkit_slug, self.files_for(version, city_id), sorted(version.embargoed))
            if stands != stood:
                found.append(version)
            stood = stands
        return found


def history_of(session: Session, campaign_id: int) -> History:
    """What was published to a campaign until now."""
    versions = select(KitVersion).where(KitVersion.campaign_id == campaign_id)
    rows = session.scalars(
        select(KitVersionChapter)
        .join(KitVersion, KitVersion.id == KitVersionChapter.kit_version_id)
        .where(KitVersion.campaign_id == campaign_id)
    )
    own: dict[int, dict[int, str]] = {}
    for row in rows:
        own.setdefault(row.kit_version_id, {})[row.chapter_id] = row.files_sha256
    chapters: dict[int, list[int]] = {}
    if own:
        for link in session.scalars(select(ChapterCity).order_by(ChapterCity.chapter_id)):
            chapters.setdefault(link.city_id, []).append(link.chapter_id)
    return History(list(session.scalars(versions.order_by(KitVersion.number))), own, chapters)


def same_parts(session: Session, parts: Parts, version: KitVersion) -> bool:
    """Whether a version was made of exactly these files."""
    if version.toolkit_slug != parts.slug or version.files_sha256 != files_sha256(parts.slug, parts.root):
        return False
    were = {chapter_id: row.files_sha256 for chapter_id, row in chapter_parts(session, version.id).items()}
    return were == {chapter_id: files_sha256(parts.slug, root) for chapter_id, root in parts.of_chapters.items()}


def _own_part(session: Session, version_id: int, city_id: int) -> KitVersionChapter | None:
    """A city of several chapters has that of the first of them, by id."""
    query = (
        select(KitVersionChapter)
        .join(ChapterCity, ChapterCity.chapter_id == KitVersionChapter.chapter_id)
        .where(KitVersionChapter.kit_version_id == version_id, ChapterCity.city_id == city_id)
        .order_by(KitVersionChapter.chapter_id)
    )
    return session.scalars(query.limit(1)).first()
