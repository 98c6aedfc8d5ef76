"""The collage at the desk: its layouts in outline, and whether it is fair, in words."""

from collections.abc import Mapping

from app.assembly.collage_contexts import BoxView, FairnessView, LayoutView, ShareLine, SketchView
from app.assembly.collage_layout import rooms_on, tile_boxes
from app.assembly.collage_rules import CityShare, Fairness
from app.assembly.collage_words import layout_label
from app.kits.toolkit import Toolkit
from app.kits.toolkit_files import CollageLayout
from app.models import City
from app.web.i18n import Translator, _
from app.words import Chosen
from media_pipeline.poster import Sheet
from media_pipeline.types import Box

SKETCH = Sheet.of_pixels(840, 1188)  # in the proportions of A1
USUAL_TILES, MOST_TILES = 60, 150  # in a sketch of a collage that nobody is in yet; and as many as can be told apart


def layouts_of(toolkit: Toolkit, chosen: str | None, tiles: int, speech: Translator, *, mirrored: bool) -> list[LayoutView]:
    """Every layout of the toolkit with so many tiles, the chosen one marked."""
    stands = toolkit.collage_layout(chosen).name
    return [
        LayoutView(
            name=layout.name,
            label=layout_label(layout, speech),
            sketch=_sketch(toolkit, layout, min(tiles or USUAL_TILES, MOST_TILES), mirrored=mirrored),
            is_chosen=layout.name == stands,
        )
        for layout in toolkit.collages
    ]


def fairness_view(fairness: Fairness, cities: Mapping[int, City], speech: Translator) -> FairnessView | None:
    """The figures in words and by city, most tiles first; None while nothing may be in it."""
    if fairness.largest is None or fairness.smallest is None:
        return None
    return FairnessView(
        is_fair=fairness.is_fair,
        verdict=_verdict(fairness, speech),
        sentences=[_shown(fairness, speech), *_extremes(fairness.largest, fairness.smallest, cities, speech)],
        cities=[
            ShareLine(_name(cities[each.city_id], speech), each.sent, each.shown, _percent(each.share, speech))
            for each in fairness.cities
        ],
    )


def _sketch(toolkit: Toolkit, layout: CollageLayout, tiles: int, *, mirrored: bool) -> SketchView:
    rooms = rooms_on(layout, SKETCH, lambda name: toolkit.template(name).formats, mirrored=mirrored)
    return SketchView(
        width=SKETCH.width_px,
        height=SKETCH.height_px,
        tiles=[_seen(box) for box in tile_boxes(layout, rooms, tiles, mirrored=mirrored)],
        fields=[_seen(words.box) for words in rooms.words],
        is_on_paper=layout.background == "paper",
    )


def _seen(box: Box) -> BoxView:
    return box.x_px, box.y_px, box.width_px, box.height_px


def _verdict(fairness: Fairness, speech: Translator) -> str:
    if not fairness.is_fair:
        return speech.gettext(_("It is not fair at the moment: contributions came since it was made. Make it anew."))
    if not fairness.left_out:
        return speech.gettext(_("It is fair: everybody who may be in it is in it."))
    sentence = speech.ngettext(
        "It is fair: every city has at least %(count)s tile, or all that it sent, and none has more than one beyond that.",
        "It is fair: every city has at least %(count)s tiles, or all that it sent, and none has more than one beyond that.",
        fairness.fair_tiles,
    )
    return sentence % {"count": speech.number(fairness.fair_tiles)}


def _shown(fairness: Fairness, speech: Translator) -> str:
    sentence = speech.ngettext(
        "%(shown)s of %(sent)s contribution is in it.", "%(shown)s of %(sent)s contributions are in it.", fairness.sent
    )
    said = sentence % {"shown": speech.number(fairness.shown), "sent": speech.number(fairness.sent)}
    if not fairness.left_out:
        return said
    left_out = speech.ngettext("%(count)s is left out.", "%(count)s are left out.", fairness.left_out)
    return f"{said} {left_out % {'count': speech.number(fairness.left_out)}}"


def _extremes(largest: CityShare, smallest: CityShare, cities: Mapping[int, City], speech: Translator) -> list[str]:
    if largest.shown == smallest.shown:
        sentence = speech.ngettext("Each city has %(count)s tile.", "Each city has %(count)s tiles.", largest.shown)
        return [sentence % {"count": speech.number(largest.shown)}]
    most = speech.ngettext("Most: %(city)s with %(count)s tile.", "Most: %(city)s with %(count)s tiles.", largest.shown)
    fewest = speech.ngettext("Fewest: %(city)s with %(count)s tile.", "Fewest: %(city)s with %(count)s tiles.", smallest.shown)
    return [
        sentence % {"city": _name(cities[share.city_id], speech).text, "count": speech.number(share.shown)}
        for sentence, share in ((most, largest), (fewest, smallest))
    ]


def _name(city: City, speech: Translator) -> Chosen:
    return speech.place(city.names, *city.languages)


def _percent(share: float, speech: Translator) -> str:
    return speech.gettext(_("%(percent)s %%")) % {"percent": speech.number(round(100 * share, 1))}
