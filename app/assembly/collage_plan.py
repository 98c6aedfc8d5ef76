"""What the manager decides about a campaign's collage, and whether the one that stands is fair."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.assembly.collage_rules import COLLAGE_TILES, Fairness, chosen_for_collage, collage_fairness
from app.assembly.collage_sheets import candidates
from app.assembly.queries import is_anything_for, production_at
from app.assembly.service import request
from app.db.first import found_or_first
from app.enums import EdgeRole, ProductionKind
from app.errors import NotFound
from app.kits.toolkit import Toolkit
from app.models import Campaign, CollagePlan, Derivation

LAID_OUT = (ProductionKind.COLLAGE, ProductionKind.POSTER)  # in the same layout
OF_TILES = (*LAID_OUT, ProductionKind.ZOOMABLE_COLLAGE)


def chosen_layout(session: Session, campaign_id: int) -> str | None:
    """The name of the layout that somebody chose; None: the toolkit's first."""
    plan = session.get(CollagePlan, campaign_id)
    return plan.layout if plan else None


def choose_layout(
    session: Session, campaign: Campaign, toolkit: Toolkit, name: str, *, actor_id: int | None, now: datetime
) -> None:
    """Have the campaign's collages laid out so from now on; those that were made are made anew.

    Raises NotFound `collage.unknown_layout {layout}`.
    """
    if name not in {layout.name for layout in toolkit.collages}:
        raise NotFound("collage.unknown_layout", layout=name)
    if toolkit.collage_layout(chosen_layout(session, campaign.id)).name == name:
        return
    plan = found_or_first(
        session,
        lambda: session.get(CollagePlan, campaign.id),
        lambda: CollagePlan(campaign_id=campaign.id, layout=name, changed_at=now),
    )
    plan.layout, plan.changed_at, plan.changed_by_id = name, now, actor_id
    session.flush()
    audit.record(
        session,
        network_id=campaign.network_id,
        act="collage.layout_chosen",
        subject_kind="campaign",
        subject_id=campaign.id,
        at=now,
        actor_id=actor_id,
        layout=name,
    )
    for kind in LAID_OUT:
        standing = production_at(session, campaign.id, None, kind)
        if standing is not None and (standing.artefact_id is not None or standing.asked_at is not None):
            request(session, campaign, kind, now=now)


def nothing_for(session: Session, campaign_id: int) -> set[ProductionKind]:
    """The collages that cannot be made: nothing is approved whose person agreed to them."""
    return {kind for kind in OF_TILES if not is_anything_for(session, campaign_id, kind, role="tile")}


def fairness_now(session: Session, campaign_id: int) -> Fairness:
    """Who sent how much and who is shown how often in the collage that stands, or in the one that would be made now."""
    sent = candidates(session, campaign_id, ProductionKind.COLLAGE)
    standing = production_at(session, campaign_id, None, ProductionKind.COLLAGE)
    if standing is None or standing.artefact_id is None:
        return collage_fairness(sent, chosen_for_collage(sent, at_most=COLLAGE_TILES))
    parts = select(Derivation.source_submission_id).where(
        Derivation.artefact_id == standing.artefact_id, Derivation.role == EdgeRole.PART
    )
    shown = set(session.scalars(parts))
    return collage_fairness(sent, [piece for piece in sent if piece.submission_id in shown])
