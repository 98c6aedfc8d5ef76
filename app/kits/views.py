"""What the page of a kit shows, in the person's language."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import PurePosixPath
from urllib.parse import quote, urlencode

from app.accounts.actor import Actor
from app.accounts.desk import desk_nav
from app.kits.contexts import GroupView, KitPage, PieceView, WaitingPage
from app.kits.order import KitOrder
from app.kits.piece_names import piece_name
from app.kits.pieces import Group, Piece, pieces_of
from app.kits.queries import DeskPlace
from app.kits.service import FIXED_FILES, first_pieces
from app.web.i18n import Translator, _

FIRST = "first"
LABELS = {
    FIRST: (_("Five to use today"), _("A post with its text, a story, a frame for your account, a poster.")),
    Group.FRAMES: (_("Picture frames"), _("Lay one over your photo: it shows through. Profile is a ring for an account.")),
    Group.PICTURES: (_("Pictures for posts"), _("The message and the question in each shape, and the badge.")),
    Group.QUOTES: (_("Quotes"), _("What people of your city say: for posts, and as a poster.")),
    Group.BANNERS: (_("Banners"), _("The wide picture above an account, for each network in its own size.")),
    Group.COUNTDOWN: (_("Countdown"), _("A picture for each day from four weeks before.")),
    Group.DAY: (_("The day"), _("For the day itself.")),
    Group.TEXTS: (_("Post texts"), _("One for each network, within the length it takes.")),
    Group.PRINT: (_("To print"), _("The postcard has 3 mm of bleed and crop marks, for a printing house.")),
    Group.NOTE: (_("Briefing note"), _("Two pages for colleagues and partners: to print, and as text.")),
    Group.LETTERS: (_("Letters"), _("For the press, the bulletin and colleagues, a mayor's quote, answers to comments.")),
    Group.PLAN: (_("Posting plan"), _("Which picture goes out when, with which text: as a page, as a table, for your calendar.")),
    Group.CODE: (_("Code of the form"), _("As a picture, and as a drawing for print.")),
}  # fmt: skip


def waiting_page(place: DeskPlace, comes_at: datetime | None, actor: Actor, speech: Translator, *, now: datetime) -> WaitingPage:
    """That there is no kit yet, and when it comes or should have come."""
    city, campaign = place.city, place.campaign
    return WaitingPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        city=speech.place(city.names, *city.languages),
        campaign=speech.choose(campaign.title, *city.languages),
        back_href=f"/desk/c/{campaign.slug}/{city.slug}",
        comes=speech.at_time(comes_at, city.time_zone) if comes_at else None,
        is_late=comes_at is not None and comes_at <= now,
    )


def kit_page(order: KitOrder, actor: Actor, speech: Translator, *, is_taken: bool, changes: Sequence[str]) -> KitPage:
    """The whole page."""
    every = pieces_of(order)
    pieces = [piece for piece in every if piece.group not in order.embargoed]
    url = f"/desk/c/{order.campaign.slug}/{order.city.slug}"
    chosen = [("in", tag) for tag in order.chosen_languages]

    def view(piece: Piece, name: str | None = None) -> PieceView:
        return _piece(piece, f"{url}/kit/{quote(piece.path)}", chosen, speech, name)

    first = _group(FIRST, [view(piece, name) for name, piece in first_pieces(order, pieces)], speech)
    by_folder = [(key, list(found)) for key, found in groupby(every, key=lambda piece: piece.group)]
    waits_until = speech.at_time(order.day_begins_at, order.city.time_zone)
    groups = [first]
    for key, found in by_folder:
        waits = key in order.embargoed
        group = _group(key, [] if waits else [view(piece) for piece in found], speech)
        groups.append(replace(group, waits_until=waits_until, waiting_count=len(found)) if waits else group)
    silent = [tag for tag in order.picture_languages if order.texts_in(tag) is None]
    drafts = [tag for tag in silent if order.toolkit.texts.keys() & {tag, tag.split("-")[0]}]
    return KitPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        city=speech.place(order.city.names, *order.city.languages),
        campaign=speech.choose(order.campaign.title, *order.city.languages),
        back_href=url,
        zip_href=_asking(f"{url}/kit.zip", chosen),
        files_count=sum(len(group.pieces) for group in groups) + FIXED_FILES,
        version=order.version,
        news=[(speech.number(each.version), speech.choose(each.note)) for each in order.news if not is_taken],
        changes=changes,
        languages=[(tag, speech.language_name(tag), tag in order.picture_languages) for tag in order.campaign.languages],
        without_texts=[speech.language_name(tag) for tag in silent if tag not in drafts],
        drafts=[speech.language_name(tag) for tag in drafts],
        has_texts=bool(order.text_languages),
        groups=groups,
    )


def _group(key: str, pieces: list[PieceView], speech: Translator) -> GroupView:
    label, hint = LABELS[key]
    return GroupView(str(key), speech.gettext(label), speech.gettext(hint), pieces, is_open=key != Group.COUNTDOWN)


def _piece(piece: Piece, href: str, chosen: list[tuple[str, str]], speech: Translator, name: str | None) -> PieceView:
    path = PurePosixPath(piece.path)
    text = piece.source if isinstance(piece.source, str) else ""
    opens = path.suffix == ".html"  # alone on somebody's disk it would be without its pictures
    return PieceView(
        name=piece_name(name or path.name, speech),
        href=_asking(href, chosen if opens else [*chosen, ("download", "true")]),
        opens=opens,
        thumbnail_href=None if isinstance(piece.source, str | bytes) else _asking(href, [*chosen, ("small", "true")]),
        text=text,
        alt=piece.alt,
        tag=piece.language,
        language=speech.language_name(piece.language) if piece.language else "",
        sort=path.suffix[1:].upper(),
    )


def _asking(href: str, asked: list[tuple[str, str]]) -> str:
    return f"{href}?{urlencode(asked)}" if asked else href
