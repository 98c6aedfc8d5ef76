"""What each script needs: its font, its room above and below the line, its direction."""

import unicodedata
from dataclasses import dataclass

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ku-arab", "ps", "sd", "ug", "ur", "yi"})
_LATIN = "Noto Sans"
_CJK = {"zh": "SC", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "HK", "ja": "JP", "ko": "KR"}


@dataclass(frozen=True, slots=True)
class Script:
    """The room a script takes in ems; `extra` is added to the distance of two lines."""

    ranges: tuple[tuple[int, int], ...]
    above: float
    below: float
    extra: float


# Seen by eye at display sizes: the highest and lowest marks of neighbouring lines must not touch.
LATIN = Script((), 0.78, 0.22, 0.0)
_SCRIPTS = (
    Script(((0x0590, 0x05FF),), 0.8, 0.25, 0.1),  # Hebrew
    Script(((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)), 0.92, 0.4, 0.26),  # Arabic
    Script(((0x0900, 0x0DFF),), 0.95, 0.38, 0.25),  # the scripts of India and Sri Lanka
    Script(((0x0E00, 0x0EFF),), 1.0, 0.36, 0.3),  # Thai, Lao
    Script(((0x1000, 0x109F), (0x1780, 0x17FF)), 1.0, 0.6, 0.55),  # Myanmar, Khmer
    Script(((0x1200, 0x139F), (0x2D80, 0x2DDF)), 0.86, 0.22, 0.16),  # Ethiopic
    Script(((0x2E80, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x323AF)), 0.88, 0.16, 0.16),  # CJK
)
# Between any two letters of these a line may end, so no word of theirs can be too wide.
_BREAKS_ANYWHERE = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),
    (0x20000, 0x323AF),
)


def is_right_to_left(language: str) -> bool:
    """Whether a BCP 47 tag's language runs from right to left."""
    tag = language.lower()
    return tag in RIGHT_TO_LEFT or tag.split("-")[0] in RIGHT_TO_LEFT or "-arab" in tag or "-hebr" in tag


def font_families(language: str, available: frozenset[str]) -> list[str]:
    """The explicit list of fonts for a language; Chinese, Japanese and Korean come first where they are the language."""
    tag = language.lower()
    own = _CJK.get(tag) or _CJK.get("-".join(tag.split("-")[:2])) or _CJK.get(tag.split("-")[0])
    cjk = f"Noto Sans CJK {own or 'SC'}"
    others = sorted(name for name in available if name != _LATIN and "CJK" not in name and "Emoji" not in name)
    first = [cjk, _LATIN] if own else [_LATIN]
    return [*first, *others, *([] if own else [cjk]), "Noto Emoji"]


def room_for(text: str) -> Script:
    """The largest room that any script in the text needs."""
    used = [script for script in _SCRIPTS if any(_within(letter, script.ranges) for letter in text)]
    return Script(
        (),
        max([LATIN.above, *(script.above for script in used)]),
        max([LATIN.below, *(script.below for script in used)]),
        max([LATIN.extra, *(script.extra for script in used)]),
    )


def breaks_anywhere(letter: str) -> bool:
    """Whether a line may end beside this letter without a space or a hyphen."""
    return _within(letter, _BREAKS_ANYWHERE)


def is_mark(letter: str) -> bool:
    """Whether the character hangs on the letter before it."""
    return unicodedata.category(letter) in {"Mn", "Me"}


def _within(letter: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    point = ord(letter)
    return any(first <= point <= last for first, last in ranges)
