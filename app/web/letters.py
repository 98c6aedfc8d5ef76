"""Writes every mail from one pair of templates: the same words as plain text and as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.mail import Written
from app.web.i18n import translator
from app.web.templating import render_text
from app.words import Chosen, Words, choose


@dataclass(frozen=True, slots=True)
class LetterSubject:
    """What a letter is about, in the words of those who run it."""

    title: Chosen
    message: Chosen
    when: str
    objective: Chosen


@dataclass(frozen=True, slots=True)
class LetterPoint:
    """One of several things that a letter says."""

    sentence: str
    link: str | None = None  # where it is done, if not at the link of the whole letter


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, in its reader's language: plain and short, with one thing to do."""

    name: str
    opening: str
    about: LetterSubject | None
    act: str
    link: str
    closing: str
    points: Sequence[LetterPoint] = ()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the templates show."""

    network_name: Chosen
    subject: str
    letter: Letter


def write_letter(letter: Letter, *, subject: str, network_names: Words, language: str) -> Written:
    """The mail as it is read; `language` is the reader's, the pages' nearest one speaks."""
    spoken = translator(language).language
    sheet = _Sheet(choose(network_names, [language, spoken]), subject, letter)
    return Written(
        subject=subject,
        text=render_text("letter.txt", spoken, sheet).strip() + "\n",
        html=render_text("letter.html", spoken, sheet),
    )
