"""In which works a contribution is shown, as its person reads it: a line for each, however many files it is made as."""

from collections.abc import Collection, Mapping

from app.enums import ProductionKind, Purpose
from app.submissions.queries import Place
from app.web.i18n import _

K = ProductionKind
# Known above too, by what makes them (app/assembly/queries.py), and held to that by a test.
SHOWN_FOR: Mapping[ProductionKind, frozenset[Purpose]] = {
    K.COLLAGE: frozenset({Purpose.COLLAGE}),
    K.POSTER: frozenset({Purpose.COLLAGE, Purpose.PRINT}),
    K.ZOOMABLE_COLLAGE: frozenset({Purpose.COLLAGE}),
    K.CITY_FILM: frozenset({Purpose.CITY_FILM}),
    K.JOINT_FILM: frozenset({Purpose.JOINT_FILM}),
    K.JOINT_FILM_SHORT: frozenset({Purpose.JOINT_FILM}),
    K.HIGHLIGHTS: frozenset({Purpose.JOINT_FILM}),
    K.BOOKLET: frozenset({Purpose.COLLAGE, Purpose.PRINT}),
}
COLLAGES = frozenset({K.COLLAGE, K.POSTER, K.ZOOMABLE_COLLAGE})
IN_COLLAGE, IN_FILM, IN_FILM_ELSEWHERE = _("The collage"), _("The city's film"), _("The film from other places")
IN_JOINT_FILM, IN_HIGHLIGHTS, IN_BOOKLET = _("The joint film of all cities"), _("The best moments"), _("The booklet")


def works_shown(kinds: Collection[ProductionKind], place: Place) -> list[tuple[str, str]]:
    """Where works of these kinds stand, as (sentence, address)."""
    campaign_page = f"/c/{place.campaign.slug}"
    lines = [
        (IN_COLLAGE, f"{campaign_page}/collage" if K.ZOOMABLE_COLLAGE in kinds else f"{campaign_page}#collage", COLLAGES),
        (IN_FILM_ELSEWHERE if place.city.is_elsewhere else IN_FILM, f"{campaign_page}/{place.city.slug}#film", {K.CITY_FILM}),
        (IN_JOINT_FILM, f"{campaign_page}#joint-film", {K.JOINT_FILM, K.JOINT_FILM_SHORT}),
        (IN_HIGHLIGHTS, f"{campaign_page}/highlights", {K.HIGHLIGHTS}),
        (IN_BOOKLET, f"{campaign_page}#booklet", {K.BOOKLET}),
    ]
    return [(sentence, address) for sentence, address, made_as in lines if made_as & set(kinds)]
