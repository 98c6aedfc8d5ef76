"""The joint film on the public pages: both cuts, what is in them in words, and links to each city's part."""

from collections.abc import Sequence
from math import ceil

from sqlalchemy.orm import Session

from app.assembly.joint_chapters import CHAPTERS, CityChapter, city_chapters
from app.assembly.works import WorkFile
from app.assembly.works_views import SHAPES, shape_of
from app.enums import Phase, ProductionKind
from app.models import Campaign
from app.publishing.contexts import CutView, FilmDownload, FilmView, JointFilmView
from app.publishing.places import city_name
from app.publishing.queries import MemberCity, Shown, shown_productions
from app.publishing.views import tile_line
from app.publishing.works_queries import files_shown, in_work, main_shown
from app.runtime import Runtime
from app.storage import Storage
from app.web.i18n import Translator, _

WHOLE, SHORT = ProductionKind.JOINT_FILM, ProductionKind.JOINT_FILM_SHORT
TITLES = {WHOLE: _("The joint film"), SHORT: _("The joint film in a minute")}


def joint_film_of(
    session: Session, runtime: Runtime, campaign: Campaign, places: Sequence[MemberCity], speech: Translator
) -> JointFilmView | None:
    """From the day on, when it was made of anybody."""
    if campaign.phase in {None, Phase.PRE_DAY}:
        return None
    cuts, chapters = [], list[tuple[str, str, float]]()
    for kind in (WHOLE, SHORT):
        shown = shown_productions(session, campaign.id, kind).get(None)
        if shown is None or not (shown.whole or shown.contributions):
            continue
        files = files_shown(session, campaign.id, kind) if shown.whole else []
        cuts.append(_cut(session, campaign, kind, shown, files, speech))
        if kind is WHOLE:
            names = {place.slug: city_name(place, speech) for place in places}
            found = _chapters(runtime.storage, files)
            chapters = [(_into(shown, each), names[each.slug], each.start_s) for each in found if each.slug in names]
    return JointFilmView(cuts, chapters) if cuts else None


def chapter_href(session: Session, runtime: Runtime, campaign: Campaign, city: MemberCity) -> str | None:
    """The address of the city's part of the joint film that stands; None where it is in none."""
    if campaign.phase in {None, Phase.PRE_DAY}:
        return None
    shown = shown_productions(session, campaign.id, WHOLE).get(None)
    if shown is None or not shown.whole:
        return None
    found = _chapters(runtime.storage, files_shown(session, campaign.id, WHOLE))
    return next((_into(shown, each) for each in found if each.slug == city.slug), None)


def _cut(
    session: Session, campaign: Campaign, kind: ProductionKind, shown: Shown, files: Sequence[WorkFile], speech: Translator
) -> CutView:
    address, version = _address(shown), f"?v={shown.version}"
    chapters = next((file for file in files if file.name == CHAPTERS), None)
    main = main_shown(session, campaign.id, kind) if shown.whole else None
    film = FilmView(
        url=f"{address}{version}" if shown.whole else None,
        poster_url=f"{address}/poster{version}",
        width_px=shown.width_px,
        height_px=shown.height_px,
        duration_s=shown.duration_s,
        is_final=shown.is_final,
        count=shown.contributions,
        captions=[(f"{address}/{file.name}?v={file.sha256[:12]}", file.language) for file in files if file.language],
        downloads=[_download(main, address, speech)] if main else [],
        parts=[tile_line(each, speech) for each in in_work(session, campaign.id, kind)] if shown.whole and kind is WHOLE else [],
    )
    return CutView(speech.gettext(TITLES[kind]), film, f"{address}/{chapters.name}{version}" if chapters else None)


def _download(file: WorkFile, address: str, speech: Translator) -> FilmDownload:
    shape = shape_of(file.width_px or 1, file.height_px or 1)
    return FilmDownload(speech.gettext(SHAPES[shape]), f"{address}?download=1", file.size_bytes)


def _address(shown: Shown) -> str:
    return f"/media/productions/{shown.public_id}"


def _into(shown: Shown, chapter: CityChapter) -> str:
    """A link into the film: browsers begin there, with scripts or without (W3C Media Fragments); never a frame too early."""
    return f"{_address(shown)}?v={shown.version}#t={ceil(chapter.start_s * 100) / 100:.2f}"


def _chapters(storage: Storage, files: Sequence[WorkFile]) -> Sequence[CityChapter]:
    file = next((file for file in files if file.name == CHAPTERS), None)
    try:
        return city_chapters(b"".join(storage.open_range(file.storage_key)).decode()) if file else ()
    except FileNotFoundError:  # erased since it was asked for: somebody left the film at this moment
        return ()
