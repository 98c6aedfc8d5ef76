"""Slot text made safe to set: what it says stays, what could rearrange or pile up the page goes."""

import re
import unicodedata

from media_pipeline.typeset.scripts import breaks_anywhere, is_mark

LEFT_TO_RIGHT_ISOLATE = "\u2066"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
LIST_MARK = "\u2013 "  # what a line of a list begins with; it stands where lines of the page begin, whatever comes after it
# Joiners stay: Persian, Hindi and emoji need U+200C and U+200D.
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_JOINERS = "\u200c\u200d"
_NO_BREAK_SPACES = "\u00a0\u202f"
# Four marks on one letter are more than any living language writes; towers of them run over their neighbours.
_MOST_MARKS = 4
# Not `\w`, which tears vowel signs off Tamil and Hindi words: everything up to a space or closing punctuation.
_CLOSING = "\"'\u00ab\u00bb\u2018\u2019\u201c\u201d\u2026\u060c\u061b\u061f\u3001\u3002\uff01\uff0c\uff1f"
_HASHTAG = re.compile(rf"#[^\s#.,;:!?()\[\]{{}}{_CLOSING}{FIRST_STRONG_ISOLATE}{POP_ISOLATE}]+")

_SIZE = re.compile(r"\d+(?:[.,]\d+)? \u00d7 \d+(?:[.,]\d+)?")  # a width before a height


def clean(text: str) -> str:
    """The text in NFC without controls; single line ends stay, more than one become one empty line."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    text = _BIDI_CONTROLS.sub("", text)
    kept: list[str] = []
    marks = 0
    for letter in text:
        if is_mark(letter):
            marks += 1
            if marks > _MOST_MARKS:
                continue
        elif letter not in _JOINERS:
            marks = 0
        if letter != "\n" and letter not in _JOINERS and unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}:
            continue
        kept.append(letter)
    lines = [re.sub(r"[^\S\n\u00a0\u202f]+", " ", line).strip() for line in "".join(kept).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def isolate(text: str, *, rtl: bool) -> str:
    """The text in an isolate if it runs against the line it stands in, so that it does not move what is beside it.

    Only then: the control characters keep Typst from hyphenating the word that they touch.
    """
    own = _runs_right_to_left(text)
    return text if own is None or own == rtl else f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"


def isolate_hashtags(text: str, *, rtl: bool) -> str:
    """Every hashtag that runs against the line in an isolate: `#` stays before a Latin one in an Arabic sentence."""
    return _HASHTAG.sub(lambda found: isolate(found.group(), rtl=rtl), text)


def isolate_sizes(text: str) -> str:
    """Every size, such as 1080 \u00d7 1350, in an isolate: in an Arabic sentence its height would stand before its width."""
    return _SIZE.sub(lambda found: f"{LEFT_TO_RIGHT_ISOLATE}{found.group()}{POP_ISOLATE}", text)


def paragraphs(text: str, *, rtl: bool) -> list[list[str]]:
    """Paragraphs (parted by an empty line) of lines, isolated for a page that runs this way, ready to be set."""
    blocks = [block.split("\n") for block in text.split("\n\n") if block]
    return [[_isolated_line(line, rtl=rtl) for line in lines] for lines in blocks]


def _isolated_line(line: str, *, rtl: bool) -> str:
    if line.startswith(LIST_MARK):
        return LIST_MARK + _isolated_line(line.removeprefix(LIST_MARK), rtl=rtl)
    own = _runs_right_to_left(line)
    if own or (own is None and rtl):
        line = isolate_sizes(line)
    return isolate(isolate_hashtags(line, rtl=bool(own)), rtl=rtl)


def _runs_right_to_left(text: str) -> bool | None:
    """The direction of the first letter that has one, outside of hashtags if there is any."""
    for part in (_HASHTAG.sub("", text), text):
        for letter in part:
            if unicodedata.bidirectional(letter) in {"L", "R", "AL"}:
                return unicodedata.bidirectional(letter) != "L"
    return None


def longest_pieces(text: str, count: int = 6) -> list[str]:
    """The longest pieces that a line cannot end within; only these can be too wide for a box."""
    pieces: set[str] = set()
    piece = ""
    for letter in text:
        if (letter.isspace() and letter not in _NO_BREAK_SPACES) or breaks_anywhere(letter):
            pieces.add(piece)
            piece = ""
        else:
            piece += letter
            if letter in "-\u2010\u2013\u2014/":
                pieces.add(piece)
                piece = ""
    pieces.add(piece)
    return sorted(pieces - {""}, key=lambda word: (-len(word), word))[:count]
