"""Everything that is in a city's kit, as a list: what each piece shows and says, before anything is drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.kits.documents import briefing, letters_of, partners_said, reply_sheet
from app.kits.frames import PROFILE
from app.kits.order import KitOrder
from app.kits.posting_plan import as_calendar, as_csv, as_page, planned_posts
from app.kits.posts import city_posts, directed
from app.kits.quote_pieces import EVERY_PIECE, quote_slots
from app.kits.quotes import CARD, POSTER
from app.kits.slots import days_in_words
from app.kits.toolkit import fill
from app.words import choose

COUNTDOWN_FROM_DAYS = 28
CARD_FORMATS = ("square", "story", "landscape")
PRINTED = (  # template, format, file name, its suffixes
    ("poster", "a3", "poster", (".pdf", ".png")),
    ("postcard_front", "a6", "postcard-front", (".pdf",)),
    ("postcard_back", "a6", "postcard-back", (".pdf",)),
    ("sign", "a4", "sign", (".pdf",)),
)


class Group(StrEnum):
    """The folders of a kit, in their order."""

    FRAMES = "frames"
    PICTURES = "pictures"
    QUOTES = "quotes"
    BANNERS = "banners"
    COUNTDOWN = "countdown"
    DAY = "day"
    TEXTS = "texts"
    PRINT = "print"
    NOTE = "note"
    LETTERS = "letters"
    PLAN = "plan"
    CODE = "qr"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A template filled with words."""

    template: str
    format: str
    slots: Mapping[str, str]
    language: str
    next_page: "Drawing | None" = None  # of a PDF
    quote_id: int | None = None  # it shows this person


@dataclass(frozen=True, slots=True)
class Flipbook:
    """Drawings one after the other, as a film or a GIF."""

    pictures: tuple[Drawing, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of an address."""

    link: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a kit: a drawing, a code, or what it holds as it stands."""

    path: str  # in the ZIP, and of its address
    group: Group
    language: str  # empty: of no language
    source: Drawing | Flipbook | Code | str | bytes
    alt: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether networks take it as a picture."""
        return self.path.endswith(".png")


def pieces_of(order: KitOrder) -> list[Piece]:
    """Every piece in the order of the kit; a template that the toolkit does not have is left out."""
    drawn = [piece for language in order.picture_languages for piece in _drawn(order, language)]
    written = [piece for language in order.text_languages for piece in _written(order, language)]
    codes = [Piece(f"qr/form{suffix}", Group.CODE, "", Code(order.link)) for suffix in (".png", ".svg")]
    return sorted([*drawn, *written, *codes], key=lambda piece: list(Group).index(piece.group))


def _drawn(order: KitOrder, language: str) -> Iterator[Piece]:
    yield from _frames(order, language)
    yield from _pictures(order, language)
    yield from _quoted(order, language)
    yield from _countdown(order, language)
    yield from _printed(order, language)


def _frames(order: KitOrder, language: str) -> Iterator[Piece]:
    slots = order.slots(language)
    for name in order.toolkit.manifest.formats:
        template = "profile_frame" if name == PROFILE else "frame"
        if name in order.toolkit.template(template).formats:
            drawing = Drawing(template, name, slots, language)
            yield Piece(f"frames/{name}.{language}.png", Group.FRAMES, language, drawing, _alt(order, language, "frame", slots))


def _pictures(order: KitOrder, language: str) -> Iterator[Piece]:
    slots = order.slots(language)
    question = choose(order.question, [language, *order.city.languages])
    asked = {**slots, "quote": question.text, "words": question.text}
    for name in CARD_FORMATS:
        drawing = Drawing("card", name, asked, question.language)
        alt = _alt(order, language, "card", asked)
        yield Piece(f"pictures/question-{name}.{language}.png", Group.PICTURES, language, drawing, alt)
    alt = _alt(order, language, "picture", slots)
    for template, group, start in (
        ("post", Group.PICTURES, "pictures/message-"),
        ("badge", Group.PICTURES, "pictures/"),
        ("banner", Group.BANNERS, "banners/"),
    ):
        for name in _formats(order, template):
            drawing = Drawing(template, name, slots, language)
            yield Piece(f"{start}{name}.{language}.png", group, language, drawing, alt)


def _quoted(order: KitOrder, language: str) -> Iterator[Piece]:
    """What people of the city say, in the languages that it was written in, else as it was said."""
    for number, quote in enumerate(order.quotes, start=1):
        if not quote.text.texts.get(language) and language != order.picture_languages[0]:
            continue
        said_by = (quote.name, quote.office, quote.text)
        slots = quote_slots(*said_by, order.campaign, order.city, language, order.toolkit) | {"qr": order.link}
        alt = " ".join(filter(None, (f"\u201c{slots['quote']}\u201d {quote.name}.", quote.portrait_alt_text)))
        for template, shape in EVERY_PIECE if CARD in order.toolkit.loaded else ():
            drawing = Drawing(template, shape, slots, language, quote_id=quote.id)
            for suffix in (".pdf", ".png") if template == POSTER else (".png",):
                name = "poster" if template == POSTER else shape
                said = _with_partners(order, language, template, alt)
                yield Piece(f"quotes/{number}-{name}.{language}{suffix}", Group.QUOTES, language, drawing, said)


def _countdown(order: KitOrder, language: str) -> Iterator[Piece]:
    if "countdown_card" not in order.toolkit.loaded:
        return
    cards = []
    for days_left in range(COUNTDOWN_FROM_DAYS, -1, -1):
        slots = countdown_slots(order, language, days_left)
        drawing = Drawing("countdown_card", "square", slots, language)
        alt = _alt(order, language, "countdown", {**slots, "day": order.slots(language)["day"]})
        if not days_left:
            yield Piece(f"day/today.{language}.png", Group.DAY, language, drawing, alt)
            break
        cards.append(drawing)
        yield Piece(f"countdown/days-{days_left:02}.{language}.png", Group.COUNTDOWN, language, drawing, alt)
    # it ends with the message: the card of the day itself may be under embargo
    moving = Flipbook((*cards, Drawing("post", "square", order.slots(language), language)))
    alt = _alt(order, language, "countdown", {**order.slots(language), "days_left": cards[0].slots["days_left"]})
    for suffix in (".mp4", ".gif"):
        yield Piece(f"countdown/countdown.{language}{suffix}", Group.COUNTDOWN, language, moving, alt)


def countdown_slots(order: KitOrder, language: str, days_left: int) -> dict[str, str]:
    """The words of a card of the countdown; with no day left its large words are the date, which then stands there once."""
    slots = {**order.slots(language), "days_left": days_in_words(days_left, order.campaign.day_on, language)}
    return slots if days_left else {**slots, "day": ""}


def _printed(order: KitOrder, language: str) -> Iterator[Piece]:
    slots = _printed_words(order, language)
    alt = _alt(order, language, "picture", slots)
    for template, name, file, suffixes in PRINTED:
        for suffix in suffixes if template in order.toolkit.loaded else ():
            drawing = Drawing(template, name, slots, language)
            described = _with_partners(order, language, template, alt)
            yield Piece(f"print/{file}.{language}{suffix}", Group.PRINT, language, drawing, described)
    if "sign" in order.toolkit.loaded:
        said = Drawing("sign", "a4", {**slots, "quote": slots["message"]}, language)
        described = _with_partners(order, language, "sign", alt)
        yield Piece(f"print/sign-message.{language}.pdf", Group.PRINT, language, said, described)


def _printed_words(order: KitOrder, language: str) -> dict[str, str]:
    """The city's words with those of what is printed: the question, the invitation, the way to the form."""
    slots = order.slots(language)
    question = choose(order.question, [language, *order.city.languages]).text
    written = order.texts_in(language)
    invitation = fill(written.prints.invitation, slots) if written else ""
    return {**slots, "title": question, "caption": invitation, "body": invitation, "contact": order.link, "qr": order.link}


def _written(order: KitOrder, language: str) -> Iterator[Piece]:
    slots = order.words(language)
    for network, text in city_posts(order.toolkit, language, slots).items():
        yield Piece(f"texts/{network}.{language}.txt", Group.TEXTS, language, text)
    yield from _notes(order, language)
    for name, text in letters_of(order, language):
        yield Piece(f"letters/{name}.{language}.txt", Group.LETTERS, language, text)
    sheet = {**slots, "title": order.toolkit.labels[language].reply_sheet, "body": reply_sheet(order, language)}
    yield Piece(f"letters/reply-sheet.{language}.pdf", Group.LETTERS, language, Drawing("sheet", "a4", sheet, language))
    posts = planned_posts(order, language)
    yield Piece(f"plan/posting-plan.{language}.html", Group.PLAN, language, as_page(order, posts, language))
    yield Piece(f"plan/posting-plan.{language}.csv", Group.PLAN, language, as_csv(order, posts).encode("utf-8-sig"))
    yield Piece(f"plan/posting-plan.{language}.ics", Group.PLAN, language, as_calendar(order, posts))


def _notes(order: KitOrder, language: str) -> Iterator[Piece]:
    slots, texts = order.words(language), order.toolkit.texts[language]
    title, body = fill(texts.note.title, slots), fill(texts.note.body, slots)
    second = Drawing("sheet", "a4", {**slots, "title": title, "body": briefing(order, language)}, language)
    words = {**slots, "title": title, "body": body, "contact": order.contact, "qr": order.link}
    first = Drawing("note", "a4", words, language, next_page=second)
    yield Piece(f"note/briefing.{language}.pdf", Group.NOTE, language, first)
    parts = (slots["city"], slots["message"], slots["day"], title, body, briefing(order, language), slots["hashtag"])
    yield Piece(f"note/briefing.{language}.txt", Group.NOTE, language, directed("\n\n".join(parts), language))


def _with_partners(order: KitOrder, language: str, template: str, alt: str) -> str:
    """The alternative text of a piece with the partners whose logos it shows."""
    shows_them = template in order.toolkit.loaded and order.toolkit.template(template).partners
    said = partners_said(order, language, as_alt=True) if shows_them else ""
    return f"{alt} {said}." if alt and said else alt


def _formats(order: KitOrder, template: str) -> list[str]:
    return list(order.toolkit.template(template).formats) if template in order.toolkit.loaded else []


def _alt(order: KitOrder, language: str, kind: str, values: Mapping[str, str]) -> str:
    """What is said of it to those who do not see it, in the language of the picture where that is handed out."""
    written = order.texts_in(language) or next(map(order.texts_in, order.text_languages), None)
    return fill(getattr(written.alt, kind), {"name": "", "words": "", **values}) if written else ""
