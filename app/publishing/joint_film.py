"""The joint film on the public pages: both cuts, what is in them in words, and links to each city's part."""

from collections.abc import Sequence
from math import ceil

from sqlalchemy.orm import Session

from app.assembly.joint_chapters import CHAPTERS, CityChapter, city_chapters
from app.assembly.works import WorkFile
from app.enums import Phase, ProductionKind
from app.models import Campaign
from app.publishing.contexts import CutView, FilmView, JointFilmView
from app.publishing.film_views import captions_of, download_of
from app.publishing.places import city_name
from app.publishing.queries import MemberCity, Shown
from app.publishing.views import tile_line
from app.publishing.works_queries import ShownWork, in_work, works_shown
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
    works = works_shown(session, campaign.id, TITLES)
    for kind in TITLES:
        work = works.get(kind)
        if work is None or not (work.shown.whole or work.shown.contributions):
            continue
        cuts.append(_cut(session, campaign, kind, work, speech))
        if kind is WHOLE:
            names = {place.slug: city_name(place, speech) for place in places}
            found = _chapters(runtime.storage, work.others)
            chapters = [(_into(work.shown, each), names[each.slug], each.start_s) for each in found if each.slug in names]
    return JointFilmView(cuts, chapters) if cuts else None


def chapter_href(session: Session, runtime: Runtime, campaign: Campaign, city: MemberCity) -> str | None:
    """The address of the city's part of the joint film that stands; None where it is in none."""
    if campaign.phase in {None, Phase.PRE_DAY}:
        return None
    work = works_shown(session, campaign.id, [WHOLE]).get(WHOLE)
    if work is None or not work.shown.whole:
        return None
    found = _chapters(runtime.storage, work.others)
    return next((_into(work.shown, each) for each in found if each.slug == city.slug), None)


def _cut(session: Session, campaign: Campaign, kind: ProductionKind, work: ShownWork, speech: Translator) -> CutView:
    shown = work.shown
    address, version = _address(shown), f"?v={shown.version}"
    chapters = next((file for file in work.others if file.name == CHAPTERS), None)
    film = FilmView(
        url=f"{address}{version}" if shown.whole else None,
        poster_url=f"{address}/poster{version}",
        width_px=shown.width_px,
        height_px=shown.height_px,
        duration_s=shown.duration_s,
        is_final=shown.is_final,
        count=shown.contributions,
        captions=captions_of(work.others, address),
        downloads=[download_of(work.main, address, speech)] if work.main else [],
        parts=[tile_line(each, speech) for each in in_work(session, campaign.id, kind)] if shown.whole and kind is WHOLE else [],
    )
    return CutView(speech.gettext(TITLES[kind]), film, f"{address}/{chapters.name}{version}" if chapters else None)


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
