"""The collage as everybody sees it: the picture, what is on it in words, and what can be taken away."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.assembly.collage_sheets import words_of
from app.assembly.collage_words import collage_file_label, said_of
from app.assembly.works import MAIN, WorkFile
from app.enums import Phase, ProductionKind
from app.models import Campaign
from app.publishing.contexts import CollageView, TakeAway, TileLine
from app.publishing.places import name_of
from app.publishing.queries import InCollage, Shown
from app.publishing.views import tile_line
from app.publishing.works_queries import ShownWork, in_collage, works_shown
from app.web.i18n import Translator


def collage_of(session: Session, campaign: Campaign, speech: Translator) -> CollageView | None:
    """The collage from the start of the day; before it there is none to show."""
    if campaign.phase in {None, Phase.PRE_DAY}:
        return None
    works = works_shown(session, campaign.id, [ProductionKind.COLLAGE, ProductionKind.POSTER])
    work = works.get(ProductionKind.COLLAGE)
    shown = work.shown if work else None
    whole = shown is not None and shown.whole
    tiles = in_collage(session, campaign.id) if whole else []
    address = f"/media/productions/{shown.public_id}" if shown else ""
    return CollageView(
        url=f"{address}?v={shown.version}" if shown and whole else None,
        preview_url=f"{address}/poster?v={shown.version}" if shown and whole and shown.has_poster else None,
        width_px=shown.width_px if shown else None,
        height_px=shown.height_px if shown else None,
        is_final=shown.is_final if shown else False,
        count=shown.contributions if shown else 0,
        alt=said_of(speech, len(tiles), len({tuple(tile.city_names.texts.items()) for tile in tiles}), words_of(campaign)[1]),
        tiles=_by_city(tiles, speech),
        screens=_take_away(work, speech) if work else [],
        prints=_prints(works.get(ProductionKind.POSTER), speech),
    )


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
