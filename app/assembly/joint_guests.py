"""Guests of honour in a joint film: what mayors and guests of its cities said, each on the kit's own card, equally long."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assembly.film_rules import STEP_S
from app.assembly.joint_rules import VIP_STEPS
from app.assembly.reel import Segment
from app.assembly.shots import Look
from app.enums import Accent, QuoteRole
from app.kits.dressing import draw_dressed
from app.kits.frames import address_of
from app.kits.quote_pieces import quote_slots
from app.kits.quotes import CARD, PORTRAIT_SLOT
from app.models import Artefact, Campaign, CampaignCity, City, CityQuote
from app.words import choose
from media_pipeline.compilation import card_segment

OF_HONOUR = (QuoteRole.VIP, QuoteRole.MAYOR)  # residents speak in their contributions
_SHAPES = {"wide": "landscape"}  # of a quote's card, where a film calls the shape otherwise


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


def guest_segment(look: Look, campaign: Campaign, guest: Guest) -> Segment:
    """The card of a quote: the same length, the same shape and the campaign's first colour for all."""
    quote, shape = guest.quote, _SHAPES.get(look.format_name, look.format_name)
    slots = quote_slots(quote.name, quote.office, quote.text, campaign, guest.city, look.language, look.toolkit)
    language = choose(quote.text, [look.language]).language
    recipe: dict[str, Any] = {
        **look.common(),
        "guest": CARD,
        "drawn_with": address_of(look.toolkit, CARD),
        "slots": slots,
        "portrait": guest.portrait.sha256 if guest.portrait else None,
        "language": language,
        "steps": VIP_STEPS,
    }

    def make(folder: Path, target: Path) -> None:
        pictures = {PORTRAIT_SLOT: look.runtime.storage.fetched(guest.portrait.storage_key, folder)} if guest.portrait else {}
        drawn = folder / f"{target.stem}.png"
        draw_dressed(
            *(look.toolkit, CARD),
            format=shape,
            slots=slots,
            language=language,
            accent=Accent.FIRST,
            pictures=pictures,
            target=drawn,
        )
        card_segment(drawn, target, format=look.format_name, duration_s=VIP_STEPS * STEP_S, fade_in=False, fade_out=False)

    return Segment(VIP_STEPS, recipe, make, sources=[guest.portrait.id] if guest.portrait else [])
