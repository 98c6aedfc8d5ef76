"""Reads what was typed into the two forms, the resident's and the officer's; every refusal is noted, none is raised."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import category

from app.consent.wordings import wording_languages
from app.enums import Purpose, SubmissionKind
from app.errors import Refused
from app.submissions import rules
from app.submissions.service import Contribution
from app.web.forms import Fields

CONSENT = "consent_"
_EMPTY_LINES = re.compile(r"\n\s*\n\s*\n")  # more than one between two paragraphs only makes a hole in the wall
_SPEAKING = frozenset({SubmissionKind.CLIP, SubmissionKind.SOUND})


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in."""

    contribution: Contribution
    purposes: frozenset[Purpose]


def typed(form: Mapping[str, Sequence[str]]) -> Fields:
    """The fields without control characters, which no one types and not every database keeps."""
    return Fields({name: [_clean(value) for value in values] for name, values in form.items()})


def answer(fields: Fields, name: str) -> bool | None:
    """A yes/no question: yes, no, or not answered."""
    return {"yes": True, "no": False}.get(fields.raw(name))


def answers(fields: Fields) -> dict[Purpose, bool | None]:
    """What was said to each purpose."""
    return {purpose: answer(fields, CONSENT + purpose.value) for purpose in Purpose}


def wording_language(fields: Fields, page_language: str) -> str:
    """The language in which the sentences of consent were shown: the form says it, since its reader may have changed theirs."""
    shown = fields.raw("wording_language")
    return shown if shown in wording_languages() else page_language


def read_share(fields: Fields, kind: SubmissionKind | None, *, limit_chars: int, languages: Collection[str]) -> Filled:
    """The resident's form; `kind` is that of the file, or of words alone, or None when the file was refused."""
    words = Contribution(
        language=_language(fields, languages),
        text=_story(fields, limit_chars),
        spoken_words=_spoken(fields, kind),
        name=fields.text("name", required=False, max_chars=rules.MAX_NAME_CHARS) or None,
        alt_text=_alt_text(fields, kind),
    )
    if kind is SubmissionKind.TEXT:
        note(fields, lambda: rules.check_something_to_say(words.text, has_file=False))
    if answer(fields, "adult") is None:
        fields.refuse("adult", "form.answer_needed")
    purposes = frozenset(purpose for purpose, agreed in answers(fields).items() if agreed)
    note(fields, lambda: rules.check_purposes(purposes))
    return Filled(words, purposes)


def read_upload(fields: Fields, *, limit_chars: int, languages: Collection[str]) -> Filled:
    """The officer's form, whose words go with every file in it."""
    words = Contribution(
        language=_language(fields, languages),
        text=_story(fields, limit_chars),
        spoken_words=fields.text("spoken_words", required=False, max_chars=rules.MAX_SPOKEN_CHARS),
        alt_text=fields.text("alt_text", required=False, max_chars=rules.MAX_ALT_CHARS),
        credit=fields.text("credit", required=False, max_chars=rules.MAX_CREDIT_CHARS) or None,
        consent_note=fields.text("consent_note", required=False, max_chars=rules.MAX_CONSENT_NOTE_CHARS),
    )
    if not words.consent_note:
        fields.refuse("consent_note", "upload.consent_note_needed")
    purposes = frozenset(purpose for purpose in Purpose if fields.ticked(CONSENT + purpose.value))
    if Purpose.CAMPAIGN_PAGES not in purposes:  # as `rules.check_purposes`, said to an officer
        fields.refuse(CONSENT + Purpose.CAMPAIGN_PAGES.value, "upload.pages_needed")
    return Filled(words, purposes)


def note(fields: Fields, check: Callable[[], None]) -> None:
    """Note what a rule refuses."""
    try:
        check()
    except Refused as refused:
        fields.refusals.append(refused)


def _story(fields: Fields, limit_chars: int) -> str:
    text = _EMPTY_LINES.sub("\n\n", fields.raw("text").replace("\r\n", "\n")).strip()
    note(fields, lambda: rules.check_text(text, limit_chars=limit_chars))
    return text


def _spoken(fields: Fields, kind: SubmissionKind | None) -> str:
    spoken_words = fields.text("spoken_words", required=False, max_chars=rules.MAX_SPOKEN_CHARS)
    return spoken_words if kind in _SPEAKING else ""


def _alt_text(fields: Fields, kind: SubmissionKind | None) -> str:
    alt_text = fields.text("alt_text", required=False, max_chars=rules.MAX_ALT_CHARS)
    return "" if kind is SubmissionKind.TEXT else alt_text


def _language(fields: Fields, languages: Collection[str]) -> str:
    language = fields.raw("language")
    if language not in languages:
        fields.refuse("language", "form.not_a_choice")
    return language


def _clean(text: str) -> str:
    return "".join(character for character in text if character in "\n\r\t" or category(character) != "Cc")
