"""How long networks take a text to be."""

import unicodedata
from collections.abc import Callable

LINK_LENGTH = 23  # what X and Mastodon count for any link
_MARKS = frozenset({"Mn", "Me"})
_X_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))


def length_on(network: str, text: str, *, link: str) -> int:
    """How long a network takes this text to be; never less than the network itself counts."""
    if network == "x":
        return _counted(text, link, lambda letter: 1 if any(low <= ord(letter) <= high for low, high in _X_LIGHT) else 2)
    if network == "bluesky":  # graphemes; a joined emoji is counted as its parts, which is more
        return sum(unicodedata.category(letter) not in _MARKS for letter in text)
    return _counted(text, link if network == "mastodon" else "", lambda _letter: 1)


def _counted(text: str, link: str, weight: Callable[[str], int]) -> int:
    links = text.count(link) if link else 0
    rest = text.replace(link, "") if link else text
    return links * LINK_LENGTH + sum(weight(letter) for letter in rest)
