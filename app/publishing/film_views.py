"""A city's film with all that stands beside it: captions, other shapes to take away, what is in it in words."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from app.assembly.works import MAIN, WorkFile
from app.assembly.works_views import SHAPES, shape_of
from app.enums import ProductionKind
from app.models import Campaign
from app.publishing.contexts import FilmDownload, FilmView
from app.publishing.queries import MemberCity
from app.publishing.views import film_view, tile_line
from app.publishing.works_queries import in_work, works_shown
from app.web.i18n import Translator

KIND = ProductionKind.CITY_FILM


def whole_film_view(session: Session, campaign: Campaign, city: MemberCity, speech: Translator) -> FilmView | None:
    """The city's film as its own page shows it."""
    work = works_shown(session, campaign.id, [KIND], city_id=city.id).get(KIND)
    film = film_view(city, work.shown) if work else None
    if film is None or work is None or film.url is None:
        return film
    address = f"/media/productions/{work.shown.public_id}"
    return replace(
        film,
        captions=captions_of(work.others, address),
        downloads=[
            download_of(file, address, speech) for file in work.files if file is work.main or file.media_type.startswith("video/")
        ],
        parts=[tile_line(each, speech) for each in in_work(session, campaign.id, KIND, city_id=city.id)],
    )


def captions_of(files: Sequence[WorkFile], address: str) -> list[tuple[str, str]]:
    """Address and language of the captions among the files beside a film that stands at this address."""
    said = [file for file in files if file.media_type.startswith("text/vtt") and file.language]
    return [(f"{address}/{file.name}?v={file.sha256[:12]}", file.language or "") for file in said]


def download_of(file: WorkFile, address: str, speech: Translator) -> FilmDownload:
    """A film that stands at this address, or another shape of it, to take away."""
    shape = shape_of(file.width_px or 1, file.height_px or 1)
    href = address if file.name == MAIN else f"{address}/{file.name}"
    return FilmDownload(speech.gettext(SHAPES[shape]), f"{href}?download=1", file.size_bytes)
