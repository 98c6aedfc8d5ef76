"""Whether the best moments of a campaign and its booklet are there to see, and where."""

from sqlalchemy.orm import Session

from app.enums import Phase, ProductionKind
from app.models import Campaign
from app.publishing import queries
from app.publishing.highlights_queries import has_best_moments

BEGUN = frozenset({Phase.DAY, Phase.POST_DAY})


def highlights_href(session: Session, campaign: Campaign) -> str | None:
    """Where the best moments hang; None while there is nothing to see."""
    is_there = campaign.phase in BEGUN and has_best_moments(session, campaign)
    return f"/c/{campaign.slug}/highlights" if is_there else None


def booklet_href(session: Session, campaign: Campaign) -> str | None:
    """The booklet, from the day on; None while there is none that everybody in it agrees to."""
    shown = queries.shown_productions(session, campaign.id, ProductionKind.BOOKLET).get(None)
    if campaign.phase not in BEGUN or shown is None or not shown.whole:
        return None
    return f"/media/productions/{shown.public_id}?v={shown.version}"
