"""Toolkits in tests: what a network or a chapter has of its own, and versions; the gate and the letters are for other tests."""

import shutil
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import derivation
from app.derivation import Made
from app.enums import ArtefactKind
from app.kits.archive import Entry, write_archive
from app.kits.snapshots import keep_snapshot
from app.models import Campaign, Chapter, KitVersion, KitVersionChapter, ToolkitVariant
from app.runtime import Runtime
from app.variants import TOOLKITS_DIR, Scope, files_of, toolkits_root
from app.words import Words

SLUG = "our-city-our-voices"
OTHER_COLOURS = {"toolkit.toml": '[palette]\naccent = "#1c4bb2"\n'}
OTHER_WORDS = {"texts/en.toml": '[contribution]\nnamed = "{name} says: {words} {hashtag} {link}"\n'}


def copied(slug: str, of: str = SLUG) -> dict[str, str]:
    """The files of a toolkit that ships, under another slug."""
    files = {name: content.decode() for name, content in files_of(TOOLKITS_DIR / of).items()}
    return files | {"toolkit.toml": files["toolkit.toml"].replace(f'slug = "{of}"', f'slug = "{slug}"', 1)}


def lay_own(session: Session, runtime: Runtime, scope: Scope, files: Mapping[str, str], slug: str = SLUG) -> None:
    """What is different, as the next variant of this scope, which stands at once."""
    where = (ToolkitVariant.network_id == scope.network_id, ToolkitVariant.toolkit_slug == slug)
    number = session.scalar(select(func.count(ToolkitVariant.id)).where(*where)) or 0
    folder = runtime.settings.incoming_dir
    target = folder / f"variant-{slug}.zip"
    entries = [Entry(name, [content.encode()]) for name, content in sorted(files.items())]
    with write_archive(entries, folder=folder) as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file)
    made = Made(target, ArtefactKind.TOOLKIT, "application/zip", spec={"variant": slug, "number": number})
    artefact = derivation.keep(session, runtime.storage, made, now=runtime.now())
    session.add(
        ToolkitVariant(
            network_id=scope.network_id,
            chapter_id=scope.chapter_id,
            toolkit_slug=slug,
            number=number + 1,
            note="Ours.",
            artefact_id=artefact.id,
            files_sha256=artefact.sha256,
            made_at=runtime.now(),
        )
    )
    session.flush()


def freeze(session: Session, runtime: Runtime, campaign: Campaign, chapter: Chapter | None = None) -> KitVersion:
    """The next version of a campaign, made of its toolkit as it stands, and for a chapter as that has it."""

    def frozen(scope: Scope) -> tuple[int, str]:
        root, folder = toolkits_root(session, runtime, scope), runtime.settings.incoming_dir
        found = keep_snapshot(session, runtime.storage, campaign.toolkit_slug, root=root, folder=folder, now=runtime.now())
        return found[0].id, found[1]

    number = session.scalar(select(func.max(KitVersion.number)).where(KitVersion.campaign_id == campaign.id)) or 0
    artefact_id, files_sha256 = frozen(Scope(campaign.network_id, campaign.chapter_id))
    version = KitVersion(
        campaign_id=campaign.id,
        number=number + 1,
        note=Words.one("en", "Another one."),
        toolkit_slug=campaign.toolkit_slug,
        toolkit_version=1,
        artefact_id=artefact_id,
        files_sha256=files_sha256,
        embargoed=[],
        published_at=runtime.now(),
    )
    session.add(version)
    session.flush()
    if chapter is not None:
        artefact_id, files_sha256 = frozen(Scope(campaign.network_id, chapter.id))
        own = {"kit_version_id": version.id, "chapter_id": chapter.id, "artefact_id": artefact_id}
        session.add(KitVersionChapter(**own, files_sha256=files_sha256))
        session.flush()
    return version
