"""The pieces that a quote makes."""

from collections.abc import Mapping
from pathlib import Path

from app.kits.city_looks import Look
from app.kits.dressing import draw_dressed
from app.kits.quotes import CARD, POSTER, Quote
from app.kits.slots import slots_of
from app.kits.thumbnails import shrunk
from app.kits.toolkit import Toolkit
from app.models import Campaign, City
from app.words import Words, choose

EVERY_PIECE = (*((CARD, shape) for shape in ("square", "portrait", "story", "landscape")), (POSTER, "a3"))


def quote_slots(
    name: str, office: Words, text: Words, campaign: Campaign, city: City, language: str, toolkit: Toolkit
) -> dict[str, str]:
    """The words of a quote's pieces in a language; what was not translated stands as it was said."""
    languages = [language, *city.languages]
    said = choose(text, [language]).text
    own = {"quote": said, "name": name, "office": choose(office, languages).text}
    return slots_of(campaign, city, language, toolkit) | own


def check_pieces(
    toolkit: Toolkit,
    slots: Mapping[str, str],
    *,
    language: str,
    look: Look,
    pictures: Mapping[str, Path],
    link: str,
    folder: Path,
) -> None:
    """Draw every piece once; refuses `kit.words_do_not_fit {slot, characters}` with the first that cannot be drawn."""
    for template, shape in EVERY_PIECE:
        if template in toolkit.loaded:
            _draw(toolkit, template, shape, {**slots, "qr": link}, language, look, pictures, folder / "checked.png")


def quote_preview(
    toolkit: Toolkit,
    quote: Quote,
    campaign: Campaign,
    city: City,
    look: Look,
    *,
    language: str,
    pictures: Mapping[str, Path],
    folder: Path,
) -> bytes:
    """The square card as a small WebP. It shows a person, so it is drawn when it is asked for and kept nowhere."""
    slots = quote_slots(quote.name, quote.office, quote.text, campaign, city, language, toolkit)
    target = folder / "card.png"
    _draw(toolkit, CARD, "square", slots, language, look, pictures, target)
    return shrunk(target.read_bytes())


def _draw(
    toolkit: Toolkit,
    template: str,
    shape: str,
    slots: Mapping[str, str],
    language: str,
    look: Look,
    pictures: Mapping[str, Path],
    target: Path,
) -> None:
    draw_dressed(
        *(toolkit, template),
        format=shape,
        slots=slots,
        language=language,
        accent=look.accent,
        pictures=pictures,
        target=target,
    )
