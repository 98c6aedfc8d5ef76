"""One city's kit: every piece of it in one ZIP, or each piece alone."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from app.errors import NotFound
from app.kits import qr
from app.kits.archive import Entry, text_entry, write_archive
from app.kits.contexts import ReadmeText
from app.kits.documents import partners_said
from app.kits.drawing import Press
from app.kits.embargo import under_embargo
from app.kits.order import NETWORK_NAMES, KitOrder
from app.kits.pieces import Code, Drawing, Flipbook, Piece, pieces_of
from app.kits.thumbnails import shrunk
from app.web.i18n import own_name, translator
from app.web.templating import render_text
from app.words import choose

CHECKSUMS = "CHECKSUMS.sha256"
FIXED_FILES = 3  # README, LICENCES, CHECKSUMS
# what a city can post within five minutes of opening its kit: a picture with its text, a story, its own face, and a print
FIRST = (
    ("1-post", "pictures/message-square.{}.png"),
    ("2-post", "texts/facebook.{}.txt"),
    ("3-story", "pictures/message-story.{}.png"),
    ("4-profile-frame", "frames/profile.{}.png"),
    ("5-poster", "print/poster.{}.pdf"),
)


def build_kit(order: KitOrder, press: Press, *, folder: Path) -> IO[bytes]:
    """The kit as an open ZIP; refuses `kit.words_do_not_fit` when a city's words cannot be set in the campaign's pictures."""
    return write_archive(_entries(order, press), folder=folder)


def find_piece(order: KitOrder, path: str) -> Piece:
    """A piece by its path; NotFound `kit.no_such_piece`, or `kit.under_embargo` before the day begins in the city."""
    for piece in pieces_of(order):
        if piece.path == path:
            if piece.group in order.embargoed:
                raise under_embargo(order.campaign, order.city)
            return piece
    raise NotFound("kit.no_such_piece")


def available_pieces(order: KitOrder) -> list[Piece]:
    """Those that can be had now: all but what waits for the city's day."""
    return [piece for piece in pieces_of(order) if piece.group not in order.embargoed]


def content_of(piece: Piece, press: Press) -> bytes:
    """The bytes of one piece."""
    match piece.source:
        case Drawing():
            return press.draw(piece.source, Path(piece.path).suffix).read_bytes()
        case Flipbook():
            return press.bind(piece.source, Path(piece.path).suffix).read_bytes()
        case Code(link):
            return qr.qr_svg(link) if piece.path.endswith(".svg") else qr.qr_png(link)
        case str(text):
            return b"".join(text_entry(piece.path, text).chunks)
        case bytes(content):
            return content


def thumbnail_of(piece: Piece, press: Press) -> bytes:
    """A small WebP of a picture, a page or a code; NotFound `kit.no_such_piece` for a text."""
    match piece.source:
        case Drawing():
            return press.thumbnail(piece.source).read_bytes()
        case Flipbook(pictures):
            return press.thumbnail(pictures[0]).read_bytes()
        case Code(link):
            return shrunk(qr.qr_png(link))
        case str() | bytes():
            raise NotFound("kit.no_such_piece")


def first_pieces(order: KitOrder, pieces: Iterable[Piece]) -> list[tuple[str, Piece]]:
    """The five to use today, in the city's first language, each with the name that says its order."""
    by_path = {piece.path: piece for piece in pieces}
    languages = (*order.text_languages[:1], order.picture_languages[0])
    found = []
    for name, pattern in FIRST:
        piece = next((by_path[path] for path in map(pattern.format, languages) if path in by_path), None)
        if piece is not None:
            found.append((name, piece))
    return found


def _entries(order: KitOrder, press: Press) -> Iterator[Entry]:
    pieces = available_pieces(order)
    sums: list[str] = []
    yield _counted(text_entry("README.txt", _readme(order)), sums)
    for name, piece in first_pieces(order, pieces):
        yield _counted(Entry(f"first/{name}{Path(piece.path).suffix}", _when_asked(piece, press)), sums)
    for piece in pieces:
        yield _counted(Entry(piece.path, _when_asked(piece, press)), sums)
    yield _counted(text_entry("LICENCES.md", (order.toolkit.folder / "LICENCES.md").read_text("utf-8")), sums)
    yield Entry(CHECKSUMS, ("".join(sums).encode() for _once in range(1)))


def _when_asked(piece: Piece, press: Press) -> Iterator[bytes]:
    yield content_of(piece, press)


def _counted(entry: Entry, sums: list[str]) -> Entry:
    """The same entry; when all of it was read, its line of the checksums is written."""

    def chunks() -> Iterator[bytes]:
        digest = hashlib.sha256()
        for chunk in entry.chunks:
            digest.update(chunk)
            yield chunk
        sums.append(f"{digest.hexdigest()}  {entry.path}\n")

    return Entry(entry.path, chunks())


def _readme(order: KitOrder) -> str:
    """In every language of the texts, or of the pictures where there are no texts, one after the other."""
    return ("\n\n" + "-" * 72 + "\n\n").join(
        render_text("kits/readme.txt", language, _readme_words(order, language)).strip()
        for language in order.text_languages or order.picture_languages
    )


def _in_words(order: KitOrder, language: str) -> str:
    return translator(language).at_time(order.day_begins_at, order.city.time_zone)


def _readme_words(order: KitOrder, language: str) -> ReadmeText:
    slots = order.slots(language)
    return ReadmeText(
        city=slots["city"],
        message=slots["message"],
        day=slots["day"],
        hashtag=slots["hashtag"],
        link=order.link,
        contact=order.contact,
        partners=partners_said(order, language),
        networks=list(NETWORK_NAMES.values()),
        version=order.version,
        news=[(news.version, choose(news.note, [language]).text) for news in order.news],
        waits_until=_in_words(order, language) if order.embargoed else None,
        language_names=[own_name(tag) for tag in dict.fromkeys([*order.picture_languages, *order.text_languages])],
    )
