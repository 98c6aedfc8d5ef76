"""Whose toolkits there are, who has something of their own in which, and which campaigns use one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.campaigns.access import managed_where
from app.enums import CampaignStatus
from app.errors import NotFound, Refused
from app.kits.changes import Changes, compare
from app.kits.toolkit import Toolkit, list_toolkits, load_toolkit
from app.models import Campaign, Chapter, Network, Person, ToolkitCheck, ToolkitVariant
from app.runtime import Runtime
from app.variants import Scope, beneath_root, root_with, standing_variant, toolkits_root, variants_of, working_root
from app.words import Words

NOT_OVER = (CampaignStatus.DRAFT, CampaignStatus.PREPARING, CampaignStatus.OPEN)
History = Sequence[tuple[ToolkitVariant, ToolkitCheck | None, Person | None]]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose toolkits are meant: the network's, or those of one of its chapters."""

    scope: Scope
    slug: str  # of the chapter; empty: the network
    names: Words

    @property
    def query(self) -> str:
        """What stands behind an address of theirs."""
        return f"?for={quote(self.slug)}" if self.slug else ""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who wrote into a toolkit, and whether anything of it is left."""

    whose: Whose
    has_own: bool


@dataclass(frozen=True, slots=True)
class Own:
    """A toolkit as somebody has it, beside what it is without what is their own."""

    whose: Whose
    slug: str
    toolkit: Toolkit  # as it is edited
    beneath: Toolkit | None  # None: the whole toolkit is their own
    standing_number: int | None  # None: nothing of their own stands
    history: History  # the newest first
    broken: Refused | None  # why the newest cannot be loaded

    @property
    def number(self) -> int:
        """That of the newest variant; 0: there is none."""
        return self.history[0][0].number if self.history else 0

    @property
    def has_own(self) -> bool:
        """Whether anything is their own now."""
        return bool(self.history) and self.history[0][0].artefact_id is not None

    @property
    def changes(self) -> Changes:
        """What is different from beneath, as far as a city sees it."""
        return compare(self.beneath, self.toolkit) if self.beneath else Changes()


def all_whose(session: Session, network_id: int) -> list[Whose]:
    """The network, then its chapters by slug."""
    network = session.get_one(Network, network_id)
    query = select(Chapter).where(Chapter.network_id == network_id).order_by(Chapter.slug)
    of_chapters = [Whose(Scope(network_id, chapter.id), chapter.slug, chapter.names) for chapter in session.scalars(query)]
    return [Whose(Scope(network_id), "", network.names), *of_chapters]


def whose_of(session: Session, network_id: int, slug: str) -> Whose:
    """The chapter with this slug, or the network where it is empty; `chapter.unknown` when there is none."""
    found = next((each for each in all_whose(session, network_id) if each.slug == slug), None)
    if found is None:
        raise NotFound("chapter.unknown", chapter=slug)
    return found


def owners_of_all(session: Session, network_id: int) -> dict[str, list[Owner]]:
    """Who has, or had, something of their own in which toolkit, by its slug: the network first, then chapters."""
    query = select(ToolkitVariant).where(ToolkitVariant.network_id == network_id).order_by(ToolkitVariant.number)
    newest = {(row.toolkit_slug, row.chapter_id): row for row in session.scalars(query)}
    found: dict[str, list[Owner]] = {}
    for whose in all_whose(session, network_id):
        for (slug, chapter_id), row in sorted(newest.items(), key=lambda pair: pair[0][0]):
            if chapter_id == whose.scope.chapter_id:
                found.setdefault(slug, []).append(Owner(whose, has_own=row.artefact_id is not None))
    return found


def own_of(session: Session, runtime: Runtime, whose: Whose, slug: str) -> Own:
    """A toolkit as it is edited in this place; `toolkit.missing` where it is none of theirs.

    What was kept may no longer go with what ships: then it is shown as it is beneath, with the reason, and can be taken back.
    """
    beneath = beneath_root(session, runtime, whose.scope)
    standing = standing_variant(session, whose.scope, slug)
    under = load_toolkit(slug, beneath) if slug in list_toolkits(beneath) else None
    broken = None
    try:
        toolkit = working_toolkit(session, runtime, whose, slug)
    except Refused as refused:
        if under is None:
            raise
        toolkit, broken = under, refused
    return Own(
        whose=whose,
        slug=slug,
        toolkit=toolkit,
        beneath=under,
        standing_number=standing.number if standing else None,
        history=variants_of(session, whose.scope, slug),
        broken=broken,
    )


def working_toolkit(session: Session, runtime: Runtime, whose: Whose, slug: str) -> Toolkit:
    """A toolkit with the newest that was written, checked or not; one that was taken away as it was last."""
    return load_toolkit(slug, edited_root(session, runtime, whose, slug))


def edited_root(session: Session, runtime: Runtime, whose: Whose, slug: str) -> Path:
    """Where the newest that was written lies, also when it can no longer be loaded; `toolkit.missing` where nothing does."""
    root = working_root(session, runtime, whose.scope, slug)
    if slug not in list_toolkits(root):
        history = variants_of(session, whose.scope, slug)
        last = next((row for row, _check, _person in history if row.artefact_id is not None), None)
        root = root_with(session, runtime, root, slug, last) if last else root
    if slug not in list_toolkits(root):
        raise NotFound("toolkit.missing", file=f"{slug}/toolkit.toml")
    return root


def shown_toolkit(session: Session, runtime: Runtime, whose: Whose, slug: str) -> Toolkit:
    """A toolkit as it stands; as it was written where it never stood; as it is beneath where that does not go with it."""
    root, beneath = toolkits_root(session, runtime, whose.scope), beneath_root(session, runtime, whose.scope)
    try:
        return load_toolkit(slug, root) if slug in list_toolkits(root) else working_toolkit(session, runtime, whose, slug)
    except Refused:
        if root == beneath or slug not in list_toolkits(beneath):
            raise
        return load_toolkit(slug, beneath)


def campaigns_with(session: Session, actor: Actor, whose: Whose, slug: str) -> list[Campaign]:
    """The campaigns that are not over and that draw from this toolkit as they have it, the latest day first.

    Those of the network draw from a chapter's, too, in that chapter's cities. Drafts are shown to whoever runs them.
    """
    query = select(Campaign).where(
        Campaign.network_id == actor.network_id,
        Campaign.toolkit_slug == slug,
        Campaign.status.in_(NOT_OVER),
        or_(Campaign.status != CampaignStatus.DRAFT, managed_where(actor)),
    )
    if whose.scope.chapter_id is not None:
        query = query.where(or_(Campaign.chapter_id.is_(None), Campaign.chapter_id == whose.scope.chapter_id))
    return list(session.scalars(query.order_by(Campaign.day_on.desc(), Campaign.slug)))
