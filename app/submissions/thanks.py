"""The thanks that stand on a receipt once its city has been thanked."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.enums import ProductionKind, SubmissionState
from app.models import Production, Submission
from app.submissions.queries import Place
from app.submissions.works_shown import IN_JOINT_FILM
from app.web.i18n import Translator, _

CITY_PAGE, CITY_FILM, COLLAGE = _("The page of your city"), _("The film of your city"), _("The collage of all cities")
NOT_THANKED = frozenset({SubmissionState.FAILED, SubmissionState.REJECTED, SubmissionState.WITHDRAWN})  # it would be mockery


def thanks_of(session: Session, submission: Submission, place: Place, speech: Translator) -> list[tuple[str, str]] | None:
    """Where its person sees what came of it, as (label, address); None while nobody is thanked there, or not for this one."""
    if place.part is None or place.part.thanked_at is None or submission.state in NOT_THANKED:
        return None
    here = or_(Production.city_id == place.city.id, Production.city_id.is_(None))
    made = select(Production.kind).where(Production.campaign_id == place.campaign.id, here, Production.artefact_id.is_not(None))
    kinds = set(session.scalars(made))
    campaign_page = f"/c/{place.campaign.slug}"
    city_page = f"{campaign_page}/{place.city.slug}"
    collage = f"{campaign_page}/collage" if ProductionKind.ZOOMABLE_COLLAGE in kinds else f"{campaign_page}#collage"
    links = [
        (CITY_PAGE, city_page, True),
        (CITY_FILM, f"{city_page}#film", ProductionKind.CITY_FILM in kinds),
        (
            IN_JOINT_FILM,
            f"{campaign_page}#joint-film",
            bool(kinds & {ProductionKind.JOINT_FILM, ProductionKind.JOINT_FILM_SHORT}),
        ),
        (COLLAGE, collage, bool(kinds & {ProductionKind.COLLAGE, ProductionKind.ZOOMABLE_COLLAGE})),
    ]
    return [(speech.gettext(label), address) for label, address, is_there in links if is_there]
