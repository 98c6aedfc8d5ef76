"""The collage as everybody sees it: the picture, what is on it in words, and what can be taken away."""

from collections.abc import Sequence
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.assembly import zoom_places
from app.assembly.collage_sheets import words_of
from app.assembly.collage_words import collage_file_label, said_of
from app.assembly.works import MAIN, WorkFile
from app.enums import Phase, ProductionKind
from app.models import Campaign
from app.publishing.contexts import CityInCollage, CollageView, TakeAway, TileLine
from app.publishing.places import name_of
from app.publishing.queries import InCollage, Shown
from app.publishing.views import tile_line
from app.publishing.works_queries import ShownWork, cities_in_collage, in_collage, works_shown
from app.web.i18n import Translator

# in words; where there are more, they stand in the list of the collage to look into, once that is there: everybody is in it
READ_HERE = 60


def collage_of(session: Session, campaign: Campaign, speech: Translator) -> CollageView | None:
    """The collage from the start of the day; before it there is none to show."""
    if campaign.phase in {None, Phase.PRE_DAY}:
        return None
    works = works_shown(session, campaign.id, [ProductionKind.COLLAGE, ProductionKind.POSTER])
    work = works.get(ProductionKind.COLLAGE)
    shown = work.shown if work else None
    whole = shown is not None and shown.whole
    is_long = shown is not None and shown.contributions > READ_HERE and zoom_places.collage_in(session, campaign.id) is not None
    tiles = _by_city(in_collage(session, campaign.id), speech) if whole and not is_long else []
    cities = _cities(session, campaign, speech) if whole and is_long else []
    seen = [*(city.count for city in cities), *(len(of_city) for _name, of_city in tiles)]
    address = f"/media/productions/{shown.public_id}" if shown else ""
    return CollageView(
        url=f"{address}?v={shown.version}" if shown and whole else None,
        preview_url=f"{address}/poster?v={shown.version}" if shown and whole and shown.has_poster else None,
        width_px=shown.width_px if shown else None,
        height_px=shown.height_px if shown else None,
        is_final=shown.is_final if shown else False,
        count=shown.contributions if shown else 0,
        alt=said_of(speech, sum(seen), len(seen), words_of(campaign)[1]),
        tiles=tiles,
        cities=cities,
        screens=_take_away(work, speech) if work else [],
        prints=_prints(works.get(ProductionKind.POSTER), speech),
    )


def _cities(session: Session, campaign: Campaign, speech: Translator) -> list[CityInCollage]:
    """How many are in it, and where the words of each city's voices are."""
    return [
        CityInCollage(
            name_of(names, languages, speech),
            count,
            f"/c/{campaign.slug}/collage?{urlencode({'city': slug, 'view': 'list'})}#list",
        )
        for slug, names, languages, count in cities_in_collage(session, campaign.id)
    ]


def _by_city(tiles: Sequence[InCollage], speech: Translator) -> list[tuple[str, list[TileLine]]]:
    grouped: dict[str, list[TileLine]] = {}
    for tile in tiles:
        city = name_of(tile.city_names, tile.city_languages, speech)
        grouped.setdefault(city, []).append(tile_line(tile, speech))
    return list(grouped.items())


def _prints(poster: ShownWork | None, speech: Translator) -> list[TakeAway]:
    """The poster: those in it agreed to be printed."""
    return sorted(_take_away(poster, speech), key=lambda each: each.label) if poster and poster.main else []


def _take_away(work: ShownWork, speech: Translator) -> list[TakeAway]:
    return [_file(work.shown, file, speech) for file in work.files]


def _file(shown: Shown, file: WorkFile, speech: Translator) -> TakeAway:
    address = f"/media/productions/{shown.public_id}" + ("" if file.name == MAIN else f"/{file.name}")
    suffix = file.storage_key.rpartition(".")[2].upper()
    label = collage_file_label(file.kind, file.name, speech) or file.name
    return TakeAway(f"{label} ({suffix})", f"{address}?download=1", speech.filesize(file.size_bytes))
