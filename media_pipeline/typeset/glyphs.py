"""Which characters the installed fonts can draw; a missing one would come out as a silent box."""

import unicodedata
from functools import lru_cache
from pathlib import Path

import manimgx_fonts
import manimgx_fonts_cjk
from fontTools.ttLib import TTCollection, TTFont

FONT_FOLDERS = (Path(manimgx_fonts.__file__).parent, Path(manimgx_fonts_cjk.__file__).parent)
# Drawn by nobody: line ends, joiners, isolates, and the selectors that choose a form of the character before them.
_UNDRAWN = frozenset({0x0A, *range(0x200B, 0x2010), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF, 0xAD})


@lru_cache(maxsize=1)
def _alphabets() -> frozenset[int]:
    found: set[int] = set()
    for file in sorted(FONT_FOLDERS[0].glob("*.ttf")):
        with TTFont(file, lazy=True) as font:
            found.update(font.getBestCmap())
    return frozenset(found)


@lru_cache(maxsize=1)
def _ideographs() -> frozenset[int]:
    """Read only when a text needs them: the file is thirty times the size of all others."""
    found: set[int] = set()
    for file in sorted(FONT_FOLDERS[1].glob("*.ttc")):
        with TTCollection(file, lazy=True) as collection:
            found.update(collection.fonts[0].getBestCmap())  # its five fonts hold the same characters in different forms
    return frozenset(found)


def check_glyphs(text: str) -> set[str]:
    """The characters of the text (composed, NFC) that no font of ours can draw."""
    asked = {letter for letter in unicodedata.normalize("NFC", text) if ord(letter) not in _UNDRAWN}
    missing = {letter for letter in asked if ord(letter) not in _alphabets()}
    return {letter for letter in missing if ord(letter) not in _ideographs()} if missing else set()
