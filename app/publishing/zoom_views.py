"""The zoomable collage in words: where somebody hangs, who it is, how to get there."""

from collections.abc import Sequence
from urllib.parse import urlencode

from app.assembly.zoom_places import Standing
from app.assembly.zoom_rules import Field
from app.models import Campaign
from app.publishing.places import name_of
from app.publishing.views import TILE_SENTENCES, voice_view
from app.publishing.zoom_contexts import Tile, Zoom
from app.publishing.zoom_queries import Hung
from app.web.i18n import Translator, _
from app.web.templating import STATIC_DIR

LISTED = 24
MARKED = 300  # outlines of a city's tiles
WORDS_IN_FOCUS = 120
VIEWER = "vendor/openseadragon.min.js"  # placed by `make assets`
WHERE = _("Row %(row)s, column %(column)s")


def has_viewer() -> bool:
    """Whether this service can offer to zoom."""
    return (STATIC_DIR / VIEWER).is_file()


def where_in(field: Field, place: int, speech: Translator) -> str:
    """A place in words."""
    column, row = field.at(place)
    return speech.gettext(WHERE) % {"row": speech.number(row + 1), "column": speech.number(column + 1)}


def tile_of(campaign: Campaign, field: Field, hung: Hung, speech: Translator, *, found: int | None = None) -> Tile:
    """A contribution as the list and the picture show it."""
    city = name_of(hung.city_names, hung.city_languages, speech)
    voice = voice_view(campaign, hung.voice, speech) if hung.voice else None
    where = where_in(field, hung.place, speech)
    if voice is None or hung.voice is None:
        kind, label = "", speech.gettext(_("A voice from %(city)s")) % {"city": city}
    else:
        kind = speech.gettext(TILE_SENTENCES[hung.voice.kind])
        label = ", ".join(part for part in (kind, voice.name, city) if part)
    query = urlencode({"voice": hung.voice.public_id} if voice and hung.voice else {"place": hung.place})
    return Tile(
        place=hung.place,
        where=where,
        kind=kind,
        label=label,
        said=_short(voice.words or voice.spoken_words or "") if voice else "",
        language=voice.language if voice else "",
        city_name=city,
        voice=voice,
        href=f"/c/{campaign.slug}/collage?{query}#zoom",
        is_found=hung.place == found,
    )


def by_city(tiles: Sequence[Tile]) -> list[tuple[str, list[Tile]]]:
    """In the order in which they come."""
    found: dict[str, list[Tile]] = {}
    for tile in tiles:
        found.setdefault(tile.city_name, []).append(tile)
    return list(found.items())


def zoom_of(campaign: Campaign, collage: Standing, *, marked: Sequence[int], nobodys: Sequence[range], found: int | None) -> Zoom:
    """What the picture needs."""
    version = f"?v={collage.generation}"
    return Zoom(
        tiles_href=f"/media/collages/{collage.public_id}/{{level}}/{{x}}_{{y}}.jpg{version}",
        place_href=f"/c/{campaign.slug}/collage/places/{{place}}{version}",
        columns=collage.field.columns,
        rows=collage.field.rows,
        deepest=collage.deepest,
        count=collage.contributions,
        marked=marked,
        nobodys=" ".join(f"{each.start}-{each.stop - 1}" if len(each) > 1 else str(each.start) for each in nobodys),
        found=found,
    )


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= WORDS_IN_FOCUS else line[:WORDS_IN_FOCUS].rsplit(" ", 1)[0] + "…"
