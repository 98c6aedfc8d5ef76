"""The languages that kits are handed out in: what the pages of residents speak, too."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enums import CampaignStatus
from app.errors import Refused
from app.kits.loading import toolkit_at
from app.kits.releases import ACTIVE, usable_languages
from app.kits.version_parts import frozen_root
from app.models import Campaign, KitVersion, KitVersionChapter, TextRelease
from app.runtime import Runtime


class HandedOut:
    """Asked for every page of residents, so it remembers what the parts of versions hold: that never changes."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._usable: dict[tuple[object, ...], frozenset[str]] = {}

    def languages(self, session: Session) -> set[str]:
        """Those whose texts are read or released in what is published to an open campaign, for all its cities or a chapter's."""
        released = defaultdict[tuple[int, str], set[str]](set)
        releases = select(TextRelease.network_id, TextRelease.toolkit_slug, TextRelease.language).where(ACTIVE)
        for network, slug, language in session.execute(releases):
            released[network, slug].add(language)
        usable: dict[tuple[object, ...], frozenset[str]] = {}
        for network, slug, part in _parts(session):
            known = frozenset(released[network, slug])
            key = (slug, part.artefact_id, part.files_sha256, known)
            usable[key] = self._usable[key] if key in self._usable else self._read(session, slug, part, known)
        self._usable = usable  # only what is published now
        return set().union(*usable.values())

    def _read(
        self, session: Session, slug: str, part: KitVersion | KitVersionChapter, released: frozenset[str]
    ) -> frozenset[str]:
        try:
            toolkit = toolkit_at(slug, frozen_root(session, self._runtime, part))
        except Refused:  # nobody is handed a kit of it; a resident's page is shown all the same
            return frozenset()
        return frozenset(usable_languages(toolkit, released))


def _parts(session: Session) -> Iterator[tuple[int, str, KitVersion | KitVersionChapter]]:
    """What the kits of open campaigns are drawn from, with the network and the toolkit."""
    newest = (
        select(KitVersion.campaign_id, func.max(KitVersion.number).label("number")).group_by(KitVersion.campaign_id).subquery()
    )
    query = (
        select(Campaign.network_id, KitVersion, KitVersionChapter)
        .join(KitVersion, KitVersion.campaign_id == Campaign.id)
        .join(newest, (newest.c.campaign_id == KitVersion.campaign_id) & (newest.c.number == KitVersion.number))
        .outerjoin(KitVersionChapter, KitVersionChapter.kit_version_id == KitVersion.id)
        .where(Campaign.status == CampaignStatus.OPEN)
    )
    for network_id, version, of_chapter in session.execute(query):
        yield network_id, version.toolkit_slug, version
        if of_chapter is not None:
            yield network_id, version.toolkit_slug, of_chapter
