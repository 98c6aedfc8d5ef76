"""Says what a version of a brief keeps, and what changed from one to the next, in words for everybody."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from app.campaigns.brief_fields import CONTENT_FIELDS, FIELD_LABELS, WORDS_FIELDS
from app.campaigns.change_contexts import ChangeView, Piece
from app.campaigns.contexts import FORMAT_WORDS, KIND_WORDS
from app.campaigns.sdgs import sdg_labels
from app.campaigns.views import toolkit_name
from app.enums import CountsTo, SubmissionKind
from app.web.i18n import Translator, _

COUNTS_TO_WORDS = {CountsTo.LAUNCH: _("the launch of the campaign"), CountsTo.DAY: _("the day")}
LISTS = frozenset({"languages", "sdgs", "kinds", "formats"})
SEPARATOR = ", "
WORDS = re.compile(r"\s*[\u3040-\u30ff\u3400-\u9fff]|\s*[^\s\u3040-\u30ff\u3400-\u9fff]+|\s+")  # a sign of Han or kana is a word


def said_value(field: str, value: Any, speech: Translator) -> str:
    """A fact of the brief that is no text, in words; empty when there is none."""
    return SAID[field](value, speech)


def changes(old: Mapping[str, Any], new: Mapping[str, Any], speech: Translator) -> list[ChangeView]:
    """What differs between two versions, field by field and language by language."""
    found: list[ChangeView] = []
    for field in CONTENT_FIELDS:
        before, after = old.get(field), new.get(field)
        if before == after:
            continue
        label = speech.gettext(FIELD_LABELS[field])
        if field in WORDS_FIELDS:
            found.extend(_texts_changed(label, before, after, speech))
        else:
            said = [said_value(field, each, speech) if each is not None else "" for each in (before, after)]
            pieces = _items(*said) if field in LISTS else ([Piece(said[0], differs=True)], [Piece(said[1], differs=True)])
            found.append(ChangeView(label, None, None, *pieces))
    return found


def marked(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts, cut where their words differ."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for what, start, end, begin, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for side, words in zip(pieces, (before[start:end], after[begin:stop]), strict=True):
            side.extend(_cut("".join(words), differs=what != "equal"))
    return pieces


def _cut(text: str, *, differs: bool) -> Iterator[Piece]:
    """The spaces before a word that differs are not marked with it."""
    bare = text.lstrip() if differs else text
    if len(bare) < len(text):
        yield Piece(text[: len(text) - len(bare)], differs=False)
    if bare:
        yield Piece(bare, differs=differs)


def _items(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Two lists in words, with what is in one of them alone marked."""
    sides = (old.split(SEPARATOR) if old else [], new.split(SEPARATOR) if new else [])
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for side, own, other in zip(pieces, sides, reversed(sides), strict=True):
        for place, item in enumerate(own):
            if place:
                side.append(Piece(SEPARATOR, differs=False))
            side.append(Piece(item, differs=item not in other))
    return pieces


def _texts_changed(
    label: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, speech: Translator
) -> Iterator[ChangeView]:
    old, new = (each["texts"] if each else {} for each in (before, after))
    for tag in dict.fromkeys([*new, *old]):
        if old.get(tag, "") != new.get(tag, ""):
            pieces = marked(old.get(tag, ""), new.get(tag, ""))
            yield ChangeView(label, speech.language_name(tag), tag, *pieces)


def _listed(words: Callable[[Any, Translator], str]) -> Callable[[Sequence[Any], Translator], str]:
    return lambda values, speech: SEPARATOR.join(words(value, speech) for value in values)


def _days_before(value: int, speech: Translator) -> str:
    count = -value
    return speech.ngettext("%(count)s day before the day", "%(count)s days before the day", count) % {
        "count": speech.number(count)
    }


def _days_after(value: int, speech: Translator) -> str:
    return speech.ngettext("%(count)s day after the day", "%(count)s days after the day", value) % {"count": speech.number(value)}


def _elsewhere(value: bool, speech: Translator) -> str:  # noqa: FBT001 - a value of a table
    return speech.gettext(_("can send too") if value else _("cannot send"))


SAID: dict[str, Callable[[Any, Translator], str]] = {
    "languages": _listed(lambda tag, speech: speech.language_name(tag)),
    "sdgs": lambda goals, speech: SEPARATOR.join(sdg_labels(goals, speech)),
    "day_on": lambda day, speech: speech.on_date(date.fromisoformat(day)),
    "pre_day_offset_days": _days_before,
    "post_day_offset_days": _days_after,
    "counts_to": lambda value, speech: speech.gettext(COUNTS_TO_WORDS[CountsTo(value)]),
    "kinds": _listed(lambda kind, speech: speech.gettext(KIND_WORDS[SubmissionKind(kind)])),
    "max_clip_s": lambda value, speech: speech.duration(value),
    "max_text_chars": lambda value, speech: speech.gettext(_("%(count)s characters")) % {"count": speech.number(value)},
    "formats": _listed(lambda name, speech: speech.gettext(FORMAT_WORDS[name]) if name in FORMAT_WORDS else name),
    "collects_elsewhere": _elsewhere,
    "toolkit_slug": lambda slug, _speech: toolkit_name(slug),
}
