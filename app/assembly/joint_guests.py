"""Guests of honour in a joint film: what mayors and guests of its cities say, each on the same lower third, equally long."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assembly.film_rules import STEP_S
from app.assembly.reel import Segment
from app.assembly.shots import Look
from app.enums import Accent, QuoteRole
from app.kits.dressing import draw_dressed
from app.kits.frames import address_of
from app.kits.quote_pieces import quote_slots
from app.kits.quotes import CARD, PORTRAIT_SLOT
from app.models import Artefact, Campaign, CampaignCity, City, CityQuote
from app.words import Chosen, choose
from media_pipeline.compilation import card_segment, photo_segment
from media_pipeline.pictures import compose, save_jpeg
from media_pipeline.segment_graph import Panel
from media_pipeline.types import Box
from media_pipeline.typeset import Rendered

OF_HONOUR = (QuoteRole.VIP, QuoteRole.MAYOR)  # residents speak in their contributions
GUEST_THIRD = "guest_third"
_CARD_SHAPES = {"wide": "landscape"}  # of a quote's card, where a film calls the shape otherwise
RECIPE = 1  # counted up when the same guest would look another way


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody whose quote can be in the film now."""

    quote: CityQuote
    city: City
    portrait: Artefact | None

    @property
    def id(self) -> int:
        """Of the quote."""
        return self.quote.id

    def said_in(self, language: str) -> Chosen:
        """The quote in this language, or as it was said."""
        return choose(self.quote.text, [language])

    def office_in(self, language: str) -> str:
        """The office and the city, as far as the office does not name it."""
        languages = (language, *self.city.languages)
        office, city = (choose(words, languages).text for words in (self.quote.office, self.city.names))
        return office if city.casefold() in office.casefold() else " · ".join(each for each in (office, city) if each)


def guests_of(session: Session, campaign_id: int) -> list[Guest]:
    """Everybody of honour who agreed to be shown and was not taken back, in cities that take part, by role, then by city."""
    query = (
        select(CityQuote, City, Artefact)
        .join(CampaignCity, CampaignCity.id == CityQuote.campaign_city_id)
        .join(City, City.id == CampaignCity.city_id)
        .outerjoin(Artefact, Artefact.id == CityQuote.portrait_artefact_id)
        .where(
            CampaignCity.campaign_id == campaign_id,
            CampaignCity.joined_at.is_not(None),
            CityQuote.removed_at.is_(None),
            CityQuote.role.in_(OF_HONOUR),
        )
        .order_by(City.slug, CityQuote.id)
    )
    found = [Guest(quote, city, portrait) for quote, city, portrait in session.execute(query)]
    return sorted(found, key=lambda guest: OF_HONOUR.index(guest.quote.role))


def guest_segment(look: Look, campaign: Campaign, guest: Guest, steps: int) -> Segment:
    """What a guest says, in the campaign's language first, on the lower third; above it the portrait comes slowly nearer.

    A campaign whose kit was published before there was such a third shows the kit's own card of the quote.
    """
    toolkit, quote, portrait = look.toolkit, guest.quote, guest.portrait
    third = GUEST_THIRD if GUEST_THIRD in toolkit.loaded else CARD
    known = quote_slots(quote.name, quote.office, quote.text, campaign, guest.city, look.language, toolkit)
    named = known | ({"office": guest.office_in(look.language)} if third == GUEST_THIRD else {})
    slots = {slot: text for slot, text in named.items() if slot in toolkit.template(third).slots}
    language = guest.said_in(look.language).language
    recipe: dict[str, Any] = {
        **look.common(),
        "guest": [RECIPE, third],
        "drawn_with": address_of(toolkit, third),
        "slots": slots,
        "portrait": portrait.sha256 if portrait else None,
        "language": language,
        "steps": steps,
    }

    def make(folder: Path, target: Path) -> None:
        face = look.runtime.storage.fetched(portrait.storage_key, folder) if portrait else None
        drawn = draw_dressed(
            *(toolkit, third),
            format=look.format_name if third == GUEST_THIRD else _CARD_SHAPES.get(look.format_name, look.format_name),
            # a third leaves its window clear where this slot is filled
            slots=slots | ({PORTRAIT_SLOT: quote.name} if face else {}),
            language=language,
            accent=Accent.FIRST,
            pictures={PORTRAIT_SLOT: face} if face else {},
            target=folder / f"{target.stem}.png",
        )
        if third == CARD:
            card_segment(drawn.path, target, format=look.format_name, duration_s=steps * STEP_S, fade_in=False, fade_out=False)
        else:
            beneath, over = _beneath(face, drawn, toolkit.palette), [Panel(drawn.path)]
            photo_segment(beneath, target, format=look.format_name, duration_s=steps * STEP_S, panels=over)

    return Segment(steps, recipe, make, sources=[portrait.id] if portrait else [], words_on=toolkit.palette["paper"])


def _beneath(face: Path | None, third: Rendered, palette: Mapping[str, str]) -> Path:
    """What moves beneath a lower third: the portrait where it leaves room; without one, nothing to be seen."""
    canvas, target = Box(0, 0, third.width_px, third.height_px), third.path.with_suffix(".jpg")
    window, paper = third.window or canvas, palette["paper"]
    if face is None:
        save_jpeg(Image.new("RGB", (canvas.width_px, canvas.height_px), paper), target)
        return target
    # portraits are square: of a window twice as wide as high too little of a face would be left
    covers = window.width_px < 2 * window.height_px
    with Image.open(face, formats=("JPEG",)) as opened:
        save_jpeg(compose(opened.convert("RGB"), canvas, background=paper, window=window, always_cover=covers), target)
    return target
