"""What a campaign is drawn and written from: its published version, before there is one the toolkit as it stands."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kits.loading import toolkit_at
from app.kits.toolkit import Toolkit, list_toolkits
from app.kits.version_parts import chapter_parts, current_version, frozen_root, root_of
from app.models import Artefact, Campaign, ChapterCity, KitVersion
from app.runtime import Runtime
from app.variants import Scope, toolkits_root


class Place(Protocol):
    """A city, as a row or as pages know it."""

    @property
    def id(self) -> int: ...


class Source(NamedTuple):
    """A toolkit and the root that it is read from, which names the content: equal sources draw and say the same."""

    slug: str
    root: Path

    @property
    def toolkit(self) -> Toolkit:
        """The toolkit itself; refuses what `load_toolkit` refuses."""
        return toolkit_at(self.slug, self.root)


def campaign_root(session: Session, runtime: Runtime, campaign: Campaign, city: Place | None = None) -> Source:
    """Where the campaign's toolkit is read from; of a city, with what its chapter has of its own in the published version."""
    return _source(session, runtime, campaign, current_version(session, campaign.id), city.id if city else None)


def first_root(session: Session, runtime: Runtime, network_id: int) -> Source:
    """The network's first toolkit, where something is shown without a campaign."""
    root = toolkits_root(session, runtime, Scope(network_id))
    return Source(list_toolkits(root)[0], root)


def campaign_roots(session: Session, runtime: Runtime, campaigns: Sequence[Campaign]) -> dict[int, Source]:
    """The same of many campaigns, by id, in as many queries as of one where all are published."""
    ids = [each.id for each in campaigns]
    newest = (
        select(KitVersion.campaign_id, func.max(KitVersion.number).label("number"))
        .where(KitVersion.campaign_id.in_(ids))
        .group_by(KitVersion.campaign_id)
        .subquery()
    )
    query = (
        select(KitVersion, Artefact)
        .join(newest, (newest.c.campaign_id == KitVersion.campaign_id) & (newest.c.number == KitVersion.number))
        .outerjoin(Artefact, Artefact.id == KitVersion.artefact_id)
    )
    rows = session.execute(query).all()  # with the files' rows at hand, nobody asks for them one by one
    versions = {version.campaign_id: version for version, _artefact in rows}
    return {each.id: _source(session, runtime, each, versions.get(each.id), None) for each in campaigns}


def city_roots(
    session: Session, runtime: Runtime, campaign: Campaign, city_ids: Sequence[int]
) -> Mapping[int | None, tuple[str, Path]]:
    """The same of one campaign for many of its cities, by id, and under None without any; in as many queries as for one."""
    version = current_version(session, campaign.id)
    own = _source(session, runtime, campaign, version, None)
    found: dict[int | None, tuple[str, Path]] = {None: own, **dict.fromkeys(city_ids, own)}
    parts = chapter_parts(session, version.id) if version else {}
    roots = {chapter_id: Source(own.slug, frozen_root(session, runtime, part)) for chapter_id, part in parts.items()}
    within = select(ChapterCity.city_id, ChapterCity.chapter_id).where(ChapterCity.chapter_id.in_(roots))
    for city_id, chapter_id in session.execute(within.order_by(ChapterCity.chapter_id.desc())):
        if city_id in found:
            found[city_id] = roots[chapter_id]  # of several chapters the first counts, as in `root_of`
    return found


def _source(session: Session, runtime: Runtime, campaign: Campaign, version: KitVersion | None, city_id: int | None) -> Source:
    if version is None:
        scope = Scope(campaign.network_id, campaign.chapter_id)
        return Source(campaign.toolkit_slug, toolkits_root(session, runtime, scope))
    return Source(version.toolkit_slug, root_of(session, runtime, version, city_id))
