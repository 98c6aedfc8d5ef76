"""The kit's documents in words: what a press office, a bulletin, colleagues and those who answer comments need."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from babel.dates import format_date
from babel.lists import format_list

from app.kits.order import KitOrder
from app.kits.posts import directed
from app.kits.toolkit import fill
from app.kits.toolkit_files import Labels, Letter
from app.web.i18n import calendar_locale


def letters_of(order: KitOrder, language: str) -> Iterator[tuple[str, str]]:
    """Name and words of each text that somebody copies and makes their own."""
    texts, slots = order.toolkit.texts[language], order.words(language)
    yield "press-release", _letter(texts.press_release, slots, language)
    yield "mayors-quote", fill(texts.mayor_quote.text, slots)
    yield "bulletin", _letter(texts.bulletin, slots, language)
    yield "colleagues", _letter(texts.colleagues, slots, language)
    yield "reply-sheet", "\n\n".join([order.toolkit.labels[language].reply_sheet, reply_sheet(order, language)])


def reply_sheet(order: KitOrder, language: str) -> str:
    """House rules, ready answers, and whom to call."""
    texts = order.toolkit.texts[language]
    values = {**order.words(language), "contact": order.contact}
    labels, replies = order.toolkit.labels[language], texts.replies
    # each a heading with one line below it, so that in print what they say stands out and is found
    answers = [_listed(f"{labels.they_say}: {each.says}", [f"{labels.we_answer}: {each.answer}"]) for each in replies.rumours]
    blocks = [_listed(labels.house_rules, replies.house_rules), *answers, replies.hide, replies.report, replies.call]
    return fill("\n\n".join(blocks), values)


def briefing(order: KitOrder, language: str) -> str:
    """The second page of the briefing note: what to do and not to do, when, in which shapes, whom to ask."""
    texts, slots = order.toolkit.texts[language], order.words(language)
    labels = order.toolkit.labels[language]
    blocks = [
        _listed(labels.do, texts.note.do),
        _listed(labels.dont, texts.note.dont),
        _listed(labels.dates, _dates(order, labels, language)),
        _listed(labels.formats, _sizes(order)),
        *([_listed(labels.partners, _partner_names(order))] if labels.partners and order.toolkit.manifest.partners else []),
        _listed(labels.contacts, [order.contact, order.link]),
    ]
    return fill("\n\n".join(blocks), slots)


def partners_said(order: KitOrder, language: str, *, as_alt: bool = False) -> str:
    """The campaign's partners in a line; empty without any, or in a language that has no word for it.

    With `as_alt` by what stands for their logos in an alternative text.
    """
    partners, labels = order.toolkit.manifest.partners, order.toolkit.labels.get(language)
    if not partners or labels is None or labels.partners is None:
        return ""
    names = [partner.alt or partner.name for partner in partners] if as_alt else _partner_names(order)
    return f"{labels.partners}: {format_list(names, locale=calendar_locale(language))}"


def _partner_names(order: KitOrder) -> list[str]:
    return [partner.name for partner in order.toolkit.manifest.partners]


def _dates(order: KitOrder, labels: Labels, language: str) -> list[str]:
    """By the clocks of the city: each begins at its midnight."""
    campaign = order.campaign
    opens_on = campaign.day_on + timedelta(days=campaign.pre_day_offset_days)
    ends_on = campaign.day_on + timedelta(days=campaign.post_day_offset_days)
    dated = ((labels.opens, opens_on), (labels.day, campaign.day_on), (labels.ends, ends_on))
    return [f"{label}: {_in_words(on, language)}" for label, on in dated]


def _in_words(on: date, language: str) -> str:
    return str(format_date(on, "full", locale=calendar_locale(language)))


def _sizes(order: KitOrder) -> list[str]:
    """The shapes that pictures are wanted in, in pixels."""
    frames = order.toolkit.template("frame").formats
    shapes = [frames[name] for name in ("square", "portrait", "story", "landscape") if name in frames]
    return [" · ".join(f"{shape.width_px} \u00d7 {shape.height_px}" for shape in shapes)]


def _letter(letter: Letter, slots: Mapping[str, str], language: str) -> str:
    return directed(f"{fill(letter.title, slots)}\n\n{fill(letter.body, slots).strip()}", language)


def _listed(label: str, lines: Sequence[str]) -> str:
    return "\n".join([label, *(f"\u2013 {line}" for line in lines)])
