"""From a city's look, kept or typed, to what its page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from app.accounts.actor import Actor
from app.accounts.desk import desk_nav
from app.enums import Accent
from app.errors import RefusedFields
from app.kits.city_look_contexts import AccentChoice, CityLookPage, HandleField, NameField, ShownPiece
from app.kits.city_look_forms import TypedLook
from app.kits.city_look_previews import PIECES
from app.kits.city_looks import Look
from app.kits.handles import EXAMPLES, NETWORKS
from app.kits.sources import Source
from app.models import Campaign, City
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator, _
from app.words import choose
from media_pipeline.logos import MAX_LOGO_BYTES

SMALL_LOGO_PX = 600  # below it a picture of dots is not sharp on a poster
PIECE_LABELS = {"post": _("A post"), "frame": _("The picture frame"), "banner": _("The banner above an account")}
ACCENT_LABELS = {Accent.FIRST: _("The campaign's first colour"), Accent.SECOND: _("Its second colour")}


class PlaceLike(Protocol):
    """A city with what it has given."""

    @property
    def city(self) -> City: ...
    @property
    def look(self) -> Look: ...
    @property
    def campaigns(self) -> Sequence[Campaign]: ...
    @property
    def languages(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Showing:
    """On which campaign and in which language the pieces are shown, and with which logo that is not kept yet."""

    campaign: Campaign | None
    source: Source
    language: str
    token: str = ""
    is_kept: bool = False


def look_page(
    place: PlaceLike, typed: TypedLook, showing: Showing, fields: Fields, actor: Actor, speech: Translator
) -> CityLookPage:
    """The page with what was typed, or with what is kept."""
    errors = field_errors(RefusedFields(fields.refusals), speech) if fields.refusals else []
    wrong = {error.field: error.sentence for error in errors}
    city, campaign, url = place.city, showing.campaign, f"/desk/cities/{place.city.slug}/look"
    sent = bool(fields.values)
    names = {tag: fields.raw(f"name_{tag}") if sent else typed.names.texts.get(tag, "") for tag in place.languages}
    handles = {network: fields.raw(f"handle_{network}") if sent else typed.handles.get(network, "") for network in EXAMPLES}
    has_logo = place.look.logo_key is not None
    return CityLookPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        action=url,
        city=speech.choose(city.names),
        back_href=f"/desk/c/{campaign.slug}/{city.slug}" if campaign else None,
        campaigns=[(each.slug, speech.choose(each.title, *city.languages).text) for each in place.campaigns],
        campaign=campaign.slug if campaign else "",
        languages=[(tag, speech.language_name(tag)) for tag in place.languages],
        language=showing.language,
        names=[
            NameField(tag, f"name_{tag}", speech.language_name(tag), name, wrong.get(f"name_{tag}"))
            for tag, name in names.items()
        ],
        accents=_accents(showing.source, speech),
        accent=typed.accent.value,
        handles=[
            HandleField(
                network, f"handle_{network}", NETWORKS[network], handle, EXAMPLES[network], wrong.get(f"handle_{network}")
            )
            for network, handle in handles.items()
        ],
        has_logo=has_logo,
        without_logo=typed.without_logo,
        logo_token=showing.token,
        logo_is_small=_is_small(place.look, showing),
        max_logo_bytes=MAX_LOGO_BYTES,
        pieces=_pieces(url, place, typed, names, showing, speech),
        is_kept=showing.is_kept,
        errors=errors,
        wrong=wrong,
    )


def _accents(source: Source, speech: Translator) -> list[AccentChoice]:
    palette = source.toolkit.palette
    return [
        AccentChoice(each.value, speech.gettext(label), palette[each.value], palette[f"{each.value}_ink"])
        for each, label in ACCENT_LABELS.items()
    ]


def _is_small(look: Look, showing: Showing) -> bool:
    """Whether a logo made of dots has too few of them for print; a drawing has no size."""
    if showing.token:
        sides = showing.token.partition("-")[2].rpartition(".")[0].split("x")
        return showing.token.endswith(".png") and max(map(int, sides)) < SMALL_LOGO_PX
    is_png = look.logo_key is not None and look.logo_key.endswith(".png")
    return is_png and look.logo_size_px is not None and max(look.logo_size_px) < SMALL_LOGO_PX


def _pieces(
    url: str, place: PlaceLike, typed: TypedLook, names: dict[str, str], showing: Showing, speech: Translator
) -> list[ShownPiece]:
    kept = choose(typed.names, [showing.language]).text
    query = {
        "campaign": showing.campaign.slug if showing.campaign else "",
        "language": showing.language,
        "name": names.get(showing.language) or kept,
        "accent": typed.accent.value,
        "logo": showing.token or ("none" if typed.without_logo else ""),
        "v": (place.look.logo_sha256 or "")[:12],  # another logo is another address
    }
    return [
        ShownPiece(piece, speech.gettext(PIECE_LABELS[piece]), f"{url}/{piece}.webp?{urlencode(query)}", width_px, height_px)
        for piece, (_template, _format, width_px, height_px) in PIECES.items()
    ]
