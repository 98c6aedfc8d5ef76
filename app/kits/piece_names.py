"""What a piece of a kit is called at the desk: in the ZIP it has the short name of its file."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from app.campaigns.contexts import FORMAT_WORDS
from app.kits.order import NETWORK_NAMES
from app.web.i18n import Translator, _

NAMES: Mapping[str, str] = {  # by the first part of the file's name
    "1-post": _("1. A post"),
    "2-post": _("2. Its text"),
    "3-story": _("3. A story"),
    "4-profile-frame": _("4. A frame for your account"),
    "5-poster": _("5. A poster"),
    "message": _("Message"),
    "question": _("Question"),
    "badge": _("Badge"),
    "countdown": _("Countdown, moving"),
    "today": _("Card of the day"),
    "poster": _("Poster"),
    "postcard-front": _("Postcard, front"),
    "postcard-back": _("Postcard, back"),
    "sign": _("Sign to write on"),
    "sign-message": _("Sign with the message"),
    "briefing": _("Briefing note"),
    "press-release": _("Press release"),
    "mayors-quote": _("A mayor's quote"),
    "bulletin": _("Text for the bulletin"),
    "colleagues": _("Text for colleagues"),
    "reply-sheet": _("Reply sheet"),
    "posting-plan": _("Posting plan"),
    "form": _("Code of the form"),
    **FORMAT_WORDS,
    "wide": _("Wide"),
}
ACCOUNTS = {**NETWORK_NAMES, "youtube": "YouTube"}
_DAYS_LEFT = re.compile(r"days-(\d+)")
_OF_ONE_QUOTE = re.compile(r"(\d+)-(.+)")


def piece_name(name: str, speech: Translator) -> str:
    """The file's name, or its path, in plain words; what a designer called otherwise stays as it is."""
    stem = PurePosixPath(name).name.split(".")[0]
    if stem in NAMES or stem in ACCOUNTS:
        return speech.gettext(NAMES[stem]) if stem in NAMES else ACCOUNTS[stem]
    if found := _DAYS_LEFT.fullmatch(stem):
        days = int(found[1])
        return speech.ngettext("%(count)s day left", "%(count)s days left", days) % {"count": speech.number(days)}
    if found := _OF_ONE_QUOTE.fullmatch(stem):
        number = speech.gettext(_("Quote %(number)s")) % {"number": speech.number(int(found[1]))}
        return f"{number} · {piece_name(found[2], speech)}"
    what, _dash, shape = stem.partition("-")
    if what in NAMES and shape:
        return f"{speech.gettext(NAMES[what])} · {piece_name(shape, speech)}"
    return stem
