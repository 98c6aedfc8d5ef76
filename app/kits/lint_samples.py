"""What the gate draws of a toolkit: each template and format as a small place and a large one would get it, and filled up."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from unicodedata import east_asian_width

from app.campaigns.template import Template as CampaignTemplate
from app.kits.order import KitOrder
from app.kits.pieces import COUNTDOWN_FROM_DAYS, Drawing, Group, Piece, pieces_of
from app.kits.toolkit import Toolkit, fill
from app.kits.toolkit_files import MAX_QUOTE_CHARS
from app.models import Campaign, City
from app.words import Words, choose
from media_pipeline.typeset.template import SlotPicture

YEAR = 2028  # any; one with a 29 February
ANY_DAY = "09-23"  # of a toolkit without a day: a long word in most languages
LINK = "https://campaigns.network.example/c/{}/{}/share"
CONTACT = "communication.office@network.example"
# How long the words of people can be on a picture; what is longer stands beside it.
MAX_SOUND_QUOTE_CHARS, MAX_CAPTION_CHARS, LABEL_CHARS = 200, 120, 14
LONG_NAME = "Anastasia-Konstantina Papadimitriou"
LONG_OFFICE_CHARS = 60
_COUNTED_DAYS = (COUNTDOWN_FROM_DAYS, 1)  # the longest words of a countdown, and its singular


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece to draw; a dressed one has a logo and a portrait in their slots."""

    drawing: Drawing
    is_dressed: bool = False


@dataclass(frozen=True)
class _SampleOrder(KitOrder):
    loaded: Toolkit | None = field(default=None)

    @cached_property
    def toolkit(self) -> Toolkit:
        """The toolkit that is being checked, read once for all its languages."""
        assert self.loaded is not None  # noqa: S101 - every sample has one
        return self.loaded


def languages_of(toolkit: Toolkit) -> list[str]:
    """Every language in which the toolkit says anything."""
    return sorted({*toolkit.texts, *toolkit.names, *toolkit.messages})


def extreme_cities(cities: Iterable[City], language: str) -> tuple[City, City]:
    """The cities with the shortest and the longest name as it is shown in this language."""

    def width(city: City) -> tuple[int, str]:
        name = choose(city.names, (language, *city.languages)).text
        return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in name), city.slug

    ordered = sorted(cities, key=width)
    return ordered[0], ordered[-1]


def sample_order(toolkit: Toolkit, template: CampaignTemplate, city: City, language: str) -> KitOrder:
    """A city's kit in one language of a campaign as the toolkit begins it, drafts of texts and all."""
    month, day = map(int, (toolkit.manifest.day or ANY_DAY).split("-"))
    source = toolkit.manifest.source_language
    draft = template.draft(title=Words(source, toolkit.names), day_on=date(YEAR, month, day))
    campaign = Campaign(
        slug=toolkit.slug,
        title=draft.title,
        message=draft.message,
        question=draft.question,
        hashtag=draft.hashtag,
        languages=[language],
        day_on=draft.day_on,
        pre_day_offset_days=draft.pre_day_offset_days,
        post_day_offset_days=draft.post_day_offset_days,
        max_text_chars=draft.max_text_chars,
        toolkit_slug=toolkit.slug,
    )
    link = LINK.format(toolkit.slug, "a-city-with-a-long-name")  # the same for all, so that codes are equal
    released = frozenset(toolkit.texts)
    return _SampleOrder(campaign, city, link, CONTACT, (language,), released=released, loaded=toolkit)


def samples_of(orders: Sequence[KitOrder], pieces: Sequence[Sequence[Piece]]) -> Iterator[Sample]:
    """What is drawn of one language: for each order the pieces of its kit and what kits do not hold, and all of it filled up."""
    seen: set[tuple[str, str, tuple[tuple[str, str], ...]]] = set()
    for order, own in zip(orders, pieces, strict=True):
        for drawing in chain(_drawn_of(own), drawings_beyond(order, own, is_short=True)):
            key = (drawing.template, drawing.format, tuple(sorted(drawing.slots.items())))
            if key not in seen:
                seen.add(key)
                yield Sample(drawing)
    yield from _filled_up(orders[-1], pieces[-1])


def pieces_for_checking(order: KitOrder) -> list[Piece]:
    """The pieces of the kit without the days of the countdown that look alike."""
    alike = [f"countdown/days-{days:02}" for days in range(1, COUNTDOWN_FROM_DAYS + 1) if days not in _COUNTED_DAYS]
    return [piece for piece in pieces_of(order) if piece.group is not Group.COUNTDOWN or not piece.path.startswith(tuple(alike))]


def drawings_beyond(order: KitOrder, pieces: Iterable[Piece], *, is_short: bool) -> Iterator[Drawing]:
    """What a toolkit has and no kit holds, since pages, films and walls use it: with what it needs and nothing more."""
    drawn = {(drawing.template, drawing.format) for drawing in _drawn_of(pieces)}
    for name, template in order.toolkit.loaded.items():
        words = _words(order, name, is_short=is_short)
        needed = {slot: words[slot] for slot, required in template.slots.items() if required and slot in words}
        for shape in template.formats:
            if (name, shape) not in drawn:
                yield Drawing(name, shape, needed, order.picture_languages[0])


def _drawn_of(pieces: Iterable[Piece]) -> Iterator[Drawing]:
    for piece in pieces:
        drawing = piece.source if isinstance(piece.source, Drawing) else None
        while drawing is not None:
            yield drawing
            drawing = drawing.next_page


def _filled_up(order: KitOrder, pieces: Iterable[Piece]) -> Iterator[Sample]:
    """Every template that has room for more than it needs, with all of it, as long as people may write."""
    known = {(drawing.template, drawing.format): drawing for drawing in _drawn_of(pieces)}
    for name, template in order.toolkit.loaded.items():
        words = _words(order, name, is_short=False)
        for shape in template.formats:
            own = {slot: required for layer in template.layers[shape] for slot, required in layer.slots().items()}
            is_dressed = any(isinstance(layer, SlotPicture) for layer in template.layers[shape])
            if all(own.values()) and not is_dressed:
                continue
            drawing = known.get((name, shape))
            slots = {**words, **_filled(drawing.slots, name)} if drawing else words
            language = drawing.language if drawing else order.picture_languages[0]
            yield Sample(Drawing(name, shape, slots, language), is_dressed)


def _filled(slots: Mapping[str, str], template: str) -> dict[str, str]:
    """The words of a kit's piece, where people's own are not longer."""
    return {slot: text for slot, text in slots.items() if text and not (slot == "quote" and template != "sign")}


def _words(order: KitOrder, template: str, *, is_short: bool) -> dict[str, str]:
    """Words for every slot that any template has; those of people are as short or as long as they can be."""
    language = order.picture_languages[0]
    own = order.slots(language)
    prose = _prose(order, language)
    lengths = {"card": order.campaign.max_text_chars, "audiogram": MAX_SOUND_QUOTE_CHARS}
    quote = 20 if is_short else lengths.get(template, MAX_QUOTE_CHARS)
    question = choose(order.question, [language]).text
    return {
        **own,
        "quote": _cut(prose, quote),
        "name": "Li" if is_short else LONG_NAME,
        "caption": _cut(prose, 20 if is_short else MAX_CAPTION_CHARS),
        "kind_label": _cut(prose, LABEL_CHARS),
        "office": _cut(prose, LONG_OFFICE_CHARS),
        "title": question,
        "body": _cut(prose, MAX_CAPTION_CHARS),
        "contact": order.contact,
        "qr": order.link,
        "days_left": own["day"],
    }


def _prose(order: KitOrder, language: str) -> str:
    """Real words of the language, more than any picture holds."""
    texts = order.texts_in(language)
    words = fill(texts.note.body, order.words(language)) if texts else order.slots(language)["message"]
    plain = re.sub(r"\s+", " ", words).strip()
    return " ".join([plain] * (1 + 1200 // len(plain)))


def _cut(text: str, length: int) -> str:
    cut = text[:length]
    at_space = cut.rfind(" ")
    return (cut[:at_space] if at_space > length // 2 else cut).strip()
