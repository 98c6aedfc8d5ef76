"""What is said, with its times: read from WebVTT, SRT or a plain transcript, cut to what is kept, written as WebVTT."""
# ruff: noqa: RUF001 -- the punctuation of many scripts

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import accumulate
from pathlib import Path

from media_pipeline.errors import MediaError
from media_pipeline.types import Captions, Cue, Rendition
from media_pipeline.workspace import sha256_of

Span = tuple[float, float]

# the usual 42 Latin letters; a Chinese character counts as 2.3 of them, 18 a line
LINE_LETTERS, LINES = 42, 2
_WIDE = 2.3
# shorter cues cannot be read
_SHORTEST_S = 1.0
_NEAR_PAUSE_S = 0.7
# three a second for ten minutes: nobody speaks so, and each costs work when it is burned in
_MOST_CUES = 1800

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_LOOKS_TIMED = re.compile(r"^\s*-?\d[\d:.,]*\s*-->", re.MULTILINE)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>|<\d[\d:.]*>|\{\\[^}]*\}")
_DASHES = ("-", "\u2010", "\u2013", "\u2014")
_NOT_SPOKEN = ("NOTE", "STYLE", "REGION")
_CLOSERS = "\"'”’»)\\]」』"
_SENTENCE = re.compile(rf"(?<=[.!?…؟।۔።။])[{_CLOSERS}]*\s+|(?<=[。！？])[{_CLOSERS}]*")
_CLAUSE = re.compile(r"(?<=[,;:،؛፣፤—–])\s+|(?<=[、，；：])")
# so many letters from the middle, a comma is still the better place to end a line
_FOR_A_COMMA = 9.0
# a translation is shared out among the cues of the original: how far from its place a part may end for a sentence, a clause
_NEAR_SENTENCE, _NEAR_CLAUSE = 0.5, 0.3
# a line must not begin with these
_NEVER_FIRST = frozenset(".,;:!?…。、，！？；：）)」』”’»؟،؛।")


def read_captions(text: str, *, language: str, burned_in: bool = False) -> Captions:
    """Read WebVTT, SRT or a transcript, told apart by what is in it.

    Raises MediaError `captions.bad {line}` for a timing that cannot be read or ends before it begins, and where nothing is said.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("WEBVTT") or _LOOKS_TIMED.search(text):
        cues = tuple(_cues(text.split("\n")))
        if not cues:
            raise MediaError("captions.bad", {"line": 1})
        return Captions(language, cues, burned_in=burned_in)
    transcript = _clean(text)
    if not transcript:
        raise MediaError("captions.bad", {"line": 1})
    return Captions(language, transcript=transcript, burned_in=burned_in)


def kept_cues(
    captions: Captions, speech: Sequence[Span], *, whole_s: float, start_s: float, duration_s: float
) -> tuple[Cue, ...]:
    """The cues of the kept part by its own clock, in order, none over another; a transcript is spread over the speech first."""
    cues = captions.cues or spread(captions.transcript, speech, whole_s)
    kept: list[Cue] = []
    for cue in sorted(cues, key=lambda cue: (cue.start_s, cue.end_s)):
        begin_s, end_s = max(cue.start_s - start_s, 0.0), min(cue.end_s - start_s, duration_s)
        text = _clean(cue.text).replace("\n\n", "\n")
        if end_s - begin_s < 0.001 or not text:
            continue
        if kept and begin_s - kept[-1].start_s < 0.001:  # two at once are one in two lines
            kept[-1] = Cue(begin_s, max(end_s, kept[-1].end_s), f"{kept[-1].text}\n{text}")
            continue
        if kept and kept[-1].end_s > begin_s:
            kept[-1] = Cue(kept[-1].start_s, begin_s, kept[-1].text)
        kept.append(Cue(begin_s, end_s, text))
    if len(kept) > _MOST_CUES:
        raise MediaError("media.too_heavy", {"resource": "captions", "allowed": _MOST_CUES})
    return tuple(kept)


def attach(cues: Sequence[Cue], out: Path, *, language: str) -> Rendition:
    """Write them beside the film or sound."""
    path = out / "captions.vtt"
    path.write_text(webvtt(cues, language=language), encoding="utf-8")
    return Rendition(
        format="captions",
        role="captions",
        path=path.name,
        media_type="text/vtt",
        width_px=None,
        height_px=None,
        duration_s=None,
        size_bytes=path.stat().st_size,
        sha256=sha256_of(path),
        loudness_lufs=None,
    )


def webvtt(cues: Sequence[Cue], *, language: str) -> str:
    """Plain WebVTT: times and words, nothing that styles or moves them."""
    said = (timed(cue.start_s, cue.end_s, [(line, language) for line in cue.text.split("\n")]) for cue in cues)
    return "\n".join(["WEBVTT\n", *said])


def timed(start_s: float, end_s: float, lines: Sequence[tuple[str, str]]) -> str:
    """One cue of a WebVTT file: its times and its lines, each in its language."""
    words = (html.escape(_towards(line, language), quote=False) for line, language in lines if line)
    return f"{_clock(start_s)} --> {_clock(end_s)}\n" + "\n".join(words) + "\n"


def unbroken(text: str) -> str:
    """The words of a cue without its line ends, for a place of another width; lines of a dialogue stay apart."""
    lines = text.split("\n")
    return text if any(line.startswith(_DASHES) for line in lines) else reduce(_joined, lines)


def spread(transcript: str, speech: Sequence[Span], duration_s: float) -> tuple[Cue, ...]:
    """Share the time in which speech is heard among the words, sentence by sentence, by their length."""
    texts = _readable(transcript)
    if not texts or duration_s <= 0:
        return ()
    heard = [(max(begin, 0.0), min(end, duration_s)) for begin, end in speech if min(end, duration_s) > max(begin, 0.0)]
    heard = heard or [(0.0, duration_s)]
    lengths = [_width(text) for text in texts]
    spoken_s = sum(end - begin for begin, end in heard)
    pauses_s = list(accumulate(end - begin for begin, end in heard))[:-1]
    edges_s = [0.0]
    for passed in accumulate(lengths):
        edge_s = spoken_s * passed / sum(lengths)
        # people pause between two sentences: a pause that is near is where this one ends
        near_s = [pause_s for pause_s in pauses_s if abs(pause_s - edge_s) <= _NEAR_PAUSE_S and pause_s > edges_s[-1]]
        is_last = len(edges_s) == len(texts)
        edges_s.append(near_s[0] if near_s and not is_last else max(edge_s, edges_s[-1]))
    starts = [_moment(edge_s, heard, ends=False) for edge_s in edges_s[:-1]]
    ends = [_moment(edge_s, heard, ends=True) for edge_s in edges_s[1:]]
    shortest_s = min(_SHORTEST_S, duration_s / len(texts))
    for number in range(len(texts)):
        starts[number] = max(starts[number], ends[number - 1] if number else 0.0)
        ends[number] = max(ends[number], starts[number] + shortest_s)
    last_s = duration_s
    for number in reversed(range(len(texts))):
        ends[number] = min(ends[number], last_s)
        starts[number] = last_s = min(starts[number], max(ends[number] - shortest_s, 0.0))
    cues = zip(starts, ends, texts, strict=True)
    return tuple(Cue(round(begin_s, 3), round(end_s, 3), _in_lines(text)) for begin_s, end_s, text in cues)


def shared_out(text: str, like: Sequence[str]) -> list[str]:
    """The text in as many parts as there are texts, each about as long beside the whole as its own; some may be empty.

    A part ends with a sentence where one ends near, else with a clause, else with a word.
    """
    left, parts = " ".join(_clean(text).split()), list[str]()
    widths = [_width(each) for each in like]
    for at, width in enumerate(widths[:-1]):
        wanted = _width(left) * width / (sum(widths[at:]) or 1.0)
        head, left = _ended(left, wanted) if left else ("", "")
        parts.append(head)
    return [*parts, left][: len(widths)]


def _ended(text: str, wanted: float) -> tuple[str, str]:
    """Cut near the wanted width: where a sentence ends, else a clause, each within a share of it, else where a line may."""
    for pattern, near in ((_SENTENCE, _NEAR_SENTENCE), (_CLAUSE, _NEAR_CLAUSE)):
        ends = [found.end() for found in pattern.finditer(text)]
        distances = {end: abs(_width(text[:end].rstrip()) - wanted) for end in ends if 0 < end < len(text)}
        at = min(distances, key=distances.__getitem__, default=0)
        if at and distances[at] <= near * wanted:
            return text[:at].strip(), text[at:].strip()
    return _cut(text, wanted)


def _cues(lines: Sequence[str]) -> Iterator[Cue]:
    """The blocks between empty lines that hold a timing; what stands before it is a name or a number."""
    at = 0
    while at < len(lines):
        first = at
        while at < len(lines) and lines[at].strip():
            at += 1
        block = lines[first:at]
        at += 1
        if not block or block[0].startswith("WEBVTT") or block[0].split()[0] in _NOT_SPOKEN:
            continue
        timed = next((number for number, line in enumerate(block[:2]) if "-->" in line), None)
        if timed is None:
            raise MediaError("captions.bad", {"line": first + 1})
        start_s, end_s = _times(block[timed], first + timed + 1)
        text = html.unescape(_TAG.sub("", "\n".join(block[timed + 1 :])))
        if text.strip():
            yield Cue(start_s, end_s, text.strip())


def _times(line: str, number: int) -> Span:
    found = _TIMING.fullmatch(line)
    if found is None:
        raise MediaError("captions.bad", {"line": number})
    parts = found.groups(default="0")
    start_s, end_s = (_seconds(*parts[:4]), _seconds(*parts[4:]))
    if end_s <= start_s or any(int(part) > 59 for part in (parts[1], parts[2], parts[5], parts[6])):
        raise MediaError("captions.bad", {"line": number})
    return start_s, end_s


def _seconds(hours: str, minutes: str, seconds: str, fraction: str) -> float:
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _clock(at_s: float) -> str:
    minutes, milliseconds = divmod(round(at_s * 1000), 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"


def _clean(text: str) -> str:
    from media_pipeline.typeset.words import clean  # noqa: PLC0415 -- the typesetter takes longer to load than all the rest

    return clean(text)


def _towards(line: str, language: str) -> str:
    """The line with a mark before it where its first letter runs against the language, as after a Latin name in Arabic."""
    from media_pipeline.typeset.scripts import is_right_to_left  # noqa: PLC0415 -- as above

    first = next((way for way in map(unicodedata.bidirectional, line) if way in {"L", "R", "AL"}), None)
    if first is None or (first != "L") == is_right_to_left(language):
        return line
    return ("\u200f" if is_right_to_left(language) else "\u200e") + line


def _readable(transcript: str) -> list[str]:
    """Pieces of at most two lines that end with a sentence, else with a clause, else with a word."""
    pieces: list[str] = []
    for paragraph in _clean(transcript).split("\n"):
        short = ""
        for sentence in _split(_SENTENCE, paragraph):
            joined = f"{short} {sentence}".strip()
            if short and _width(joined) <= LINE_LETTERS:
                short = joined
                continue
            pieces += [short] if short else []
            short = sentence if _width(sentence) <= LINE_LETTERS else ""
            pieces += [] if short else _pack(sentence)
        pieces += [short] if short else []
    return pieces


def _pack(sentence: str) -> list[str]:
    """As many clauses together as two lines hold, in pieces of about one length."""
    if _width(sentence) <= LINES * LINE_LETTERS:
        return [sentence]
    clauses = [piece for clause in _split(_CLAUSE, sentence) for piece in _parts(clause)]
    most = _width(sentence) / -(-_width(sentence) // (LINES * LINE_LETTERS)) * 1.15
    packed = [clauses[0]]
    for clause in clauses[1:]:
        joined = _joined(packed[-1], clause)
        if _width(joined) <= min(most, LINES * LINE_LETTERS):
            packed[-1] = joined
        else:
            packed.append(clause)
    return packed


def _parts(clause: str) -> list[str]:
    """A clause too long for two lines in equal parts, at words; between letters where the script writes no spaces."""
    count = int(-(-_width(clause) // (LINES * LINE_LETTERS - 4)))
    parts = []
    for left in range(count, 1, -1):
        head, clause = _cut(clause, _width(clause) / left)
        parts.append(head)
        if not clause:
            break
    return [part for part in [*parts, clause] if part]


def _in_lines(text: str) -> str:
    if _width(text) <= LINE_LETTERS:
        return text
    return "\n".join(line for line in _cut(text, _width(text) / 2) if line)


def _cut(text: str, wanted: float) -> tuple[str, str]:
    """Cut where a line may end, as near to the wanted width as can be."""
    places, whole = [at for at in range(1, len(text)) if _may_end(text, at)], _width(text)

    def distance(at: int) -> float:
        head = text[:at].rstrip()
        fits = max(_width(head), whole - _width(head)) <= LINE_LETTERS
        return abs(_width(head) - wanted) - (_FOR_A_COMMA if fits and head[-1:] in _NEVER_FIRST else 0.0)

    at = min(places, key=distance, default=len(text))
    return text[:at].strip(), text[at:].strip()


def _may_end(text: str, at: int) -> bool:
    from media_pipeline.typeset.scripts import breaks_anywhere  # noqa: PLC0415 -- as above

    before, after = text[at - 1], text[at]
    if before == " ":
        return True
    fixed = after in _NEVER_FIRST or unicodedata.category(after).startswith(("M", "Cf")) or unicodedata.category(before) == "Cf"
    return breaks_anywhere(before) and breaks_anywhere(after) and not fixed


def _joined(before: str, after: str) -> str:
    wide = unicodedata.east_asian_width(before[-1]) in {"W", "F"}
    return f"{before}{'' if wide else ' '}{after}"


def _split(pattern: re.Pattern[str], text: str) -> list[str]:
    ends = [found.end() for found in pattern.finditer(text)]
    pieces = [text[begin:end].strip() for begin, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    return [piece for piece in pieces if piece]


def _width(text: str) -> float:
    """How long it looks, in Latin letters: most marks lie on their letter, ideographs are wide."""
    letters = (letter for letter in text if unicodedata.category(letter) not in {"Mn", "Me", "Cf"})
    return sum(_WIDE if unicodedata.east_asian_width(letter) in {"W", "F"} else 1.0 for letter in letters)


def _moment(spoken_s: float, heard: Sequence[Span], *, ends: bool) -> float:
    """When so much of the speech is over: at a pause, an end lies before it and a beginning after."""
    left_s = spoken_s
    for begin, end in heard[:-1]:
        if left_s < end - begin - 1e-6 or (ends and left_s < end - begin + 1e-6):
            return begin + left_s
        left_s = max(left_s - (end - begin), 0.0)
    return min(heard[-1][0] + left_s, heard[-1][1])
