"""A city's film with all that stands beside it: captions, other shapes to take away, what is in it in words."""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.assembly.works import WorkFile
from app.assembly.works_views import SHAPES, shape_of
from app.enums import ProductionKind
from app.models import Campaign
from app.publishing.contexts import FilmDownload, FilmView
from app.publishing.queries import MemberCity, Shown
from app.publishing.views import film_view, tile_line
from app.publishing.works_queries import files_shown, in_work, main_shown
from app.web.i18n import Translator

KIND = ProductionKind.CITY_FILM


def whole_film_view(
    session: Session, campaign: Campaign, city: MemberCity, shown: Shown | None, speech: Translator
) -> FilmView | None:
    """The city's film as its own page shows it."""
    film = film_view(city, shown)
    if film is None or shown is None or film.url is None:
        return film
    address = f"/media/productions/{shown.public_id}"
    main = main_shown(session, campaign.id, KIND, city_id=city.id)
    files = files_shown(session, campaign.id, KIND, city_id=city.id)
    captions = [each for each in files if each.media_type.startswith("text/vtt") and each.language]
    films = [each for each in files if each.media_type.startswith("video/")]
    downloads = [*([(main, address)] if main else []), *((each, f"{address}/{each.name}") for each in films)]
    return replace(
        film,
        captions=[(f"{address}/{each.name}?v={each.sha256[:12]}", each.language or "") for each in captions],
        downloads=[_download(file, href, speech) for file, href in downloads],
        parts=[tile_line(each, speech) for each in in_work(session, campaign.id, KIND, city_id=city.id)],
    )


def _download(file: WorkFile, href: str, speech: Translator) -> FilmDownload:
    shape = shape_of(file.width_px or 1, file.height_px or 1)
    return FilmDownload(speech.gettext(SHAPES[shape]), f"{href}?download=1", file.size_bytes)
