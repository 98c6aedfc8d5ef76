"""From a city's quotes, kept or typed, to what their pages show."""

from collections.abc import Mapping, Sequence

from app.accounts.actor import Actor
from app.accounts.desk import desk_nav
from app.enums import QuoteRole
from app.errors import RefusedFields
from app.kits.queries import DeskPlace
from app.kits.quote_contexts import QuoteLine, QuotePage, QuotesPage, Translation
from app.kits.quote_forms import AGREED, MAX_PORTRAIT_BYTES
from app.kits.quotes import Quote, offered_languages
from app.kits.toolkit_files import MAX_QUOTE_CHARS
from app.web.errors import field_errors
from app.web.forms import Fields, new_form_token
from app.web.i18n import Translator, _

ROLE_LABELS = {QuoteRole.MAYOR: _("The mayor"), QuoteRole.VIP: _("A guest of honour"), QuoteRole.RESIDENT: _("A resident")}
TOLD = {"added": _("The quote is in"), "changed": _("The quote is changed"), "removed": _("The quote is erased")}


def quotes_url(place: DeskPlace) -> str:
    """The address of a city's quotes in a campaign."""
    return f"/desk/c/{place.campaign.slug}/{place.city.slug}/quotes"


def translated_languages(place: DeskPlace) -> list[str]:
    """In which languages a quote can stand beside the one it was said in: those of the city."""
    return list(place.city.languages)


def quotes_page(
    place: DeskPlace, quotes: Sequence[Quote], told: str, actor: Actor, speech: Translator, *, cards_wait: bool
) -> QuotesPage:
    """The list; without cards while they wait for the day."""
    return QuotesPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        back_href=f"/desk/c/{place.campaign.slug}/{place.city.slug}",
        city=speech.choose(place.city.names),
        campaign=speech.choose(place.campaign.title, *place.city.languages),
        quotes=[_line(place, quote, speech, card_waits=cards_wait) for quote in quotes],
        add_href=f"{quotes_url(place)}/new",
        told=speech.gettext(TOLD[told]) if told in TOLD else "",
    )


def _line(place: DeskPlace, quote: Quote, speech: Translator, *, card_waits: bool) -> QuoteLine:
    url = f"{quotes_url(place)}/{quote.id}"
    return QuoteLine(
        role=speech.gettext(ROLE_LABELS[quote.role]),
        name=quote.name,
        office=speech.choose(quote.office, quote.office.source),
        text=speech.choose(quote.text, quote.text.source),
        languages=[speech.language_name(tag) for tag in quote.text.texts],
        card_src=None if card_waits else f"{url}/card.webp",
        href=url,
        remove_action=f"{url}/remove",
    )


def values_of(quote: Quote) -> dict[str, list[str]]:
    """A quote as its form would send it."""
    source = quote.text.source
    values = {
        "role": quote.role.value,
        "language": source,
        "name": quote.name,
        "alt_text": quote.portrait_alt_text,
        AGREED: "yes",
    }
    values |= {f"text_{tag}": text for tag, text in quote.text.texts.items() if tag != source}
    values |= {f"office_{tag}": text for tag, text in quote.office.texts.items() if tag != source}
    values |= {"text": quote.text.texts[source], "office": quote.office.texts.get(source, "")}
    return {name: [value] for name, value in values.items()}


def quote_page(
    place: DeskPlace, quote: Quote | None, fields: Fields, actor: Actor, speech: Translator, *, card_waits: bool = False
) -> QuotePage:
    """The form of a quote, of a new one without `quote`, with what was typed; without its card while that waits for the day."""
    errors = field_errors(RefusedFields(fields.refusals), speech) if fields.refusals else []
    url = quotes_url(place)
    translations = [
        Translation(tag, speech.language_name(tag), fields.raw(f"text_{tag}"), fields.raw(f"office_{tag}"))
        for tag in translated_languages(place)
    ]
    return QuotePage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        back_href=url,
        action=f"{url}/{quote.id}" if quote else f"{url}/new",
        is_new=quote is None,
        form_token=fields.raw("form_token") or new_form_token(),
        roles=[(role.value, speech.gettext(label)) for role, label in ROLE_LABELS.items()],
        languages=[(tag, speech.language_name(tag)) for tag in offered_languages(place)],
        role=fields.raw("role") or QuoteRole.MAYOR.value,
        language=fields.raw("language") or place.city.languages[0],
        **_typed(fields, ("name", "office", "text", "alt_text")),
        agreed=fields.ticked(AGREED),
        translations=translations,
        is_translated=any(each.text or each.office for each in translations),
        has_portrait=quote is not None and quote.portrait_key is not None,
        without_portrait=fields.ticked("without_portrait"),
        card_src=f"{url}/{quote.id}/card.webp" if quote and not card_waits else None,
        max_quote_chars=MAX_QUOTE_CHARS,
        max_portrait_bytes=MAX_PORTRAIT_BYTES,
        errors=errors,
        wrong={error.field: error.sentence for error in errors},
    )


def _typed(fields: Fields, names: Sequence[str]) -> Mapping[str, str]:
    return {name: fields.raw(name) for name in names}
