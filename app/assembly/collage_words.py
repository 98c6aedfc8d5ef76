"""What a collage says to those who do not see it, and what its layouts are called."""

from collections.abc import Iterable, Mapping

from app.assembly.rules import Contribution
from app.enums import ProductionKind
from app.kits.toolkit_files import CollageLayout
from app.web.i18n import Translator, _
from app.words import Words, choose

_NAMES = {"grid": _("Rows"), "columns": _("Columns"), "heart": _("Heart"), "ellipse": _("Circle")}
_FILES = {
    ProductionKind.COLLAGE: {
        "main": _("The whole sheet"),
        "square": _("Square"),
        "portrait": _("Portrait"),
        "story": _("Tall"),
        "landscape": _("Wide"),
        "link_card": _("Picture of a link"),
    },
    ProductionKind.POSTER: {"main": "A1", "a1_png": "A1", "a1_jpg": "A1", "a2_pdf": "A2", "a2_png": "A2", "a2_jpg": "A2"},
}


def collage_file_label(kind: ProductionKind, name: str, speech: Translator) -> str | None:
    """What a file of a collage or of its poster is called; None for files of other works."""
    label = _FILES.get(kind, {}).get(name)
    return speech.gettext(label) if label else None


def alt_of(speech: Translator, shown: Iterable[Contribution], words: Mapping[str, str]) -> str:
    """A sentence with who is on it and what stands over them; `words` are message, day and hashtag."""
    cities = [each.city_id for each in shown]
    return said_of(speech, len(cities), len(set(cities)), words)


def said_of(speech: Translator, contributions: int, cities: int, words: Mapping[str, str]) -> str:
    """The same of known numbers."""
    many = speech.ngettext("%(count)s contribution", "%(count)s contributions", contributions)
    places = speech.ngettext("%(count)s city", "%(count)s cities", cities)
    sentence = speech.gettext(
        _("A poster of %(contributions)s from %(cities)s. On it stands: %(message)s. %(day)s, %(hashtag)s.")
    )
    return sentence % {
        "contributions": many % {"count": speech.number(contributions)},
        "cities": places % {"count": speech.number(cities)},
        "message": words["message"].rstrip("."),
        "day": words["day"],
        "hashtag": words["hashtag"],
    }


def layout_label(layout: CollageLayout, speech: Translator) -> str:
    """What a layout is called: as its toolkit says, else by what it is, else by its name."""
    if layout.names:
        return choose(Words(next(iter(layout.names)), layout.names), [speech.language]).text
    known = _NAMES.get(layout.shape if isinstance(layout.shape, str) else layout.kind)
    return speech.gettext(known) if known else layout.name.replace("-", " ").capitalize()
